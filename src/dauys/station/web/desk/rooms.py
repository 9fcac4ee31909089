"""All desks of a station, on the one journal that they share (`spec/desk.md` §7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import RLock

from dauys.domain.text import Text
from dauys.station.desk.journal import DeskJournal
from dauys.station.desk.queue import Queue
from dauys.station.desk.search import Register
from dauys.station.web.desk.room import DeskRoom


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
