"""The booths of a station: what a touch on a screen does, and what time does.

Each touch is one of the acts that its page allows; any other is of a page that is over, and changes nothing.
**Source:** spec/station.md §4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import RLock
from typing import Final

from dauys.station.faults import StationError
from dauys.station.session import Booths
from dauys.station.web.booth.prints import Prints, answers_of, session_of
from dauys.station.web.booth.room import Chosen, Room
from dauys.station.web.booth.texts import VoteTexts

#: Seconds without a touch until the screen asks, until it then ends the session, and that "done" is shown.
ASK: Final = 180.0
LEAVE: Final = 60.0
DONE: Final = 30.0
#: What each page allows.
ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "wait": ("begin",),
    "card": ("card", "leave"),
    "choose": ("next", "back", "leave"),
    "review": ("change", "print", "leave"),
    "slips": ("wrong", "right"),
    "decide": ("cast", "test"),
    "stopped": ("again", "mark"),
    "done": ("finish",),
    "question": ("yes", "no", "observers", "here"),
}


LOOKS: Final = ("large", "contrast", "scan", "sound")


class Rooms(Prints):
    """All booths. `clock`: seconds that only grow; `tell`: hears of every error, facts left out."""

    def __init__(
        self,
        booths: Booths,
        texts: VoteTexts,
        clock: Callable[[], float],
        tell: Callable[[BaseException], None],
    ) -> None:
        texts.check(booths.device.election)
        super().__init__(booths, clock, tell)
        self.texts = texts
        self._rooms: dict[int, Room] = {}
        self._lock = RLock()

    def room(self, terminal: int) -> Room:
        """Return the booth of a terminal."""
        with self._lock:
            return self._rooms.setdefault(terminal, Room(terminal))

    def ready(self) -> bool:
        """Return whether somebody is admitted whose session has not begun."""
        if self.broken() is not None or self.booths.journal.undecided():
            return False
        return self.booths.free() > 0

    def broken(self) -> str | None:
        """Return the code of what made the journal refuse everything until a new start."""
        return "J1.2" if self.booths.journal.broken is not None else None

    def page(self, room: Room) -> str:
        """Return which page a booth is at: that of its room, unless the whole station has stopped."""
        return "broken" if self.broken() else room.phase()

    def act(self, room: Room, act: str, value: str = "", chosen: Chosen = None) -> None:
        """Do what a touch asks. `chosen`: what a page of options has marked. What is wrong is in the room."""
        with room.lock:
            phase, room.message, room.code = room.phase(), "", ""
            room.turn += 1
            if phase == "choose" and act in ("next", "back", "leave"):
                room.chosen[room.at] = chosen
            if act not in ACTS[phase]:
                room.message = "over" if phase in ("wait", "done") else "earlier"
                return
            room.touched = self.clock()
            try:
                getattr(self, f"_{act}")(room, value)
            except StationError as error:
                room.code = error.code
                self.tell(error)

    def look(self, room: Room, what: str, chosen: Chosen) -> None:
        """Change how the screen looks or sounds; what is marked on it stays marked."""
        with room.lock:
            room.turn += 1
            room.message, room.code, room.touched = "", "", self.clock()
            if room.phase() == "choose":
                room.chosen[room.at] = chosen
            if what in LOOKS:
                setattr(room, what, not getattr(room, what))

    def touch(self, room: Room) -> None:
        """Note that somebody is there."""
        with room.lock:
            if room.question != "there":
                room.touched = self.clock()

    def tick(self) -> None:
        """Ask booths without a touch, and end sessions and pages whose time is over."""
        for room in list(self._rooms.values()):
            if room.lock.acquire(blocking=False):  # one that is printing is not idle
                try:
                    self._pass_time(room)
                finally:
                    room.lock.release()

    def vacate(self, terminal: int) -> None:
        """End the session of a booth whose screen is another one now: it shows nothing of what was chosen."""
        room = self.room(terminal)
        with room.lock:
            if room.session is not None:
                self._end(room)

    def left(self, room: Room) -> float | None:
        """Return the seconds until this page changes by itself, None where it does not."""
        idle = self.clock() - room.touched
        if room.question == "there":
            return max(0.0, ASK + LEAVE - idle)
        return max(0.0, DONE - idle) if room.phase() == "done" else None

    def _pass_time(self, room: Room) -> None:
        idle = self.clock() - room.touched
        if room.phase() == "done" and idle >= DONE:
            self._finish(room, "")
        elif room.session is not None and not room.stopped and self.broken() is None:
            if idle >= ASK + LEAVE:
                self._end(room)
            elif idle >= ASK and room.question != "there":
                room.question, room.turn = "there", room.turn + 1

    # Acts of a voter, named as in ACTS

    def _begin(self, room: Room, _: str) -> None:
        session = self.booths.begin(room.terminal, self.texts.style)
        room.begin(session, len(self.texts.contests()))

    def _card(self, room: Room, letters: str) -> None:
        self.booths.show_card(session_of(room), letters)

    def _next(self, room: Room, _: str) -> None:
        chosen, limit = room.chosen[room.at], self.texts.contests()[room.at].limit
        if chosen is None:
            room.message = "choose"
        elif len(chosen) > limit:
            room.message = "fewer"
        elif not chosen:
            room.question = "blank"
        else:
            room.answer(chosen)

    def _back(self, room: Room, _: str) -> None:
        if room.editing:
            room.chosen[room.at] = room.kept
            room.at, room.editing, room.kept = len(room.chosen), False, None
        else:
            room.at = max(0, room.at - 1)

    def _change(self, room: Room, place: str) -> None:
        if place.isdecimal() and int(place) < len(room.chosen):
            room.at, room.editing = int(place), True
            room.kept = room.chosen[room.at]

    def _print(self, room: Room, _: str) -> None:
        with self._printing(room, "slips"):
            self.booths.show_slips(session_of(room), answers_of(room))

    def _wrong(self, room: Room, _: str) -> None:
        with self._printing(room, "void"):
            self.booths.reject(session_of(room))
            room.at, room.message = len(room.chosen), "void"

    def _right(self, room: Room, _: str) -> None:
        with self._printing(room, "part1"):
            self.booths.confirm(session_of(room))

    def _cast(self, room: Room, _: str) -> None:
        self._decide(room, "cast", self.booths.cast)

    def _test(self, room: Room, _: str) -> None:
        room.question = "test"

    def _leave(self, room: Room, _: str) -> None:
        room.question = "leave"

    def _finish(self, room: Room, _: str) -> None:
        room.forget()
        room.plain()
        room.turn += 1

    def _here(self, room: Room, _: str) -> None:
        if room.question == "there":
            room.question = ""

    def _yes(self, room: Room, _: str) -> None:
        if room.question == "there":
            # It answers what was asked before: who says *leave*, and goes, must not seem to stay.
            room.message, room.touched = "earlier", self.clock() - ASK
            return
        question, room.question = room.question, ""
        if question == "blank":
            room.answer(())
        elif question == "leave":
            self._end(room)
        elif question == "test":
            self._decide(room, "challenge", self.booths.challenge)

    def _observers(self, room: Room, _: str) -> None:
        if room.question == "test":
            # Said now and not before: a machine that knows that it is tested can behave.
            self.booths.as_test(session_of(room))
            self._yes(room, "")

    def _no(self, room: Room, _: str) -> None:
        room.question = ""
