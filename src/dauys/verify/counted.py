"""The counted ballots of all devices: how many, their sums, and the set `S` of a unit and contest.

Hashes of ballots lie in one file, each device's in order, and are read in order again; sums are a few points
a device. **Source:** record.md §5, trustees.md §5.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dauys._core import add_sums
from dauys.crypto.ballots import BallotElection, SumTuple
from dauys.crypto.tally_files import VerifiedSum
from dauys.verify.uniqueness import Records, merged

#: `style ‖ H(ballot)`.
COUNTED_WIDTH: Final = 68
_STYLE: Final = 4
_HASH: Final = 64
#: Hashes that are in memory together.
_TOGETHER: Final = 1 << 17


@dataclass(frozen=True, slots=True)
class Run:
    """Where the hashes of one device and style lie in the file: offset and number of records."""

    offset: int
    count: int


class CountedFile:
    """The hashes of counted ballots on disk. Not frozen: devices are added one after another."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / "counted"
        self._path.write_bytes(b"")
        self._end = 0
        self._runs: dict[int, dict[int, Run]] = {}

    def remove(self) -> None:
        """Remove the file."""
        self._path.unlink(missing_ok=True)

    def add(self, device: int, blocks: Iterable[bytes]) -> None:
        """Take the records of a device, in any order."""
        records = Records(COUNTED_WIDTH, self._folder, f"counted-{device}")
        for block in blocks:
            records.add(block)
        self._write(device, records.in_order())
        records.remove()

    def drop(self, device: int, records: Sequence[bytes]) -> None:
        """Take records out again, each as often as it stands there."""
        dropped = Counter(records)
        runs = self._runs.get(device, {}).values()
        self._write(
            device, (_without(block, dropped) for run in runs for block in self._blocks(run, _TOGETHER))
        )

    def _write(self, device: int, blocks: Iterable[bytes]) -> None:
        start = self._end
        styles: dict[int, int] = {}
        for block in blocks:
            with self._path.open("ab") as file:
                file.write(block)
            self._end += len(block)
            for style, count in _styles(block):
                styles[style] = styles.get(style, 0) + count
        self._runs[device] = dict(_runs(start, styles))

    def ballots(self, device: int, styles: Iterable[int]) -> int:
        """Return how many counted ballots of these styles a device has."""
        runs = self._runs.get(device, {})
        return sum(runs[style].count for style in styles if style in runs)

    def hashes(self, devices: Iterable[int], styles: Sequence[int]) -> Iterator[bytes]:
        """Yield the hashes of counted ballots of these styles, joined, in ascending order."""
        own = [self._runs.get(device, {}) for device in devices]
        runs = [of[style] for of in own for style in styles if style in of]
        if len(runs) == 1:
            return self._pieces(runs[0], _TOGETHER)
        piece = max(_TOGETHER // max(1, len(runs)), 256)
        return merged([self._pieces(run, piece) for run in runs], _HASH)

    def _blocks(self, run: Run, piece: int) -> Iterator[bytes]:
        for first in range(0, run.count, piece):
            # Opened for each piece: a unit of thousands of devices must not hold as many files.
            with self._path.open("rb") as file:
                file.seek(run.offset + first * COUNTED_WIDTH)
                data = file.read(min(piece, run.count - first) * COUNTED_WIDTH)
            yield data

    def _pieces(self, run: Run, piece: int) -> Iterator[bytes]:
        for data in self._blocks(run, piece):
            yield b"".join(
                data[at + _STYLE : at + COUNTED_WIDTH] for at in range(0, len(data), COUNTED_WIDTH)
            )


def _without(block: bytes, dropped: Counter[bytes]) -> bytes:
    kept = []
    for at in range(0, len(block), COUNTED_WIDTH):
        record = block[at : at + COUNTED_WIDTH]
        if dropped[record] > 0:
            dropped[record] -= 1
        else:
            kept.append(record)
    return b"".join(kept)


def _styles(block: bytes) -> Iterator[tuple[int, int]]:
    """Yield the styles of sorted records, and how many have each."""
    places = range(len(block) // COUNTED_WIDTH)

    def style(at: int) -> int:
        return int.from_bytes(block[at * COUNTED_WIDTH : at * COUNTED_WIDTH + _STYLE], "big")

    at = 0
    while at < len(places):
        end = bisect_left(places, style(at) + 1, lo=at, key=style)
        yield style(at), end - at
        at = end


def _runs(start: int, styles: Mapping[int, int]) -> Iterator[tuple[int, Run]]:
    for style, count in sorted(styles.items()):
        yield style, Run(start, count)
        start += count * COUNTED_WIDTH


def set_hash_of(root: bytes, unit: str, contest: str, count: int, hashes: Iterable[bytes]) -> bytes:
    """Return `S` over `count` hashes that come joined and in order; memory does not grow with them."""
    parts = (b"dauys/v1/set", root, unit.encode(), contest.encode())
    state = hashlib.sha512((3 + count).to_bytes(8, "little"))
    for part in parts:
        state.update(len(part).to_bytes(8, "little") + part)
    length = _HASH.to_bytes(8, "little")
    for block in hashes:
        state.update(b"".join(length + block[at : at + _HASH] for at in range(0, len(block), _HASH)))
    return state.digest()


@dataclass(frozen=True, slots=True)
class DeviceCount:
    """What is known of one device after everything was looked at.

    `sealed`: its log is there and ends with its seal. `counts`: and no decision leaves it out. `excluded`:
    index of a ballot that is not counted, and the check that says so. `open`, `close`: the fields of these
    entries.
    """

    number: int
    vote: str
    device: str
    station: str
    sealed: bool
    counts: bool
    size: int | None
    root: bytes | None
    ballots: int
    open: Mapping[str, Any] | None
    close: Mapping[str, Any] | None
    outsiders: tuple[str, ...]
    excluded: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """The counted ballots of all votes: devices by vote and id, sums by number of the device and
    place of the contest, where they are over any ballot.

    `elections`: by vote, None where the root cannot be used. `whole` is false where devices were left out of
    this run, as with `--station`: then uniqueness over the vote was not looked at.
    """

    devices: Mapping[tuple[str, str], DeviceCount]
    elections: Mapping[str, BallotElection | None]
    sums: Mapping[int, Mapping[int, SumTuple]]
    file: CountedFile
    whole: bool = True

    def ballots(self, vote: str, device: str, contest: str) -> int:
        """Return how many counted ballots of a device hold a contest; 0 for a device that is not counted."""
        one, election = self.devices.get((vote, device)), self.elections.get(vote)
        if one is None or not one.counts or election is None:
            return 0
        return self.file.ballots(one.number, _holding(election, contest))

    def sums_of(self, vote: str, unit: str, devices: Iterable[str], contest: str) -> VerifiedSum | None:
        """Return `S`, the number of ballots, `A` and `E` of a unit and contest over these devices.

        None where the vote has no such contest, or a device is not counted.
        """
        election = self.elections.get(vote)
        own = [self.devices.get((vote, device)) for device in devices]
        if election is None or contest not in {c.id for c in election.contests}:
            return None
        numbers = [one.number for one in own if one is not None and one.counts]
        if len(numbers) != len(own):
            return None
        styles = _holding(election, contest)
        count, a, e = self._sum([c.id for c in election.contests].index(contest), election, numbers)
        signed = set_hash_of(election.root, unit, contest, count, self.file.hashes(numbers, styles))
        return VerifiedSum(unit, contest, signed, count, a, tuple(e))

    def _sum(self, place: int, election: BallotElection, numbers: Sequence[int]) -> SumTuple:
        parts = [self.sums[number][place] for number in numbers if place in self.sums[number]]
        if parts:
            return parts[0] if len(parts) == 1 else add_sums(parts)
        return 0, bytes(32), [bytes(32)] * election.contests[place].options

    def close(self) -> None:
        """Remove the file of hashes; sets cannot be computed after that."""
        self.file.remove()


def _holding(election: BallotElection, contest: str) -> list[int]:
    """Return the places of the styles that hold a contest."""
    ids = [one.id for one in election.contests]
    return [
        place
        for place, style in enumerate(election.styles)
        if contest in {ids[own] for own in style.contests}
    ]
