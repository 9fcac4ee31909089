"""The screen of a booth without a browser: it asks for the page, and touches what is on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from booth_bench import Bench, letters
from django.http import HttpResponse
from django.test import Client

from dauys.station.web.settings import configure

configure()
TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')
STAMP = re.compile(r'data-stamp="([a-z]+) ')
BUTTON = re.compile(r'<button[^>]*name="do" value="([^"]+)"')


@dataclass
class Screen:
    """One paired screen. `told`: every answer that it got."""

    where: Bench
    terminal: int = 1
    role: str = "booth"
    told: list[HttpResponse] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = Client(raise_request_exception=False, **{"dauys.services": self.where.services})
        self.client.cookies["terminal"] = self.where.paired(self.terminal, self.role)

    def get(self, path: str = "/booth/", **more: str) -> HttpResponse:
        self.told.append(self.client.get(path, **more))
        return self.told[-1]

    def post(self, path: str = "/booth/", form: dict | None = None, **more: str) -> HttpResponse:
        self.told.append(self.client.post(path, form or {}, **more))
        return self.told[-1]

    def text(self) -> str:
        """The page of now."""
        return self.get().content.decode()

    def phase(self) -> str:
        """Which page it is."""
        return STAMP.search(self.text())[1]

    def token(self) -> str:
        found = TOKEN.search(text := self.text())
        assert found, text
        return found[1]

    def touch(self, *acts: str, **fields: object) -> str:
        """Touch buttons one after another, each on the page of its moment; return the phase."""
        for act in acts:
            self.post(form={"token": self.token(), "do": act, **fields})
        return self.phase()

    def buttons(self) -> list[str]:
        return BUTTON.findall(self.text())

    def to(self, phase: str, card: int = 1, choices: tuple[object, ...] = (6, 1)) -> str:
        """A new session, as far as the page that is wanted."""
        self.where.admitted[0] += 1
        steps = [
            ("card", lambda: self.touch("begin:en")),
            ("choose", lambda: self.touch("card", letters=letters(card))),
            *[("choose", lambda one=one: self.touch("next", choice=one)) for one in choices],
            ("slips", lambda: self.touch("print")),
            ("decide", lambda: self.touch("right")),
            ("done", lambda: self.touch("cast")),
        ]
        found = "wait"
        for _, step in steps:
            if found == phase:
                return found
            found = step()
        return found
