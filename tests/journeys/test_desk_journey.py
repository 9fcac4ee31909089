"""A desk in a browser: from the keyboard alone, in each language and theme, on a kiosk and on a phone."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parents[1] / "station" / "web"))
sys.path.insert(0, str(Path(__file__).parents[1] / "station" / "desk"))
sys.path.insert(0, str(Path(__file__).parents[1] / "station" / "web_desk"))
sys.path.insert(0, str(Path(__file__).parents[1] / "station"))

from desk_bench import made
from desk_pages import desks
from small_device import Place

from dauys.station.web.server import serve

pytestmark = pytest.mark.xdist_group("browser")
RULES = '{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}'


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("desk") / "device")
    place.folder.mkdir()
    place.make()
    with desks(made(place)) as found, serve(found.services, ("127.0.0.1", 0)) as (host, port):
        found.url = f"http://{host}:{port}"
        yield found


@pytest.fixture
def desk(browser, station):
    """Open the page of a desk; what is asked of the browser is given by the test."""
    contexts = []

    def open_page(language="kk", number=1, **more):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | more))
        contexts.append(context)
        terminals = station.services.terminals
        cookie = terminals.pair(terminals.invite("desk", number))
        terminals.find(cookie).language = language
        context.add_cookies([{"name": "terminal", "value": cookie, "url": f"{station.url}/"}])
        station.rooms._rooms.clear()
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on(
            "console", lambda message: page.faults.append(message.text) if message.type == "error" else None
        )
        page.goto(f"{station.url}/desk/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    undo_all(station)


def undo_all(station):
    """Each test finds the voters as they were: what was marked is undone, as members would."""
    for one in station.journal.standings().values():
        if one.state in ("paper", "electronic"):
            station.journal.undo(one.voter, "ballot" if one.state == "paper" else "card", "test")


def press(page, key):
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def find(page, text):
    page.wait_for_selector("#q:focus")
    with page.expect_response("**/desk/find"):
        page.keyboard.insert_text(text)


def marked(station, voter):
    standing = station.journal.standing(voter)
    return standing.state if standing else None


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_morning_from_the_keyboard_alone(desk, station, language):
    page = desk(language)
    find(page, "абен")
    page.keyboard.press("ArrowDown")
    press(page, "Enter")
    assert page.locator("aside h2").inner_text() == "Әбенова Айжан Нұрланқызы"
    press(page, "e")
    assert marked(station, "418") == "electronic"
    press(page, "Enter")  # the next voter
    assert page.evaluate("document.activeElement.id") == "q"
    find(page, "14.03.1961")
    press(page, "Enter")
    press(page, "p")
    assert marked(station, "417") == "paper"
    press(page, "F9")
    page.wait_for_function("document.activeElement.closest('aside') !== null")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    press(page, "Enter")
    for _ in range(50):  # the station answers in its own time
        if marked(station, "417") is None:
            break
        page.wait_for_timeout(100)
    assert marked(station, "417") is None
    press(page, "Escape")
    press(page, "F2")
    following = {"kk": "ru", "ru": "en", "en": "kk"}[language]
    assert page.evaluate("document.documentElement.lang") == following
    assert page.faults == []


def test_keys_are_those_of_the_place_in_whichever_layout(desk, station):
    page = desk()
    find(page, "88")
    press(page, "Enter")
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new KeyboardEvent('keydown', {key: 'у', code: 'KeyE'}))")
    assert marked(station, "88") == "electronic"


def test_letters_in_the_search_mark_nobody(desk, station):
    page = desk()
    find(page, "417")
    press(page, "Enter")
    page.focus("#q")
    page.keyboard.press("End")
    page.keyboard.type("ep")
    assert page.input_value("#q") == "417ep"
    assert marked(station, "417") is None


def test_enter_or_a_key_twice_marks_once(desk, station):
    before = len(list(station.journal.facts("mark")))
    page = desk()
    find(page, "702")
    press(page, "Enter")
    page.keyboard.press("Enter")  # once more: opens, and never marks
    assert marked(station, "702") is None
    page.evaluate("""() => {
        const button = document.querySelector('[data-key="KeyP"]');
        button.click(); button.click();
        dispatchEvent(new KeyboardEvent('keydown', {key: 'e', code: 'KeyE'}));
    }""")
    page.wait_for_selector(".said")
    assert marked(station, "702") == "paper"
    assert len(list(station.journal.facts("mark"))) == before + 1


def test_enter_waits_for_the_list_that_is_on_its_way(desk):
    page = desk()
    page.keyboard.insert_text("1102")
    press(page, "Enter")
    assert page.locator("aside h2").inner_text() == "Әбен Ерлан Маратұлы"


def test_another_desk_is_seen_in_the_head(desk, station):
    page = desk("en")
    station.journal.mark("419", "paper")
    expect(page.locator("#n-paper")).to_have_text("Paper 1", timeout=20_000)
    assert page.faults == []


def test_a_station_that_does_not_answer_is_said(desk):
    page = desk("en")
    page.route("**/desk/find", lambda route: route.abort())
    page.wait_for_selector("#q:focus")
    page.keyboard.insert_text("417")
    page.wait_for_selector("#lost:not([hidden])")
    page.unroute("**/desk/find")
    page.keyboard.insert_text("1")
    page.wait_for_selector("#lost[hidden]", state="attached")


def test_a_program_that_was_started_anew_asks_for_a_code(desk, station):
    page = desk("en")
    page.wait_for_selector("#q:focus")
    station.services.terminals._paired.clear()
    page.keyboard.insert_text("417")
    page.wait_for_selector("#code")
    assert "Әбенов" not in page.content()


def test_everything_works_without_scripts(desk, station):
    page = desk("ru", java_script_enabled=False)
    page.fill("#q", "касым")
    page.keyboard.press("Enter")
    page.wait_for_selector("aside .way")
    page.locator('[value="mark:paper"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".said")
    assert marked(station, "88") == "paper"
    page.click('[value="panel:add"]')
    page.fill("#name", "Жаңа Сайлаушы")
    page.fill("#born", "01.02.1980")
    page.fill("#address", "Абай 9")
    page.fill("#proof", "анықтама 3")
    page.keyboard.press("Enter")
    page.wait_for_selector(".said")
    assert [voter.name_kk for voter in station.journal.added().values()] == ["Жаңа Сайлаушы"]


def test_history_and_addresses_hold_no_voter(desk):
    page = desk()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    find(page, "417")
    press(page, "Enter")
    press(page, "Escape")
    assert asked
    assert [one for one in asked if re.search(r"[?=]|417", one.partition("://")[2].partition("/")[2])] == []


STATES = {
    "start": [],
    "search": ["абен"],
    "nothing": ["zzqq"],
    "voter": ["417", "Enter"],
    "marked": ["418", "Enter", "p"],
    "undo": ["418", "Enter", "p", "F9"],
    "again": ["418", "Enter", "e", "a"],
    "certificate": ["1102", "Enter"],
    "back": ["1102", "Enter", "F4"],
    "issue": ["417", "Enter", "F4"],
    "present": ["F4"],
    "send": ["417", "Enter", "F8"],
    "mobile": ["F8"],
    "case": ["417", "Enter", "F7"],
    "add": ["F6"],
    "whom": ["F9"],
    "queue": ["F10"],
    "help": ["F1"],
}


def violations(page, axe):
    page.evaluate(axe)
    nodes = "v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary)"
    return page.evaluate(f"axe.run(document, {RULES}).then(r => r.violations.map(v => [v.id, {nodes}]))")


def reach(page, steps):
    for step in steps:
        if re.fullmatch(r"[ep a]|Enter|F\d+", step):
            press(page, step)
        else:
            find(page, step)


@pytest.mark.parametrize(("theme", "language"), [("light", "kk"), ("dark", "ru")])
def test_no_state_has_violations(desk, axe, station, theme, language):
    page = desk(language, color_scheme=theme, bypass_csp=True)
    for state, steps in STATES.items():
        reach(page, steps)
        assert violations(page, axe) == [], state
        again(page, station)
    station.journal.settle(station.journal.open_case("417", "Қате"), "-")
    station.journal.open_case("417", "Қате")
    station.is_open[0] = False
    page.reload()
    page.click('[value="panel:cases"]')
    page.wait_for_selector("fieldset.case")
    assert violations(page, axe) == []
    station.is_open[0], station.on_paper[0], station.journal.carried = True, True, True
    again(page, station)
    for steps in (["417", "Enter"], ["F8"]):
        reach(page, steps)
        assert violations(page, axe) == [], steps
    station.on_paper[0], station.journal.carried = False, False
    assert page.faults == []


def again(page, station):
    """Begin anew, as if nothing had been done."""
    station.rooms._rooms.clear()
    undo_all(station)
    page.reload()


@pytest.mark.parametrize("width", [320, 820, 1280])
def test_nothing_is_wider_than_the_screen(desk, station, width):
    page = desk("ru", viewport={"width": width, "height": 800})
    for language in ("ru", "en", "kk"):
        assert page.evaluate("document.documentElement.lang") == language
        for state in ("search", "marked", "undo", "add", "help"):
            reach(page, STATES[state])
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (language, state)
            again(page, station)
        press(page, "F2")
