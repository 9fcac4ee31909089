from dataclasses import replace
from datetime import timedelta

import pytest
import small
from small import NIGHT, count, election, first_round, in_full, paper

from dauys.domain.election import Publication, RecordedDecision
from dauys.domain.votes import Channel
from dauys.errors import DecisionError
from dauys.tabulate.document import results_document
from dauys.tabulate.house import house
from dauys.tabulate.places_document import constituencies_document, findings_document


def totals(counted, round_number=1):
    return counted.in_force(round_number).list_totals


def codes(counted):
    return [(f.code, f.station, f.contest, decision) for f, decision in counted.findings]


def test_an_electronic_station_is_counted_once_by_its_summary():
    counted = count(first_round())
    assert totals(counted).votes == {"sun": 250, "moon": 150}
    assert totals(counted).stations == 5
    assert counted.findings == ()


def test_without_its_summary_it_is_counted_by_what_it_sent_and_called_partial():
    rows = [p for p in first_round() if not (p.station == "s3" and p.channel is not Channel.ELECTRONIC)]
    counted = count(rows)
    assert totals(counted).votes == {"sun": 203, "moon": 123}
    assert (totals(counted).stations, totals(counted).partial) == (5, 1)
    assert {("P2.3", "s3", "list", None), ("P2.3", "s3", "c1", None)} <= set(codes(counted))
    # While the result is preliminary nothing is owed yet.
    assert codes(count(rows, as_of=NIGHT + timedelta(hours=3))) == []


def test_both_parts_without_a_summary_are_the_whole():
    rows = [p for p in first_round() if p.channel is not Channel.SUMMARY]
    counted = count(rows)
    assert totals(counted).votes == {"sun": 250, "moon": 150}
    assert totals(counted).partial == 0


def test_a_later_version_counts_from_the_moment_it_is_received():
    rows = [*first_round(), paper("s1", "list", {"sun": 40, "moon": 40}, hours=5, version=2)]
    counted = count(rows)
    assert counted.snapshots[0].list_totals.votes == {"sun": 250, "moon": 150}
    assert counted.snapshots[1].list_totals.votes == {"sun": 240, "moon": 160}
    changes = results_document(counted, {}, [])["history"][1]["corrections"]
    assert [(c["kind"], c["id"], c["before"], c["after"], c["facts"]) for c in changes] == [
        ("list_share", "sun", "5/8", "3/5", {"new_stations": 0, "recount": 1}),
        ("list_share", "moon", "3/8", "2/5", {"new_stations": 0, "recount": 1}),
    ]


def test_the_order_of_protocols_does_not_matter():
    rows = [*first_round(), paper("s1", "list", {"sun": 40, "moon": 40}, hours=5, version=2)]
    forwards, backwards = count(rows), count(list(reversed(rows)))
    assert results_document(forwards, {}, []) == results_document(backwards, {}, [])
    assert constituencies_document(forwards) == constituencies_document(backwards)


@pytest.mark.parametrize(("version", "sun"), [(1, 240), (2, 200)])
def test_a_version_set_aside_does_not_count_and_brings_none_back(version, sun):
    aside = election(set_aside={f"s1/list/1/paper/{version}": "decision 7"})
    rows = [*first_round(), paper("s1", "list", {"sun": 40, "moon": 40}, hours=5, version=2)]
    counted = count(rows, aside)
    assert totals(counted).votes["sun"] == sun
    assert codes(counted) == [("P2.7", "s1", "list", "decision 7")]
    shown = findings_document(counted)[0]
    assert (shown["treatment"], shown["decision"], shown["version"]) == ("set_aside", "decision 7", version)


def test_a_broken_protocol_is_counted_and_shown():
    rows = [p for p in first_round() if (p.station, p.contest) != ("s1", "list")]
    counted = count([*rows, paper("s1", "list", {"sun": 50, "moon": 30}, ballots_cast=60)])
    assert totals(counted).votes == {"sun": 250, "moon": 150}
    assert ("P1.3", "s1", "list", None) in codes(counted)
    # 400 votes stand against 380 ballots in the boxes: the shares are of what was voted.
    assert totals(counted).cast == 380
    assert totals(counted).tally().cast == 400


def test_more_votes_than_registered_is_a_finding_with_additions():
    rows = [p for p in first_round() if (p.station, p.contest) != ("s1", "list")]
    counted = count([*rows, paper("s1", "list", {"sun": 70, "moon": 40}, additions=12)])
    assert [c for c in codes(counted) if c[0] == "P1.7"] == [("P1.7", "s1", "list", None)]
    assert (totals(counted).registered, totals(counted).additions) == (512, 12)


def test_first_round_outcomes_and_house():
    counted = count(first_round())
    places = constituencies_document(counted)
    assert places[0]["winner"] == {"candidate": "c1-1", "party": "sun", "round": 1}
    assert places[0]["rounds"][0]["outcome"]["needed"] == 136
    assert places[1]["winner"] is None
    assert places[1]["rounds"][0]["outcome"] == {
        "kind": "runoff",
        "names": ["c2-2", "c2-1"],
        "reason": "no_majority",
        "base": "cast",
        "base_votes": 162,
        "needed": 82,
        "article": "Art. 9(1)(2)",
    }
    assert [(r.party, r.list, r.round1, r.round2) for r in house(counted)] == [
        ("sun", 3, 1, 0),
        ("moon", 1, 0, 0),
    ]
    state = results_document(counted, {}, [])["state"]["round2"]
    assert (state["seats"], state["decided"], state["as_of"]) == (1, 0, None)


@pytest.mark.parametrize(
    ("votes", "kind"), [((44, 23, 22), "runoff"), ((45, 23, 22), "runoff"), ((46, 23, 22), "elected")]
)
def test_half_of_those_who_took_part_is_not_enough(votes, kind):
    """-1, exactly half, +1: three stations with these votes each, of 89, 90 and 91 ballots."""
    places = constituencies_document(count(first_round(c1=votes)))
    assert places[0]["rounds"][0]["outcome"]["kind"] == kind


def second_round(votes, hours=24 * 14 + 2):
    rows = []
    for n, (a, b) in enumerate(votes, 4):
        rows.append(paper(f"s{n}", "c2", {"c2-1": a, "c2-2": b}, hours, round_number=2))
    return rows


RUN_OFF = Publication("runoff", 2, "final", NIGHT + timedelta(days=15), small.text("run-off"))


def with_run_off(**changes):
    return election(publications=(*election().publications, RUN_OFF), **changes)


def test_a_run_off_is_won_by_more_votes():
    counted = count([*first_round(), *second_round([(40, 30), (20, 29)])], with_run_off())
    place = constituencies_document(counted)[1]
    assert place["winner"] == {"candidate": "c2-1", "party": "sun", "round": 2}
    assert place["rounds"][1]["outcome"]["reason"] == "more_votes"
    assert place["can_change"] is False
    assert {r.party: (r.list, r.round1, r.round2) for r in house(counted)}["sun"] == (3, 1, 1)


@pytest.mark.parametrize(("lead", "open_"), [(99, True), (100, True), (101, False)])
def test_a_run_off_is_open_while_missing_voters_reach_the_lead(lead, open_):
    counted = count([*first_round(), *second_round([(lead, 0)])], with_run_off())
    assert constituencies_document(counted)[1]["can_change"] is open_


def test_a_tied_run_off_waits_for_a_lot_and_takes_it():
    rows = [*first_round(), *second_round([(40, 30), (20, 30)])]
    tied = constituencies_document(count(rows, with_run_off()))[1]
    assert tied["winner"] is None
    assert tied["rounds"][1]["outcome"] | {"article": ""} == {
        "kind": "needs_decision",
        "names": ["c2-1", "c2-2"],
        "reason": "tie",
        "base": "valid",
        "base_votes": 120,
        "needed": None,
        "article": "",
    }
    lot = RecordedDecision("c2/round:2", ("c2-2", "c2-1"), "minutes 3")
    drawn = constituencies_document(count(rows, with_run_off(decisions=(lot,))))[1]
    assert drawn["winner"] == {"candidate": "c2-2", "party": None, "round": 2}


def test_a_stale_lot_is_refused():
    lot = RecordedDecision("c2/round:2", ("c2-2", "c2-1"), "minutes 3")
    rows = [*first_round(), *second_round([(40, 30), (20, 29)])]
    with pytest.raises(DecisionError):
        count(rows, with_run_off(decisions=(lot,)))


def test_a_run_off_of_another_pair_decides_nothing():
    rows = [*first_round(), paper("s4", "c2", {"c2-1": 10, "c2-3": 20}, 24 * 14 + 2, round_number=2)]
    place = constituencies_document(count(rows, with_run_off()))[1]
    assert place["winner"] is None
    assert place["rounds"][1]["outcome"]["reason"] == "no_reports"


def test_a_winner_is_announced_when_more_than_half_of_the_stations_are_in():
    rows = [p for p in first_round() if p.station == "s1"]
    counted = count(rows)
    assert counted.winners(counted.in_force(1)) == {}
    assert counted.runoffs(counted.in_force(1)) == ()
    rows = [p for p in first_round() if p.station in ("s1", "s2")]
    counted = count(rows)
    assert counted.winners(counted.in_force(1)) == {"c1": "c1-1"}
    assert constituencies_document(counted)[0]["can_change"] is True


def test_tied_remainders_wait_where_the_law_draws_lots():
    """Four seats, 250:250 after the exchange: two each; with five, the fifth is tied."""
    rows = [replace(p, votes={"sun": 40, "moon": 40}) if p.contest == "list" else p for p in first_round()]
    rows = [p for p in rows if p.channel is Channel.PAPER and p.station != "s3"]
    rows += [
        p
        for c, v in (("list", {"sun": 40, "moon": 40}), ("c1", {"c1-1": 60, "c1-2": 20, "c1-3": 10}))
        for p in in_full("s3", c, v, dict.fromkeys(v, 6 // len(v)))
    ]
    tied = count(rows, **{"list.seats": "5", "list.tie_rule": "lot"})
    document = results_document(tied, {}, [])["list"]
    assert document["needs_decision"] == [{"tied": ["moon", "sun"], "seats": 1, "at": "list"}]
    assert document["seats"] == {"sun": 2, "moon": 2}
    lot = RecordedDecision("list", ("moon", "sun"), "minutes 4")
    drawn = count(rows, election(decisions=(lot,)), **{"list.seats": "5", "list.tie_rule": "lot"})
    assert results_document(drawn, {}, [])["list"]["seats"] == {"sun": 2, "moon": 3}
    by_law = count(rows, **{"list.seats": "5"})
    assert results_document(by_law, {}, [])["list"]["seats"] == {"sun": 3, "moon": 2}


def test_nothing_published_yet():
    counted = count(first_round(), as_of=NIGHT)
    with pytest.raises(ValueError, match="nothing of the first round"):
        results_document(counted, {}, [])
