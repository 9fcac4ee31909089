"""The CSV tables of an election: places, people, and the protocols of the stations.

Columns stand in `docs/reference/data.md` and `spec/election.md`. Every reader returns frozen values in the
order of the file, or raises one InputError with every bad row. A protocol that can be read but breaks a
control equation is not a fault of the file: `dauys.systems.protocol` makes a finding of it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dauys.domain.election import AGAINST_ALL, Candidate, Election
from dauys.domain.places import Constituency, Device, DeviceKind, Region, Station
from dauys.domain.text import Text
from dauys.domain.votes import Channel, Counts, Protocol
from dauys.errors import InputError, Problem
from dauys.formats.csv_rows import MAX_CELL, Faults, is_total, read_count, read_rows

MAX_TABLE_BYTES = 32 * 1024 * 1024
ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:[+-][0-9]{2}:[0-9]{2}|Z)")
COUNT_FIELDS = tuple(f.name for f in fields(Counts))
NAMES = ("name_kk", "name_ru", "name_en")
KEY = ("station", "contest", "round", "channel", "version")
_DEVICE_KINDS: dict[str, DeviceKind] = {"main": "main", "carried": "carried", "reserve": "reserve"}
_CHANNELS = {c.value: c for c in Channel}


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


def unknown_name(faults: Faults, row: int, column: str, value: str, known: Collection[str]) -> None:
    """Keep the fault of a name that nothing has, with the nearest one; a totals row is called that."""
    if is_total(value):
        faults.add("E4.8", row, column, found=value, hint="remove_totals")
        return
    # Looking for the nearest of very many names costs more than it helps.
    near = (
        difflib.get_close_matches(value, known, 1)
        if len(known) <= 2000 and len(faults.problems) < 200
        else []
    )
    if not near and value.lstrip("0") != value and value.lstrip("0") in known:
        near = [value.lstrip("0")]
    hint = "nearest" if near else None
    faults.add("E4.7", row, column, found=value, hint=hint, nearest=near[0] if near else "")


def _table(
    path: Path, columns: tuple[str, ...], faults: Faults, optional: tuple[str, ...] = ()
) -> list[_Row]:
    names = (*columns, *optional)
    rows = read_rows(path, columns, faults, optional=optional, max_bytes=MAX_TABLE_BYTES)
    return [_Row(faults, number, dict(zip(names, cells, strict=True))) for number, cells in rows]


def read_regions(path: Path) -> tuple[Region, ...]:
    """Return the regions. Raises InputError with every bad row."""
    faults, seen, found = Faults(str(path)), dict[str, int](), list[Region]()
    shorts = ("short_kk", "short_ru", "short_en")
    columns = ("region", *NAMES, "column", "row", "width", "time_zone")
    for row in _table(path, columns, faults, shorts):
        region = row.new_id("region", seen)
        seen[region] = row.number
        short = row.name("short") if any(row.cells[c] for c in shorts) else None
        place = (row.count("column"), row.count("row"), max(row.count("width"), 1))
        found.append(Region(region, row.name(), *place, short, row.zone("time_zone")))
    faults.finish()
    return tuple(found)


def read_constituencies(path: Path, regions: Collection[str]) -> tuple[Constituency, ...]:
    """Return the constituencies. Raises InputError with every bad row."""
    faults, seen, numbers, found = Faults(str(path)), dict[str, int](), dict[int, int](), list[Constituency]()
    for row in _table(path, ("constituency", "number", *NAMES, "region"), faults):
        place, number = row.new_id("constituency", seen), row.count("number")
        if place == "list":
            row.fault("E4.11", "constituency", expected="c1, c2 …")
        if number in numbers:
            row.fault("E4.9", "number", expected=str(numbers[number]))
        seen[place] = numbers[number] = row.number
        found.append(Constituency(place, number, row.name(), row.known("region", regions)))
    faults.finish()
    return tuple(found)


def read_candidates(
    path: Path, constituencies: Collection[str], parties: Collection[str]
) -> tuple[Candidate, ...]:
    """Return the candidates; an empty party means self-nominated. Raises InputError with every bad row."""
    faults, seen, found = Faults(str(path)), dict[str, int](), list[Candidate]()
    for row in _table(path, ("candidate", "constituency", *NAMES, "party"), faults, ("registered",)):
        candidate = row.new_id("candidate", seen)
        if candidate == AGAINST_ALL:
            row.fault("E4.11", "candidate")
        seen[candidate] = row.number
        place = row.known("constituency", constituencies)
        party = row.known("party", parties) if row.cells["party"] else None
        found.append(Candidate(candidate, row.name(), place, party, _day(row, "registered")))
    faults.finish()
    return tuple(found)


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
    path: Path, regions: Collection[str], constituencies: Mapping[str, Constituency]
) -> tuple[Station, ...]:
    """Return the stations; an empty constituency means that only the list is voted there."""
    faults, seen, found = Faults(str(path)), dict[str, int](), list[Station]()
    columns = ("station", *NAMES, "region", "constituency", "electronic", "time_zone", "registered")
    zones: dict[str, bool] = {}
    for row in _table(path, columns, faults):
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
    faults.finish()
    return tuple(found)


def read_devices(path: Path, stations: Mapping[str, Station]) -> tuple[Device, ...]:
    """Return the devices; only a station with electronic voting has any."""
    faults, seen, found = Faults(str(path)), dict[str, int](), list[Device]()
    for row in _table(path, ("device", "station", "kind"), faults):
        device = row.new_id("device", seen)
        seen[device] = row.number
        station = row.known("station", stations)
        if station in stations and not stations[station].electronic:
            row.fault("E4.11", "station", expected="electronic = yes")
        kind = _DEVICE_KINDS.get(row.choice("kind", _DEVICE_KINDS), "main")
        found.append(Device(device, station, kind))
    faults.finish()
    return tuple(found)


def read_protocols(election: Election, folder: Path) -> tuple[Protocol, ...] | None:
    """Return the protocols in the folder, all versions, in the order of the file.

    None where neither protocols nor votes are there and the election names a generator that makes both.
    Raises InputError with every bad row of both files, unknown names, duplicates, gaps in versions, and
    options of a first round that a protocol gives no number for.
    """
    protocols, votes = (folder / election.files[kind] for kind in ("protocols", "votes"))
    makes = election.generator.makes if election.generator else ()
    if {"protocols", "votes"} <= set(makes) and not protocols.exists() and not votes.exists():
        return None
    problems: list[Problem] = []
    heads, found = _Heads(election, protocols), list[Protocol]()
    try:
        heads.read()
    except InputError as error:
        problems.extend(error.problems)
    try:
        found = heads.join(votes, complete=not problems)
    except InputError as error:
        problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return tuple(found)


_Key = tuple[str, str, str, str, str]


class _Heads:
    """Protocols without their votes, then joined with them."""

    def __init__(self, election: Election, path: Path) -> None:
        self.faults = Faults(str(path))
        self.path = path
        self.stations = {s.id for s in election.stations}
        self.options: dict[tuple[str, str], dict[str, None]] = {
            (contest.id, str(number)): dict.fromkeys(contest.options)
            for number in election.days
            for contest in election.contests(number)
        }
        self.contests_of = {s.id: s.constituency for s in election.stations}
        self.constituencies = {c.id for c in election.constituencies}
        self.heads: dict[_Key, tuple[int, datetime, Counts, str | None]] = {}
        self.votes: dict[_Key, dict[str, int]] = {}

    def read(self) -> None:
        """Read protocols.csv. Raises InputError with every bad row."""
        faults = self.faults
        columns = (*KEY, "received", "reason", *COUNT_FIELDS)
        for row, cells in read_rows(self.path, columns, faults, optional=("counted",)):
            key: _Key = cells[:5]  # type: ignore[assignment]  # five columns are five cells
            before = len(faults.problems)
            self._check_key(row, key)
            received = _received(cells[5], faults, row)
            counts = [
                read_count(cell, faults, row, name) if cell else None
                for name, cell in zip(COUNT_FIELDS, cells[7:-1], strict=True)
            ]
            if key in self.heads:
                faults.add("E4.9", row, "station", found="/".join(key), expected=str(self.heads[key][0]))
            elif len(faults.problems) == before and received:
                self.heads[key] = (row, received, Counts(*counts), cells[6] or None)
                self.votes[key] = {}
            else:
                self.votes[key] = {}
        self._check_versions()
        faults.finish()

    def _check_key(self, row: int, key: _Key) -> None:
        station, contest, round_number, channel, version = key
        faults = self.faults
        if station not in self.stations:
            unknown_name(faults, row, "station", station, self.stations)
        elif contest in self.constituencies and self.contests_of[station] != contest:
            expected = self.contests_of[station] or "list"
            faults.add("E4.11", row, "contest", found=contest, expected=expected)
        if (contest, round_number) not in self.options:
            self._unknown_contest(row, contest, round_number)
        if channel not in _CHANNELS:
            faults.add("E4.11", row, "channel", found=channel, expected=", ".join(_CHANNELS))
        if not (version.isascii() and version.isdigit() and version[0] != "0" and len(version) < 4):
            faults.add("E4.11", row, "version", found=version, expected="1, 2 …")

    def _unknown_contest(self, row: int, contest: str, round_number: str) -> None:
        rounds = {r for c, r in self.options if c == contest}
        if rounds or round_number not in {r for _, r in self.options}:
            expected = ", ".join(sorted(rounds or {r for _, r in self.options}))
            self.faults.add("E4.11", row, "round", found=round_number, expected=expected)
        if not rounds:
            unknown_name(self.faults, row, "contest", contest, sorted({c for c, _ in self.options}))

    def _check_versions(self) -> None:
        chains: dict[tuple[str, ...], list[tuple[int, int, datetime, str | None]]] = {}
        for key, head in self.heads.items():
            if key[4] != "1" or head[3]:
                chains.setdefault(key[:4], [])
        for key, (row, received, _, reason) in self.heads.items():
            if key[:4] in chains:
                chains[key[:4]].append((int(key[4]), row, received, reason))
        for chain in chains.values():
            chain.sort()
            for place, (version, row, received, reason) in enumerate(chain):
                if version != place + 1:
                    self.faults.add("E4.16", row, "version", found=str(version), expected=str(place + 1))
                    break
                if (version > 1) != bool(reason):
                    expected = "reason" if version > 1 else ""
                    self.faults.add("E4.16", row, "reason", found=reason or "", expected=expected)
                if place and received < chain[place - 1][2]:
                    before = chain[place - 1][2].isoformat()
                    self.faults.add(
                        "E4.16", row, "received", found=received.isoformat(), expected=f"≥ {before}"
                    )

    def join(self, path: Path, *, complete: bool) -> list[Protocol]:
        """Read votes.csv and return whole protocols; `complete` says that all protocols could be read."""
        faults = Faults(str(path))
        last: _Key | None = None
        into: dict[str, int] = {}
        options: dict[str, None] = {}
        for row, cells in read_rows(path, (*KEY, "option", "votes"), faults):
            key: _Key = cells[:5]  # type: ignore[assignment]  # five columns are five cells
            if key != last:
                if key not in self.votes:
                    self._orphan(faults, row, key)
                    continue
                last, into, options = key, self.votes[key], self.options.get((key[1], key[2]), {})
            option, count = cells[5], cells[6]
            if option not in options:
                unknown_name(faults, row, "option", option, options)
            elif option in into:
                faults.add("E4.9", row, "option", found=option)
            elif count.isdigit() and count.isascii() and len(count) < 9:
                into[option] = int(count)
            else:
                into[option] = read_count(count, faults, row, "votes")
        if complete and not faults.problems:
            self._check_options(faults)
        faults.finish()
        return [
            Protocol(key[0], key[1], int(key[2]), _CHANNELS[key[3]], int(key[4]), *self._rest(key, head))
            for key, head in self.heads.items()
        ]

    def _rest(
        self, key: _Key, head: tuple[int, datetime, Counts, str | None]
    ) -> tuple[datetime, Counts, dict[str, int], str | None]:
        votes = self.votes[key]
        ordered = {o: votes[o] for o in self.options[key[1], key[2]] if o in votes}
        return head[1], head[2], ordered, head[3]

    def _orphan(self, faults: Faults, row: int, key: _Key) -> None:
        if key[0] not in self.stations:
            unknown_name(faults, row, "station", key[0], self.stations)
        else:
            faults.add("E4.7", row, "station", found="/".join(key), expected=str(self.path.name))

    def _check_options(self, faults: Faults) -> None:
        for key, votes in self.votes.items():
            options = self.options[key[1], key[2]]
            wanted = options if key[2] == "1" else ()
            for option in wanted:
                if option not in votes:
                    faults.add("E4.15", None, "option", found="/".join(key), expected=option)
            if not votes and not wanted:
                faults.add("E4.15", None, "option", found="/".join(key))


def _received(text: str, faults: Faults, row: int) -> datetime | None:
    if _MOMENT.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    faults.add("E4.13", row, "received", found=text, expected="2004-09-19T22:40+06:00")
    return None
