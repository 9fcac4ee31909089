"""All 35 official elections come out as they were, under any names and in any order."""

import pytest
import yaml
from elections import FILES, count, district_answers, district_seats, found, official, renamed, stripped

IDS = [path.stem for path in FILES]
TREES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}


def test_there_are_35():
    assert len(FILES) == 35


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_as_official(path):
    tree = TREES[path.stem]
    counted = count(path.read_bytes(), path.name)
    assert counted["id"] == tree["id"]
    assert found(counted) == official(tree)
    answers = district_answers(tree)
    assert district_seats(counted, answers) == answers


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", IDS)
def test_with_other_names_in_another_order(name, seed):
    tree = TREES[name]
    other, names = renamed(tree, seed)
    counted = count(other)
    assert counted["id"] == f"other-{seed}"
    assert found(counted) == official(other)
    expected = official(tree)
    if "parties" in tree:
        assert counted["seats"] == {names[n]: s for n, s in expected.items()}
    assert district_seats(counted, district_answers(other)) == district_answers(other)


@pytest.mark.parametrize("name", IDS)
def test_without_any_official_answer(name):
    assert found(count(stripped(TREES[name]))) == official(TREES[name])


@pytest.mark.parametrize(
    "name", [name for name in IDS if TREES[name]["method"].get("threshold_base") == "valid"]
)
def test_published_shares_and_passing_lists(name):
    tree = TREES[name]
    counted = count(tree)
    step = next(step for step in counted["steps"] if step["at"] == "threshold")
    passing = {row["id"] for row in step["facts"]["lists"] if row["passes"]}
    for check in tree["checks"]:
        if check["kind"] == "passing":
            assert passing == set(check["parties"])
        if check["kind"] == "seats_total":
            assert sum(counted["seats"].values()) == check["value"]


def test_another_base_takes_the_seat_of_aist():
    tree = stripped(TREES["kazakhstan-2004"])
    tree["method"]["threshold_base"] = "cast"
    seats = count(tree)["seats"]
    assert {name: n for name, n in seats.items() if n} == {"Otan": 7, "Ak Zhol": 2, "Asar": 1}
