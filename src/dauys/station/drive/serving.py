"""One serving of a station: a member at the desk, voters in booths, until all are done or the power goes."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from queue import Queue
from typing import Any, Final

from dauys.station.drive.booth import BoothClient, Timing
from dauys.station.drive.desk import DeskClient
from dauys.station.drive.laptop import Laptop
from dauys.station.drive.people import Person
from dauys.station.drive.screen import DriveError, Screen

PEOPLE: Final = ("SIMULATION Омарова Қ.", "SIMULATION Ким Т.")
OBSERVER: Final = "SIMULATION Али Б."
#: Voters between desk and booths at one time.
BETWEEN: Final = 2
#: What a client hears when the power goes.
DARK: Final = (OSError, HTTPException)


@dataclass
class Seen:
    """What the people saw. `accepted`: ballots whose voter saw the last page; `settled`: ended by a start.

    `voters`: numbers of those whom the desk has marked.
    """

    accepted: int = 0
    settled: int = 0
    voters: set[int] = field(default_factory=set)
    timings: list[Timing] = field(default_factory=list)
    check_ins: list[float] = field(default_factory=list)


class Serving:
    """Serves people, once or again after a cut. Not frozen: cards get fewer."""

    def __init__(
        self,
        laptop: Laptop,
        cards: list[str],
        seen: Seen,
        told: Callable[[str, Mapping[str, object]], None],
        seed: int,
    ) -> None:
        self.laptop, self.cards, self.seen, self.told = laptop, cards, seen, told
        self._lock = threading.Lock()
        self._cut_at = 0.05 + 0.3 * random.Random(seed).random()  # noqa: S311  # a simulation
        self._errors: list[BaseException] = []

    def run(self, people: Sequence[Person], cut_after: int | None) -> list[Person]:
        """Serve these people in their order; return those who are not done when the power goes."""
        told = self.laptop.start()
        between: Queue[Person | None] = Queue(maxsize=BETWEEN)
        left: list[Person] = []
        codes = told["codes"]["booth"]
        booths = [self._thread(self._booth, told["url"], code, between, left) for code in codes]
        cutter = self._thread(self._cut, cut_after, booths) if cut_after is not None else None
        waiting = list(people)
        try:
            self._desk(told, waiting, between)
        finally:
            for _ in booths:
                between.put(None)
            for thread in booths:
                thread.join()
            if cutter is None:
                self.laptop.stop()
            else:
                cutter.join()
        if self._errors:
            raise self._errors[0]
        return [*left, *waiting]

    def _thread(self, work: Callable[..., None], *given: Any) -> threading.Thread:
        def run() -> None:
            try:
                work(*given)
            except BaseException as error:  # noqa: BLE001  # raised again by the one who waits for all
                self._errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def _desk(self, told: Mapping[str, Any], waiting: list[Person], between: Queue[Person | None]) -> None:
        """Check everybody in, and take them off the list, until the power goes."""
        with Screen(told["url"]) as screen:
            try:
                screen.pair(told["codes"]["desk"][0])
                desk = DeskClient(screen)
                while waiting and not self._errors:
                    one = waiting[0]
                    if not one.admitted:
                        self._check_in(desk, one)
                    between.put(waiting.pop(0))
            except DARK:
                self.told("dark", {"where": "desk"})

    def _check_in(self, desk: DeskClient, one: Person) -> None:
        if one.voter == 0:
            desk.test(OBSERVER)
        elif one.voter in self.seen.voters:
            desk.again(one.voter, PEOPLE[0])
        else:
            self.seen.check_ins.append(desk.check_in(one.voter))
            self.seen.voters.add(one.voter)
        one.admitted = True

    def _booth(self, url: str, code: str, between: Queue[Person | None], left: list[Person]) -> None:
        """Let one after the other vote. Once the power is gone, whoever comes keeps waiting."""
        with Screen(url) as screen:
            booth: BoothClient | None = BoothClient(screen)
            try:
                screen.pair(code)
            except DARK:
                booth = None
            while (one := between.get()) is not None:
                if booth is None or not self._vote(booth, one):
                    booth = None
                    left.append(one)

    def _vote(self, booth: BoothClient, one: Person) -> bool:
        """Let one vote; return whether the booth goes on."""
        try:
            one.card = one.card or self._card()
            timing = booth.vote(one.card, one.chosen, one.decision)
        except DARK:
            self.told("dark", {"where": "booth"})
            return False
        except Exception as error:  # noqa: BLE001  # raised by the one who waits for all
            self._errors.append(error)
            return False
        with self._lock:
            self.seen.timings.append(timing)
            self.seen.accepted += one.decision == "cast"
        return True

    def _card(self) -> str:
        with self._lock:
            if not self.cards:
                raise DriveError("no card is left at the station")
            return self.cards.pop()

    def _cut(self, after: int, booths: Sequence[threading.Thread]) -> None:
        """Take the power away once so many ballots are accepted, whatever the booths are doing."""
        while self.seen.accepted < after and any(booth.is_alive() for booth in booths):
            time.sleep(0.01)
        time.sleep(self._cut_at)
        self.told(self.laptop.cut(), {"ballots": self.seen.accepted})
