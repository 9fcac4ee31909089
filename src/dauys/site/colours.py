"""Party colours from the data as style rules, with readable letters on them in both themes."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
