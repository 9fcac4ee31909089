"""One session in a booth, step by step (`spec/station.md` §4).

What the voter chose is in memory alone, and gone with the session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from threading import RLock
from typing import Protocol

from dauys.crypto.ballots import Encryptor, Opening, ballot_hash, verify_ballots
from dauys.crypto.shapes import canonical
from dauys.station.device import Card, Device, Word, opening_fields, options_of
from dauys.station.faults import StationError
from dauys.station.keeping.device_log import Tree
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.kept import Ending, Kind


class Glass(Protocol):
    """The printer of a terminal, with its slips under glass. Each call returns when the paper is printed."""

    def show(self, style: str, chosen: Sequence[Sequence[int]]) -> None:
        """Print the slips of these choices, one a contest."""
        ...

    def mark(self, word: str) -> None:
        """Mark the slips `accepted` or `void`, and drop them."""
        ...

    def part1(self, card: Card, ballot: bytes, signature: bytes) -> None:
        """Print part 1 under its flap."""
        ...

    def part2(self, card: bytes, ballot: bytes, word: Word, signature: bytes, tree: Tree) -> None:
        """Print part 2."""
        ...

    def opening(self, opening: Opening) -> None:
        """Print the opening of a challenge."""
        ...

    def ended(self) -> None:
        """End a part 1 that stays without a part 2."""
        ...


class Step(Enum):
    """How far a session is."""

    CARD = "card"
    CHOOSE = "choose"
    SLIPS = "slips"
    DECIDE = "decide"
    ENDED = "ended"


@dataclass(slots=True)
class Session:
    """What a booth holds while a voter is in it. Not frozen: it is forgotten step by step."""

    terminal: int
    style: str
    test: bool
    step: Step = Step.CARD
    card: Card | None = field(default=None, repr=False)
    chosen: tuple[tuple[int, ...], ...] = field(default=(), repr=False)
    ballot: bytes = field(default=b"", repr=False)
    digest: bytes = field(default=b"", repr=False)
    lock: RLock = field(default_factory=RLock, repr=False)


class Booths:
    """All booths of a device. `admitted`: how many sessions the desk has let in so far.

    `tests`: how many of them as an observer's test; None where nobody counts them.
    """

    def __init__(
        self,
        device: Device,
        journal: Journal,
        admitted: Callable[[], int],
        tree: Callable[[], Tree],
        printers: Callable[[int], Glass],
        *,
        tests: Callable[[], int] | None = None,
    ) -> None:
        self.device, self.journal, self.tests = device, journal, tests
        self.admitted, self.tree, self.printers = admitted, tree, printers
        self.sessions: dict[int, Session] = {}
        self._encryptors: dict[str, Encryptor] = {}
        self._lock = RLock()

    def free(self) -> int:
        """Return how many more sessions may begin."""
        with self._lock:
            return self.unused(self.admitted())

    def unused(self, admitted: int) -> int:
        """Return how many of so many admissions nobody has used, whether a session may begin now or not."""
        with self._lock:
            return admitted - self.journal.ended() - len(self.sessions)

    def require_empty(self, terminal: int) -> None:
        """Raise StationError J3.3 while a voter is in a booth: its glass and its flap are theirs."""
        with self._lock:
            if terminal in self.sessions:
                raise StationError("J3.3", found="a session", expected="an empty booth", hint="booth")

    def as_test(self, session: Session) -> None:
        """Let a session end as an observer's test, where one is admitted that has not ended.

        Else it ends as a challenge: one voter who says *test* would leave sums that no close can mend.
        """
        with self._lock:
            under_way = sum(one.test for one in self.sessions.values())
            if self.tests is None or self.journal.count("test") + under_way < self.tests():
                session.test = True

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let no session begin or end meanwhile."""
        with self._lock:
            yield

    def begin(self, terminal: int, style: str, *, test: bool = False) -> Session:
        """Take one admission.

        Raises StationError J1.2, J1.3 before members decide to go on with one medium, J2.1, or J2.5 where a
        session is there already.
        """
        self.journal.require()
        if self.journal.undecided():
            raise StationError("J1.3", found="one medium", expected="two, or a decision", terminal=terminal)
        with self._lock:
            if terminal in self.sessions:
                raise StationError("J2.5", found="a session", expected="an empty booth", terminal=terminal)
            if self.free() <= 0:
                raise StationError(
                    "J2.1", found="nobody admitted", expected="an admission", terminal=terminal
                )
            self.device.style(style)
            session = self.sessions[terminal] = Session(terminal, style, test)
            return session

    def show_card(self, session: Session, letters: str) -> str:
        """Take the card that the voter opened, and return its name. Raises StationError J2.2–J2.5."""
        with self._at(session, Step.CARD), self._lock:
            card = self.device.card(letters)
            if any(one.card is not None and one.card.hash == card.hash for one in self.sessions.values()):
                raise StationError("J2.4", found="a card in another booth", expected="a free card")
            if self.journal.ending(card.hash) is not None:
                raise StationError("J2.3", found="a used card", expected="an unused card")
            session.card, session.step = card, Step.CHOOSE
            return card.name

    def show_slips(self, session: Session, chosen: Sequence[Sequence[int]]) -> None:
        """Print the slips of what was chosen: options by their place, for each contest of the style."""
        with self._at(session, Step.CHOOSE):
            self._row(session.style, chosen)
            self.journal.show_slips(session.terminal, self._slips(session.style))
            session.chosen, session.step = tuple(map(tuple, chosen)), Step.SLIPS
            self.printers(session.terminal).show(session.style, session.chosen)

    def reject(self, session: Session) -> None:
        """*Something is wrong*: the slips are void, the card stays good."""
        with self._at(session, Step.SLIPS):
            self.journal.reject_slips(session.terminal)
            session.chosen, session.step = (), Step.CHOOSE
            self.printers(session.terminal).mark("void")

    def confirm(self, session: Session) -> None:
        """*All correct*: encrypt, verify, note, and print part 1. Raises StationError J2.7, J2.3, J2.4."""
        with self._at(session, Step.SLIPS) as card:
            row = self._row(session.style, session.chosen)
            ballot = self._encryptor(session.style).encrypt(card.secret, self.device.keys.coin, row)
            faults = verify_ballots(self.device.election, self.device.id, [ballot], threads=1).faults
            if faults:
                raise StationError("J2.7", found=faults[0].check, expected="a ballot that verifies")
            digest = ballot_hash(self.device.election, self.device.id, ballot)
            self.journal.confirm(session.terminal, card.hash, digest, card.s1)
            session.ballot, session.digest, session.step = ballot, digest, Step.DECIDE
            self._part1(session, card)

    def part1_again(self, session: Session) -> None:
        """Print part 1 again, byte for byte, where the printer failed."""
        with self._at(session, Step.DECIDE) as card:
            self._part1(session, card)

    def cast(self, session: Session) -> None:
        """Keep the ballot on both media; then, and not before, mark the slips and print part 2."""
        with self._at(session, Step.DECIDE) as card:
            digest = session.digest
            self._end(session, card, "cast", session.ballot)
            self._forget(session)
            self.printers(session.terminal).mark("accepted")
            self.print_part2(session.terminal, card.hash, digest, "cast")

    def challenge(self, session: Session) -> Opening:
        """Keep the opening on both media, print it and part 2, and return it."""
        with self._at(session, Step.DECIDE) as card:
            row = self._row(session.style, session.chosen)
            opening = self.device.opening(session.style, card, row, session.digest)
            kind: Kind = "test" if session.test else "challenge"
            self._end(session, card, kind, canonical(opening_fields(opening)))
            self._forget(session)
            glass = self.printers(session.terminal)
            glass.mark("void")
            glass.opening(opening)
            self.print_part2(session.terminal, card.hash, opening.ballot_hash, kind)
            return opening

    def leave(self, session: Session) -> None:
        """End a session whose voter goes, or whose time is over: nothing was cast.

        After *all correct* the card is used and the session abandoned, before it the card stays good.
        """
        with session.lock:
            if self.sessions.get(session.terminal) is not session:
                raise StationError("J2.5", found="ended", expected="a session", terminal=session.terminal)
            if session.step is Step.DECIDE and session.card is not None:
                self._end(session, session.card, "abandoned", session.card.s1)
            else:
                with self._lock:
                    self.journal.leave(session.terminal)
                    self.sessions.pop(session.terminal, None)
            step, glass = session.step, self.printers(session.terminal)
            self._forget(session)
            if step in (Step.SLIPS, Step.DECIDE):
                glass.mark("void")
            if step is Step.DECIDE:
                glass.ended()

    def print_owed(self, terminal: int) -> int:
        """Print again every part 2 that no printer has confirmed; return how many.

        Raises StationError J1.2 after an error: what a commit that failed left in sight may be on no medium.
        """
        self.journal.require()
        owed = self.journal.owed()
        for one in owed:
            ending = self.journal.ending(one.card)
            if ending is not None:
                self.print_part2(terminal, one.card, ending.ballot, ending.kind)
        return len(owed)

    def print_part2(self, terminal: int, card: bytes, ballot: bytes, kind: Kind) -> None:
        """Print part 2 of a card with the tree that is owed with it, and note that it is printed."""
        owed = next((one for one in self.journal.owed() if one.card == card), None)
        tree = self.tree() if owed is None else (owed.size, owed.root)
        word: Word = "cast" if kind == "cast" else "challenged"
        signature = self.device.sign_part2(ballot, word, tree)
        self.printers(terminal).part2(card, ballot, word, signature, tree)
        self.journal.printed(card)

    def _end(self, session: Session, card: Card, kind: Kind, body: bytes) -> None:
        slips = self._slips(session.style)
        ending = Ending(card.hash, kind, session.digest, session.style, body, slips)
        tree = None if kind == "abandoned" else self.tree()
        with self._lock:
            # Both at once: between them the session would count twice, and somebody admitted find no booth.
            self.journal.end(session.terminal, ending, tree)
            self.sessions.pop(session.terminal, None)

    def _part1(self, session: Session, card: Card) -> None:
        signature = self.device.sign_part1(card, session.digest)
        self.printers(session.terminal).part1(card, session.digest, signature)

    @contextmanager
    def _at(self, session: Session, step: Step) -> Iterator[Card]:
        """Hold a session that is at a step, alone, and give its card. Raises StationError J2.5."""
        with session.lock:
            if self.sessions.get(session.terminal) is not session or session.step is not step:
                found = session.step.value
                raise StationError("J2.5", found=found, expected=step.value, terminal=session.terminal)
            yield session.card or _NO_CARD

    def _forget(self, session: Session) -> None:
        with self._lock:
            self.sessions.pop(session.terminal, None)
        session.card, session.chosen, session.ballot, session.digest = None, (), b"", b""
        session.step = Step.ENDED

    def _slips(self, style: str) -> int:
        return len(self.device.style(style).contests)

    def _row(self, style: str, chosen: Sequence[Sequence[int]]) -> bytes:
        contests = [self.device.election.contests[place] for place in self.device.style(style).contests]
        return options_of([(one.options, one.limit) for one in contests], chosen)

    def _encryptor(self, style: str) -> Encryptor:
        if style not in self._encryptors:
            self._encryptors[style] = self.device.encryptor(style)
        return self._encryptors[style]


_NO_CARD = Card(b"", b"", b"", "")
