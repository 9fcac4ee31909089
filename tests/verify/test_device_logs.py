"""Logs of devices against what the election log says of them: every finding by its code."""

from __future__ import annotations

from made_devices import Device, Made, make

from dauys.record.book import open_record
from dauys.verify.contents import Hooks
from dauys.verify.tasks import Outcome
from dauys.verify.workers import check_device


def check(made: Made, number: int = 0) -> Outcome:
    with open_record(str(made.folder)) as record:
        return check_device(record, made.tasks[number], None, Hooks())


def failed(outcome: Outcome) -> set[str]:
    remarks = [*outcome.remarks, *(outcome.contents.remarks if outcome.contents else ())]
    return {remark.code for remark in remarks if remark.status == "failed"}


def test_an_honest_device_passes(tmp_path) -> None:
    outcome = check(make(tmp_path, Device("a")))
    assert outcome.contents
    assert failed(outcome) == set(), outcome
    passed = {**outcome.passed, **outcome.contents.passed}
    assert {f"B{n}": passed[f"B{n}"] for n in range(1, 14)} == {
        f"B{n}": 40 if n < 10 else 1 for n in range(1, 14)
    }
    assert passed["C2"] == 40
    for code in (
        "L9.1",
        "L9.2",
        "L9.3",
        "L9.4",
        "L9.6",
        "L9.7",
        "L9.8",
        "C1",
        "C6.1",
        "C6.2",
        "C6.3",
        "C6.4",
    ):
        assert passed[code] == 1, code
    assert outcome.counts
    assert outcome.contents.ballots == 40
    assert outcome.contents.sums[0][0] == 40
