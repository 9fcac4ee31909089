"""What a booth prints, how a session ends, and what members do where a printer stopped.

The session itself decides what is kept, and when; here is what the screen knows of it.
**Source:** spec/station.md §4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dauys.station.faults import StationError
from dauys.station.session import Booths, Session, Step
from dauys.station.web.booth.again import print_ending
from dauys.station.web.booth.room import Print, Room


class Prints:
    """The part of `Rooms` that prints. `clock`: seconds that only grow; `tell`: hears of every error."""

    def __init__(
        self, booths: Booths, clock: Callable[[], float], tell: Callable[[BaseException], None]
    ) -> None:
        self.booths, self.clock, self.tell = booths, clock, tell

    # Acts of a member

    def _again(self, room: Room, _: str) -> None:
        self._print_again(room, mark=False)

    def _mark(self, room: Room, _: str) -> None:
        self._print_again(room, mark=True)

    def _print_again(self, room: Room, *, mark: bool) -> None:
        what, terminal = room.stopped, room.terminal
        with self._printing(room, what):
            if what == "slips":
                session, answers = session_of(room), answers_of(room)
                if session.step is Step.SLIPS:
                    self.booths.reject(session)
                self.booths.show_slips(session, answers)
            elif what == "void":
                glass = self.booths.printers(terminal)
                glass.mark("void")
                if room.ended == "abandoned":
                    glass.ended()
            elif what == "part1":
                self.booths.part1_again(session_of(room))
            else:
                print_ending(self.booths, terminal, room.card, mark=mark)

    # How it ends, and how it prints

    def _decide(self, room: Room, what: Print, end: Callable[[Session], object]) -> None:
        session = session_of(room)
        card = session.card
        with self._printing(room, what):
            room.card = card.hash if card is not None else b""
            try:
                end(session)
            finally:
                if session.step is Step.ENDED:
                    self._over(room)
                    room.ended = "cast" if what == "cast" else "challenged"

    def _end(self, room: Room) -> None:
        session = session_of(room)
        ended = "abandoned" if session.step is Step.DECIDE else "left"
        with self._printing(room, "void"):
            try:
                self.booths.leave(session)
            finally:
                if session.step is Step.ENDED:
                    self._over(room)
                    room.ended = ended  # type: ignore[assignment]

    def _over(self, room: Room) -> None:
        """Forget all that was chosen; the last page and a part 2 that is owed stay for a while."""
        room.session, room.at, room.chosen, room.kept, room.question = None, 0, [], None, ""
        room.touched, room.turn = self.clock(), room.turn + 1

    @contextmanager
    def _printing(self, room: Room, what: Print) -> Iterator[None]:
        """Know what the printer was doing when it stopped. A step that was refused stopped no printer."""
        session = room.session
        before = session.step if session is not None else None
        again, room.stopped = bool(room.stopped), what
        try:
            yield
        except Exception as error:  # noqa: BLE001  # whatever a printer raises: the screen says so, and it is told
            room.code = getattr(error, "code", "J6.5")
            if session is not None and session.step is before and not again:
                room.stopped, room.card = "", b""
            self.tell(error)
        else:
            room.stopped, room.card, room.touched = "", b"", self.clock()


def session_of(room: Room) -> Session:
    """Return the session of a booth. Raises StationError J2.5 where there is none."""
    if room.session is None:
        raise StationError("J2.5", found="nothing", expected="a session", terminal=room.terminal)
    return room.session


def answers_of(room: Room) -> Sequence[Sequence[int]]:
    """Return what was chosen. Raises StationError J2.5 where a contest has no answer."""
    if any(one is None for one in room.chosen):
        raise StationError("J2.5", found="an open contest", expected="an answer to each")
    return [one or () for one in room.chosen]
