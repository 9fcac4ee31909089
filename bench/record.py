"""Time the verification of whole records beside that of their ballots alone, in one run.

    python bench/record.py [--small 100000] [--large 1000000] [--folder DIR] [--runs 3] [--dask] [--json]

Two simulated records are made in DIR, unless they are there. Each is verified as `dauys verify` does it, all
chapters, in a process of its own; its first ballots are verified beside it without any record, as `dauys
bench ballots` does, and plain decodings of points are timed in between. Costs are microseconds of processor
time for a ballot, so that others who use the machine count for little; all that a process does is in them,
from its first import on. Memory is the sum of the peaks of all processes.
With `--dask` a scheduler and two workers on this machine do what two worker processes do. Figures are
medians over the runs.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from dauys import _core
from dauys.crypto.ballots import BLOCK, verify_ballots
from dauys.crypto.boxes import style_of
from dauys.record.book import open_record
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.entries import is_ballot
from dauys.record.note import parse_note
from dauys.record.reader import LogReader
from dauys.simulate.record import simulate_record
from dauys.simulate.scene import scene_of_seed
from dauys.verify.options import Options
from dauys.verify.run import verify_record
from dauys.verify.workers import processors

SEED = 2004
#: Ballots of a station; a run-off is held in half of them, and is in the number of ballots too.
STATION = 1000
EACH = STATION * 3 // 2
DECODINGS = 4096
BARS = {"decodings_more": 6.0, "large_to_small": 1.10, "memory_mb": 500.0, "dask_to_processes": 0.93}
"""At most so many decodings a ballot more than ballots alone, so much a ballot more, so much memory; and at
least so fast a cluster of two workers beside two processes."""

Figures = dict[str, float]


def record_of(folder: Path, ballots: int) -> Path:
    """The record with about so many ballots, made if it is not there."""
    out = folder / str(ballots)
    if not (out / "SIMULATION").exists():
        print(f"making a record of {ballots} ballots", file=sys.stderr)
        simulate_record(out, scene_of_seed(max(2, round(ballots / EACH)), STATION, SEED), SEED)
    return out / "public"


def verify_once(record: str, workers: int | None, dask: str | None) -> Figures:
    """Verify a record in this process, and say what it cost."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as work, open_record(record) as source:
        options = Options(weight_seed=os.urandom(32), work=Path(work), workers=workers, dask=dask)
        found = verify_record(source, options)
        seconds = time.perf_counter() - start
    if found.report.exit_code() or found.counted is None:
        raise SystemExit(f"{record} does not hold: {[one.code for one in found.report.failures]}")
    ballots = sum(one.ballots for one in found.counted.devices.values())
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    memory = peaks[0] + (workers or 0) * peaks[1]
    return {"ballots": ballots, "seconds": seconds, "cpu": processor_time(), "memory_mb": memory / 1024}


def processor_time() -> float:
    """Seconds of processor time of this process and those that it waited for."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def ballots_once(record: str) -> Figures:
    """Verify some ballots of a record without the record, and decode points one by one."""
    with tempfile.TemporaryDirectory() as work, open_record(record) as source:
        options = Options(weight_seed=os.urandom(32), work=Path(work), station="nowhere")
        context = verify_record(source, options).context
        assert context
        vote = next(iter(context.votes.values()))
        boxes: dict[str, list[bytes]] = {}
        for device, seal in vote.seals().items():
            shown = parse_checkpoint(parse_note(seal.fields["note"].encode()).text)
            reader = LogReader(source.device(vote.vote, device), shown.size, shown.root)
            boxes[device] = [data for _, data in reader.entries() if is_ballot(data)]
            if sum(map(len, boxes.values())) >= BLOCK:
                break
    assert vote.ballots
    count = sum(map(len, boxes.values()))
    start = time.process_time()
    for device, box in boxes.items():
        if verify_ballots(vote.ballots, device, box, threads=processors()).faults:
            raise SystemExit("a ballot does not hold")
    seconds = time.process_time() - start
    one = next(iter(boxes.values()))[0]
    head = 2 + len(style_of(one)) + 16
    points = one[head : head + 32] * DECODINGS
    begun = time.process_time()
    _core.count_points(points)
    return {
        "ballots_alone_us": 1e6 * seconds / count,
        "decode_us": 1e6 * (time.process_time() - begun) / DECODINGS,
    }


def child(*arguments: str) -> Figures:
    """Run this file in a process of its own."""
    command = [sys.executable, __file__, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(record: Path, runs: int) -> Figures:
    """Medians for one record; `us` and `ballots_alone_us` are microseconds of processor time a ballot."""
    rows = [child("--one", str(record)) | child("--alone", str(record)) for _ in range(runs)]
    row = {name: median(one[name] for one in rows) for name in rows[0]}
    row["us"] = 1e6 * row["cpu"] / row["ballots"]
    row["decodings_more"] = (row["us"] - row["ballots_alone_us"]) / row["decode_us"]
    return row


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A scheduler and two workers with one thread each."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    dask, here = str(Path(sys.executable).parent / "dask"), ("--host", "127.0.0.1", "--no-dashboard")
    commands = [[dask, "scheduler", "--port", address.rsplit(":", 1)[1], "--no-jupyter", *here]]
    commands += [[dask, "worker", address, "--nthreads", "1", "--no-nanny", *here]] * 2
    quiet = subprocess.DEVNULL
    processes = [subprocess.Popen(one, cwd=folder, stdout=quiet, stderr=quiet) for one in commands]
    try:
        from distributed import Client

        with Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        yield address
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def beside_dask(record: Path, runs: int) -> Figures:
    """Two worker processes and two workers of a cluster, by turns."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder)) as address:
        # The first time both are cold, and nobody would start a cluster for one record.
        child("--one", str(record), "--dask-address", address)
        for _ in range(runs):
            own = child("--one", str(record), "--workers", "2")
            theirs = child("--one", str(record), "--dask-address", address)
            rows.append({"processes_s": own["seconds"], "dask_s": theirs["seconds"]})
    row = {name: median(one[name] for one in rows) for name in rows[0]}
    return row | {"dask_to_processes": row["processes_s"] / row["dask_s"]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "dauys-bench-records")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dask", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--dask-address", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.one:
        print(json.dumps(verify_once(told.one, told.workers, told.dask_address)))
    elif told.alone:
        print(json.dumps(ballots_once(told.alone)))
    else:
        report(told)


def report(told: argparse.Namespace) -> None:
    """Measure, and print all figures with the bars that they are held to."""
    told.folder.mkdir(parents=True, exist_ok=True)
    small, large = (record_of(told.folder, count) for count in (told.small, told.large))
    rows = {"small": measure(small, told.runs), "large": measure(large, max(1, told.runs // 2))}
    ratios = {
        "decodings_more": rows["small"]["decodings_more"],
        "large_to_small": rows["large"]["us"] / rows["small"]["us"],
        "memory_mb": rows["large"]["memory_mb"],
    }
    if told.dask:
        rows["dask"] = beside_dask(small, told.runs)
        ratios["dask_to_processes"] = rows["dask"]["dask_to_processes"]
    if told.json:
        print(
            json.dumps({"processors": processors(), "rows": rows, "ratios": ratios, "bars": BARS}, indent=1)
        )
        return
    for name, row in rows.items():
        print(f"{name:6}", "  ".join(f"{key} {value:,.2f}" for key, value in row.items()))
    for name, value in ratios.items():
        print(f"{name:18} {value:8.2f}   bar {BARS[name]:.2f}")


if __name__ == "__main__":
    main()
