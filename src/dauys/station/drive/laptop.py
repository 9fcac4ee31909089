"""A laptop of a drill: the real program in a process of its own, whose power can be cut.

Cut means: the process is frozen, both file systems are shut down without flushing, the process is killed, and
what the file systems recover is what there is. Without the rights to mount, it is killed, and nothing is lost
but what was in its memory: the two are told apart.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dauys.station.drive.screen import DriveError
from dauys.station.drive.volume import Volume
from dauys.station.keeping.folders import Media
from dauys.station.program import Fitted, Station, drill_clock, open_station
from dauys.station.setup import Installed, install

#: Seconds in which a station must be there after a start.
START: Final = 60.0
MEGABYTES: Final = 64


@dataclass
class Laptop:
    """One laptop with two media, below a folder. Not frozen: it is on or off.

    `printers`: of each booth, as `dauys station serve --booth` takes them.
    """

    folder: Path
    device: str
    kit: Path
    printers: Sequence[str]
    volumes: tuple[Volume, ...] = ()
    installed: Installed | None = None
    process: subprocess.Popen[bytes] | None = None
    told: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path, device: str, kit: Path, printers: Sequence[str], *, cuttable: bool) -> Laptop:
        """Put a laptop into a new folder; with `cuttable` each medium is a file system of its own."""
        folder.mkdir(parents=True)
        laptop = cls(folder, device, kit, printers)
        if cuttable:
            names = ("first", "second")
            laptop.volumes = tuple(Volume(folder / f"{n}.image", folder / f"volume-{n}") for n in names)
            for volume in laptop.volumes:
                volume.make(MEGABYTES)
        for path in (*laptop.media.folders, laptop.stick):
            path.mkdir(parents=True, exist_ok=True)
        return laptop

    @property
    def media(self) -> Media:
        """Where it keeps what it keeps."""
        below = [volume.folder for volume in self.volumes] or [self.folder, self.folder]
        return Media(below[0] / "first", below[1] / "second", rehearsal=not self.volumes)

    @property
    def stick(self) -> Path:
        """The key stick."""
        return self.folder / "key-stick"

    @property
    def clock(self) -> Path:
        """The file that its clock is read from."""
        return self.folder / "clock"

    def at(self, moment: str) -> None:
        """Set the clock: RFC 3339 with its offset."""
        new = self.clock.with_suffix(".new")
        new.write_text(moment, encoding="ascii")
        new.replace(self.clock)

    def install(self, moment: str, key: bytes | None = None) -> Installed:
        """Set the device up from its kit, and write the password where a drill finds it."""
        self.at(moment)
        self.installed = install(self.kit, self.device, self.media, self.stick, os.urandom, key=key)
        (self.folder / "password").write_text(self.installed.password, encoding="utf-8")
        return self.installed

    @property
    def software(self) -> str:
        """Hash of the program, in hex, as the act says it."""
        return "" if self.installed is None else str(self.installed.fields["software"])

    @contextmanager
    def open(self, printers: dict[int, Fitted] | None = None) -> Iterator[Station]:
        """Open the device in this process, as members do between two servings."""
        if self.installed is None:
            raise DriveError("nothing is installed")
        clocks = drill_clock(self.clock)
        with open_station(
            self.media, self.stick, self.installed.password, printers or {}, os.urandom, clocks=clocks
        ) as station:
            yield station

    def start(self) -> dict[str, Any]:
        """Serve its pages in a process of its own; return `url` and the codes of each role."""
        told = self.folder / "told.json"
        told.unlink(missing_ok=True)
        program = [sys.executable, "-c", "from dauys.cli.main import main; main()", "station", "serve"]
        command = [*program, "--port", "0", "--told", str(told)]
        media = (
            "--first",
            str(self.media.first),
            "--second",
            str(self.media.second),
            "--stick",
            str(self.stick),
        )
        rest = ["--password", str(self.folder / "password"), "--clock", str(self.clock)]
        booths = [part for printer in self.printers for part in ("--booth", printer)]
        rehearsal = ["--rehearsal"] if self.media.rehearsal else []
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own program
                [*command, *media, *rest, *booths, *rehearsal],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.told = self._wait(told)
        return self.told

    def _wait(self, told: Path) -> dict[str, Any]:
        end = time.monotonic() + START
        while not told.exists():
            if self.process is None or self.process.poll() is not None or time.monotonic() > end:
                log = (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")
                raise DriveError(f"{self.device} did not start: {log[-500:]}")
            time.sleep(0.02)
        found: dict[str, Any] = json.loads(told.read_bytes())
        return found

    def stop(self) -> None:
        """Stop it as a machine does that is shut down in order."""
        self._end(signal.SIGTERM)

    def cut(self) -> str:
        """Take its power away, whatever it is doing; return `cut`, or `killed` where no volume can be cut."""
        if self.process is None:
            raise DriveError("it is off already")
        if not self.volumes:
            self._end(signal.SIGKILL)
            return "killed"
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
        for volume in self.volumes:
            volume.cut()
        self._end(signal.SIGKILL)
        for volume in self.volumes:
            volume.unmount()
        for volume in self.volumes:
            volume.mount()
        return "cut"

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START)
            self.process = None

    def leave(self) -> None:
        """Let go of everything that is not a file."""
        self._end(signal.SIGKILL)
        for volume in self.volumes:
            volume.unmount()
