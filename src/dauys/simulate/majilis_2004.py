"""The synthetic rows of `examples/majilis-2004`: same seed, same rows, on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from dauys.domain.election import Candidate, Election
from dauys.domain.places import Station
from dauys.domain.votes import Protocol
from dauys.simulate.draws import Draws
from dauys.simulate.nominations import make_fields
from dauys.simulate.places import Site, make_sites
from dauys.simulate.plan import SWAPPED, make_plan
from dauys.simulate.rows import Clock, protocols_of
from dauys.simulate.slips import plant
from dauys.simulate.turnout import cast_of_lists
from dauys.simulate.votes import Table, electronic_ballots, first_round, list_table, second_round


@dataclass(frozen=True, slots=True)
class Rows:
    """What a generator makes: places, people and protocols of one election, in the order of their files."""

    candidates: tuple[Candidate, ...]
    stations: tuple[Station, ...]
    protocols: tuple[Protocol, ...]


def generate(election: Election, seed: int) -> Rows:
    """Return the rows whose totals are the targets of the election file, exactly.

    Raises ValueError where the election's targets or constituencies are not those that the plan is made for.
    """
    seats = make_plan(election)
    sites = make_sites(election, seats, seed)
    fields = make_fields(seats, seed)
    cast = cast_of_lists(election, seats, sites, seed)
    of_seat = _by_seat(sites)
    electronic = electronic_ballots(sites, cast, 1, seed)
    tables = [list_table(election, sites, cast, electronic, seed)]
    for field in fields:
        start, members = of_seat[field.seat.id]
        part = slice(start, start + len(members))
        tables.append(first_round(field, members, cast[part], electronic[part], seed))
    tables.extend(second_round(f, of_seat[f.seat.id][1], seed) for f in fields if f.seat.runoff)
    protocols = [p for table in tables for p in _protocols(election, table, seed)]
    swapped = next(f for f in fields if f.seat.number == SWAPPED)
    protocols = plant(protocols, sites, swapped, _clock(election, 1), seed)
    candidates = tuple(c for field in fields for c in field.candidates)
    return Rows(candidates, tuple(site.station for site in sites), tuple(protocols))


def _by_seat(sites: list[Site]) -> dict[str, tuple[int, list[Site]]]:
    found: dict[str, tuple[int, list[Site]]] = {}
    start = 0
    for seat, group in groupby(sites, lambda s: s.station.constituency):
        members = list(group)
        found[str(seat)] = (start, members)
        start += len(members)
    return found


def _protocols(election: Election, table: Table, seed: int) -> list[Protocol]:
    clock = _clock(election, table.round)
    draws = Draws(seed, "protocols", table.contest, table.round)
    return [p for i in range(len(table.sites)) for p in protocols_of(table, i, clock, draws)]


def _clock(election: Election, round_number: int) -> Clock:
    closing = datetime.combine(election.days[round_number], time(20), ZoneInfo(election.time_zone))
    return Clock(closing, round_number)
