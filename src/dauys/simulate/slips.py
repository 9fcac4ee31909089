"""Planted mistakes of commissions: first versions that were corrected, and figures that do not add up.

All of them are listed in `examples/majilis-2004/README.md`. None changes a total of the final result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from dauys.domain.votes import Channel, Protocol
from dauys.simulate.draws import Draws
from dauys.simulate.nominations import Field
from dauys.simulate.places import Site
from dauys.simulate.rows import Clock
from dauys.simulate.votes import is_home

#: How many list protocols had the rows of the two largest lists swapped, and how many were recounted.
SWAPPED_LISTS, RECOUNTED = 34, 12
#: Reasons of later versions; the words for them are those of the site's locale files.
SWAP, RECOUNT, COPY = "rows_swapped", "recount", "copy_of_other_station"


def plant(
    protocols: list[Protocol], sites: list[Site], swapped: Field, clock: Clock, seed: int
) -> list[Protocol]:
    """Return the protocols with the mistakes and their corrections, a correction next to what it corrects."""
    draws = Draws(seed, "slips")
    plain = [s for s in sites if not s.station.electronic and not s.late and s.kind in ("town", "village")]
    large = [s.station.id for s in plain if 800 <= s.station.registered <= 2400]
    chosen = draws.sample(large, SWAPPED_LISTS + RECOUNTED + 3)
    swaps, recounts = set(chosen[:SWAPPED_LISTS]), set(chosen[SWAPPED_LISTS:-3])
    breaks = chosen[-3:]
    home = _home_stations(sites, swapped)
    otan = next(c.id for c in swapped.candidates if c.party == "otan")
    pair = (swapped.candidates[swapped.winner].id, otan)
    electronic = next(s.station.id for s in sites if s.station.electronic and s.station.registered > 1500)
    made: list[Protocol] = []
    for p in protocols:
        if p.round != 1:
            made.append(p)
        elif p.contest == "list":
            made.extend(_list_slips(p, swaps, recounts, breaks, electronic, clock, draws))
        elif p.contest == swapped.seat.id and p.station in home:
            made.extend(_corrected(p, lambda v: _swap(v, pair), SWAP, clock, draws))
        else:
            made.append(p)
    return made


def _home_stations(sites: list[Site], swapped: Field) -> set[str]:
    members = [s for s in sites if s.station.constituency == swapped.seat.id]
    return {s.station.id for i, s in enumerate(members) if is_home(i, s)}


Change = Callable[[dict[str, int]], dict[str, int]]


def _list_slips(
    p: Protocol,
    swaps: set[str],
    recounts: set[str],
    breaks: list[str],
    electronic: str,
    clock: Clock,
    draws: Draws,
) -> list[Protocol]:
    if p.station in swaps:
        return _corrected(p, lambda v: _swap(v, ("otan", "ak-zhol")), SWAP, clock, draws)
    if p.station in recounts:
        return _corrected(p, _wrong_bundle, RECOUNT, clock, draws)
    counts = p.counts
    if p.station == breaks[0]:  # a unused ballot too many: received = issued + unused + spoiled fails
        return [replace(p, counts=replace(counts, ballots_unused=(counts.ballots_unused or 0) + 1))]
    if p.station == breaks[1]:  # issued = in the box + not returned fails
        return [replace(p, counts=replace(counts, ballots_issued=(counts.ballots_issued or 0) + 4,
                                          ballots_unused=(counts.ballots_unused or 0) - 4))]  # fmt: skip
    if p.station == breaks[2]:  # the second version belongs to another station, and is set aside
        return [p, _foreign_copy(p, clock)]
    if p.station == electronic and p.channel is Channel.PAPER:  # electronic + paper = summary fails by list
        votes = dict(p.votes)
        votes["otan"] += 3
        votes["asar"] -= 3
        return [replace(p, votes=votes)]
    return [p]


def _foreign_copy(p: Protocol, clock: Clock) -> Protocol:
    votes = dict(p.votes)
    votes["otan"], votes["aist"] = votes["otan"] - 10, votes["aist"] + 10
    return replace(p, version=2, received=clock.after(6500), votes=votes, reason=COPY)


def _corrected(p: Protocol, spoil: Change, reason: str, clock: Clock, draws: Draws) -> list[Protocol]:
    """Return a wrong first version and the right second one, received between 24 and 26 September."""
    if p.channel is not Channel.PAPER:
        return [p]
    first = replace(p, votes=spoil(dict(p.votes)))
    late = p.received + timedelta(minutes=1)
    return [
        first,
        replace(p, version=2, received=max(clock.after(draws.between(6000, 9500)), late), reason=reason),
    ]


def _swap(votes: dict[str, int], pair: tuple[str, str]) -> dict[str, int]:
    one, other = pair
    votes[one], votes[other] = votes[other], votes[one]
    return votes


def _wrong_bundle(votes: dict[str, int]) -> dict[str, int]:
    """Return votes with a bundle of up to 25 ballots laid on the wrong heap."""
    bundle = min(25, votes["otan"])
    votes["otan"] -= bundle
    votes["asar"] += bundle
    return votes
