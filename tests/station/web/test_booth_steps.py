"""A voter's way through the pages of a booth, step by step, and every turn that it can take."""

from __future__ import annotations

import pytest
from booth_bench import bench, kinds, letters
from booth_screen import Screen


def test_one_page_after_the_other(where, screen):
    assert screen.phase() == "wait"
    where.admitted[0] += 1
    assert screen.touch("begin:ru") == "card"
    assert 'lang="ru"' in screen.text()
    assert screen.touch("card", letters=letters(1)) == "choose"
    assert "1 из 2" in screen.text()
    assert screen.touch("next", choice="6") == "choose"
    assert "2 из 2" in screen.text()
    assert screen.touch("next", choice="1") == "review"
    assert where.glass().printed == []
    assert screen.touch("print") == "slips"
    assert where.glass().printed == [("slips", ("majilis", ((6,), (1,))))]
    assert screen.touch("right") == "decide"
    assert where.glass().whats() == ["slips", "part1"]
    assert kinds(where) == []
    assert screen.touch("cast") == "done"
    assert where.glass().whats() == ["slips", "part1", "mark accepted", "part2"]
    assert kinds(where) == ["cast"]
    assert screen.touch("finish") == "wait"
    assert 'lang="kk"' in screen.text()[:60]


def test_the_page_after_a_vote_says_nothing_of_it(where, screen):
    screen.to("done")
    after = screen.text()
    for said in ("Patriots", "Seitova", "Патриоттары", "Сейітова"):
        assert said not in after
    room = where.rooms.room(1)
    assert (room.session, room.chosen, room.card) == (None, [], b"")


def test_what_was_chosen_stands_on_review_and_slips_in_the_language_of_the_screen(screen):
    screen.to("review")
    assert "7. Party of Patriots of Kazakhstan" in screen.text()
    screen.touch("language:ru")
    assert "7. Партия патриотов Казахстана" in screen.text()
    screen.touch("print")
    text = screen.text()
    assert "2. Сеитова Айгуль" in text
    assert "Сейітова Айгүл" in text  # the slip beside it is in Kazakh and Russian, whatever the screen says


def test_a_blank_is_asked_for_and_can_be_taken_back(where, screen):
    screen.to("choose")
    assert screen.touch("next", choice="blank") == "question"
    assert screen.touch("no") == "choose"
    assert screen.touch("next", choice="blank") == "question"
    assert screen.touch("yes") == "choose"
    assert screen.touch("next", choice="0") == "review"
    assert "I choose no list" in screen.text()
    screen.touch("print")
    assert where.glass().printed[-1] == ("slips", ("majilis", ((), (0,))))


def test_nothing_chosen_is_no_blank(screen):
    screen.to("choose")
    assert screen.touch("next") == "choose"
    screen.post(form={"token": screen.token(), "do": "next"})
    assert "Touch one." in screen.text()


def test_too_many_are_refused_with_words(place):
    with bench(place, "many") as where:
        screen = Screen(where)
        screen.to("choose", choices=())
        screen.post(form={"token": screen.token(), "do": "next", "choice": ["0", "1", "2"]})
        assert "Too many are marked." in screen.text()
        assert screen.touch("next", choice=["0", "2"]) == "review"
        screen.touch("print")
        assert where.glass().printed[-1] == ("slips", ("many", ((0, 2),)))


def test_back_from_a_change_leaves_the_answer_as_it_was(place):
    """Also where nothing or too much is marked then: a review never shows what cannot be printed."""
    with bench(place, "many") as where:
        screen = Screen(where)
        screen.to("review", choices=("1",))
        for marked in ({}, {"choice": ["0", "1", "2"]}, {"choice": "blank"}):
            assert screen.touch("change:0") == "choose"
            screen.post(form={"token": screen.token(), "do": "look:large", **marked})
            screen.post(form={"token": screen.token(), "do": "back", **marked})
            assert screen.phase() == "review"
            assert where.rooms.room(1).chosen == [(1,)]


def test_an_answer_is_changed_alone(where, screen):
    screen.to("review")
    assert screen.touch("change:0") == "choose"
    assert "back" in screen.buttons()
    assert screen.touch("next", choice="2") == "review"
    assert screen.touch("change:1", "back", choice="0") == "review"
    screen.touch("print")
    assert where.glass().printed[-1] == ("slips", ("majilis", ((2,), (1,))))


def test_something_is_wrong_voids_the_slips_and_keeps_the_card(where, screen):
    screen.to("slips")
    screen.post(form={"token": screen.token(), "do": "wrong"})
    text = screen.text()
    assert "The slips are void." in text
    assert where.glass().whats() == ["slips", "mark void"]
    assert screen.touch("change:0") == "choose"
    screen.touch("next", choice="3")
    screen.touch("print", "right", "cast")
    assert where.glass().whats()[2:] == ["slips", "part1", "mark accepted", "part2"]
    assert kinds(where) == ["cast"]


@pytest.mark.parametrize(("yes", "kind"), [("yes", "challenge"), ("observers", "test")])
def test_a_test_of_the_machine_is_asked_for_printed_and_not_counted(where, screen, yes, kind):
    screen.to("decide")
    assert screen.touch("test") == "question"
    assert screen.touch("no") == "decide"
    assert kinds(where) == []
    assert screen.touch("test", yes) == "done"
    assert where.glass().whats()[2:] == ["mark void", "opening", "part2"]
    assert kinds(where) == [kind]
    assert "not counted" in screen.text()


def test_nothing_before_the_decision_knows_that_a_test_comes(where, screen):
    """A machine that knows who tests it can behave: the journal, the paper and the session are the same."""
    screen.to("decide")
    assert where.rooms.room(1).session.test is False
    assert "observers" not in screen.buttons()


@pytest.mark.parametrize("phase", ["card", "choose", "review"])
def test_who_leaves_before_the_slips_keeps_a_good_card(where, screen, phase):
    screen.to(phase)
    assert screen.touch("leave") == "question"
    assert screen.touch("no") == phase
    assert screen.touch("leave", "yes") == "done"
    assert "card is still good" in screen.text()
    screen.touch("finish")
    assert screen.to("done") == "done"
    assert kinds(where) == ["cast"]


def test_looks_and_languages_keep_what_is_marked(screen):
    screen.to("choose")
    for act in ("language:kk", "look:large", "look:contrast", "look:scan", "look:sound", "language:en"):
        screen.post(form={"token": screen.token(), "do": act, "choice": "4"})
        assert 'value="00004" data-number="5" checked' in screen.text(), act
    text = screen.text()
    assert 'data-size="large" data-contrast="high"' in text
    assert 'data-scan="true" data-sound="true"' in text


def test_the_next_voter_finds_the_screen_as_it_was_for_anyone(screen):
    screen.to("choose")
    screen.touch("look:large", "look:contrast", "language:ru", choice="4")
    screen.touch("leave", "yes", "finish")
    text = screen.text()
    assert 'data-size="plain" data-contrast="plain"' in text
    assert 'lang="kk"' in text[:60]


def test_every_option_stands_on_one_page(place):
    with bench(place, "long") as where:
        screen = Screen(where)
        screen.to("choose", choices=())
        text = screen.text()
        assert [f'value="{at:05}" data-number="{at + 1}"' in text for at in range(13)] == [True] * 13
        assert "columns-3" in text


def test_a_rehearsal_says_so_on_every_page(place):
    with bench(place, rehearsal=True) as where:
        screen, seen = Screen(where), []
        where.admitted[0] += 1
        steps = (("begin:en", {}), ("card", {"letters": letters(1)}), ("next", {"choice": "6"}),
                 ("next", {"choice": "1"}), ("print", {}), ("right", {}), ("cast", {}))  # fmt: skip
        for act, fields in steps:
            seen.append("rehearsal" in screen.text())
            screen.touch(act, **fields)
        assert [*seen, "A rehearsal." in screen.text()] == [True] * 8
