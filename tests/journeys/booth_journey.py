"""A booth before a real browser: a device, its server, and a voter's hands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from django.http import HttpResponse
from playwright.sync_api import Browser, BrowserContext, Page

sys.path.insert(0, str(Path(__file__).parents[1] / "station"))
sys.path.insert(0, str(Path(__file__).parents[1] / "station" / "web"))
from booth_bench import Bench, bench, letters
from small_device import Place

from dauys.station.web import server
from dauys.station.web.certificates import Pair
from dauys.station.web.services import Services

HOST = "127.0.0.1"
KIOSK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@dataclass
class Booth:
    """One booth in one browser.

    `frames`: what was on the screen, as HTML; `asked`: every address; `answers`: headers and bodies.
    """

    where: Bench
    url: str
    page: Page
    context: BrowserContext
    number: int = 1
    frames: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)

    def pair(self) -> None:
        self.page.goto(self.url)
        self.page.fill("#code", self.where.services.terminals.invite("booth", self.number))
        self.page.click("button")

    def admit(self) -> None:
        self.where.admitted[0] += 1
        self.page.goto(f"{self.url}booth/")

    def see(self) -> str:
        """Note what is on the screen, and return which page it is."""
        self.frames.append(self.page.content())
        return self.page.locator("#step").get_attribute("data-stamp").split()[0]

    def click(self, value: str) -> str:
        """Touch the button that says this."""
        with self.page.expect_navigation():
            self.page.locator(f'button[name="do"][value="{value}"]').last.click()
        return self.see()

    def mark(self, value: str) -> None:
        self.page.click(f'label:has(input[value="{value:0>5}"])')

    def to(self, phase: str, card: int = 1, language: str = "en") -> str:
        """A new session, as far as the page that is wanted."""
        self.admit()
        found = self.see()
        for act in (f"begin:{language}", "card", "6", "1", "print", "right", "cast"):
            if found == phase and act != "1":
                break
            if act == "card":
                self.page.fill("#letters", letters(card))
            if act in ("6", "1"):
                self.mark(act)
            found = self.click("next" if act in ("6", "1") else act)
        return found


@contextmanager
def booth_at(browser: Browser, place: Place, tls: Pair | None = None, **options) -> Iterator[Booth]:
    """Open a device, serve it, and stand before a booth of it. `options`: of the browser's context."""
    answers: list[bytes] = []
    kept = patch.object(server, "application", _keeping(server.application, answers))
    with bench(place) as where, kept, server.serve(where.services, (HOST, 0), tls) as (host, port):
        context = browser.new_context(**{"viewport": KIOSK, "locale": "en-GB"} | options)
        page = context.new_page()
        booth = Booth(where, f"{'https' if tls else 'http'}://{host}:{port}/", page, context, answers=answers)
        page.on("request", lambda request: booth.asked.append(request.url))
        booth.pair()
        yield booth
        context.close()


def _keeping(real: Callable, answers: list[bytes]) -> Callable:
    """The application of a station that keeps what it answers."""

    def application(services: Services) -> Callable:
        own = real(services)

        def answer(environ: dict, start: Callable) -> HttpResponse:
            found = own(environ, start)
            answers.append(found.serialize_headers() + found.content)
            return found

        return answer

    return application
