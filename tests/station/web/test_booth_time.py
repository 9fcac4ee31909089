"""Time at a booth: it asks, it ends what was left behind, and no clock on the wall has a say in it."""

from __future__ import annotations

import ast
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from booth_bench import kinds, letters
from booth_screen import Screen

import dauys.station.web.booth as booth_package
from dauys.station.program import Clocks
from dauys.station.web import terminals as terminals_module
from dauys.station.web.booth.rooms import ASK, DONE, LEAVE, Rooms


def test_somebody_who_does_nothing_is_asked_and_goes_on(where, screen):
    screen.to("choose")
    where.now[0] += ASK - 1
    assert screen.phase() == "choose"
    where.now[0] += 1
    assert screen.phase() == "question"
    assert "Are you still there?" in screen.text()
    screen.post("/booth/touch")  # a hand on the screen is no answer
    where.now[0] += LEAVE - 1
    assert screen.touch("here") == "choose"
    where.now[0] += ASK - 1
    assert screen.phase() == "choose"


@pytest.mark.parametrize(("phase", "asked"), [("review", "leave"), ("decide", "test")])
def test_a_yes_to_an_earlier_question_does_not_say_that_somebody_is_there(where, screen, phase, asked):
    """A voter says *leave* on a page that is a moment too old, and goes: the next one must not go on."""
    screen.to(phase)
    screen.touch(asked)
    token = screen.token()
    where.now[0] += ASK
    where.rooms.tick()
    screen.post(form={"token": token, "do": "yes"})
    text = screen.text()
    assert "Are you still there?" in text
    assert "That page was an old one" in text
    where.now[0] += LEAVE
    assert screen.phase() == "done"
    assert where.services.booths.sessions == {}


def test_a_hand_on_the_screen_is_somebody(where, screen):
    screen.to("choose")
    for _ in range(5):
        where.now[0] += ASK - 1
        screen.post("/booth/touch")
        assert screen.phase() == "choose"


@pytest.mark.parametrize("phase", ["card", "choose", "review", "slips"])
def test_an_expired_session_leaves_a_good_card(where, screen, phase):
    screen.to(phase)
    old = screen.token()
    where.now[0] += ASK + LEAVE
    assert screen.phase() == "done"
    screen.post(form={"token": old, "do": "print"})
    text = screen.text()
    assert "The card is still good" in text
    assert "That session is over" in text
    assert where.glass().whats()[-1:] == (["mark void"] if phase == "slips" else [])
    where.now[0] += DONE
    assert screen.phase() == "wait"
    assert screen.to("done") == "done"
    assert kinds(where) == ["cast"]


def test_an_expired_session_after_all_correct_is_abandoned(where, screen):
    screen.to("decide")
    where.now[0] += ASK
    text = screen.text()
    assert "this card is no longer good" in text
    where.now[0] += LEAVE
    assert screen.phase() == "done"
    assert kinds(where) == ["abandoned"]
    assert where.glass().whats() == ["slips", "part1", "mark void", "ended"]
    screen.touch("finish")
    screen.to("card")
    screen.post(form={"token": screen.token(), "do": "card", "letters": letters(1)})
    assert "J2.3" in screen.text()


def test_a_session_ends_also_where_its_screen_asks_nothing_any_more(where, screen):
    screen.to("review")
    for seconds in (ASK, LEAVE, DONE):
        where.now[0] += seconds
        where.rooms.tick()
    room = where.rooms.room(1)
    assert (room.phase(), room.chosen, where.services.booths.sessions) == ("wait", [], {})


def test_what_prints_is_not_idle(where, screen):
    screen.to("review")
    passed = []

    class Slow(type(where.glass())):
        def show(self, style, chosen):
            """A print that takes long, while the thread that looks at the time comes by."""
            where.now[0] += 10_000
            looking = threading.Thread(target=lambda: passed.append(where.rooms.tick()))
            looking.start()
            looking.join(20)
            super().show(style, chosen)

    where.glasses[1] = Slow()
    assert screen.touch("print") == "slips"
    assert passed == [None]  # it neither waited for the printer nor ended its session
    assert where.rooms.room(1).question == ""


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(hours=-3), timedelta(hours=3)])
def test_a_clock_set_back_or_forward_ends_nothing(where, monkeypatch, jump):
    """With the clocks of the program: the wall may say what it likes, before, during and after a session."""
    clocks = Clocks(now=lambda: datetime(2026, 11, 20, 12, tzinfo=UTC) + jump)
    rooms = Rooms(where.services.booths, where.services.texts, clocks.monotonic, where.errors.append)
    where.services = replace(where.services, rooms=rooms)
    real = time.time
    screen = Screen(where)
    screen.to("review")
    touched = rooms.room(1).touched
    monkeypatch.setattr(time, "time", lambda: real() + jump.total_seconds())
    rooms.tick()
    assert screen.phase() == "review"
    assert screen.touch("print") == "slips"
    assert rooms.room(1).touched >= touched
    assert screen.touch("right", "cast") == "done"
    assert screen.phase() == "done"


def test_nothing_of_the_booth_reads_the_clock_on_the_wall():
    """Names are looked for in the program itself: what is not imported cannot be asked."""
    folder = Path(booth_package.__file__).parent
    for file in (*folder.glob("*.py"), Path(terminals_module.__file__), folder.parent / "common.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            module = getattr(node, "module", None) or ""
            assert not {"time", "datetime"} & {*names, module.split(".")[0]}, file.name


def test_the_runner_gives_pages_the_seconds_that_only_grow():
    source = Path(booth_package.__file__).parent.parent / "runner.py"
    text = source.read_text(encoding="utf-8")
    assert text.count("station.clocks.monotonic") == 2
    assert "Rooms(station.booths, texts, station.clocks.monotonic, tell)" in text
    assert Clocks().monotonic is time.monotonic
