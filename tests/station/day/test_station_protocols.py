"""Three protocols from what was counted: their equations, and rows that the count of the nation reads."""

from datetime import datetime

import pytest
import yaml

from dauys.domain.text import Text
from dauys.domain.votes import Channel
from dauys.formats.election_file import read_election
from dauys.formats.tables import read_protocols
from dauys.simulate.small_election import small_definition
from dauys.station.day.protocols import (
    ContestForm,
    Counted,
    Head,
    Voters,
    checks,
    findings,
    paper_fields,
    slip_fields,
    tables,
    three,
)

HEAD = Head("0001", 1, datetime.fromisoformat("2004-09-19T21:10+05:00"))


def named(*ids):
    return {one: Text(one, one, one) for one in ids}


LISTS = ContestForm("list", Text("т", "с", "l"), named("sun", "moon", "star"))
PLACE = ContestForm("c1", Text("о", "о", "c"), named("c1-a", "c1-b", "c1-d"))
BOTH = (LISTS, PLACE)
CLOSE = {"counts": {"admitted": 23, "cast": 20}}
SLIPS = {
    "list/sun": 9, "list/moon": 6, "list/star": 4, "list/blank": 1,
    "c1/c1-a": 12, "c1/c1-b": 6, "c1/c1-d": 0, "c1/blank": 2,
}  # fmt: skip
LINES = {
    "ballots_received": 60, "ballots_issued": 40, "ballots_unused": 19, "ballots_spoiled": 1,
    "ballots_not_returned": 1, "ballots_cast": 39,
}  # fmt: skip
PAPER = {
    **{f"{one}:{name}": count for one in ("list", "c1") for name, count in LINES.items()},
    "list/sun": 20, "list/moon": 10, "list/star": 7, "list/blank": 2,
    "c1/c1-a": 30, "c1/c1-b": 5, "c1/c1-d": 3, "c1/blank": 1,
}  # fmt: skip
COUNTED = Counted(Voters(80, 2), [CLOSE], SLIPS, PAPER)


def codes(counted):
    return sorted(one.code for one in findings(three(HEAD, BOTH, counted), BOTH))


def test_what_adds_up_has_no_finding():
    protocols = three(HEAD, BOTH, COUNTED)
    assert [p.channel for p in protocols] == [Channel.ELECTRONIC, Channel.PAPER, Channel.SUMMARY] * 2
    assert findings(protocols, BOTH) == []
    assert {c.state for p in protocols for c in checks(p, {"list": LISTS, "c1": PLACE}[p.contest])} == {
        "passed"
    }


def test_the_sum_of_two_channels():
    summary = three(HEAD, BOTH, COUNTED)[2]
    assert summary.votes == {"sun": 29, "moon": 16, "star": 11}
    assert (summary.counts.ballots_cast, summary.counts.ballots_issued) == (59, 63)
    assert (summary.counts.invalid_ballots, summary.counts.against_all) == (3, None)
    assert summary.counts.ballots_received is None


def test_several_devices_are_one_electronic_protocol():
    counted = Counted(Voters(80, 2), [CLOSE, {"counts": {"admitted": 5, "cast": 5}}], SLIPS, PAPER)
    electronic = three(HEAD, BOTH, counted)[0]
    assert (electronic.counts.admissions, electronic.counts.ballots_cast) == (28, 25)
    assert codes(counted) == ["P1.3"] * 4  # of both contests, electronic and summary


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("list/sun", "P1.3"),
        ("list/blank", "P1.3"),
        ("list:ballots_received", "P1.4"),
        ("list:ballots_unused", "P1.4"),
        ("list:ballots_not_returned", "P1.2"),
        ("c1:ballots_cast", "P1.2"),
    ],
)
def test_a_number_that_is_one_off_is_found(field, code, by):
    wrong = Counted(COUNTED.voters, [CLOSE], SLIPS, {**PAPER, field: PAPER[field] + by})
    assert code in codes(wrong)


@pytest.mark.parametrize("by", [-1, 1])
def test_a_slip_that_is_one_off_is_found(by):
    wrong = Counted(COUNTED.voters, [CLOSE], {**SLIPS, "list/moon": 6 + by}, PAPER)
    assert "P1.3" in codes(wrong)


def test_more_ballots_than_voters_is_found():
    wrong = Counted(Voters(36, 2), [CLOSE], SLIPS, PAPER)
    assert {"P1.5", "P1.6", "P1.7"} <= set(codes(wrong))


def test_what_is_not_typed_yet_is_not_run_and_never_zero():
    half = {**PAPER, "list:ballots_cast": None, "list/moon": None}
    paper = three(HEAD, BOTH, Counted(COUNTED.voters, [CLOSE], SLIPS, half))[1]
    states = {c.code: (c.state, c.why) for c in checks(paper, LISTS)}
    assert states["P1.2"] == ("not_run", ("ballots_cast",))
    assert states["P1.3"] == ("not_run", ("ballots_cast", "invalid_ballots"))
    assert paper.counts.ballots_cast is None


def test_an_option_against_all_is_a_line_and_no_vote():
    contest = ContestForm("list", LISTS.title, named("sun", "against-all"))
    slips = {"list/sun": 10, "list/against-all": 8, "list/blank": 2}
    paper = {**PAPER, "list/sun": 30, "list/against-all": 7, "list/blank": 2}
    protocols = three(HEAD, [contest], Counted(COUNTED.voters, [CLOSE], slips, paper))
    assert [p.counts.against_all for p in protocols] == [8, 7, 15]
    assert [p.votes for p in protocols] == [{"sun": 10}, {"sun": 30}, {"sun": 40}]
    assert findings(protocols, [contest]) == []


def test_the_fields_that_people_type():
    assert slip_fields(BOTH) == tuple(SLIPS)
    assert set(paper_fields(BOTH)) == set(PAPER)


def test_the_rows_are_read_by_the_count(tmp_path):
    definition, rows, _ = small_definition(2, 20, 1)
    definition["files"] |= {"protocols": "protocols.csv", "votes": "votes.csv"}
    for name, text in {**rows, "election.yaml": yaml.safe_dump(definition, allow_unicode=True)}.items():
        (tmp_path / (name if "." in name else f"{name}.csv")).write_text(text, encoding="utf-8")
    protocols = three(HEAD, BOTH, COUNTED)
    for name, data in tables(protocols).items():
        (tmp_path / name).write_bytes(data)
    assert read_protocols(read_election(tmp_path), tmp_path) == tuple(protocols)
