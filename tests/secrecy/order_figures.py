"""Whether an order tells something of the order of voting, given the batch. Pure arithmetic.

Under chance each order of a batch is as likely as any other. Two figures have a mean and a variance
that are exact for every size of batch, added up over batches: rank correlation, and steps between neighbours,
which finds orders that begin in the middle. False alarms: |z| > 6 comes by chance 2 times in 10⁹.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

ALARM = 6.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One ballot in one view: its batch, when it was cast (an order), what is seen of it (an order)."""

    batch: Hashable
    cast: int
    value: Any


@dataclass(frozen=True, slots=True)
class Figure:
    """How a view stands against chance: `rho` mean rank correlation, `z` of it, `steps` z of steps."""

    seen: int
    rho: float
    z: float
    steps: float

    @property
    def tells(self) -> bool:
        """Whether it is not by chance."""
        return max(abs(self.z), abs(self.steps)) > ALARM


def figure(seen: Iterable[Seen]) -> Figure:
    """Return the figures of a view over all its batches; a batch in which all look alike tells nothing."""
    batches: dict[Hashable, list[Seen]] = defaultdict(list)
    for one in seen:
        batches[one.batch].append(one)
    total = [0.0] * 4
    most, count = 0.0, 0
    for own in batches.values():
        count += len(own)
        if len(own) < 3:
            continue
        casts = ranks([one.cast for one in own])
        values = ranks([one.value for one in own])
        product, variance, bound = _correlated(casts, values)
        most += bound
        total[0] += product
        total[1] += variance
        if len(set(values)) == len(values):
            distance, spread = _steps(casts, values)
            total[2] += distance
            total[3] += spread
    z, steps = (_z(total[at], total[at + 1]) for at in (0, 2))
    return Figure(count, total[0] / most if most else 0.0, z, steps)


def ranks(values: Sequence[Any]) -> list[float]:
    """Return the rank of each value from 0; equal ones share the middle of theirs."""
    order = sorted(range(len(values)), key=lambda at: values[at])
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for at in order[start : end + 1]:
            found[at] = (start + end) / 2
        start = end + 1
    return found


def _correlated(casts: Sequence[float], values: Sequence[float]) -> tuple[float, float, float]:
    """Return the sum of products about the middle, its variance under chance, and the most it can be."""
    middle = (len(casts) - 1) / 2
    own = sum((one - middle) ** 2 for one in casts)
    theirs = sum((one - middle) ** 2 for one in values)
    product = sum((a - middle) * (b - middle) for a, b in zip(casts, values, strict=True))
    return product, own * theirs / (len(casts) - 1), math.sqrt(own * theirs)


def _steps(casts: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """Return how much the steps from voter to voter are above chance, and their variance under chance."""
    m = len(casts)
    walk = [value for _, value in sorted(zip(casts, values, strict=True))]
    found = sum(abs(b - a) for a, b in pairwise(walk))
    return found - (m * m - 1) / 3, (m - 2) * (m + 1) * (4 * m - 7) / 90


def _z(found: float, variance: float) -> float:
    return found / math.sqrt(variance) if variance > 0 else 0.0
