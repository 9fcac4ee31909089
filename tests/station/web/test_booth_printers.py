"""A printer that stops at every place where a booth prints: words, a way on, and nothing lost or doubled."""

from __future__ import annotations

import pytest
from booth_bench import kinds, letters
from booth_screen import Screen

from dauys.domain.text import LANGUAGES
from dauys.words import Words

#: The page before, what is touched there, what stops, what the screen then knows, what is kept by then.
STOPS = [
    ("review", ("print",), "slips", "slips", []),
    ("slips", ("wrong",), "mark", "void", []),
    ("slips", ("right",), "part1", "part1", []),
    ("decide", ("cast",), "mark", "cast", ["cast"]),
    ("decide", ("cast",), "part2", "cast", ["cast"]),
    ("decide", ("test", "yes"), "mark", "challenge", ["challenge"]),
    ("decide", ("test", "yes"), "opening", "challenge", ["challenge"]),
    ("decide", ("test", "yes"), "part2", "challenge", ["challenge"]),
    ("decide", ("test", "observers"), "opening", "challenge", ["test"]),
]


@pytest.mark.parametrize("stop", STOPS)
def test_a_jam_calls_a_member_and_says_what_is_known(where, screen, stop):
    phase, acts, stops, what, kept = stop
    screen.to(phase)
    where.glass().stops.add(stops)
    assert screen.touch(*acts) == "stopped"
    assert kinds(where) == kept
    for language in LANGUAGES:
        screen.post(form={"token": screen.token(), "do": f"language:{language}"})
        text = screen.text()
        say = Words(language, "booth").say
        for key in ("stopped.title", f"stopped.{what}", f"stopped.members.{what}"):
            assert say(key) in text, (language, key)
    # Nothing else is possible here, and time does not end what a printer holds.
    where.now[0] += 10_000
    where.rooms.tick()
    for act in ("finish", "leave", "cast", "begin:en", "right"):
        screen.post(form={"token": screen.token(), "do": act})
        assert (act, screen.phase(), kinds(where)) == (act, "stopped", kept)


@pytest.mark.parametrize("stop", STOPS)
def test_when_the_printer_works_again_the_session_goes_on(where, screen, stop):
    phase, acts, stops, what, kept = stop
    screen.to(phase)
    where.glass().stops.add(stops)
    screen.touch(*acts)
    again = "mark" if what in ("cast", "challenge") else "again"
    assert screen.touch(again) == "stopped"  # it jams again
    assert kinds(where) == kept
    where.glass().stops.clear()
    before = len(where.glass().printed)
    after = screen.touch(again)
    printed = where.glass().whats()[before:]
    word = "accepted" if what == "cast" else "void"
    assert (after, printed) == {
        "slips": ("slips", ["mark void", "slips"]),
        "void": ("review", ["mark void"]),
        "part1": ("decide", ["part1"]),
        "cast": ("done", [f"mark {word}", "part2"]),
        "challenge": ("done", [f"mark {word}", "opening", "part2"]),
    }[what]
    assert (kinds(where), where.journal.owed()) == (kept, [])


@pytest.mark.parametrize(("acts", "rest"), [(("cast",), ["part2"]), (("test", "yes"), ["opening", "part2"])])
def test_slips_that_are_gone_are_not_marked_twice(where, screen, acts, rest):
    screen.to("decide")
    where.glass().stops.add("part2")
    screen.touch(*acts)
    where.glass().stops.clear()
    before = len(where.glass().printed)
    assert screen.touch("again") == "done"
    assert where.glass().whats()[before:] == rest


def test_the_receipt_printed_again_is_the_same_byte_for_byte(where, screen):
    screen.to("decide")
    where.glass().stops.add("part2")
    screen.touch("cast")
    (owed,) = where.journal.owed()
    where.glass().stops.clear()
    other = Screen(where, 2)
    assert other.to("done", card=9) == "done"
    assert screen.touch("again") == "done"
    card, ballot, word, _, tree = where.glass().printed[-1][1]
    assert (card, word, tree) == (owed.card, "cast", (owed.size, owed.root))
    assert ballot == where.journal.ending(card).ballot


def test_slips_half_printed_are_void_before_new_ones(where, screen):
    """The journal knows of both; how a printer clears its glass is the business of its own tests."""
    screen.to("review")
    where.glass().stops.add("slips")
    screen.touch("print")
    where.glass().stops.clear()
    assert screen.touch("again") == "slips"
    assert [one.kind for one in where.journal.notes() if one.kind == "void"] == ["void"]
    assert screen.touch("right", "cast") == "done"


def test_a_jam_while_somebody_leaves_after_all_correct_ends_the_receipt_too(where, screen):
    screen.to("decide")
    where.glass().stops.add("mark")
    where.now[0] += 241
    where.rooms.tick()
    assert (screen.phase(), kinds(where)) == ("stopped", ["abandoned"])
    where.glass().stops.clear()
    assert screen.touch("again") == "done"
    assert where.glass().whats()[-2:] == ["mark void", "ended"]
    assert "no longer good" in screen.text()


def test_while_one_booth_waits_for_its_printer_the_others_vote(where, screen):
    screen.to("decide")
    where.glass().stops.add("part2")
    screen.touch("cast")
    other = Screen(where, 2)
    assert other.to("done", card=5) == "done"
    assert screen.phase() == "stopped"
    assert letters(1)[:4] not in screen.text()
