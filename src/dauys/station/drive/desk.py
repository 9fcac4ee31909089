"""A simulated member at the check-in desk, through its pages."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final, Literal

from dauys.station.drive.screen import DriveError, Page, Screen

_REFUSED: Final = re.compile(r'class="said bad".*?<span class="code">(J\d+\.\d+)</span>', re.DOTALL)


class DeskClient:
    """The screen of a desk. `clock`: seconds that only grow."""

    def __init__(self, screen: Screen, clock: Callable[[], float] = time.monotonic) -> None:
        self.screen, self.clock = screen, clock

    def check_in(self, number: int, channel: Literal["electronic", "paper"] = "electronic") -> float:
        """Find a voter by number and mark how they vote; return the seconds that the mark took.

        Raises DriveError where the desk refuses it.
        """
        self._open(number)
        start = self.clock()
        self._press(f"mark:{channel}")
        return self.clock() - start

    def again(self, number: int, member: str) -> None:
        """Admit a voter again whose session ended without a ballot."""
        self._open(number)
        self._press("panel:again")
        self._press("again", name=member)

    def test(self, observer: str) -> None:
        """Admit an observer's test."""
        self.screen.look("/desk/")
        self._press("next")
        self._press("panel:test")
        self._press("test", name=observer)

    def _open(self, number: int) -> None:
        self.screen.look("/desk/")
        self._press("find", q=str(number))
        if not self.screen.page.can(f"open:{number}"):
            raise DriveError(f"voter {number} is not found")
        self._press(f"open:{number}")

    def _press(self, act: str, **fields: str) -> Page:
        page = self.screen.press(act, fields)
        refused = _REFUSED.search(page.html)
        if refused:
            raise DriveError(f"the desk refuses {act}: {refused[1]}")
        return page
