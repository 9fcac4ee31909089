"""Houses that grow: the smallest size from which a promise holds."""

from __future__ import annotations

from collections.abc import Callable


def smallest_house(covers: Callable[[int], bool], start: int) -> int:
    """Return the smallest size, `start` or more, for which `covers` is true.

    `covers` must stay true once it is, as it does for seats by highest averages: there a larger house costs
    no list a seat. It is asked about twice as often as the answer's growth has binary digits.
    """
    if covers(start):
        return start
    step = 1
    while not covers(start + step):
        step *= 2
    low, high = start + step // 2, start + step  # not covered (or the start), covered
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if covers(middle) else (middle, high)
    return high
