"""A day of the canary station on two volumes, and what is on their raw images before and after close."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "powercut"))
from canary_marks import Mark
from canary_station import CanaryStation, readings
from clock_marks import Moment, moments
from disk_image import Found, Image, take_image
from wash import write_over_journal

from dauys.station.drive.volume import Volume
from dauys.station.keeping.sealing import close, destroy

MEGABYTES = 48
_PLAN = ("cast", "reject", "challenge", "cast", "abandon", "cast", "leave", "cast")


@dataclass(frozen=True)
class Night:
    """The images of both media, in the middle of the day and after the keys were destroyed.

    `batch`: the ballots that a reading has published before. `sealed_pages`: pages of databases and records,
    encrypted as they were before they were destroyed.
    """

    station: CanaryStation
    before: tuple[Image, ...]
    after: tuple[Image, ...]
    sealed_pages: tuple[Mark, ...]
    begin: float
    end: float
    batch: frozenset[bytes]

    def told_times(self, images: Sequence[Image]) -> int:
        """Of how many decisions the file systems themselves tell the moment."""
        written = sorted(set().union(*(image.written() for image in images)))
        return sum(any(a <= one <= b for one in written) for a, b in self.station.calls)

    def search(self, images: Sequence[Image], marks: Sequence[Mark]) -> list[Found]:
        return [found for image in images for found in image.search(marks)]

    def moments(self, images: Sequence[Image]) -> list[Moment]:
        return [moment for image in images for moment in moments(image, self.begin, self.end)]


def day(
    folder: Path,
    sessions: int = 86,
    plant: Callable[[CanaryStation], None] | None = None,
    *,
    most: int = 10**6,
    washed: bool = False,
) -> Night:
    """Make the station, vote, read, cut, start again, close, seal, destroy; return the images.

    `plant`: what a station that is built wrong does in the middle of the day. `most`: how many choices of a
    kind are looked for. `washed`: the journals of the file systems are written over at the end.
    """
    with _mounted(folder) as (station, volumes):
        station.most = most
        begin = time.time()
        station.make()
        batch, log = _vote(station, sessions)
        if plant is not None:
            plant(station)
        before = tuple(take_image(one.image, folder / f"{one.folder.name}-before.img") for one in volumes)
        end = time.time()
        log += _close(station)
        pages = (*log, *_pages(station))
        for medium in (station.first, station.second):
            destroy(medium, station.random)
        for volume in volumes:
            volume.unmount()
            if washed:
                write_over_journal(volume.image, volume.folder, 12 << 20)
        after = tuple(take_image(one.image, folder / f"{one.folder.name}-after.img") for one in volumes)
    return Night(station, before, after, pages, begin, end, batch)


@contextmanager
def _mounted(folder: Path) -> Iterator[tuple[CanaryStation, list[Volume]]]:
    volumes = [Volume(folder / f"{name}.img", folder / name) for name in ("first", "second")]
    try:
        for volume in volumes:
            volume.make(MEGABYTES)
        places = [volume.folder / "station" for volume in volumes]
        yield CanaryStation(*places, folder / "stick"), volumes
    finally:
        for volume in volumes:
            volume.unmount()


def _vote(station: CanaryStation, sessions: int) -> tuple[frozenset[bytes], tuple[Mark, ...]]:
    """Vote, with a reading and a restart in between; the last two voters are still in their booths."""
    with station.open() as opened:
        booths = station.booths(opened)
        for at in range(sessions):
            station.vote(booths, _PLAN[at % len(_PLAN)] if at < 16 else "cast")
        station.check_in()
        readings(opened, "first")
        batch = frozenset(one.ballot for one in opened.journal.in_batch(0))
        log = _pages(station)
    with station.open() as opened:
        booths = station.booths(opened)
        for how in ("cast", "cast", "wait", "slips"):
            station.vote(booths, how)
        log += _pages(station)
    return batch, log


def _close(station: CanaryStation) -> tuple[Mark, ...]:
    with station.open() as opened:
        close(opened.journal, opened.log, station.close_fields(opened))
        return _pages(station)


def _pages(station: CanaryStation) -> tuple[Mark, ...]:
    """Pieces of all secret files as they are now: what is encrypted, and the frames of write-ahead logs."""
    found = []
    for folder in (station.first, station.second):
        for path in sorted(folder.glob("*.db*")) + sorted(folder.glob("*.records")):
            data = path.read_bytes()
            step, begin = (32 * _FRAME, 32) if path.name.endswith("-wal") else (8192, 64)
            pieces = ((at, data[at : at + 24]) for at in range(begin, len(data) - 24, step))
            found += [Mark(path.name, f"byte {at}", one) for at, one in pieces if len(set(one)) > 8]
    return tuple(found)


#: A frame of a write-ahead log: a head of 24 bytes that is not encrypted, then a page.
_FRAME = 24 + 4096
