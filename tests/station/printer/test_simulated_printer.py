"""The simulated printer draws what a real one would, and fails where it is told to."""

from __future__ import annotations

import pytest
from PIL import Image

from dauys.station.faults import StationError
from dauys.station.papers.job import job
from dauys.station.papers.marks import mark_accepted, mark_void
from dauys.station.papers.raster import ROW, Raster
from dauys.station.printer.engine import Engine
from dauys.station.printer.printer import State, printed_of
from dauys.station.printer.simulated import Faults, SimulatedPrinter

PAPER = mark_accepted()
JOB, CUT = job(PAPER), job(PAPER, cut=True)


def failing(printer: SimulatedPrinter, told: bytes = JOB) -> tuple[str, str]:
    with pytest.raises(StationError) as caught:
        printer.print(told)
    return caught.value.code, printed_of(caught.value)


def test_it_gives_back_the_dots_it_was_sent():
    printer = SimulatedPrinter()
    printer.print(JOB)
    printer.print(CUT)
    printer.print(JOB)
    assert [one.raster for one in printer.outputs] == [PAPER] * 3
    assert [one.cut for one in printer.outputs] == [False, True, False]
    assert printer.pieces() == [PAPER.above(PAPER)]
    assert printer.hanging() == PAPER


def test_a_folder_gets_a_picture_of_each_piece_and_memory_nothing(tmp_path):
    printer = SimulatedPrinter(folder=tmp_path)
    printer.print(JOB)
    assert list(tmp_path.iterdir()) == []
    printer.print(CUT)
    printer.print(job(mark_void(), cut=True))
    first, second = sorted(tmp_path.iterdir())
    with Image.open(first) as one, Image.open(second) as two:
        assert one.size == (576, 2 * PAPER.height)
        assert two.convert("L").tobytes() == mark_void().image().convert("L").tobytes()
    assert printer.outputs == []
    assert printer.pieces() == []
    SimulatedPrinter(folder=tmp_path).print(CUT)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["0001.png", "0002.png", "0003.png"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("jam", ("J7.3", "part")),
        ("cover", ("J7.2", "part")),
        ("fault", ("J7.4", "part")),
        ("power", ("J7.5", "unknown")),
    ],
)
def test_it_stops_in_the_middle_of_the_job_it_was_told_to_and_until_it_is_mended(fault, said):
    printer = SimulatedPrinter(faults=Faults({2: fault}))
    printer.print(JOB)
    assert failing(printer) == said
    half = printer.outputs[1].raster
    assert half is not None
    assert 0 < half.height < PAPER.height
    assert failing(printer) == (said[0], "none")
    printer.mend()
    printer.print(CUT)
    assert printer.pieces() == [PAPER.above(half).above(PAPER)]


def test_a_roll_ends_where_it_ends():
    printer = SimulatedPrinter(roll=PAPER.height + 10)
    assert printer.state().near_end
    printer.print(JOB)
    assert failing(printer) == ("J7.1", "part")
    assert not printer.state().paper
    assert len(printer.engine.piece) == (PAPER.height + 10) * ROW
    printer.mend(roll=100_000)
    assert printer.state() == State(slip=True)


def test_it_says_done_and_has_printed_nothing():
    printer = SimulatedPrinter(faults=Faults({1: "swallow"}))
    printer.print(JOB)
    assert printer.hanging() is None
    assert printer.state().slip is False


def test_it_has_printed_all_and_never_says_so():
    printer = SimulatedPrinter(faults=Faults({1: "deny"}))
    assert failing(printer) == ("J7.5", "unknown")
    assert printer.hanging() == PAPER


def test_what_it_claims_of_itself_is_believed_and_its_sensor_can_lie():
    printer = SimulatedPrinter(faults=Faults(claims=State(paper=False)))
    assert failing(printer) == ("J7.1", "none")
    printer.faults.claims, printer.faults.sensor = None, "none"
    assert printer.state().slip is None
    printer.faults.sensor = "slip"
    assert (printer.state().slip, printer.hanging()) == (True, None)


@pytest.mark.parametrize("junk", [b"Hello", b"\x1b!\x00", b"\x1dv0\x00\x49\x00\x01\x00" + bytes(73)])
def test_bytes_that_a_printer_would_print_as_letters_are_refused(junk):
    with pytest.raises(ValueError, match=r"command|bytes a line"):
        SimulatedPrinter().print(junk)


def test_a_raster_that_held_a_command_would_lose_its_bytes():
    """Why no raster may hold one: the printer answers it, and every dot after it moves."""
    line = bytes(30) + b"\x10\x04\x01" + bytes(39)
    engine = Engine()
    head = b"\x1b@\x1dv0\x00\x48\x00\x01\x00"
    assert engine.feed(head + line) == b"\x12"
    assert bytes(engine.piece) != line
    assert Raster(bytes(ROW)).above(Raster(bytes(ROW))).black == 0
