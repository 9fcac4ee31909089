"""Which devices form a unit, which units and contests a wave holds: one pure rule (`spec/record.md` §6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dauys.domain.election import Election


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed device as the rule sees it: its station, whether it has a seal, whether it is left out."""

    device: str
    station: str
    sealed: bool
    left_out: bool


def units_of(election: Election) -> dict[str, str]:
    """Return the unit of each electronic station: its merge group, else by `group_by`.

    A station without a constituency is a unit of its own where constituencies would be units.
    """
    tallying = election.tallying
    found = {station: group.id for group in tallying.groups for station in group.stations}
    for station in election.stations:
        if station.electronic and station.id not in found:
            place = {"station": station.id, "region": station.region}.get(
                tallying.group_by, station.constituency
            )
            found[station.id] = place or station.id
    return found


def ready_units(
    devices: Iterable[Installed], units: Mapping[str, str], done: Iterable[str]
) -> dict[str, list[str]]:
    """Return the units that are ready and in no earlier wave (`done`), each with its devices, both sorted.

    A device whose station belongs to no unit is a unit of its own station.
    """
    earlier = set(done)
    members: dict[str, list[Installed]] = {}
    for one in devices:
        members.setdefault(units.get(one.station, one.station), []).append(one)
    found = {}
    for unit, own in sorted(members.items()):
        counted = sorted(one.device for one in own if one.sealed and not one.left_out)
        if unit not in earlier and counted and all(one.sealed or one.left_out for one in own):
            found[unit] = counted
    return found


def opened_contests(
    contests: Iterable[str],
    devices: Mapping[str, str],
    ballots: Callable[[str, str], int],
    minimum: int,
) -> list[str]:
    """Return the contests of a unit that are decrypted, sorted.

    `devices`: device to station. `ballots(device, contest)`: counted ballots that hold the contest. A contest
    reaches `minimum` over the unit, and, where ballots of two or more stations hold it, also without any one.
    """
    found = []
    for contest in sorted(contests):
        by_station: dict[str, int] = {}
        for device, station in devices.items():
            count = ballots(device, contest)
            if count:
                by_station[station] = by_station.get(station, 0) + count
        total = sum(by_station.values())
        least = total - max(by_station.values(), default=0) if len(by_station) > 1 else total
        if total and min(total, least) >= minimum:
            found.append(contest)
    return found
