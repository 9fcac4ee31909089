"""A printer without a printer: for tests, the demo and drills. It fails where it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Literal

from dauys.station.papers.raster import ROW, Raster
from dauys.station.printer import commands
from dauys.station.printer.engine import Engine, Stop
from dauys.station.printer.printer import Printed, State, silent, stopped

#: `jam`, `cover`, `fault`, `power`: it stops in the middle of the job. `swallow`: says done and prints
#: nothing. `deny`: prints all of it and never answers.
Fault = Literal["jam", "cover", "fault", "power", "swallow", "deny"]


@dataclass(slots=True)
class Faults:
    """What goes wrong. `at`: by number of the job, from 1; `claims`: what it says of itself whatever is so.

    `sensor`: what the sensor under the glass says: the truth, always one thing, or nothing (it has none).
    """

    at: dict[int, Fault] = field(default_factory=dict)
    claims: State | None = None
    sensor: Literal["true", "slip", "no slip", "none"] = "true"


@dataclass(frozen=True, slots=True)
class Output:
    """What one job left: its bytes, the dots that came out, None for none, and whether they were cut off."""

    job: bytes
    raster: Raster | None
    cut: bool


class SimulatedPrinter:
    """Prints into memory, or as PNG files of whole pieces of paper into a folder, and then keeps nothing.

    `roll`: lines of dots left on the roll, None for no end.
    """

    def __init__(
        self,
        name: str = "simulated",
        *,
        folder: Path | None = None,
        roll: int | None = None,
        faults: Faults | None = None,
    ) -> None:
        self._name, self.folder = name, folder
        self.engine = Engine(roll)
        self.faults = faults or Faults()
        self.outputs: list[Output] = []
        self.jobs = 0
        self._pieces = len(list(folder.glob("*.png"))) if folder is not None else 0
        self._lock = Lock()

    @property
    def name(self) -> str:
        """What members call it."""
        return self._name

    def state(self) -> State:
        """Return what it says of itself. Raises StationError J7.5 where it has no power."""
        if self.engine.stop == "power":
            raise silent(self._name, "none")
        if self.faults.claims is not None:
            return self.faults.claims
        state = self.engine.state()
        seen = {"true": state.slip, "slip": True, "no slip": False, "none": None}[self.faults.sensor]
        return replace(state, slip=seen)

    def print(self, job: bytes) -> None:
        """Print a job. Raises StationError J7.1–J7.5; ValueError for bytes that are no command of ours."""
        with self._lock:
            self.jobs += 1
            state = self.state()
            if state.stops:
                raise stopped(self._name, state, "none")
            fault = self.faults.at.get(self.jobs)
            if fault == "swallow":
                return
            if fault in ("jam", "cover", "fault", "power"):
                self.engine.stop_after, self.engine.stop_why = _middle(job), fault
            if not self._printed(job) or fault == "deny":
                raise self._failure(fault == "deny")

    def mend(self, roll: int | None = None) -> None:
        """Do what a member does: free it, close it, put in a roll, switch it on."""
        self.engine.mend(roll)

    def pieces(self) -> list[Raster]:
        """Return the pieces of paper that were cut off, in order."""
        return [Raster(piece) for piece in self.engine.cuts]

    def hanging(self) -> Raster | None:
        """Return what was printed and not cut off yet: what is under the glass, or under the flap."""
        return Raster(bytes(self.engine.piece)) if self.engine.piece else None

    def _printed(self, job: bytes) -> bool:
        """Run a job through the engine, keep what came out, and return whether it was done."""
        self.engine.feed(commands.CLEAR)
        before, cuts = len(self.engine.piece), len(self.engine.cuts)
        done = bool(self.engine.feed(job + commands.DONE))
        dots = b"".join([*self.engine.cuts[cuts:], bytes(self.engine.piece)])[before:]
        if self.folder is None:
            raster = Raster(dots) if dots else None
            self.outputs.append(Output(job, raster, len(self.engine.cuts) > cuts))
        else:
            self._save(self.folder)
        return done

    def _save(self, folder: Path) -> None:
        for piece in self.engine.cuts:
            self._pieces += 1
            (folder / f"{self._pieces:04}.png").write_bytes(Raster(piece).png())
        self.engine.cuts.clear()

    def _failure(self, denied: bool) -> Exception:
        stop: Stop = self.engine.stop
        if denied or stop in ("power", ""):
            return silent(self._name, "unknown")
        printed: Printed = "part" if self.engine.piece else "none"
        return stopped(self._name, self.engine.state(), printed)


def _middle(job: bytes) -> int:
    """Return half of the lines of a job."""
    return len(job) // ROW // 2
