"""Papers for members and observers: zero report, test ballots, checkpoints and seal (`spec/papers.md` §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image

from dauys.domain.text import Text
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.note import parse_note
from dauys.station.faults import StationError
from dauys.station.papers import faces
from dauys.station.papers.facts import Choice, Contest, Listed, ReceiptHead
from dauys.station.papers.marks import frame
from dauys.station.papers.raster import WIDTH, Raster
from dauys.station.papers.receipt import paragraphs, receipt_head, three
from dauys.station.papers.sheet import Sheet
from dauys.station.papers.slip import VIEW
from dauys.station.papers.spoken import said, thrice, twice
from dauys.verify.devices import spoken_code

#: When a tree is given out on paper.
Moment = Literal["open", "reading", "seal"]
#: Test ballots on one sheet.
SHEET: Final = 100
_COLUMN: Final = 84


@dataclass(frozen=True, slots=True)
class Counted:
    """Slips of a contest counted by option, in the order of the ballot, and those with no choice."""

    listed: Listed
    options: tuple[int, ...]
    blanks: int

    def __post_init__(self) -> None:
        if len(self.options) != len(self.listed.options):
            raise ValueError(f"{len(self.options)} counts of {len(self.listed.options)} options")


def zero_report(head: ReceiptHead, contests: Sequence[Listed]) -> Raster:
    """Return the report that no option has a vote yet: every contest, every option, and 0."""
    zero = [Counted(one, (0,) * len(one.options), 0) for one in contests]
    sheet = _begun(head, "report.zero")
    for counted in zero:
        _count(sheet, counted, counted)
    _signed(sheet)
    return sheet.raster()


def deck_report(head: ReceiptHead, found: Sequence[Counted], expected: Sequence[Counted]) -> Raster:
    """Return what a test came to: slips found by option, beside what the deck says, and whether all agree.

    Both are of the same contests in the same order.
    """
    sheet = _begun(head, "report.deck")
    for own, wanted in zip(found, expected, strict=True):
        _count(sheet, own, wanted)
    sheet.space(8)
    sheet.paste(frame(said("report.equal" if list(found) == list(expected) else "report.differs")))
    _signed(sheet)
    return sheet.raster()


def deck_list(
    head: ReceiptHead, contests: Sequence[Listed], ballots: Sequence[Sequence[Sequence[int]]]
) -> tuple[Raster, ...]:
    """Return the ballots of a test deck, a line each: its number, then the numbers chosen in each contest.

    Options come by their places, from 0. One sheet for each 100 ballots.
    """
    found = []
    for first in range(0, len(ballots), SHEET):
        sheet = _begun(head, "report.list")
        for place, listed in enumerate(contests):
            sheet.text(f"{_letter(place)}: " + " · ".join(twice(_where(listed.contest))), faces.TEXT)
        sheet.space(8)
        for number, ballot in enumerate(ballots[first : first + SHEET], first + 1):
            _ballot(sheet, number, [one.chosen(own) for one, own in zip(contests, ballot, strict=True)])
        sheet.space(VIEW)
        found.append(sheet.raster())
    return tuple(found)


def tree_paper(head: ReceiptHead, moment: Moment, note: bytes) -> Raster:
    """Return a signed checkpoint of the device's log: size, root in 5 × 4 letters, and the whole note as QR.

    The note is what observers photograph and the election log takes as a sighting. Raises LogError L3.1, L3.2
    or L3.6 for bytes that are no checkpoint.
    """
    tree = parse_checkpoint(parse_note(note).text)
    sheet = _begun(head, f"tree.{moment}")
    sheet.row([(" · ".join(thrice(said("tree.size"))), faces.TEXT), (str(tree.size), faces.HEAD)])
    sheet.space(8)
    three(sheet, said("tree.code"), faces.STRONG, faces.TEXT)
    sheet.letters(spoken_code(tree.root).split("-"), faces.CODE)
    sheet.space(16)
    side = sheet.qr(note.decode())
    sheet.space(side + 16)
    for text, face in paragraphs(said("tree.text.seal" if moment == "seal" else "tree.text")):
        sheet.text(text, face)
        sheet.space(6)
    _signed(sheet)
    return sheet.raster()


def printer_test(head: ReceiptHead, printer: str) -> Raster:
    """Return what shows that a printer is fit for its booth: every dot of a line, every letter, a QR code.

    A print head with a dead dot could hide part of a name, or of a code.
    """
    sheet = _begun(head, "report.printer")
    sheet.text(printer, faces.HEAD)
    sheet.space(12)
    stairs = Image.new("L", (WIDTH, WIDTH // 4))
    for x in range(WIDTH):
        stairs.paste(255, (x, x % 8 * 18, x + 1, x % 8 * 18 + 18))
    sheet.paste(stairs)
    sheet.space(12)
    for text, face in paragraphs(said("report.dots")):
        sheet.text(text, face)
    for face in (faces.CHOICE_KK, faces.CHOICE_RU, faces.TITLE):
        sheet.space(6)
        sheet.text("ӘәҒғҚқҢңӨө ҰұҮүҺһІі", face)
    sheet.space(16)
    sheet.space(sheet.qr(f"{head.vote_id} {head.device} {printer}") + VIEW)
    return sheet.raster()


def _begun(head: ReceiptHead, title: str) -> Sheet:
    sheet = Sheet()
    receipt_head(sheet, head, said(title))
    return sheet


def _where(contest: Contest) -> Text:
    return contest.title if contest.place is None else contest.place


def _count(sheet: Sheet, found: Counted, expected: Counted) -> None:
    """Write a contest: its options with their counts, and beside one that differs what was expected."""
    contest = found.listed.contest
    for text in (contest.title, contest.place):
        for line in twice(text) if text is not None else ():
            sheet.text(line, faces.STRONG if text is contest.title else faces.TEXT)
    sheet.space(6)
    sheet.rule(1)
    sheet.space(6)
    names = [(f"{one.number}.", twice(one.name)) for one in found.listed.options]
    counts = [*found.options, found.blanks]
    for at, (number, lines) in enumerate([*names, ("–", twice(said("report.blank")))]):
        wanted = [*expected.options, expected.blanks][at]
        _line(sheet, (number, " · ".join(lines)), counts[at], wanted)
    sheet.space(10)


def _line(sheet: Sheet, named: tuple[str, str], found: int, expected: int) -> None:
    top, (number, name) = sheet.y, named
    sheet.text(number, faces.TEXT, width=40)
    bottom, sheet.y = sheet.y, top
    sheet.text(str(found), faces.HEAD, x=WIDTH - _COLUMN, width=_COLUMN, side="right")
    bottom, sheet.y = max(bottom, sheet.y), top
    sheet.text(name, faces.TEXT, x=44, width=WIDTH - 44 - _COLUMN - 12)
    sheet.y = max(bottom, sheet.y)
    if found != expected:
        wanted = " · ".join(thrice(said("report.expected", number=expected)))
        sheet.text(wanted, faces.STRONG, x=44, width=WIDTH - 44, side="right")
    sheet.space(4)


def _ballot(sheet: Sheet, number: int, chosen: Sequence[Sequence[Choice]]) -> None:
    cells = [
        f"{_letter(place)} {', '.join(str(one.number) for one in own) or '–'}"
        for place, own in enumerate(chosen)
    ]
    top = sheet.y
    sheet.text(f"{number}", faces.TEXT, width=96)
    sheet.y = top
    sheet.text(" · ".join(cells), faces.STRONG, x=100)


def _letter(place: int) -> str:
    if place >= 26:
        raise StationError("J7.8", found=f"{place + 1} contests", expected="at most 26")
    return chr(ord("A") + place)


def _signed(sheet: Sheet) -> None:
    """Leave room for three names."""
    sheet.space(16)
    sheet.text(" · ".join(thrice(said("report.members"))), faces.TEXT)
    for _ in range(3):
        sheet.space(64)
        sheet.rule(1)
    sheet.space(VIEW // 2)
