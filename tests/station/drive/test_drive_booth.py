"""Simulated voters on the real pages, over HTTP and over TLS with the station's own authority."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from booth_bench import bench, letters

from dauys.station.drive.booth import BoothClient
from dauys.station.drive.page import read_page
from dauys.station.faults import StationError
from dauys.station.web.certificates import make_authority, make_server_pair
from dauys.station.web.server import serve

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HOST = "127.0.0.1"


@pytest.fixture
def where(place):
    with bench(place) as made:
        yield made


@pytest.fixture
def address(where):
    with serve(where.services, (HOST, 0)) as (host, port):
        yield f"http://{host}:{port}/"


@pytest.fixture
def booth(where, address):
    client = BoothClient(address, where.services.terminals.invite("booth", 1), pause=lambda _: None)
    yield client
    client.close()


def kinds(where):
    return sorted(one.kind for one in where.journal.endings())


@pytest.mark.parametrize(
    ("decision", "kind"), [("cast", "cast"), ("challenge", "challenge"), ("test", "test")]
)
def test_a_voter_goes_through_the_real_pages(where, booth, decision, kind):
    where.admitted[0] += 1
    timing = booth.vote(letters(1), [[6], []], decision)
    assert kinds(where) == [kind]
    assert where.glass().printed[0] == ("slips", ("majilis", ((6,), ())))
    assert timing.part1 > 0
    assert timing.part2 > 0
    assert where.rooms.room(1).phase() == "wait"


def test_times_are_those_between_touch_and_answer(where, address):
    seconds = iter(range(0, 10_000, 7))
    client = BoothClient(
        address,
        where.services.terminals.invite("booth", 1),
        clock=lambda: next(seconds),
        pause=lambda _: None,
    )
    where.admitted[0] += 1
    timing = client.vote(letters(1), [[0], [1]], "cast")
    client.close()
    assert (timing.part1, timing.part2) == (7, 7)


def test_voters_one_after_another_and_in_two_booths(where, address):
    booths = [
        BoothClient(address, where.services.terminals.invite("booth", number), pause=lambda _: None)
        for number in (1, 2)
    ]
    for number in range(6):
        where.admitted[0] += 1
        client = booths[number % 2]
        client.language = ("kk", "ru", "en")[number % 3]
        client.vote(letters(number), [[number], [number % 3]], "cast")
    for client in booths:
        client.close()
    assert kinds(where) == ["cast"] * 6


def test_what_a_page_refuses_is_an_error_with_its_code(where, booth):
    booth.looks = 3
    with pytest.raises(StationError) as nobody:
        booth.vote(letters(1), [[0], [0]], "cast")
    assert nobody.value.code == "J2.1"
    where.admitted[0] += 2
    booth.vote(letters(1), [[0], [0]], "cast")
    with pytest.raises(StationError) as used:
        booth.vote(letters(1), [[0], [0]], "cast")
    assert used.value.code == "J2.3"


def test_a_printer_that_stops_is_an_error_and_no_time(where, booth):
    where.admitted[0] += 1
    where.glass().stops.add("part2")
    with pytest.raises(StationError) as stopped:
        booth.vote(letters(1), [[0], [0]], "cast")
    assert stopped.value.code == "J6.5"
    assert kinds(where) == ["cast"]


def test_a_code_works_once(where, address, booth):
    booth.pair()
    again = BoothClient(address, booth._code)
    with pytest.raises(StationError) as found:
        again.pair()
    again.close()
    assert found.value.code == "J6.1"


def test_over_tls_with_the_authority_of_the_station_and_no_other(where):
    authority, stranger = (make_authority("01-001-a", [HOST], NOW) for _ in range(2))
    with serve(where.services, (HOST, 0), make_server_pair(authority, [HOST], NOW)) as (host, port):
        url = f"https://{host}:{port}/"
        invite = where.services.terminals.invite
        client = BoothClient(url, invite("booth", 1), authority.certificate, pause=lambda _: None)
        where.admitted[0] += 1
        client.vote(letters(1), [[0], [0]], "cast")
        client.close()
        other = BoothClient(url, invite("booth", 2), stranger.certificate)
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            other.pair()
        other.close()
        assert other._cookie == ""
    with pytest.raises(StationError) as none:
        BoothClient(url, "ABCD-EFGH")
    assert none.value.code == "J6.6"


def test_a_page_is_its_first_form():
    page = read_page(
        "<h1>One <b>thing</b></h1><span class='code'>(J2.1)</span><form action='/a'>"
        "<input type=hidden name=token value=t><input name=letters><button name=do value=go></button></form>"
        "<form action='/b'><input type=hidden name=other value=u><button name=do value=no></button></form>"
    )
    assert (page.address, page.hidden, page.heading) == ("/a", {"token": "t"}, "One thing")
    assert (page.buttons, page.codes, page.asks("letters")) == ([("do", "go")], ["J2.1"], True)
