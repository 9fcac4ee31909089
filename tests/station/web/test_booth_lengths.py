"""Whoever counts bytes on the cable learns no choice: TLS hides what a page says, but not how long it is."""

from __future__ import annotations

import re

import pytest
from booth_bench import bench
from booth_screen import Screen

#: Short and long names, with and without a note, numbers of one digit and of two.
CHOICES = ("0", "1", "3", "7", "9", "10", "12", "blank")
MARKED = re.compile(r'name="choice" value="([^"]+)"')


@pytest.fixture
def told(place):
    """The lengths of all answers of a session, by what was chosen in it."""
    found = {}
    with bench(place, "long") as where:
        screen = Screen(where)
        for card, choice in enumerate(CHOICES):
            screen.told.clear()
            screen.to("choose", card=card)
            screen.touch("next", choice=choice)
            if choice == "blank":
                screen.touch("yes")
            screen.touch("change:0", "back", "print", "wrong", "print", "right", "cast", "finish")
            found[choice] = {len(one.content) for one in screen.told if one.status_code == 200}
    return found


def test_every_page_of_every_choice_is_as_long_as_any_other(told):
    assert set(map(frozenset, told.values())) == {frozenset({32_768})}


def test_every_choice_is_sent_in_as_many_letters(place):
    with bench(place, "long") as where:
        screen = Screen(where)
        screen.to("choose")
        marks = MARKED.findall(screen.text())
        assert (len(marks), {len(one) for one in marks}) == (14, {5})
        screen.touch("next", choice=marks[12])
        assert where.rooms.room(1).chosen == [(12,)]
