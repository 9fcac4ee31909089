"""`protocols.csv` and `votes.csv` read together into whole protocols (spec/protocols.md)."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import datetime
from pathlib import Path

from dauys.domain.election import AGAINST_ALL, Election
from dauys.domain.votes import Channel, Counts, Protocol
from dauys.errors import InputError, Problem
from dauys.formats.csv_rows import Faults, read_count, read_rows, unknown_name

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:[+-][0-9]{2}:[0-9]{2}|Z)")
COUNT_FIELDS = tuple(f.name for f in fields(Counts))
KEY = ("station", "contest", "round", "channel", "version")
_CHANNELS = {c.value: c for c in Channel}


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
            # "Against all" is an option of the ballot, and a line of the protocol.
            (contest.id, str(number)): dict.fromkeys(o for o in contest.options if o != AGAINST_ALL)
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
        """Keep what is wrong with versions: gaps, reasons, a later one received earlier."""
        for key, (row, received, _, reason) in self.heads.items():
            if key[4] == "1" and not reason:
                continue
            version = int(key[4])
            if (version > 1) != bool(reason):
                expected = "reason" if version > 1 else ""
                self.faults.add("E4.16", row, "reason", found=reason or "", expected=expected)
            if version == 1:
                continue
            previous: _Key = (*key[:4], str(version - 1))
            if previous not in self.votes:
                self.faults.add("E4.16", row, "version", found=str(version), expected=str(version - 1))
            elif previous in self.heads and received < self.heads[previous][1]:
                before = self.heads[previous][1].isoformat()
                self.faults.add("E4.16", row, "received", found=received.isoformat(), expected=f"≥ {before}")

    def join(self, path: Path, *, complete: bool) -> list[Protocol]:
        """Read votes.csv and return whole protocols; `complete` says that all protocols could be read."""
        faults = Faults(str(path))
        last: _Key | None = None
        into: dict[str, int] = {}
        options: dict[str, None] = {}
        orphans: set[_Key] = set()
        for row, cells in read_rows(path, (*KEY, "option", "votes"), faults):
            key: _Key = cells[:5]  # type: ignore[assignment]  # five columns are five cells
            if key != last:
                if key not in self.votes:
                    # A protocol that is not there is told once, at the first of its rows.
                    if key not in orphans:
                        orphans.add(key)
                        self._orphan(faults, row, key)
                    continue
                last, into, options = key, self.votes[key], self.options.get((key[1], key[2]), {})
            option, count = cells[5], cells[6]
            if option == AGAINST_ALL:
                faults.add("E4.7", row, "option", found=option, hint="against_all_line")
            elif option not in options:
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
