"""A whole day of a voter in a real browser: checked in, a test of the machine, checked in again, cast.

The station is a real one of a kit, with its desk, its day and its printers; two screens stand side by side.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from booth_journey import KIOSK

sys.path.insert(0, str(Path(__file__).parents[1] / "station" / "papers"))
from kit_station import Laptop, make

from dauys.crypto.ballots import ballot_code
from dauys.station.papers.job import job
from dauys.station.papers.marks import mark_accepted, mark_void
from dauys.station.web.runner import Address, running

pytestmark = pytest.mark.xdist_group("booth")
#: Of the voters of the list, one for each language.
VOTERS = {"kk": "1", "ru": "2", "en": "3"}


@pytest.fixture(scope="module")
def made_kit(tmp_path_factory):
    return make(tmp_path_factory.mktemp("booth-day"))


@pytest.fixture(scope="module")
def open_laptop(made_kit, tmp_path_factory):
    laptop = Laptop(made_kit, tmp_path_factory.mktemp("booth-day-laptop"))
    laptop.install()
    with laptop.open() as station, running(station, Address("127.0.0.1", 0)) as served:
        laptop.begin(station)
        yield laptop, station, served


@pytest.fixture
def screens(browser, open_laptop):
    """`screens(role, language)`: a paired page."""
    *_, served = open_laptop
    contexts = []

    def pair(role: str, language: str):
        context = browser.new_context(viewport=KIOSK, locale=language)
        contexts.append(context)
        page = context.new_page()
        page.goto(served.url)
        page.fill("#code", served.invite(role))
        with page.expect_navigation():
            page.click("button")
        cookie = context.cookies()[0]["value"]
        served.services.terminals.find(cookie).language = language
        page.goto(f"{served.url}{role}/")
        return page

    yield pair
    for one in contexts:
        one.close()


def go(page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def press(page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def open_voter(desk, number: str) -> None:
    """Find a voter by number and open the entry, from the keyboard."""
    desk.wait_for_selector("#q:focus")
    with desk.expect_response("**/desk/find"):
        desk.keyboard.insert_text(number)
    press(desk, "Enter")


def to_decision(booth, language: str, card: str) -> None:
    """From a closed booth that opens by itself to the question what should happen to the ballot."""
    begin = f'button[value="begin:{language}"]'
    booth.wait_for_selector(begin, timeout=20_000)
    go(booth, begin)
    booth.fill("#letters", card)
    go(booth, "footer .main")
    for choice in ("0", "1"):
        booth.click(f'label:has(input[value="{choice:0>5}"])')
        go(booth, "footer .main")
    go(booth, "footer .main")
    go(booth, "footer .main")
    assert booth.locator('button[value="cast"]').count() == 1


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_voters_day(screens, open_laptop, made_kit, language):
    laptop, station, _ = open_laptop
    slips, receipts = laptop.printers
    voter = VOTERS[language]
    cards = made_kit.cards[2 * int(voter) : 2 * int(voter) + 2]
    desk, booth = screens("desk", language), screens("booth", language)
    seen: list[str] = []
    booth.on("load", lambda page: seen.append(page.content()))
    before = [one.kind for one in station.opened.journal.endings()]
    assert booth.locator('[name="do"][value^="begin"]').count() == 0
    open_voter(desk, voter)
    press(desk, "e")
    to_decision(booth, language, cards[0])
    go(booth, 'button[value="test"]')
    go(booth, 'button[value="yes"]')
    assert slips.outputs[-1].job == job(mark_void(), cut=True)
    go(booth, "footer .main")
    # No other session without the desk.
    assert booth.locator('[name="do"][value^="begin"]').count() == 0
    press(desk, "a")
    desk.fill("aside input:not([type=hidden]):not([type=radio])", "Омарова Қ.")
    press(desk, "Enter")
    to_decision(booth, language, cards[1])
    go(booth, 'button[value="cast"]')
    assert slips.outputs[-1].job == job(mark_accepted(), cut=True)
    assert booth.get_attribute("html", "lang") == language
    go(booth, "footer .main")
    told = desk.content()
    press(desk, "Escape")  # the desk is free for the next voter
    kinds = [one.kind for one in station.opened.journal.endings()]
    assert sorted(kinds) == sorted([*before, "cast", "challenge"])
    assert station.booths.free() == 0
    assert (receipts.hanging(), station.opened.journal.owed()) == (None, [])
    # The booth knew no name, the desk no card and no code.
    (name,) = [one.name_ru for one in station.kit.voters if str(one.number) == voter]
    codes = [ballot_code(one.ballot) for one in station.opened.journal.endings()]
    assert len(seen) > 15
    assert not any(name in page for page in seen)
    assert not any(text in page for page in (*seen, told) for text in (*codes, *cards))
