import io

from rich.console import Console

from dauys.cli import progress
from dauys.cli.progress import Steps


def work(**facts):
    out = io.StringIO()
    with Steps(console=Console(file=out, **facts)) as steps:
        with steps.step("Reading"):
            steps.tell(1, 2)
        with steps.step("Writing"):
            steps.tell(3, 4)
    return out.getvalue()


def test_without_a_terminal_each_step_is_a_line():
    assert work() == "Reading\nWriting\n"


def test_a_terminal_shows_nothing_before_two_seconds():
    assert work(force_terminal=True) == ""


def test_a_terminal_then_shows_how_much_of_how_much(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0)
    shown = work(force_terminal=True)
    assert "Writing" in shown
    assert "3/4" in shown


def test_quiet_says_nothing():
    out = io.StringIO()
    with Steps(quiet=True, console=Console(file=out)) as steps, steps.step("Reading"):
        steps.tell(1, 1)
    assert out.getvalue() == ""
