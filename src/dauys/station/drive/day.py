"""The whole day of a real station with simulated people, as the demo and drills play it.

Members set up, test with the deck, check and open; voters come to the desk and vote in booths, through the
pages; observers test; in the middle the power may go, and what the start decides then is what counts; members
read the turnout, close, seal, export and destroy the keys.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from dauys.record.disk import Disk
from dauys.station.day.deck import SlipCount
from dauys.station.day.people import decision
from dauys.station.day.rehearsal import rehearse
from dauys.station.drive.laptop import Laptop
from dauys.station.drive.people import Person, people_of
from dauys.station.drive.serving import OBSERVER, PEOPLE, Seen, Serving
from dauys.station.export import export
from dauys.station.keeping.closing import CardCount
from dauys.station.keeping.sealing import destroy
from dauys.station.papers.facts import Listed
from dauys.station.papers.slip import slips
from dauys.station.printer.simulated import SimulatedPrinter
from dauys.station.program import Fitted, Station, ballots_of, make_glasses
from dauys.verify.kit import Kit

Told = Callable[[str, Mapping[str, object]], None]
#: When the station goes on after a cut of the power: so long after it has opened.
AFTER_NOON: Final = timedelta(hours=5)


@dataclass
class StationDay:
    """One station. Not frozen: its day goes on. `cut_after`: accepted ballots after which the power goes.

    `cards`: letters of all cards that lie at the station.
    """

    laptop: Laptop
    kit: Kit
    cards: list[str] = field(repr=False)
    told: Told
    seed: int
    cut_after: int | None = None
    seen: Seen = field(default_factory=Seen)
    #: Signed trees that the station gave out: at its opening and readings, with the bytes of each note.
    shown: list[tuple[Literal["open", "reading"], bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        random.Random(self.seed).shuffle(self.cards)  # noqa: S311  # a simulation
        self._all = len(self.cards)

    def run(self, rows: Sequence[bytes]) -> Path:
        """Play the whole day and return the public folder of the log on the stick."""
        self.morning()
        self.vote(rows)
        return self.night()

    def morning(self) -> None:
        """Minute the act, test with the deck, check, open: each in its time."""
        opens = self.kit.opens
        left, right = SimulatedPrinter("left"), SimulatedPrinter("right")
        self._at(opens - timedelta(days=2) + timedelta(hours=3))
        with self.laptop.open() as station:
            station.day.install(PEOPLE, {"kit": station.kit.fingerprint})
            self._at(opens - timedelta(days=1) + timedelta(hours=3))
            fitted = {1: Fitted((left, right), SimulatedPrinter("receipts"))}
            glasses = make_glasses(self.kit, station.device, fitted, test=True)
            deck = rehearse(station.device, station.kit.style, os.urandom, glasses.__getitem__)
            deck.run()
            listed = ballots_of(self.kit, test=True)[self.kit.style]
            pieces = [piece.data for printer in (left, right) for piece in printer.pieces()]
            station.day.tested(PEOPLE, deck.deck.expected, count_slips(listed, pieces))
            self.told("tested", {"ballots": len(deck.deck.ballots)})
            self._at(opens - timedelta(minutes=25))
            station.day.checked(PEOPLE)
            self._at(opens)
            station.day.open(PEOPLE, bytes.fromhex(self.laptop.software))
            self.shown.append(("open", _note(station)))
        self.told("opened", {})

    def vote(self, rows: Sequence[bytes]) -> None:
        """Let everybody vote, through a cut of the power if there is one, and read the turnout after it."""
        here = (one.number for one in self.kit.voters if not one.certificate)
        waiting = people_of(rows, [len(one) for one in self.kit.options.values()], here)
        self._at(self.kit.opens + timedelta(hours=1))
        serving = Serving(self.laptop, self.cards, self.seen, self.told, self.seed)
        left = serving.run(waiting, self.cut_after)
        self._at(self.kit.opens + AFTER_NOON)
        if self.cut_after is not None:
            with self.laptop.open(_spare()) as station:
                left = self._decided(station, left)
            left = serving.run(left, None)
        if left:
            raise RuntimeError(f"{len(left)} people have not voted")
        with self.laptop.open() as station:
            size, _ = station.read()
            self.shown.append(("reading", _note(station)))
        self.told("read", {"size": size})

    def _decided(self, station: Station, left: Sequence[Person]) -> list[Person]:
        """Do what members do after a start: minute it, print what is owed, and see who still has to vote."""
        start = station.opened.decided
        owed = station.booths.print_owed(1)
        station.day.restarted(decision(PEOPLE, "SIMULATION: the power went"), start)
        facts = {"abandoned": len(start.abandoned), "owed": owed, "void": start.void}
        self.told("restarted", facts)
        return [one for one in left if self._still(station, one)]

    def _still(self, station: Station, one: Person) -> bool:
        """Return whether somebody has not ended yet, and with what in hand they go on."""
        if not one.admitted:
            # The desk may have marked them, and the power went before its page said so.
            standing = station.desk.standing(str(one.voter)) if one.voter else None
            one.admitted = standing is not None and one.voter not in self.seen.voters
            if one.admitted:
                self.seen.voters.add(one.voter)
            return True
        if not one.card:
            return True
        ending = station.opened.journal.ending(station.device.card(one.card).hash)
        if ending is None:
            return True
        if ending.kind == "abandoned":
            one.admitted, one.card = one.voter == 0, ""
            if one.voter == 0:
                station.desk.test_again(OBSERVER, PEOPLE[0])
            return True
        self.seen.settled += 1
        return False

    def night(self) -> Path:
        """Close, seal, export to a stick, destroy the keys; return the log on the stick."""
        self._at(self.kit.closes + timedelta(minutes=5))
        stick = self.laptop.folder / "stick"
        with self.laptop.open() as station:
            station.day.close_polls(PEOPLE, station.booths)
            used = sum(1 for _ in station.opened.journal.endings())
            tree = station.seal(CardCount(self._all, 0, 0, self._all - used, 0))
            cast = station.opened.journal.count("cast")
        for medium in self.laptop.media.folders:
            export(medium, stick, Disk())
            destroy(medium, os.urandom)
        self.told("sealed", {"cast": cast, "size": tree[0], "root": tree[1]})
        return stick / self.laptop.device / "log"

    def _at(self, moment: datetime) -> None:
        self.laptop.at(moment.isoformat(timespec="seconds"))


def count_slips(listed: Sequence[Listed], pieces: Sequence[bytes]) -> tuple[SlipCount, ...]:
    """Count slips by what is printed on them, as people count them by hand; what is none is not counted.

    `listed`: contests of the style; `pieces`: dots of each piece of paper that was cut off.
    """
    found = []
    for one in listed:
        faces = [slips(one.contest, one.chosen([place]))[0].data for place in range(len(one.options))]
        blank = slips(one.contest, ())[0].data
        options = tuple(sum(piece.startswith(face) for piece in pieces) for face in faces)
        found.append(SlipCount(options, sum(piece.startswith(blank) for piece in pieces)))
    return tuple(found)


def _note(station: Station) -> bytes:
    """Return the newest signed tree of the device's log."""
    return station.opened.log.store.shown().note.encode()


def _spare() -> dict[int, Fitted]:
    """Return a printer that members use for what is owed."""
    return {1: Fitted((SimulatedPrinter("slips"),), SimulatedPrinter("receipts"))}
