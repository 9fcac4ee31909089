"""Every key of an election file is a rule: small elections whose answers are worked out in the comments."""

import pytest
from elections import count

LR = {"name": "largest_remainder", "quota": "hare"}
HA = {"name": "highest_averages", "divisor": "dhondt"}


def lists(votes, method, seats=10, *, family="list_pr", totals=None, extra=None, **keys):
    """Return an election tree; a party may be a number of votes or a mapping of keys."""
    parties = [{"name": n, **(v if isinstance(v, dict) else {"votes": v})} for n, v in votes.items()]
    tree = {"id": "t", "method": {"family": family, "seats": seats, **method, **keys}, "parties": parties}
    return {**tree, **({"totals": totals} if totals else {}), **(extra or {})}


def seats(*args, **kwargs):
    counted = count(lists(*args, **kwargs))
    assert "needs_decision" not in counted, counted["needs_decision"]
    return counted["seats"]


# Quotas and left-over seats. 55-27-18 for ten seats: quota 10, whole quotas 5-2-1, two seats left.


@pytest.mark.parametrize(
    ("rule", "expected"), [("largest", (5, 3, 2)), ("most_votes", (6, 3, 1)), (None, (5, 3, 2))]
)
def test_who_gets_the_seats_that_whole_quotas_leave(rule, expected):
    method = LR if rule is None else {**LR, "remainder_rule": rule}
    assert tuple(seats({"A": 55, "B": 27, "C": 18}, method).values()) == expected


def test_south_africa_five_by_remainder_then_average_per_seat_held():
    # 1,569 votes, 15 seats: Droop quota floor(1569/16)+1 = 99. Whole quotas: A 7 (remainder 57).
    # Eight left: five by remainder to B..F (95, 94, 93, 92, 91), which so have averages of 95..91 per
    # seat held, and A 750/7 = 107.1. A is first (then 750/8 = 93.75), B 95 is second, C 94 third.
    # Source of the rule: South Africa, Electoral Act 73 of 1998, Schedule 1A: "highest average number
    # of votes per seat already awarded".
    votes = dict(zip("ABCDEFGHIJ", (750, 95, 94, 93, 92, 91, 90, 89, 88, 87), strict=True))
    method = {"name": "largest_remainder", "quota": "droop", "remainder_rule": "za_lr_then_average"}
    expected = {"A": 8, "B": 2, "C": 2, "D": 1, "E": 1, "F": 1, "G": 0, "H": 0, "I": 0, "J": 0}
    assert seats(votes, method, 15) == expected


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        # 41-34-15-10 for four seats.
        ("hare", (2, 1, 1, 0)),  # 25: 1-1-0-0, remainders 16-9-15-10: A, C
        ("droop", (2, 1, 1, 0)),  # floor(100/5)+1 = 21: 1-1-0-0, remainders 20-13-15-10: A, C
        ("hagenbach_bischoff", (2, 1, 1, 0)),  # 20: 2-1-0-0, remainders 1-14-15-10: C
        ("imperiali", (2, 2, 0, 0)),  # 100/6 = 16.67: 2-2-0-0
    ],
)
def test_quotas(quota, expected):
    votes = {"A": 41, "B": 34, "C": 15, "D": 10}
    assert tuple(seats(votes, {"name": "largest_remainder", "quota": quota}, 4).values()) == expected


@pytest.mark.parametrize(("base", "expected"), [("passing", (3, 1, 0)), ("valid", (2, 1, 1))])
def test_base_of_the_quota(base, expected):
    # 40-10-5 of 100 valid votes, four seats. Of passing 55/4 = 13.75: 2-0-0, remainders 12.5-10-5: A,
    # B. Of valid 100/4 = 25: 1-0-0, remainders 15-10-5: A, B, C.
    method = {**LR, "quota_base": base, "threshold": "0.05", "threshold_base": "valid"}
    extra = {"partial_votes": True}
    found = seats({"A": 40, "B": 10, "C": 5}, method, 4, totals={"valid": 100}, extra=extra)
    assert tuple(found.values()) == expected


def test_imperiali_that_gives_too_much_is_said_and_never_trimmed():
    # 60-40 for five: quota 100/7 = 14.29, whole quotas 4-2, one more than there are.
    counted = count(lists({"A": 60, "B": 40}, {"name": "largest_remainder", "quota": "imperiali"}, 5))
    assert counted["outcome"] == {"kind": "no_distribution", "reason": "over_allocation"}
    assert counted["seats"] == {"A": 0, "B": 0}


# Divisors. 53-24-19-4 for ten seats.


@pytest.mark.parametrize(
    ("divisor", "expected"),
    [
        ("dhondt", (6, 2, 2, 0)),  # tenth 8.83 = 53/6; next 8 = 24/3
        ("sainte_lague", (6, 2, 2, 0)),  # tenth 4.82 = 53/11; next 4.8 = 24/5, D 4
        ("modified_sainte_lague_1.4", (6, 2, 2, 0)),  # first divisor 1.4: D 2.86
        ("modified_sainte_lague_1.2", (6, 2, 2, 0)),  # first divisor 1.2: D 3.33
        ("danish", (5, 2, 2, 1)),  # 1, 4, 7, 10, 13: tenth D 4; next 53/16 = 3.31, 24/7 = 3.43
        ("imperiali", (7, 2, 1, 0)),  # 1, 1.5, 2: tenth 53/4 = 13.25 (seventh of A); next 19/1.5 = 12.67
        ("adams", (5, 2, 2, 1)),  # 0, 1, 2: all have one; then 53/4 = 13.25 the fifth of A; next 24/2 = 12
        ("dean", (5, 2, 2, 1)),  # 0, 4/3, 12/5, 24/7, 40/9: all have one; the fifth of A 53/4.44 = 11.9
        ("huntington_hill", (5, 2, 2, 1)),  # 0, sqrt 2, sqrt 6, ..: fifth of A 53/sqrt 20 = 11.85
    ],
)
def test_divisors(divisor, expected):
    votes = {"A": 53, "B": 24, "C": 19, "D": 4}
    assert tuple(seats(votes, {"name": "highest_averages", "divisor": divisor}).values()) == expected


# Thresholds


@pytest.mark.parametrize(
    ("votes", "strict", "passes"),
    [(69, False, False), (70, False, True), (71, False, True), (70, True, False), (71, True, True)],
)
def test_threshold_at_minus_one_exactly_and_plus_one(votes, strict, passes):
    method = {**HA, "threshold": "0.07", "threshold_base": "valid", "threshold_strict": strict}
    found = seats({"A": 1000 - votes, "B": votes}, method, 100)
    assert (found["B"] > 0) == passes


@pytest.mark.parametrize(
    ("base", "seat"),
    [("party_votes", 1), ("valid", 1), ("valid_incl_against_all", 1), ("cast", 1), ("registered", 0)],
)
def test_every_base(base, seat):
    # 45 of 560 list votes 8.04 %, of 580 with against all 7.76, of 600 who voted 7.5, of 1,000
    # registered 4.5.
    totals = {"valid": 560, "against_all": 20, "voted": 600, "registered": 1000}
    method = {**HA, "threshold": "0.05", "threshold_base": base}
    assert seats({"A": 515, "B": 45}, method, 15, totals=totals)["B"] == seat


def test_hare_quota_as_threshold():
    # 100 votes, ten seats: one quota is 10. B has 9: by Sainte-Laguë it would have 1.
    method = {"name": "highest_averages", "divisor": "sainte_lague"}
    assert seats({"A": 91, "B": 9}, method)["B"] == 1
    assert (
        seats({"A": 91, "B": 9}, {**method, "threshold": "hare_quota", "threshold_base": "valid"})["B"] == 0
    )


def test_own_threshold_exemption_and_aggregate():
    votes = {
        "A": 700,
        "coalition": {"votes": 90, "bloc": True, "threshold": "0.1"},
        "minority": {"votes": 40, "exempt": True},
        "small": {"votes": 60},
        "others": {"votes": 110, "aggregate": True},
    }
    found = seats(votes, {**HA, "threshold": "0.05", "threshold_base": "valid"}, 40)
    assert found["coalition"] == 0
    assert found["minority"] > 0
    assert found["small"] > 0
    assert found["others"] == 0
    del votes["coalition"]
    assert seats(votes, HA, 40)["others"] == 0


@pytest.mark.parametrize(
    ("rule", "expected"), [({}, (10, 0, 0)), ({"if_only_one_passes": "add_second"}, (9, 1, 0))]
)
def test_when_one_list_alone_passes(rule, expected):
    method = {**LR, "threshold": "0.07", "threshold_base": "valid", **rule}
    # 88-6-6: the second is B by one vote. 880 and 61 of 941 for ten: quota 94.1, 9-0, remainder B 61.
    assert tuple(seats({"A": 880, "B": 61, "C": 59}, method).values()) == expected


def test_a_tie_for_the_place_of_the_second():
    method = {**LR, "threshold": "0.07", "threshold_base": "valid", "if_only_one_passes": "add_second"}
    counted = count(lists({"A": 880, "B": 60, "C": 60}, method))
    assert counted["needs_decision"] == [{"tied": ["B", "C"], "seats": 1, "at": "list/runner_up"}]
    assert counted["seats"] == {"A": 9, "B": 0, "C": 0}


# Caps and apparentments


def test_seats_above_a_cap_go_to_the_others():
    # D'Hondt 70-20-10 for ten: 7-2-1. With four at most six go to B and C: 20, 10, 10, 6.67, 5, 5: B
    # 4, C 2.
    assert tuple(seats({"A": 70, "B": 20, "C": 10}, {**HA, "max_seats_per_list": 4}).values()) == (4, 4, 2)


def test_a_cap_that_leaves_seats_empty():
    counted = count(lists({"A": 70, "B": 30}, {**HA, "max_seats_per_list": 4}))
    assert counted["seats"] == {"A": 4, "B": 4}
    assert counted["unfilled"] == 2


def test_apparentments_hold_and_lapse():
    # D'Hondt 45-28-27 for five: 3-1-1 (45, 28, 27, 22.5, 15). B+C have 55: 55, 45, 27.5, 22.5, 18.3:
    # A 2, B+C 3, of which B 2 (28, 14), C 1 (27).
    votes = {"A": 45, "B": 28, "C": 27}
    pair = {"apparentments": [["B", "C"]]}
    assert tuple(seats(votes, HA, 5).values()) == (3, 1, 1)
    assert tuple(seats(votes, {**HA, **pair}, 5).values()) == (2, 2, 1)
    # With a bar of 28 % C fails and the pair lapses: A and B alone, 45, 28, 22.5, 15, 14: 3-2-0.
    bar = {"threshold": "0.28", "threshold_base": "valid"}
    assert tuple(seats(votes, {**HA, **pair, **bar}, 5).values()) == (3, 2, 0)


# Ties and decisions


TIED = {"A": 400, "B": 270, "C": 90}  # D'Hondt, seven seats: 270/3 = 90/1


def test_a_tie_waits_with_the_sure_seats():
    counted = count(lists(TIED, HA, 7))
    assert counted["seats"] == {"A": 4, "B": 2, "C": 0}
    assert counted["needs_decision"] == [{"tied": ["B", "C"], "seats": 1, "at": "list"}]


@pytest.mark.parametrize("winner", ["B", "C"])
def test_a_decision_is_taken_back(winner):
    decided = {"decisions": [{"at": "list", "order": [winner], "reference": "minutes 7"}]}
    found = seats(TIED, HA, 7, extra=decided)
    assert found == {"A": 4, "B": 2, "C": 0, winner: {"B": 3, "C": 1}[winner]}


@pytest.mark.parametrize("rule", ["earlier_registration", "higher_average_age", "lot", "new_vote"])
def test_a_rule_without_its_facts_waits(rule):
    assert count(lists(TIED, {**HA, "tie_rule": rule}, 7))["needs_decision"][0]["tied"] == ["B", "C"]


def test_a_rule_with_its_facts_decides():
    registered = {"A": 400, "B": {"votes": 270, "registration": 2}, "C": {"votes": 90, "registration": 1}}
    assert seats(registered, {**HA, "tie_rule": "earlier_registration"}, 7)["C"] == 1
    aged = {"A": 400, "B": {"votes": 270, "average_age": "51.5"}, "C": {"votes": 90, "average_age": "51.4"}}
    assert seats(aged, {**HA, "tie_rule": "higher_average_age"}, 7)["B"] == 3
    assert seats(TIED, {**HA, "tie_rule": "more_votes"}, 7)["B"] == 3


def test_no_votes_and_nobody_passes():
    assert count(lists({"A": 0, "B": 0}, HA))["outcome"]["reason"] == "no_votes"
    bar = {"threshold": "0.6", "threshold_base": "valid"}
    counted = count(lists({"A": 50, "B": 50}, {**HA, **bar}))
    assert counted["outcome"] == {"kind": "no_distribution", "reason": "nobody_passes"}
    assert counted["seats"] == {"A": 0, "B": 0}


# Houses of two tiers. 60-40 for ten gives 6-4, but B wins five constituencies.


def test_overhang_makes_the_house_larger():
    votes = {"A": {"votes": 60, "electorate_seats": 2}, "B": {"votes": 40, "electorate_seats": 5}}
    method = {"name": "highest_averages", "divisor": "sainte_lague"}
    assert tuple(seats(votes, method, family="mmp_overhang").values()) == (6, 5)
    # One seat of an independent leaves nine: 5-4, B keeps its five.
    held = {**method, "independent_electorate_seats": 1}
    assert tuple(seats(votes, held, family="mmp_overhang").values()) == (5, 5)


def test_new_zealand_2008():
    # Two overhang seats of the Maori Party, 122 in all. Source: the official count of 2008, as in the
    # tests of votelib (github.com/simberaj/votelib, tests/real/test_real_mmp.py).
    votes = {
        "ACT": (85496, 1), "Alliance": (1909, 0), "Cannabis": (9515, 0), "Social Credit": (1208, 0),
        "Family": (8176, 0), "Green": (157613, 0), "Progressive": (21241, 1), "Kiwi": (12755, 0),
        "Labour": (796880, 21), "Libertarianz": (1176, 0), "Maori": (55980, 5), "National": (1053398, 41),
        "NZ First": (95356, 0), "Pacific": (8640, 0), "RAM": (465, 0), "Bill and Ben": (13016, 0),
        "Republic": (313, 0), "United Future": (20497, 1), "Workers": (932, 0),
    }  # fmt: skip
    tree = {name: {"votes": n, "electorate_seats": won} for name, (n, won) in votes.items()}
    method = {
        "name": "highest_averages", "divisor": "sainte_lague", "threshold": "0.05", "threshold_base": "valid",
        "direct_seat_waiver": 1, "independent_electorate_seats": 0,
    }  # fmt: skip
    found = seats(tree, method, 120, family="mmp_overhang")
    assert {n: s for n, s in found.items() if s} == {
        "ACT": 5, "Green": 9, "Progressive": 1, "Labour": 43, "Maori": 5, "National": 58, "United Future": 1,
    }  # fmt: skip


def test_kept_and_recomputed():
    votes = {"A": {"votes": 60, "constituency_seats_min": 2}, "B": {"votes": 40, "constituency_seats_min": 5}}
    assert tuple(seats(votes, HA, family="compensatory_floor").values()) == (5, 5)


def test_kept_and_recomputed_more_than_once():
    # Sainte-Lague, ten seats, 50-30-20: 5-3-2. C won four and leaves: six for A and B: 50, 30, 16.7,
    # 10, 10, 7.1: A 4, B 2 (10 = 10 is within). B won three, more than two, and leaves: A has what is
    # left, three.
    votes = {
        "A": {"votes": 50, "constituency_seats_min": 0},
        "B": {"votes": 30, "constituency_seats_min": 3},
        "C": {"votes": 20, "constituency_seats_min": 4},
    }
    method = {"name": "highest_averages", "divisor": "sainte_lague"}
    assert tuple(seats(votes, method, family="compensatory_floor").values()) == (3, 3, 4)


def land(name, population, votes, direct):
    return {"name": name, "population": population, "votes": votes, "direct_seats": direct}


def levelled(lands, start, **method):
    tree = {
        "id": "t",
        "method": {"family": "levelling_by_land", "house_start": start, **method},
        "lands": lands,
    }
    return count(tree)


def test_a_house_levelled_over_lands():
    # Ten seats to lands by population 60-40: 6-4. North: A 40, B 22 of 6: 4-2. South: A 20, B 18 of
    # 4: 2-2. A won six constituencies in the north: guaranteed 6+2 = 8; B 2+2 = 4. National votes
    # 60-40: A's eighth quotient by Sainte-Lague is 60/15 = 4, B's fifth 40/9 = 4.44 and sixth 40/11 =
    # 3.64: the first house with eight for A has thirteen seats, 8-5.
    lands = [
        land("North", 600, {"A": 40, "B": 22}, {"A": 6}),
        land("South", 400, {"A": 20, "B": 18}, {"B": 2}),
    ]
    counted = levelled(lands, 10)
    assert "needs_decision" not in counted
    assert counted["seats"] == {"A": 8, "B": 5}
    assert counted["districts"]["North"]["A"] >= 6
    assert {n: sum(row[n] for row in counted["districts"].values()) for n in "AB"} == counted["seats"]


def test_a_waiver_of_three_constituencies():
    # C has 4 % and fails the bar of 5 %, unless it won three constituencies.
    votes = {"A": 56, "B": 40, "C": 4}
    for won, has_seats in ((2, False), (3, True)):
        lands = [land("One", 100, votes, {"C": won})]
        bar = {"threshold": "0.05", "threshold_base": "valid", "direct_seat_waiver": 3}
        counted = levelled(lands, 20, **bar)
        assert counted["seats"]["C"] >= won
        share = next(s for s in counted["steps"] if s["at"] == "threshold")["facts"]["lists"]
        assert {row["id"]: row["passes"] for row in share}["C"] == has_seats


# Districts


def districts(rows, method, seats_=None, *, family="list_pr_districts", **keys):
    names = list(dict.fromkeys(name for row in rows for name in row["votes"]))
    parties = [{"name": n, "votes": sum(row["votes"].get(n, 0) for row in rows)} for n in names]
    tree = {"id": "t", "method": {"family": family, **method, **keys}, "parties": parties, "districts": rows}
    if seats_ is not None:
        tree["method"]["seats"] = seats_
    return count(tree)


TWO = [
    {"name": "East", "votes": {"A": 50, "B": 30, "C": 4}},
    {"name": "West", "votes": {"A": 20, "B": 40, "C": 2}},
]


def test_seats_to_districts_by_votes_and_then_to_lists_above_the_national_bar():
    # 84 and 62 of 146 votes for seven seats: quota 20.86, 4-2, remainders 0.57-20.3: East 4, West 3.
    # C has 4.1 %.
    upper = {"name": "largest_remainder", "quota": "hare", "by": "valid votes"}
    method = {**HA, "threshold": "0.05", "threshold_base": "valid", "district_apportionment": upper}
    counted = districts(TWO, method, 7)
    # East 50, 30, 25, 16.7: A 3, B 1; West 40, 20 = 20 for two seats: both: A 1, B 2.
    assert counted["districts"] == {"East": {"A": 3, "B": 1, "C": 0}, "West": {"A": 1, "B": 2, "C": 0}}
    assert counted["seats"] == {"A": 4, "B": 3, "C": 0}


def test_a_tie_in_one_district_leaves_the_other_alone():
    rows = [{**TWO[0], "seats": 4}, {**TWO[1], "seats": 2}]
    counted = districts(rows, HA)
    assert counted["needs_decision"] == [{"tied": ["A", "B"], "seats": 1, "at": "district:West"}]
    assert counted["seats"] == {"A": 3, "B": 2, "C": 0}
    assert counted["districts"]["West"] == {"A": 0, "B": 1, "C": 0}


def test_a_decision_goes_to_the_district_that_it_names():
    rows = [{"name": name, "seats": 1, "votes": {"A": 10, "B": 10}} for name in ("X", "X/Y")]
    tree = {
        "id": "t", "method": {"family": "list_pr_districts", **HA}, "districts": rows,
        "decisions": [{"at": "district:X/Y", "order": ["B"], "reference": "r"}],
    }  # fmt: skip
    counted = count(tree)
    assert counted["districts"] == {"X": {"A": 0, "B": 0}, "X/Y": {"A": 0, "B": 1}}
    assert [tie["at"] for tie in counted["needs_decision"]] == ["district:X"]


def test_a_tie_between_districts_leaves_what_every_way_gives():
    rows = [{"name": "E", "votes": {"A": 30, "B": 20}}, {"name": "W", "votes": {"A": 26, "B": 24}}]
    method = {**HA, "district_apportionment": {"name": "largest_remainder", "quota": "hare"}}
    counted = districts(rows, method, 3)
    # 1.5 seats each. With one seat A has it in both; the second goes to B in both (20 > 15, 24 > 13).
    assert counted["needs_decision"] == [{"tied": ["E", "W"], "seats": 1, "at": "districts"}]
    assert counted["districts"] == {"E": {"A": 1, "B": 0}, "W": {"A": 1, "B": 0}}
    assert counted["seats"] == {"A": 2, "B": 1}
    tree = {
        "id": "t", "method": {"family": "list_pr_districts", "seats": 3, **method}, "districts": rows,
        "decisions": [{"at": "districts", "order": ["W"], "reference": "lot of 1 March"}],
    }  # fmt: skip
    assert count(tree)["districts"]["W"] == {"A": 1, "B": 1}


def test_double_proportion_with_quorums():
    # C has 9 % in the east and 4.2 % of all; B takes part everywhere.
    rows = [
        {"name": "East", "seats": 5, "votes": {"A": 55, "B": 36, "C": 9}},
        {"name": "West", "seats": 5, "votes": {"A": 60, "B": 55, "C": 0}},
    ]
    free = {"divisor": "sainte_lague", "weight_votes": False, "round_strength": False}
    for quorums, inside in (
        ({}, True),
        ({"quorum_any_district": "0.09"}, True),
        ({"quorum_any_district": "0.1"}, False),
        ({"quorum_any_district": "0.1", "quorum_total": "0.04"}, True),
        ({"quorum_any_district": "0.1", "quorum_total": "0.05"}, False),
    ):
        counted = districts(rows, {**free, **quorums}, 10, family="biproportional")
        if not inside:
            assert counted["seats"]["C"] == 0
        assert sum(counted["seats"].values()) == 10
        assert [sum(row.values()) for row in counted["districts"].values()] == [5, 5]
