"""Entries that were taken and stand in no signed tree yet (`spec/log.md` §9).

A journal is a file of blocks: `DJ01 ‖ index (u64) ‖ count (u32) ‖ length (u32) ‖ bundle ‖ SHA-256 of all
that`, big-endian, `index` the place in the log of the block's first entry. A block is in the journal as a
whole or not at all.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dauys.record.disk import Disk
from dauys.record.faults import LogError, at
from dauys.record.tiles import MAX_ENTRY, encode_bundle

_HEAD = struct.Struct(">4sQII")
_MAGIC = b"DJ01"
_DIGEST_BYTES = 32
MAX_BLOCK_ENTRIES = 4_096
MAX_BLOCK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Entries that were taken together, from `index` of the log on; the block ends at byte `end`."""

    index: int
    entries: tuple[bytes, ...]
    end: int


def blocks_of(entries: Iterable[bytes]) -> Iterator[tuple[bytes, ...]]:
    """Yield entries in blocks that are written at once, each within the limits of a block.

    Raises LogError L2.7.
    """
    block: list[bytes] = []
    size = 0
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise LogError(
                "L2.7", found=f"{len(entry)} bytes", expected=f"at most {MAX_ENTRY} bytes", hint="large_entry"
            )
        if len(block) == MAX_BLOCK_ENTRIES or size + len(entry) + 2 > MAX_BLOCK_BYTES:
            yield tuple(block)
            block, size = [], 0
        block.append(entry)
        size += len(entry) + 2
    if block:
        yield tuple(block)


def encode_block(index: int, entries: tuple[bytes, ...]) -> bytes:
    """Return the bytes of a block."""
    payload = encode_bundle(entries)
    data = _HEAD.pack(_MAGIC, index, len(entries), len(payload)) + payload
    return data + hashlib.sha256(data).digest()


class Journal:
    """The journal of one log. The caller holds the log's lock."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path, self._disk = path, disk

    def append(self, index: int, entries: tuple[bytes, ...]) -> None:
        """Add one block; when this returns, a crash does not lose it."""
        self._disk.append(self.path, encode_block(index, entries))
        # If we crash here, the block is there in part or not at all: `repair` cuts a torn one off.
        self._disk.sync(self.path)

    def blocks(self) -> Iterator[Block]:
        """Yield the whole blocks in order; a torn one at the end is left out."""
        end = 0
        with self.path.open("rb") as file:
            while head := file.read(_HEAD.size):
                if len(head) < _HEAD.size:
                    return
                magic, index, count, length = _HEAD.unpack(head)
                if magic != _MAGIC or length > MAX_BLOCK_BYTES or count > MAX_BLOCK_ENTRIES:
                    return
                payload, digest = file.read(length), file.read(_DIGEST_BYTES)
                if hashlib.sha256(head + payload).digest() != digest:
                    return
                end += len(head) + length + _DIGEST_BYTES
                yield Block(index, tuple(_entries(payload)), end)

    def repair(self, size: int) -> tuple[int, int]:
        """Cut off what a crash left behind its last whole block; return the log's end and the bytes cut.

        The end is at least `size`, that of the last signed tree, whose entries may still be in the journal.
        Raises LogError L5.5 where the blocks do not follow one another, or begin beyond `size`.
        """
        if not self.path.is_file():
            raise LogError("L5.5", found="nothing", expected="a journal", place=at(str(self.path)))
        kept, end = 0, size
        expected: int | None = None
        for block in self.blocks():
            if block.index > size if expected is None else block.index != expected:
                raise LogError(
                    "L5.5",
                    found=f"entry {block.index}",
                    expected=f"entry {size if expected is None else expected}",
                    place=at(str(self.path)),
                )
            expected = block.index + len(block.entries)
            kept, end = block.end, max(size, expected)
        torn = self.path.stat().st_size - kept
        if torn:
            self._disk.truncate(self.path, kept)
            # If we crash here, the torn end may come back; the next repair cuts it again.
            self._disk.sync(self.path)
        return end, torn

    def entries(self, start: int) -> Iterator[bytes]:
        """Yield the entries from place `start` of the log on."""
        for block in self.blocks():
            yield from block.entries[max(0, start - block.index) :]

    def clear(self) -> None:
        """Forget every entry: they stand in a signed tree."""
        self._disk.place(self.path, b"")


def _entries(payload: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(payload):
        end = position + 2 + int.from_bytes(payload[position : position + 2], "big")
        yield payload[position + 2 : end]
        position = end
