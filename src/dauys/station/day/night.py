"""From the close of voting to the destruction of the keys: counts, seal, protocols (`spec/day.md` §7–8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from dauys.crypto.shapes import canonical
from dauys.domain.votes import Protocol
from dauys.station.day.book import Book, Values, write_all
from dauys.station.day.day import Day
from dauys.station.day.people import Decision, is_code, present
from dauys.station.day.protocols import (
    ContestForm,
    Counted,
    Head,
    Sealed,
    Voters,
    paper_fields,
    slip_fields,
    tables,
    three,
)
from dauys.station.day.windows import Phase
from dauys.station.faults import StationError
from dauys.station.keeping.closing import CARDS, CardCount, DeskCount, Sum, sums
from dauys.station.keeping.device_log import Tree
from dauys.station.keeping.sealing import closed_with, destroy
from dauys.station.keeping.secrets import Random
from dauys.verify.devices import spoken_code

MINUTES: Final = "minutes.json"


@dataclass
class Night:
    """The count of one station. Not frozen: it is the state of its journal and its book.

    `desk`: what the desk counted so far; `others`: the station's other devices that were installed, None
    where one has not been loaded yet; `round`: of the vote. `close_desk`: lets nobody be marked any more.
    `has_protocols`: the station's protocols are made here; a carried device brings its log to the main one.
    """

    day: Day
    book: Book
    contests: tuple[ContestForm, ...]
    desk: Callable[[], DeskCount]
    round: int = 1
    others: dict[str, Sealed | None] = field(default_factory=dict)
    close_desk: Callable[[], object] = field(default=lambda: None)
    has_protocols: bool = True

    # Cards, and the seal

    def fields(self, what: str) -> tuple[str, ...]:
        """Return what people type for `cards`, `slips` or `paper`. Raises KeyError for anything else."""
        found = {
            "cards": CARDS,
            "slips": slip_fields(self.contests),
            "paper": paper_fields(self.contests),
        }
        return found[what]

    def enter(self, what: str, person: str, values: Values) -> None:
        """Keep what one person counted.

        Raises StationError J3.1 before voting is over, or for slips and paper before the seal: nobody opens a
        box before it, nor, J3.3, before every other device is loaded. Raises J3.7 as `Book.enter` does, and
        for fields that are not asked for.
        """
        if what == "cards":
            self.day.require(Phase.CLOSED)
        else:
            self.require_seal()
            self.require_devices()
        if set(values) != set(self.fields(what)):
            raise StationError("J3.7", found="other fields", expected=f"those of {what}", hint="form")
        self.book.enter(what, person, values)

    def sums(self, cards: Values | None = None) -> tuple[Sum, ...]:
        """Return the equations of *close* with these cards, or those that are agreed."""
        told = cards if cards is not None else self.book.agreed("cards")
        return sums(self.day.journal, self.desk(), _cards(told))

    def apart(self) -> tuple[Sum, ...]:
        """Return the equations that do not hold with what is counted, and that nobody decided about yet."""
        return self.day.apart(self.desk(), _cards(self.book.agreed("cards")))

    def seal(
        self,
        register: bytes | None = None,
        *,
        decided: Decision | None = None,
        accepted: Decision | None = None,
    ) -> Tree:
        """Seal the device with the cards that two people counted; the desk is closed only when all adds up.

        `decided`: to seal it outside its time; `accepted`: with numbers that do not add up. Raises
        StationError J3.1, J3.2, J3.5, J3.6.
        """
        if self.day.phase() is Phase.SEALED:
            return self.day.seal(self.desk(), CardCount(0, 0, 0, 0, 0))
        cards = _cards(self.book.require("cards"))
        assert cards is not None  # noqa: S101  # agreed entries are whole
        return self.day.seal(
            self.desk(), cards, register, decided=decided, accepted=accepted, close_desk=self._close_desk
        )

    def _close_desk(self) -> DeskCount:
        """Let nobody be marked any more, and keep the minutes, which the journal does not outlive."""
        self.close_desk()
        write_all(self.book.folders, MINUTES, self.minutes())
        return self.desk()

    def seal_code(self) -> str:
        """Return the seal as it is read out. Raises StationError J3.1 while there is none."""
        self.require_seal()
        return spoken_code(self.day.log.tree()[1])

    def seal_note(self) -> bytes:
        """Return the signed checkpoint, which the QR code holds. Raises StationError J3.1 without a seal."""
        self.require_seal()
        return self.day.log.store.signed.note.encode()

    def compare(self, typed: str, names: Iterable[str], now: datetime) -> None:
        """Minute that members compared the seal on paper with that of the screen.

        Raises StationError J3.6 where what they typed from the paper is another code.
        """
        code = self.seal_code()
        if not is_code(typed, code):
            raise StationError("J3.6", found=typed, expected="the code of the seal", hint="compared")
        self.book.minute("compared", now, names, code=code, size=self.day.log.tree()[0])

    def destroy(
        self, media: Iterable[Path], names: Iterable[str], now: datetime, random: Random
    ) -> list[str]:
        """Destroy the keys of the day and all that needs them, on every medium; return the names of files.

        Raises StationError J3.1 without a seal, J3.6 before it was compared and the protocols were signed:
        none of them could be made again.
        """
        there = present(names)
        self.require_seal()
        for what in ("compared", "signed") if self.has_protocols else ("compared",):
            if self.book.minuted(what) is None:
                raise StationError("J3.6", found=f"not {what}", expected=what, hint=what)
        write_all(self.book.folders, MINUTES, self.minutes())
        self.book.minute("destroyed", now, there)
        return [name for folder in media for name in destroy(folder, random)]

    def minutes(self) -> bytes:
        """Return phases and incidents as a file: the journal does not outlive the day."""
        told = {
            "incidents": [asdict(one) for one in self.day.incidents()],
            "phases": [
                {
                    "at": one.at,
                    "decision": None if one.decision is None else dict(one.decision.told()),
                    "phase": one.phase.value,
                    "present": list(one.present),
                }
                for one in self.day.minuted()
            ],
            "schema": "dauys/station/minutes/1",
        }
        return canonical(told)

    # Protocols

    def missing_devices(self) -> list[str]:
        """Return the station's other devices that are not loaded: no protocol is made without them.

        **Source:** Constitutional Law on Elections, Art. 50-2: counting begins when all data is loaded.
        """
        return sorted(name for name, other in self.others.items() if other is None)

    def require_devices(self) -> None:
        """Raise StationError J3.3 while another device is not loaded."""
        if absent := self.missing_devices():
            raise StationError("J3.3", found=", ".join(absent), expected="all loaded", hint="devices")

    def seals(self) -> list[Sealed]:
        """Return the seals of all devices, this one first.

        Raises StationError J3.1 before its seal, J3.3 while another device is not loaded.
        """
        self.require_seal()
        own = closed_with(self.day.journal)
        assert own is not None  # noqa: S101  # a seal is of what closed the day
        self.require_devices()
        rest = [other for _, other in sorted(self.others.items()) if other is not None]
        return [Sealed(self.day.device.id, self.seal_note(), own), *rest]

    def protocols(
        self, received: datetime, slips: Values | None = None, paper: Values | None = None
    ) -> list[Protocol]:
        """Return the three protocols of each contest, from these numbers or those that are agreed so far.

        What nobody has counted yet is None, and its equations are not run. Raises StationError J3.1 before
        the seal, J3.3 while another device is not loaded.
        """
        closes = [one.fields for one in self.seals()]
        desk = self.desk()
        counted = Counted(
            Voters(desk.registered, desk.additions),
            closes,
            self._values("slips", slips),
            self._values("paper", paper),
        )
        head = Head(self.day.device.station, self.round, received)
        return three(head, self.contests, counted)

    def publish(self, received: datetime, names: Iterable[str], copies: int | None = None) -> list[Protocol]:
        """Write the rows of the protocols beside the book, minute who signed, and return them.

        `copies`: given to observers, None where nobody counted them.
        Raises StationError J3.6 where slips or paper were not counted alike by two people.
        """
        there = present(names)
        slips, paper = self.book.require("slips"), self.book.require("paper")
        found = self.protocols(received, slips, paper)
        for name, data in tables(found).items():
            write_all(self.book.folders, name, data)
        self.book.minute("signed", received, there, copies=copies)
        return found

    def _values(self, what: str, typed: Values | None) -> Values:
        if typed is not None:
            return typed
        agreed: Values | None = self.book.agreed(what)
        return agreed if agreed is not None else dict.fromkeys(self.fields(what))

    def require_seal(self) -> None:
        """Raise StationError J3.1 while no seal was given out: until then the log lacks its last batch."""
        phase = self.day.phase()
        if phase is not Phase.SEALED or not self.day.log.sealed():
            found = Phase.CLOSED if phase is Phase.SEALED else phase
            raise StationError("J3.1", found=found.value, expected=Phase.SEALED.value)


def _cards(told: Values | None) -> CardCount | None:
    """Return a count of cards, None where it is not whole."""
    if told is None or any(told.get(name) is None for name in CARDS):
        return None
    return CardCount(*(told[name] or 0 for name in CARDS))
