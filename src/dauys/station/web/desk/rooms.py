"""What the pages of desks do: the acts of their forms, each on the one journal that all desks share.

Whatever a step raises is said on the screen; what was typed stays. **Source:** spec/desk.md §4, §7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import RLock
from typing import Final, Literal, cast

from dauys.domain.text import Text
from dauys.station.desk.facts import Channel, Newcomer
from dauys.station.desk.journal import DeskJournal
from dauys.station.desk.queue import Queue
from dauys.station.desk.search import Register, typed_date
from dauys.station.faults import StationError
from dauys.station.web.desk.room import PANELS, DeskRoom

Form = Mapping[str, str]
Act = Callable[["DeskRooms", DeskRoom, str, Form], None]
#: Acts that only members of this station's open day may do.
IN_THE_DAY: Final = ("mark", "again", "test", "test_again")


@dataclass(frozen=True, slots=True)
class DeskAbout:
    """What a desk says of its station. `ballots`: titles of the paper ballots that a voter gets, in order.

    `districts`: names by id; `place`: where the contests of this station are, if it is one place.
    """

    station: str
    day: date
    ballots: tuple[Text, ...]
    place: Text | None = None
    districts: Mapping[str, Text] = field(default_factory=dict)
    rehearsal: bool = False


class DeskRooms:
    """All desks of a station. `now`: wall time in its zone; `is_open`: whether voters may vote now.

    `tell` is told of media that fail, as the laptop's own screen has to say it. `on_paper`: whether members
    have decided that voting goes on on paper alone.
    """

    def __init__(  # noqa: PLR0917  # what a station is put together from
        self,
        journal: DeskJournal,
        about: DeskAbout,
        queue: Queue,
        now: Callable[[], datetime],
        is_open: Callable[[], bool] = lambda: True,
        tell: Callable[[BaseException], None] = lambda _: None,
        *,
        on_paper: Callable[[], bool] = lambda: False,
    ) -> None:
        self.journal, self.about, self.queue = journal, about, queue
        self.now, self.is_open, self.tell, self.on_paper = now, is_open, tell, on_paper
        self.register = Register({**journal.voters, **journal.added()})
        self._rooms: dict[int, DeskRoom] = {}
        self._lock = RLock()

    def room(self, number: int) -> DeskRoom:
        """Return the desk of a terminal."""
        with self._lock:
            return self._rooms.setdefault(number, DeskRoom(number))

    def find(self, room: DeskRoom, query: str) -> None:
        """Search for what was typed."""
        with room.lock:
            room.query = query

    def old(self, room: DeskRoom) -> None:
        """Say that a page was an old one."""
        with room.lock:
            room.quiet()
            room.code = "J4.11"

    def act(self, room: DeskRoom, name: str, value: str, form: Form) -> None:
        """Do what a button says. What is refused is said, and changes nothing."""
        with room.lock, self._refusing(room, form):
            act = _ACTS.get(name)
            if act is None or form.get("voter", "") != room.opened:
                # Another page than the one that the screen is at: never a mark on whom nobody sees.
                raise StationError("J4.11", found="another page", expected="the page shown")
            if name in IN_THE_DAY and not self.is_open():
                raise StationError("J3.1", found="not open", expected="open")
            if name in IN_THE_DAY and (name, value) != ("mark", "paper") and self.on_paper():
                raise StationError("J4.15", found="paper alone", expected="booths at work")
            act(self, room, value, form)

    @contextmanager
    def _refusing(self, room: DeskRoom, form: Form) -> Iterator[None]:
        try:
            yield
        except StationError as error:
            if error.code.startswith("J1."):
                self.tell(error)
            room.quiet()
            room.code, room.wrong = error.code, error.problem.hint or ""
            room.kept = dict(form)

    # Where the screen is

    def _find(self, room: DeskRoom, _: str, form: Form) -> None:
        room.quiet()
        room.query, room.opened, room.panel = form.get("q", ""), "", ""
        hits = self.register.search(room.query)
        if len(hits) == 1:
            room.opened = hits[0].key

    def _open(self, room: DeskRoom, value: str, form: Form) -> None:
        if self.register.get(value) is None:
            raise StationError("J4.4", found="nobody", expected="a voter of this station")
        room.quiet()
        room.query = form.get("q", room.query)
        room.opened = value
        room.panel = room.panel if room.panel in ("undo", "mobile") else ""

    def _close(self, room: DeskRoom, _: str, __: Form) -> None:
        room.quiet()
        if room.panel:
            room.panel = ""
        else:
            room.query = room.opened = ""

    def _next(self, room: DeskRoom, _: str, __: Form) -> None:
        room.quiet()
        room.query = room.opened = room.panel = ""

    def _panel(self, room: DeskRoom, value: str, _: Form) -> None:
        room.quiet()
        room.panel = value if value in PANELS and value != room.panel else ""
        if room.panel in ("add", "test"):
            room.opened = ""

    # Who votes

    def _mark(self, room: DeskRoom, value: str, _: Form) -> None:
        if value not in ("paper", "electronic"):
            raise StationError("J4.11", found="no channel", expected="paper or electronic")
        self.journal.mark(room.opened, cast(Channel, value))
        self.queue.served()
        room.mark(room.opened)
        room.done(value)

    def _undo(self, room: DeskRoom, _: str, form: Form) -> None:
        returned = form.get("returned", "")
        if returned not in ("ballot", "card"):
            raise StationError("J4.5", found="nothing", expected="what was given back", hint="returned")
        reason = form.get("why", "").strip() or form.get("reason", "")
        self.journal.undo(room.opened, cast(Literal["ballot", "card"], returned), reason)
        room.done("undone")

    def _again(self, room: DeskRoom, _: str, form: Form) -> None:
        room.done("again", turn=self.journal.readmit(room.opened, form.get("name", "")))

    def _test(self, room: DeskRoom, _: str, form: Form) -> None:
        self.journal.test(form.get("name", ""))
        room.done("test")

    def _test_again(self, room: DeskRoom, _: str, form: Form) -> None:
        room.done("again", turn=self.journal.test_again(form.get("name", ""), form.get("name2", "")))

    def _spoil(self, room: DeskRoom, value: str, _: Form) -> None:
        place = int(value) if value.isdecimal() else 0
        if not 0 < place <= len(self.about.ballots):
            raise StationError("J4.5", found=value, expected="a ballot of this station")
        self.journal.spoil(room.opened, place)
        room.done("spoiled")

    # Who is on the list

    def _add(self, room: DeskRoom, _: str, form: Form) -> None:
        born = typed_date(form.get("born", ""))
        if born is None:
            raise StationError("J4.12", found="no date", expected="14.03.1961", hint="born")
        one = Newcomer(
            form.get("name", ""),
            born,
            form.get("address", ""),
            form.get("proof", ""),
            form.get("certificate", ""),
        )
        key = self.journal.add(one, self.about.day)
        self.register.add(key, self.journal.added()[key])
        room.opened, room.query = key, ""
        room.done("presented" if one.certificate else "added")

    def _issue(self, room: DeskRoom, _: str, form: Form) -> None:
        self.journal.issue(room.opened, form.get("certificate", ""))
        room.done("issued")

    def _back(self, room: DeskRoom, _: str, form: Form) -> None:
        self.journal.take_back(room.opened, form.get("certificate", ""))
        room.done("back")

    # Mobile voting, cases, queue

    def _send(self, room: DeskRoom, _: str, form: Form) -> None:
        names = (form.get("name", ""), form.get("name2", ""))
        self.journal.send(room.opened, form.get("device", ""), names)
        room.done("sent")

    def _visit(self, room: DeskRoom, _: str, __: Form) -> None:
        self.journal.visit(room.opened)
        room.done("visit")

    def _bring(self, room: DeskRoom, value: str, _: Form) -> None:
        if value not in ("voted", "not"):
            raise StationError("J4.11", found="neither", expected="voted or not")
        self.journal.bring(room.opened, voted=value == "voted")
        room.done(f"brought.{value}")

    def _case(self, room: DeskRoom, _: str, form: Form) -> None:
        reason = form.get("why", "").strip() or form.get("reason", "")
        self.journal.open_case(room.opened, reason)
        room.done("case")

    def _settle(self, room: DeskRoom, value: str, form: Form) -> None:
        try:
            case = bytes.fromhex(value)
        except ValueError:
            case = b""
        self.journal.settle(case, form.get(f"why-{value}", ""))
        room.done("settled")

    def _queue(self, room: DeskRoom, _: str, form: Form) -> None:
        try:
            self.queue.counted(int(form.get("waiting", "")))
        except ValueError as error:
            raise StationError("J4.13", found="no such number", expected="0…999", hint="waiting") from error
        room.done("queue")


_ACTS: Final[Mapping[str, Act]] = {
    "find": DeskRooms._find,
    "open": DeskRooms._open,
    "close": DeskRooms._close,
    "next": DeskRooms._next,
    "panel": DeskRooms._panel,
    "mark": DeskRooms._mark,
    "undo": DeskRooms._undo,
    "again": DeskRooms._again,
    "test": DeskRooms._test,
    "test_again": DeskRooms._test_again,
    "spoil": DeskRooms._spoil,
    "add": DeskRooms._add,
    "issue": DeskRooms._issue,
    "back": DeskRooms._back,
    "send": DeskRooms._send,
    "bring": DeskRooms._bring,
    "visit": DeskRooms._visit,
    "case": DeskRooms._case,
    "settle": DeskRooms._settle,
    "queue": DeskRooms._queue,
}
