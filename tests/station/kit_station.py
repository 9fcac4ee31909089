"""A station of a simulated record: its kit, media in a folder, simulated printers, a clock that is set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dauys import _core
from dauys.record.book import open_record
from dauys.simulate.parties import Parties
from dauys.simulate.record import simulate_record
from dauys.simulate.record_vote import VotePlay
from dauys.simulate.scene import scene_of_seed
from dauys.simulate.voters import make_extract
from dauys.station.keeping.closing import CardCount
from dauys.station.keeping.folders import Media
from dauys.station.printer.simulated import SimulatedPrinter
from dauys.station.program import Clocks, Fitted, Station, open_station
from dauys.station.setup import Installed, install
from dauys.verify.kit_make import Order, make_kit

SEED, STATION, VOTE, DEVICE = 5, "0002", "simulation/1/0", "0002-m1"
PEOPLE = ("Омарова Қ.", "Ким Т.")
DAY = "2004-09-19T{}:00+06:00"


@dataclass
class Made:
    """A record with the kit of one of its stations, and the cards that lie there."""

    folder: Path
    scene: object
    kit: Path
    key: bytes
    cards: tuple[str, ...]


def make(folder: Path) -> Made:
    """Play a small record and make the kit of a station out of it."""
    scene = scene_of_seed(2, 40, SEED)
    simulated = simulate_record(folder / "out", scene, SEED)
    home = next(one for one in scene.election.stations if one.id == STATION)
    extract = make_extract(scene.election, home, VOTE, SEED).encode()
    commission = Parties(scene.election.id, SEED).commission("centre")
    (folder / "work").mkdir()
    with open_record(str(simulated.record)) as record:
        order = Order(vote=VOTE, station=STATION, extract=extract)
        made = make_kit(record, order, commission.public(), commission.sign, folder / "work")
    kit = folder / "kit.zip"
    kit.write_bytes(made.data)
    play = VotePlay(None, scene, None, SEED, 1, b"")
    spec = play.spec(home, scene.election.devices_of(home)[0])
    letters = tuple(_core.card_letters(secret) for secret in spec.cards())
    return Made(folder, scene, kit, commission.public(), letters)


@dataclass
class Laptop:
    """The laptop of that station."""

    made: Made
    folder: Path
    now: str = DAY.format("06:35")
    printers: list[SimulatedPrinter] = field(default_factory=list)
    installed: Installed | None = None

    @property
    def media(self) -> Media:
        return Media(self.folder / "first", self.folder / "second", rehearsal=True)

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def clocks(self) -> Clocks:
        return Clocks(self.moment, lambda: self.moment().timestamp(), drill=True)

    def moment(self) -> datetime:
        return datetime.fromisoformat(self.now)

    def at(self, time: str) -> None:
        self.now = DAY.format(time)

    def install(self) -> Installed:
        for folder in (*self.media.folders, self.stick):
            folder.mkdir(exist_ok=True)
        self.installed = install(self.made.kit, DEVICE, self.media, self.stick, os.urandom, key=self.made.key)
        return self.installed

    @contextmanager
    def open(self, media: Media | None = None) -> Iterator[Station]:
        self.printers = [SimulatedPrinter("slips"), SimulatedPrinter("receipts")]
        printers = {1: Fitted(self.printers[:1], self.printers[1])}
        with open_station(
            media or self.media,
            self.stick,
            self.installed.password,
            printers,
            os.urandom,
            clocks=self.clocks(),
        ) as station:
            yield station

    def begin(self, station: Station) -> None:
        """The phases up to the opening, each at its time."""
        self.now = "2004-09-17T10:00:00+06:00"
        day = station.day
        day.install(PEOPLE, {"kit": station.kit.fingerprint})
        self.now = "2004-09-18T10:00:00+06:00"
        day.tested(PEOPLE, (), ())
        self.at("06:35")
        day.checked(PEOPLE)
        self.at("07:00")
        day.open(PEOPLE, bytes.fromhex(self.installed.fields["software"]))


def vote(station: Station, card: str, chosen: list[list[int]], how: str = "cast") -> None:
    """One whole session in booth 1, without its pages."""
    booths = station.booths
    session = booths.begin(1, station.kit.style)
    booths.show_card(session, card)
    booths.show_slips(session, chosen)
    booths.confirm(session)
    {"cast": booths.cast, "challenge": booths.challenge, "leave": booths.leave}[how](session)


def cards_left(made: Made, used: int) -> CardCount:
    return CardCount(len(made.cards), 0, 0, len(made.cards) - used, 0)
