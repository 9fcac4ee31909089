"""The rounds of a distribution by largest remainder: whole quotas, seats left over, ceilings, overruns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from dauys.systems.outcomes import Count, Step
from dauys.systems.quotas import LargestRemainder, cut, quota_value, whole_quotas
from dauys.systems.thresholds import AdmitRunnerUp
from dauys.systems.ties import Desk, Nothing

MOST_BY_REMAINDER = 5
"""Seats that South Africa's law gives by remainder before averages decide."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lists that share seats by largest remainder. All have votes. `valid` is the quota's base where it is
    not their sum.

    `ceilings` by place in `names`. `runner_up` bears the index of `discount`.
    """

    method: LargestRemainder
    names: tuple[str, ...]
    votes: tuple[Count, ...]
    ceilings: Sequence[int] | None = None
    valid: Count | None = None
    runner_up: str | None = None
    discount: AdmitRunnerUp | None = None

    def without(self, places: Sequence[int]) -> Group:
        """Return the group after the lists at these places left it."""
        keep = [i for i in range(len(self.names)) if i not in places]
        names, votes = tuple(self.names[i] for i in keep), tuple(self.votes[i] for i in keep)
        ceilings = None if self.ceilings is None else [self.ceilings[i] for i in keep]
        discount = self.discount if self.runner_up in names else None
        return Group(
            self.method, names, votes, ceilings, None, self.runner_up if discount else None, discount
        )


def by_remainder(group: Group, seats: int, desk: Desk, at: str, last: bool = True) -> dict[str, int]:
    """Return seats by id. A list above its ceiling keeps the ceiling and leaves; the others share the rest
    anew.

    Ties are asked at `at`, in a repeated distribution at `at`/round:2 and so on.
    Raises Nothing("over_allocation") where whole quotas give too many seats and the method refuses.
    """
    found: dict[str, int] = {}
    number, place = 1, at
    while group.names:
        held, full = _round(group, seats, desk, place, last)
        if not full:
            found.update(zip(group.names, held, strict=True))
            break
        ceilings = group.ceilings or ()
        taken = {group.names[i]: min(ceilings[i], seats) for i in full}
        if desk.log is not None:
            desk.log.append(Step("ceilings", {"full": dict(taken), "seats": seats - sum(taken.values())}))
        found.update(taken)
        seats -= sum(taken.values())
        group = group.without(full)
        number += 1
        place = f"{at}/round:{number}"
    return found


def _round(group: Group, seats: int, desk: Desk, at: str, last: bool) -> tuple[list[int], list[int]]:
    """Return the seats of one distribution and, instead where there are any, the lists that go above their
    ceilings.
    """
    if not seats:
        return [0] * len(group.names), []
    votes, quota = _scaled(group, seats)
    whole, rest = whole_quotas(votes, *quota)
    if group.discount is not None:
        _raise_runner_up(group, group.discount, seats, whole, rest)
    left = seats - sum(whole)
    if desk.log is not None:
        desk.log.extend(_quota_steps(group, seats, whole, left))
    if left < 0:
        return _take_back(group, whole, rest, -left, desk, at, last), []
    full = _over(group, whole)
    if full or not left:
        return whole, full
    if group.discount is not None and group.discount.rest == "passing":
        whole[1 - group.names.index(group.runner_up or "")] += left
        return whole, _over(group, whole)
    if group.method.leftovers == "za_lr_then_average":
        return _then_averages(group, whole, rest, left, desk, at, last)
    keys = rest if group.method.leftovers == "largest" else votes
    return _one_each(group, whole, keys, left, desk, at, last)


def _scaled(group: Group, seats: int) -> tuple[Sequence[int], tuple[int, int]]:
    """Return votes (the runner-up's times its index) and the quota, all in the same small unit, as integers."""
    total = group.valid if group.valid is not None else sum(group.votes)
    counts: Sequence[Count] = group.votes
    if group.discount is not None:
        index = group.discount.index
        counts = [v * index if n == group.runner_up else v for n, v in zip(group.names, counts, strict=True)]
    if type(sum(counts)) is int and type(total) is int and group.method.quota == "hare":
        return counts, (total, seats)  # type: ignore[return-value]  # a sum with a Fraction in it is a Fraction
    scale = lcm(*(count.denominator for count in counts))
    quota = quota_value(group.method.quota, total, seats) * scale
    return [int(count * scale) for count in counts], quota.as_integer_ratio()


def _raise_runner_up(
    group: Group, rule: AdmitRunnerUp, seats: int, whole: list[int], rest: list[int]
) -> None:
    """Give the runner-up its least number of seats, if need be at the cost of the list that passed."""
    runner = group.names.index(group.runner_up or "")
    if whole[runner] < rule.min_seats:
        whole[runner], rest[runner] = min(rule.min_seats, seats), -1
        passing = 1 - runner
        if sum(whole) > seats:
            whole[passing], rest[passing] = seats - whole[runner], -1


def _over(group: Group, held: Sequence[int]) -> list[int]:
    ceilings = group.ceilings
    return [] if ceilings is None else [i for i, n in enumerate(held) if n > ceilings[i]]


def _take_back(
    group: Group, whole: list[int], rest: Sequence[int], excess: int, desk: Desk, at: str, last: bool
) -> list[int]:
    """Take seats that whole quotas gave in excess from the smallest remainders, fewer votes first among
    equals.
    """
    holders = [i for i, n in enumerate(whole) if n]
    if group.method.on_overrun == "refuse" or excess > len(holders):
        raise Nothing("over_allocation")
    ranked = sorted({(rest[i], group.votes[i]) for i in holders})
    rank = {pair: place for place, pair in enumerate(ranked)}
    keys = [rank.get((r, v), 0) for r, v in zip(rest, group.votes, strict=True)]
    kept = _winners(group, keys, holders, len(holders) - excess, whole, desk, at, last, given_less=1)
    result = [n - (1 if i in set(holders) - kept else 0) for i, n in enumerate(whole)]
    if desk.log is not None:
        losers = [group.names[i] for i in holders if i not in kept]
        desk.log.append(Step("taken_back", {"excess": excess, "lists": losers}))
    return result


def _one_each(
    group: Group, whole: list[int], keys: Sequence[int], left: int, desk: Desk, at: str, last: bool
) -> tuple[list[int], list[int]]:
    """Give the seats left over one each in the order of `keys`, going through the order again while some are
    left.
    """
    laps, odd = divmod(left, len(whole))
    if laps:
        whole = [n + laps for n in whole]
    everyone = range(len(whole))
    sure, tied, places = cut(keys, everyone, odd)
    held = list(whole)
    for i in sure:
        held[i] += 1
    full = _over(group, held)
    if not full and tied and group.ceilings is not None:
        full = [i for i in tied if held[i] >= group.ceilings[i]]  # it could not take the seat: no lot for it
    if full:
        return held, full
    if tied:
        names = [group.names[i] for i in tied]
        won = desk.choose(
            at, names, places, dict(zip(group.names, held, strict=True)), last=last and not group.ceilings
        )
        for i in tied:
            held[i] += group.names[i] in won
    if desk.log is not None:
        desk.log.append(_remainder_step(group, keys, whole, held))
    return held, []


def _winners(
    group: Group,
    keys: Sequence[int],
    among: Sequence[int],
    places: int,
    held: Sequence[int],
    desk: Desk,
    at: str,
    last: bool,
    given_less: int = 0,
) -> set[int]:
    """Return who gets one of the places by largest key, asking at `at` among equals."""
    sure, tied, open_places = cut(keys, among, places)
    if tied:
        inside = {*sure}
        given = {
            name: held[i]
            - (given_less if i in among and i not in inside else 0)
            + (0 if given_less else i in inside)
            for i, name in enumerate(group.names)
        }
        won = desk.choose(at, [group.names[i] for i in tied], open_places, given, last=last)
        sure += [i for i in tied if group.names[i] in won]
    return set(sure)


def _then_averages(
    group: Group, whole: list[int], rest: Sequence[int], left: int, desk: Desk, at: str, last: bool
) -> tuple[list[int], list[int]]:
    """Give up to five seats by remainder, one each, then every further seat to the highest votes per seat
    held.
    """
    held = list(whole)
    first = min(MOST_BY_REMAINDER, left, len(held))
    ends = last and first == left and not group.ceilings
    for i in _winners(group, rest, range(len(held)), first, held, desk, f"{at}/remainders", ends):
        held[i] += 1
    if desk.log is not None:
        desk.log.append(_remainder_step(group, rest, whole, held))
    left -= first
    full = _over(group, held)
    while left and not full:
        averages = [Fraction(v) / n if n else Fraction(-1) for v, n in zip(group.votes, held, strict=True)]
        best = max(averages)
        equal = [i for i, average in enumerate(averages) if average == best]
        if len(equal) > left:
            given = dict(zip(group.names, held, strict=True))
            ends = last and not group.ceilings
            won = desk.choose(f"{at}/averages", [group.names[i] for i in equal], left, given, last=ends)
            equal = [i for i in equal if group.names[i] in won]
        if desk.log is not None:
            desk.log.append(Step("average_seat", {"lists": [group.names[i] for i in equal], "average": best}))
        for i in equal:
            held[i] += 1
        left -= len(equal)
        full = _over(group, held)
    return held, full


def _quota_steps(group: Group, seats: int, whole: Sequence[int], left: int) -> list[Step]:
    total = group.valid if group.valid is not None else sum(group.votes)
    quota = quota_value(group.method.quota, total, seats)
    rows = []
    for name, count, got in zip(group.names, group.votes, whole, strict=True):
        discounted = group.discount is not None and name == group.runner_up
        quotas = (
            Fraction(count)
            / quota
            * (group.discount.index if group.discount is not None and discounted else 1)
        )
        row = {
            "id": name,
            "votes": count,
            "quotas": quotas,
            "whole": got,
            "remainder": (quotas - got) * quota,
        }
        rows.append(row)
    return [
        Step("quota", {"name": group.method.quota.value, "votes": total, "seats": seats, "quota": quota}),
        Step("whole_quotas", {"lists": rows, "given": seats - left, "left": left}),
    ]


def _remainder_step(group: Group, keys: Sequence[int], whole: Sequence[int], held: Sequence[int]) -> Step:
    """Name the order in which seats left over were given; `seat` numbers them, None where a list got none."""
    order = sorted(range(len(keys)), key=lambda i: (-keys[i], held[i] == whole[i], i))
    top = max(keys) or 1
    rows, number = [], 0
    for i in order:
        won = held[i] > whole[i]
        number += won
        rows.append(
            {
                "id": group.names[i],
                "remainder": keys[i],
                "part": Fraction(keys[i], top),
                "seat": number if won else None,
            }
        )
    return Step("remainders", {"by": group.method.leftovers, "order": rows})
