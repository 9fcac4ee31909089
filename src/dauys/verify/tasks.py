"""What is asked of one device, and what comes back: plain values for another process or machine.

A task holds all that the election log says about a device; its answer comes from the device's log alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dauys.crypto.ballots import SumTuple
from dauys.crypto.framing import framed_hash
from dauys.record.entries import FileRef

#: Findings of one code and device that are kept one by one; more are added up.
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal of a device as the election log has it: a note, or, by telephone, a size and a code.

    `entry` is the index of the entry in the election log.
    """

    entry: int
    note: str | None
    size: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A tree of a device that the election log has seen: a note, or size and root of a turnout reading."""

    entry: int
    note: str | None
    size: int = 0
    root: bytes = b""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting: the note and the key of the badge; None where no such badge was accredited with a key."""

    entry: int
    note: str
    badge: str
    key: str | None


@dataclass(frozen=True, slots=True)
class CardsAt:
    """The card list of a device: where the entry stands, the file, its hash and the number of cards."""

    entry: int
    file: FileRef
    hash: bytes
    count: int


@dataclass(frozen=True, slots=True)
class DeviceTask:
    """One device of one vote. `number` counts the devices of all votes; `record` is the address to read from;
    `spoken` are the seals given by telephone.

    `engine_seed` (32 bytes) is fresh and unknown to whoever made the ballots; it never changes a verdict.
    """

    number: int
    record: str
    vote: str
    device: str
    station: str
    type: str
    origin: str
    key: str
    software: str
    signature: bytes
    entry: int
    root: bytes
    root_file: FileRef
    cards: CardsAt | None
    seal: Seal | None
    spoken: tuple[Seal, ...] = ()
    readings: tuple[Reading, ...] = ()
    seen: tuple[Seen, ...] = ()
    left_out: bool = False
    engine_seed: bytes = field(default=b"", repr=False)
    threads: int = 1

    def identity(self) -> bytes:
        """Return a hash over all that the contents of the device's log are judged by."""
        cards = b"" if self.cards is None else self.cards.hash + self.cards.count.to_bytes(8, "little")
        return framed_hash("task", self.vote, self.device, self.station, self.software, self.root, cards)


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding of a device before it is put into a report: `status` is `failed`, `not_run` or `look`.

    `entry` is an index in the device's log, `logged` one in the election log. `votes` are ballots concerned.
    """

    status: str
    code: str
    found: str = ""
    expected: str = ""
    entry: int | None = None
    logged: int | None = None
    file: str | None = None
    field: str | None = None
    reason: str | None = None
    votes: int | None = None
    more: int = 0


class Notes:
    """Collects what was looked at. Not frozen: a device's thousands of ballots are counted in place."""

    def __init__(self) -> None:
        self.passed: dict[str, int] = {}
        self._remarks: list[Remark] = []
        self._failed: dict[str, int] = {}
        self._beyond: dict[str, int] = {}

    def passed_one(self, *codes: str) -> None:
        """Count one thing that holds, for each code."""
        for code in codes:
            self.count(code, 1)

    def count(self, code: str, number: int) -> None:
        """Count things that hold."""
        if number > 0:
            self.passed[code] = self.passed.get(code, 0) + number

    def fail(self, code: str, found: object, expected: object, **where: Any) -> None:
        """Note something that does not hold; beyond a hundred of a code they are only counted."""
        self._failed[code] = self._failed.get(code, 0) + 1
        if self._failed[code] > SHOWN:
            self._beyond[code] = self._beyond.get(code, 0) + (where.get("votes") or 0)
            return
        self._remarks.append(Remark("failed", code, str(found)[:200], str(expected)[:200], **where))

    def look(self, code: str, found: object, expected: object, **where: Any) -> None:
        """Note something that somebody should look at, and that fails nothing."""
        self._remarks.append(Remark("look", code, str(found)[:200], str(expected)[:200], **where))

    def not_run(self, reason: str, *codes: str) -> None:
        """Note what could not be looked at, and why."""
        self._remarks += [Remark("not_run", code, reason=reason) for code in codes]

    def failed(self, code: str) -> bool:
        """Whether something failed under this code."""
        return code in self._failed

    def check(self, code: str, *, holds: bool, found: object, expected: object, **where: Any) -> None:
        """Count it where it holds, else note it."""
        if holds:
            self.count(code, 1)
        else:
            self.fail(code, found, expected, **where)

    def remarks(self) -> tuple[Remark, ...]:
        """Return all remarks; of a code with very many the last one says how many more there are."""
        more = [
            Remark("failed", code, expected="", votes=self._beyond.get(code) or None, more=count - SHOWN)
            for code, count in self._failed.items()
            if count > SHOWN
        ]
        return (*self._remarks, *more)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the log of a device holds, read once from its first entry to the last.

    `styles`: ballots by place of the style in the root; `sums`: of ballots that pass and have a card of the
    list, by place of the contest in the root, without those of no ballot. The blocks are records of
    `uniqueness` and `counted`. `excluded`: indexes of ballots that fail a check within the device, and which.
    """

    passed: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    open: Mapping[str, Any] | None = None
    close: Mapping[str, Any] | None = None
    ballots: int = 0
    styles: tuple[int, ...] = ()
    sums: Mapping[int, SumTuple] = field(default_factory=dict)
    cards: tuple[bytes, ...] = ()
    points: tuple[bytes, ...] = ()
    counted: tuple[bytes, ...] = ()
    excluded: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a task. `size` and `root` are of the tree that was read, None where there is none.

    `contents` is None where the log could not be read to its end; it is `sealed` where it was read whole and
    is the seal's, and `counts` where no decision leaves the device out as well. `outsiders` saw a tree that
    the seal continues.
    """

    number: int
    passed: Mapping[str, int]
    remarks: tuple[Remark, ...]
    size: int | None = None
    root: bytes | None = None
    outsiders: tuple[str, ...] = ()
    contents: Contents | None = None
    cached: bool = False
    sealed: bool = False
    counts: bool = False
