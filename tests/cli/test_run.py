import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from dauys.cli.main import cli

MAJILIS = Path(__file__).parents[2] / "examples" / "majilis-2004"


def dauys(*arguments, **environment):
    return CliRunner().invoke(cli, [str(a) for a in arguments], env={"LANG": "C", **environment})


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """A copy of the example with its generated rows in place."""
    folder = tmp_path_factory.mktemp("rows") / "majilis"
    shutil.copytree(MAJILIS, folder)
    result = dauys("simulate", "protocols", folder, "--out", folder)
    assert result.exit_code == 0, result.output
    return folder


def test_transcript(tmp_path):
    result = dauys("run", MAJILIS, "--out", tmp_path / "out", "--no-site")
    assert result.exit_code == 0
    lines = result.stdout.replace("\u202f", " ").replace(str(MAJILIS), "MAJILIS").splitlines()
    assert lines[0] == (
        "Election to the Majilis of the Parliament of Kazakhstan, 2004 · law kz-2004 · "
        "votes of stations and constituencies are synthetic (MAJILIS/README.md)"
    )
    assert lines[1:7] == [
        " read      26 407 protocols   7 findings",
        " list      4 757 773 valid of 4 893 204 who voted   Otan 7  Ak Zhol 1  Asar 1  AIST bloc 1",
        "           AIST bloc has 7.07 % of valid votes; of those who voted 6.87 %, "
        "and the seats would be 7-2-1   (Art. 97-1(1))",
        " round 1   45 of 67 decided, 22 run-offs on 3 October",
        " round 2   22 of 22 decided",
        " house     Otan 42  AIST bloc 11  Asar 4  Ak Zhol 1  Democratic (Adilet) 1  Independents 18",
    ]
    assert lines[7].startswith(str(tmp_path / "out" / "data" / "results.json"))
    assert result.stderr.splitlines()[0] == "Reading the files"


def test_json_is_one_document_and_set_is_said(tmp_path):
    out = tmp_path / "out"
    result = dauys("run", MAJILIS, "--out", out, "--no-site", "--json", "--set", "list.threshold_base=cast")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document == json.loads((out / "data" / "results.json").read_text(encoding="utf-8"))
    assert [n for n in document["list"]["seats"].values() if n] == [7, 2, 1]
    assert document["turnout"]["voted"] == 4893204
    assert document["turnout"]["registered"] == 8662188
    assert document["constituencies"]["decided_first_round"] == 45
    assert document["constituencies"]["runoff"] == 22
    assert document["house"]["ak-zhol"] == 2
    assert [p["path"] for p in document["election"]["parameters"] if p["overridden"]] == [
        "list.threshold_base"
    ]


def test_rows_that_are_read_give_the_same_files_as_rows_that_are_made(rows, majilis_data, tmp_path):
    result = dauys("run", rows, "--out", tmp_path / "out", "--no-site", "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    for path in majilis_data.iterdir():
        assert (tmp_path / "out" / "data" / path.name).read_bytes() == path.read_bytes(), path.name


def test_every_bad_row_is_told_and_nothing_is_written(rows, tmp_path):
    bad = tmp_path / "bad"
    shutil.copytree(rows, bad)
    lines = (bad / "votes.csv").read_text(encoding="utf-8").splitlines()
    lines[10] = lines[10].rsplit(",", 1)[0] + ",-5"
    lines[20] = lines[20].replace("list", "lost", 1)
    (bad / "votes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    for language, words in (
        ("en", "nothing counted"),
        ("ru", "ничего не подсчитано"),
        ("kk", "ештеңе саналмады"),
    ):
        result = dauys("run", bad, "--out", out, "--no-site", "--lang", language)
        assert result.exit_code == 2
        assert "votes.csv" in result.stderr
        assert "11" in result.stderr
        assert "21" in result.stderr
        assert words in result.stderr
        assert result.stdout == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad"]


def test_a_broken_equation_stops_nothing(rows, tmp_path):
    bad = tmp_path / "bad"
    shutil.copytree(rows, bad)
    lines = (bad / "protocols.csv").read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    unused = lines[0].split(",").index("ballots_not_returned")
    cells[unused] = str(int(cells[unused]) + 5)
    lines[1] = ",".join(cells)
    (bad / "protocols.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = dauys("run", bad, "--out", tmp_path / "out", "--no-site", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["findings"]["count"] == 8
    assert json.loads(result.stdout)["list"]["votes"]["otan"] == 2883706


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--set", "list.threshold_base"], "E5.6"),
        (["--set", "list.threshold_bas=cast"], "E3.1"),
        (["--set", "list.threshold=7"], "E3.2"),
        (["--as-of", "2004-09-01T00:00+0600"], "E5.7"),
    ],
)
def test_wrong_arguments(arguments, code, tmp_path):
    result = dauys("run", MAJILIS, "--out", tmp_path / "out", "--no-site", *arguments)
    assert result.exit_code == 2
    assert code in result.stderr
    assert "hint" in result.stderr or code == "E5.7"
    assert list(tmp_path.iterdir()) == []


def test_another_folder_is_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    result = dauys("run", MAJILIS, "--out", tmp_path, "--no-site")
    assert result.exit_code == 2
    assert "E5.5" in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_interrupt_leaves_nothing_and_says_so(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dauys.cli.run.write_table", interrupted)
    result = dauys("run", MAJILIS, "--out", tmp_path / "out", "--no-site")
    assert result.exit_code == 130
    assert "can be run again" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_simulate_overwrites_nothing(rows):
    before = (rows / "votes.csv").stat().st_mtime_ns
    result = dauys("simulate", "protocols", rows, "--out", rows)
    assert result.exit_code == 2
    assert result.stderr.count("E5.8") == 4
    assert (rows / "votes.csv").stat().st_mtime_ns == before


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_help_is_in_the_language_with_an_example(language):
    for command in (("run",), ("simulate", "protocols")):
        result = dauys("--lang", language, *command, "--help")
        assert result.exit_code == 0
        assert f"dauys {command[0]}" in result.output
        assert "help." not in result.output
        assert "option." not in result.output
