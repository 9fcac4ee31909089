"""Decks and books are byte for byte those of `spec/vectors/day/`; what is read is what was written."""

import json
import shutil

from make_day_vectors import FOLDER, book, decks

from dauys.station.day.book import read_book
from dauys.station.day.deck import SlipCount, count_deck


def test_decks_are_those_of_the_vectors():
    assert decks() == (FOLDER / "decks.json").read_bytes()


def test_the_book_is_that_of_the_vectors():
    assert book() == (FOLDER / "book.json").read_bytes()


def test_slips_of_the_vectors_add_up():
    for one in json.loads((FOLDER / "decks.json").read_bytes()):
        shapes = [tuple(shape) for shape in one["contests"]]
        expected = tuple(SlipCount(tuple(row[:-1]), row[-1]) for row in one["expected"])
        assert count_deck(one["ballots"], shapes) == expected


def test_the_book_of_the_vectors_is_read(tmp_path):
    (tmp_path / "protocols").mkdir()
    shutil.copy(FOLDER / "book.json", tmp_path / "protocols" / "book.json")
    found = read_book((tmp_path,))
    assert found.agreed("cards")["unused"] == 390
    assert found.agreed("slips") is None
    assert found.minuted("compared")["at"] == "2004-09-19T20:30:00+06:00"
