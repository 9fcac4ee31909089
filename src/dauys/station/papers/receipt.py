"""Receipts: what a voter takes home. They never show a choice; an opening does, and is no vote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dauys import _core
from dauys.crypto.ballots import Opening, ballot_code
from dauys.domain.text import Text
from dauys.station.device import Word
from dauys.station.papers import faces
from dauys.station.papers.faces import Face
from dauys.station.papers.facts import Choice, Contest, ReceiptHead, Tree
from dauys.station.papers.marks import banner, frame
from dauys.station.papers.payload import opening_text, part1_text, part2_text
from dauys.station.papers.raster import WIDTH, Raster
from dauys.station.papers.sheet import Sheet
from dauys.station.papers.slip import VIEW
from dauys.station.papers.spoken import said, thrice, twice

#: White beside and around a QR code, 4 modules and more.
_GAP: Final = 22


def receipt_part1(head: ReceiptHead, *, s1: bytes, ballot: bytes, signature: bytes) -> Raster:
    """Return part 1, printed under its flap before the voter decides.

    `s1` (16 bytes) of the card, `ballot` the whole `H(ballot)` (64 bytes), `signature` over
    `H(receipt1, root, device, card hash, H(ballot))`. The only paper before the decision with the code.
    """
    sheet = Sheet()
    receipt_head(sheet, head, said("receipt.title"))
    three(sheet, said("receipt.part1"), faces.STRONG, faces.TEXT)
    sheet.space(12)
    three(sheet, said("receipt.card"), faces.STRONG, faces.TEXT)
    sheet.letters(_core.card_name(s1).split("-"), faces.CARD_NAME)
    sheet.space(8)
    _code(sheet, ballot)
    sheet.space(_GAP)
    notes = [*paragraphs(said("receipt.before"))]
    _code_beside(sheet, part1_text(head, s1, ballot, signature), notes)
    sheet.space(_GAP)
    _sentence(sheet, said("receipt.only2"))
    sheet.space(16)
    return sheet.raster()


def receipt_part2(head: ReceiptHead, *, ballot: bytes, word: Word, signature: bytes, tree: Tree) -> Raster:
    """Return part 2, printed after the decision is on both media: it, and nothing else, is acceptance.

    `signature` over `H(receipt2, root, device, H(ballot), word, size, checkpoint root)`.
    """
    sheet = Sheet()
    _part_begins(sheet)
    three(sheet, said("receipt.part2"), faces.STRONG, faces.TEXT)
    sheet.space(8)
    cast = word == "cast"
    sheet.paste(banner(said("receipt.cast"), english=True) if cast else frame(said("receipt.challenged")))
    sheet.space(14)
    _code(sheet, ballot)
    sheet.space(_GAP)
    log = said("receipt.log", count=tree.size)
    notes = [
        *paragraphs(said("receipt.signature")),
        (_hex(signature), faces.HEX),
        ("", faces.TEXT),
        *paragraphs(log),
        (_hex(tree.root), faces.HEX),
    ]
    _code_beside(sheet, part2_text(head, ballot, word, signature, tree), notes)
    _tail(sheet, said("receipt.tonight" if cast else "receipt.again", address=head.address))
    return sheet.raster()


def opening(told: Opening, chosen: Sequence[tuple[Contest, Sequence[Choice]]]) -> Raster:
    """Return what a challenged device prints at once: choices in clear, and the QR code that proves them.

    `chosen`: the contests of the style, each with what was chosen in it, nothing being a blank.
    """
    sheet = Sheet()
    _part_begins(sheet)
    three(sheet, said("opening.title"), faces.HEAD, faces.HEAD_REST)
    sheet.space(8)
    for contest, own in chosen:
        sheet.rule(1)
        sheet.space(8)
        for line, face in zip(thrice(contest.title), (faces.STRONG, faces.TEXT, faces.TEXT), strict=False):
            sheet.text(line, face)
        for line in twice(contest.place) if contest.place is not None else ():
            sheet.text(line, faces.TEXT)
        names = [(f"{one.number}. ", one.name) for one in sorted(own)] or [("", said("slip.blank"))]
        for number, name in names:
            sheet.text(number + name.kk, faces.HEAD)
            if name.ru != name.kk:
                sheet.text(name.ru, faces.HEAD_REST)
        sheet.space(8)
    sheet.space(8)
    side = sheet.qr(opening_text(told))
    sheet.space(side + _GAP)
    _sentence(sheet, said("opening.text"))
    sheet.space(12)
    return sheet.raster()


def receipt_ended() -> Raster:
    """Return what ends a receipt whose session ended without a ballot: part 1 alone proves no vote."""
    sheet = Sheet()
    _part_begins(sheet)
    sheet.paste(frame(said("ended.title")))
    _tail(sheet, said("ended.text"))
    return sheet.raster()


def receipt_head(sheet: Sheet, head: ReceiptHead, title: Text) -> None:
    """Write what a paper is, of which vote, day, station and device."""
    sheet.space(8)
    three(sheet, title, faces.TITLE, faces.TITLE_REST)
    sheet.space(8)
    sheet.rule()
    sheet.space(10)
    for line in thrice(head.election):
        sheet.text(line, faces.TEXT)
    sheet.space(6)
    told = (
        ("receipt.date", head.day.strftime("%d.%m.%Y")),
        ("receipt.station", head.station),
        ("receipt.device", head.device),
    )
    for key, value in told:
        label = " · ".join(thrice(said(key)))
        sheet.row([(label, faces.TEXT), (value, faces.STRONG)])
    sheet.space(8)
    sheet.rule()
    sheet.space(10)


def three(sheet: Sheet, text: Text, first: Face, rest: Face) -> None:
    """Write a text in its three languages in one line, the first in another face."""
    cells = thrice(text)
    sheet.row([(cells[0], first), *((cell, rest) for cell in cells[1:])])


def _code(sheet: Sheet, ballot: bytes) -> None:
    text = said("receipt.code")
    sheet.row([(text.kk, faces.STRONG), (text.ru, faces.TEXT), (text.en, faces.TEXT)])
    sheet.letters(ballot_code(ballot).split("-"), faces.CODE)


def _code_beside(sheet: Sheet, payload: str, notes: Sequence[tuple[str, Face]]) -> None:
    """Draw a QR code, with lines at its right; whatever is longer decides where the next thing begins."""
    top = sheet.y
    side = sheet.qr(payload)
    left = side + _GAP
    for text, face in notes:
        if text:
            sheet.text(text, face, x=left, width=WIDTH - left)
        else:
            sheet.space(8)
    sheet.space(max(0, top + side - sheet.y))


def paragraphs(text: Text) -> list[tuple[str, Face]]:
    """Return a text in its three languages, each with its face."""
    kk, ru, en = text.kk, text.ru, text.en
    return [(kk, faces.STRONG), (ru, faces.TEXT), (en, faces.TEXT)]


def _sentence(sheet: Sheet, text: Text) -> None:
    for line, face in paragraphs(text):
        sheet.text(line, face)
        sheet.space(6)


def _part_begins(sheet: Sheet) -> None:
    sheet.rule(2, dash=8)
    sheet.space(12)


def _tail(sheet: Sheet, text: Text) -> None:
    sheet.space(14)
    sheet.rule()
    sheet.space(12)
    _sentence(sheet, text)
    sheet.space(VIEW // 4)


def _hex(data: bytes) -> str:
    found = data.hex()
    return " ".join(found[at : at + 4] for at in (0, 4))
