"""Voters of a station: every bad row at once, one form of the extract, and a hash that tells nothing."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dauys.domain.voters import Voter
from dauys.formats.voters import (
    COLUMNS,
    Allowed,
    Extract,
    encode_voters,
    parse_extract,
    read_extract,
    read_voters,
)

VECTORS = Path(__file__).parents[2] / "spec" / "vectors" / "kit"
SALT = bytes(range(32))
HEAD = "number,name_kk,name_ru,born,address,certificate,district\n"
ONE = "1,Әбенова Айгүл,Абенова Айгуль,1964-03-08,Самал 15,,\n"
TWO = "2,Ғалым Өмірбек,Галым Омирбек,1986-09-19,Орталық 2,A-17,c2\n"
DAY = Allowed(date(2004, 9, 19), {"c1", "c2"})


@pytest.fixture
def table(tmp_path):
    def write(text: str | bytes) -> Path:
        path = tmp_path / "voters.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def facts(found):
    return [(p.code, p.place.row, p.place.column) for p in found]


def test_rows_become_voters_in_order_of_number(table):
    first, second = read_voters(table(HEAD + TWO + ONE), DAY)
    assert first == Voter(1, "Әбенова Айгүл", "Абенова Айгуль", date(1964, 3, 8), "Самал 15")
    assert (second.number, second.certificate, second.district) == (2, "A-17", "c2")


def test_a_voter_shows_no_name_where_it_is_printed(table):
    shown = repr(read_voters(table(HEAD + ONE)))
    assert "Айг" not in shown
    assert "1964" not in shown
    assert "Айг" not in repr(Extract(SALT, read_voters(table(HEAD + ONE))))


@pytest.mark.parametrize(
    "text",
    [
        "name_ru,number,born,address,name_kk\nАбенова Айгуль,1,1964-03-08,Самал 15,Әбенова Айгүл\n",
        "\ufeff" + HEAD + ONE,
        (HEAD + ONE).replace("\n", "\r\n"),
        HEAD + ONE.replace("Әбенова Айгүл", "  Әбенова Айгүл "),
        unicodedata.normalize("NFD", HEAD + ONE),
        HEAD + ONE.replace("Самал 15", '"Самал 15"').rstrip("\n"),
    ],
    ids=["order of columns", "byte order mark", "CRLF", "blanks", "letters taken apart", "quotes"],
)
def test_habits_of_programs_give_the_same_extract(table, text):
    expected = encode_voters(read_voters(table(HEAD + ONE)))
    assert encode_voters(read_voters(table(text))) == expected


def test_every_bad_row_is_named_at_once(table, problems):
    rows = [
        "0,Б,Б,1964-03-08,Самал 1,,",
        "x,В,В,1964-03-08,Самал 2,,",
        "3,,Г,1964-03-08,Самал 3,,",
        "4,Д,Д,08.03.1964,Самал 4,,",
        "5,Е,Е,1964-02-30,Самал 5,,",
        "6,Ж,Ж,1986-09-20,Самал 6,,",
        "7,З,З,1864-09-20,Самал 7,,",
        "8,И,И,1964-03-08,,,",
        "9,К,К,1964-03-08,Самал 9,,c9",
        "9,Л,Л,1964-03-08,Самал 10,,",
        "10,М,М,1964-03-08,Самал 11,A-1,",
        "11,Н,Н,1964-03-08,Самал 12,A-1,",
        "12,ӘБЕНОВА Айгүл,Абенова Айгуль,1964-03-08,Самал 15,,",
        "Барлығы,О,О,1964-03-08,Самал 13,,",
        "07,П,П,1964-03-08,Самал 14,,",
        f"16,{'Р' * 301},Р,1964-03-08,Самал 16,,",
        "17,С\u202eТ,С,1964-03-08,Самал 17,,",
        "-3,У,У,1964-03-08,Самал 18,,",
    ]
    found = problems(read_voters, table(HEAD + ONE + "\n".join(rows) + "\n"), DAY)
    assert facts(found) == [
        ("E4.5", 3, "number"),
        ("E4.5", 4, "number"),
        ("E4.10", 5, "name_kk"),
        ("E4.13", 6, "born"),
        ("E4.13", 7, "born"),
        ("W2.2", 8, "born"),
        ("W2.2", 9, "born"),
        ("E4.10", 10, "address"),
        ("E4.7", 11, "district"),
        ("E4.9", 12, "number"),
        ("E4.9", 14, "certificate"),
        ("W2.1", 15, "name_kk"),
        ("E4.8", 16, "number"),
        ("E4.5", 17, "number"),
        ("E4.5", 18, "name_kk"),
        ("E4.5", 19, "name_kk"),
        ("E4.6", 20, "number"),
    ]
    assert [p.expected for p in found if p.code in ("E4.9", "W2.1")] == ["11", "13", "2"]


@pytest.mark.parametrize(
    ("born", "good"), [("1986-09-18", True), ("1986-09-19", True), ("1986-09-20", False)]
)
def test_who_turns_eighteen_on_the_day_may_vote(table, problems, born, good):
    path = table(HEAD + ONE.replace("1964-03-08", born))
    if good:
        assert read_voters(path, DAY)[0].born.isoformat() == born
    else:
        assert facts(problems(read_voters, path, DAY)) == [("W2.2", 2, "born")]


def test_born_on_the_twenty_ninth_of_february(table):
    path = table(HEAD + ONE.replace("1964-03-08", "1988-02-29"))
    assert len(read_voters(path, Allowed(date(2006, 3, 1)))) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("number;name_kk;name_ru;born;address\n1;А;Б;1964-03-08;В\n", "E4.3"),
        ("number,name_kk,name_ru,born\n1,А,Б,1964-03-08\n", "E4.1"),
        (HEAD.replace("district", "iin") + ONE, "E4.2"),
        ((HEAD + ONE).encode("utf-16"), "E1.6"),
        ("Әбенова".join([HEAD, ""]).encode("utf-8")[:-1] + b"\xc3\n", "E1.6"),
        ("", "E4.18"),
    ],
)
def test_other_files_are_named(table, problems, data, code):
    assert problems(read_voters, table(data))[0].code == code


def test_a_file_without_rows_has_no_voters(table):
    assert read_voters(table(HEAD)) == ()


# --- the extract -----------------------------------------------------------------------------------------


def extract(table) -> Extract:
    return Extract(SALT, read_voters(table(HEAD + ONE + TWO)))


def test_the_extract_is_salt_and_table_and_comes_back(table):
    made = extract(table)
    assert made.encode() == (SALT.hex() + "\n" + HEAD + ONE + TWO).encode()
    assert made.hash == sha256(made.encode()).hexdigest()
    assert parse_extract(made.encode(), "extract", DAY) == made


def test_vectors():
    told = json.loads((VECTORS / "extract.json").read_text(encoding="utf-8"))
    for one in told["cases"]:
        assert tuple(one["columns"]) == COLUMNS
        voters = [
            Voter(row[0], row[1], row[2], date.fromisoformat(row[3]), *row[4:]) for row in one["voters"]
        ]
        made = Extract(bytes.fromhex(one["salt"]), tuple(voters))
        assert (made.encode().decode(), made.hash) == (one["extract"], one["sha256"]), one["why"]


def test_without_the_salt_the_hash_tells_nothing(table):
    """Whoever guesses every row right still does not meet the hash: 32 bytes are missing."""
    made = extract(table)
    assert made.hash != Extract(bytes(32), made.voters).hash
    assert made.hash != sha256(encode_voters(made.voters)).hexdigest()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda d: d[65:], "number,name_kk,name_ru"),
        (lambda d: d.upper(), "00010203"),
        (lambda d: b" " + d, " 00010203"),
        (lambda d: d.replace(b"\n", b"\r\n"), "00010203"),
        (lambda d: d.replace(b"\n1,", b"\n01,"), None),
        (lambda d: d.replace("Самал 15".encode(), '"Самал 15"'.encode()), "another spelling"),
        (lambda d: d.rstrip(b"\n"), "another spelling"),
        (lambda d: d + b"\n", "row 4"),
        (lambda d: d.replace(b",c2", b""), "row 3"),
        (lambda d: d[: d.index(b"2,")], None),
        (lambda d: d + b"\xff\n", "utf-8"),
        (lambda d: d.replace(b"number,name_kk", b"name_kk,number"), "name_kk,number"),
    ],
)
def test_an_extract_has_one_form(table, problems, change, found):
    data = extract(table).encode()
    lines = data.splitlines(keepends=True)
    other = b"".join([*lines[:2], *reversed(lines[2:])]) if found is None else change(data)
    (fault,) = problems(parse_extract, other, "extract")
    assert fault.code == "W2.4"
    assert (found or "another spelling") in fault.found


def test_rows_of_an_extract_are_looked_at_like_any_others(table, problems):
    data = extract(table).encode().replace(b"1986-09-19", b"1996-09-19")
    assert facts(problems(parse_extract, data, "extract", DAY)) == [("W2.2", 3, "born")]


def test_a_plain_table_is_no_extract_and_the_hint_says_what_to_do(table, problems, tmp_path):
    (fault,) = problems(read_extract, table(HEAD + ONE))
    assert (fault.code, fault.hint) == ("W2.4", "make_extract")
    assert problems(read_extract, tmp_path / "nothing")[0].code == "E1.9"


def test_an_extract_is_not_read_without_end(table, problems, monkeypatch):
    data = extract(table).encode()
    monkeypatch.setattr("dauys.formats.voters.MAX_BYTES", len(data) - 1)
    assert problems(read_extract, table(data))[0].code == "E1.7"


TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=40)
CLEAN = TEXT.map(lambda text: unicodedata.normalize("NFC", text).strip()).filter(
    lambda text: text and text.isprintable()
)


@given(st.lists(st.tuples(CLEAN, CLEAN, CLEAN, st.dates(date(1900, 1, 1), date(1980, 1, 1))), max_size=6))
def test_any_names_come_back_from_the_extract_as_they_were(people):
    voters = tuple(
        Voter(number, kk, ru, born, f"{address} {number}")
        for number, (kk, ru, address, born) in enumerate(people, 1)
    )
    made = Extract(SALT, voters)
    assert parse_extract(made.encode(), "extract") == made
    rows = list(csv.reader(io.StringIO(made.encode()[65:].decode(), newline="")))
    assert len(rows) == len(voters) + 1


def test_rows_are_sorted_by_number_as_numbers(table):
    voters = read_voters(table(HEAD + ONE + TWO))
    ten = replace(voters[0], number=10, address="Самал 16")
    lines = encode_voters([ten, *voters]).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["1", "2", "10"]
