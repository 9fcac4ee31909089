"""What several parts of the tests need: the whole election of 2004, counted once."""

from pathlib import Path

import pytest

MAJILIS = Path(__file__).parents[1] / "examples" / "majilis-2004"


@pytest.fixture(scope="session")
def majilis():
    """The election of 2004 with generated rows."""
    from dauys.formats.election_file import find_election, read_election
    from dauys.simulate.fill import fill

    file = find_election(MAJILIS)
    return fill(read_election(file), MAJILIS, str(file))


@pytest.fixture(scope="session")
def majilis_count(majilis):
    """The count of that election under its own law."""
    from dauys.cli.run import law_of
    from dauys.tabulate.count import count_election

    return count_election(majilis.election, law_of(majilis.election, {}), majilis.protocols)


@pytest.fixture(scope="session")
def majilis_data(tmp_path_factory):
    """The folder `data` that `dauys run --no-site` writes for it."""
    from click.testing import CliRunner

    from dauys.cli.run import command

    out = tmp_path_factory.mktemp("majilis") / "out"
    result = CliRunner().invoke(command, [str(MAJILIS), "--out", str(out), "--no-site", "--lang", "en"])
    assert result.exit_code == 0, result.output
    return out / "data"
