"""The definition of one election: what `election.yaml` and the tables it names say (spec/election.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from dauys.domain.places import Constituency, Region, Station
from dauys.domain.text import Text


@dataclass(frozen=True, slots=True)
class Party:
    """A party or bloc with a list, or one that only nominates candidates (`list_order` is None then).

    `list_order`: place in the order of registration of the lists, from 1; ties of remainders may rest on it.
    `code`: two letters per language, shown wherever its colour is. Colours are RRGGBB for light and dark pages.
    """

    id: str
    name: Text
    short: Text
    code: Text
    colour_light: str
    colour_dark: str
    list_order: int | None
    bloc_members: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate of a constituency; `party` None means self-nominated. `age` decides nothing unless the law says so."""

    id: str
    name: Text
    constituency: str
    party: str | None
    registered: date | None = None


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A lot drawn or a commission's decision, fed back into the count. `order`: names, the first wins first."""

    at: str
    order: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A result that was published: it counts, for each protocol, the newest version received by `as_of`."""

    id: str
    round: int
    status: Literal["preliminary", "final"]
    as_of: datetime
    reason: Text
    document: Text | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Generator:
    """The generator of synthetic rows: a name in `dauys.simulate` and its seed."""

    name: str
    seed: int


@dataclass(frozen=True, slots=True)
class Election:
    """One election with its people and places. Stations may come from a generator and then are empty here.

    `parameters` maps paths such as `list.threshold_base` to declared values, on top of the preset of `law`.
    `set_aside` maps a protocol key written station/contest/round/channel/version to the reference of a decision.
    """

    id: str
    title: Text
    law: str
    rehearsal: bool
    days: Mapping[int, date]
    time_zone: str
    list_seats: int
    parameters: Mapping[str, str]
    parties: tuple[Party, ...]
    regions: tuple[Region, ...]
    constituencies: tuple[Constituency, ...]
    candidates: tuple[Candidate, ...]
    stations: tuple[Station, ...]
    publications: tuple[Publication, ...]
    decisions: tuple[RecordedDecision, ...] = ()
    generator: Generator | None = None
    official: tuple[str, ...] = ()
    synthetic: tuple[str, ...] = ()
    set_aside: Mapping[str, str] = field(default_factory=dict)
