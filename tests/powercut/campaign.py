"""Cut the power of a station again and again, look at what is left, and say what was found.

    python tests/powercut/campaign.py [--cuts 10000] [--seed 1] [--folder DIR] [--report FILE] [--no-controls]

A *cut* loses all that was not forced to a medium: the station is frozen, the file systems are shut down and
mounted again. A third of the cuts is followed by a second one while the station recovers. *Kills* of the
program alone lose nothing of the system's memory, and are counted apart. The progress is kept in DIR: the
same command goes on where it stopped. The last line is
`N cuts: 0 lost, 0 doubled, k in doubt resolved, controls c/c caught`; the exit code is 1 where something was
lost, doubled or otherwise wrong, or a control was not caught.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import apsw
from beyond import NEW_IDS, RETRY, new_ids_are_caught, retry_is_caught
from day import work
from observer import Observer
from powercut_device import PASSWORD, VOLUMES, Station, station_in
from wrong import CONTROLS, build

from dauys.station.drive.volume import Volume, why_not
from dauys.station.keeping import folders
from dauys.station.keeping.database import JOURNAL, open_database
from dauys.station.keeping.journal_view import JournalView
from dauys.station.keeping.records import RecordFile

#: Cuts of one station; then another is made.
EACH = 25
#: Cuts that a control may survive before the harness is called broken.
PATIENCE = 150
KILLED_EVERY = 5
_SEEDS = 1_000_003


@dataclass
class Tally:
    """What was found so far."""

    cuts: int = 0
    second: int = 0
    kills: int = 0
    accepted: int = 0
    in_doubt: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)
    caught: dict[str, list[object]] = field(default_factory=dict)

    def last_line(self) -> str:
        lost = sum(1 for one in self.wrong if not one.startswith("doubled"))
        doubled = len(self.wrong) - lost
        caught = sum(1 for count, _ in self.caught.values() if count)
        controls = f", controls {caught}/{len(CUT_CONTROLS) + 2} caught"
        return (
            f"{self.cuts} cuts: {lost} lost, {doubled} doubled, {self.in_doubt} in doubt resolved{controls}"
        )


CUT_CONTROLS = tuple(one for one in CONTROLS if one != RETRY)


class Table:
    """Two volumes and a stick on which stations live."""

    def __init__(self, folder: Path) -> None:
        self.volumes = tuple(Volume(folder / f"{name}.img", folder / name) for name in VOLUMES)
        self.station = station_in(folder)

    def new_station(self) -> None:
        self.clear()
        for volume in self.volumes:
            volume.make()
        shutil.rmtree(self.station.stick, ignore_errors=True)
        for folder in (self.station.first, self.station.second, self.station.outbox):
            folder.mkdir()
            os.sync()
        self.station.make()

    def clear(self) -> None:
        for volume in self.volumes:
            volume.unmount()

    def again(self) -> None:
        """After a cut: let the file systems recover."""
        for volume in self.volumes:
            volume.unmount()
            volume.mount()

    def cut(self) -> None:
        for volume in self.volumes:
            volume.cut()


def fork(run, *arguments) -> tuple[int, int]:
    """Run something in a process of its own; return it and the pipe that it tells into."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.close(reading)
        run(writing, *arguments)
        code = 0
    except BaseException:  # noqa: BLE001 - the parent sees the code and the trace
        traceback.print_exc()
    finally:
        os._exit(code)


def listen(pipe: int, observer: Observer, seconds: float | None) -> None:
    """Take what the station tells, for so long from its first line on; None: until it ends."""
    rest, deadline, ready = b"", time.monotonic() + 30, False
    while True:
        wait = max(0.0, deadline - time.monotonic())
        found, _, _ = select.select([pipe], [], [], wait)
        data = os.read(pipe, 65536) if found else b""
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            observer.see(line)
        if not ready:
            ready, deadline = True, time.monotonic() + (30 if seconds is None else seconds)


def drain(pipe: int, observer: Observer) -> None:
    """Take what was told before the station was frozen."""
    os.set_blocking(pipe, False)
    data = b""
    while True:
        try:
            more = os.read(pipe, 65536)
        except BlockingIOError:
            break
        if not more:
            break
        data += more
    for line in data.split(b"\n"):
        if line.endswith(b"}"):
            try:
                observer.see(line)
            except json.JSONDecodeError:
                # The first of these lines was begun before: `listen` has its beginning.
                continue
    os.close(pipe)


def freeze(child: int) -> None:
    """Stop a process, and return when it stands still: a signal alone takes its time."""
    os.kill(child, signal.SIGSTOP)
    os.waitpid(child, os.WUNTRACED)


class Run:
    """One station under an observer, through many cuts."""

    def __init__(self, table: Table, tally: Tally, seed: int, control: str | None = None) -> None:
        self.table, self.tally, self.control = table, tally, control
        self.draws = random.Random(seed)
        self.observer = Observer()
        if control == "no UNIQUE on the card":
            build(control)
        table.new_station()

    def once(self, *, kill: bool = False) -> list[str]:
        """Let the station work, take its power or kill it, and return what is wrong."""
        before = len(self.observer.part2)
        seed = self.draws.randrange(_SEEDS)
        child, pipe = fork(lambda handle: work(self.table.station, handle, seed, self.control))
        listen(pipe, self.observer, self.draws.uniform(0.005, 0.25))
        freeze(child)
        drain(pipe, self.observer)
        if not kill:
            self.table.cut()
        self._end(child)
        if not kill:
            self.table.again()
            if self.draws.random() < 1 / 3:
                self._cut_recovery()
        self.tally.accepted += len(self.observer.part2) - before
        return self._look()

    def _end(self, child: int) -> None:
        try:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        except (ProcessLookupError, ChildProcessError):
            # It had ended by itself before it could be stopped.
            return

    def _cut_recovery(self) -> None:
        """Cut the power while the station starts."""
        child, pipe = fork(self._start)
        time.sleep(self.draws.uniform(0.0, 0.12))
        freeze(child)
        self.table.cut()
        self._end(child)
        os.close(pipe)
        self.table.again()
        self.tally.second += 1

    def _start(self, _: int) -> None:
        with self.table.station.open():
            pass

    def _look(self) -> list[str]:
        station = self.table.station
        first, second = rows_of_both(station)
        wrong = self.observer.check_media(first, second) + self.observer.check_copies(
            station.second, station.outbox
        )
        begun = time.monotonic()
        try:
            with station.open() as opened:
                self.tally.slowest = max(self.tally.slowest, time.monotonic() - begun)
                unseen = {
                    one.card.hex() for one in opened.journal.endings("cast")
                } - self.observer.part2.keys()
                wrong += self.observer.check_state(opened, self.observer.in_flight())
                self.tally.in_doubt += len(unseen) + len(opened.decided.abandoned)
        except Exception as error:  # noqa: BLE001 - a station that does not start is what we look for
            wrong.append(f"does not start: {error}")
        return wrong


def rows_of_both(station: Station) -> tuple[list[dict], list[dict]]:
    """What each medium holds by itself, before the station brings them in step."""
    facts = folders.read_facts(station.first)
    start, _ = folders.unlock(station.first, facts, station.stick, PASSWORD)
    database = open_database(station.first / folders.DATABASE, start.journal, JOURNAL)
    first = list(JournalView(database).rows())
    database.close()
    second = RecordFile(station.second / folders.RECORDS, start.records, os.urandom).read().rows
    return first, list(second)


def cuts(table: Table, tally: Tally, wanted: int, seed: int, keep) -> None:
    """Cut until so many are done; every fifth time the program is killed besides."""
    while tally.cuts < wanted:
        run = Run(table, tally, seed * _SEEDS + tally.cuts)
        for _ in range(min(EACH, wanted - tally.cuts)):
            wrong = run.once()
            tally.cuts += 1
            if not wrong and tally.cuts % KILLED_EVERY == 0:
                wrong = run.once(kill=True)
                tally.kills += 1
            if wrong:
                tally.wrong += [f"{one} (cut {tally.cuts}, seed {seed})" for one in wrong[:5]]
                break
        keep()


def controls(table: Table, tally: Tally, seed: int) -> None:
    """Let every station that is built wrong be caught; says after how many cuts, 0 for never."""
    for place, control in enumerate(CUT_CONTROLS):
        child, pipe = fork(_control, table, control, seed + place)
        told = b""
        while data := os.read(pipe, 4096):
            told += data
        os.waitpid(child, 0)
        os.close(pipe)
        tally.caught[control] = json.loads(told or b'[0, ""]')
        print(f"control {control!r}: {tally.caught[control]}", file=sys.stderr)
    table.new_station()
    tally.caught[NEW_IDS] = new_ids_are_caught(table.station)
    tally.caught[RETRY] = retry_is_caught()
    for name in (NEW_IDS, RETRY):
        print(f"control {name!r}: {tally.caught[name]}", file=sys.stderr)


def _control(handle: int, table: Table, control: str, seed: int) -> None:
    """Tell after how many cuts a station that is built wrong was caught, and by what; 0 for never."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    run = Run(table, Tally(), seed, control)
    for number in range(1, PATIENCE + 1):
        if wrong := run.once():
            os.write(handle, json.dumps([number, wrong[0]]).encode())
            return
    os.write(handle, b'[0, ""]')


def report(tally: Tally) -> str:
    """What is kept in docs: everything that somebody needs who wants to see it again."""
    lines = [
        f"SQLite {apsw.sqlite_lib_version()}, Python {platform.python_version()}",
        f"Linux {platform.release()}, ext4 on loop devices, one for each medium",
        f"{tally.accepted} ballots accepted, {tally.kills} kills, {tally.second} cuts during recovery",
        f"slowest start {tally.slowest:.2f} s",
        *(
            f"control {name!r}: cut {count}, {why or 'not caught'}"
            for name, (count, why) in tally.caught.items()
        ),
        *tally.wrong[:50],
        tally.last_line(),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cuts", type=int, default=int(os.environ.get("CUTS", "10000")))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--no-controls", action="store_true")
    parser.add_argument("--jobs", type=int, default=1, help="stations that are cut side by side")
    told = parser.parse_args()
    if reason := why_not():
        raise SystemExit(f"the power cannot be cut here: {reason}")
    if told.jobs > 1:
        finish(side_by_side(told), told.report)
    kept = told.folder / f"progress-{told.seed}.json" if told.folder else None
    tally = Tally(**json.loads(kept.read_text())) if kept and kept.exists() else Tally()

    def keep() -> None:
        print(f"{tally.cuts} of {told.cuts} cuts, {len(tally.wrong)} wrong", file=sys.stderr)
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(vars(tally)))

    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        table = Table(Path(folder))
        try:
            if not told.no_controls and not tally.caught:
                controls(table, tally, told.seed)
                keep()
            cuts(table, tally, told.cuts, told.seed, keep)
        finally:
            table.clear()
    finish(tally, told.report)


def side_by_side(told: argparse.Namespace) -> Tally:
    """Share the cuts between processes, each with its own seed and stations; return all that they found."""
    folder = told.folder or Path(tempfile.mkdtemp())
    shares = [told.cuts // told.jobs + (job < told.cuts % told.jobs) for job in range(told.jobs)]
    children = []
    for job, share in enumerate(shares):
        more = ["--no-controls"] if job or told.no_controls else []
        own = ["--cuts", str(share), "--seed", str(told.seed + job), "--folder", str(folder)]
        command = [sys.executable, __file__, *own, *more]
        children.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    for child in children:
        child.wait()
    whole = Tally()
    for job in range(told.jobs):
        found = Tally(**json.loads((folder / f"progress-{told.seed + job}.json").read_text()))
        for name in ("cuts", "second", "kills", "accepted", "in_doubt"):
            setattr(whole, name, getattr(whole, name) + getattr(found, name))
        whole.slowest = max(whole.slowest, found.slowest)
        whole.wrong += found.wrong
        whole.caught |= found.caught
    return whole


def finish(tally: Tally, place: Path | None) -> None:
    """Tell what was found, and leave with 1 where something was lost or a control was not caught."""
    text = report(tally)
    if place:
        place.write_text(text)
    print(text, end="")
    missed = [name for name, (count, _) in tally.caught.items() if not count]
    raise SystemExit(1 if tally.wrong or missed else 0)


if __name__ == "__main__":
    main()
