"""Largest remainder: a quota buys a seat, and a rule gives out the seats that whole quotas leave.

Everything is computed in whole numbers: the votes of a contest are put over one denominator first, and the
quota is a pair numerator/denominator, so that whole quotas and remainders come out of one integer division.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Literal


class Quota(StrEnum):
    """Votes that buy one seat, of V votes and s seats.

    `HARE` V/s · `DROOP` ⌊V/(s+1)⌋+1 · `HAGENBACH_BISCHOFF` V/(s+1), a fraction · `HAGENBACH_BISCHOFF_ROUNDED`
    the same to the nearest whole number, halves up · `IMPERIALI` V/(s+2). The last three can be reached more
    often than there are seats.
    """

    HARE = "hare"
    DROOP = "droop"
    HAGENBACH_BISCHOFF = "hagenbach_bischoff"
    HAGENBACH_BISCHOFF_ROUNDED = "hagenbach_bischoff_rounded"
    IMPERIALI = "imperiali"


Leftovers = Literal["largest", "most_votes", "za_lr_then_average"]
Overrun = Literal["refuse", "smallest_remainder"]


@dataclass(frozen=True, slots=True)
class LargestRemainder:
    """The method of largest remainders in one of its legal forms.

    `quota_base`: the quota is of the votes of admitted lists (`passing`), or of all valid votes (`valid`).
    `leftovers`: seats left over go one each to the largest remainders (`largest`), to the lists with most
    votes (`most_votes`), or five at most by remainder and then to the highest average of votes per seat held
    (`za_lr_then_average`). Where more seats are left than lists, the order is gone through again. `overrun`:
    whole quotas may give more seats than there are. `refuse` makes that `NoDistribution("over_allocation")`;
    `smallest_remainder` takes the excess from the lists with the smallest remainders, one each, fewer votes
    first among equals. None means what the law that uses the quota says: `smallest_remainder` for the rounded
    quota, else `refuse`.

    **Source:** Slovakia, Act 180/2014, § 68 (excess taken from the smallest remainder, then fewer votes, then
    lot; the wording was read in a comparative paper of the National Council, not in the act); South Africa,
    Electoral Act 73 of 1998, Schedule 1A (Droop, five by surplus, then average per seat held; the official
    seats of 2019 come out); Kazakhstan, Constitutional Law on Elections, art. 97-1 (Hare, admitted lists).
    """

    quota: Quota = Quota.HARE
    quota_base: Literal["passing", "valid"] = "passing"
    leftovers: Leftovers = "largest"
    overrun: Overrun | None = None

    @property
    def on_overrun(self) -> Overrun:
        """What happens where whole quotas give more seats than there are."""
        if self.overrun is not None:
            return self.overrun
        return "smallest_remainder" if self.quota is Quota.HAGENBACH_BISCHOFF_ROUNDED else "refuse"


def quota_value(quota: Quota, votes: int | Fraction, seats: int) -> Fraction:
    """Return the quota in votes, exactly. `seats` is at least 1."""
    if quota is Quota.HARE:
        return Fraction(votes) / seats
    if quota is Quota.IMPERIALI:
        return Fraction(votes) / (seats + 2)
    exact = Fraction(votes) / (seats + 1)
    if quota is Quota.HAGENBACH_BISCHOFF:
        return exact
    if quota is Quota.DROOP:
        return Fraction(exact.__floor__() + 1)
    return Fraction((2 * exact + 1).__floor__() // 2)


def whole_quotas(votes: Sequence[int], numerator: int, denominator: int) -> tuple[list[int], list[int]]:
    """Return for each list the whole quotas in its votes, and its remainder in votes times `denominator`."""
    whole, rest = [], []
    for count in votes:
        quotient, remainder = divmod(count * denominator, numerator)
        whole.append(quotient)
        rest.append(remainder)
    return whole, rest


def cut(keys: Sequence[int], among: Sequence[int], places: int) -> tuple[list[int], list[int], int]:
    """Return who has one of the first `places` by largest key, who is equal at the edge, and the places they
    share.

    The edge is empty where nobody outside the places equals anybody inside.
    """
    if places <= 0:
        return [], [], 0
    if places >= len(among):
        return list(among), [], 0
    ranked = sorted(among, key=keys.__getitem__, reverse=True)
    edge = keys[ranked[places - 1]]
    if edge != keys[ranked[places]]:
        return ranked[:places], [], 0
    sure = [i for i in ranked[:places] if keys[i] != edge]
    return sure, [i for i in among if keys[i] == edge], places - len(sure)
