"""Reading a log: every tile and entry is checked against the root before anybody sees it (`spec/log.md` §5).

Memory does not grow with the log: the right edge and a few tiles are held.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from dauys._core import bundle_entries
from dauys.record.faults import LogError, MissingFileError, at
from dauys.record.merkle import (
    HASH_BYTES,
    complete_root,
    consistency_chain,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
)
from dauys.record.sources import Source
from dauys.record.tiles import (
    HEIGHT,
    MAX_BUNDLE,
    WIDTH,
    Edge,
    Tile,
    edge_tiles,
    encode_bundle,
    parse_bundle,
    parse_tile,
    tile_of,
)

#: Full tiles that are kept; reading in order needs one a level.
KEPT_TILES = 32


class LogReader:
    """A tree of `size` leaves under `root`, read from tiles that are believed only where they hash to it."""

    def __init__(self, source: Source, size: int, root: bytes) -> None:
        """Read the right edge. Raises LogError L2.3 where it does not hash to `root`."""
        self.size, self.root = size, root
        self._source = source
        self._kept: OrderedDict[tuple[int, int], tuple[bytes, ...]] = OrderedDict()
        self._edge = {
            tile.level: parse_tile(self._read(tile, WIDTH * HASH_BYTES), tile) for tile in edge_tiles(size)
        }
        found = self.edge().root()
        if found != root:
            raise LogError("L2.3", found=found.hex(), expected=root.hex(), size=size)

    def edge(self) -> Edge:
        """Return a copy of the right edge, from which the tree can grow."""
        levels = max((level or 0 for level in self._edge), default=-1) + 1
        return Edge([self._edge.get(level, ()) for level in range(levels)], self.size)

    def tile(self, level: int, index: int) -> tuple[bytes, ...]:
        """Return the hashes of a tile that belongs to the tree. Raises LogError L2.2, L2.4 or L7.x."""
        wanted = tile_of(level, index, self.size)
        if wanted.width < WIDTH:
            return self._edge[level]
        key = (level, index)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        hashes = parse_tile(self._read(wanted, WIDTH * HASH_BYTES), wanted)
        # The edge is under the root, and so is every tile whose root stands in a tile that is.
        expected = self.tile(level + 1, index // WIDTH)[index % WIDTH]
        if complete_root(hashes) != expected:
            raise LogError(
                "L2.4", found=complete_root(hashes).hex(), expected=expected.hex(), place=at(wanted.path)
            )
        self._kept[key] = hashes
        if len(self._kept) > KEPT_TILES:
            self._kept.popitem(last=False)
        return hashes

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree."""
        start = index << (level % HEIGHT)
        hashes = self.tile(level // HEIGHT, start // WIDTH)
        return complete_root(hashes[start % WIDTH : start % WIDTH + (1 << (level % HEIGHT))])

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """Return the proof that leads from a leaf to the root of this tree."""
        return inclusion_proof(index, self.size, self.node)

    def consistency_proof(self, old_size: int) -> tuple[bytes, ...]:
        """Return the proof from the tree of the first `old_size` leaves to this one."""
        return consistency_proof(old_size, self.size, self.node)

    def consistency_chain(self, old_size: int) -> tuple[bytes, ...]:
        """Return the same with its first hash always there: it shows what the old root would have to be."""
        return consistency_chain(old_size, self.size, self.node)

    def bundle(self, index: int) -> tuple[bytes, ...]:
        """Return the entries of bundle `index`. Raises LogError L2.5, L2.6 or L7.x."""
        width = tile_of(0, index, self.size).width
        bundle = Tile(None, index, width)
        data = self._read(bundle, MAX_BUNDLE)
        whole = bundle_entries(data, width, b"".join(self.tile(0, index)))
        if whole is not None:
            return tuple(whole)
        # Something does not fit: taken apart again, slowly, to say what.
        entries = parse_bundle(data, bundle)
        for place, (entry, leaf) in enumerate(zip(entries, self.tile(0, index), strict=True)):
            if leaf_hash(entry) != leaf:
                raise LogError(
                    "L2.6",
                    found=leaf_hash(entry).hex(),
                    expected=leaf.hex(),
                    place=at(bundle.path),
                    index=index * WIDTH + place,
                )
        return entries

    def tile_bytes(self, tile: Tile) -> bytes:
        """Return a tile or bundle as it was checked: what is passed on. Raises LogError as both."""
        if tile.level is None:
            return encode_bundle(self.bundle(tile.index))
        return b"".join(self.tile(tile.level, tile.index))

    def entry(self, index: int) -> bytes:
        """Return one entry. Raises LogError L1.3 where the tree has no such leaf."""
        if not 0 <= index < self.size:
            raise LogError("L1.3", found=index, expected=f"0…{self.size - 1}")
        return self.bundle(index // WIDTH)[index % WIDTH]

    def entries(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield `(index, entry)` from `start` to the end, each checked before it is given out."""
        for bundle in range(start // WIDTH, -(-self.size // WIDTH)):
            for place, entry in enumerate(self.bundle(bundle)):
                index = bundle * WIDTH + place
                if index >= start:
                    yield index, entry

    def _read(self, tile: Tile, limit: int) -> bytes:
        if tile.width == WIDTH:
            return self._source.read(tile.path, limit)
        try:
            return self._source.read(tile.path, limit)
        except MissingFileError:
            # A log may drop a partial tile once the full one is there, which begins with the same bytes.
            return self._head(self._source.read(tile.full.path, limit), tile)

    @staticmethod
    def _head(data: bytes, tile: Tile) -> bytes:
        if tile.level is None:
            # Checked as a whole below: a full bundle is cut after the entries that are wanted.
            end = 0
            for _ in range(tile.width):
                end += 2 + int.from_bytes(data[end : end + 2], "big")
            return data[:end]
        return data[: tile.width * HASH_BYTES]
