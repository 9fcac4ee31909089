"""The folder that docs/howto/own-election.md builds is a sound election."""

import re
from pathlib import Path

import pytest

from dauys.formats.election_file import read_election
from dauys.formats.tables import read_protocols
from dauys.systems.protocol import FORMS, check_protocol

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "own-election.md"


@pytest.mark.skipif(not PAGE.exists(), reason="the documentation is not part of the package")
def test_the_folder_of_the_page_reads_and_adds_up(tmp_path):
    blocks = re.findall(r"^`(\S+)`\n```\w+\n(.*?)```", PAGE.read_text(), re.M | re.S)
    assert len(blocks) == 7
    for name, text in blocks:
        (tmp_path / name).write_text(text)
    election = read_election(tmp_path)
    protocols = read_protocols(election, tmp_path)
    assert [sum(p.votes.values()) for p in protocols] == [96, 98, 58, 60]
    assert [f for p in protocols for f in check_protocol(p, FORMS[p.channel])] == []
