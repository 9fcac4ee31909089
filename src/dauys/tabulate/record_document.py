"""What a publication says, in the form in which a record keeps it (`spec/record.md` §8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dauys.systems.outcomes import RunOff
from dauys.tabulate.contests import RoundResult
from dauys.tabulate.count import Count, Snapshot
from dauys.tabulate.house import house

SCHEMA = "dauys/result/1"
Json = dict[str, Any]


def result_document(count: Count, snapshot: Snapshot) -> Json:
    """Return the `dauys/result/1` document of a publication of this count.

    `list` is None outside round 1. Winners and run-offs are None until more than half of the stations of a
    constituency have reported in full. `house` is given by a final result that leaves nothing to decide.
    """
    winners, runoffs = count.winners(snapshot), set(count.runoffs(snapshot))
    return {
        "schema": SCHEMA,
        "publication": snapshot.publication.id,
        "list": _list(snapshot),
        "constituencies": {
            place: _constituency(result, winners.get(place), known=place in runoffs)
            for place, result in snapshot.rounds.items()
        },
        "house": _house(count, snapshot),
    }


def _list(snapshot: Snapshot) -> Json | None:
    totals, result = snapshot.list_totals, snapshot.lists
    if totals is None or result is None:
        return None
    return {
        "cast": totals.cast,
        "invalid": totals.invalid,
        "registered": totals.registered,
        "votes": dict(totals.votes),
        "seats": {party: seats for party, seats in result.seats.items() if seats},
    }


def _constituency(result: RoundResult, winner: str | None, *, known: bool) -> Json:
    pair = list(result.outcome.names) if known and isinstance(result.outcome, RunOff) else None
    return {
        "cast": result.totals.cast,
        "invalid": result.totals.invalid,
        "votes": dict(result.totals.votes),
        "winner": winner,
        "run_off": pair,
    }


def _house(count: Count, snapshot: Snapshot) -> dict[str, int] | None:
    """Return seats by party in a final result after which nothing is left to decide, None in any other.

    Only what was published until then is looked at: a later publication changes no earlier document.
    """
    until = snapshot.publication.as_of
    known = replace(count, snapshots=tuple(s for s in count.snapshots if s.publication.as_of <= until))
    if snapshot.publication.status != "final" or not _is_complete(known):
        return None
    return {row.party: row.total for row in house(known) if row.total}


def _is_complete(count: Count) -> bool:
    """Whether final results decide every seat."""
    first, second = count.in_force(1), count.in_force(2)
    if first is None or any(s.publication.status != "final" for s in (first, second) if s):
        return False
    if first.lists is not None and (first.lists.ties or first.lists.nothing):
        return False
    won = set(count.winners(first)) | (set(count.winners(second)) if second else set())
    return all(place in won for place in first.rounds)
