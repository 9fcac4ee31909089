"""The golden figures of 2004, through the whole count."""

from dataclasses import replace
from fractions import Fraction

import pytest

from dauys.cli.run import law_of
from dauys.domain.election import RecordedDecision
from dauys.errors import DecisionError
from dauys.tabulate.count import count_election
from dauys.tabulate.document import results_document
from dauys.tabulate.places_document import constituencies_document, regions_document

LISTS = {
    "otan": 2883706,
    "ak-zhol": 572672,
    "asar": 541239,
    "aist": 336177,
    "communists-dck": 163824,
    "knpk": 94140,
    "auyl": 82523,
    "democratic": 36379,
    "patriots": 26287,
    "rukhaniyat": 20826,
}
HOUSE = {"otan": 42, "aist": 11, "asar": 4, "ak-zhol": 1, "democratic": 1, "independents": 18}


@pytest.fixture(scope="module")
def results(majilis_count):
    return results_document(majilis_count, {}, [])


def test_lists(results):
    one = results["list"]
    assert one["votes"] == LISTS
    assert (one["valid_votes"], one["invalid_ballots"], one["ballots_cast"]) == (4757773, 135431, 4893204)
    assert {k: v for k, v in one["seats"].items() if v} == {"otan": 7, "ak-zhol": 1, "asar": 1, "aist": 1}
    assert one["quota"] == "2166897/5"
    assert one["threshold"] | {"article": ""} == {
        "share": "7/100",
        "base": "valid",
        "base_votes": 4757773,
        "article": "",
        "strict": False,
    }
    assert [s["at"] for s in one["steps"]] == ["threshold", "quota", "whole_quotas", "remainders", "result"]
    assert [(r["id"], r["seat"]) for r in one["steps"][3]["facts"]["order"]] == [
        ("aist", 9),
        ("otan", 10),
        ("ak-zhol", None),
        ("asar", None),
    ]


def test_turnout(results):
    turnout = results["turnout"]
    assert (turnout["voted"], turnout["registered"]) == (4893204, 8662188)
    assert round(10000 * Fraction(turnout["voted"], turnout["registered"])) == 5649


def test_other_base_and_other_rules(results):
    other = results["list"]["sensitivity"][0]
    assert other["set"] == {"list.threshold_base": "cast"}
    assert [n for n in other["seats"].values() if n] == [7, 2, 1]
    assert {r["name"]: [n for n in r["seats"].values() if n] for r in results["list"]["other_rules"]} == {
        "dhondt": [8, 1, 1],
        "sainte_lague": [7, 1, 1, 1],
        "threshold_5": [7, 1, 1, 1],
    }


def test_constituencies_and_house(results):
    c = results["constituencies"]
    assert (c["total"], c["decided_first_round"], c["runoff"], c["decided_second_round"]) == (67, 45, 22, 22)
    assert c["first_round_winners"] == {"otan": 26, "aist": 9, "asar": 2, "independents": 8}
    assert c["second_round_winners"] == {"otan": 9, "aist": 1, "asar": 1, "democratic": 1, "independents": 10}
    assert results["house"] == HOUSE
    assert sum(HOUSE.values()) == 77
    assert sum(row["total"] for row in results["house_rows"]) == 77


def test_first_round_is_decided_by_more_than_half_of_those_who_took_part(majilis_count):
    places = constituencies_document(majilis_count)
    for place in places:
        first = place["rounds"][0]
        leader = first["candidates"][0]
        assert first["ballots_cast"] == first["valid_votes"] + first["invalid_ballots"]
        assert first["outcome"]["base_votes"] == first["ballots_cast"]
        assert (
            leader["elected"] == (2 * leader["votes"] > first["ballots_cast"]) == (len(place["rounds"]) == 1)
        )
    assert (
        sum(
            any(c["party"] == "otan" for c in p["rounds"][1]["candidates"]) for p in places if p["rounds"][1:]
        )
        == 18
    )


def test_the_history_is_counted_from_the_protocols_that_were_there(results):
    first, second, final, evening, end = results["history"]
    assert (first["stations_counted"], first["stations_partial"], first["first_round_winners"]) == (
        489,
        489,
        None,
    )
    shares = {p: Fraction(n, first["valid_votes"]) for p, n in first["list_votes"].items()}
    early = {"otan": "0.40", "asar": "0.19", "ak-zhol": "0.17", "aist": "0.07"}
    assert all(abs(shares[p] - Fraction(s)) < Fraction(1, 200) for p, s in early.items())
    assert round(1000 * Fraction(second["list_votes"]["ak-zhol"], second["valid_votes"])) == 124
    assert round(1000 * Fraction(second["voted"], second["registered"])) == 567
    assert second["first_round_winners"] == {"otan": 27, "aist": 9, "asar": 2, "independents": 7}
    assert final["first_round_winners"] == {"otan": 26, "aist": 9, "asar": 2, "independents": 8}
    assert final["stations_counted"] == final["stations_total"] == 9480
    changed = {(c["kind"], c["id"]): c for c in final["corrections"]}
    assert (changed["winner", "c57"]["before"], changed["winner", "c57"]["after"]) == ("otan", "independents")
    assert changed["winner", "c57"]["facts"]["rows_swapped"] > 0
    assert {("turnout", None), ("list_share", "ak-zhol")} <= changed.keys()
    assert (evening["stations_counted"], evening["stations_total"]) == (3056, 3112)
    assert evening["can_change"] == ["c16", "c30", "c53"]
    assert end["can_change"] == []
    assert second["corrections"] == []


def test_the_evening_of_the_run_offs(majilis, majilis_count):
    evening = majilis.election.publications[3].as_of
    count = count_election(majilis.election, majilis_count.law, majilis.protocols, evening)
    places = {p["id"]: p for p in constituencies_document(count)}
    rows = {}
    for name in ("c16", "c30", "c53"):
        run_off = places[name]["rounds"][1]
        votes = [c["votes"] for c in run_off["candidates"]]
        rows[name] = (votes[0] - votes[1], run_off["missing_registered"])
    assert rows == {"c16": (1858, 4120), "c30": (212, 1065), "c53": (640, 2310)}
    assert places["c16"]["rounds"][1]["status"] == "preliminary"
    assert sum(p["can_change"] for p in places.values()) == 3


def test_regions_add_up_to_the_country(majilis_count, results):
    regions = regions_document(majilis_count)
    assert len(regions) == 16
    assert sum(r["stations"] for r in regions) == 9480
    assert sum(r["ballots_cast"] for r in regions) == 4893204
    for party, votes in results["list"]["votes"].items():
        assert sum(r["list_votes"][party] for r in regions) == votes


def test_cast_as_the_base_gives_7_2_1(majilis):
    law = law_of(majilis.election, {"list.threshold_base": "cast"})
    count = count_election(majilis.election, law, majilis.protocols)
    results = results_document(count, {"list.threshold_base": "cast"}, [])
    assert {k: v for k, v in results["list"]["seats"].items() if v} == {"otan": 7, "ak-zhol": 2, "asar": 1}
    changed = [p for p in results["election"]["parameters"] if p["overridden"]]
    assert [(p["path"], p["value"], p["preset"]) for p in changed] == [
        ("list.threshold_base", "cast", "valid")
    ]
    assert results["house"]["ak-zhol"] == 2


def test_a_first_round_of_valid_votes_leaves_run_offs_out(majilis):
    """With another base some are decided that were not: their run-off, though held, decides nothing."""
    law = law_of(majilis.election, {"constituency.majority_base": "valid"})
    count = count_election(majilis.election, law, majilis.protocols)
    c = results_document(count, {}, [])["constituencies"]
    assert c["decided_first_round"] + c["runoff"] == 67
    assert c["decided_first_round"] >= 45


def test_a_decision_that_nothing_asks_for_is_refused(majilis, majilis_count):
    stale = RecordedDecision("list", ("otan", "asar"), "minutes 1")
    with pytest.raises(DecisionError):
        count_election(replace(majilis.election, decisions=(stale,)), majilis_count.law, majilis.protocols)
