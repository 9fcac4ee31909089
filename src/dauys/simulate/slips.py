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
SWAP, RECOUNT = "rows_swapped", "recount"
COPY, CONFIRMED = "copy_of_other_station", "first_version_confirmed"


Handler = Callable[[Protocol], list[Protocol]]
Change = Callable[[dict[str, int]], dict[str, int]]


def plant(
    protocols: list[Protocol], sites: list[Site], swapped: Field, clock: Clock, seed: int
) -> list[Protocol]:
    """Return the protocols with the mistakes and their corrections, a correction next to what it corrects."""
    slips = _Slips(clock, Draws(seed, "slips"))
    handlers = slips.of_lists(sites) | slips.of_seat(sites, swapped)
    made: list[Protocol] = []
    for p in protocols:
        handler = handlers.get((p.station, p.contest)) if p.round == 1 else None
        made.extend(handler(p) if handler else (p,))
    return made


class _Slips:
    """The mistakes, each a function from the right protocol to what is on file."""

    def __init__(self, clock: Clock, draws: Draws) -> None:
        self.clock, self.draws = clock, draws

    def of_lists(self, sites: list[Site]) -> dict[tuple[str, str], Handler]:
        """Return the mistakes in list protocols by station and contest."""
        plain = [
            s for s in sites if not s.station.electronic and not s.late and s.kind in ("town", "village")
        ]
        large = [s.station.id for s in plain if 800 <= s.station.registered <= 2400]
        chosen = self.draws.sample(large, SWAPPED_LISTS + RECOUNTED + 3)
        found: dict[str, Handler] = dict.fromkeys(chosen[:SWAPPED_LISTS], self.swapped_lists)
        found |= dict.fromkeys(chosen[SWAPPED_LISTS:-3], self.recounted)
        found |= dict(
            zip(chosen[-3:], (_unused_too_many, _issued_too_many, self.with_foreign_copy), strict=True)
        )
        electronic = next(s.station.id for s in sites if s.station.electronic and s.station.registered > 1500)
        found[electronic] = _paper_off
        return {(station, "list"): handler for station, handler in found.items()}

    def of_seat(self, sites: list[Site], swapped: Field) -> dict[tuple[str, str], Handler]:
        """Return the swapped rows of the constituency whose winner was announced wrongly."""
        otan = next(c.id for c in swapped.candidates if c.party == "otan")
        pair = (swapped.candidates[swapped.winner].id, otan)
        members = [s for s in sites if s.station.constituency == swapped.seat.id]

        def handler(p: Protocol) -> list[Protocol]:
            return self.corrected(p, lambda votes: _swap(votes, pair), SWAP)

        return {(s.station.id, swapped.seat.id): handler for i, s in enumerate(members) if is_home(i, s)}

    def swapped_lists(self, p: Protocol) -> list[Protocol]:
        """Return the rows of the two largest lists swapped, then right."""
        return self.corrected(p, lambda votes: _swap(votes, ("otan", "ak-zhol")), SWAP)

    def recounted(self, p: Protocol) -> list[Protocol]:
        """Return a bundle on the wrong heap, then the recount."""
        return self.corrected(p, _wrong_bundle, RECOUNT)

    def with_foreign_copy(self, p: Protocol) -> list[Protocol]:
        """Return the protocol, one of another station that is set aside, and the first once more."""
        votes = dict(p.votes)
        votes["otan"], votes["aist"] = votes["otan"] - 10, votes["aist"] + 10
        foreign = replace(p, version=2, received=self.clock.after(6500), votes=votes, reason=COPY)
        return [p, foreign, replace(p, version=3, received=self.clock.after(8000), reason=CONFIRMED)]

    def corrected(self, p: Protocol, spoil: Change, reason: str) -> list[Protocol]:
        """Return a wrong first version and the right second one, received from 24 to 26 September."""
        first = replace(p, votes=spoil(dict(p.votes)))
        later = max(self.clock.after(self.draws.between(6000, 9500)), p.received + timedelta(minutes=1))
        return [first, replace(p, version=2, received=later, reason=reason)]


def _unused_too_many(p: Protocol) -> list[Protocol]:
    """Return one unused ballot too many: received = issued + unused + spoiled fails."""
    return [replace(p, counts=replace(p.counts, ballots_unused=(p.counts.ballots_unused or 0) + 1))]


def _issued_too_many(p: Protocol) -> list[Protocol]:
    """Return four ballots more issued than are in the box or missing: issued = cast + not returned fails."""
    counts = p.counts
    issued, unused = (counts.ballots_issued or 0) + 4, (counts.ballots_unused or 0) - 4
    return [replace(p, counts=replace(counts, ballots_issued=issued, ballots_unused=unused))]


def _paper_off(p: Protocol) -> list[Protocol]:
    """Return three votes of a paper protocol on the wrong row: electronic + paper = summary fails."""
    if p.channel is not Channel.PAPER:
        return [p]
    return [replace(p, votes={**p.votes, "otan": p.votes["otan"] + 3, "asar": p.votes["asar"] - 3})]


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
