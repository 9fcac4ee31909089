"""The small device with real papers: simulated printers in its booths, and contests with names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from small_device import DEVICE, STATION, STYLE, VOTE, Bench, Place, choice, election, letters

from dauys.domain.text import Text
from dauys.station.papers.facts import Choice, Contest, Listed, ReceiptHead
from dauys.station.papers.job import cut_only, job
from dauys.station.papers.marks import mark_accepted, mark_void
from dauys.station.papers.receipt import receipt_ended
from dauys.station.papers.slip import slips
from dauys.station.printer.glass import PaperGlass
from dauys.station.printer.simulated import SimulatedPrinter
from dauys.station.session import Booths, Session

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


ACCEPTED, VOID, ENDED = (
    job(one, cut=True) for one in (mark_accepted(), mark_void(), receipt_ended())
)  # fmt: skip


def slip_jobs(number: int) -> list[bytes]:
    """The jobs that the choice of this number must give."""
    own = styles()[STYLE]
    return [
        job(one)
        for contest, places in zip(own, choice(number), strict=True)
        for one in slips(contest.contest, contest.chosen(places))
    ]


def jobs(printer: SimulatedPrinter) -> list[bytes]:
    return [one.job for one in printer.outputs if one.job != cut_only()]


def pending(paper: Paper, number: int = 0) -> Session:
    """A session whose part 1 is printed."""
    paper.bench.desk.admitted += 1
    session = paper.booths.begin(1, STYLE)
    paper.booths.show_card(session, letters(number))
    paper.booths.show_slips(session, choice(number))
    paper.booths.confirm(session)
    return session


def slips_above_mark(number: int) -> bytes:
    own = styles()[STYLE]
    (one,) = [
        slip
        for contest, places in zip(own, choice(number), strict=True)
        for slip in slips(contest.contest, contest.chosen(places))
    ]
    return one.above(mark_accepted()).data
