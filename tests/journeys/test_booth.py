"""A voter in the booth, in a real browser: every language, by hand, keyboard, one button and ear."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from booth_journey import KIOSK, PHONE, Place, booth_at, letters
from test_access import violations

from dauys.crypto.ballots import ballot_code
from dauys.words import Words

pytestmark = pytest.mark.xdist_group("booth")
PAGES = ("wait", "card", "choose", "choose", "review", "slips", "decide", "done")


@pytest.fixture(scope="session")
def made_booth(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("booth"))
    place.make()
    return place


@pytest.fixture
def place(made_booth, tmp_path):
    shutil.copytree(made_booth.folder, tmp_path / "booth")
    return Place(tmp_path / "booth")


def sideways(page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def spilt(page) -> list[str]:
    """What stands outside the window at a side, or of which a part is cut off."""
    return page.evaluate(
        """() => [...document.querySelectorAll("main *, header *, footer *")].filter((one) => {
            const box = one.getBoundingClientRect();
            const shown = one.checkVisibility() && box.width && !one.closest(".vh, [aria-hidden], .label");
            return shown && (box.left < -1 || box.right > innerWidth + 1);
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_whole_session(browser, axe, place, language):
    with booth_at(browser, place, bypass_csp=True) as booth:
        booth.admit()
        seen, faults = [booth.see()], []
        say = Words(language, "booth").say
        for act in (f"begin:{language}", "card", "6", "1", "print", "right", "cast"):
            if act == "card":
                booth.page.fill("#letters", letters(1).lower())
            if act in ("6", "1"):
                booth.mark(act)
            seen.append(booth.click("next" if act in ("6", "1") else act))
            assert booth.page.get_attribute("html", "lang") == language
            faults += [(seen[-1], *one) for one in violations(booth.page, axe)]
            assert (sideways(booth.page), spilt(booth.page)) == (0, []), seen[-1]
        assert tuple(seen) == PAGES
        assert faults == []
        assert booth.page.inner_text("h1") == say("done.cast")
        assert booth.click("finish") == "wait"
        assert booth.where.glass().whats() == ["slips", "part1", "mark accepted", "part2"]
        assert booth.where.glass().printed[0] == ("slips", ("majilis", ((6,), (1,))))
        digest = booth.where.glass().printed[1][1][1]
        # Nothing left the station, and nothing of the ballot came to the screen.
        assert {one[: len(booth.url)] for one in booth.asked} == {booth.url}
        told = [*booth.answers, *(one.encode() for one in booth.frames)]
        assert len(told) > 20
        for text in (ballot_code(digest), ballot_code(digest).replace("-", ""), digest.hex(), letters(1)):
            assert not any(text.upper().encode() in one.upper() for one in told)
        assert booth.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
            0,
            0,
            "",
        ]
        assert booth.where.errors == []


SMALL, TALL, LARGE = {"width": 320, "height": 640}, {"width": 1408, "height": 1056}, ("large", "contrast")
SIZES = [
    (KIOSK, LARGE, True),
    (PHONE, (), True),
    (PHONE, LARGE, False),
    (SMALL, LARGE, False),
    (TALL, (), False),
]


@pytest.mark.parametrize(("size", "looks", "checked"), SIZES)
def test_no_page_is_wider_than_its_screen(browser, axe, place, size, looks, checked):  # noqa: PLR0917
    with booth_at(browser, place, viewport=size, bypass_csp=True) as booth:
        booth.to("card", language="ru")
        for look in looks:
            booth.click(f"look:{look}")
        faults, seen = [], []

        def look_at() -> None:
            seen.append(booth.see())
            if checked:
                faults.extend((seen[-1], *one) for one in violations(booth.page, axe))
            faults.extend((seen[-1], one) for one in spilt(booth.page))
            if sideways(booth.page):
                faults.append((seen[-1], "wider"))

        look_at()
        booth.click("leave")
        look_at()
        booth.click("no")
        booth.page.fill("#letters", letters(401))
        booth.click("card")
        look_at()
        booth.page.fill("#letters", letters(1))
        for act in ("card", "blank", "no", "6", "1", "print", "right", "test", "no"):
            if act in ("6", "1", "blank"):
                booth.mark(act)
            booth.click("next" if act in ("6", "1", "blank") else act)
            look_at()
        booth.where.glass().stops.add("part2")
        booth.click("cast")
        look_at()
        booth.where.glass().stops.clear()
        booth.click("again")
        look_at()
        assert faults == []
        assert set(seen) == {"card", "question", "choose", "review", "slips", "decide", "stopped", "done"}


def test_with_the_keyboard_alone(browser, place):
    with booth_at(browser, place) as booth:
        booth.admit()
        keys, focused = booth.page.keyboard, "document.activeElement.value"

        def press(*names: str, goes: bool = False) -> None:
            for name in names[:-1]:
                keys.press(name)
            if goes:
                with booth.page.expect_navigation():
                    keys.press(names[-1])
            else:
                keys.press(names[-1])

        press("ArrowRight")
        assert booth.page.evaluate(focused) == "begin:kk"
        press("ArrowRight", "ArrowRight")
        assert booth.page.evaluate(focused) == "begin:en"
        press("Enter", goes=True)
        booth.page.focus("#letters")
        keys.type(letters(1))
        press("Enter", goes=True)
        press("1", "0")
        assert booth.page.inner_text("#told") == "Chosen: 10, Rukhaniyat Party"
        press("Enter", goes=True)
        press("ArrowDown", "ArrowDown", "Space")
        press("Enter", goes=True)
        assert booth.see() == "review"
        press("Enter", goes=True)
        assert booth.see() == "slips"
        press("Enter", goes=True)
        assert booth.see() == "decide"
        press("Enter")  # the decision has no answer that a key gives by itself
        assert booth.see() == "decide"
        for _ in range(20):
            press("Tab")
            if booth.page.evaluate(focused) == "cast":
                break
        press("Enter", goes=True)
        assert booth.see() == "done"
        press("Enter", goes=True)
        assert booth.see() == "wait"
        assert booth.where.glass().printed[0][0] == "slips"
        assert booth.where.glass().whats()[-1] == "part2"


def test_with_one_button(browser, place):
    """A frame goes round by itself; any key takes what it is at. The clock of the page is the test's."""
    with booth_at(browser, place) as booth:
        booth.to("choose")
        booth.click("look:scan")
        booth.page.clock.install()
        booth.page.goto(f"{booth.url}booth/")

        def aim_at(value: str) -> None:
            for _ in range(40):
                if booth.page.locator(f'.aim:has(input[value="{value:0>5}"]), .aim[value="{value}"]').count():
                    return
                booth.page.clock.run_for(1800)
            raise AssertionError(f"the frame never came to {value}")

        def take(value: str) -> None:
            aim_at(value)
            with booth.page.expect_navigation():
                booth.page.keyboard.press("Space")

        for option in ("6", "1"):
            aim_at(option)
            booth.page.keyboard.press("Space")
            assert booth.page.locator(f'input[value="{option:0>5}"]').is_checked()
            take("next")
        for button in ("print", "right", "cast"):
            take(button)
        assert booth.see() == "done"
        assert booth.where.glass().printed[0] == ("slips", ("majilis", ((6,), (1,))))


VOICE = """
globalThis.said = [];
Object.defineProperty(globalThis, "speechSynthesis", { value: {
  getVoices: () => LANGUAGES.map((lang) => ({ lang, name: lang })),
  speak: (one) => said.push(`${one.lang} ${one.text}`),
  cancel: () => said.push("stop"),
  addEventListener() {},
} });
globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


def test_who_does_not_see_hears_options_choice_and_slips(browser, place):
    with booth_at(browser, place) as booth:
        booth.page.add_init_script(VOICE.replace("LANGUAGES", '["ru-RU", "en-GB"]'))
        booth.to("choose")
        booth.click("look:sound")
        heard = booth.page.evaluate("said")
        assert heard[0] == "stop"
        assert heard[1].startswith("en-GB Party list: choose one")
        assert "en-GB 7 Party of Patriots of Kazakhstan" in heard
        assert "en-GB – I choose no list The ballot is taken blank" in heard
        assert heard[-1] == "en-GB Next"
        booth.page.evaluate("said.length = 0")
        booth.mark("6")
        assert booth.page.evaluate("said")[-1] == "en-GB Chosen: 7, Party of Patriots of Kazakhstan"
        booth.click("next")
        booth.mark("1")
        booth.click("next")
        assert any("1 of 2. Party list 7. Party of Patriots" in one for one in booth.page.evaluate("said"))
        booth.click("print")
        slips = " ".join(booth.page.evaluate("said"))
        for words in ("7. Party of Patriots of Kazakhstan left slip", "not cast yet", "Something is wrong",
                      "2. Seitova Aigul self-nominated right slip", "All correct, go on"):  # fmt: skip
            assert words in slips
        booth.click("language:ru")
        assert any(one.startswith("ru-RU Проверьте свой выбор") for one in booth.page.evaluate("said"))
        booth.click("language:kk")
        assert booth.page.evaluate("said") == []
        assert booth.page.locator(".said").inner_text() == Words("kk", "booth").say("sound.none")


def test_without_scripts(browser, place):
    with booth_at(browser, place, java_script_enabled=False) as booth:
        assert booth.to("done") == "done"
        assert booth.click("finish") == "wait"
        assert [one.kind for one in booth.where.journal.endings()] == ["cast"]


def test_another_tab_and_the_back_button(browser, place):
    with booth_at(browser, place) as booth:
        booth.to("review")
        other = booth.context.new_page()
        other.goto(f"{booth.url}booth/")
        booth.click("print")
        with other.expect_navigation():
            other.click('button[value="change:0"]')
        assert other.locator("h1").inner_text() == "Check your choice"
        booth.click("right")
        booth.page.go_back()
        booth.page.wait_for_selector('#step[data-stamp^="decide"]')
        booth.click("cast")
        booth.page.go_back()
        booth.page.wait_for_selector('#step[data-stamp^="done"]')
        assert "Patriots" not in booth.page.inner_text("body")
        assert booth.where.glass().whats() == ["slips", "part1", "mark accepted", "part2"]


def test_two_touches_cast_once(browser, place):
    with booth_at(browser, place) as booth:
        booth.to("decide")
        with booth.page.expect_navigation():
            booth.page.locator('button[value="cast"]').dblclick(no_wait_after=True)
        booth.page.wait_for_selector('#step[data-stamp^="done"]')
        assert booth.page.locator(".said").count() == 0
        assert booth.where.glass().whats() == ["slips", "part1", "mark accepted", "part2"]


def test_a_screen_whose_station_is_gone_shows_no_choice(browser, place):
    with booth_at(browser, place) as booth:
        booth.page.clock.install()
        booth.to("review")
        booth.context.route("**/booth/state", lambda route: route.abort())
        assert "Patriots" in booth.page.inner_text("body")
        for _ in range(3):
            with booth.page.expect_event("requestfailed"):
                booth.page.clock.run_for(2000)
        booth.page.wait_for_selector("footer", state="detached")
        assert booth.page.inner_text("h1") == "Please call a member of the commission"
        assert "Patriots" not in booth.page.inner_text("body")
        booth.context.unroute("**/booth/state")
        with booth.page.expect_navigation():
            booth.page.clock.run_for(2000)
        assert booth.see() == "review"


def test_a_station_that_was_started_anew_asks_for_a_code(browser, place):
    with booth_at(browser, place) as booth:
        booth.page.clock.install()
        booth.to("review")
        booth.where.services.terminals._paired.clear()
        with booth.page.expect_navigation():
            booth.page.clock.run_for(2000)
        assert booth.page.inner_text("h1") == "What is this screen for?"


def test_a_screen_left_behind_asks_then_ends_by_itself(browser, place):
    with booth_at(browser, place) as booth:
        booth.page.clock.install()
        booth.to("choose")
        for seconds, page in ((180, "question"), (60, "done"), (30, "wait")):
            booth.where.now[0] += seconds
            with booth.page.expect_navigation():
                booth.page.clock.run_for(timedelta(seconds=2) // timedelta(milliseconds=1))
            assert booth.see() == page


@pytest.mark.parametrize("look", ["plain", "large"])
@pytest.mark.parametrize("size", [KIOSK, {"width": 1080, "height": 1920}], ids=["landscape", "upright"])
def test_letters_of_a_card_are_near_their_field_and_whole(browser, place, look, size):
    with booth_at(browser, place, viewport=size) as booth:
        booth.to("card", language="kk")
        if look == "large":
            booth.click("look:large")
        main = booth.page.locator("main")
        assert main.evaluate("e => e.scrollHeight - e.clientHeight") <= 0
        field, pad = (booth.page.locator(one).bounding_box() for one in ("#letters", "#pad"))
        assert pad["y"] - field["y"] - field["height"] < 140


@pytest.mark.parametrize(
    ("language", "motion", "seen"),
    [
        ("ru", "no-preference", "Через 21 секунду экран"),
        ("kk", "no-preference", "21 секундтан кейін экран"),
        ("en", "no-preference", "In 21 seconds this screen"),
        ("en", "reduce", "In 30 seconds this screen"),
    ],
)
def test_the_seconds_of_the_last_page_count_down(browser, place, language, motion, seen):
    with booth_at(browser, place, reduced_motion=motion) as booth:
        booth.page.clock.install()
        assert booth.to("done", language=language) == "done"
        booth.where.now[0] += 8
        with booth.page.expect_response("**/booth/state"):  # what the station says is what is left
            booth.page.clock.run_for(2000)
        booth.page.clock.run_for(1000)
        assert booth.page.locator(".first").inner_text().startswith(seen)
        assert booth.page.locator("[aria-live] [data-left], [role] [data-left]").count() == 0  # no voice


def test_refusals_reach_the_bar_too(browser, axe, place):
    """The page of a code, of another role and of nothing: words, no violation, nothing wider than a phone."""
    with booth_at(browser, place, viewport=PHONE, bypass_csp=True) as booth:
        for path in ("desk/", "nothing"):
            booth.page.goto(booth.url + path)
            assert violations(booth.page, axe) == []
            assert sideways(booth.page) == 0
            assert booth.page.locator('[role="alert"]').count() == 1
        booth.context.clear_cookies()
        booth.page.goto(booth.url)
        booth.page.fill("#code", "WRONG")
        booth.page.click("button")
        assert "J6.1" in booth.page.locator('[role="alert"]').inner_text()
        assert violations(booth.page, axe) == []
        assert sideways(booth.page) == 0


def test_letters_come_from_our_fonts_alone(browser, place):
    """A booth may have no fonts: Kazakh letters and arrows are ours."""
    with booth_at(browser, place) as booth:
        session = booth.context.new_cdp_session(booth.page)

        def foreign(selector: str) -> list[str]:
            root = session.send("DOM.getDocument")["root"]["nodeId"]
            found = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})["nodeIds"]
            assert found, selector
            told = [session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] for node in found]
            return [font["familyName"] for fonts in told for font in fonts if not font["isCustomFont"]]

        session.send("DOM.enable")
        session.send("CSS.enable")
        wanted = {
            "wait": ("h1", ".start b", ".where", "footer span"),
            "card": ("h1", ".lead", ".pad button", "h2 label"),
            "choose": ("h1", ".n", ".name b", ".name span", ".tools button", ".told"),
            "review": ("h1", ".chosen", ".soft", "footer button", ".hint span"),
            "decide": ("h2", ".flap-row p", ".ways button", "footer p"),
        }
        booth.admit()
        for phase, selectors in wanted.items():
            if phase != "wait":
                booth.to(phase, card=len(phase) + 10 * len(selectors), language="kk")
            booth.page.evaluate("document.fonts.ready.then(() => true)")
            assert {selector: foreign(selector) for selector in selectors} == {one: [] for one in selectors}
            if phase == "choose":
                booth.click("look:large")
                assert foreign(".below") == []
            if phase in ("card", "choose", "review"):
                booth.click("leave")
                booth.click("yes")
                booth.click("finish")
