"""The CSV tables of an election: places, people, devices, and the protocols of the stations.

Columns stand in `docs/reference/data.md` and `spec/election.md`. Every reader returns frozen values in the
order of the file, or raises one InputError with every bad row. Where `faults` is given the rows come back as
far as they could be read, and what is wrong with them is left in it. A protocol that can be read but breaks a
control equation is not a fault of the file: `dauys.systems.protocol` makes a finding of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from dauys.domain.election import AGAINST_ALL, Candidate
from dauys.domain.places import Constituency, Device, DeviceKind, Region, Station
from dauys.domain.text import Text
from dauys.formats.csv_rows import MAX_CELL, Faults, is_total, read_count, read_rows, unknown_name
from dauys.formats.protocol_rows import COUNT_FIELDS, KEY, read_protocols

__all__ = [
    "COUNT_FIELDS",
    "KEY",
    "is_zone",
    "read_candidates",
    "read_constituencies",
    "read_devices",
    "read_protocols",
    "read_regions",
    "read_stations",
]

_T = TypeVar("_T")
MAX_TABLE_BYTES = 32 * 1024 * 1024
ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
NAMES = ("name_kk", "name_ru", "name_en")
_DEVICE_KINDS: dict[str, DeviceKind] = {"main": "main", "carried": "carried", "reserve": "reserve"}


@dataclass(slots=True)
class _Row:
    """One row being read: its cells by column, and where its faults go."""

    faults: Faults
    number: int
    cells: Mapping[str, str]

    def fault(self, code: str, column: str, **facts: str | None) -> None:
        self.faults.add(code, self.number, column, found=self.cells[column], **facts)

    def text(self, column: str) -> str:
        value = self.cells[column].strip()
        if not value:
            self.faults.add("E4.10", self.number, column, expected=column)
        elif len(value) > MAX_CELL or "\n" in value:
            self.faults.add("E4.5", self.number, column, found=f"{value[:40]}…", expected=column)
        return value or "?"

    def name(self, prefix: str = "name") -> Text:
        return Text(*(self.text(f"{prefix}_{language}") for language in ("kk", "ru", "en")))

    def new_id(self, column: str, taken: Mapping[str, int]) -> str:
        value = self.cells[column]
        if is_total(value):
            self.fault("E4.8", column, hint="remove_totals")
        elif not ID.fullmatch(value):
            self.fault("E4.5", column, expected="a-z 0-9 -", hint="id_form")
        elif value in taken:
            self.fault("E4.9", column, expected=str(taken[value]))
        return value

    def known(self, column: str, known: Collection[str]) -> str:
        value = self.cells[column]
        if value not in known:
            unknown_name(self.faults, self.number, column, value, known)
        return value

    def count(self, column: str) -> int:
        return read_count(self.cells[column], self.faults, self.number, column)

    def choice(self, column: str, choices: Collection[str]) -> str:
        value = self.cells[column]
        if value not in choices:
            self.fault("E4.11", column, expected=", ".join(choices))
        return value

    def zone(self, column: str) -> str:
        value = self.cells[column]
        if not is_zone(value):
            self.fault("E4.11", column, expected="Asia/Almaty, Asia/Aqtau …")
        return value


def is_zone(name: str) -> bool:
    """Return whether a name is that of an IANA time zone."""
    if not re.fullmatch(r"[A-Za-z]+(/[A-Za-z0-9_+-]+)*", name):
        return False
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def _table(
    path: Path, columns: tuple[str, ...], faults: Faults, optional: tuple[str, ...] = ()
) -> list[_Row]:
    names = (*columns, *optional)
    rows = read_rows(path, columns, faults, optional=optional, max_bytes=MAX_TABLE_BYTES)
    return [_Row(faults, number, dict(zip(names, cells, strict=True))) for number, cells in rows]


def _done(found: list[_T], own: Faults, faults: Faults | None) -> tuple[_T, ...]:
    """Return what was read. Raises InputError, or leaves its faults to a caller that collects them."""
    if faults is None:
        own.finish()
    else:
        faults.take(own)
    return tuple(found)


def read_regions(path: Path, *, faults: Faults | None = None) -> tuple[Region, ...]:
    """Return the regions. Raises InputError with every bad row."""
    own, seen, found = Faults(str(path)), dict[str, int](), list[Region]()
    shorts = ("short_kk", "short_ru", "short_en")
    columns = ("region", *NAMES, "column", "row", "width", "time_zone")
    for row in _table(path, columns, own, shorts):
        region = row.new_id("region", seen)
        seen[region] = row.number
        short = row.name("short") if any(row.cells[c] for c in shorts) else None
        place = (row.count("column"), row.count("row"), max(row.count("width"), 1))
        found.append(Region(region, row.name(), *place, short, row.zone("time_zone")))
    return _done(found, own, faults)


def read_constituencies(
    path: Path, regions: Collection[str], *, faults: Faults | None = None
) -> tuple[Constituency, ...]:
    """Return the constituencies. Raises InputError with every bad row."""
    own, seen, numbers = Faults(str(path)), dict[str, int](), dict[int, int]()
    found: list[Constituency] = []
    for row in _table(path, ("constituency", "number", *NAMES, "region"), own):
        place, number = row.new_id("constituency", seen), row.count("number")
        if place == "list":
            row.fault("E4.11", "constituency", expected="c1, c2 …")
        if number in numbers:
            row.fault("E4.9", "number", expected=str(numbers[number]))
        seen[place] = numbers[number] = row.number
        found.append(Constituency(place, number, row.name(), row.known("region", regions)))
    return _done(found, own, faults)


def read_candidates(
    path: Path, constituencies: Collection[str], parties: Collection[str], *, faults: Faults | None = None
) -> tuple[Candidate, ...]:
    """Return the candidates; an empty party means self-nominated. Raises InputError with every bad row."""
    own, seen, found = Faults(str(path)), dict[str, int](), list[Candidate]()
    for row in _table(path, ("candidate", "constituency", *NAMES, "party"), own, ("registered",)):
        candidate = row.new_id("candidate", seen)
        if candidate == AGAINST_ALL:
            row.fault("E4.11", "candidate")
        seen[candidate] = row.number
        place = row.known("constituency", constituencies)
        party = row.known("party", parties) if row.cells["party"] else None
        found.append(Candidate(candidate, row.name(), place, party, _day(row, "registered")))
    return _done(found, own, faults)


def _day(row: _Row, column: str) -> date | None:
    text = row.cells[column]
    if not text:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    row.fault("E4.13", column, expected="2004-09-19")
    return None


def read_stations(
    path: Path,
    regions: Collection[str],
    constituencies: Mapping[str, Constituency],
    *,
    faults: Faults | None = None,
) -> tuple[Station, ...]:
    """Return the stations; an empty constituency means that only the list is voted there."""
    own, seen, found = Faults(str(path)), dict[str, int](), list[Station]()
    columns = ("station", *NAMES, "region", "constituency", "electronic", "time_zone", "registered")
    zones: dict[str, bool] = {}
    for row in _table(path, columns, own):
        station = row.new_id("station", seen)
        seen[station] = row.number
        region = row.known("region", regions)
        place = row.cells["constituency"] or None
        if place is not None:
            place = row.known("constituency", constituencies)
            if place in constituencies and constituencies[place].region != region:
                row.fault("E4.11", "region", expected=constituencies[place].region)
        zone = row.cells["time_zone"]
        if zone not in zones:
            zones[zone] = is_zone(row.zone("time_zone"))
        electronic = row.choice("electronic", ("yes", "no")) == "yes"
        found.append(Station(station, row.name(), region, place, electronic, row.count("registered"), zone))
    return _done(found, own, faults)


def read_devices(
    path: Path, stations: Mapping[str, Station], *, faults: Faults | None = None
) -> tuple[Device, ...]:
    """Return the devices; only a station with electronic voting has any."""
    own, seen, found = Faults(str(path)), dict[str, int](), list[Device]()
    for row in _table(path, ("device", "station", "kind"), own):
        device = row.new_id("device", seen)
        seen[device] = row.number
        station = row.known("station", stations)
        if station in stations and not stations[station].electronic:
            row.fault("E4.11", "station", expected="electronic = yes")
        kind = _DEVICE_KINDS.get(row.choice("kind", _DEVICE_KINDS), "main")
        found.append(Device(device, station, kind))
    return _done(found, own, faults)
