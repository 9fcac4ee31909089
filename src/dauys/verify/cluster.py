"""Work on devices spread over a Dask cluster: extra `dauys[cluster]`.

A worker of the cluster reads the record at its address by itself and runs the same code as a worker here.
What comes back is the result of a task and nothing else: no data set, variable or state of the cluster is
read. Who runs the cluster is trusted with the verdict, as who runs the processor is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from dauys import __version__
from dauys.verify.contents import Hooks, Stopped
from dauys.verify.tasks import Outcome
from dauys.verify.workers import AHEAD, Handles, Parcel, WorkerError, Workers, do_parcel

#: Seconds until a scheduler must have answered.
ANSWER: Final = 20.0
#: Seconds after which it is looked whether any worker is left.
LOOK: Final = 5.0


def _work(version: str, parcel: Parcel) -> list[Outcome]:
    """Do a parcel on a worker of the cluster."""
    if version != __version__:
        raise RuntimeError(f"this worker runs dauys {__version__}, not {version}")
    handles = Handles()
    try:
        # Opened for each parcel: a worker lives long, and what is at the address may be another tomorrow.
        return do_parcel(parcel, None, Hooks(), handles)
    finally:
        handles.close()


def _distributed() -> Any:
    """Return the package of the extra. Raises WorkerError V1.4 where it is not installed."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise WorkerError("V1.4", "no package distributed", "dauys[cluster]", "cluster_extra") from error


def _client(package: Any, address: str) -> Any:
    """Return a client that is connected; one that could not connect is closed, now.

    Left to the collector of garbage it would be closed wherever that runs: within the start of the next
    client, say, whose lock it then waits for, for ever.
    """
    client = package.Client.__new__(package.Client)
    try:
        client.__init__(address, timeout=ANSWER, set_as_default=False)
    except BaseException:
        client.__del__()  # which knows how far it came
        raise
    return client


@contextmanager
def dask_workers(address: str) -> Iterator[Workers]:
    """Give the workers of a cluster.

    Raises WorkerError V1.2 where there is none at the address, V1.4 without the extra.
    """
    package = _distributed()
    try:
        client = _client(package, address)
    except (OSError, ValueError) as error:
        raise WorkerError("V1.2", f"{address}: {error}"[:200], "a Dask scheduler", "cluster") from error
    try:
        yield DaskWorkers(client)
    finally:
        client.close(timeout=2)


@dataclass(frozen=True, slots=True)
class DaskWorkers:
    """The workers of one cluster, through its scheduler."""

    client: Any

    def run(self, parcels: Iterable[Parcel], hooks: Hooks) -> Iterator[list[Outcome]]:
        """Yield outcomes as they come.

        Raises WorkerError V1.3 where scheduler or workers are lost, V1.4 where a task cannot be done there.
        """
        source = iter(parcels)
        waiting: set[Any] = set()
        try:
            while True:
                ahead = max(1, self._workers()) * AHEAD
                while len(waiting) < ahead and (parcel := next(source, None)) is not None:
                    waiting.add(self._submit(parcel))
                if not waiting:
                    return
                done = self._wait(waiting, hooks)
                waiting -= done
                for future in done:
                    outcomes = self._result(future)
                    hooks.advance(sum(one.contents.ballots for one in outcomes if one.contents))
                    yield outcomes
        finally:
            for future in waiting:
                # Only here: a scheduler that is gone would never answer. One that is there forgets them.
                future.release()

    def _submit(self, parcel: Parcel) -> Any:
        # pure=False: a result of an earlier run is no result of this one.
        return self.client.submit(_work, __version__, parcel, pure=False, retries=0)

    def _workers(self) -> int:
        """Return how many threads the workers have. Raises WorkerError V1.3 where there are none."""
        client, found = self.client, 0
        if client.status == "running":
            with suppress(OSError, TimeoutError):
                told = client.sync(client.scheduler.ncores, workers=None, callback_timeout=ANSWER)
                found = sum(told.values())
        if not found:
            raise WorkerError("V1.3", "no scheduler or no workers", "a cluster that works", "cluster")
        return found

    def _wait(self, waiting: set[Any], hooks: Hooks) -> set[Any]:
        package = _distributed()
        while True:
            if hooks.stop():
                raise Stopped
            try:
                with self.client.as_current():
                    found = package.wait(list(waiting), timeout=LOOK, return_when="FIRST_COMPLETED")
                return set(found.done)
            except package.TimeoutError:
                self._workers()

    @staticmethod
    def _result(future: Any) -> list[Outcome]:
        package = _distributed()
        lost = (package.KilledWorker, package.CancelledError, package.comm.CommClosedError)
        try:
            found = future.result()
        except lost as error:
            text = f"{type(error).__name__}: {error}"[:200]
            raise WorkerError("V1.3", text, "workers that live", "cluster") from error
        except Exception as error:
            # Whatever a task raises over there is not of this process: it says that the work was not done.
            text = f"{type(error).__name__}: {error}"[:200]
            raise WorkerError("V1.4", text, "a worker that reads the record", "cluster_record") from error
        if not (isinstance(found, list) and all(isinstance(one, Outcome) for one in found)):
            raise WorkerError("V1.4", type(found).__name__, "outcomes", "cluster_record")
        return found
