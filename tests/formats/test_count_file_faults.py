"""What is wrong with an election file is said with its line, all at once, and never guessed away."""

import textwrap
from contextlib import suppress

import pytest
from elections import FILES, count
from hypothesis import given, settings
from hypothesis import strategies as st

from dauys.errors import DecisionError, InputError
from dauys.formats.count_file import parse_count_file, read_count_file
from dauys.systems.count import count_election

LIST = """\
id: t
method: {family: list_pr, name: highest_averages, divisor: dhondt, seats: 3%s}
parties:
- {name: A, votes: 60}
- {name: B, votes: 40}
%s
"""


def faults(text):
    with pytest.raises(InputError) as caught:
        count(textwrap.dedent(text))
    return [(p.code, p.place.line) for p in caught.value.problems]


def fault(text):
    with pytest.raises(InputError) as caught:
        count(textwrap.dedent(text))
    (problem,) = caught.value.problems
    return problem


def listed(method="", rest=""):
    return LIST % (method, rest)


def test_all_faults_at_once_in_the_order_of_lines():
    text = """\
    id: t
    method:
      family: list_pr
      name: largest_remainder
      quota: hare
      threshold: '7,5'
      threshold_base: valid
      treshold_strict: true
    parties:
    - {name: A, votes: -5}
    - {name: B, votes: 1 234}
    - {name: B, votes: 10}
    totals: {valid: 100, voted: 50}
    """
    assert faults(text) == [
        ("E1.4", 3), ("E1.2", 6), ("E1.3", 8), ("E2.3", 10), ("E1.2", 11), ("E2.2", 12), ("E2.7", 13),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "decimal", "per_cent"),
    [
        ("7,5", "0.075", "7.5"),
        ("7.5%", "0.075", "7.5"),
        ("0,07", "0.07", "7"),
        ("7", "0.07", "7"),
        ("5 %", "0.05", "5"),
    ],
)
def test_a_share_as_people_write_it_gets_the_decimal_to_write(share, decimal, per_cent):
    problem = fault(listed(f", threshold: '{share}', threshold_base: valid"))
    assert (problem.code, problem.place.line, problem.hint) == ("E1.2", 2, "share")
    assert (problem.facts["decimal"], problem.facts["per_cent"]) == (decimal, per_cent)


@pytest.mark.parametrize("share", ["'-0.05'", "nan", ".inf", "1e-2", "abc", "[1]", "1/0", "'0.05 of valid'"])
def test_no_share_at_all(share):
    assert fault(listed(f", threshold: {share}, threshold_base: valid")).code == "E1.2"


def test_a_share_may_be_a_quotient():
    assert sum(count(listed(", threshold: 1/3, threshold_base: valid"))["seats"].values()) == 3


@pytest.mark.parametrize(
    ("method", "rest", "code", "line"),
    [
        (", threshold: '0.05'", "", "E1.4", 2),
        (", threshold: '0.05', threshold_base: votes", "", "E1.2", 2),
        (", threshold: '0.05', threshold_base: cast", "totals: {voted: null}", "E2.5", 2),
        (", threshold: '0.05', threshold_base: registered", "", "E2.5", 2),
        (", threshold: '0.05', threshold_base: valid", "partial_votes: true", "E2.5", 2),
        (", threshold: '0.05', threshold_base: valid_incl_against_all", "", "E2.5", 2),
        (", majority_base: valid", "", "E2.9", 2),
        (", quorum_total: '0.05'", "", "E2.9", 2),
        (", remainder_rule: largest", "", "E2.9", 2),
        ("", "rounds: [{candidates: []}]", "E2.9", 6),
        ("", "totals: {valid: 101}", "E2.4", 3),
        ("", "totals: {valid: 99}", "E2.4", 3),
        ("", "totals: {valid: 99}\npartial_votes: true", "E2.7", 3),
        ("", "totals: {voted: 99}", "E2.7", 3),
        ("", "totals: {voted: 100, invalid: 1}", "E2.7", 3),
        ("", "totals: {valid: 100, voted: 99}", "E2.7", 6),
        ("", "partial_votes: yes", "E1.2", 6),
        ("", "colour: red", "E1.3", 6),
        (", apparentments: [[A, C]]", "", "E2.1", 2),
        (", apparentments: [[A, B], [B, A]]", "", "E2.2", 2),
        (", tie_rule: lot", "decisions: [{at: list, order: [A]}]", "E1.4", 6),
        (", if_only_one_passes: add_third", "", "E1.2", 2),
    ],
)
def test_meaning(method, rest, code, line):
    found = faults(listed(method, rest))
    assert (code, line) in found


def test_an_unknown_key_and_name_get_the_nearest_one():
    assert fault(listed(", max_seats_per_lst: 1")).facts["nearest"] == "max_seats_per_list"
    assert fault(listed(", apparentments: [[A, b2], [B]]")).code == "E2.1"


def test_sums_of_districts():
    text = """\
    id: t
    method: {family: list_pr_districts, name: highest_averages, divisor: dhondt, seats: 4}
    parties:
    - {name: Ak Zhol, votes: 527672}
    - {name: Otan, votes: 10}
    districts:
    - {name: East, seats: 2, votes: {Ak Zhol: 572672, Otan: 10}}
    - {name: East, seats: 1, votes: {Nobody: 1}}
    """
    assert faults(text) == [("E2.4", 4), ("E2.2", 8), ("E2.1", 8)]
    whole = text[: text.rindex("    - {name: East")].replace("527672", "572672")
    assert faults(whole) == [("E2.8", 2)]


ROUND = "- {candidates: [{name: A, votes: %d}, {name: B, votes: 30}, {name: C, votes: 20}]%s}\n"
TWO = "id: t\nmethod: {family: two_round, majority_base: %s}\nrounds:\n"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (TWO % "cast" + ROUND % (40, ""), "E2.5", 2),
        (TWO % "valid" + ROUND % (40, ", min_turnout: '0.5'"), "E2.5", 4),
        (TWO % "valid" + ROUND % (40, ", voted: 80"), "E2.7", 4),
        (TWO % "valid" + ROUND % (40, ", valid: 80"), "E2.4", 4),
        ("id: t\nmethod: {family: two_round, majority_base: valid}\nrounds: []\n", "E1.4", 1),
        ("id: t\nmethod: {family: two_round}\nrounds:\n" + ROUND % (40, ""), "E1.4", 2),
        (TWO % "valid" + "- {candidates: [{name: A, votes: 1}, {name: A, votes: 2}]}", "E2.2", 4),
        (TWO % "valid" + "- {candidates: [{name: A}]}", "E1.4", 4),
        (TWO % "valid, seats: 2" + ROUND % (40, ""), "E2.9", 2),
        ("id: t\nmethod: {family: plurality, seats: 2}\nrounds:\n" + ROUND % (40, ""), "E2.9", 2),
    ],
)
def test_rounds(text, code, line):
    assert (code, line) in faults(text)


def run_off(first, second):
    """Return the error of an election whose second round has these names."""
    names = ", ".join(f"{{name: {name}, votes: 1}}" for name in second)
    file = parse_count_file(
        (TWO % "valid" + ROUND % (first, "") + f"- {{candidates: [{names}]}}").encode(), "t"
    )
    return count_election(file.election, file.decisions)


@pytest.mark.parametrize(("first", "second"), [(40, "AC"), (40, "A"), (40, "ABC"), (60, "AB")])
def test_the_second_round_is_among_those_who_went_on(first, second):
    with pytest.raises(InputError) as caught:
        run_off(first, second)
    assert caught.value.problems[0].code == "E2.6"


def test_a_second_round_that_settled_a_tie_is_taken_as_it_is():
    tied = (
        TWO % "valid" + "- {candidates: [{name: A, votes: 40}, {name: B, votes: 30}, {name: C, votes: 30}]}\n"
    )
    found = count(tied + "- {candidates: [{name: A, votes: 10}, {name: C, votes: 11}]}")
    assert found["outcome"] == {"kind": "elected", "names": ["C"], "round": 2}
    with pytest.raises(InputError):
        count(tied + "- {candidates: [{name: B, votes: 10}, {name: C, votes: 11}]}")


@pytest.mark.parametrize("order", ["[X]", "[A, A]", "[]"])
def test_a_decision_has_to_fit(order):
    text = (
        TWO % "valid" + "- {candidates: [{name: A, votes: 40}, {name: B, votes: 30}, {name: C, votes: 30}]}\n"
    )
    with pytest.raises(DecisionError):
        count(text + f"decisions: [{{at: 'round:1/second_place', order: {order}, reference: r}}]")
    with pytest.raises(DecisionError):
        count(listed("", "decisions: [{at: list, order: [A], reference: r}]"))


NAMES = ["NO", "ON", "2024", "1.10", "null", "007", "a: b", "'q'", '"', "  two", "Ә Ғ – №", "-", "[x]", "#1"]


def test_names_come_back_exactly_as_written():
    tree = {
        "id": "1.10",
        "method": {"family": "list_pr", "name": "highest_averages", "divisor": "dhondt", "seats": 3},
        "parties": [{"name": name, "votes": 10 + place} for place, name in enumerate(NAMES)],
    }
    counted = count(tree)
    assert list(counted["seats"]) == NAMES
    assert counted["id"] == "1.10"


def test_plain_names_are_text_too():
    text = listed().replace("name: A", "name: NO").replace("name: B", "name: 1.10")
    assert count(text)["seats"] == {"NO": 2, "1.10": 1}


def test_fractions_of_votes_are_exact():
    third = "id: t\nmethod: {family: list_pr, name: highest_averages, divisor: dhondt, seats: 1}\nparties:\n"
    tied = third + "- {name: A, votes: 0.1}\n- {name: B, votes: '0.10'}"
    assert count(tied)["needs_decision"][0]["tied"] == ["A", "B"]
    assert count(third + "- {name: A, votes: 0.1}\n- {name: B, votes: '0.1000000001'}")["seats"]["B"] == 1


def test_against_all_inside_the_valid_votes():
    base = ", threshold: '0.4', threshold_base: valid_incl_against_all"
    known = count(listed(base, "totals: {valid: 110, against_all: 10, valid_includes_against_all: true}"))
    unknown = count(listed(base, "totals: {valid: 110, valid_includes_against_all: true}"))
    apart = count(listed(base, "totals: {valid: 100, against_all: 10}"))
    none = count(listed(base, "totals: {valid: null, against_all: 10}"))
    assert known["seats"] == unknown["seats"] == apart["seats"] == none["seats"] == {"A": 3, "B": 0}


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_an_election_or_an_input_error(data):
    with pytest.raises(InputError):
        parse_count_file(data, "f")


SCRAPS = [
    "null",
    "true",
    "-1",
    "1e400",
    "[]",
    "{}",
    "''",
    "'x'",
    "0.5",
    "9" * 60,
    "&a 1",
    "*a",
    "!!int 3",
    "[[[[",
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 10**6), st.sampled_from(SCRAPS))
def test_a_spoilt_value_is_never_a_crash(path, where, scrap):
    lines = path.read_text(encoding="utf-8").split("\n")
    places = [i for i, line in enumerate(lines) if ": " in line and "title" not in line]
    at = places[where % len(places)]
    head, _, _ = lines[at].partition(": ")
    lines[at] = f"{head}: {scrap}"
    with suppress(InputError, DecisionError):
        count("\n".join(lines))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError) as caught:
        read_count_file(tmp_path / "none.yaml")
    assert caught.value.problems[0].code == "E1.9"
