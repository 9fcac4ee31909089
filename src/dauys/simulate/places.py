"""Invented polling stations: how many, how large, where, which of them electronic."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dauys.domain.election import Election
from dauys.domain.places import Constituency, Station
from dauys.domain.text import Text
from dauys.simulate import names
from dauys.simulate.draws import Draws
from dauys.simulate.fit import keep_within, share_out
from dauys.simulate.plan import OPEN_RUNOFFS, RUNOFF_MISSING, RUNOFF_STATIONS, STATIONS_OF, VOTERS_OF, Seat

SMALLEST, LARGEST = 20, 2980
#: Part of the voters that the stations add on the day, of all who are registered in the end.
ADDED = 0.0038


@dataclass(frozen=True, slots=True)
class Site:
    """One station as the generator sees it. `added`: voters put on the list on the day of the first round.

    `kind`: `town`, `village`, `special`, or `crowded` for the one where more people vote than were on the
    list at the freeze; `late`: its protocols of round 1 come after the second
    preliminary result; `late2`: those of round 2 after the first.
    """

    station: Station
    added: int
    kind: str
    late: bool
    late2: bool


def make_sites(election: Election, seats: tuple[Seat, ...], seed: int) -> list[Site]:
    """Return the stations in order of their numbers, with exactly the registered voters of the targets."""
    targets = election.targets
    if targets.stations is None or targets.registered is None or targets.electronic_stations is None:
        raise ValueError("the targets name no stations, voters or electronic stations")
    draws = Draws(seed, "places")
    added = int(targets.registered * ADDED)
    counts = _station_counts(seats, targets.stations, draws)
    voters = _voters(seats, targets.registered - added, draws)
    sizes = [_sizes(seat, n, v, draws) for seat, n, v in zip(seats, counts, voters, strict=True)]
    electronic = _electronic(seats, sizes, targets.electronic_stations)
    flat = [size for place in sizes for size, _ in place]
    additions = share_out(added, [size * draws.between(0.2, 1.8) for size in flat])
    places = {c.id: c for c in election.constituencies}
    zones = {region.id: region.time_zone or election.time_zone for region in election.regions}
    missing = _runoff_missing(seats)
    sites: list[Site] = []
    for seat, place, e_set, late2 in zip(seats, sizes, electronic, missing, strict=True):
        home, made = places[seat.id], list[Site]()
        for i, (size, kind) in enumerate(place):
            number = len(sites) + i
            name = _station_name(home, kind, draws)
            key = (f"{number + 1:04}", name, home.region, seat.id, i in e_set, size, zones[home.region])
            made.append(Site(Station(*key), additions[number], kind, late=False, late2=False))
        sites.extend(_mark_late(seat, made, late2, draws))
    return _crowd_one(sites)


def _runoff_missing(seats: tuple[Seat, ...]) -> list[int]:
    """Return how many stations of each seat are missing at the first count of the run-off."""
    fixed = [OPEN_RUNOFFS.get(seat.number, (0, 0, 0))[0] for seat in seats]
    weights = [1.0 if seat.runoff and not n else 0.0 for seat, n in zip(seats, fixed, strict=True)]
    return [a + b for a, b in zip(fixed, share_out(RUNOFF_MISSING - sum(fixed), weights), strict=True)]


def _crowd_one(sites: list[Site]) -> list[Site]:
    """Return the stations with one shift camp whose voters were mostly put on the list on the day.

    What it gets is taken from the stations with the most additions, so that the sum stays.
    """
    chosen = next(i for i, s in enumerate(sites) if s.kind == "special" and 60 <= s.station.registered <= 120)
    wanted = sites[chosen].station.registered // 2
    more = wanted - sites[chosen].added
    sites[chosen] = replace(sites[chosen], kind="crowded", added=wanted)
    for i in sorted(range(len(sites)), key=lambda i: (-sites[i].added, i))[: max(more, 0)]:
        if i != chosen:
            sites[i] = replace(sites[i], added=sites[i].added - 1)
            more -= 1
    giver = next(i for i, s in enumerate(sites) if i != chosen and s.added > more)
    sites[giver] = replace(sites[giver], added=sites[giver].added - more)
    return sites


def _station_counts(seats: tuple[Seat, ...], total: int, draws: Draws) -> list[int]:
    """Return the stations of each seat: fewer in towns; the run-offs have `RUNOFF_STATIONS` together."""
    weights = [(0.55 if seat.urban else 1.3) * draws.between(0.85, 1.15) for seat in seats]
    counts = [STATIONS_OF.get(seat.number, 0) for seat in seats]
    for runoff, pool in ((True, RUNOFF_STATIONS), (False, total - RUNOFF_STATIONS)):
        group = [i for i, seat in enumerate(seats) if seat.runoff is runoff]
        free = [i for i in group if not counts[i]]
        rest = pool - sum(counts[i] for i in group)
        for i, n in zip(free, share_out(rest, [weights[i] for i in free]), strict=True):
            counts[i] = n
    return counts


def _voters(seats: tuple[Seat, ...], total: int, draws: Draws) -> list[int]:
    fixed = [VOTERS_OF.get(seat.number, 0) for seat in seats]
    weights = [0.0 if n else draws.between(0.9, 1.1) for n in fixed]
    rest = share_out(total - sum(fixed), weights)
    return [a + b for a, b in zip(fixed, rest, strict=True)]


def _sizes(seat: Seat, count: int, voters: int, draws: Draws) -> list[tuple[int, str]]:
    """Return size and kind of each station; the last ones of an open run-off have the size that it needs."""
    missing, registered, _ = OPEN_RUNOFFS.get(seat.number, (0, 0, 0))
    kinds = [_kind(seat, draws) for _ in range(count - missing)] + ["village"] * missing
    weights = [_weight(kind, draws) for kind in kinds[: count - missing]]
    weights += [draws.between(0.8, 1.2) for _ in range(missing)]
    values = share_out(voters - registered, weights[: count - missing])
    bounds = [(SMALLEST, 420 if kind == "special" else LARGEST) for kind in kinds[: count - missing]]
    values = keep_within(values, [a for a, _ in bounds], [b for _, b in bounds])
    values += share_out(registered, weights[count - missing :])
    return list(zip(values, kinds, strict=True))


def _kind(seat: Seat, draws: Draws) -> str:
    unit = draws.unit()
    if unit < 0.03:
        return "special"
    return "town" if unit < (0.95 if seat.urban else 0.22) else "village"


def _weight(kind: str, draws: Draws) -> float:
    if kind == "special":
        return draws.between(0.03, 0.25)
    low, high = (1.0, 2.6) if kind == "town" else (0.12, 1.0)
    unit = draws.unit()
    return low + (high - low) * (unit * unit if kind == "village" else unit)


def _electronic(seats: tuple[Seat, ...], sizes: list[list[tuple[int, str]]], total: int) -> list[set[int]]:
    """Return which stations of each seat are electronic: the largest in towns, more in urban seats."""
    towns = [sum(kind == "town" for _, kind in place) for place in sizes]
    weights = [n * (1.0 if seat.urban else 0.16) for seat, n in zip(seats, towns, strict=True)]
    counts = keep_within(share_out(total, weights), [0] * len(seats), towns)
    return [
        set(sorted((i for i, (_, k) in enumerate(place) if k == "town"), key=lambda i: (-place[i][0], i))[:n])
        for place, n in zip(sizes, counts, strict=True)
    ]


def _station_name(place: Constituency, kind: str, draws: Draws) -> Text:
    if kind == "town":
        where = place.name.kk, place.name.ru, place.name.en
        if draws.unit() < 0.6:
            quarter = draws.pick(names.QUARTERS)
            kk, ru, en = (f"{a}, {b}" for a, b in zip(where, quarter, strict=True))
            where = kk, ru, en
    else:
        where = draws.pick(names.LOCALITIES)
    if kind == "special":
        venue = draws.pick(names.SPECIAL_VENUES)
    else:
        *forms, _numbered = draws.pick(names.VENUES)
        n = 1 + (draws.below(60) if kind == "town" else draws.below(4))
        venue = (forms[0].format(n=f"№ {n}"), forms[1].format(n=n), forms[2].format(n=n))
    return Text(*(f"{a}, {b}" for a, b in zip(where, venue, strict=True)))


#: Stations of a rural seat whose protocols of round 1 come last, on average; towns have none.
LATE_PER_SEAT = 5.2


def _mark_late(seat: Seat, sites: list[Site], missing: int, draws: Draws) -> list[Site]:
    """Return the stations with those marked whose protocols come late, in round 1 and in the run-off.

    The last stations of a seat are its smaller ones only by chance; where the run-off is open they have the
    size that keeps it open.
    """
    open_runoff = seat.number in OPEN_RUNOFFS
    early = sites[: len(sites) - missing] if open_runoff else sites
    villages = [i for i, site in enumerate(early) if site.kind == "village"]
    late: set[int] = set()
    if not seat.urban:
        late = set(draws.sample(villages, min(len(villages), round(LATE_PER_SEAT * draws.between(0.4, 1.6)))))
    if open_runoff:
        late2 = set(range(len(sites) - missing, len(sites)))
    else:
        smallest = sorted(range(len(sites)), key=lambda i: (sites[i].station.registered, i))
        late2 = set(draws.sample([i for i in smallest[:40] if not sites[i].station.electronic], missing))
    return [replace(s, late=i in late, late2=i in late2) for i, s in enumerate(sites)]
