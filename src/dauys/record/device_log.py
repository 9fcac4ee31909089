"""The log of a device, read once from *open* to *close*: order, batches, endings (`spec/record.md` §4).

One bundle is in memory at a time. What does not fit is noted, and reading goes on: one misplaced entry must
not hide the ballots after it. The order inside a batch needs the hashes of ballots, and is looked at where
they are computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dauys.record.entries import Entry, is_ballot, parse_entry
from dauys.record.faults import LogError
from dauys.record.reader import LogReader

#: Fewest ballots of a batch, unless the device has fewer in all.
SMALLEST_BATCH: Final = 32
HALF_HOUR: Final = 30
#: The part of a log that an entry belongs to; parts never go back.
_PARTS: Final = {"open": 0, "batch": 1, "challenge": 2, "ended": 2, "incident": 3, "close": 4}
_NAMES: Final = ("open", "a batch", "an ending", "an incident", "close", "nothing after close")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something of the form or order of a log: the code, the entry, what was found and expected."""

    code: str
    index: int
    found: str
    expected: str
    field: str | None = None


@dataclass(slots=True)
class DeviceReader:
    """Reads the log of one device. Iterate once; `faults` and the counts are complete afterwards."""

    log: LogReader
    faults: list[Fault] = field(default_factory=list)
    ballots: int = 0
    batches: int = 0
    closed: bool = False
    _part: int = -1
    _waiting: int = 0
    _small: list[tuple[int, int]] = field(default_factory=list)
    _last_ending: str = ""
    _last_incident: tuple[datetime, bytes] | None = None
    #: Faults beyond this number are not kept: a hostile log has one an entry.
    _kept: int = 100

    def __iter__(self) -> Iterator[Entry | list[tuple[int, bytes]]]:
        """Yield entries, and ballots in runs as they stand together in a bundle.

        Raises LogError where a tile or bundle is not of the tree.
        """
        run: list[tuple[int, bytes]] = []
        for index, data in self.log.entries():
            if is_ballot(data):
                self._ballot(index)
                run.append((index, data))
                if index % 256 != 255:
                    continue
            if run:
                yield run
                run = []
            if not is_ballot(data):
                entry = self._entry(data, index)
                if entry is not None:
                    yield entry
        if run:
            yield run
        self._end()

    def _fault(self, code: str, index: int, found: object, expected: str, name: str | None = None) -> None:
        if len(self.faults) < self._kept:
            self.faults.append(Fault(code, index, str(found)[:200], expected, name))

    def _ballot(self, index: int) -> None:
        self.ballots += 1
        self._waiting += 1
        if not 0 <= self._part <= 1:
            self._fault("L9.6", index, "a ballot", _NAMES[self._part + 1])

    def _entry(self, data: bytes, index: int) -> Entry | None:
        try:
            entry = parse_entry(data, index, "device")
        except LogError as error:
            problem = error.problem
            name = problem.facts.get("field")
            self._fault("L9.8", index, problem.found, problem.expected or "", str(name) if name else None)
            return None
        part = _PARTS[entry.kind]
        if part < self._part or (part == self._part and part in (0, 4)) or (self._part < 0 and part > 0):
            self._fault("L9.6", index, entry.kind, _NAMES[min(self._part + 1, 5)])
        if part > 1 and self._waiting:
            self._fault("L9.6", index, f"{self._waiting} ballots without a batch", "a batch")
            self._waiting = 0
        self._part = max(part, self._part)
        self._look(entry)
        return entry

    def _look(self, entry: Entry) -> None:
        if entry.kind == "batch":
            self._batch(entry)
        elif entry.kind == "challenge":
            self._ending(entry, entry.fields["opening"]["ballot"])
        elif entry.kind == "ended":
            self._ending(entry, entry.fields["ballot"])
        elif entry.kind == "incident":
            self._incident(entry)
        elif entry.kind == "close":
            self.closed = entry.index == self.log.size - 1

    def _batch(self, entry: Entry) -> None:
        number, count = entry.fields["number"], entry.fields["ballots"]
        if number != self.batches:
            self._fault("L9.7", entry.index, number, str(self.batches), "number")
        if count != self._waiting:
            self._fault("L9.7", entry.index, count, str(self._waiting), "ballots")
        if self._waiting < SMALLEST_BATCH and len(self._small) < self._kept:
            self._small.append((entry.index, self._waiting))
        self.batches, self._waiting = self.batches + 1, 0

    def _ending(self, entry: Entry, digest: str) -> None:
        if digest < self._last_ending:
            self._fault("L9.6", entry.index, digest, f"at least {self._last_ending}", "ballot")
        self._last_ending = digest

    def _incident(self, entry: Entry) -> None:
        moment = datetime.fromisoformat(entry.fields["at"])
        # Of the clock that the polling station has, whatever its offset is.
        if moment.minute % HALF_HOUR or moment.second:
            self._fault("L9.6", entry.index, entry.fields["at"], "rounded to 30 minutes", "at")
        key = (moment, entry.data)
        if self._last_incident is not None and key < self._last_incident:
            self._fault("L9.6", entry.index, entry.fields["at"], "ascending times", "at")
        self._last_incident = key

    def _end(self) -> None:
        last = self.log.size - 1
        if not self.closed:
            self._fault("L9.6", max(last, 0), "another last entry", "close")
        if self._waiting:
            self._fault("L9.6", max(last, 0), f"{self._waiting} ballots without a batch", "a batch")
        for index, count in self._small:
            # A device with fewer in all has one batch, at close: a second would say who voted when.
            if count != self.ballots or count == 0:
                self._fault("L9.7", index, count, f"at least {SMALLEST_BATCH} ballots", "ballots")
