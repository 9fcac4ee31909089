"""The station whose power is cut: the device of the tests, each medium on a volume of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "station"))
from small_device import (
    DEVICE,
    PASSWORD,
    STATION,
    STYLE,
    VOTE,
    choice,
    election,
    letters,
    open_fields,
    secret,
)

from dauys import _core
from dauys.station.device import Device
from dauys.station.keeping.folders import Facts, Media, Opened, make_media, open_media
from dauys.station.keeping.secrets import DeviceKeys, start_keys, stick_mark, write_stick
from dauys.station.session import Booths

__all__ = ["PASSWORD", "STYLE", "Station", "choice", "letters", "station_in"]
CARDS = 4000
VOLUMES = ("first", "second", "outbox")


@cache
def _hashes() -> tuple[bytes, ...]:
    return tuple(_core.card_of(VOTE, DEVICE, secret(number))[1] for number in range(CARDS))


@cache
def _device(keys: DeviceKeys) -> Device:
    return Device(VOTE, STATION, DEVICE, election(), tuple(sorted(_hashes())), keys)


@dataclass(frozen=True)
class Station:
    """Folders of the two media, of the stick that exports go to, and of the key stick."""

    first: Path
    second: Path
    outbox: Path
    stick: Path
    cards: int = CARDS

    def hash(self, number: int) -> bytes:
        return _hashes()[number]

    @property
    def media(self) -> Media:
        return Media(self.first, self.second)

    def make(self) -> None:
        for folder in (self.first, self.second, self.stick):
            folder.mkdir(parents=True, exist_ok=True)
        stick, salt = write_stick(self.stick, os.urandom), os.urandom(16)
        origin = f"test.example/{VOTE}/device/{DEVICE}"
        facts = Facts(DEVICE, "00" * 32, origin, salt.hex(), STATION, stick_mark(stick), VOTE)
        keys = DeviceKeys(os.urandom(32), os.urandom(32))
        make_media(self.media, facts, keys, start_keys(PASSWORD, stick, salt, VOTE, DEVICE), os.urandom)
        with self.open() as opened:
            opened.log.open(open_fields(_device(keys)))

    @contextmanager
    def open(self) -> Iterator[Opened]:
        with open_media(self.media, self.stick, PASSWORD, os.urandom) as opened:
            yield opened

    def booths(self, opened: Opened, kind: type[Booths], glass: object) -> Booths:
        """Booths that everybody may enter: the desk is not what is tested here."""
        return kind(_device(opened.keys), opened.journal, lambda: 10**9, opened.log.tree, lambda _: glass)


def station_in(folder: Path) -> Station:
    """The station whose media are the volumes in a folder."""
    return Station(*(folder / name / "station" for name in VOLUMES), folder / "stick")
