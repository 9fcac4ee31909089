"""Control equations: each holds on a sound protocol, breaks by one, and is not run without its lines."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dauys.domain.votes import Channel, Counts, Protocol
from dauys.systems.protocol import (
    ARTICLES,
    EQUATIONS,
    FORMS,
    check_protocol,
    check_station,
    form_for,
    run_equations,
)

P, E, S = Channel.PAPER, Channel.ELECTRONIC, Channel.SUMMARY
WHEN = datetime(2004, 9, 19, 18, tzinfo=UTC)
PAPER = Counts(
    registered=100, additions=5, ballots_received=120, ballots_issued=70, ballots_unused=48,
    ballots_spoiled=2,
    ballots_not_returned=1, ballots_cast=69, invalid_ballots=4,
)  # fmt: skip
ELECTRONIC = Counts(
    admissions=20, ballots_issued=20, ballots_not_returned=1, ballots_cast=19, invalid_ballots=0
)  # fmt: skip
SUMMARY = Counts(
    registered=100, additions=5, ballots_issued=90, ballots_not_returned=2, ballots_cast=88, invalid_ballots=4
)


def protocol(channel, counts, votes, contest="list", round_number=1):
    return Protocol("0001", contest, round_number, channel, 1, WHEN, counts, votes)


def three(contest="list"):
    return (
        protocol(E, ELECTRONIC, {"a": 10, "b": 9}, contest),
        protocol(P, PAPER, {"a": 40, "b": 25}, contest),
        protocol(S, SUMMARY, {"a": 50, "b": 34}, contest),
    )


def codes(found):
    return [f.code for f in found]


def test_sound_station_has_no_finding():
    for p in three():
        assert check_protocol(p, FORMS[p.channel]) == ()
        assert {c.state for c in run_equations(p, FORMS[p.channel])} == {"passed"}
    assert check_station(three(), electronic=True) == ()


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize(
    ("channel", "line", "broken"),
    [
        (E, "admissions", {"P1.1"}),
        (E, "ballots_issued", {"P1.1", "P1.2"}),
        (E, "ballots_not_returned", {"P1.2"}),
        (E, "invalid_ballots", {"P1.3"}),
        (P, "ballots_cast", {"P1.2", "P1.3"}),
        (P, "ballots_received", {"P1.4"}),
        (P, "ballots_unused", {"P1.4"}),
        (P, "ballots_spoiled", {"P1.4"}),
        (S, "ballots_not_returned", {"P1.2"}),
    ],
)
def test_equation_breaks_by_one_ballot(channel, line, broken, by):
    p = next(x for x in three() if x.channel is channel)
    before = getattr(p.counts, line)
    if before + by < 0:
        return
    found = check_protocol(replace(p, counts=replace(p.counts, **{line: before + by})), FORMS[channel])
    assert set(codes(found)) == broken
    assert all(f.weight == "broken" and abs(f.found - f.expected) == 1 for f in found)


def test_finding_carries_what_is_needed_to_name_it():
    p = protocol(P, replace(PAPER, invalid_ballots=5), {"a": 40, "b": 25})
    (finding,) = check_protocol(p, FORMS[P])
    assert (finding.code, finding.found, finding.expected) == ("P1.3", 69, 70)
    assert (finding.station, finding.contest, finding.round, finding.channel, finding.version) == (
        "0001", "list", 1, P, 1,
    )  # fmt: skip
    assert finding.article == ARTICLES["P1.3"]
    assert finding.facts["right"] == ("votes", "against_all", "invalid_ballots")


@pytest.mark.parametrize(
    ("cast", "expected"),
    [(100, []), (101, ["P1.7"]), (105, ["P1.7"]), (106, ["P1.5", "P1.6", "P1.7"])],
)
def test_more_votes_than_registered_is_lawful_up_to_the_additions(cast, expected):
    counts = Counts(
        registered=100,
        additions=5,
        ballots_issued=cast,
        ballots_not_returned=0,
        ballots_cast=cast,
        invalid_ballots=0,
    )
    found = check_protocol(protocol(S, counts, {"a": cast}), FORMS[S])
    assert codes(found) == expected
    assert {f.code: f.weight for f in found}.get("P1.7", "look") == "look"


def test_missing_numbers_make_an_equation_not_run_and_say_which():
    p = protocol(P, replace(PAPER, ballots_unused=None, registered=None), {"a": 40, "b": 25})
    checks = {c.code: c for c in run_equations(p, FORMS[P])}
    assert (checks["P1.4"].state, checks["P1.4"].why) == ("not_run", ("ballots_unused",))
    assert checks["P1.5"].why == checks["P1.7"].why == ("registered",)
    assert checks["P1.2"].state == "passed"
    assert check_protocol(p, FORMS[P]) == ()


def test_against_all_counts_where_the_form_has_the_line():
    form = form_for(P, against_all=True)
    counts = replace(PAPER, against_all=3)
    assert codes(check_protocol(protocol(P, counts, {"a": 40, "b": 22}), form)) == []
    assert codes(check_protocol(protocol(P, counts, {"a": 40, "b": 25}), form)) == ["P1.3"]
    checks = {c.code: c for c in run_equations(protocol(P, PAPER, {"a": 40, "b": 25}), form)}
    assert checks["P1.3"].why == ("against_all",)


def test_number_on_a_line_the_form_does_not_have_is_not_left_out():
    p = protocol(P, replace(PAPER, against_all=3), {"a": 40, "b": 25})
    assert codes(check_protocol(p, FORMS[P])) == ["P1.3"]


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ({"a": 65, "b": 65}, []),
        ({"a": 65, "b": 10}, []),
        ({"a": 66, "b": 64}, ["P1.9"]),
        ({"a": 65, "b": 65, "c": 1}, ["P1.8"]),
    ],
)
def test_several_marks_a_ballot(votes, expected):
    found = check_protocol(protocol(P, PAPER, votes), form_for(P, limit=2))
    assert codes(found) == expected


@pytest.mark.parametrize(
    "line", ["ballots_issued", "ballots_not_returned", "ballots_cast", "invalid_ballots"]
)
def test_electronic_and_paper_make_the_summary_line_by_line(line):
    e, p, s = three()
    s = replace(s, counts=replace(s.counts, **{line: getattr(s.counts, line) + 1}))
    (finding,) = check_station((e, p, s), electronic=True)
    assert (finding.code, finding.channel, finding.facts["line"]) == ("P2.1", S, line)
    assert finding.found == finding.expected + 1


def test_electronic_and_paper_make_the_summary_option_by_option():
    e, p, s = three()
    found = check_station((e, p, replace(s, votes={"a": 49, "b": 35})), electronic=True)
    assert [(f.code, f.facts["option"], f.found, f.expected) for f in found] == [
        ("P2.2", "a", 49, 50),
        ("P2.2", "b", 35, 34),
    ]


def test_missing_and_unlawful_protocols_of_a_station():
    e, p, s = three()
    assert [(f.code, f.channel) for f in check_station((e, p), electronic=True)] == [("P2.3", S)]
    assert codes(check_station((p,), electronic=False)) == []
    assert codes(check_station((e, p), electronic=False)) == ["P2.6"]
    assert [(f.code, f.channel) for f in check_station((s,), electronic=False)] == [("P2.3", P)]


def test_contests_of_one_round_share_register_and_electronic_ballots():
    first, (e, p, s) = three(), three("c1")
    assert check_station((*first, e, p, s), electronic=True) == ()
    p2 = replace(p, counts=replace(p.counts, registered=101))
    (finding,) = check_station((*first, e, p2, s), electronic=True)
    assert (finding.code, finding.contest, finding.facts["line"]) == ("P2.4", "c1", "registered")
    e2 = replace(e, counts=replace(e.counts, admissions=21))
    (finding,) = check_station((*first, e2, p, s), electronic=True)
    assert (finding.code, finding.found, finding.expected) == ("P2.5", 21, 20)
    # A run-off has a register of its own.
    later = replace(p, round=2, counts=replace(p.counts, registered=103))
    assert check_station((three()[1], later), electronic=False) == ()


def test_one_station_and_one_version_of_each():
    _, p, _ = three()
    with pytest.raises(ValueError, match="one version"):
        check_station((p, replace(p, version=2)), electronic=False)
    with pytest.raises(ValueError, match="one station"):
        check_station((p, replace(p, station="0002", contest="c1")), electronic=False)
    assert check_station((), electronic=False) == ()


def test_every_equation_has_its_article_and_known_lines():
    lines = set(Counts.__dataclass_fields__) | {"votes"}
    for e in EQUATIONS:
        assert set(e.left) | set(e.right) <= lines
        assert ARTICLES[e.code]
    assert len({e.code for e in EQUATIONS}) == len(EQUATIONS)
