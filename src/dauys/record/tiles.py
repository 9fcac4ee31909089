"""Tiles and entry bundles: where they lie, their bytes, and a tree that grows by them (`spec/log.md` §4).

**Source:** c2sp.org/tlog-tiles. Tiles are 256 hashes wide; level 0 holds leaf hashes, and each hash of a
level above is the root of a full tile below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dauys.record.faults import LogError, at
from dauys.record.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE, complete_root, fold_right

HEIGHT = 8
WIDTH = 256
MAX_ENTRY = 65_535
#: Bytes of the largest bundle there can be.
MAX_BUNDLE = WIDTH * (2 + MAX_ENTRY)
#: Levels that a tree below 2⁶³ leaves can have.
MAX_LEVEL = 7
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6})([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile or bundle. `level` is None for a bundle of entries; `width` is 1…256, and 256 is full."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the prefix of the log: `tile/0/x001/234.p/5`."""
        name = "entries" if self.level is None else str(self.level)
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        folders = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return f"tile/{name}/{folders}" + ("" if self.width == WIDTH else f".p/{self.width}")

    @property
    def full(self) -> Tile:
        """The full tile that takes the place of a partial one."""
        return Tile(self.level, self.index)


def parse_tile_path(path: str) -> Tile:
    """Return the tile at a path. Raises LogError L2.1 for anything but the one path of a tile."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise LogError("L2.1", found=path, expected="tile/LEVEL/INDEX", place=at(path))
    level, folders, last, width = match.groups()
    tile = Tile(
        None if level == "entries" else int(level),
        int(folders.replace("x", "").replace("/", "") + last),
        WIDTH if width is None else int(width),
    )
    # Printed again: a path with needless zeros or a partial width of 256 is not the path of this tile.
    if tile.path != path or (tile.level or 0) > 63 or tile.index > MAX_SIZE // WIDTH:
        raise LogError("L2.1", found=path, expected=tile.path, place=at(path))
    return tile


def tile_of(level: int, index: int, size: int) -> Tile:
    """Return the tile `index` of a level as a tree of `size` leaves has it.

    Raises LogError L1.3 where that tree has no such tile.
    """
    hashes = size >> (HEIGHT * level)
    width = min(WIDTH, hashes - index * WIDTH)
    if index < 0 or width < 1:
        raise LogError("L1.3", found=index, expected=f"a tile of level {level} in a tree of {size}")
    return Tile(level, index, width)


def edge_tiles(size: int) -> Iterator[Tile]:
    """Yield the partial tiles of a tree, from level 0 up."""
    level = 0
    while size >> (HEIGHT * level):
        hashes = size >> (HEIGHT * level)
        if hashes % WIDTH:
            yield Tile(level, hashes // WIDTH, hashes % WIDTH)
        level += 1


def tiles_of_size(size: int) -> Iterator[Tile]:
    """Yield every tile and every bundle that a tree of this size has, bundles after tiles of level 0."""
    for level in range(MAX_LEVEL + 1):
        hashes = size >> (HEIGHT * level)
        for first in range(0, hashes, WIDTH):
            tile = Tile(level, first // WIDTH, min(WIDTH, hashes - first))
            yield tile
            if level == 0:
                yield Tile(None, tile.index, tile.width)


def parse_tile(data: bytes, tile: Tile) -> tuple[bytes, ...]:
    """Return the hashes of a tile. Raises LogError L2.2 for another length."""
    if len(data) != tile.width * HASH_BYTES:
        raise LogError(
            "L2.2",
            found=f"{len(data)} bytes",
            expected=f"{tile.width * HASH_BYTES} bytes",
            place=at(tile.path),
        )
    return tuple(data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES))


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return a bundle: each entry after its length, two bytes big-endian.

    Raises LogError L2.7 for a long entry.
    """
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise LogError(
                "L2.7", found=f"{len(entry)} bytes", expected=f"at most {MAX_ENTRY} bytes", hint="large_entry"
            )
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def parse_bundle(data: bytes, tile: Tile) -> tuple[bytes, ...]:
    """Return the entries of a bundle: exactly `tile.width`, and nothing after them. Raises LogError L2.5."""
    entries: list[bytes] = []
    position = 0
    while position < len(data) and len(entries) < tile.width:
        end = position + 2 + int.from_bytes(data[position : position + 2], "big")
        if end > len(data) or position + 2 > len(data):
            raise LogError(
                "L2.5", found=f"end at {len(data)}", expected=f"entry to {end}", place=at(tile.path)
            )
        entries.append(data[position + 2 : end])
        position = end
    if len(entries) != tile.width or position != len(data):
        raise LogError(
            "L2.5",
            found=f"{len(entries)} entries, {len(data) - position} bytes more",
            expected=f"{tile.width} entries",
            place=at(tile.path),
        )
    return tuple(entries)


class Edge:
    """The right edge of a tree: the hashes of its partial tiles, which is all that growing needs.

    Not frozen: a million leaves are appended to it in place. `hashes[level]` are those of the partial tile.
    """

    def __init__(self, hashes: Sequence[Sequence[bytes]] = (), size: int = 0) -> None:
        self.hashes = [list(level) for level in hashes]
        self.size = size

    def append(self, leaf: bytes) -> list[tuple[Tile, bytes]]:
        """Add a leaf hash and return the tiles that it fills, with their bytes, lowest level first."""
        full: list[tuple[Tile, bytes]] = []
        node, level = leaf, 0
        self.size += 1
        while True:
            if level == len(self.hashes):
                self.hashes.append([])
            row = self.hashes[level]
            row.append(node)
            if len(row) < WIDTH:
                return full
            full.append((Tile(level, (self.size >> (HEIGHT * (level + 1))) - 1), b"".join(row)))
            node = complete_root(row)
            row.clear()
            level += 1

    def partial(self) -> list[tuple[Tile, bytes]]:
        """Return the partial tiles of the tree as it is, with their bytes, lowest level first."""
        return [(tile, b"".join(self.hashes[tile.level or 0])) for tile in edge_tiles(self.size)]

    def root(self) -> bytes:
        """Return the root; of no leaves it is `EMPTY_ROOT`."""
        root: bytes | None = None
        for row in self.hashes:
            root = fold_right(row, root)
        return EMPTY_ROOT if root is None else root
