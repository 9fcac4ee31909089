"""A real Dask cluster on this machine: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import gc
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread

import pytest
from made_devices import Device, Made, make

from dauys.verify import cluster
from dauys.verify.cluster import dask_workers
from dauys.verify.contents import Hooks, Stopped
from dauys.verify.tasks import DeviceTask, Outcome
from dauys.verify.workers import Handles, Parcel, WorkerError, Workers, do_parcel

pytest.importorskip("distributed", reason="the extra dauys[cluster] is not installed")
pytestmark = [
    pytest.mark.xdist_group("cluster"),
    # The package closes some sockets of its own late.
    pytest.mark.filterwarnings("default"),
]
PATIENCE = 60


@dataclass
class Cluster:
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def dask(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    log = (folder / f"{arguments[0]}.log").open("ab")
    command = [str(Path(sys.executable).parent / "dask"), *arguments]
    with log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)


@contextmanager
def running(folder: Path, count: int) -> Iterator[Cluster]:
    """Both sides try again until the other one is there."""
    here, quiet = ("--host", "127.0.0.1"), ("--no-dashboard",)
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    processes = [dask(folder, "scheduler", *here, "--port", str(port), *quiet, "--no-jupyter")]
    try:
        for _ in range(count):
            processes.append(dask(folder, "worker", address, "--nthreads", "1", "--no-nanny", *quiet, *here))
        with dask_workers(address) as workers:
            workers.client.wait_for_workers(count, timeout=PATIENCE)
        yield Cluster(address, processes[0], processes[1:])
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Made:
    bad = Device("c", change=lambda entries: [entries[0], entries[2], entries[1], *entries[3:]])
    return make(tmp_path_factory.mktemp("cluster"), Device("a"), Device("b", style="short"), bad)


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("dask"), 2) as found:
        yield found


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


def test_a_cluster_gives_the_same_outcomes(made: Made, real: Cluster) -> None:
    told: list[int] = []
    with dask_workers(real.address) as workers:
        assert outcomes(workers, made.tasks, Hooks(advance=told.append)) == alone(made.tasks)
    assert sum(told) == 120


def test_a_cluster_reads_a_record_over_http(made: Made, real: Cluster) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(made.folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        tasks = tuple(replace(task, record=f"http://127.0.0.1:{server.server_port}/") for task in made.tasks)
        with dask_workers(real.address) as workers:
            assert outcomes(workers, tasks) == alone(made.tasks)
    finally:
        server.shutdown()
        server.server_close()


def test_a_record_that_workers_cannot_reach_is_a_clear_error(made: Made, real: Cluster) -> None:
    tasks = tuple(replace(task, record="/not/there") for task in made.tasks)
    with dask_workers(real.address) as workers, pytest.raises(WorkerError) as raised:
        outcomes(workers, tasks)
    assert raised.value.problem.code == "V1.4"


def test_a_worker_of_another_version_is_a_clear_error(made: Made, real: Cluster, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "__version__", "0.0.0")
    with dask_workers(real.address) as workers, pytest.raises(WorkerError) as raised:
        outcomes(workers, made.tasks)
    assert raised.value.problem.code == "V1.4"
    assert "0.0.0" in str(raised.value.problem.found)


def test_no_answer_of_an_earlier_run_is_taken(made: Made, real: Cluster, tmp_path) -> None:
    """The same tasks again after the record has changed: what the scheduler may remember is not asked for."""
    shutil.copytree(made.folder, tmp_path / "record")
    tasks = tuple(replace(task, record=str(tmp_path / "record")) for task in made.tasks[:1])
    with dask_workers(real.address) as workers:
        kept = workers.client.submit(cluster._work, cluster.__version__, tasks)
        assert kept.result()[0].contents
        shutil.rmtree(tmp_path / "record" / "device" / "1-0" / "a")
        (found,) = outcomes(workers, tasks)
    assert found.contents is None


def test_a_cluster_can_be_stopped(made: Made, real: Cluster) -> None:
    with dask_workers(real.address) as workers, pytest.raises(Stopped):
        outcomes(workers, made.tasks, Hooks(stop=lambda: True))


def test_no_cluster_at_the_address(monkeypatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER", 1.0)
    with pytest.raises(WorkerError) as raised, dask_workers("tcp://127.0.0.1:9"):
        pass
    assert raised.value.problem.code == "V1.2"


def test_no_address_at_all() -> None:
    with pytest.raises(WorkerError) as raised, dask_workers("nonsense"):
        pass
    assert raised.value.problem.code == "V1.2"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense"])
def test_a_client_that_could_not_connect_is_closed_at_once(monkeypatch, address) -> None:
    """And not by the collector of garbage, within the start of another client whose lock is held."""
    monkeypatch.setattr(cluster, "ANSWER", 1.0)
    kind = import_module("distributed").Client
    gc.collect()
    gc.disable()
    try:
        with pytest.raises(WorkerError) as raised, dask_workers(address):
            pass
        # The error is held, and with it all that its frames hold.
        left = {one.status for one in gc.get_objects() if isinstance(one, kind)}
        assert (raised.value.problem.code, left - {"closed", "running"}) == ("V1.2", set())
    finally:
        gc.enable()


def test_without_the_extra_it_says_so(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(WorkerError) as raised, dask_workers("tcp://127.0.0.1:9"):
        pass
    assert raised.value.problem.code == "V1.4"


def test_workers_that_die_are_a_clear_error(made: Made, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "LOOK", 0.2)
    with running(tmp_path, 1) as lost, dask_workers(lost.address) as workers:
        lost.workers[0].kill()
        lost.workers[0].wait()
        with pytest.raises(WorkerError) as raised:
            outcomes(workers, made.tasks)
        assert raised.value.problem.code == "V1.3"


def test_a_scheduler_that_dies_is_a_clear_error(made: Made, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "LOOK", 0.2)
    with running(tmp_path, 1) as lost, dask_workers(lost.address) as workers:
        monkeypatch.setattr(cluster, "ANSWER", 1.0)

        def kill(_: int) -> None:
            lost.scheduler.kill()
            lost.scheduler.wait()

        with pytest.raises(WorkerError) as raised:
            outcomes(workers, made.tasks * 40, Hooks(advance=kill))
        assert raised.value.problem.code == "V1.3"
