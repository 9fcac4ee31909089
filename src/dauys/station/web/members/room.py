"""What the members' pages work on, and what comes next in the day of a station (`spec/day.md`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import RLock, Thread
from typing import Final, Literal, Protocol

from dauys.station.day.book import Book
from dauys.station.day.deck import Deck, SlipCount
from dauys.station.day.night import Night
from dauys.station.day.protocols import BLANK, ContestForm, Sealed
from dauys.station.day.rehearsal import Rehearsal
from dauys.station.day.sheets import Facts
from dauys.station.day.windows import Phase, When, Window
from dauys.station.faults import StationError, at
from dauys.station.keeping.device_log import Tree
from dauys.station.keeping.kept import Ending
from dauys.station.keeping.restart import Restart
from dauys.station.keeping.secrets import Random
from dauys.station.session import Booths

#: What members are led to, each a page of its own.
Next = Literal[
    "broken", "clock", "restart", "single", "owed", "install", "test", "check", "open", "voting", "close",
    "cards", "seal", "compare", "devices", "slips", "paper", "sign", "destroy", "done",
]  # fmt: skip
_OF_PHASE: Final[Mapping[Phase, Next]] = {
    Phase.MADE: "install",
    Phase.INSTALLED: "test",
    Phase.TESTED: "check",
    Phase.CHECKED: "open",
}


@dataclass
class Test:
    """The test of logic and accuracy while it is made: in memory, as its ledger is. Not frozen."""

    rehearsal: Rehearsal
    book: Book = field(default_factory=lambda: Book(()))
    done: int = 0
    ended: bool = False
    code: str = ""
    thread: Thread | None = None

    @property
    def of(self) -> int:
        """Ballots of the deck."""
        return len(self.rehearsal.deck.ballots)

    def run(self, tell: Callable[[BaseException], None]) -> None:
        """Vote the deck; what stops it is kept, and told."""
        try:
            self.rehearsal.run(progress=self._progress)
            self.ended = True
        except Exception as error:  # noqa: BLE001  # whatever a printer raises: the page says so, and it is told
            self.code = getattr(error, "code", "J6.5")
            tell(error)

    def _progress(self, done: int, _: int) -> None:
        self.done = done


class Prints(Protocol):
    """Papers for members and observers. Each call returns when the paper is printed."""

    def tree(self, moment: str, note: bytes) -> None:
        """Print a signed checkpoint at `open`, `reading` or `seal`."""
        ...

    def zero(self) -> None:
        """Print the zero report."""
        ...

    def deck(self, deck: Deck) -> None:
        """Print the list of test ballots."""
        ...

    def tested(self, counted: Sequence[SlipCount], expected: Sequence[SlipCount]) -> None:
        """Print what the test came to."""
        ...

    def printers(self) -> None:
        """Print the printer test on every printer of the station."""
        ...


@dataclass(frozen=True, slots=True)
class Turnout:
    """Voters so far, by the desk. `registered`: on the list."""

    registered: int
    paper: int
    electronic: int

    @property
    def voted(self) -> int:
        """Voters checked in."""
        return self.paper + self.electronic


def refuse_device(name: str, folder: Path, _: str) -> Sealed:
    """Raise StationError J1.5: this station has no other device."""
    raise StationError("J1.5", found=name, expected="a device of this station", place=at(folder))


@dataclass(frozen=True, slots=True)
class Said:
    """What the next page of one screen says: how its last form went, and what was typed in it."""

    notice: str = ""
    error: StationError | None = None
    typed: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass
class Room:
    """The members' side of one station at work. Not frozen: messages and a test under way are its own.

    `notice`: of the form that is being taken; `said`, by number of the screen: what waits for it alone, for
    two who count apart must not see each other's numbers; `software`: SHA-256 of what runs here; `act`: what
    the act of installation says; `take_reading`: closes a batch and signs the tree; `prints`: what a printer
    of this station can print for members, None without one; `turnout`: voters as the desk counts them;
    `load`: reads the sealed log of another device, given the code typed from its act; `hours`: when turnout
    is read.
    """

    night: Night
    booths: Booths
    style: str
    start: Restart
    software: bytes
    act: Mapping[str, str]
    paper: Facts
    media: tuple[Path, ...]
    random: Random
    tell: Callable[[BaseException], None]
    take_reading: Callable[[], Tree]
    rehearse: Callable[[], Rehearsal]
    prints: Prints | None = None
    turnout: Callable[[], Turnout] | None = None
    load: Callable[[str, Path, str], Sealed] = field(default=refuse_device)
    hours: tuple[str, ...] = ()
    single: bool = False
    destroyed: bool = False
    minuted_start: bool = False
    test: Test | None = None
    notice: str = ""
    said: dict[int, Said] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def contests(self) -> tuple[ContestForm, ...]:
        """The contests of this station's ballots."""
        return self.night.contests

    def phase(self) -> Phase:
        """Return how far the day is."""
        return Phase.DESTROYED if self.destroyed else self.night.day.phase()

    def now(self) -> datetime:
        """Return what the clock says, set or not."""
        return self.night.day.watch.read()

    def window(self, phase: Phase) -> Window | None:
        """Return the lawful time of a phase."""
        return self.night.day.windows.get(phase)

    def when(self, phase: Phase) -> When:
        """Return whether now is before, within or after the time of a phase."""
        return self.night.day.when(phase)

    def __post_init__(self) -> None:
        """Know whether this start came in the middle of the day: members minute that."""
        self.minuted_start = self.phase() not in (Phase.OPEN, Phase.CLOSED)

    def restarted(self) -> bool:
        """Return whether the program started in the middle of the day, and nobody has minuted it yet."""
        return not self.minuted_start and self.phase() is not Phase.SEALED

    def owed(self) -> list[Ending]:
        """Return the endings of which this start still owes part 2."""
        if self.destroyed or self.phase() is Phase.SEALED:
            return []
        journal = self.night.day.journal
        still = {one.card for one in journal.owed()}
        found = [journal.ending(one.card) for one in self.start.owed if one.card in still]
        return [one for one in found if one is not None]

    def next(self) -> Next:
        """Return what members have to do now."""
        urgent = self._urgent()
        if urgent is not None:
            return urgent
        phase = self.phase()
        if phase in _OF_PHASE:
            return _OF_PHASE[phase]
        if phase is Phase.OPEN:
            return "voting" if self.when(Phase.CLOSED) == "early" else "close"
        return self._tonight(phase)

    def _urgent(self) -> Next | None:
        """Return what goes before everything else."""
        if self.destroyed:
            return "done"
        if self.night.day.journal.broken is not None:
            return "broken"
        if self.night.day.watch.moved() and self.phase() is not Phase.SEALED:
            return "clock"
        if self.restarted():
            return "restart"
        if self.phase() is Phase.OPEN and self.night.day.journal.undecided():
            return "single"
        return "owed" if self.owed() else None

    def _tonight(self, phase: Phase) -> Next:
        book = self.night.book
        if phase is Phase.CLOSED:
            return "seal" if book.agreed("cards") is not None else "cards"
        if not self.night.day.log.sealed():
            return "seal"
        if book.minuted("compared") is None:
            return "compare"
        return self._counted() if self.night.has_protocols else "destroy"

    def _counted(self) -> Next:
        """Return what is still to be counted, and what comes after it."""
        if self.night.missing_devices():
            return "devices"
        if self.night.book.agreed("slips") is None:
            return "slips"
        if self.night.book.agreed("paper") is None:
            return "paper"
        return "sign" if self.night.book.minuted("signed") is None else "destroy"

    # What is done from more than one page

    def begin_test(self) -> None:
        """Begin the test of logic and accuracy, printing in the background."""
        if self.phase() is not Phase.INSTALLED:
            raise StationError("J3.1", found=self.phase().value, expected=Phase.INSTALLED.value)
        self.test = Test(self.rehearse())
        self.test.thread = Thread(target=self.test.run, args=(self.tell,), daemon=True)
        self.test.thread.start()

    def may_test_printers(self) -> bool:
        """Return whether printers are tested now: not after the close, for slips then wait to be counted."""
        return self.prints is not None and self.phase() not in (Phase.CLOSED, Phase.SEALED, Phase.DESTROYED)

    def test_printers(self) -> None:
        """Print the printer test on every printer, while no voter and no test is at one.

        Raises StationError J3.4 after the close, J3.3 where something is under a glass or under a flap.
        """
        if self.prints is None or not self.may_test_printers():
            raise StationError("J3.4", found=self.phase().value, expected="printers tested before")
        if self.test is not None and self.test.thread is not None and self.test.thread.is_alive():
            raise StationError("J3.3", found="a test", expected="its end", hint="test")
        with self.booths.still():
            if self.booths.sessions:
                raise StationError("J3.3", found="a session", expected="empty booths", hint="booth")
            if self.owed():
                raise StationError("J3.3", found="a part 2 that is owed", expected="none", hint="owed")
            self.prints.printers()

    def counted_test(self) -> tuple[SlipCount, ...]:
        """Return the slips of the test as two people counted them. Raises StationError J3.6, J3.9."""
        if self.test is None or not self.test.ended:
            raise StationError("J3.9", found="no test", expected="a test that was run")
        return slip_counts(self.contests, self.test.book.require("slips"))

    def signed_facts(self) -> Facts:
        """Return what sheets say, with the names of those who signed and the copies given out."""
        signed = self.night.book.minuted("signed")
        if signed is None:
            return self.paper
        return replace(self.paper, names=tuple(signed["names"]), copies=signed["facts"].get("copies"))


def slip_counts(contests: tuple[ContestForm, ...], values: Mapping[str, int]) -> tuple[SlipCount, ...]:
    """Return typed slips by contest, in the order of the ballot."""
    return tuple(
        SlipCount(tuple(values[f"{one.id}/{option}"] for option in one.options), values[f"{one.id}/{BLANK}"])
        for one in contests
    )
