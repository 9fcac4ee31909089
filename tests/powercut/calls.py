"""Every call of the system on the way of one vote fails, or is the last: what is left must be right.

    LD_PRELOAD=calls.so python tests/powercut/calls.py FOLDER

In the mode `gate` the power is cut as well. The last line is JSON: how many runs there were of each mode, in
how many the vote was accepted, what was wrong, and how often a station was caught that commits again after an
error.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from campaign import Table, fork, listen, rows_of_both
from day import work
from observer import Observer

NAMES = ("fdatasync", "fsync", "pwrite64", "write", "ftruncate", "rename")
MODES = ("before", "after", "torn", "eio", "enospc")
#: What can be half done.
TORN = ("pwrite64", "write")
RETRY = "retrying COMMIT after EIO"
VOTES = 1


class Calls:
    """The library that was loaded before."""

    def __init__(self) -> None:
        self.library = ctypes.CDLL(None)

    def arm(self, name: str = "", number: int = 0, mode: str = "") -> None:
        self.library.calls_arm(name.encode(), number, mode.encode())

    def count(self, name: str) -> int:
        return self.library.calls_count(name.encode())


class Bench:
    """A station as it was before the vote, put back before every run."""

    def __init__(self, folder: Path) -> None:
        self.table = Table(folder)
        self.table.new_station()
        self.station = self.table.station
        self.kept = folder / "kept"
        for name in ("first", "second", "outbox"):
            shutil.copytree(getattr(self.station, name), self.kept / name)
        self.calls = Calls()
        #: Runs in which the observer saw part 2 all the same.
        self.accepted = 0

    def put_back(self) -> None:
        for name in ("first", "second", "outbox"):
            own = getattr(self.station, name)
            shutil.rmtree(own)
            shutil.copytree(self.kept / name, own)
        os.sync()

    def run(self, name: str, number: int, mode: str, control: str | None = None) -> list[str]:
        """Let one call fail in one way, and return what is wrong afterwards."""
        self.put_back()
        observer = Observer()

        def vote(handle: int) -> None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            self.calls.arm(name, number, mode)
            work(self.station, handle, 1, control, VOTES)

        child, pipe = fork(vote)
        listen(pipe, observer, None)
        os.close(pipe)
        if mode == "gate":
            self.table.cut()
        os.waitpid(child, 0)
        if mode == "gate":
            self.table.again()
        self.accepted += len(observer.part2)
        return self._look(observer)

    def _look(self, observer: Observer) -> list[str]:
        wrong = observer.check_media(*rows_of_both(self.station))
        try:
            with self.station.open() as opened:
                wrong += observer.check_state(opened, 1)
        except Exception as error:  # noqa: BLE001 - a station that does not start is what we look for
            wrong.append(f"does not start: {error}")
        return wrong

    def numbers(self) -> dict[str, int]:
        """Return how many calls of each name one vote makes."""
        self.put_back()
        self.calls.arm()

        def vote(handle: int) -> None:
            reading, writing = os.pipe()
            work(self.station, writing, 1, None, VOTES)
            os.close(reading)
            os.write(handle, json.dumps({name: self.calls.count(name) for name in NAMES}).encode())

        child, pipe = fork(vote)
        told = os.read(pipe, 65536)
        os.waitpid(child, 0)
        os.close(pipe)
        return json.loads(told)


def control(folder: Path) -> int:
    """Run nothing but the station that commits again after an error."""
    bench = Bench(folder)
    try:
        gates = bench.numbers()["fdatasync"]
        runs = [bench.run("fdatasync", at, "gate", control=RETRY) for at in range(1, gates + 1)]
        print(json.dumps({"gates": gates, "caught": sum(map(bool, runs))}))
    finally:
        bench.table.clear()
    return 0 if any(runs) else 1


def main(folder: Path) -> int:
    bench = Bench(folder)
    try:
        numbers = bench.numbers()
        runs, wrong = dict.fromkeys((*MODES, "gate"), 0), []
        plan = [(n, at, m) for n, count in numbers.items() for at in range(1, count + 1) for m in MODES]
        plan = [one for one in plan if one[2] != "torn" or one[0] in TORN]
        gates = [("fdatasync", at, "gate") for at in range(1, numbers["fdatasync"] + 1)]
        for name, at, mode in [*plan, *gates]:
            runs[mode] += 1
            wrong += [f"{name} {at} {mode}: {one}" for one in bench.run(name, at, mode)]
        accepted = bench.accepted
        caught = sum(bool(bench.run(*one, control=RETRY)) for one in gates)
        told = {"calls": numbers, "runs": runs, "accepted": accepted, "wrong": wrong, "caught": caught}
        print(json.dumps(told))
    finally:
        bench.table.clear()
    return 1 if wrong or not caught else 0


if __name__ == "__main__":
    raise SystemExit((control if "--control" in sys.argv else main)(Path(sys.argv[1])))
