"""Seeded draws that come out alike on every machine and Python: only `random()` of the Mersenne twister."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """A stream of draws named by a seed and labels; streams with other labels do not disturb each other.

    `random.Random.random` is the one method whose values the standard library promises to keep for a seed, so
    that everything here is made of it.
    """

    __slots__ = ("unit",)

    def __init__(self, seed: int, *labels: object) -> None:
        text = "/".join(["dauys.simulate", str(seed), *map(str, labels)])
        digest = hashlib.sha256(text.encode()).digest()
        #: Return the next number, at least 0 and below 1.
        self.unit = random.Random(int.from_bytes(digest[:16], "big")).random  # noqa: S311 - nothing secret

    def between(self, low: float, high: float) -> float:
        """Return a number from low up to, but not, high."""
        return low + (high - low) * self.unit()

    def below(self, bound: int) -> int:
        """Return a whole number from 0 to bound - 1."""
        return int(self.unit() * bound)

    def bell(self) -> float:
        """Return a number about 0, nearly normal, of standard deviation 1 and never beyond 3.5."""
        unit = self.unit
        return (unit() + unit() + unit() + unit() - 2.0) * 1.7320508

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[int(self.unit() * len(items))]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """Return `count` different items in drawn order. Raises ValueError where there are fewer."""
        if count > len(items):
            raise ValueError(f"{count} of {len(items)}")
        pool = list(items)
        for i in range(count):
            j = i + self.below(len(pool) - i)
            pool[i], pool[j] = pool[j], pool[i]
        return pool[:count]
