"""What changed between one publication and the next of the same round, and on which protocols it rests."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from dauys.tabulate.count import Count, Snapshot
from dauys.tabulate.protocols import Place, Report

SMALLEST = Fraction(1, 10_000)


@dataclass(frozen=True, slots=True)
class Correction:
    """One published figure that is another now.

    `kind`: `list_share` (share of valid votes of list `id`), `turnout` (no id), `winner` (party that
    constituency `id` goes to). `facts`: how many stations are new, and by reason how many protocols were
    corrected, among those the figure rests on.
    """

    kind: str
    id: str | None
    before: Fraction | str | None
    after: Fraction | str | None
    facts: dict[str, int] = field(default_factory=dict)


def corrections(count: Count, before: Snapshot, after: Snapshot) -> tuple[Correction, ...]:
    """Return what the later publication says otherwise than the earlier one of the same round.

    Winners come first, then turnout, then shares that moved by at least `SMALLEST`, the most first. A
    publication that at most half of the stations had reported to is completed by the next, not corrected.
    """
    reported, _, total = before.stations()
    if 2 * reported <= total:
        return ()
    old, new = _by_place(before), _by_place(after)
    found = _winners(count, before, after, old, new)
    if before.list_totals and after.list_totals:
        facts = _facts(old, new, "list")
        a, b = before.list_totals, after.list_totals
        if a.registered and b.registered and a.cast * b.registered != b.cast * a.registered:
            shares = Fraction(a.cast, a.registered), Fraction(b.cast, b.registered)
            found.append(Correction("turnout", None, *shares, facts))
        pairs = {n: (Fraction(a.votes[n], a.valid or 1), Fraction(b.votes[n], b.valid or 1)) for n in b.votes}
        for name in sorted(pairs, key=lambda n: -abs(pairs[n][1] - pairs[n][0])):
            if abs(pairs[name][1] - pairs[name][0]) >= SMALLEST:
                found.append(Correction("list_share", name, *pairs[name], facts))
    return tuple(found)


def _winners(
    count: Count, before: Snapshot, after: Snapshot, old: dict[Place, Report], new: dict[Place, Report]
) -> list[Correction]:
    found = []
    winners = count.winners(before), count.winners(after)
    for place in after.rounds:
        one, two = winners[0].get(place), winners[1].get(place)
        if one and one != two:
            party = count.party_of(two) if two else None
            found.append(Correction("winner", place, count.party_of(one), party, _facts(old, new, place)))
    return found


def _by_place(snapshot: Snapshot) -> dict[Place, Report]:
    return {(r.station, r.contest, r.round): r for r in snapshot.reports}


def _facts(old: dict[Place, Report], new: dict[Place, Report], contest: str) -> dict[str, int]:
    facts = {"new_stations": 0}
    for place, report in new.items():
        if place[1] != contest:
            continue
        earlier = old.get(place)
        if earlier is None:
            facts["new_stations"] += 1
        elif earlier.counted is not report.counted:
            for protocol in report.counted:
                if protocol not in earlier.counted and protocol.reason:
                    facts[protocol.reason] = facts.get(protocol.reason, 0) + 1
    return facts
