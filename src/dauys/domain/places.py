"""Where people vote and for what: regions, constituencies, polling stations and their devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dauys.domain.text import Text


@dataclass(frozen=True, slots=True)
class Region:
    """A region (oblast or city of its own). `column`, `row`: its place on the tile map, in units of one tile.

    The place is that of the region's first tile; `width` tiles stand beside each other before a new row
    begins. `short` is a name for narrow places. `time_zone` is the zone of stations that name none (IANA).
    """

    id: str
    name: Text
    column: int
    row: int
    width: int = 4
    short: Text | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Constituency:
    """A single-mandate constituency; its contest has the same id."""

    id: str
    number: int
    name: Text
    region: str


@dataclass(frozen=True, slots=True)
class Station:
    """A polling station. `registered` counts voters on the list at the freeze, additions not among them."""

    id: str
    name: Text
    region: str
    constituency: str | None
    electronic: bool
    registered: int
    time_zone: str


DeviceKind = Literal["main", "carried", "reserve"]


@dataclass(frozen=True, slots=True)
class Device:
    """One system that takes ballots, with a key, card list and log of its own.

    `main` with its booths, `carried` to voters who cannot come, or `reserve`, opened when another stops.
    """

    id: str
    station: str
    kind: DeviceKind
