"""The sheets that ballot cards are printed from: eight to a page of A4, the secret folded inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from dauys import _core
from dauys.words import Words

PER_PAGE: Final = 8
_STYLE: Final = """
@page { size: A4; margin: 8mm }
body { margin: 0; font-family: sans-serif; color: #000 }
.page { display: grid; grid-template-columns: 1fr 1fr; grid-auto-rows: 69mm; break-after: page }
.card { border: 0.2mm dashed #000; display: grid; grid-template-columns: 1fr 1fr }
.face, .secret { padding: 4mm; overflow: hidden }
.secret { border-left: 0.2mm dotted #000; text-align: center }
.secret svg { width: 30mm; height: 30mm }
p { margin: 0 0 2mm; font-size: 9pt }
b { font-size: 12pt }
code { font-size: 10pt; letter-spacing: 0.05em }
"""


def card_sheet(
    vote_id: str, device: str, secrets: Iterable[bytes], spoken: tuple[Words, ...]
) -> Iterator[str]:
    """Yield the parts of a page in HTML. It holds every secret: print it, and keep no copy."""
    yield f'<!doctype html><meta charset="utf-8"><title>{escape(device)}</title><style>{_STYLE}</style>\n'
    for place, secret in enumerate(secrets):
        if place % PER_PAGE == 0:
            yield ('</div>\n<div class="page">' if place else '<div class="page">') + "\n"
        yield _card(vote_id, device, secret, spoken)
    yield "</div>\n"


def _card(vote_id: str, device: str, secret: bytes, spoken: tuple[Words, ...]) -> str:
    letters = _core.card_letters(secret)
    face = "".join(f"<p>{escape(words.say('sheet.face'))}</p>" for words in spoken)
    inside = "".join(f"<p>{escape(words.say('sheet.inside'))}</p>" for words in spoken)
    name = f"<p><b>{escape(device)}</b></p><p>{escape(vote_id)}</p>"
    code = _qr(letters.replace("-", ""))
    half = len(letters) // 2
    lines = f"<code>{letters[:half].strip('-')}<br>{letters[half:].strip('-')}</code>"
    return (
        f'<div class="card"><div class="face">{name}{face}</div>'
        f'<div class="secret">{inside}{code}<p>{lines}</p></div></div>\n'
    )


def _qr(text: str) -> str:
    rows = _core.qr_modules(text)
    size = len(rows) + 8
    path = "".join(
        f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return f'<svg viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{path}"/></svg>'
