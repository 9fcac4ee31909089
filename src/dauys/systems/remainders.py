"""The rounds of a distribution by largest remainder: whole quotas, seats left over, ceilings, overruns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from dauys.systems.outcomes import Count, Step
from dauys.systems.quotas import LargestRemainder, Quota, cut, quota_value, whole_quotas
from dauys.systems.thresholds import AdmitRunnerUp
from dauys.systems.ties import Ask, Nothing

MOST_BY_REMAINDER = 5
"""Seats that South Africa's law gives by remainder before averages decide."""


class Group(NamedTuple):
    """Lists that share seats by largest remainder. All have votes.

    `valid` is the base of the quota where it is not the sum of their votes; `ceilings` are by place in
    `names`. `runner_up` bears the index of `discount`; there are two lists then.
    """

    method: LargestRemainder
    names: Sequence[str]
    votes: Sequence[Count]
    seats: int
    ceilings: Sequence[int] | None = None
    valid: Count | None = None
    runner_up: str | None = None
    discount: AdmitRunnerUp | None = None

    @property
    def quota(self) -> Fraction:
        """The quota in votes."""
        total = self.valid if self.valid is not None else sum(self.votes)
        return quota_value(self.method.quota, total, self.seats)

    def without(self, places: Sequence[int], taken: int) -> Group:
        """Return the group after the lists at these places left it with `taken` seats: a new quota of the
        others.
        """
        keep = [i for i in range(len(self.names)) if i not in places]
        names, votes = tuple(self.names[i] for i in keep), tuple(self.votes[i] for i in keep)
        ceilings = None if self.ceilings is None else [self.ceilings[i] for i in keep]
        return Group(self.method, names, votes, self.seats - taken, ceilings)


def by_remainder(group: Group, ask: Ask) -> dict[str, int]:
    """Return seats by id. A list above its ceiling keeps the ceiling and leaves; the others share the rest
    anew.

    Ties are asked at the place of `ask`, in a repeated distribution below it at round:2 and so on.
    Raises Nothing("over_allocation") where whole quotas give too many seats and the method refuses.
    """
    if group.ceilings is None:
        return dict(zip(group.names, _round(group, ask)[0], strict=True))
    found: dict[str, int] = {}
    here = ask.not_last()
    number = 1
    while group.names:
        held, full = _round(group, here)
        if not full:
            found.update(zip(group.names, held, strict=True))
            break
        ceilings = group.ceilings or ()
        taken = {group.names[i]: min(ceilings[i], group.seats) for i in full}
        found.update(taken)
        group = group.without(full, sum(taken.values()))
        if ask.log is not None:
            ask.log.append(Step("ceilings", {"full": taken, "seats": group.seats}))
        number += 1
        here = ask.below(f"round:{number}", last=False)
    return found


def _round(group: Group, ask: Ask) -> tuple[list[int], list[int]]:
    """Return the seats of one distribution, and the lists above their ceilings, for whom it does not hold."""
    if not group.seats:
        return [0] * len(group.names), []
    votes, quota = _scaled(group)
    if not quota[0]:
        raise Nothing("zero_quota")
    whole, rest = whole_quotas(votes, *quota)
    if group.discount is not None:
        _raise_runner_up(group, group.discount, whole, rest)
    left = group.seats - sum(whole)
    if ask.log is not None:
        ask.log.extend(_quota_steps(group, whole, left))
    if left < 0:
        whole = _take_back(group, whole, rest, -left, ask)
        return whole, _over(group, whole)
    full = _over(group, whole)
    if full or not left:
        return whole, full
    if group.discount is not None and group.discount.rest == "passing" and len(whole) > 1:
        whole[1 - group.names.index(group.runner_up or "")] += left
        return whole, _over(group, whole)
    if group.method.leftovers == "za_lr_then_average":
        return _then_averages(group, whole, rest, left, ask)
    keys = rest if group.method.leftovers == "largest" else votes
    return _one_each(group, whole, keys, left, ask)


def _scaled(group: Group) -> tuple[Sequence[int], tuple[int, int]]:
    """Return votes (the runner-up's times its index) and the quota, as integers of one unit."""
    counts: Sequence[Count] = group.votes
    together = sum(counts)
    total = together if group.valid is None else group.valid
    plain = group.discount is None and type(together) is int and type(total) is int
    if plain and group.method.quota is Quota.HARE:
        return counts, (total, group.seats)  # type: ignore[return-value]  # a sum with a Fraction is a Fraction
    if group.discount is not None:
        index = group.discount.index
        counts = [v * index if n == group.runner_up else v for n, v in zip(group.names, counts, strict=True)]
    scale = lcm(*(count.denominator for count in counts))
    quota = group.quota * scale
    return [int(count * scale) for count in counts], quota.as_integer_ratio()


def _raise_runner_up(group: Group, rule: AdmitRunnerUp, whole: list[int], rest: list[int]) -> None:
    """Give the runner-up its least number of seats, if need be at the cost of the list that passed."""
    runner = group.names.index(group.runner_up or "")
    if whole[runner] < rule.min_seats:
        whole[runner], rest[runner] = min(rule.min_seats, group.seats), -1
        passing = 1 - runner
        if sum(whole) > group.seats:
            whole[passing], rest[passing] = group.seats - whole[runner], -1


def _over(group: Group, held: Sequence[int]) -> list[int]:
    ceilings = group.ceilings
    return [] if ceilings is None else [i for i, n in enumerate(held) if n > ceilings[i]]


def _take_back(group: Group, whole: list[int], rest: Sequence[int], excess: int, ask: Ask) -> list[int]:
    """Take seats given in excess from the smallest remainders, one each, fewer votes first among equals."""
    holders = [i for i, n in enumerate(whole) if n]
    if group.method.on_overrun == "refuse" or excess > len(holders):
        raise Nothing("over_allocation")
    ranks = sorted({(rest[i], group.votes[i]) for i in holders})
    keys = [ranks.index((r, v)) if n else -1 for r, v, n in zip(rest, group.votes, whole, strict=True)]
    sure, tied, places = cut(keys, holders, len(holders) - excess)
    held = [n - (n > 0) for n in whole]
    for i in sure:
        held[i] += 1
    _give(group, held, tied, places, ask)
    if ask.log is not None:
        losers = [name for name, got, had in zip(group.names, held, whole, strict=True) if got < had]
        ask.log.append(Step("taken_back", {"excess": excess, "lists": losers}))
    return held


def _give(group: Group, held: list[int], tied: Sequence[int], places: int, ask: Ask) -> None:
    """Add one seat to each winner among the tied, as the desk answers."""
    if tied:
        names = [group.names[i] for i in tied]
        won = ask.winners(names, places, dict(zip(group.names, held, strict=True)))
        for i in tied:
            held[i] += group.names[i] in won


def _one_each(
    group: Group, whole: list[int], keys: Sequence[int], left: int, ask: Ask
) -> tuple[list[int], list[int]]:
    """Give the seats left over one each in the order of `keys`, again from the start while some are left."""
    laps, odd = divmod(left, len(whole))
    held = [n + laps for n in whole]
    sure, tied, places = cut(keys, range(len(whole)), odd)
    for i in sure:
        held[i] += 1
    if group.ceilings is not None:
        # A tied list without room could not take the seat, so that no lot is drawn for it.
        full = _over(group, held) or [i for i in tied if held[i] >= group.ceilings[i]]
        if full:
            return held, full
    try:
        if tied:
            _give(group, held, tied, places, ask)
    finally:  # an open tie still shows the order it is about
        if ask.log is not None:
            ask.log.append(_remainder_step(group, keys, whole, held))
    return held, []


def _then_averages(
    group: Group, whole: list[int], rest: Sequence[int], left: int, ask: Ask
) -> tuple[list[int], list[int]]:
    """Give up to five seats by remainder, one each, then every other to the highest votes per seat held."""
    held = list(whole)
    first = min(MOST_BY_REMAINDER, left, len(held))
    sure, tied, places = cut(rest, range(len(held)), first)
    for i in sure:
        held[i] += 1
    try:
        _give(group, held, tied, places, ask.below("remainders", last=first == left))
    finally:
        if ask.log is not None:
            ask.log.append(_remainder_step(group, rest, whole, held))
    left -= first
    while left and not _over(group, held):
        left -= _by_average_held(group, held, left, ask.below("averages", last=True))
    return held, _over(group, held)


def _by_average_held(group: Group, held: list[int], left: int, ask: Ask) -> int:
    """Give one seat to each list with the highest votes per seat held, and return how many were given.

    A list without a seat has no average. Where nobody holds a seat the votes themselves count.
    """
    nobody = not any(held)
    averages = [
        Fraction(votes) / n if n else Fraction(votes if nobody else -1)
        for votes, n in zip(group.votes, held, strict=True)
    ]
    best = max(averages)
    equal = [i for i, average in enumerate(averages) if average == best]
    if len(equal) <= left:
        for i in equal:
            held[i] += 1
    else:
        _give(group, held, equal, left, ask)
    if ask.log is not None:
        ask.log.append(Step("average_seat", {"lists": [group.names[i] for i in equal], "average": best}))
    return min(len(equal), left)


def _quota_steps(group: Group, whole: Sequence[int], left: int) -> list[Step]:
    total = group.valid if group.valid is not None else sum(group.votes)
    quota = group.quota
    rows = []
    for i, (name, got) in enumerate(zip(group.names, whole, strict=True)):
        quotas = _quotas(group, i, quota)
        row = {"id": name, "votes": group.votes[i], "quotas": quotas, "whole": got}
        rows.append({**row, "remainder": (quotas - got) * quota if got <= quotas else None})
    return [
        Step(
            "quota", {"name": group.method.quota.value, "votes": total, "seats": group.seats, "quota": quota}
        ),
        Step("whole_quotas", {"lists": rows, "given": group.seats - left, "left": left}),
    ]


def _remainder_step(group: Group, keys: Sequence[int], whole: Sequence[int], held: Sequence[int]) -> Step:
    """Name the order in which seats left over were given; `seat` numbers them, None where a list got none.

    `part` is the remainder as a part of the quota, in [0, 1); with `most_votes` the order is by votes.
    """
    order = sorted(range(len(keys)), key=lambda i: (-keys[i], held[i] == whole[i]))
    rows: list[dict[str, object]] = []
    number = 0
    quota = group.quota
    for i in order:
        won = held[i] > whole[i]
        number += won
        quotas = _quotas(group, i, quota)
        part = quotas - whole[i] if whole[i] <= quotas else None
        rows.append(
            {
                "id": group.names[i],
                "remainder": None if part is None else part * quota,
                "part": part,
                "seat": number if won else None,
            }
        )
    return Step("remainders", {"by": group.method.leftovers, "order": rows})


def _quotas(group: Group, i: int, quota: Fraction) -> Fraction:
    """Return how often the quota is in the votes of a list, the runner-up's with its index."""
    index = group.discount.index if group.discount is not None and group.names[i] == group.runner_up else 1
    return Fraction(group.votes[i]) / quota * index
