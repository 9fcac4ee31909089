"""The printers of a booth: slips under glass, the receipt under its flap (`spec/papers.md` §3, §8).

Built from the election and kept for the day. It remembers of a session only which paper is not finished.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import Final

from dauys.crypto.ballots import Opening
from dauys.station.device import Card, Word
from dauys.station.faults import StationError
from dauys.station.papers import faces
from dauys.station.papers.facts import Choice, Contest, Listed, ReceiptHead, Tree
from dauys.station.papers.job import cut_only, job
from dauys.station.papers.marks import mark_accepted, mark_void, tear
from dauys.station.papers.raster import Raster
from dauys.station.papers.receipt import opening as opening_paper
from dauys.station.papers.receipt import receipt_ended, receipt_part1, receipt_part2
from dauys.station.papers.slip import slips
from dauys.station.papers.spoken import thrice
from dauys.station.printer.printer import Printer, State

MARKS: Final = {"accepted": mark_accepted, "void": mark_void}


class PaperGlass:
    """What `session.Glass` asks for, over real papers. `styles`: contests of each style, in its order.

    `slips`: printers under glass. Contest *n* of a style goes to printer *n*, beginning again where there are
    fewer; slips of one printer hang together on one strip, with a line to cut at between them and one mark
    below. `receipts` may be one of them in a rehearsal: then every paper is cut off at once. Every call
    returns when the printers say that it is on paper, and raises StationError J7.x where not. Raises J7.9 at
    once for any name that our fonts lack a letter of: a slip that fails later would tell what was chosen.
    """

    def __init__(
        self,
        head: ReceiptHead,
        styles: Mapping[str, Sequence[Listed]],
        slips: Sequence[Printer],
        receipts: Printer,
    ) -> None:
        if not slips:
            raise ValueError("a booth needs a printer of slips")
        _require_letters(head, styles)
        self.head, self.styles = head, styles
        self.slips, self.receipts = tuple(slips), receipts
        self._single = any(one is receipts for one in slips)
        #: Whether a slip waits for its mark, by printer; None: not known, after a start.
        self._waiting: list[bool | None] = [None] * len(self.slips)
        #: Printers that this session uses, by place.
        self._used: Sequence[int] = range(len(self.slips))
        #: `H(ballot)` of a part 1 that hangs under the flap without a part 2; None: not known, after a start.
        self._part1: bytes | None = None
        self._flap = RLock()

    def show(self, style: str, chosen: Sequence[Sequence[int]]) -> None:
        """Print the slips of these choices, options by place. A receipt left behind is ended before."""
        papers = self._papers(style, chosen)
        self.ended()
        dealt = self._dealt(papers)
        self._used = [place for place, own in enumerate(dealt) if own]
        for place in self._used:
            self._clear(place)
            self._show(place, dealt[place])

    def mark(self, word: str) -> None:
        """Mark what is under the glass `accepted` or `void`, cut it off and drop it.

        A printer that has marked its slips is passed over, unless all have: then members have looked, and
        say that the slips are still there.
        """
        unmarked = [place for place in self._used if self._waiting[place] is not False]
        for place in unmarked or self._used:
            self._print(self.slips[place], MARKS[word](), cut=True)
            self._waiting[place] = False
            self._look(self.slips[place], wanted=False)

    def part1(self, card: Card, ballot: bytes, signature: bytes) -> None:
        """Print part 1 under its flap, again byte for byte when asked again."""
        paper = receipt_part1(self.head, s1=card.s1, ballot=ballot, signature=signature)
        with self._flap:
            if self._part1 != ballot:
                self.ended()
            self._clear_flap()
            self._part1 = ballot
            self._print(self.receipts, paper)
            self._look(self.receipts, wanted=True)

    def part2(
        self, card: bytes, ballot: bytes, word: Word, signature: bytes, tree: tuple[int, bytes]
    ) -> None:
        """Print part 2 and cut the receipt off."""
        del card
        paper = receipt_part2(self.head, ballot=ballot, word=word, signature=signature, tree=Tree(*tree))
        with self._flap:
            self._print(self.receipts, paper, cut=True)
            self._part1 = b""

    def opening(self, opening: Opening) -> None:
        """Print the opening of a challenge, between part 1 and part 2."""
        self._print(self.receipts, opening_paper(opening, self._opened(opening)))

    def ended(self) -> None:
        """End a receipt whose session ended without a ballot, if one hangs under the flap."""
        with self._flap:
            if self._part1:
                self._print(self.receipts, receipt_ended(), cut=True)
                self._part1 = b""

    def report(self, paper: Raster) -> None:
        """Print a paper of the members where receipts come out, and cut it off.

        Raises StationError J3.3 while a receipt hangs under the flap: cut off with this paper, its code could
        be read before the voter has decided.
        """
        with self._flap:
            if self._part1:
                raise StationError("J3.3", found="a receipt under the flap", expected="an empty booth")
            self._clear_flap()
            self._print(self.receipts, paper, cut=True)

    def test(self, paper: Callable[[str], Raster]) -> None:
        """Print on each printer of the booth, by its name, what shows that it is fit, and cut it off.

        Raises StationError J3.3 while a receipt hangs under the flap or a slip waits for its mark.
        """
        with self._flap:
            if any(self._waiting):
                raise StationError("J3.3", found="a slip under the glass", expected="an empty booth")
            self.report(paper(self.receipts.name))
            for place, printer in enumerate(self.slips):
                if printer is not self.receipts:
                    self._clear(place)
                    self._print(printer, paper(printer.name), cut=True)
                    self._look(printer, wanted=False)

    def states(self) -> dict[str, State]:
        """Return what each printer says of itself, by name. Raises StationError J7.5, J7.6."""
        return {printer.name: printer.state() for printer in (*self.slips, self.receipts)}

    def under_glass(self) -> bool | None:
        """Return whether sensors see a slip under the glass, None where none can say: members look."""
        seen = [printer.state().slip for printer in self.slips]
        return True if True in seen else None if None in seen else False

    def _print(self, printer: Printer, paper: Raster, *, cut: bool = False) -> None:
        printer.print(job(paper, cut=cut or self._single))

    def _clear_flap(self) -> None:
        """After a start, cut off what hangs under the flap: it is of another session."""
        if self._part1 is None and not self._single:
            self.receipts.print(cut_only())
            self._part1 = b""

    def _clear(self, place: int) -> None:
        """Leave nothing of another session above a slip. Raises StationError J7.7: members look first."""
        printer = self.slips[place]
        if self._waiting[place]:  # it was rejected, and the printing of its mark failed
            self._print(printer, mark_void(), cut=True)
        elif self._waiting[place] is None:
            self._look(printer, wanted=False)
            printer.print(cut_only())
        self._waiting[place] = False

    def _show(self, place: int, papers: Sequence[Raster]) -> None:
        self._waiting[place] = True
        for number, paper in enumerate(papers):
            if number and not self._single:
                self._print(self.slips[place], tear())
            self._print(self.slips[place], paper)
        self._look(self.slips[place], wanted=True)

    def _papers(self, style: str, chosen: Sequence[Sequence[int]]) -> list[tuple[Raster, ...]]:
        """Return the slips of each contest: nothing is printed before all of them are made."""
        pairs = zip(self.styles[style], chosen, strict=True)
        return [slips(listed.contest, listed.chosen(places)) for listed, places in pairs]

    def _dealt(self, papers: Sequence[Sequence[Raster]]) -> list[list[Raster]]:
        """Return the slips of each printer."""
        count = len(self.slips)
        return [[one for own in papers[place::count] for one in own] for place in range(count)]

    def _opened(self, opening: Opening) -> list[tuple[Contest, tuple[Choice, ...]]]:
        """Return what an opening says was chosen, by its positions: options of a contest, then its blanks."""
        found, at = [], 0
        for listed in self.styles[opening.style]:
            marks = opening.choices[at : at + len(listed.options)]
            found.append((listed.contest, listed.chosen([place for place, one in enumerate(marks) if one])))
            at += len(listed.options) + listed.contest.limit
        return found

    def _look(self, printer: Printer, *, wanted: bool) -> None:
        """Compare what a sensor sees with what it must see. Raises StationError J7.7."""
        seen = None if self._single else printer.state().slip
        if seen is None or seen is wanted:
            return
        found, expected = ("a slip", "no slip") if seen else ("no slip", "a slip")
        raise StationError("J7.7", found=found, expected=expected, printer=printer.name, printed="unknown")


def _require_letters(head: ReceiptHead, styles: Mapping[str, Sequence[Listed]]) -> None:
    found = {head.election}
    for listed in (one for own in styles.values() for one in own):
        contest = listed.contest
        found |= {contest.election, contest.title, contest.place or contest.title}
        found |= {one.name for one in listed.options}
    for line in sorted(line for text in found for line in thrice(text)):
        for face in (faces.TEXT, faces.STRONG):
            faces.checked(line, face)
