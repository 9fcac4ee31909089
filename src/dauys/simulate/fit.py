"""Whole numbers that look like given weights and add up to given totals exactly.

The weights are floating-point numbers made with the four basic operations only, which are the same on every
machine; whatever they are, the sums of the results are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add

ROUNDS = 12


def add_up(values: Iterable[float]) -> float:
    """Return the sum, added from the left: since Python 3.12 `sum` rounds otherwise than before."""
    return reduce(add, values, 0.0)


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers with that sum, in proportion to the weights, by largest remainders.

    Equal remainders: the earlier position. Raises ValueError where there is something to share and no weight.
    """
    whole = add_up(weights)
    if whole <= 0:
        if total:
            raise ValueError("no weight to share by")
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    given = [int(x) for x in exact]
    left = total - sum(given)
    order = sorted(range(len(weights)), key=lambda i: (given[i] - exact[i], i))
    for i in order[:left]:
        given[i] += 1
    return given


def keep_within(values: list[int], low: Sequence[int], high: Sequence[int]) -> list[int]:
    """Return the values moved into their bounds, the sum unchanged.

    Raises ValueError where the bounds leave no room.
    """
    total = sum(values)
    if not sum(low) <= total <= sum(high):
        raise ValueError("the bounds leave no room")
    kept = [min(max(v, a), b) for v, a, b in zip(values, low, high, strict=True)]
    short = total - sum(kept)
    while short:
        room = [(b - k) if short > 0 else (k - a) for k, a, b in zip(kept, low, high, strict=True)]
        moved = share_out(min(abs(short), sum(room)), [float(r) for r in room])
        sign = 1 if short > 0 else -1
        kept = [k + sign * min(m, r) for k, m, r in zip(kept, moved, room, strict=True)]
        short = total - sum(kept)
    return kept


def fit_table(
    rows: Sequence[int], columns: Sequence[int], weights: Sequence[Sequence[float]]
) -> list[list[int]]:
    """Return a table of whole numbers with these sums of rows and columns, as near the weights as that lets.

    Proportional fitting, then rounding that carries what each column is owed to the next row, then single
    votes moved between columns until both sums hold. Raises ValueError where the two totals differ.

    **Source:** Deming and Stephan, "On a least squares adjustment of a sampled frequency table", 1940.
    """
    if sum(rows) != sum(columns):
        raise ValueError("rows and columns have different totals")
    factors = _factors(rows, columns, weights)
    owed = [0.0] * len(columns)
    table = [_round_row(row, factors, line, owed) for row, line in zip(rows, weights, strict=True)]
    _repair(table, columns)
    return table


def _factors(rows: Sequence[int], columns: Sequence[int], weights: Sequence[Sequence[float]]) -> list[float]:
    factors = [1.0] * len(columns)
    for _ in range(ROUNDS):
        sums = [0.0] * len(columns)
        for row, line in zip(rows, weights, strict=True):
            scaled = [w * f for w, f in zip(line, factors, strict=True)]
            scale = row / (add_up(scaled) or 1.0)
            for j, x in enumerate(scaled):
                sums[j] += x * scale
        factors = [f * c / s if s else f for f, c, s in zip(factors, columns, sums, strict=True)]
    return factors


def _round_row(row: int, factors: Sequence[float], line: Sequence[float], owed: list[float]) -> list[int]:
    scaled = [w * f for w, f in zip(line, factors, strict=True)]
    scale = row / (add_up(scaled) or 1.0)
    exact = [x * scale for x in scaled]
    given = [int(x) for x in exact]
    left = row - sum(given)
    due = [o + x - g for o, x, g in zip(owed, exact, given, strict=True)]
    for j in sorted(range(len(given)), key=lambda j: -due[j])[:left]:
        given[j] += 1
        due[j] -= 1
    owed[:] = due
    return given


def _repair(table: list[list[int]], columns: Sequence[int]) -> None:
    short = [c - sum(column) for c, column in zip(columns, zip(*table, strict=True), strict=True)]
    while any(short):
        before = list(short)
        for row in table:
            j, k = short.index(max(short)), short.index(min(short))
            if short[j] <= 0:
                return
            if row[k] > 1:
                row[k] -= 1
                row[j] += 1
                short[j] -= 1
                short[k] += 1
        if short == before:
            raise ValueError("the table cannot be made to fit")
