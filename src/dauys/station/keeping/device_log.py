"""The public log of a device, filled from its journal (`spec/station.md` §7–8).

What belongs into it is fixed in the journal first; here it is only appended, so that a cut leaves something
that the next start continues at the entry where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from rfc8785 import CanonicalizationError

from dauys.record.device_log import SMALLEST_BATCH
from dauys.record.disk import Disk
from dauys.record.entries import encode_entry
from dauys.record.faults import LogError
from dauys.record.keys import Signer
from dauys.record.merkle import subtree_hash, verify_consistency
from dauys.record.store import LogStore
from dauys.record.writer import copy_log
from dauys.station.faults import StationError
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.kept import Ending
from dauys.station.keeping.reading import Reading
from dauys.verify.devices import spoken_code

Sample = Callable[[Sequence[tuple[bytes, bytes]], int], list[tuple[bytes, bytes]]]
"""Returns so many random ones of those given, from a source that nobody can foresee."""
Tree = tuple[int, bytes]
Kept = Literal["open", "incident", "close"]
"""Entries that stand in the journal first."""
_WHERE: Final = "log"


@dataclass(frozen=True, slots=True)
class DeviceLog:
    """The log of a device. `second`: the second medium, None while members go on without one."""

    store: LogStore
    signer: Signer
    journal: Journal
    second: Path | None
    disk: Disk

    def open(self, fields: Mapping[str, object]) -> Tree:
        """Write *open*, sign the tree and give it out. Again it is what it was."""
        self._append([encode_entry("device", "open", **fields)], 0)
        return self._give_out("open")

    def tree(self) -> Tree:
        """Return the newest size and root."""
        shown = self.store.signed.checkpoint
        return shown.size, shown.root

    def sealed(self) -> bool:
        """Whether the seal was given out: *close* is in the tree, and what is public on both media."""
        return any(note.body["what"] == "seal" for note in self.journal.notes("tree"))

    def reading(self, sample: Sample) -> Tree:
        """Close a batch where enough ballots wait, sign the tree and give it out."""
        waiting = self.journal.waiting()
        if len(waiting) >= 2 * SMALLEST_BATCH:
            chosen = sample(waiting, len(waiting) - SMALLEST_BATCH)
            self.journal.assign([card for card, _ in chosen])
        self.catch_up()
        return self._give_out("reading")

    def catch_up(self) -> None:
        """Append every batch that was assigned and is not in the log yet."""
        at = 1
        for number in range(self.journal.batches()):
            ballots = self.journal.in_batch(number)
            end = encode_entry("device", "batch", ballots=len(ballots), number=number)
            self._append([*(one.body for one in ballots), end], at)
            at += len(ballots) + 1

    def check(self) -> None:
        """Raise StationError J1.10 where the log is older than a tree that was given out, or another."""
        notes = self.journal.notes("tree")
        given = [(int(str(note.body["size"])), bytes.fromhex(str(note.body["root"]))) for note in notes]
        own = self.store.signed.checkpoint
        for size, root in given:
            expected = f"{size} entries, {root.hex()}"
            if size > own.size:
                raise StationError("J1.10", found=f"{own.size} entries", expected=expected)
            try:
                proof = self.store.reader().consistency_proof(size)
                verify_consistency(size, root, own.size, own.root, proof)
            except LogError as error:
                raise StationError(
                    "J1.10", found=f"another tree ({error.code})", expected=expected
                ) from error

    def check_told(self, told: Reading) -> None:
        """Raise StationError J1.10 where the log does not begin with a reading that members type in.

        Both media can be put back to an earlier hour together: only what was read out tells.
        """
        own = self.store.signed.checkpoint
        size = min(told.size, own.size)
        try:
            root = subtree_hash(0, size, self.store.reader().node) if size else own.root
        except LogError as error:
            raise StationError("J1.10", found=f"another tree ({error.code})", expected=told.code) from error
        found = Reading(size, spoken_code(root))
        if found != told:
            expected = f"{told.size} · {told.code}"
            raise StationError(
                "J1.10", found=f"{found.size} · {found.code}", expected=expected, hint="reading"
            )

    def close(self, fields: Mapping[str, object]) -> Tree:
        """Write all that remains, and *close*; sign the seal and give it out. Again it is what it was."""
        if waiting := self.journal.waiting():
            self.journal.assign([card for card, _ in waiting])
        self.catch_up()
        at = 1 + sum(len(self.journal.in_batch(n)) + 1 for n in range(self.journal.batches()))
        rest = [*self._endings(), *self._incidents(), encode_entry("device", "close", **fields)]
        self._append(rest, at)
        return self._give_out("seal")

    def _endings(self) -> Iterator[bytes]:
        others = [one for one in self.journal.endings() if one.kind != "cast"]
        for one in sorted(others, key=lambda one: one.ballot):
            yield _ending_entry(one)

    def _incidents(self) -> Iterator[bytes]:
        notes = self.journal.notes("incident")
        entries = sorted((str(n.body["at"]), encode_entry("device", "incident", **n.body)) for n in notes)
        return (data for _, data in entries)

    def _append(self, entries: Sequence[bytes], at: int) -> None:
        """Append those of these entries, whose first belongs at index `at`, that are not there yet."""
        there = max(0, self.store.end - at)
        if there < len(entries):
            with self._writing("J1.2"):
                self.store.append(entries[there:])

    def _give_out(self, what: str) -> Tree:
        """Sign the tree, copy it to the second medium, and keep that it was given out."""
        with self._writing("J1.2"):
            shown = self.store.publish(self.signer)
        if self.second is not None:
            with self._writing("J1.3"):
                copy_log(self.store, self.second / _WHERE, self.disk)
        tree = (shown.checkpoint.size, shown.checkpoint.root)
        known = {(n.body["size"], n.body["root"]) for n in self.journal.notes("tree")}
        if (tree[0], tree[1].hex()) not in known:
            self.journal.note("tree", {"root": tree[1].hex(), "size": tree[0], "what": what})
        return tree

    @contextmanager
    def _writing(self, code: str) -> Iterator[None]:
        """Stop the journal too where a medium fails: a new start continues what is missing."""
        try:
            yield
        except OSError as error:
            raise self.journal.stop(code, error) from error


def require_entry(kind: Kept, fields: Mapping[str, object]) -> None:
    """Raise StationError J3.7 for what the log would refuse: kept, it would stop every start."""
    try:
        encode_entry("device", kind, **fields)
    except (ValueError, CanonicalizationError) as error:
        found = str(error)[:200]
        raise StationError("J3.7", found=found, expected=f"fields of {kind}", hint="form") from error


def _ending_entry(one: Ending) -> bytes:
    if one.kind == "abandoned":
        return encode_entry("device", "ended", ballot=one.ballot.hex(), s1=one.body.hex(), why="abandoned")
    opening: dict[str, Any] = json.loads(one.body)
    return encode_entry("device", "challenge", opening=opening, test=one.kind == "test")
