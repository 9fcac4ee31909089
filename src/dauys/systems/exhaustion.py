"""Lists with fewer candidates than seats: the seats go to the others, or stay vacant, as the law says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from dauys.systems.outcomes import Allocated, Step

Exhaustion = Literal["redistribute", "vacant"]


def caps_for(
    candidates: Mapping[str, int], rule: Exhaustion, caps: Mapping[str, int] | None = None
) -> dict[str, int] | None:
    """Return the ceilings for `allocate` that the lengths of lists make, together with other ceilings.

    With `redistribute` a list can take no more seats than it has candidates. With `vacant` it can: only the
    other ceilings hold, and `leave_vacant` takes off afterwards what nobody can take.
    **Source:** `redistribute`: Netherlands, Kieswet, art. P 10; `vacant`: Kazakhstan, Constitutional Law on
    Elections, art. 97-1 (a list that is used up leaves its seats vacant).
    """
    others = dict(caps or {})
    if rule == "vacant":
        return others or None
    return {**others, **{name: min(n, others.get(name, n)) for name, n in candidates.items()}}


def leave_vacant(outcome: Allocated, candidates: Mapping[str, int]) -> Allocated:
    """Return the outcome with the seats off that a list has no candidates for; they are `unfilled`."""
    seats = {name: min(n, candidates.get(name, n)) for name, n in outcome.seats.items()}
    vacant = {name: n - seats[name] for name, n in outcome.seats.items() if n > seats[name]}
    if not vacant:
        return outcome
    steps = (*outcome.steps, Step("vacant", {"seats": vacant}))
    return Allocated(seats, steps, outcome.unfilled + sum(vacant.values()))
