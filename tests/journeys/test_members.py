"""The members' pages in a browser: from the keyboard, accessible, on a phone, equations as typed."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from test_access import violations

sys.path.insert(0, str(Path(__file__).parents[1] / "station"))
sys.path.insert(0, str(Path(__file__).parents[1] / "station" / "web_members"))
import members_bench as bench
from small_device import Place

from dauys.station.day.people import decision
from dauys.station.web.server import serve

pytestmark = pytest.mark.xdist_group("browser")
NAMES = bench.NAMES
PATHS = {
    "made": ("", "step", "test", "incident?kind=laptop", "reading", "owed"),
    "open": ("step", "reading", "screens"),
    "closed": ("", "count/cards", "count/slips", "seal", "devices"),
    "sealed": ("", "seal", "count/slips", "protocols", "incident"),
}


class Station:
    """A station that answers, and the screens of its members."""

    def __init__(self, own: bench.Members, browser: Browser, url: str) -> None:
        self.own, self.browser, self.url = own, browser, url
        self.cookie = own.cookie()

    def screen(self, language="en", width=1280, height=800, **more) -> Page:
        self.own.services.terminals.find(self.cookie).language = language
        context = self.browser.new_context(viewport={"width": width, "height": height}, **more)
        context.add_cookies([{"name": "terminal", "value": self.cookie, "url": self.url}])
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda told: page.wrong.append(told.text) if told.type == "error" else None)
        page.goto(f"{self.url}/members/")
        return page

    def to(self, phase: str) -> None:
        """Bring the day to a phase."""
        own, night = self.own, self.own.room.night
        bench.to_open(own)
        own.vote(6)
        night.day.incident("booth", decision(NAMES, "экран сөнді"), {"terminal": 1})
        if phase == "open":
            return
        own.to(bench.EVENING)
        night.day.close_polls(NAMES, own.room.booths)
        if phase == "closed":
            return
        counts = {"cards": bench.cards_of(own), "slips": bench.slips_of(own, 6), "paper": bench.paper_of(own)}
        for what, numbers in counts.items():
            for name in NAMES:
                night.enter(what, name, numbers)
            if what == "cards":
                night.seal()
                night.compare(night.seal_code(), NAMES, bench.EVENING)


@pytest.fixture
def station(browser) -> Iterator[Station]:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        place.make()
        with bench.members(place) as own, serve(own.services, ("127.0.0.1", 0)) as (host, port):
            made = Station(own, browser, f"http://{host}:{port}")
            yield made
            for context in browser.contexts:
                context.close()


@pytest.mark.parametrize("phase", PATHS)
def test_every_page_is_accessible_and_fits_a_phone(station, axe, phase):
    if phase != "made":
        station.to(phase)
    if phase == "closed":
        station.own.room.night.others["01-001-b"] = None
    for at, (theme, width, language) in enumerate((("light", 1280, "en"), ("dark", 390, "kk"))):
        page = station.screen(language, width, color_scheme=theme, bypass_csp=True)
        for path in PATHS[phase]:
            page.goto(f"{station.url}/members/{path}")
            assert violations(page, axe) == [], (path, at)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.wrong == []


def test_numbers_that_do_not_add_up_are_decided_about_on_any_screen(station, axe):
    own = station.own
    station.to("open")
    own.admitted[0] -= 1
    own.room.night.day.incident("paper", decision(NAMES, "ток болмады"))
    for at, (theme, width, language) in enumerate((("light", 1280, "en"), ("dark", 390, "kk"))):
        page = station.screen(language, width, color_scheme=theme, bypass_csp=True)
        if at == 0:
            own.to(bench.EVENING)
        else:
            own.to(bench.EVENING + timedelta(hours=14))
            desk = own.room.night.desk()
            own.room.night.day.close_polls(NAMES, own.room.booths, None, desk, accepted=decision(NAMES, "x"))
            for name in NAMES:
                own.room.night.enter("cards", name, {**bench.cards_of(own), "missing": 2})
        page.goto(f"{station.url}/members/{'seal' if at else 'step'}")
        expect(page.locator('input[name="apart"]')).to_have_count(1)
        assert violations(page, axe) == [], at
        assert page.evaluate("document.documentElement.scrollWidth") <= width, at
        assert page.wrong == []
    page.fill("#name0", NAMES[0])
    page.fill("#name1", NAMES[1])
    page.fill("#reason", "екі карточка артық")
    page.click(".act .main")
    page.wait_for_url("**/members/seal")
    assert own.room.phase().value == "sealed"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_screen_goes_on_in_the_language_of_its_pairing(station, language):
    page = station.browser.new_context(locale=language).new_page()
    page.goto(station.url)
    asked = page.evaluate("document.documentElement.lang")
    page.fill("#code", station.own.services.terminals.invite("members", 1))
    with page.expect_navigation():
        page.click("button")
    assert [asked, page.evaluate("document.documentElement.lang")] == [language, language]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_first_steps_from_the_keyboard_alone(station, language):
    page = station.screen(language)
    page.keyboard.press("Enter")
    page.wait_for_url("**/members/step")
    page.focus("#name0")
    page.keyboard.type("Омарова Қ.")
    page.keyboard.press("Tab")
    page.keyboard.type("Ким Т.")
    page.keyboard.press("Enter")
    page.wait_for_url("**/members/")
    assert station.own.room.night.day.phase().value == "installed"
    page.keyboard.press("F3")
    page.wait_for_url("**/members/incident")
    page.keyboard.press("F4")
    page.wait_for_url("**/members/reading")
    page.keyboard.press("F1")
    page.wait_for_url("**/members/")
    assert {urlsplit(one).netloc for one in page.asked} == {urlsplit(station.url).netloc}
    assert page.wrong == []


def test_equations_change_with_every_digit(station):
    station.to("closed")
    page = station.screen("en")
    page.goto(f"{station.url}/members/count/cards")
    right = bench.cards_of(station.own)
    for name, number in right.items():
        page.fill(f'input[name="{name}"]', str(number))
    expect(page.locator(".equation.ok")).to_have_count(3)
    page.fill('input[name="unused"]', str(right["unused"] - 2))
    expect(page.locator(".equation.bad")).to_contain_text("2 missing")
    assert station.own.room.night.book.entries == {}
    page.press('input[name="received"]', "ArrowDown")
    assert page.evaluate("document.activeElement.name") == "returned"
    assert page.wrong == []


def test_the_evening_in_a_browser_without_scripts(station):
    station.to("closed")
    page = station.screen("ru", java_script_enabled=False)
    for name in NAMES:
        page.goto(f"{station.url}/members/count/cards")
        page.fill("#person", name)
        for field, number in bench.cards_of(station.own).items():
            page.fill(f'input[name="{field}"]', str(number))
        page.click(".act .main")
    page.wait_for_url("**/members/seal")
    page.click('button[value="seal"]')
    code = station.own.room.night.seal_code()
    assert page.locator(".groups").inner_text().split() == code.split("-")
    page.fill("#code", code)
    page.fill("#name0", NAMES[0])
    page.fill("#name1", NAMES[1])
    page.click('button[value="compare"]')
    page.wait_for_url("**/members/")
    assert station.own.room.next() == "slips"


def test_a_clock_that_was_set_is_the_first_thing_to_be_seen(station):
    station.own.set(timedelta(hours=1))
    page = station.screen("en")
    expect(page.locator("#next")).to_have_text("The clock was set")
