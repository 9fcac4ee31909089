"""What two people count: alike or counted again, on both media, after a cut too."""

from datetime import UTC, datetime

import pytest

from dauys.station.day.book import LIMIT, Book, Difference, read_book
from dauys.station.faults import StationError

ONE = {"list/a": 10, "list/b": 4, "list/blank": 0}


@pytest.fixture
def book(tmp_path):
    folders = (tmp_path / "first", tmp_path / "second")
    for folder in folders:
        folder.mkdir()
    return Book(folders)


def code(raised):
    return raised.value.code


def test_two_alike_agree(book):
    book.enter("slips", "Ким Т.", ONE)
    assert book.agreed("slips") is None
    book.enter("slips", "Сейітова А.", ONE)
    assert book.require("slips") == ONE


def test_a_difference_is_named_and_nothing_agreed(book):
    book.enter("slips", "Ким Т.", ONE)
    book.enter("slips", "Сейітова А.", {**ONE, "list/b": 5})
    assert book.differences("slips") == (Difference("list/b", 4, 5),)
    with pytest.raises(StationError) as raised:
        book.require("slips")
    assert (code(raised), raised.value.problem.found) == ("J3.6", "4 and 5")


def test_one_person_is_not_two(book):
    book.enter("slips", "Ким Т.", ONE)
    book.enter("slips", " ким  т. ", ONE)
    assert len(book.entries["slips"]) == 1
    assert book.agreed("slips") is None


def test_a_third_person_comes_only_after_counting_again(book):
    book.enter("slips", "Ким Т.", ONE)
    book.enter("slips", "Сейітова А.", ONE)
    with pytest.raises(StationError) as raised:
        book.enter("slips", "Омарова Қ.", ONE)
    assert code(raised) == "J3.7"
    book.again("slips")
    book.enter("slips", "Омарова Қ.", ONE)
    assert len(book.entries["slips"]) == 1


@pytest.mark.parametrize("number", [None, -1, LIMIT])
def test_what_is_no_count_does_not_agree(book, number):
    told = {**ONE, "list/a": number}
    if number is None:
        book.enter("slips", "Ким Т.", told)
        book.enter("slips", "Сейітова А.", told)
        assert book.agreed("slips") is None
        return
    with pytest.raises(StationError):
        book.enter("slips", "Ким Т.", told)
    assert book.entries == {}


def test_both_media_have_it_and_a_new_start_reads_it(book):
    book.enter("slips", "Ким Т.", ONE)
    book.minute("sealed", datetime(2004, 9, 19, 20, 17, 3, tzinfo=UTC), ("Ким Т.", "Сейітова А."), size=77)
    one, two = (folder / "protocols" / "book.json" for folder in book.folders)
    assert one.read_bytes() == two.read_bytes()
    for folder in book.folders:
        found = read_book((folder,))
        assert (found.entries, found.minutes) == (book.entries, book.minutes)
    assert book.minuted("sealed")["at"] == "2004-09-19T20:00:00+00:00"


def test_a_lost_first_medium_is_read_from_the_second(book):
    book.enter("slips", "Ким Т.", ONE)
    (book.folders[0] / "protocols" / "book.json").unlink()
    assert read_book(book.folders).entries == book.entries


def test_a_medium_that_cannot_be_written_to_is_named(book):
    (book.folders[1] / "protocols").write_text("a file")
    with pytest.raises(StationError) as raised:
        book.enter("slips", "Ким Т.", ONE)
    assert code(raised) == "J1.3"
    assert book.entries == {}


def test_a_damaged_book_is_not_an_empty_one(book):
    book.enter("slips", "Ким Т.", ONE)
    (book.folders[0] / "protocols" / "book.json").write_text("{")
    with pytest.raises(StationError) as raised:
        read_book(book.folders)
    assert code(raised) == "J1.4"
