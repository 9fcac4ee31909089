"""What a printer is to the station: it prints a job and says what it knows (`spec/papers.md` §8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from dauys.station.faults import StationError

#: How much of a job is on paper after a failure: nothing, some of it, all of it, or nobody can say.
Printed = Literal["none", "part", "all", "unknown"]


@dataclass(frozen=True, slots=True)
class State:
    """What a printer says of itself now. `fault`: what else it reports, None for nothing.

    `slip`: whether its sensor sees paper under the glass, None where it has no such sensor.
    """

    online: bool = True
    paper: bool = True
    near_end: bool = False
    cover_open: bool = False
    jam: bool = False
    fault: str | None = None
    slip: bool | None = None

    @property
    def stops(self) -> str | None:
        """The code of what keeps it from printing, None where nothing does."""
        found = {
            "J7.2": self.cover_open,
            "J7.3": self.jam,
            "J7.1": not self.paper,
            "J7.4": self.fault is not None or not self.online,
        }
        return next((code for code, is_so in found.items() if is_so), None)


class Printer(Protocol):
    """One printer. Nothing of a job is kept, written down or tried again."""

    @property
    def name(self) -> str:
        """What members call it."""
        ...

    def print(self, job: bytes) -> None:
        """Print a job, and return when the printer says that it is done.

        Raises StationError J7.1–J7.6; its fact `printed` says how much is on paper (`Printed`).
        """
        ...

    def state(self) -> State:
        """Ask the printer. Raises StationError J7.5 without an answer, J7.6 where it cannot be opened."""
        ...


def stopped(name: str, state: State, printed: Printed) -> StationError:
    """Return the error of a printer that stopped in this state, J7.4 where the state does not say why."""
    found = state.fault or ("offline" if not state.online else "no fault")
    code = state.stops or "J7.4"
    return StationError(code, found=found, expected="a printed job", printer=name, printed=printed)


def silent(name: str, printed: Printed) -> StationError:
    """Return the error of a printer that does not answer."""
    return StationError("J7.5", found="no answer", expected="an answer", printer=name, printed=printed)


def printed_of(error: BaseException) -> Printed:
    """Return how much of a job is on paper after its printing raised this."""
    told = error.problem.facts.get("printed") if isinstance(error, StationError) else None
    known: tuple[Printed, ...] = ("none", "part", "all")
    return next((one for one in known if one == told), "unknown")
