"""The small device with real papers: simulated printers in its booths, and contests with names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from small_device import DEVICE, STATION, VOTE, Bench, Place, election

from dauys.domain.text import Text
from dauys.station.papers.facts import Choice, Contest, Listed, ReceiptHead
from dauys.station.printer.glass import PaperGlass
from dauys.station.printer.simulated import SimulatedPrinter
from dauys.station.session import Booths

TITLE = Text("Мәжіліс сайлауы", "Выборы Мажилиса", "Election of the Majilis")
NAMES = ("Әбіл", "Ғалым", "Қанат", "Ңұр", "Өмір", "Ұлан", "Үміт", "Һадия", "Ілияс")
HEAD = ReceiptHead(TITLE, date(2026, 10, 4), VOTE, STATION, DEVICE, "results.example")


def listed(place: int) -> Listed:
    """The contest of the vectors at a place, with names of our own."""
    own = election().contests[place]
    title = Text(f"{place}-сайлау", f"Выборы {place}", f"Contest {place}")
    options = tuple(
        Choice(n, Text(f"{NAMES[n % 9]} {n}", f"Имя {n}", f"Name {n}")) for n in range(1, own.options + 1)
    )
    return Listed(Contest(TITLE, title, own.options, own.limit), options)


def styles() -> dict[str, tuple[Listed, ...]]:
    return {style.id: tuple(listed(place) for place in style.contests) for style in election().styles}


@dataclass
class Paper:
    """A bench whose booths have printers: `slips` and `receipts` by terminal."""

    bench: Bench
    slips: dict[int, list[SimulatedPrinter]]
    receipts: dict[int, SimulatedPrinter]
    glasses: dict[int, PaperGlass]

    @property
    def booths(self) -> Booths:
        return self.bench.booths

    def glass(self, terminal: int = 1, printers: int = 2) -> PaperGlass:
        if terminal not in self.glasses:
            self.slips[terminal] = [SimulatedPrinter(f"slips {terminal}.{n + 1}") for n in range(printers)]
            self.receipts[terminal] = SimulatedPrinter(f"receipts {terminal}")
            self.glasses[terminal] = PaperGlass(HEAD, styles(), self.slips[terminal], self.receipts[terminal])
        return self.glasses[terminal]

    def vote(self, number: int, how: str = "cast", terminal: int = 1) -> None:
        self.bench.vote(number, how, terminal)


@contextmanager
def papered(place: Place, printers: int = 2) -> Iterator[Paper]:
    """Open the device of a folder with printers in its booths."""
    with place.open() as bench:
        made = Paper(bench, {}, {}, {})
        bench.booths.printers = lambda terminal: made.glass(terminal, printers)
        yield made
