"""A clock that somebody set: wall against monotonic time, and against what was minuted (`spec/day.md` §5).

Nothing finer than half an hour is kept, so that over a restart only a clock set back is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from dauys.station.faults import StationError

#: A difference as small as this is how clocks are.
DRIFT: Final = timedelta(seconds=90)
ZERO: Final = timedelta(0)


class Watch:
    """Wall time, looked at before each step. Not frozen: a decision makes a set clock the one that counts.

    `now`: wall time with its zone; `monotonic`: seconds that only grow; `minuted`: moments of notes so far.
    """

    def __init__(
        self, now: Callable[[], datetime], monotonic: Callable[[], float], minuted: Iterable[datetime] = ()
    ) -> None:
        self._now, self._monotonic = now, monotonic
        self._begin()
        last = max(minuted, default=None)
        self._behind = min(ZERO, self._wall - last) if last is not None else ZERO

    def moved(self) -> timedelta:
        """Return by how much the clock was set since it was accepted; negative is back."""
        passed = timedelta(seconds=self._monotonic() - self._start)
        moved = (self._now() - self._wall) - passed
        if abs(moved) >= DRIFT:
            return moved
        return self._behind

    def now(self) -> datetime:
        """Return the moment. Raises StationError J3.8 where the clock was set and nobody has decided."""
        moved = self.moved()
        if moved:
            raise StationError("J3.8", found=f"{minutes(moved):+d} min", expected="a clock that runs")
        return self._now()

    def read(self) -> datetime:
        """Return what the clock says, set or not."""
        return self._now()

    def accept(self) -> None:
        """Take the clock as it is now for right: members have decided so."""
        self._begin()
        self._behind = ZERO

    def _begin(self) -> None:
        self._wall, self._start = self._now(), self._monotonic()


def minutes(moved: timedelta) -> int:
    """Return whole minutes, a set clock never as none."""
    return round(moved / timedelta(minutes=1)) or (-1 if moved < ZERO else 1)
