"""The protocol of one contest and channel on A4, in Kazakh and Russian, with the seal (`spec/day.md` §8).

**Source:** Constitutional Law on Elections, Art. 43, 50-2: protocols are signed by the members, and copies
of them given out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dauys.domain.election import AGAINST_ALL
from dauys.domain.text import Text
from dauys.domain.votes import Channel, Protocol
from dauys.formats.protocol_rows import COUNT_FIELDS
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.note import parse_note
from dauys.station.day import a4
from dauys.station.day.a4 import (
    FOOT,
    HEAD,
    INNER,
    MARGIN,
    STRONG,
    SUBTITLE,
    TEXT,
    TITLE,
    Line,
    Page,
    draw_column,
)
from dauys.station.day.protocols import ContestForm, Sealed, checks, written
from dauys.station.keeping.closing import CARDS
from dauys.systems.protocol import VOTES, Check
from dauys.verify.devices import spoken_code
from dauys.words import Words, group_digits

_GAP: Final = 16.0
_COLUMN: Final = (INNER - _GAP) / 2
_SEAL: Final = 96.0
#: What is below the signatures: when it was signed, and copies.
_HANDED: Final = 26.0
#: From one signature to the next; a stamp is at their right.
_SIGNER: Final = (INNER - 84) / 2
#: Places for signatures where no name is known yet; the rest are of members.
PLACES: Final = 8
_ROLES: Final = ("chair", "deputy", "secretary")
#: Widths of the cells below the title, in parts of the sheet.
_CELLS: Final = (0.16, 0.4, 0.12, 0.16, 0.16)
#: The number of the line of votes in all, in equations.
_VALID: Final = "V"
_SESSIONS: Final = (
    "checked_in", "readmitted", "tests", "challenged", "failed", "abandoned", "empty",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sheet says beside its numbers. `names`: of those who sign; `address`: where the record is.

    `articles`: of the law, as in "43, 50-1". `copies`: given to observers, None where it is written by hand.
    """

    election: Text
    day: date
    address: str
    names: tuple[str, ...]
    articles: str = "43, 50-2"
    rehearsal: bool = False
    copies: int | None = None


def sheets(
    protocol: Protocol, contest: ContestForm, facts: Facts, seals: Sequence[Sealed]
) -> tuple[str, ...]:
    """Return the pages of one protocol as drawings; one, where not very many options are on the ballot.

    Raises StationError J7.9 for a letter that our fonts lack.
    """
    left = _left(protocol, contest, seals)
    right = _options(protocol, contest)
    pages: list[Page] = []
    y = FOOT
    while left or right or not pages:
        page = Page()
        top = _head(page, protocol, contest, facts)
        # Where the left column is done, options go on in both.
        done, low = draw_column(page, left or right, MARGIN, top, _COLUMN)
        left, right = (left[done:], right) if left else ([], right[done:])
        done, other = draw_column(page, right, MARGIN + _COLUMN + _GAP, top, _COLUMN)
        right, y = right[done:], max(low, other)
        pages.append(page)
    if y + _tail_height(facts, seals) > FOOT:
        pages.append(Page())
        y = _head(pages[-1], protocol, contest, facts)
    _tail(pages[-1], y + 10, facts, seals)
    for number, page in enumerate(pages, 1):
        _foot(page, protocol, facts, seals, f"{number} / {len(pages)}")
    return tuple(page.svg() for page in pages)


def _say(key: str, **told: object) -> tuple[str, str]:
    return (
        Words("kk", "members", "site").say(key, **told),
        Words("ru", "members", "site").say(key, **told),
    )


def _row(number: object, key: str, figure: int | None) -> Line:
    shown = "" if figure is None else group_digits(figure)
    return Line(str(number), *_say(key), shown)


def _heading(key: str) -> Line:
    return Line("", *_say(key), heading=True)


# What stands in the columns


def _left(protocol: Protocol, contest: ContestForm, seals: Sequence[Sealed]) -> list[Line]:
    form = contest.form(protocol.channel)
    names = [name for name in COUNT_FIELDS if name in form.lines]
    numbers = {name: str(at) for at, name in enumerate(names, 1)}
    rows = [_heading("sheet.lines")]
    rows += [_row(numbers[name], f"figure.{name}", getattr(protocol.counts, name)) for name in names]
    if protocol.channel is Channel.ELECTRONIC and seals:
        rows += _closes(len(names), seals)
    rows.append(_heading("sheet.equations"))
    return rows + [_equation(check, numbers) for check in checks(protocol, contest)]


def _closes(before: int, seals: Sequence[Sealed]) -> list[Line]:
    rows, number = [_heading("sheet.sessions")], before
    for kind, names in (("counts", _SESSIONS), ("cards", CARDS), ("slips", ("accepted", "void"))):
        if kind != "counts":
            rows.append(_heading(f"sheet.{kind}"))
        for name in names:
            number += 1
            total = sum(int(one.fields[kind][name]) for one in seals)
            rows.append(_row(number, f"{kind}.{name}", total))
    return rows


def _equation(check: Check, numbers: Mapping[str, str]) -> Line:
    told, figures = written(check, lambda side: _side(side, numbers))
    holds = {"passed": True, "failed": False, "not_run": None}[check.state]
    return Line(check.code, told, "", figures, holds=holds)


def _side(terms: Iterable[str], numbers: Mapping[str, str]) -> str:
    return " + ".join(
        _VALID if one == VOTES else numbers[one] for one in terms if one == VOTES or one in numbers
    )


def _options(protocol: Protocol, contest: ContestForm) -> list[Line]:
    kk, ru = contest.title.kk, contest.title.ru
    if contest.place is not None:
        kk, ru = f"{kk}. {contest.place.kk}", f"{ru}. {contest.place.ru}"
    rows = [Line("", kk, ru, heading=True)]
    for number, (option, name) in enumerate(contest.options.items(), 1):
        count = protocol.counts.against_all if option == AGAINST_ALL else protocol.votes.get(option)
        rows.append(Line(str(number), name.kk, name.ru, "" if count is None else group_digits(count)))
    blank = "blank" if protocol.channel is Channel.ELECTRONIC else "invalid"
    rows.append(_row("–", f"sheet.{blank}", protocol.counts.invalid_ballots))
    valid = sum(protocol.votes.values()) + (protocol.counts.against_all or 0)
    rows.append(_row(_VALID, "sheet.valid", valid))
    return rows


# What stands above and below


def _head(page: Page, protocol: Protocol, contest: ContestForm, facts: Facts) -> float:
    y = MARGIN + 8
    for at, law in enumerate(_say("sheet.law", articles=facts.articles)):
        page.text(MARGIN + INNER, y + at * 11, law, TEXT, "end")
    for name in dict.fromkeys((facts.election.kk, facts.election.ru)):
        for line in a4.broken(name, TEXT, INNER * 0.52):
            page.text(MARGIN, y, line, TEXT)
            y += 11
    y = max(y, MARGIN + 30) + 16
    kk, ru = _say(f"sheet.title.{protocol.channel.value}")
    page.text(MARGIN + INNER / 2, y, kk, TITLE, "middle")
    page.text(MARGIN + INNER / 2, y + 17, ru, SUBTITLE, "middle")
    y += 28
    if facts.rehearsal:
        page.frame(MARGIN, y, INNER, 16, dash="2 2")
        page.text(MARGIN + INNER / 2, y + 11.5, " / ".join(_say("sheet.rehearsal")), STRONG, "middle")
        y += 22
    page.rule(MARGIN, y, INNER, 1.2)
    called = contest.place or contest.title
    cells = (
        ("sheet.station", f"№ {protocol.station}"),
        ("sheet.contest", " / ".join(dict.fromkeys((called.kk, called.ru)))),
        ("sheet.round", str(protocol.round)),
        ("sheet.date", facts.day.strftime("%d.%m.%Y")),
        ("sheet.version", str(protocol.version)),
    )
    x, low = MARGIN, y + 32
    for (key, value), part in zip(cells, _CELLS, strict=True):
        page.text(x, y + 12, " / ".join(dict.fromkeys(_say(key))), TEXT)
        lines = a4.broken(value, HEAD, part * INNER - 8)
        for below, line in enumerate(lines):
            page.text(x, y + 25 + below * 13, line, HEAD)
        x, low = x + part * INNER, max(low, y + 19 + len(lines) * 13)
    page.rule(MARGIN, low, INNER, 1.2)
    return low


def _tail_height(facts: Facts, seals: Sequence[Sealed]) -> float:
    signers = sum(map(_signer_height, _signers(facts)))
    return 10 + len(seals) * (_SEAL + 8) + max(76, 14 + signers + _HANDED)


def _signers(facts: Facts) -> list[list[list[str]]]:
    """Return two by two the names of those who sign, in lines, with an empty place where they are odd.

    A sheet that is printed to be signed has no names yet, and places for a whole commission, by their parts.
    """
    names = [a4.broken(name, TEXT, _SIGNER - 90) for name in facts.names]
    if not names:
        parts = (*_ROLES, *["member"] * (PLACES - len(_ROLES)))
        return [
            [[" / ".join(_say(f"sheet.role.{one}"))] for one in parts[at : at + 2]]
            for at in range(0, PLACES, 2)
        ]
    names += [[]] * (3 - len(names))
    return [names[at : at + 2] for at in range(0, len(names), 2)]


def _signer_height(pair: Sequence[Sequence[str]]) -> float:
    return 6.0 + 11 * max(1, *(len(lines) for lines in pair), 1)


def _tail(page: Page, y: float, facts: Facts, seals: Sequence[Sealed]) -> None:
    for seal in seals:
        _seal(page, y, seal)
        y += _SEAL + 8
    low = y + 16
    for pair in _signers(facts):
        for at, lines in enumerate(pair):
            x = MARGIN + at * _SIGNER
            page.rule(x, low + 2, 78, 0.5)
            for below, line in enumerate(lines):
                page.text(x + 84, low + below * 11, line, TEXT)
        low += _signer_height(pair)
    page.circle(MARGIN + INNER - 34, y + 36, 32)
    for at, text in enumerate(dict.fromkeys(_say("sheet.stamp"))):
        page.text(MARGIN + INNER - 34, y + 34 + at * 11, text, TEXT, "middle")
    low += 4
    told = _say("sheet.handed", copies="____" if facts.copies is None else facts.copies)
    for at, (line, face) in enumerate(zip(told, (STRONG, TEXT), strict=True)):
        page.text(MARGIN, low + at * 12, line, face)


def _seal(page: Page, y: float, seal: Sealed) -> None:
    checkpoint = parse_checkpoint(parse_note(seal.note).text)
    page.frame(MARGIN, y, INNER, _SEAL)
    page.qr(MARGIN + 8, y + 8, _SEAL - 16, seal.note.decode())
    x = MARGIN + _SEAL + 10
    kk, ru = _say("sheet.seal")
    page.beside(x, y + 17, [(f"{kk} / ", HEAD), (ru, TEXT)])
    groups = spoken_code(checkpoint.root).split("-")
    step = (INNER - _SEAL - 24) / len(groups)
    for at, group in enumerate(groups):
        page.text(x + at * step, y + 43, group, a4.CODE)
    page.rule(x, y + 51, INNER - _SEAL - 20, 0.5)
    told = (
        ("sheet.entries", group_digits(checkpoint.size)),
        ("sheet.device", seal.device),
        ("sheet.root", f"{checkpoint.root.hex()[:16]}…"),
    )
    for at, (key, value) in enumerate(told):
        page.text(x, y + 64 + at * 11.5, " / ".join(_say(key)), TEXT)
        page.text(x + 150, y + 64 + at * 11.5, value, STRONG)


def _foot(page: Page, protocol: Protocol, facts: Facts, seals: Sequence[Sealed], number: str) -> None:
    page.rule(MARGIN, FOOT + 2, INNER, 1)
    version = " / ".join(dict.fromkeys(_say("sheet.version")))
    name = f"{protocol.station} · {protocol.contest} · {version} {protocol.version}"
    page.text(MARGIN, FOOT + 13, name, TEXT)
    page.text(MARGIN + INNER * 0.45, FOOT + 13, facts.address, TEXT, "middle")
    if seals:
        tree = parse_checkpoint(parse_note(seals[0].note).text)
        told = f"{group_digits(tree.size)} {' '.join(spoken_code(tree.root).split('-')[:2])}"
        page.text(MARGIN + INNER * 0.75, FOOT + 13, told, STRONG, "middle")
    page.text(MARGIN + INNER, FOOT + 13, number, TEXT, "end")
