"""Where the dots of the hemicycle and the tiles of the map stand. Pure arithmetic, no words, no colours."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, pi, sin
from typing import Any

ROWS, RADIUS = 5, 10.6
INNER, STEP = 82.0, 27.0
TILE, GAP, NAME = 38, 4, 24


@dataclass(frozen=True, slots=True)
class Dot:
    """One seat of the hemicycle: middle of the dot and the angle it stands at, 0 left to pi right."""

    x: float
    y: float
    angle: float


def hemicycle(seats: int, rows: int = ROWS) -> tuple[Dot, ...]:
    """Return one dot per seat, ordered from left to right; rows hold dots in proportion to their length.

    Fewer than 40 seats take fewer rows, the outer ones, so that a small council is an arc and no column.
    Seats are shared over the rows by largest remainder, so every number of seats works. The middle is (0, 0)
    and y grows downwards.
    """
    used = min(rows, max(1, seats // 8)) if seats else 0
    radii = [INNER + STEP * i for i in range(rows - used, rows)]
    rows = used
    whole = sum(radii)
    ideal = [seats * r / whole for r in radii]
    counts = [int(n) for n in ideal]
    for i in sorted(range(rows), key=lambda i: counts[i] - ideal[i])[: seats - sum(counts)]:
        counts[i] += 1
    dots = []
    for radius, n in zip(radii, counts, strict=True):
        for i in range(n):
            angle = pi * (i / (n - 1) if n > 1 else 0.5)
            dots.append(Dot(round(-radius * cos(angle), 1), round(-radius * sin(angle), 1), angle))
    return tuple(sorted(dots, key=lambda d: (round(d.angle, 6), d.x * d.x + d.y * d.y)))


def tiles_across(count: int, width: int | None = None) -> int:
    """Return how many tiles of a region stand side by side: at most its `width`, where the data has one.

    Else a row up to three, a square of four, then wide blocks.
    """
    if width:
        return min(width, count)
    if count <= 3 or count == 5:
        return count
    return 2 if count == 4 else max(4, ceil((2 * count) ** 0.5))


def map_box(regions: list[dict[str, Any]]) -> tuple[int, int]:
    """Return width and height of the tile map in pixels; a region's `column` and `row` count tiles."""
    across = [tiles_across(len(r["constituencies"]), r.get("width")) for r in regions]
    width = max(r["column"] + n for r, n in zip(regions, across, strict=True))
    height = max(
        r["row"] + ceil(len(r["constituencies"]) / (n or 1)) for r, n in zip(regions, across, strict=True)
    )
    return width * (TILE + GAP), height * (TILE + GAP) + NAME
