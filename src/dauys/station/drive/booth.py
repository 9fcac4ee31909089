"""A simulated voter in a booth, on the pages that voters have.

**Source:** spec/station.md §4; the times are those that its load bar names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dauys.station.drive.client import Client
from dauys.station.drive.page import Page
from dauys.station.faults import StationError

BOOTH: Final = "/booth/"
Decision = Literal["cast", "challenge", "test"]
#: Seconds between two looks at a booth that is not free yet, and how many at most.
LOOK: Final = 0.05
LOOKS: Final = 1200
#: Of a page that says that the station waits for a new start.
BROKEN: Final = "J1.2"
#: Of a page with options, for a contest left blank.
BLANK: Final = "blank"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that a voter waited: from *all correct* to part 1 sent, from the decision to part 2 sent."""

    part1: float
    part2: float


class BoothClient(Client):
    """A booth. See `Client` for its arguments. `language`: of its voters; `looks`: until it gives up."""

    language: str = "kk"
    looks: int = LOOKS

    def vote(self, card_letters: str, choices: Sequence[Sequence[int]], decision: Decision) -> Timing:
        """Go through one whole session and leave the booth free.

        `choices`: options by their place, for each contest in the order of the ballot; none for a blank.
        Raises StationError with the code that the page says, J6.8 where a page is not the one that follows.
        """
        self.enter()
        self.show_card(card_letters)
        for chosen in choices:
            self.choose(chosen)
        self.touch("print")
        part1 = self.touch("right")
        part2 = self.decide(decision)
        self.touch("finish")
        return Timing(part1, part2)

    def enter(self) -> None:
        """Begin as soon as somebody is admitted. Raises StationError J2.1 where nobody is, for a minute."""
        begin = ("do", f"begin:{self.language}")
        for _ in range(self.looks):
            if begin in self.look(BOOTH).buttons:
                self.touch(begin[1])
                if self.page.asks("letters"):
                    return
            elif self.page.has("finish"):
                self.touch("finish")
            self.pause(LOOK)
        raise StationError("J2.1", found="nobody admitted", expected="an admission")

    def show_card(self, letters: str) -> None:
        """Type the letters of a card. Raises StationError J2.2, J2.3, J2.4."""
        self.touch("card", ("letters", letters))
        if self.page.asks("letters"):
            raise self._refusal("a page of choices")

    def choose(self, chosen: Sequence[int]) -> None:
        """Answer the contest that is asked, and its question where it is left blank."""
        offered = self.page.offers("choice")
        marked = [str(place) for place in chosen] or [BLANK]
        if not set(marked) <= set(offered):
            raise StationError("J6.8", found=offered, expected=marked)
        self.touch("next", *(("choice", one) for one in marked))
        if not chosen:
            self.touch("yes")

    def decide(self, decision: Decision) -> float:
        """Cast, or test the machine; return the seconds until part 2 was sent."""
        if decision == "cast":
            return self.touch("cast")
        self.touch("test")
        return self.touch("observers" if decision == "test" else "yes")

    def touch(self, value: str, *fields: tuple[str, str]) -> float:
        """Touch a button; return the seconds until it was done. Raises StationError where a page refuses."""
        if not self.page.has(value):
            raise self._refusal(f"{value} to touch")
        took = self.send(("do", value), fields)
        if stopped(self.page):
            raise self._refusal("a printer that prints")
        return took

    def _refusal(self, expected: str) -> StationError:
        code = next(iter(self.page.codes), "J6.8")
        return StationError(code, found=self.page.heading, expected=expected)


def stopped(page: Page) -> bool:
    """Return whether this page calls a member: a printer or the whole station has stopped."""
    return page.has("again") or BROKEN in page.codes
