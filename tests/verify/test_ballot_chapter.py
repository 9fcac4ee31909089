"""Devices, ballots and cards of a whole record: tasks from the election log, findings in the ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dauys.record.book import open_record
from dauys.record.entries import Entry
from dauys.simulate.record import simulate_record
from dauys.simulate.scene import scene_of_seed
from dauys.verify.ballots import _check_first_wave, check_devices
from dauys.verify.cache import Cache
from dauys.verify.context import Context, VoteContext, WaveEntries
from dauys.verify.counted import Counted
from dauys.verify.keys import check_vote_keys
from dauys.verify.logs import check_definition, check_entries, open_election_log
from dauys.verify.options import Options, Silent
from dauys.verify.rebuild import put_together
from dauys.verify.report import CHAPTERS, Ledger
from dauys.verify.run import verify_record
from dauys.verify.workers import ProcessWorkers, ThreadWorkers, Workers


@pytest.fixture(scope="module")
def record(tmp_path_factory) -> Path:
    return simulate_record(tmp_path_factory.mktemp("chapter") / "out", scene_of_seed(2, 40, 3), 3).record


class Steps(Silent):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.total: int | None = None
        self.done = 0

    def begin(self, chapter: str, total: int | None) -> None:
        if chapter == "B":
            self.total = total

    def advance(self, count: int) -> None:
        self.done += count


def checked(
    record: Path,
    work: Path,
    workers: Workers,
    only: set[tuple[str, str]] | None = None,
    chapters: str = CHAPTERS,
) -> tuple[Ledger, Counted, Steps]:
    work.mkdir()
    ledger, steps = Ledger(), Steps()
    with open_record(str(record)) as source:
        options = Options(weight_seed=bytes(32), work=work, chapters=frozenset(chapters))
        context = open_election_log(source, options, ledger)
        assert context
        check_entries(context, Silent())
        check_definition(context)
        put_together(context)
        check_vote_keys(context, Silent())
        before = set(ledger.counts)
        counted = check_devices(context, steps, workers, only=only)
    ledger.counts = {
        code: one for code, one in ledger.counts.items() if code not in before or code[0] in "BC"
    }
    return ledger, counted, steps


def test_a_record_that_holds(record, tmp_path) -> None:
    ledger, counted, steps = checked(record, tmp_path / "w", ThreadWorkers(2))
    assert not [one for one in ledger.findings if one.status == "failed"]
    devices = len(counted.devices)
    ballots = sum(one.ballots for one in counted.devices.values())
    assert ledger.counts["B9"].passed == ballots > 100
    # Sessions that ended without a ballot used a card as well: one at each device.
    assert ledger.counts["C2"].passed == ballots + devices
    assert ledger.counts["L9.3"].passed == ledger.counts["C6.3"].passed == devices
    assert ledger.counts["C4"].passed == len({vote for vote, _ in counted.devices})
    assert ledger.counts["L9.9"].passed == devices
    assert steps.total is not None
    assert steps.total > steps.done >= ballots
    assert all(one.counts and one.open and one.close and one.outsiders for one in counted.devices.values())


def test_processes_and_threads_find_the_same(record, tmp_path) -> None:
    one, first, _ = checked(record, tmp_path / "one", ThreadWorkers(1))
    two, second, _ = checked(record, tmp_path / "two", ProcessWorkers(2))
    assert (one.counts, one.findings) == (two.counts, two.findings)
    assert first.devices == second.devices
    assert first.sums == second.sums


def test_one_station_alone(record, tmp_path) -> None:
    _, whole, _ = checked(record, tmp_path / "whole", ThreadWorkers(1))
    name = min(whole.devices)
    ledger, counted, _ = checked(record, tmp_path / "one", ThreadWorkers(1), only={name})
    assert list(counted.devices) == [name]
    assert not counted.whole
    assert ledger.counts["C4"].not_run == 1
    assert {one.reason for one in ledger.findings if one.code in ("C4", "C5")} == {"station"}
    vote, device = name
    contest = next(c.id for c in (counted.elections[vote].contests if counted.elections[vote] else ()))
    assert counted.sums_of(vote, "u", [device], contest) == whole.sums_of(vote, "u", [device], contest)


def test_chapters_that_nobody_asked_for_say_nothing(record, tmp_path) -> None:
    ledger, _, _ = checked(record, tmp_path / "w", ThreadWorkers(1), chapters="C")
    assert {code[0] for code in ledger.counts} == {"C"}


def test_a_changed_byte_in_a_bundle(record, tmp_path) -> None:
    spoiled = tmp_path / "spoiled"
    _copy(record, spoiled)
    bundle = next(path for path in sorted((spoiled / "device").rglob("entries/*")) if _deep_file(path))
    file = _deep_file(bundle)
    assert file
    data = bytearray(file.read_bytes())
    data[-3] ^= 1
    file.write_bytes(data)
    ledger, counted, _ = checked(spoiled, tmp_path / "w", ThreadWorkers(2))
    failed = [one for one in ledger.findings if one.status == "failed"]
    assert [one.code for one in failed] == ["L2.6"]
    where = failed[0].where
    assert where.vote
    assert where.device
    assert where.station
    assert not counted.devices[where.vote, where.device].counts
    assert ledger.counts["B1"].not_run == 1


def _deep_file(path: Path) -> Path | None:
    if path.is_file():
        return path
    return next((one for one in sorted(path.rglob("*")) if one.is_file()), None)


def _copy(source: Path, target: Path) -> None:
    import shutil

    shutil.copytree(source, target)


def test_a_cache_changes_no_report(record, tmp_path) -> None:
    reports = []
    for place in range(2):
        work = tmp_path / f"w{place}"
        work.mkdir()
        cache = Cache(tmp_path / "cache", bytes(32))
        with open_record(str(record)) as source:
            found = verify_record(source, Options(weight_seed=bytes(32), work=work, cache=cache))
        reports.append(json.dumps(found.report.as_json(), sort_keys=True))
    assert reports[0] == reports[1]
    assert list((tmp_path / "cache").iterdir())


def entry(index: int, kind: str, **fields: object) -> Entry:
    return Entry(index, kind, fields, b"")


def seal(index: int, device: str, kind: str = "checkpoint") -> Entry:
    return (
        entry(index, kind, device=device, what="seal")
        if kind == "checkpoint"
        else entry(index, kind, device=device)
    )


def first_wave(told: VoteContext, *decisions: Entry) -> Ledger:
    ledger = Ledger()
    options = Options(weight_seed=bytes(32), work=Path())
    context = Context(None, options, ledger, None, "x/log", kinds={"decision": list(decisions)})  # type: ignore[arg-type]
    told.installations = {name: entry(1, "installation", device=name) for name in ("a", "b")}
    told.waves = {1: WaveEntries(entry(20, "wave"))}
    _check_first_wave(context, told)
    return ledger


def test_the_first_wave_comes_after_every_seal() -> None:
    def told(*seals: Entry) -> VoteContext:
        return VoteContext(
            "v/1/0",
            checkpoints=[one for one in seals if one.kind == "checkpoint"],
            telephones=[one for one in seals if one.kind == "telephone"],
        )

    out = entry(15, "decision", what="exclude", point="v/1/0 b")
    late = entry(25, "decision", what="exclude", point="v/1/0 b")
    assert not first_wave(told(seal(10, "a"), seal(19, "b"))).failed("L9.9")
    assert not first_wave(told(seal(10, "a"), seal(19, "b", "telephone"), seal(30, "b"))).failed("L9.9")
    assert first_wave(told(seal(10, "a"), seal(21, "b"))).failed("L9.9")
    assert first_wave(told(seal(10, "a"))).failed("L9.9")
    assert not first_wave(told(seal(10, "a")), out).failed("L9.9")
    assert first_wave(told(seal(10, "a")), late).failed("L9.9")
