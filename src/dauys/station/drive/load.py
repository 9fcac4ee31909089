"""Simulated people at a given pace, and how long each of them waits: for load and for drills."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from queue import Queue
from typing import Final

from dauys.station.drive.booth import BoothClient
from dauys.station.drive.desk import DeskClient
from dauys.station.drive.people import Person
from dauys.station.drive.screen import Screen
from dauys.verify.kit import Kit

#: Seconds between looks at a clock that is not due yet.
PATIENCE: Final = 0.2


@dataclass
class Measured:
    """Seconds that people waited. `check_ins`: for the mark; `part1`, `part2`: of `booth.Timing`.

    `late`: seconds by which a check-in began after it was due, because the desk was not free.
    """

    check_ins: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    part1: list[float] = field(default_factory=list)
    part2: list[float] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How many people a minute come to all desks, how many of them in a hundred vote electronically."""

    people: int
    minutes: float
    electronic: int = 50

    @property
    def total(self) -> int:
        """How many people come."""
        return round(self.people * self.minutes)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all do not exceed. Raises ValueError for none."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def crowd(kit: Kit, pace: Pace, first: int, seed: int) -> Iterator[Person]:
    """Yield who comes: voters of the kit from this number on, with choices drawn; `decision` cast.

    Those who vote on paper have no choices.
    """
    draws = random.Random(seed)  # noqa: S311  # a simulation
    here = [one.number for one in kit.voters if not one.certificate and one.number >= first]
    if len(here) < pace.total:
        raise ValueError(f"{pace.total} people of {len(here)} voters")
    for number in here[: pace.total]:
        chosen = tuple(_mark(draws, len(options)) for options in kit.options.values())
        yield Person(number, chosen if draws.randrange(100) < pace.electronic else ())


def _mark(draws: random.Random, options: int) -> tuple[int, ...]:
    place = draws.randrange(options + 1)
    return (place,) if place < options else ()


class Load:
    """All screens of a station at once. Not frozen: people come and go."""

    def __init__(
        self,
        url: str,
        desks: Sequence[str],
        booths: Sequence[str],
        cards: Sequence[str],
        told: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.url, self.desks, self.booths, self.told = url, desks, booths, told
        self.cards = list(cards)
        self.measured = Measured()
        self._lock = threading.Lock()
        self._errors: list[BaseException] = []

    def run(self, people: Sequence[Person], pace: Pace) -> Measured:
        """Let everybody come at the pace, and return when the last has gone."""
        between: Queue[Person | None] = Queue()
        begun = time.monotonic()
        due = [(begun + 60 * place / pace.people, one) for place, one in enumerate(people)]
        desks = [
            self._thread(self._desk, code, due[place :: len(self.desks)], between)
            for place, code in enumerate(self.desks)
        ]
        booths = [self._thread(self._booth, code, between) for code in self.booths]
        for thread in desks:
            thread.join()
        for _ in booths:
            between.put(None)
        for thread in booths:
            thread.join()
        if self._errors:
            raise self._errors[0]
        self.measured.seconds = time.monotonic() - begun
        return self.measured

    def _thread(self, work: Callable[..., None], *given: object) -> threading.Thread:
        def run() -> None:
            try:
                work(*given)
            except Exception as error:  # noqa: BLE001  # raised by the one who waits for all
                self._errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def _desk(self, code: str, due: Sequence[tuple[float, Person]], between: Queue[Person | None]) -> None:
        with Screen(self.url) as screen:
            screen.pair(code)
            desk = DeskClient(screen)
            for moment, one in due:
                while not self._errors and (left := moment - time.monotonic()) > 0:
                    time.sleep(min(left, PATIENCE))
                late = max(0.0, time.monotonic() - moment)
                took = desk.check_in(one.voter, "electronic" if one.chosen else "paper")
                with self._lock:
                    self.measured.late.append(late)
                    self.measured.check_ins.append(took)
                    self.told(len(self.measured.check_ins))
                if one.chosen:
                    between.put(one)

    def _booth(self, code: str, between: Queue[Person | None]) -> None:
        with Screen(self.url) as screen:
            screen.pair(code)
            booth = BoothClient(screen)
            while (one := between.get()) is not None:
                if self._errors:
                    continue
                with self._lock:
                    card = self.cards.pop()
                timing = booth.vote(card, one.chosen, one.decision)
                with self._lock:
                    self.measured.part1.append(timing.part1)
                    self.measured.part2.append(timing.part2)
