"""What was verified before: believed with this user's key, for this log, and after its bytes were read."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from made_devices import Device, Made, make

from dauys.record.book import open_record
from dauys.verify import contents as reading
from dauys.verify.cache import Cache, read_key
from dauys.verify.contents import Hooks, Stopped
from dauys.verify.one_device import check_device
from dauys.verify.tasks import DeviceTask, Outcome


def check(made: Made, cache: Cache | None, task: DeviceTask | None = None) -> Outcome:
    with open_record(str(made.folder)) as record:
        return check_device(record, task or made.tasks[0], cache, Hooks())


def joined(outcome: Outcome) -> Outcome:
    """An outcome without what may differ: in how many blocks its records come."""
    told = outcome.contents
    assert told
    blocks = {name: (b"".join(getattr(told, name)),) for name in ("cards", "points", "counted")}
    return replace(outcome, cached=False, contents=replace(told, **blocks))


@pytest.fixture
def made(tmp_path) -> Made:
    return make(tmp_path, Device("a", tests=2))


@pytest.fixture
def cache(tmp_path) -> Cache:
    return Cache(tmp_path / "cache", b"k" * 32)


def test_the_second_time_is_the_first_time(made: Made, cache: Cache) -> None:
    first, second = check(made, cache), check(made, cache)
    assert (first.cached, second.cached) == (False, True)
    assert joined(check(made, None)) == joined(first) == joined(second)
    other = replace(made.tasks[0], number=7)
    moved = check(made, cache, other)
    assert moved.cached
    assert joined(moved) == joined(check(made, None, other))


def changed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("where", ["bundle", "tile"])
def test_a_changed_byte_of_the_log_is_found_again(made: Made, cache: Cache, where: str) -> None:
    check(made, cache)
    folder = made.folder / "device" / "1-0" / "a" / "tile" / ("entries" if where == "bundle" else "0")
    (file,) = [path for path in folder.rglob("*") if path.is_file()]
    changed(file)
    outcome = check(made, cache)
    assert not outcome.cached
    assert outcome.contents is None
    assert {remark.code for remark in outcome.remarks if remark.status == "failed"} <= {
        "L2.6",
        "L2.3",
        "L2.5",
    }


@pytest.mark.parametrize("key", [b"x" * 32, b""])
def test_a_cache_of_somebody_else_is_worth_nothing(made: Made, cache: Cache, key: bytes) -> None:
    check(made, cache)
    assert not check(made, Cache(cache.folder, key)).cached


def test_a_changed_cache_is_worth_nothing(made: Made, cache: Cache) -> None:
    check(made, cache)
    (file,) = cache.folder.iterdir()
    changed(file)
    assert not check(made, cache).cached
    file.write_bytes(b"")
    assert not check(made, cache).cached


@pytest.mark.parametrize(
    "change", [{"station": "x"}, {"software": "0" * 64}, {"root": bytes(64)}, {"cards": None}]
)
def test_another_question_has_no_answer_yet(made: Made, cache: Cache, change: dict[str, object]) -> None:
    check(made, cache)
    assert not check(made, cache, replace(made.tasks[0], **change)).cached


def test_the_file_of_one_device_is_not_that_of_another(tmp_path, cache: Cache) -> None:
    both = make(tmp_path / "two", Device("a"), Device("b"))
    check(both, cache)
    (one,) = cache.folder.iterdir()
    check(both, cache, both.tasks[1])
    (other,) = set(cache.folder.iterdir()) - {one}
    other.write_bytes(one.read_bytes())
    assert not check(both, cache, both.tasks[1]).cached


def test_what_failed_is_looked_at_again(tmp_path, cache: Cache) -> None:
    made = make(
        tmp_path / "bad",
        Device("a", change=lambda entries: [entries[0], entries[2], entries[1], *entries[3:]]),
    )
    assert not check(made, cache).cached
    assert not check(made, cache).cached
    assert not list(cache.folder.glob("*"))


def test_a_run_that_was_stopped_keeps_what_was_done(tmp_path, cache: Cache) -> None:
    made = make(tmp_path / "two", Device("a"), Device("b"))
    check(made, cache)
    with open_record(str(made.folder)) as record, pytest.raises(Stopped):
        check_device(record, made.tasks[1], cache, Hooks(stop=lambda: True))
    assert check(made, cache).cached
    assert not check(made, cache, made.tasks[1]).cached


def test_a_device_without_a_log_never_meets_the_cache(made: Made, cache: Cache) -> None:
    check(made, cache)
    (made.folder / "device" / "1-0" / "a" / "checkpoint").unlink()
    outcome = check(made, cache)
    assert not outcome.cached
    assert outcome.contents is None


def test_the_arithmetic_is_spared(made: Made, cache: Cache, monkeypatch) -> None:
    check(made, cache)

    def refuse(*_: object) -> None:
        raise AssertionError("ballots were examined again")

    monkeypatch.setattr(reading._core, "examine_ballots", refuse)
    assert check(made, cache).cached
    with pytest.raises(AssertionError):
        check(made, None)


def test_a_folder_that_cannot_be_written_costs_nothing(made: Made, tmp_path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    outcome = check(made, Cache(blocked, bytes(32)))
    assert outcome == check(made, None)


def test_the_key_is_made_once_and_for_the_user_alone(tmp_path) -> None:
    path = tmp_path / "config" / "cache.key"
    key = read_key(path, lambda count: b"q" * count)
    assert key == b"q" * 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path, os.urandom) == key
    assert [file.name for file in path.parent.iterdir()] == ["cache.key"]


def test_a_key_that_others_can_read_is_refused(tmp_path) -> None:
    path = tmp_path / "cache.key"
    read_key(path, os.urandom)
    path.chmod(0o644)
    with pytest.raises(PermissionError):
        read_key(path, os.urandom)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(PermissionError):
        read_key(path, os.urandom)


RUN = """
import pickle, sys
from pathlib import Path
from dauys.verify.cache import Cache
from dauys.verify.contents import Hooks
from dauys.verify.workers import ProcessWorkers, ThreadWorkers

class Loud(Cache):
    def save(self, *given):
        super().save(*given)
        # One line a device: whoever reads it may stop this program then.
        print("kept", flush=True)

if __name__ == "__main__":
    tasks = pickle.loads(Path(sys.argv[1]).read_bytes())
    cache = Loud(Path(sys.argv[2]), b"k" * 32)
    workers = ThreadWorkers(1, cache)
    if sys.argv[3] == "p":
        workers = ProcessWorkers(1, Cache(cache.folder, cache.key))
    for outcomes in workers.run([(task,) for task in tasks], Hooks()):
        if sys.argv[3] == "p":
            print("kept", flush=True)
"""


@pytest.mark.parametrize("kind", ["t", "p"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_somebody_stops_goes_on_later(
    tmp_path, cache: Cache, kind: str, how: signal.Signals
) -> None:
    """Ctrl-C, or a cut: what was kept is whole, and the rest is done the next time."""
    made = make(tmp_path, *(Device(name) for name in "abcd"))
    (tmp_path / "run.py").write_text(RUN)
    (tmp_path / "tasks").write_bytes(pickle.dumps(made.tasks))
    command = [sys.executable, str(tmp_path / "run.py"), str(tmp_path / "tasks"), str(cache.folder), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdout
        assert running.stdout.readline() == b"kept\n"
        running.send_signal(how)
        running.stdout.read()
        assert running.wait(timeout=60) != 0 or how is signal.SIGINT
    outcomes = [check(made, cache, task) for task in made.tasks]
    assert outcomes[0].cached
    assert [joined(one) for one in outcomes] == [joined(check(made, None, task)) for task in made.tasks]
