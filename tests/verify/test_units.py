"""The rule of units and waves, as a function of what is installed and sealed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from dauys.domain.election import Election
from dauys.verify.units import Installed, opened_contests, ready_units, units_of


def device(name: str, station: str, *, sealed: bool = True, left_out: bool = False) -> Installed:
    return Installed(name, station, sealed, left_out)


def election(group_by: str | None, groups: dict[str, list[str]]) -> Election:
    stations = [
        SimpleNamespace(id=name, electronic=name != "paper", region="north", constituency=place)
        for name, place in (("a", "c1"), ("b", "c1"), ("abroad", None), ("paper", "c1"))
    ]
    listed = [SimpleNamespace(id=name, stations=own) for name, own in groups.items()]
    value: Any = SimpleNamespace(
        stations=stations, tallying=SimpleNamespace(groups=listed, group_by=group_by)
    )
    return cast("Election", value)


@pytest.mark.parametrize(
    ("group_by", "groups", "expected"),
    [
        ("station", {}, {"a": "a", "b": "b", "abroad": "abroad"}),
        ("constituency", {}, {"a": "c1", "b": "c1", "abroad": "abroad"}),
        (None, {}, {"a": "c1", "b": "c1", "abroad": "abroad"}),
        ("region", {}, {"a": "north", "b": "north", "abroad": "north"}),
        ("station", {"g": ["a", "abroad"]}, {"a": "g", "b": "b", "abroad": "g"}),
    ],
)
def test_units_of_stations(group_by, groups, expected) -> None:
    assert units_of(election(group_by, groups)) == expected


def test_a_unit_waits_for_every_seal() -> None:
    units = {"a": "u", "b": "u", "c": "v"}
    open_one = [device("a1", "a"), device("b1", "b", sealed=False), device("c1", "c")]
    assert ready_units(open_one, units, ()) == {"v": ["c1"]}
    all_sealed = [device("b1", "b"), device("a1", "a"), device("c1", "c")]
    assert ready_units(all_sealed, units, ()) == {"u": ["a1", "b1"], "v": ["c1"]}


def test_a_device_that_is_left_out_holds_nobody_up() -> None:
    units = {"a": "u", "b": "u"}
    out = [device("a1", "a"), device("b1", "b", sealed=False, left_out=True)]
    assert ready_units(out, units, ()) == {"u": ["a1"]}
    sealed_out = [device("a1", "a"), device("b1", "b", left_out=True)]
    assert ready_units(sealed_out, units, ()) == {"u": ["a1"]}
    assert ready_units([device("b1", "b", left_out=True)], units, ()) == {}


def test_a_unit_stands_in_one_wave() -> None:
    assert ready_units([device("a1", "a")], {"a": "u"}, ["u"]) == {}


def test_a_station_in_no_unit_is_its_own() -> None:
    assert ready_units([device("x1", "x")], {}, ()) == {"x": ["x1"]}


@pytest.mark.parametrize(
    ("counts", "minimum", "expected"),
    [
        ({"a1": 29}, 30, []),
        ({"a1": 30}, 30, ["list"]),
        ({"a1": 31}, 30, ["list"]),
        # Two stations: what is left without either one must reach the minimum too.
        ({"a1": 60, "b1": 29}, 30, []),
        ({"a1": 60, "b1": 30}, 30, ["list"]),
        ({"a1": 60, "b1": 31}, 30, ["list"]),
        # Two devices of one station are one station.
        ({"a1": 15, "a2": 15}, 30, ["list"]),
        ({"a1": 15, "a2": 15, "b1": 30}, 30, ["list"]),
        ({"a1": 30, "a2": 30, "b1": 29}, 30, []),
        # A station without ballots of the contest hides nobody and stands in nobody's way.
        ({"a1": 30, "b1": 0}, 30, ["list"]),
        ({"a1": 0}, 1, []),
        ({"a1": 0}, 0, []),
    ],
)
def test_the_privacy_minimum(counts, minimum, expected) -> None:
    stations = {name: name[0] for name in counts}
    assert opened_contests(["list"], stations, lambda name, _: counts[name], minimum) == expected


def test_each_contest_by_itself() -> None:
    counts = {("a1", "list"): 50, ("a1", "north"): 10}
    found = opened_contests(["north", "list"], {"a1": "a"}, lambda *key: counts[key], 30)
    assert found == ["list"]
