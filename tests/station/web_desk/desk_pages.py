"""Desks of a station behind their pages: a client that knows forms, and nothing of what is behind them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from html import unescape
from urllib.parse import urlencode

from booth_bench import Bench, bench, texts
from desk_bench import DAY, VOTERS, desk_of
from small_device import Place

from dauys.domain.text import Text
from dauys.station.desk.journal import DeskJournal
from dauys.station.desk.queue import Queue
from dauys.station.web.desk.rooms import DeskAbout, DeskRooms
from dauys.station.web.server import Application, application
from dauys.station.web.services import Services

MOMENT = datetime(2004, 9, 19, 11, 8, tzinfo=timezone(timedelta(hours=5)))


@dataclass
class Desks:
    """A station whose desks and booths are at work."""

    services: Services
    booths: Bench
    journal: DeskJournal
    clock: list[float]
    is_open: list[bool]
    on_paper: list[bool]

    @property
    def rooms(self) -> DeskRooms:
        return self.services.desk

    def client(self, number: int = 1, role: str = "desk") -> Client:
        cookie = self.services.terminals.pair(self.services.terminals.invite(role, number))
        return Client(application(self.services), cookie)


@contextmanager
def desks(place: Place, voters=VOTERS) -> Iterator[Desks]:
    """Open a device with booths and desks; the admissions of the desk are those that booths read."""
    with ExitStack() as stack:
        booths = stack.enter_context(bench(place))
        journal = stack.enter_context(desk_of(place, voters=voters))
        booths.services.booths.admitted = journal.admitted
        clock, is_open, on_paper = [0.0], [True], [False]
        contests = texts().contests()
        about = DeskAbout(
            "0312", DAY, tuple(one.title for one in contests), contests[1].place, {"c2": Text("Б", "В", "C")}
        )
        rooms = DeskRooms(
            journal,
            about,
            Queue(lambda: clock[0]),
            lambda: MOMENT,
            lambda: is_open[0],
            booths.errors.append,
            on_paper=lambda: on_paper[0],
        )
        yield Desks(replace(booths.services, desk=rooms), booths, journal, clock, is_open, on_paper)


@dataclass
class Client:
    """A screen: it keeps its cookie and the page that it shows."""

    answer: Application
    cookie: str
    page: str = ""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict[str, str] | None = None, **more: str) -> str:
        body = urlencode(form).encode() if form is not None else b""
        environ = {
            "REQUEST_METHOD": "POST" if form is not None else "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "HTTP_HOST": "station",
            "SERVER_NAME": "station",
            "SERVER_PORT": "80",
            "HTTP_COOKIE": f"terminal={self.cookie}",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            **more,
        }

        def start(status, headers, _=None):
            self.status, self.headers = int(status[:3]), dict(headers)

        return b"".join(self.answer(environ, start)).decode()

    def look(self) -> str:
        self.page = self.ask("/desk/")
        return self.page

    def hidden(self, name: str) -> str:
        return re.search(rf'name="{name}" value="([^"]*)"', self.page)[1]

    def send(self, do: str, **fields: str) -> str:
        """Press a button of the page that is shown, and show the page that comes."""
        if not self.page:
            self.look()
        form = {"token": self.hidden("token"), "voter": unescape(self.hidden("voter")), "do": do, **fields}
        self.ask("/desk/", form)
        assert self.status == 302, self.status
        assert self.headers["Location"] == "/desk/"
        return self.look()

    def text(self) -> str:
        """What the page says, without its tags."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.page)).split())

    def offers(self, do: str) -> bool:
        return f'value="{do}"' in self.page
