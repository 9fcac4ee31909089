"""Errors, shares and numbers as people read them."""

from fractions import Fraction

import pytest

from dauys.cli.render import ERROR_DOMAINS, hint_of, number, of_decision, percent, place_text, sentence
from dauys.domain.text import LANGUAGES
from dauys.errors import DecisionError, Place, Problem
from dauys.words import Words

ENGLISH, RUSSIAN = Words("en", *ERROR_DOMAINS), Words("ru", *ERROR_DOMAINS)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (336177, 4757773, "7.07 %"),
        (1, 8, "12.50 %"),
        (1, 3, "33.33 %"),
        (2, 3, "66.67 %"),
        (0, 5, "0.00 %"),
        (1, 0, "–"),
    ],
)
def test_shares(part, whole, text):
    assert percent(part, whole, ENGLISH) == text
    assert percent(part, whole, RUSSIAN) == text.replace(".", ",")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4757773, "4\u202f757\u202f773"),
        (Fraction(21, 2), "10.5"),
        (Fraction(10, 3), "10/3"),
        (Fraction(4, 2), "2"),
    ],
)
def test_numbers(value, text):
    assert number(value, ENGLISH) == text


def test_places():
    assert place_text(Place("a.csv", row=3, column="votes"), ENGLISH) == "a.csv, row 3, column votes"
    assert place_text(Place("a.yaml", line=41), RUSSIAN) == "a.yaml, строка 41"
    assert place_text(Place(), ENGLISH) == ""


def test_a_problem_without_a_sentence_still_says_its_facts():
    problem = Problem("E9.9", Place("f", 1), "x", "y")
    assert sentence(problem, ENGLISH) == "f, line 1: found x, expected y (E9.9)"


def test_a_problem_with_few_facts_still_has_its_sentence():
    assert sentence(Problem("E1.2", Place("f", 1), "1.5", "whole"), ENGLISH) == (
        "f, line 1: “1.5” is not a whole number (E1.2)"
    )


@pytest.mark.parametrize("code", ["E7.1", "E7.2", "E7.3", "E7.4", "E7.6"])
def test_decisions_have_sentences_of_their_own(code):
    problem = of_decision(DecisionError(code, "list", "A, B", "C"))
    for language in LANGUAGES:
        words = Words(language, *ERROR_DOMAINS)
        assert "list" in sentence(problem, words)
        assert hint_of(problem, words)


def test_every_code_of_the_page_has_a_sentence():
    for chapter, last in ((1, 9), (2, 9)):
        for number_ in range(1, last + 1):
            assert ENGLISH.has(f"E{chapter}.{number_}")
