"""Version 2 of electronic protocols: what the tally of a station's unit says (`spec/record.md` §3).

Version 1 is what the slips say. Where the unit of a station is the station alone, a commission above it makes
version 2 out of the totals of the record; where both differ the contest is *disputed*, and both stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.domain.election import AGAINST_ALL
from dauys.domain.votes import Channel, Protocol
from dauys.errors import InputError, Place, Problem
from dauys.record.entries import parse_entry
from dauys.record.faults import LogError
from dauys.record.keys import Signer
from dauys.verify.context import Context, VoteContext
from dauys.verify.protocols import may_sign, protocol_of
from dauys.verify.run import Verified
from dauys.verify.units import units_of


@dataclass(frozen=True, slots=True)
class Tallied:
    """One version 2. `slips`, `opened`: votes of version 1 and of the tally, *against all* included.

    `blanks`: invalid ballots of version 1 and of the tally; of a contest with more marks twice the former.
    """

    protocol: Protocol
    slips: Mapping[str, int]
    opened: Mapping[str, int]
    blanks: tuple[int, int]

    @property
    def disputed(self) -> bool:
        """Whether paper and ciphertext disagree."""
        return self.slips != self.opened or self.blanks[0] != self.blanks[1]


def tallied(verified: Verified, vote: str, station: str, moment: datetime, reason: str) -> list[Tallied]:
    """Return version 2 of each electronic protocol of a station that has none yet, in the order of the log.

    The record of `verified` is still open. `moment`: when the commission has it, with its zone. Raises
    InputError P3.6 where the unit is not the station alone, or its tally or a version 1 is not there.
    """
    context = verified.context
    told = context.votes.get(vote) if context is not None else None
    if context is None or told is None or context.election is None:
        raise _refused(vote, "no such vote", "a vote of the record")
    unit = _unit(told, units_of(context.election), station)
    newest: dict[str, Protocol] = {}
    for entry in context.protocol_entries():
        own = protocol_of(entry.fields)
        if (own.station, own.round, own.channel) == (station, told.round, Channel.ELECTRONIC):
            newest[own.contest] = own
    if not newest:
        raise _refused(station, "no version 1", "what the slips say")
    return [
        _second(verified, (vote, unit), one, moment, reason) for one in newest.values() if one.version == 1
    ]


def entry_of(election: str, protocol: Protocol, signer: str, key: Signer) -> bytes:
    """Return the *protocol* entry, signed by a commission over it as it is without a signature.

    Raises InputError P3.6 where a log would not take it: a reason, or a moment, without its form.
    """
    received = protocol.received.isoformat(timespec="seconds")
    fields: dict[str, Any] = {
        "at": received,
        "channel": protocol.channel.value,
        "contest": protocol.contest,
        "counts": asdict(protocol.counts),
        "kind": "protocol",
        "reason": protocol.reason,
        "received": received,
        "round": protocol.round,
        "signature": None,
        "signer": signer,
        "station": protocol.station,
        "version": protocol.version,
        "votes": dict(protocol.votes),
    }
    try:
        digest = framed_hash("protocol", election, canonical(fields))
    except ValueError as error:
        raise _refused("reason", ascii(protocol.reason)[:100], "text in UTF-8") from error
    fields["signature"] = key.sign_hash(digest).hex()
    try:
        return parse_entry(canonical(fields), 0, "election").data
    except LogError as error:
        problem = error.problem
        field = str(problem.facts.get("field", protocol.station))
        raise _refused(field, problem.found or "", problem.expected or "") from error


def check_signer(context: Context, station: str, signer: str, public: bytes) -> None:
    """Return where the record knows this key as that of a commission above the station.

    A log never loses an entry: what nobody may sign is not made. Raises InputError P3.6.
    """
    stations = context.election.stations if context.election else ()
    place = next((one for one in stations if one.id == station), None)
    listed = context.keys["commissions"] if context.keys else []
    one = next((one for one in listed if one["id"] == signer), None)
    if one is None or place is None or one["level"] == "station" or not may_sign(one, place):
        raise _refused(f"--signer {signer}", "no commission above the station", f"one above {station}")
    if one["key"] != public.hex():
        raise _refused("--key", public.hex(), one["key"])


def _unit(vote: VoteContext, units: Mapping[str, str], station: str) -> str:
    """Return the unit that is this station alone."""
    unit = units.get(station, station)
    others = {one for one in vote.stations().values() if units.get(one, one) == unit}
    if station not in others:
        raise _refused(station, "no device", "a station with devices")
    if others != {station}:
        raise _refused(station, ", ".join(sorted(others)), "a unit of this station alone")
    return unit


def _second(
    verified: Verified, named: tuple[str, str], first: Protocol, moment: datetime, reason: str
) -> Tallied:
    total = verified.totals.get((*named, first.contest))
    if total is None:
        raise _refused(f"{named[1]}, {first.contest}", "no tally", "the opened sum of the unit")
    election = verified.context.election if verified.context else None
    contests = election.contests(first.round) if election else ()
    contest = next(one for one in contests if one.id == first.contest)
    # A run-off has fewer options than the contest; those of its version 1 are the ones that were voted on.
    standing = [one for one in contest.options if one in first.votes or one == AGAINST_ALL]
    if len(standing) != len(total.votes):
        raise _refused(first.contest, f"{len(standing)} options", f"{len(total.votes)} options")
    if moment < first.received:
        raise _refused("--at", moment.isoformat(), f"not before {first.received.isoformat()}")
    opened = dict(zip(standing, total.votes, strict=True))
    # Blanks are ballots where a ballot has one mark; with more marks how many are all blank is not opened.
    counts = first.counts if contest.limit > 1 else replace(first.counts, invalid_ballots=total.blanks)
    slips = dict(first.votes)
    if AGAINST_ALL in opened:
        slips.setdefault(AGAINST_ALL, first.counts.against_all or 0)
        if AGAINST_ALL not in first.votes:
            counts = replace(counts, against_all=opened[AGAINST_ALL])
    votes = {one: opened[one] for one in opened if one in first.votes}
    second = replace(first, version=first.version + 1, received=moment, reason=reason)
    blanks = (first.counts.invalid_ballots or 0, counts.invalid_ballots or 0)
    return Tallied(replace(second, counts=counts, votes=votes), slips, opened, blanks)


def _refused(where: str, found: str, expected: str) -> InputError:
    return InputError([Problem("P3.6", Place(file=where), found, expected)])
