"""Where people vote and for what: regions, constituencies, polling stations and their devices."""

from __future__ import annotations

from dataclasses import dataclass

from dauys.domain.text import Text


@dataclass(frozen=True, slots=True)
class Region:
    """A region (oblast or city of its own). `column`, `row`: its place on the tile map, in units of one tile."""

    id: str
    name: Text
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Constituency:
    """A single-mandate constituency; its contest has the same id."""

    id: str
    number: int
    name: Text
    region: str


@dataclass(frozen=True, slots=True)
class Station:
    """A polling station. `registered` counts voters on the list at the freeze, additions on the day not among them."""

    id: str
    name: Text
    region: str
    constituency: str | None
    electronic: bool
    registered: int
    time_zone: str
