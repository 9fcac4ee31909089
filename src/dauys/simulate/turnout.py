"""Invented turnout: ballots in the boxes of every station, and readings that fit them."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from dauys.domain.election import Election
from dauys.simulate.draws import Draws
from dauys.simulate.fit import keep_within, share_out
from dauys.simulate.places import Site
from dauys.simulate.plan import FIGURES, Seat

#: Ballots cast for each voter registered, before the total is fitted; 0.57 where nothing is said.
OF_REGION = {
    "alc": 0.43,
    "ast": 0.47,
    "uko": 0.65,
    "zhm": 0.63,
    "kyz": 0.63,
    "alm": 0.60,
    "kar": 0.52,
    "vko": 0.54,
}
LATE = 0.70
#: Ballots of the list contest that have no fellow in the box of the constituency contest.
ONLY_LIST = 0.0004


def cast_of_lists(election: Election, seats: tuple[Seat, ...], sites: list[Site], seed: int) -> list[int]:
    """Return the ballots of the list contest in every station; their sum is the target.

    No station has more than its registered voters and additions; only the crowded one has more than were
    registered at the freeze.
    """
    total = election.targets.ballots_cast
    if total is None:
        raise ValueError("the targets name no ballots cast")
    draws = Draws(seed, "turnout")
    rough = [_rough(site, draws) for site in sites]
    of_seat: dict[str, float] = {}
    for site, x in zip(sites, rough, strict=True):
        of_seat[str(site.station.constituency)] = of_seat.get(str(site.station.constituency), 0.0) + x
    fixed = {s.id: list_cast_for(FIGURES[s.number].cast) for s in seats if s.number in FIGURES}
    free = [s.id for s in seats if s.id not in fixed]
    totals = fixed | dict(
        zip(free, share_out(total - sum(fixed.values()), [of_seat[i] for i in free]), strict=True)
    )
    cast: list[int] = []
    start = 0
    for seat in seats:
        end = start
        while end < len(sites) and sites[end].station.constituency == seat.id:
            end += 1
        cast += spread_cast(totals[seat.id], sites[start:end], rough[start:end])
        start = end
    return cast


def list_cast_for(cast: int) -> int:
    """Return the ballots of the list contest where the constituency contest has `cast`."""
    return cast + int(cast * ONLY_LIST)


def _rough(site: Site, draws: Draws) -> float:
    rate = OF_REGION.get(site.station.region, 0.57) * (1 + 0.11 * draws.bell())
    if site.kind == "special":
        rate = 0.93
    if site.late:
        rate *= LATE
    return site.station.registered * min(max(rate, 0.15), 0.95)


def spread_cast(total: int, sites: list[Site], rough: list[float]) -> list[int]:
    """Return ballots of each station of a seat with that sum, none above those registered at the freeze."""
    crowd = [s.station.registered + s.added - 6 if s.kind == "crowded" else 0 for s in sites]
    weights = [0.0 if c else x for c, x in zip(crowd, rough, strict=True)]
    free = share_out(total - sum(crowd), weights)
    kept = keep_within(
        free, [0] * len(sites), [0 if c else s.station.registered for c, s in zip(crowd, sites, strict=True)]
    )
    return [a + b for a, b in zip(crowd, kept, strict=True)]


#: Of all who voted in the end, those who had by an hour of the clock; read between the points.
BY_HOUR = ((7, 0.0), (10, 0.2177), (12, 0.4408), (14, 0.6337), (16, 0.7895), (18, 0.9152), (20, 1.0))


def readings(election: Election) -> tuple[tuple[datetime, int], ...]:
    """Return invented turnout readings of the first round: the moment, and how many had voted by then.

    The last one, at closing or later, is the target of ballots cast itself.
    """
    total = election.targets.ballots_cast or 0
    zone = ZoneInfo(election.time_zone)
    found = []
    for clock in election.turnout_readings:
        at = datetime.combine(election.days[1], clock, zone)
        found.append((at, int(total * _part(clock.hour + clock.minute / 60))))
    return tuple(found)


def _part(hour: float) -> float:
    for (start, low), (end, high) in pairwise(BY_HOUR):
        if hour < end:
            return low + (high - low) * max(hour - start, 0.0) / (end - start)
    return 1.0
