"""Work on devices, spread over threads or processes; `cluster` spreads it over machines.

A parcel of devices goes out, outcomes come back, nothing else is shared: a worker reads the record itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Event as ProcessEvent
from typing import Final, Protocol

from dauys.errors import DauysError, Place, Problem
from dauys.record.book import Record, open_record
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.faults import LogError
from dauys.record.note import MAX_NOTE, parse_note
from dauys.verify.cache import Cache
from dauys.verify.contents import Hooks
from dauys.verify.one_device import check_device
from dauys.verify.tasks import DeviceTask, Outcome

#: Entries that a parcel has at least, so that sending it is little beside the work.
PARCEL: Final = 8192
#: Parcels that wait for each worker, so that none is idle.
AHEAD: Final = 2
#: Processors up to which threads of one process do; above, Python's own lock would be felt.
THREADS: Final = 4

Parcel = tuple[DeviceTask, ...]


class WorkerError(DauysError):
    """The work could not be done: a worker died, or a cluster is not there. No verdict comes of it."""

    def __init__(self, code: str, found: str, expected: str, hint: str | None = None) -> None:
        self.problem = Problem(code, Place(), found, expected, hint)
        super().__init__(f"{code}: {found}, expected {expected}")


class Workers(Protocol):
    """Does parcels in any order and yields the outcomes of each as they come."""

    def run(self, parcels: Iterable[Parcel], hooks: Hooks) -> Iterator[list[Outcome]]:
        """Yield outcomes. Raises WorkerError where the work cannot be done, Stopped where it was stopped."""
        ...


def parcels_of(tasks: Iterable[DeviceTask], sizes: Callable[[DeviceTask], int]) -> Iterator[Parcel]:
    """Yield tasks together until they have enough entries, the order kept."""
    parcel: list[DeviceTask] = []
    entries = 0
    for task in tasks:
        parcel.append(task)
        entries += sizes(task)
        if entries >= PARCEL:
            yield tuple(parcel)
            parcel, entries = [], 0
    if parcel:
        yield tuple(parcel)


class Handles:
    """Records that are held open, each once for every thread. Not frozen: threads come and open theirs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[int, str], Record] = {}

    def record(self, address: str) -> Record:
        """Return the record at an address as this thread reads it. Raises LogError L7.x."""
        key = (threading.get_ident(), address)
        with self._lock:
            if key not in self._open:
                self._open[key] = open_record(address)
            return self._open[key]

    def close(self) -> None:
        """Give back all that is open, when no thread reads any more."""
        while self._open:
            self._open.popitem()[1].close()


def do_parcel(parcel: Parcel, cache: Cache | None, hooks: Hooks, handles: Handles) -> list[Outcome]:
    """Return the outcomes of a parcel, in its order."""
    return [check_device(handles.record(task.record), task, cache, hooks) for task in parcel]


def size_of(task: DeviceTask) -> int:
    """Return how many entries a device says that it has: that decides nothing but the order of work."""
    if task.seal is None:
        return 0
    if task.seal.note is None:
        return task.seal.size or 0
    try:
        return parse_checkpoint(parse_note(task.seal.note.encode()[:MAX_NOTE]).text).size
    except LogError:
        return 0


@dataclass(frozen=True, slots=True)
class ThreadWorkers:
    """Threads of this process: the core works outside of Python's lock."""

    count: int
    cache: Cache | None = None

    def run(self, parcels: Iterable[Parcel], hooks: Hooks) -> Iterator[list[Outcome]]:
        """Yield outcomes as they come."""
        stopped = threading.Event()

        def stop() -> bool:
            return stopped.is_set() or hooks.stop()

        def work(parcel: Parcel) -> list[Outcome]:
            return do_parcel(parcel, self.cache, replace(hooks, stop=stop), handles)

        handles = Handles()
        try:
            with ThreadPoolExecutor(self.count) as pool:
                try:
                    yield from _results(pool, work, parcels, self.count * AHEAD)
                finally:
                    stopped.set()
        finally:
            handles.close()


_stop: ProcessEvent | None = None
_cache: Cache | None = None
_handles = Handles()


def _begin(stop: ProcessEvent, cache: Cache | None) -> None:
    """Prepare a worker process: it stops when it is told to, and not by a key that somebody presses."""
    global _stop, _cache
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _stop, _cache = stop, cache
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that began it is gone, however it went: nobody would take results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _in_process(parcel: Parcel) -> list[Outcome]:
    stop = _stop.is_set if _stop else Hooks().stop
    return do_parcel(parcel, _cache, Hooks(stop=stop), _handles)


@dataclass(frozen=True, slots=True)
class ProcessWorkers:
    """Processes of this machine, each with one thread."""

    count: int
    cache: Cache | None = None

    def run(self, parcels: Iterable[Parcel], hooks: Hooks) -> Iterator[list[Outcome]]:
        """Yield outcomes as they come. Raises WorkerError V1.1 where a process died."""
        context = multiprocessing.get_context("spawn")
        stop = context.Event()
        with ProcessPoolExecutor(self.count, context, _begin, (stop, self.cache)) as pool:
            try:
                for outcomes in _results(pool, _in_process, parcels, self.count * AHEAD):
                    hooks.advance(sum(_entries(outcome) for outcome in outcomes))
                    yield outcomes
            except BrokenProcessPool as error:
                raise WorkerError(
                    "V1.1", "a worker process that died", "workers that live", "workers"
                ) from error
            finally:
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)


def _entries(outcome: Outcome) -> int:
    return outcome.contents.ballots if outcome.contents else 0


def _results(
    pool: Executor, work: Callable[[Parcel], list[Outcome]], parcels: Iterable[Parcel], ahead: int
) -> Iterator[list[Outcome]]:
    """Yield results while few parcels wait, so that results do not pile up either."""
    source = iter(parcels)
    waiting: set[Future[list[Outcome]]] = set()
    try:
        while True:
            while len(waiting) < ahead and (parcel := next(source, None)) is not None:
                waiting.add(pool.submit(work, parcel))
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        for future in waiting:
            future.cancel()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local_workers(count: int | None, cache: Cache | None) -> Iterator[Workers]:
    """Give workers of this machine: `count` processes, or where nothing is said one for each processor.

    Then few processors are used by threads, which begin at once.
    """
    if count is None and processors() <= THREADS:
        yield ThreadWorkers(processors(), cache)
    else:
        yield ProcessWorkers(count or processors(), cache)
