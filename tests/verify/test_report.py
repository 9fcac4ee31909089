"""What a verifier says: counts, verdicts, exit codes, and that nothing is green that was not looked at."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from dauys.errors import Place, Problem
from dauys.verify.context import Context
from dauys.verify.report import KEPT, Counts, Ledger, Report, Status, Where, code_key, shown


def report(ledger: Ledger, *, readable: bool = True) -> Report:
    return Report(ledger.counts, tuple(ledger.findings), anchored=False, readable=readable)


def test_a_check_that_was_not_run_is_not_passed() -> None:
    ledger = Ledger()
    ledger.passed("B1", 5)
    ledger.not_run("B1", "no_seal")
    assert ledger.counts["B1"].verdict is Status.NOT_RUN
    ledger.passed("B2", 0)
    assert "B2" not in ledger.counts


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        (Counts(passed=3), Status.PASSED),
        (Counts(passed=3, look=1), Status.LOOK),
        (Counts(passed=3, look=1, declared=1), Status.DECLARED),
        (Counts(passed=3, declared=1, not_run=1), Status.NOT_RUN),
        (Counts(passed=3, not_run=1, failed=1), Status.FAILED),
    ],
)
def test_the_worst_answer_is_the_verdict(counts, verdict) -> None:
    assert counts.verdict is verdict


def test_exit_codes() -> None:
    ledger = Ledger()
    ledger.passed("L8.3")
    ledger.look("C6.5", Where(), 3, 5)
    ledger.declared("D1", Where(), "x")
    assert report(ledger).exit_code(strict=True) == 0
    ledger.not_run("L8.1", "no_anchor")
    assert (report(ledger).exit_code(), report(ledger).exit_code(strict=True)) == (0, 1)
    ledger.fail("L8.6")
    assert report(ledger).exit_code() == 1
    assert report(ledger, readable=False).exit_code() == 2


def test_a_hole_in_the_log_is_no_place_of_its_own() -> None:
    ledger = Ledger()
    problem = Problem("L2.6", Place(file="tile/entries/000.p/9"), "a", "b", facts={"index": 8, "set": {1}})
    ledger.problem(problem, Where(device="m1", logged=4))
    found = ledger.findings[0]
    assert found.as_json()["where"] == {"device": "m1", "logged": 4, "file": "tile/entries/000.p/9"}
    assert found.facts == {"index": 8}


def test_findings_are_counted_when_they_are_too_many_to_name() -> None:
    ledger = Ledger()
    for _ in range(KEPT + 7):
        ledger.fail("B9")
    assert ledger.counts["B9"].failed == KEPT + 7
    assert len(ledger.findings) == KEPT


def test_long_values_are_cut() -> None:
    assert len(shown("x" * 5000)) == 200
    assert shown(None) == ""


def test_codes_are_in_the_order_of_chapters_and_numbers() -> None:
    codes = ["T7.10", "L8.10", "L8.9", "B10", "B9", "K10.1", "K2.3", "D1", "R1.1"]
    found = sorted(codes, key=code_key)
    assert found == ["L8.9", "L8.10", "K2.3", "K10.1", "B9", "B10", "T7.10", "R1.1", "D1"]


def test_a_report_is_json() -> None:
    ledger = Ledger()
    ledger.fail("T7.5", Where(vote="e/1/0", contest="list"), (1, [2]), None, votes=3, contests=("list",))
    value = json.loads(json.dumps(report(ledger).as_json()))
    assert value["checks"] == {"T7.5": {"failed": 1}}
    assert value["findings"][0] == {
        "code": "T7.5",
        "status": "failed",
        "where": {"vote": "e/1/0", "contest": "list"},
        "found": "(1, [2])",
        "expected": "",
        "votes": 3,
        "contests": ["list"],
    }


def test_the_earliest_time_is_that_of_any_larger_tree() -> None:
    context = Context(None, None, Ledger(), None, "host/e/log")  # type: ignore[arg-type]
    assert context.public_since(0) is None
    context.cosigned = [(9, 50), (3, 70), (5, 20), (3, 60)]
    found = [context.public_since(index) for index in range(10)]
    seconds = [None if one is None else int(one.timestamp()) for one in found]
    assert seconds == [20, 20, 20, 20, 20, 50, 50, 50, 50, None]
    context.cosigned.append((20, 1))
    assert context.public_since(0) == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
