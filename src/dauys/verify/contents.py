"""The entries of a device, read once: order, form, ballots in blocks, challenges, `close` (L9.6–L9.8, B, C).

Memory holds one block of ballots and short records of the others, however long the log is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dauys import _core
from dauys.crypto.ballots import CHECKS, BallotElection, SumTuple
from dauys.crypto.framing import framed_hash
from dauys.record.device_log import DeviceReader
from dauys.record.entries import Entry
from dauys.record.reader import LogReader
from dauys.verify.cards import CLOSE_CHECKS, Endings, check_close
from dauys.verify.openings import OPENING_CHECKS, rebuild
from dauys.verify.tasks import Contents, DeviceTask, Notes
from dauys.verify.uniqueness import CARD_WIDTH, Kind, card_record, point_record

#: Ballots that are examined together: some 13 MB.
BLOCK: Final = 8192
_HASH: Final = 64
_BALLOT_CHECKS: Final = tuple(f"B{number}" for number in range(1, 10))
_NO_HASH: Final = bytes(_HASH)


def never() -> bool:
    """Say that nobody wants to stop."""
    return False


def nothing(_: int) -> None:
    """Take progress and tell nobody."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """How a reading can be stopped between blocks, and where it tells how many ballots it is further."""

    stop: Callable[[], bool] = never
    advance: Callable[[int], None] = nothing


class Stopped(Exception):  # noqa: N818 (no error: somebody asked for it)
    """The work was stopped between two blocks; nothing of the device counts as looked at."""


@dataclass(slots=True)
class Reading:
    """The log of one device while it is read."""

    task: DeviceTask
    election: BallotElection
    cards: _core.CardSet | None
    notes: Notes
    hooks: Hooks
    open: Mapping[str, Any] | None = None
    close: Mapping[str, Any] | None = None
    closed_at: int = 0
    excluded: dict[int, str] = field(default_factory=dict)
    ended: Endings = field(default_factory=Endings)
    waiting: list[bytes] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    #: Where batches end, as places in `waiting`; a batch may go on from an earlier block.
    ends: list[int] = field(default_factory=list)
    last: bytes = b""
    styles: list[int] = field(default_factory=list)
    sums: list[SumTuple] = field(default_factory=list)
    card_blocks: list[bytes] = field(default_factory=list)
    point_blocks: list[bytes] = field(default_factory=list)
    counted_blocks: list[bytes] = field(default_factory=list)

    def take(self, item: Entry | Sequence[tuple[int, bytes]]) -> None:
        """Take what the reader of the log gives: an entry, or ballots in the order of the log."""
        if not isinstance(item, Entry):
            for index, ballot in item:
                self.indexes.append(index)
                self.waiting.append(ballot)
            self.ended.cast += len(item)
            if len(self.waiting) >= BLOCK:
                self.examine()
        elif item.kind == "batch":
            self.ends.append(len(self.waiting))
        else:
            self.take_entry(item)

    def take_entry(self, entry: Entry) -> None:
        """Take an entry that is no ballot and ends no batch."""
        if self.hooks.stop():
            raise Stopped
        if entry.kind == "open":
            self.open = entry.fields
            _check_open(entry, self.task, self.notes)
        elif entry.kind == "challenge":
            self.take_challenge(entry)
        elif entry.kind == "ended":
            self.take_ended(entry)
        elif entry.kind == "close":
            self.close, self.closed_at = entry.fields, entry.index

    def examine(self) -> None:
        """Judge the ballots that wait, and keep of them what others need."""
        if self.hooks.stop():
            raise Stopped
        if not self.waiting:
            return
        seed = framed_hash("weights", self.task.engine_seed, self.indexes[0].to_bytes(8, "little"))[:32]
        found = _core.examine_ballots(
            self.election.core,
            (self.task.vote, self.task.device),
            self.cards,
            self.waiting,
            self.task.number,
            self.indexes,
            seed if self.task.engine_seed else None,
            "",
            self.task.threads,
        )
        self._judge(found)
        self._check_order(found.hashes)
        counted = self.styles or [0] * len(found.styles)
        self.styles = [sum(pair) for pair in zip(counted, found.styles, strict=True)]
        self.sums = self.election.core.merge([self.sums, found.sums]) if self.sums else found.sums
        self.card_blocks.append(found.cards)
        self.point_blocks.append(found.points)
        self.counted_blocks.append(found.counted)
        self.hooks.advance(len(self.waiting))
        self.waiting, self.indexes, self.ends = [], [], []

    def _judge(self, found: _core.Examination) -> None:
        """Note the first check that each ballot failed, and how many passed each."""
        failed = dict.fromkeys(_BALLOT_CHECKS, 0)
        for place, word in found.faults:
            code = CHECKS[word]
            failed[code] += 1
            index = self.indexes[place]
            self.excluded[index] = code
            self.notes.fail(code, word, "a ballot that holds", entry=index, votes=1)
        left = len(self.waiting)
        for code in _BALLOT_CHECKS:
            left -= failed[code]
            self.notes.count(code, left)
        if self.cards is None:
            return
        self.notes.count("C2", len(found.cards) // CARD_WIDTH - len(found.unlisted))
        for place in found.unlisted:
            index = self.indexes[place]
            self.excluded.setdefault(index, "C2")
            self.notes.fail("C2", "no card of this device", "a card of the list", entry=index, votes=1)

    def _check_order(self, hashes: bytes) -> None:
        """Check that each batch ascends by `H(ballot)`; equal ones are repeats, which C3 names."""
        start = 0
        for end in [*self.ends, len(self.waiting)]:
            self._check_batch(hashes, start, end)
            if end in self.ends:
                self.last = b""
            elif end > start:
                self.last = hashes[(end - 1) * _HASH : end * _HASH]
            start = end

    def _check_batch(self, hashes: bytes, start: int, end: int) -> None:
        if start == end:
            return
        part = hashes[start * _HASH : end * _HASH]
        if self.last:
            part, start = self.last + part, start - 1
        at = _core.first_descent(part, _HASH, 0, len(part) // _HASH)
        if at is not None and _NO_HASH in (rows := _rows(part)):
            # What cannot be taken apart has no hash and no place in the order.
            kept = [row for row in rows if row != _NO_HASH]
            at = _core.first_descent(b"".join(kept), _HASH, 0, len(kept))
        if at is not None:
            index = self.indexes[min(max(start + at, 0), len(self.indexes) - 1)]
            self.notes.fail("L9.7", "a smaller hash after a larger", "ascending H(ballot)", entry=index)

    def take_challenge(self, entry: Entry) -> None:
        """Rebuild a challenged ballot (B10–B13)."""
        opening, test = entry.fields["opening"], entry.fields["test"]
        if test:
            self.ended.tests += 1
        else:
            self.ended.challenged += 1
        secret, digest = bytes.fromhex(opening["secret"]), bytes.fromhex(opening["ballot"])
        s1 = _core.card_of(self.task.vote, self.task.device, secret)[0]
        self.card_blocks.append(card_record(s1, self.task.number, Kind.CHALLENGE, entry.index, digest))
        if self.open is None or self.cards is None:
            self.notes.not_run("no_cards" if self.cards is None else "L9.6", *OPENING_CHECKS)
            return
        rebuilt = rebuild(entry, self.task, self.election, (self.open["sigma"], len(self.cards)), self.notes)
        if rebuilt is not None:
            at = 2 + rebuilt[1] + 16
            point = point_record(rebuilt[at : at + 32], self.task.number, Kind.CHALLENGE, entry.index)
            self.point_blocks.append(point)

    def take_ended(self, entry: Entry) -> None:
        """Take a session that ended without a ballot."""
        if entry.fields["why"] == "failed":
            self.ended.failed += 1
        else:
            self.ended.abandoned += 1
        s1, digest = bytes.fromhex(entry.fields["s1"]), bytes.fromhex(entry.fields["ballot"])
        if self.cards is not None:
            listed = framed_hash("card", self.task.vote, self.task.device, s1) in self.cards
            found, expected = "no card of this device", "a card of the list"
            self.notes.check("C2", holds=listed, found=found, expected=expected, entry=entry.index)
        self.card_blocks.append(card_record(s1, self.task.number, Kind.ENDED, entry.index, digest))

    def count_styles(self) -> None:
        """Name the counts of styles, after the last ballot."""
        ids = (style.id for style in self.election.styles)
        self.ended.styles = dict(zip(ids, self.styles, strict=False))

    def contents(self) -> Contents:
        """Return what was read, after the last entry."""
        return Contents(
            dict(self.notes.passed),
            self.notes.remarks(),
            self.open,
            self.close,
            self.ended.cast,
            tuple(self.styles),
            {place: total for place, total in enumerate(self.sums) if total[0]},
            tuple(self.card_blocks),
            tuple(self.point_blocks),
            tuple(self.counted_blocks),
            self.excluded,
        )


def _rows(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + _HASH] for at in range(0, len(hashes), _HASH)]


def read_contents(
    log: LogReader,
    task: DeviceTask,
    election: BallotElection,
    cards: _core.CardSet | None,
    hooks: Hooks,
) -> Contents:
    """Return what the log of a device holds. Raises LogError where it cannot be read to its end, Stopped."""
    notes = Notes()
    reading = Reading(task, election, cards, notes, hooks)
    reader = DeviceReader(log)
    for item in reader:
        reading.take(item)
    reading.examine()
    reading.count_styles()
    for fault in reader.faults:
        notes.fail(fault.code, fault.found, fault.expected, entry=fault.index, field=fault.field)
    if cards is None:
        notes.not_run("C1", "C2")
    notes.passed_one(*(code for code in ("L9.6", "L9.7", "L9.8") if not notes.failed(code)))
    if not reader.closed:
        reading.close = None
    if reading.close is None:
        notes.not_run("L9.6", *CLOSE_CHECKS)
    else:
        listed = None if cards is None else len(cards)
        check_close(reading.close, reading.closed_at, reading.ended, listed, notes)
    return reading.contents()


def _check_open(entry: Entry, task: DeviceTask, notes: Notes) -> None:
    """Check that `open` names what was installed (L9.8)."""
    expected: dict[str, object] = {
        "root": task.root.hex(),
        "device": task.device,
        "station": task.station,
        "software": task.software,
        "vote": task.vote,
    }
    if task.cards is not None:
        expected["cards"] = task.cards.hash.hex()
    for name, value in expected.items():
        if entry.fields[name] != value:
            notes.fail("L9.8", entry.fields[name], value, entry=entry.index, field=name)
