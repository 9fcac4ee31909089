"""Who is on the cable and says nothing, says it slowly, or says too much: desks and booths go on."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection

import pytest
from booth_bench import bench
from test_booth_tls import HOST, ask

from dauys.station.web import server
from dauys.station.web.certificates import make_authority, make_server_pair
from dauys.station.web.server import THREADS, serve
from dauys.station.web.settings import LARGEST_BODY

NOW = datetime.now(UTC)  # certificates are compared with the clock of the machine that runs the test
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FORM = (
    b"POST /pair HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)


def connections(stack: ExitStack, port: int, count: int, first: bytes = b""):
    """So many connections of a stranger, each with these bytes sent."""
    for _ in range(count):
        made = stack.enter_context(socket.create_connection((HOST, port), timeout=20))
        if first:
            made.sendall(first)
        yield made


def seconds(port: int) -> float:
    """How long an honest screen waits for its page."""
    begun = time.monotonic()
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", "/")
    assert connection.getresponse().status == 403
    connection.close()
    return time.monotonic() - begun


def test_connections_that_say_nothing_hold_up_nobody_over_tls(place):
    authority = make_authority("01-001-a", [HOST], NOW)
    own = make_server_pair(authority, [HOST], NOW)
    with bench(place) as where, serve(where.services, (HOST, 0), own) as (_, port), ExitStack() as stack:
        list(connections(stack, port, THREADS + 6))
        begun = time.monotonic()
        answer, _ = ask(port, authority.certificate)
        assert (answer.status, time.monotonic() - begun < 5) == (403, True)


def test_connections_that_say_nothing_hold_no_thread(place):
    with bench(place) as where, serve(where.services, (HOST, 0)) as (_, port), ExitStack() as stack:
        list(connections(stack, port, THREADS + 6))
        assert seconds(port) < 5


@pytest.mark.parametrize("first", [HEAD, FORM], ids=["head", "form"])
def test_requests_that_drip_in_are_cut(place, monkeypatch, first):
    monkeypatch.setattr(server, "WITHIN", 0.5)
    with bench(place) as where, serve(where.services, (HOST, 0)) as (_, port), ExitStack() as stack:
        slow = list(connections(stack, port, THREADS + 6, first))
        assert seconds(port) < 10
        with suppress(ConnectionError):
            assert slow[0].recv(1) in (b"", b"H")  # cut, or told so


def test_a_handshake_that_drips_in_is_cut(place, monkeypatch):
    monkeypatch.setattr(server, "WITHIN", 0.5)
    authority = make_authority("01-001-a", [HOST], NOW)
    own = make_server_pair(authority, [HOST], NOW)
    with bench(place) as where, serve(where.services, (HOST, 0), own) as (_, port), ExitStack() as stack:
        list(connections(stack, port, THREADS + 6, b"\x16\x03\x01\x02\x00"))
        begun = time.monotonic()
        answer, _ = ask(port, authority.certificate)
        assert (answer.status, time.monotonic() - begun < 10) == (403, True)


def test_a_form_that_breaks_off_is_none(place):
    """Else `choice=1` could be the beginning of `choice=12`."""
    with bench(place) as where, serve(where.services, (HOST, 0)) as (_, port), ExitStack() as stack:
        code = where.services.terminals.invite("booth", 1)
        (made,) = connections(stack, port, 1, FORM + b"code=" + code.encode())
        made.shutdown(socket.SHUT_WR)
        made.recv(64)
        assert where.services.terminals.all("booth") == []


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (HEAD + b"X-Long: " + b"a" * 100_000, b"413"),
        (b"GET /" + b"a" * 100_000, b"41"),
        (
            b"POST /pair HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1),
            b"413",
        ),
    ],
    ids=["head", "address", "body"],
)
def test_what_is_longer_than_any_form_is_refused_before_it_is_read(place, first, status):
    with bench(place) as where, serve(where.services, (HOST, 0)) as (_, port), ExitStack() as stack:
        (made,) = connections(stack, port, 1)
        with suppress(ConnectionError):
            made.sendall(first)
        assert made.recv(64).split(b" ")[1].startswith(status)
