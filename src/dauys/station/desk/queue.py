"""How long the queue is: rates alone, in memory alone, no names (`spec/desk.md` §6)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final

#: Seconds over which the rate is taken, and fewest voters served in them that make one.
WINDOW: Final = 900.0
FEWEST: Final = 3
MOST: Final = 999


class Queue:
    """People who wait, as a member counted them last, and how fast they are served. Not frozen.

    `clock`: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._served: deque[float] = deque()
        self._waiting: int | None = None
        self._lock = Lock()

    def served(self) -> None:
        """Note that a voter was served."""
        with self._lock:
            self._served.append(self.clock())
            if self._waiting:
                self._waiting -= 1

    def counted(self, waiting: int) -> None:
        """Note how many people wait, as a member counted. Raises ValueError for no such number."""
        if not 0 <= waiting <= MOST:
            raise ValueError(waiting)
        with self._lock:
            self._waiting = waiting

    def waiting(self) -> int | None:
        """Return how many wait by now, None where nobody has counted."""
        return self._waiting

    def minutes(self) -> int | None:
        """Return whole minutes that somebody who comes now will wait, None where that is not known."""
        with self._lock:
            now = self.clock()
            while self._served and self._served[0] < now - WINDOW:
                self._served.popleft()
            if self._waiting is None:
                return None
            if self._waiting == 0:
                return 0
            if len(self._served) < FEWEST:
                return None
            passed = max(now - self._served[0], 60.0)
            return round(self._waiting * passed / len(self._served) / 60)
