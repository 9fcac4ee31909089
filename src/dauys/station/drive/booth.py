"""A simulated voter in a booth, step by step through its pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from dauys.station.drive.screen import DriveError, Page, Screen

Decision = Literal["cast", "test", "observers"]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds as a voter waits: from *all correct* to part 1 printed, from the decision to part 2."""

    part1: float
    part2: float


class BoothClient:
    """The screen of a booth. `clock`: seconds that only grow."""

    def __init__(self, screen: Screen, clock: Callable[[], float] = time.monotonic) -> None:
        self.screen, self.clock = screen, clock

    def vote(self, card: str, chosen: Sequence[Sequence[int]], decision: Decision = "cast") -> Timing:
        """Vote from the first touch to *finish*. `chosen`: options by place of each contest, none is blank.

        Raises DriveError where another page comes than must, OSError where the station does not answer.
        """
        self.screen.look("/booth/")
        self._press("begin:kk")
        self._expect("card", self._press("card", letters=card))
        for own in chosen:
            self._choose(own)
        self._expect("right", self._press("print"))
        part1 = self._timed("right")
        if not self.screen.page.can("cast"):
            raise DriveError(f"no decision to take: {self._said()}")
        part2 = self._timed("cast") if decision == "cast" else self._test(decision)
        self._press("finish")
        return Timing(part1, part2)

    def _choose(self, own: Sequence[int]) -> None:
        marks = [str(place) for place in own] or ["blank"]
        self.screen.press("next", {"choice": marks})
        if not own:
            self._press("yes")

    def _test(self, decision: Decision) -> float:
        self._press("test")
        return self._timed("yes" if decision == "test" else "observers")

    def _timed(self, act: str) -> float:
        start = self.clock()
        self._press(act)
        return self.clock() - start

    def _press(self, act: str, **fields: str) -> Page:
        return self.screen.press(act, fields)

    def _expect(self, act: str, page: Page) -> None:
        if not (page.can(act) or (act == "card" and page.can("next"))):
            raise DriveError(f"{act!r} cannot come next: {self._said()}")

    def _said(self) -> str:
        return " ".join(self.screen.page.text.split())[:300]
