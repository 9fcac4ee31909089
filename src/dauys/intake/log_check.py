"""Whether what came is the log of a device, and where it ends (`spec/intake.md` §4, 3 and 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final, Literal

from dauys.intake.faults import IntakeError
from dauys.record.entries import is_ballot, parse_entry
from dauys.record.faults import LogError
from dauys.record.reader import LogReader
from dauys.record.tiles import Tile

Ending = Literal["open", "batch", "seal"]
_ENDINGS: Final[dict[str, Ending]] = {"open": "open", "batch": "batch", "close": "seal"}


def check_log(reader: LogReader, tiles: Iterable[Tile]) -> Ending:
    """Return how a log ends, every tile and entry of it having been read under its root.

    Raises IntakeError U1.8 for a tile or entry of another tree, U1.9 where it does not end at `open`,
    `batch` or `close`, U1.10 where something stands after `close`.
    """
    try:
        for tile in tiles:
            if tile.level is not None:
                reader.tile(tile.level, tile.index)
        return _ending(reader)
    except LogError as error:
        problem = error.problem
        found = f"{error.code}: {problem.found}"
        raise IntakeError("U1.8", found=found, expected=problem.expected, place=problem.place) from error


def _ending(reader: LogReader) -> Ending:
    last = ""
    for index, data in reader.entries():
        if last == "close":
            raise IntakeError("U1.10", found=f"entry {index}", expected="close, the last entry")
        # Only the kind: whether an entry has its form, and stands in order, is the verifier's to say.
        last = "ballot" if is_ballot(data) else _kind(data, index)
    if last not in _ENDINGS:
        raise IntakeError("U1.9", found=last, expected="open, a batch or close, the last entry")
    return _ENDINGS[last]


def _kind(data: bytes, index: int) -> str:
    try:
        return parse_entry(data, index, "device").kind
    except LogError:
        return "an entry without its form"


def distinct_ballots(reader: LogReader) -> int:
    """Return how many different ballots a log holds; a byte-identical repeat is one. Raises LogError."""
    return len(set(_digests(reader)))


def _digests(reader: LogReader) -> Iterator[bytes]:
    for _, data in reader.entries():
        if is_ballot(data):
            yield sha256(data).digest()
