"""A real printer, as far as its bytes go: over sockets, TCP, a serial line; slow, silent, stopped, gone."""

from __future__ import annotations

import os
import pty
import socket
import termios
import threading
from contextlib import contextmanager

import pytest
from fake_device import Wire, wired

from dauys.station.faults import StationError
from dauys.station.papers.job import cut_only, job
from dauys.station.papers.marks import mark_accepted, mark_void
from dauys.station.papers.raster import ROW
from dauys.station.printer import commands
from dauys.station.printer.engine import Engine
from dauys.station.printer.escpos import EscposPrinter, Limits, state_of
from dauys.station.printer.line import BlockedError, Line, open_line
from dauys.station.printer.printer import State, printed_of

#: For printers that answer, however busy this machine is; for those that do not; for one that never is done.
PATIENT = Limits(write=10, status=10, done=20, look=0.02)
SHORT = Limits(write=0.1, status=0.1, done=0.1)
GIVES_UP = Limits(write=10, status=10, done=0.1, look=0.1)
PAPER = mark_void()
JOB = job(PAPER, cut=True)


@contextmanager
def cabled(engine: Engine, limits: Limits = PATIENT, **wire):
    """A printer whose line is one end of a socket pair."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with ours, wired(Wire(theirs.detach(), engine, **wire)) as made:
        printer = EscposPrinter("slips", "cable", limits, lambda _: Line(os.dup(ours.fileno())))
        yield printer, made


def failing(printer: EscposPrinter) -> tuple[str, str]:
    with pytest.raises(StationError) as caught:
        printer.print(JOB)
    assert caught.value.problem.facts["printer"] == "slips"
    return caught.value.code, printed_of(caught.value)


@pytest.mark.parametrize("chunk", [4096, 100, 7])
def test_a_job_comes_out_as_it_went_in_however_the_line_cuts_it(chunk):
    with cabled(Engine(), chunk=chunk) as (printer, wire):
        printer.print(JOB)
        printer.print(job(mark_accepted()))
        assert printer.state() == State()
    assert wire.errors == []
    assert wire.engine.cuts == [PAPER.data]
    assert bytes(wire.engine.piece) == mark_accepted().data


def test_it_returns_when_the_paper_is_out_and_not_before():
    engine = Engine()
    with cabled(engine, chunk=64) as (printer, _):
        printer.print(JOB)
        assert engine.cuts == [PAPER.data]


def test_whoever_asks_for_its_state_while_it_prints_need_not_wait():
    asked = []
    with cabled(Engine()) as (printer, wire):

        def asks(answer: bytes) -> bytes:
            asked.append(printer.state())
            return answer

        assert printer.state() == State()
        wire.change = asks
        printer.print(JOB)
    assert set(asked) == {State()}
    assert wire.errors == []


@pytest.mark.parametrize(
    ("stop", "code"), [("paper", "J7.1"), ("cover", "J7.2"), ("jam", "J7.3"), ("fault", "J7.4")]
)
def test_a_printer_that_stops_in_the_middle_says_why_and_that_a_part_is_printed(stop, code):
    engine = Engine(stop_after=100, stop_why=stop)
    with cabled(engine) as (printer, _):
        assert failing(printer) == (code, "part")
        assert len(engine.piece) == 100 * ROW


@pytest.mark.parametrize(
    ("stop", "code"), [("paper", "J7.1"), ("cover", "J7.2"), ("jam", "J7.3"), ("fault", "J7.4")]
)
def test_a_printer_that_stands_still_gets_nothing(stop, code):
    engine = Engine(stop=stop)
    with cabled(engine) as (printer, wire):
        assert failing(printer) == (code, "none")
        assert not engine.piece
        assert wire.taken == 4 * 3


def test_the_rest_of_a_job_that_failed_is_not_printed_with_the_new_roll():
    """Without the command to forget it, a slip would come out one and a half times."""
    engine = Engine(stop_after=100, stop_why="paper")
    with cabled(engine) as (printer, _):
        failing(printer)
        engine.mend()
        printer.print(cut_only())
        printer.print(JOB)
        assert [len(piece) // ROW for piece in engine.cuts] == [100, PAPER.height]


def test_a_program_that_starts_anew_makes_the_printer_forget_what_was_before():
    engine = Engine()
    engine.feed(JOB[:5000])
    printed = len(engine.piece)
    with cabled(engine) as (printer, _):
        printer.print(JOB)
        assert [len(piece) for piece in engine.cuts] == [printed + len(PAPER.data)]


def test_a_silent_printer_is_not_taken_for_one_that_printed():
    with cabled(Engine(), SHORT, mute=True) as (printer, _):
        assert failing(printer) == ("J7.5", "none")
        with pytest.raises(StationError, match=r"J7\.5"):
            printer.state()


def test_a_printer_that_takes_everything_and_never_says_done_is_not_believed():
    def no_done(answer: bytes) -> bytes:
        return bytes(byte for byte in answer if not commands.is_done(byte))

    with cabled(Engine(), GIVES_UP, change=no_done) as (printer, _):
        assert failing(printer) == ("J7.5", "unknown")


def test_done_from_before_is_not_taken_for_done_now():
    """An answer that comes late, of a job that was given up, and one to the command to forget."""

    def no_done(answer: bytes) -> bytes:
        return bytes(byte for byte in answer if not commands.is_done(byte))

    with cabled(Engine(), GIVES_UP, change=no_done, late=b"\x00\x0f") as (printer, _):
        assert failing(printer) == ("J7.5", "unknown")


def test_a_printer_that_says_done_and_stopped_in_one_breath_is_not_believed():
    said = []

    def stops(answer: bytes) -> bytes:
        said.extend(answer)
        done = any(map(commands.is_done, said[said.index(0x37) + 3 :])) if 0x37 in said else False
        return bytes(0x72 if done and commands.is_status(byte) else byte for byte in answer)

    with cabled(Engine(), change=stops) as (printer, _):
        assert failing(printer) == ("J7.1", "unknown")


def test_a_line_that_takes_nothing_is_given_up():
    with cabled(Engine(), SHORT, deaf=True) as (printer, _):
        assert failing(printer) == ("J7.5", "none")


def test_a_line_that_is_cut_in_the_middle_leaves_it_unknown():
    with cabled(Engine(), hang_up_after=5000, chunk=512) as (printer, _):
        assert failing(printer) == ("J7.5", "unknown")


def test_a_printer_that_is_not_there_is_named(tmp_path):
    for address in (str(tmp_path / "lp0"), "tcp:127.0.0.1:x", "tcp:nowhere"):
        printer = EscposPrinter("slips", address, SHORT)
        with pytest.raises(StationError, match=r"J7\.6") as caught:
            printer.state()
        assert printed_of(caught.value) == "none"


@pytest.mark.parametrize(
    "host",
    [
        "10.77.0.5",
        "192.0.2.1",
        "0.0.0.0",
        "::",
        "fe80::1",
        "printer",
        "localhost.example",
        "127.0.0.1.nip.io",
    ],
)
def test_no_slip_goes_over_the_cable(host, monkeypatch):
    reached = []
    monkeypatch.setattr(socket, "create_connection", lambda *where, **_: reached.append(where))
    with pytest.raises(ValueError):
        open_line(f"tcp:{host}:9100")
    with pytest.raises(StationError, match=r"J7\.6"):
        EscposPrinter("slips", f"tcp:{host}:9100", SHORT).print(JOB)
    assert reached == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_a_printer_of_this_machine_may_be_tcp(host, monkeypatch):
    class ReachedError(Exception):
        pass

    def reached(where, **_):
        raise ReachedError(*where)

    monkeypatch.setattr(socket, "create_connection", reached)
    with pytest.raises(ReachedError) as raised:
        open_line(f"tcp:{host}:9100")
    assert raised.value.args == (host, 9100)


def test_it_prints_over_tcp():
    engine = Engine()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        printer = EscposPrinter("slips", f"tcp:127.0.0.1:{port}", Limits())

        wires: list[Wire] = []

        def serve() -> None:
            wires.append(Wire(server.accept()[0].detach(), engine))
            wires[0].run()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        printer.print(JOB)
        thread.join(5)
    assert not thread.is_alive()
    assert engine.cuts == [PAPER.data]
    assert wires[0].errors == []


def test_it_prints_over_a_serial_line_as_it_is():
    """A terminal in its usual state would change or swallow many of these bytes."""
    engine = Engine()
    master, slave = pty.openpty()
    try:
        with wired(Wire(master, engine)) as wire:
            printer = EscposPrinter("slips", f"{os.ttyname(slave)}@38400", Limits())
            printer.print(JOB)
            assert engine.cuts == [PAPER.data]
            assert termios.tcgetattr(slave)[5] == termios.B38400
            assert wire.errors == []
    finally:
        os.close(slave)
        os.close(master)


def test_a_speed_that_serial_lines_do_not_have_is_refused():
    master, slave = pty.openpty()
    try:
        with pytest.raises(ValueError, match="12345"):
            open_line(f"{os.ttyname(slave)}@12345")
    finally:
        os.close(slave)
        os.close(master)


def test_a_packet_of_no_bytes_is_nothing_and_a_closed_line_is_an_end():
    with open_line("/dev/null") as line:
        assert line.read(0.02) == b""
    ours, theirs = socket.socketpair()
    theirs.close()
    with Line(ours.detach()) as line, pytest.raises(OSError, match="closed"):
        line.read(1)


def test_a_blocked_write_says_how_much_went():
    ours, theirs = socket.socketpair()
    with theirs, Line(ours.detach()) as line, pytest.raises(BlockedError) as caught:
        line.write(bytes(10_000_000), 0.05)
    assert 0 < caught.value.sent < 10_000_000


@pytest.mark.parametrize(
    ("bytes_", "state"),
    [
        ((0x12, 0x12, 0x12, 0x12), State()),
        ((0x16, 0x12, 0x12, 0x1E), State(near_end=True)),
        ((0x1A, 0x32, 0x12, 0x72), State(online=False, paper=False)),
        ((0x1A, 0x16, 0x12, 0x12), State(online=False, cover_open=True)),
        ((0x1A, 0x52, 0x1A, 0x12), State(online=False, jam=True)),
        ((0x1A, 0x52, 0x16, 0x12), State(online=False, jam=True)),
        ((0x1A, 0x52, 0x32, 0x12), State(online=False, fault="status 1a 52 32 12")),
        ((0x1A, 0x12, 0x12, 0x12), State(online=False)),
    ],
)
def test_the_bytes_of_a_status(bytes_, state):
    assert state_of(*bytes_) == state
    expected = {"J7.1": not state.paper, "J7.2": state.cover_open, "J7.3": state.jam}
    named = next((code for code, is_so in expected.items() if is_so), "J7.4" if not state.online else None)
    assert state.stops == named
