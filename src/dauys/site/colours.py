"""Party colours from the data as style rules, with readable letters on them in both themes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import dist
from typing import Any

INK, PAPER = {"light": "16202B", "dark": "11161C"}, {"light": "FFFFFF", "dark": "FFFFFF"}
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
_NAME = re.compile(r"[^a-z0-9]+")


def luminance(colour: str) -> float:
    """Return the relative luminance of RRGGBB (WCAG 2.2), from 0 to 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def letters_on(colour: str, theme: str) -> str:
    """Return the colour of letters on a fill: ink or white, the better; black where neither reaches 4.5."""
    best = max((INK[theme], PAPER[theme]), key=lambda c: contrast(colour, c))
    return (
        best
        if contrast(colour, best) >= 4.5
        else max(("000000", "FFFFFF"), key=lambda c: contrast(colour, c))
    )


def class_name(party: str) -> str:
    """Return the class that carries a party's colour: letters, digits and hyphens only."""
    return "p-" + _NAME.sub("-", party.lower()).strip("-")


def rules(parties: Iterable[dict[str, Any]]) -> str:
    """Return the style rules of all parties: a variable for each colour, a class that takes it.

    Raises ValueError for a colour that is not RRGGBB.
    """
    known = list(parties)
    light, dark = ("".join(_variables(party, theme) for party in known) for theme in ("light", "dark"))
    names = [class_name(party["id"]) for party in known]
    classes = "".join(f".{n}{{--c:var(--{n});--on:var(--{n}-on)}}" for n in names)
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{classes}"


def _variables(party: dict[str, Any], theme: str) -> str:
    colour = party[f"colour_{theme}"].lstrip("#")
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"colour {colour!r} of {party['id']} is not RRGGBB")
    name = class_name(party["id"])
    return f"--{name}:#{colour};--{name}-on:#{letters_on(colour, theme)};"


#: What eyes without one kind of cone see of linear RGB. Source: Machado, Oliveira and Fernandes, "A
#: Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), severity 1.0.
_VISION: dict[str, tuple[tuple[float, float, float], ...]] = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE = (0.95047, 1.0, 1.08883)
#: The least distance (CIE76) at which two groups of one chart can be told apart.
LEAST_DISTANCE = 20


@dataclass(frozen=True, slots=True)
class Close:
    """Two parties whose colours some eyes cannot tell apart: theme, kind of eyes, distance."""

    one: str
    other: str
    theme: str
    vision: str
    distance: float


def _times(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def lab(colour: str, vision: str) -> tuple[float, float, float]:
    """Return RRGGBB as CIE L*a*b* (D65), as eyes of this kind see it: `protan`, `deutan` or `tritan`."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    seen = [min(1.0, max(0.0, v)) for v in _times(_VISION[vision], linear)]
    scaled = [v / w for v, w in zip(_times(_TO_XYZ, seen), _WHITE, strict=True)]
    x, y, z = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in scaled)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def close_pairs(parties: Iterable[dict[str, Any]], least: float = LEAST_DISTANCE) -> list[Close]:
    """Return pairs of parties nearer than `least`, for each theme and kind of eyes; names play no part."""
    found = []
    for one, other in combinations(list(parties), 2):
        for theme in ("light", "dark"):
            pair = [party[f"colour_{theme}"].lstrip("#") for party in (one, other)]
            for vision in _VISION:
                distance = dist(*(lab(colour, vision) for colour in pair))
                if distance < least:
                    found.append(Close(one["id"], other["id"], theme, vision, distance))
    return found
