"""A new second medium in the place of a lost one, and what a cut left of destroyed ones.

**Source:** spec/station.md §4, §8; spec/day.md §6.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from dauys.station.day.book import FOLDER, read_book
from dauys.station.desk import folders as desk
from dauys.station.faults import StationError, at
from dauys.station.keeping.folders import FACTS, RECORDS, SEALED, Media, read_facts, unlock, write_durably
from dauys.station.keeping.records import RecordFile
from dauys.station.keeping.sealing import destroy
from dauys.station.keeping.secrets import Random
from dauys.station.setup import INSTALLATION, KIT

_OURS: Final = (FACTS, SEALED, RECORDS, desk.RECORDS)


def replace_second(media: Media, stick: Path, password: str, random: Random) -> None:
    """Make `media.second`, an empty folder, a second medium; the next start fills it from the first.

    The device must not be at work, and its members must have minuted that they went on with one medium: a
    start takes a medium that lacks more than one row for a stale one otherwise. `station.json` comes last.
    Raises StationError J1.1, J1.3, J1.8 as any start does, J1.5 where a station is there already.
    """
    media.check()
    if media.second is None:
        raise StationError("J1.3", found="no second medium", expected="an empty folder")
    _require_new(media.second)
    facts = read_facts(media.first)
    start, _ = unlock(media.first, facts, stick, password)
    for name in (SEALED, KIT, INSTALLATION):
        if (media.first / name).exists():
            write_durably(media.second / name, (media.first / name).read_bytes())
    RecordFile(media.second / RECORDS, start.records, random).make()
    if (media.first / desk.DATABASE).exists():
        RecordFile(media.second / desk.RECORDS, start.desk, random).make()
    if (media.first / FOLDER).is_dir():
        shutil.copytree(media.first / FOLDER, media.second / FOLDER, dirs_exist_ok=True)
    write_durably(media.second / FACTS, facts.encode())


def _require_new(folder: Path) -> None:
    """Raise StationError J1.5 where a station is; what a replacing that was cut left is taken away.

    A medium at work has `station.json`, and records that are not empty.
    """
    left = [folder / name for name in _OURS if (folder / name).exists()]
    if any(path.name == FACTS or (path.name != SEALED and path.stat().st_size) for path in left):
        raise StationError("J1.5", found="a station", expected="an empty folder", place=at(folder))
    for path in left:
        path.unlink()


def finish_destroying(media: Media, random: Random) -> list[str]:
    """Destroy what a cut, or a medium that failed, left of a day whose keys members were destroying.

    Only where that is minuted and the keys of the first medium are gone: a lost file alone destroys nothing.
    Returns the names of files. Raises StationError J1.3, J1.5 as any start does.
    """
    media.check()
    if (media.first / SEALED).exists() or read_book(media.folders).minuted("destroyed") is None:
        return []
    facts = read_facts(media.first)
    if media.second is not None and read_facts(media.second) != facts:
        raise StationError("J1.5", found="another device", expected=facts.device, place=at(media.second))
    return [name for folder in media.folders for name in destroy(folder, random)]
