"""Slips: what is counted by hand. Their bytes depend on election, contest and choice alone.

No argument here could carry a serial, a time, a terminal or the voter's language (`spec/papers.md` §3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dauys.domain.text import Text
from dauys.station.faults import StationError
from dauys.station.papers import faces
from dauys.station.papers.faces import Face, wrap
from dauys.station.papers.facts import Choice, Contest
from dauys.station.papers.raster import WIDTH, Raster
from dauys.station.papers.sheet import Sheet
from dauys.station.papers.spoken import said, twice

#: White lines that bring the last letters of a slip out of the printer, 20 mm.
VIEW: Final = 160
#: Lines between choices, above and below a number, between two languages.
_BETWEEN: Final = 15
_ABOVE: Final = 16
_BELOW: Final = 2
_APART: Final = 10


def slips(contest: Contest, chosen: Sequence[Choice]) -> tuple[Raster, ...]:
    """Return the slips of a choice, none chosen being a blank; in the order of the ballot.

    One slip, but one for each option where the contest has more than 1,000 patterns. Raises StationError
    J2.5 for a choice that the contest does not allow, J7.9 for a letter that our fonts lack.
    """
    own = _in_order(contest, chosen)
    if contest.apart and own:
        return tuple(_slip(contest, [one]) for one in own)
    return (_slip(contest, own),)


def _in_order(contest: Contest, chosen: Sequence[Choice]) -> list[Choice]:
    own = sorted(chosen)
    numbers = [one.number for one in own]
    possible = all(1 <= number <= contest.options for number in numbers)
    if not possible or len(set(numbers)) != len(numbers) or len(numbers) > contest.limit:
        expected = f"at most {contest.limit} of {contest.options} options"
        raise StationError("J2.5", found=numbers, expected=expected)
    return own


def _slip(contest: Contest, chosen: Sequence[Choice]) -> Raster:
    sheet = Sheet()
    sheet.space(8)
    head(sheet, contest)
    top = sheet.y
    if not chosen:
        _choice(sheet, *_blank())
    for place, one in enumerate(chosen):
        if place:
            sheet.space(_BETWEEN - 1)
            sheet.rule(1)
        _choice(sheet, str(one.number), one.name)
    sheet.space(max(0, top + contest.room - sheet.y))
    sheet.space(VIEW)
    return sheet.raster()


def head(sheet: Sheet, contest: Contest) -> None:
    """Write what names the contest, between two rules."""
    _pair(sheet, contest.election, faces.TEXT, faces.TEXT)
    sheet.space(10)
    sheet.rule()
    sheet.space(14)
    _pair(sheet, contest.title, faces.HEAD, faces.HEAD_REST)
    if contest.place is not None:
        sheet.space(4)
        _pair(sheet, contest.place, faces.TEXT, faces.TEXT)
    sheet.space(12)
    sheet.rule()


def room_for(options: Sequence[Choice], limit: int, *, apart: bool) -> int:
    """Return the lines of dots that the longest choice of a contest takes on one slip, `Contest.room`.

    Else a printer could be heard to print a long name, and a slip be known by its length as it falls.
    Raises StationError J7.9 for a letter that our fonts lack.
    """
    tall = sorted((_height(one.name) for one in options), reverse=True)[: 1 if apart else limit]
    return max(sum(tall) + _BETWEEN * (len(tall) - 1), _height(_blank()[1]))


def _height(name: Text) -> int:
    """Return the lines of dots that `_choice` moves down."""
    kk, ru = (faces.CHOICE_KK, name.kk), (faces.CHOICE_RU, name.ru)
    own = [kk] if name.ru == name.kk else [kk, ru]
    lines = sum(len(wrap(text, face, WIDTH)) * face.line for face, text in own)
    return _ABOVE + faces.NUMBER.line + _BELOW + lines + _APART * (len(own) - 1)


def _blank() -> tuple[str, Text]:
    return "–", said("slip.blank")


def _choice(sheet: Sheet, number: str, name: Text) -> None:
    sheet.space(_ABOVE)
    sheet.row([(number, faces.NUMBER)])
    sheet.space(_BELOW)
    sheet.text(name.kk, faces.CHOICE_KK)
    if name.ru != name.kk:
        sheet.space(_APART)
        sheet.text(name.ru, faces.CHOICE_RU)


def _pair(sheet: Sheet, text: Text, first: Face, second: Face) -> None:
    for line, face in zip(twice(text), (first, second), strict=False):
        sheet.text(line, face)
