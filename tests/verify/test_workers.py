"""Threads, processes, one at a time: the same outcomes; and what happens when a worker dies or is stopped."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace

import pytest
from made_devices import Device, Made, make

from dauys.verify import workers as work
from dauys.verify.cache import Cache
from dauys.verify.contents import Hooks, Stopped
from dauys.verify.tasks import DeviceTask, Outcome
from dauys.verify.workers import (
    Handles,
    Parcel,
    ProcessWorkers,
    ThreadWorkers,
    WorkerError,
    Workers,
    do_parcel,
    local_workers,
    parcels_of,
    processors,
    size_of,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Made:
    bad = Device("c", change=lambda entries: [entries[0], entries[2], entries[1], *entries[3:]])
    return make(tmp_path_factory.mktemp("workers"), Device("a"), Device("b", style="short"), bad)


def alone(tasks: tuple[DeviceTask, ...]) -> list[Outcome]:
    handles = Handles()
    try:
        return do_parcel(tasks, None, Hooks(), handles)
    finally:
        handles.close()


def outcomes(workers: Workers, tasks: tuple[DeviceTask, ...], hooks: Hooks | None = None) -> list[Outcome]:
    parcels: list[Parcel] = [(task,) for task in tasks]
    found = [one for some in workers.run(parcels, hooks or Hooks()) for one in some]
    return sorted(found, key=lambda outcome: outcome.number)


def test_all_workers_give_the_same_outcomes(made: Made) -> None:
    expected = alone(made.tasks)
    assert outcomes(ThreadWorkers(2), made.tasks) == expected
    assert outcomes(ProcessWorkers(2), made.tasks) == expected
    assert [len(outcome.remarks) for outcome in expected] == [1, 1, 1]


def test_weights_change_no_outcome(made: Made) -> None:
    tasks = tuple(replace(task, engine_seed=bytes(32), threads=2) for task in made.tasks)
    assert alone(tasks) == alone(made.tasks)


def test_processes_use_the_cache_of_their_user(made: Made, tmp_path) -> None:
    cache = Cache(tmp_path / "cache", bytes(32))
    first = outcomes(ProcessWorkers(1, cache), made.tasks)
    second = outcomes(ThreadWorkers(1, cache), made.tasks)
    assert [outcome.cached for outcome in first] == [False, False, False]
    assert [outcome.cached for outcome in second] == [True, True, False]


def _die(parcel: Parcel) -> list[Outcome]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def test_a_worker_that_dies_is_a_clear_error(made: Made, monkeypatch) -> None:
    monkeypatch.setattr(work, "_in_process", _die)
    with pytest.raises(WorkerError) as raised:
        outcomes(ProcessWorkers(1), made.tasks)
    assert raised.value.problem.code == "V1.1"


def test_threads_stop_between_blocks(made: Made) -> None:
    with pytest.raises(Stopped):
        outcomes(ThreadWorkers(2), made.tasks, Hooks(stop=lambda: True))


def test_progress_counts_every_ballot_once(made: Made) -> None:
    lock, told = threading.Lock(), []

    def advance(count: int) -> None:
        with lock:
            told.append(count)

    for workers in (ThreadWorkers(2), ProcessWorkers(1)):
        told.clear()
        outcomes(workers, made.tasks, Hooks(advance=advance))
        assert sum(told) == 120


def test_parcels_have_enough_entries(made: Made) -> None:
    tasks = made.tasks * 4
    assert [len(parcel) for parcel in parcels_of(tasks, lambda _: work.PARCEL // 3)] == [4, 4, 4]
    assert [len(parcel) for parcel in parcels_of(tasks[:2], lambda _: 1)] == [2]
    assert list(parcels_of((), lambda _: 1)) == []
    assert size_of(made.tasks[0]) == 45
    assert size_of(replace(made.tasks[0], seal=None)) == 0


def test_few_processors_are_used_by_threads(monkeypatch) -> None:
    monkeypatch.setattr(work, "processors", lambda: 2)
    with local_workers(None, None) as chosen:
        assert chosen == ThreadWorkers(2)
    with local_workers(3, None) as chosen:
        assert chosen == ProcessWorkers(3)
    monkeypatch.setattr(work, "processors", lambda: 16)
    with local_workers(None, None) as chosen:
        assert chosen == ProcessWorkers(16)
    assert processors() >= 1
