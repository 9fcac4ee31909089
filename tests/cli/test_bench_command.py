"""`dauys bench ballots` tells every figure, and the ratio that follows from them."""

from __future__ import annotations

import itertools
import json

from click.testing import CliRunner

from dauys.cli.ballot_timing import Bench, time_ballots
from dauys.cli.bench import as_record, command

KEYS = {
    *("encrypt_per_second", "verify_per_second", "add_per_second", "decrypt_per_second"),
    *("ballot_bytes", "cores", "decode_per_second"),
}


def test_every_kind_of_work_is_timed_by_the_clock_that_is_given() -> None:
    ticks = itertools.count()
    bench = Bench(1, "", 60, lambda: float(next(ticks)))
    rates = bench.run()
    assert rates["verify"] == rates["hinted"] == 60
    assert rates["decrypt"] == 2
    assert rates["decode"] == 60 * 26


def test_the_figures_as_json() -> None:
    told = CliRunner().invoke(command, ["ballots", "--json", "--seconds", "1"])
    assert told.exit_code == 0, told.output
    record = json.loads(told.output)
    assert set(record) >= KEYS
    assert record["cryptography_bytes"] == 1600
    assert record["ballot_bytes"] <= 1800
    ratio = record["cores"] * record["decode_per_second"] / record["verify_per_second"]
    assert abs(ratio - record["verify_decodings"]) < 0.1


def test_a_record_holds_the_costs_in_decodings() -> None:
    ticks = itertools.count()
    record = as_record(time_ballots(1, clock=lambda: float(next(ticks))))
    assert record["runs"] == 9
    assert record["verify_decodings"] > 0
