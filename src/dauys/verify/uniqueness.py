"""What must be unique over a whole vote: cards, card names and the points `R` (`spec/cards.md` §5, C3–C5).

A country's ballots do not fit into memory, so each becomes a short record, records are sorted in runs on
disk, and the runs are read together once, in order. Memory is flat but for records that share one key.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from pathlib import Path
from typing import Final

from dauys import _core

#: `s₁ ‖ device number ‖ index ‖ first half of H(ballot)`.
CARD_WIDTH: Final = 60
#: `R ‖ device number ‖ index`.
POINT_WIDTH: Final = 44
NAME_BITS: Final = 60
_S1: Final = 16
_R: Final = 32
_KIND_SHIFT: Final = 56
#: Bytes that wait in memory before they become a run.
MEMORY: Final = 1 << 25
_CHUNK_RECORDS: Final = 1 << 14


class Kind(IntEnum):
    """How a card ended."""

    BALLOT = 0
    CHALLENGE = 1
    ENDED = 2


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in the logs of a vote: the number of a device, the index of an entry, and what it is."""

    device: int
    index: int
    kind: Kind


def tag(kind: Kind, index: int) -> int:
    """Return what stands for an entry in a record: its index, and above it its kind."""
    return kind << _KIND_SHIFT | index


def card_record(s1: bytes, device: int, kind: Kind, index: int, digest: bytes) -> bytes:
    """Return the record of a card that ended in no ballot; those of ballots are made by the core."""
    return s1 + device.to_bytes(4, "big") + tag(kind, index).to_bytes(8, "big") + digest[:32]


def point_record(point: bytes, device: int, kind: Kind, index: int) -> bytes:
    """Return the record of the `R` of an opened challenge."""
    return point + device.to_bytes(4, "big") + tag(kind, index).to_bytes(8, "big")


class Records:
    """Records of one width. They are added in any order and read once, in ascending order of their bytes."""

    def __init__(self, width: int, folder: Path, name: str, memory: int = MEMORY) -> None:
        self.width, self._folder, self._name, self._memory = width, folder, name, memory
        self._waiting: list[bytes] = []
        self._bytes = 0
        self._runs: list[Path] = []

    def add(self, block: bytes) -> None:
        """Take a block of whole records."""
        if len(block) % self.width:
            raise ValueError(f"{len(block)} bytes are no whole records of {self.width}")
        self._waiting.append(block)
        self._bytes += len(block)
        if self._bytes >= self._memory:
            path = self._folder / f"{self._name}-{len(self._runs)}"
            path.write_bytes(self._sorted())
            self._runs.append(path)

    def in_order(self) -> Iterator[bytes]:
        """Yield blocks of records that ascend, within a block and from one to the next."""
        rest = self._sorted()
        if not self._runs:
            if rest:
                yield rest
            return
        sources: list[Iterator[bytes]] = [_chunks(path, self.width) for path in self._runs]
        yield from merged([*sources, iter([rest] if rest else [])], self.width)

    def sharing(self, bits: int) -> Iterator[list[bytes]]:
        """Yield the groups of two and more records that agree in their first `bits` bits, ascending."""
        held = b""
        for block in self.in_order():
            # A group may go on in the next block: what agrees with the last record waits for it.
            joined = held + block
            cut = self._last_group(joined, bits)
            held = joined[cut:]
            yield from self._groups(joined[:cut], bits)
        yield from self._groups(held, bits)

    def remove(self) -> None:
        """Remove the runs from the disk."""
        for path in self._runs:
            path.unlink()
        self._runs = []

    def _groups(self, block: bytes, bits: int) -> Iterator[list[bytes]]:
        shared = _core.sharing_records(block, self.width, bits)
        for _, group in groupby(_cut(shared, self.width), lambda record: _key(record, bits)):
            yield list(group)

    def _last_group(self, block: bytes, bits: int) -> int:
        """Return where the records begin that agree with the last one."""
        count = len(block) // self.width
        key = _key(block[-self.width :], bits)
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            if _key(block[middle * self.width : (middle + 1) * self.width], bits) < key:
                low = middle + 1
            else:
                high = middle
        return low * self.width

    def _sorted(self) -> bytes:
        block = _core.sort_records(b"".join(self._waiting), self.width)
        self._waiting, self._bytes = [], 0
        return block


def _chunks(path: Path, width: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(width * _CHUNK_RECORDS):
            yield chunk


def merged(sources: list[Iterator[bytes]], width: int) -> Iterator[bytes]:
    """Yield blocks in order from sources whose blocks are each in order."""
    heads = {place: block for place, source in enumerate(sources) if (block := next(source, None))}
    while heads:
        # Below the smallest last record nothing can come any more that is not here.
        limit = min(block[-width:] for block in heads.values())
        ready: list[bytes] = []
        for place, block in list(heads.items()):
            cut = _below(block, width, limit)
            ready.append(block[:cut])
            rest: bytes | None = block[cut:] or next(sources[place], None)
            if rest:
                heads[place] = rest
            else:
                del heads[place]
        yield _core.sort_records(b"".join(ready), width)


def _below(block: bytes, width: int, limit: bytes) -> int:
    """Return where the records end that are not above `limit`."""
    places = range(len(block) // width)
    return width * bisect_right(places, limit, key=lambda at: block[at * width : (at + 1) * width])


def _cut(block: bytes, width: int) -> Iterable[bytes]:
    return (block[at : at + width] for at in range(0, len(block), width))


def _key(record: bytes, bits: int) -> int:
    return int.from_bytes(record[: -(-bits // 8)], "big") >> (-bits % 8)


def _spot(record: bytes, at: int) -> Spot:
    tagged = int.from_bytes(record[at + 4 : at + 12], "big")
    index = tagged & ((1 << _KIND_SHIFT) - 1)
    return Spot(int.from_bytes(record[at : at + 4], "big"), index, Kind(tagged >> _KIND_SHIFT))


@dataclass(frozen=True, slots=True)
class CardClash:
    """A card that ended more than once (C3); `copies` are byte-identical repeats beyond the first.

    Where all endings are one and the same ballot, it counts once; else `excluded` are its ballots.
    """

    s1: bytes
    spots: tuple[Spot, ...]
    excluded: tuple[Spot, ...]
    copies: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class NameClash:
    """Cards of one vote with the same name (C5): a place of each."""

    s1: bytes
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class PointClash:
    """Ballots, and challenges, with the same `R` (C4), and those that are excluded for it."""

    point: bytes
    spots: tuple[Spot, ...]
    excluded: tuple[Spot, ...]


def judge_cards(cards: Records) -> Iterator[CardClash | NameClash]:
    """Yield what is wrong with the cards of a vote. **Source:** cards.md §5, C3 and C5."""
    for group in cards.sharing(NAME_BITS):
        owners: dict[tuple[bytes, int], list[bytes]] = {}
        for record in group:
            owners.setdefault((record[:_S1], _spot(record, _S1).device), []).append(record)
        for (s1, _), records in owners.items():
            if len(records) > 1:
                yield _card_clash(s1, records)
        if len(owners) > 1:
            yield NameClash(group[0][:_S1], tuple(_spot(rows[0], _S1) for rows in owners.values()))


def _card_clash(s1: bytes, records: list[bytes]) -> CardClash:
    spots = sorted(_spot(record, _S1) for record in records)
    ballots = tuple(spot for spot in spots if spot.kind is Kind.BALLOT)
    one = len({record[-32:] for record in records}) == 1 and len(ballots) == len(spots)
    copies = ballots[1:] if one else ()
    return CardClash(s1, tuple(spots), () if one else ballots, copies)


def judge_points(
    points: Records, waves: Mapping[int, int], copies: frozenset[tuple[int, int]] | set[tuple[int, int]]
) -> Iterator[PointClash]:
    """Yield what shares an `R`. `waves`: the wave of a device, by number; one in none comes after all.

    Of those that share it, a ballot is excluded unless every other one is of a later wave: a sum once made
    is never changed. `copies` are byte-identical repeats, which are no second ballot.
    **Source:** cards.md §5, C4.
    """
    last = max(waves.values(), default=0) + 1
    for group in points.sharing(8 * _R):
        spots = sorted(_spot(record, _R) for record in group)
        spots = [spot for spot in spots if (spot.device, spot.index) not in copies]
        if len(spots) < 2:
            continue
        order = sorted(waves.get(spot.device, last) for spot in spots)
        # Alone in the first wave: all others came later.
        alone = order[0] if order[0] < order[1] else None
        excluded = tuple(
            spot for spot in spots if spot.kind is Kind.BALLOT and waves.get(spot.device, last) != alone
        )
        yield PointClash(group[0][:_R], tuple(spots), excluded)
