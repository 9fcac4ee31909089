"""A raw image of a medium: what is in it, whoever wrote it, whether a file still has it or not."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from canary_marks import Mark

BLOCK = 4096
_EMPTY = bytes(BLOCK)
_INODE = 256


@dataclass(frozen=True, slots=True)
class Found:
    """A mark that is there, at a byte of the image."""

    mark: Mark
    at: int


@dataclass(frozen=True)
class Image:
    """A copy of an image in runs of blocks that are not empty, each with the byte where it begins."""

    path: Path
    runs: tuple[tuple[int, bytes], ...]

    @property
    def size(self) -> int:
        """Bytes that are not in empty blocks."""
        return sum(len(data) for _, data in self.runs)

    def search(self, marks: Iterable[Mark]) -> list[Found]:
        """Return every mark that is there, once each."""
        found = []
        for mark in marks:
            for start, data in self.runs:
                at = data.find(mark.data)
                if at >= 0:
                    found.append(Found(mark, start + at))
                    break
        return found

    def places(self, pattern: re.Pattern[bytes]) -> list[tuple[int, bytes]]:
        """Return where a pattern is, with what was found."""
        return [
            (start + one.start(), one.group()) for start, data in self.runs for one in pattern.finditer(data)
        ]

    @cached_property
    def _own(self) -> dict[str, frozenset[int]]:
        told = _tool("dumpe2fs", str(self.path))
        tables = [range(int(a), int(b) + 1) for a, b in re.findall(r"Inode table at (\d+)-(\d+)", told)]
        heads = [
            (int(a), int(b or a))
            for a, b in re.findall(r"(?:superblock|descriptors) at (\d+)(?:-(\d+))?", told)
        ]
        journal = map(int, _tool("debugfs", "-R", "blocks <8>", str(self.path)).split())
        return {
            "journal of the file system": frozenset(journal),
            "inodes": frozenset(one for table in tables for one in table),
            "superblock": frozenset(one for a, b in heads for one in range(a, b + 1)) | {0},
        }

    def area(self, at: int) -> str:
        """Return whose block a byte is in: an area that only the file system writes, or `data`."""
        block = at // self._block
        return next((name for name, own in self._own.items() if block in own), "data")

    def written(self) -> set[float]:
        """Return every time of writing that blocks of the file system give of a file, old copies too."""
        found = set()
        for start, data in self.runs:
            for at in range(-start % _INODE, len(data) - _INODE + 1, _INODE):
                if data[at + 1] & 0xF0 == 0x80 and self.area(start + at) != "data":
                    second, more = (int.from_bytes(data[at + x : at + x + 4], "little") for x in (0x10, 0x88))
                    found.add(second + (more >> 2) / 1e9)
        return found

    @cached_property
    def _block(self) -> int:
        return int(re.search(r"Block size:\s+(\d+)", _tool("dumpe2fs", "-h", str(self.path))).group(1))


def take_image(image: Path, copy: Path) -> Image:
    """Copy an image as it is now, with everything that waits in memory written first, and read it."""
    os.sync()
    runs: list[tuple[int, bytearray]] = []
    at = 0
    with image.open("rb") as source, copy.open("wb") as target:
        target.truncate(image.stat().st_size)
        while block := source.read(BLOCK):
            if block != _EMPTY[: len(block)]:
                target.seek(at)
                target.write(block)
                if runs and runs[-1][0] + len(runs[-1][1]) == at:
                    runs[-1][1].extend(block)
                else:
                    runs.append((at, bytearray(block)))
            at += len(block)
    return Image(copy, tuple((start, bytes(data)) for start, data in runs))


def _tool(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
