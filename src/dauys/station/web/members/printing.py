"""What the members' printer prints: reports of tests, checkpoints, the seal (`spec/papers.md` §7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dauys.station.day.deck import Deck, SlipCount
from dauys.station.faults import StationError
from dauys.station.papers.facts import Listed, ReceiptHead
from dauys.station.papers.members import (
    Counted,
    Moment,
    deck_list,
    deck_report,
    printer_test,
    tree_paper,
    zero_report,
)
from dauys.station.papers.raster import Raster
from dauys.station.printer.glass import PaperGlass


@dataclass(frozen=True)
class PaperPrints:
    """Papers of one station, on the printer of a booth where no receipt hangs under its flap.

    A cut would bring part 1 out before its voter has decided. `head`, `listed`: of the vote, and of its test.
    """

    glasses: tuple[PaperGlass, ...]
    head: ReceiptHead
    listed: tuple[Listed, ...]
    test_head: ReceiptHead
    test_listed: tuple[Listed, ...]

    def tree(self, moment: str, note: bytes) -> None:
        """Print a signed checkpoint at `open`, `reading` or `seal`."""
        own: Moment = "seal" if moment == "seal" else "open" if moment == "open" else "reading"
        self._print([tree_paper(self.head, own, note)])

    def zero(self) -> None:
        """Print the zero report."""
        self._print([zero_report(self.head, self.listed)])

    def deck(self, deck: Deck) -> None:
        """Print the list of test ballots."""
        self._print(deck_list(self.test_head, self.test_listed, deck.ballots))

    def tested(self, counted: Sequence[SlipCount], expected: Sequence[SlipCount]) -> None:
        """Print what the test came to."""
        self._print([deck_report(self.test_head, self._counts(counted), self._counts(expected))])

    def printers(self) -> None:
        """Print the printer test on every printer of every booth."""
        for glass in self.glasses:
            glass.test(lambda name: printer_test(self.head, name))

    def _counts(self, found: Sequence[SlipCount]) -> list[Counted]:
        pairs = zip(self.test_listed, found, strict=True)
        return [Counted(listed, one.options, one.blanks) for listed, one in pairs]

    def _print(self, papers: Iterable[Raster]) -> None:
        for paper in papers:
            self._report(paper)

    def _report(self, paper: Raster) -> None:
        """Print on the first printer that is free. Raises StationError J3.3 where a receipt hangs on each."""
        error = StationError("J3.3", found="no printer", expected="a free one", hint="printer")
        for glass in self.glasses:
            try:
                glass.report(paper)
            except StationError as one:
                if one.code != "J3.3":
                    raise
                error = one
            else:
                return
        raise error
