"""Facts for papers: long names, every Kazakh letter, an election file of our own."""

from __future__ import annotations

import hashlib
from datetime import date

from dauys.crypto.ballots import Opening
from dauys.domain.text import Text
from dauys.station.papers.facts import Choice, Contest, Listed, ReceiptHead

TITLE = Text("Мәжіліс сайлауы", "Выборы Мажилиса", "Election of the Majilis")
KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
LIST = Contest(
    TITLE,
    Text("Партиялық тізім", "Партийный список", "Party list"),
    13,
    place=Text("Біртұтас жалпыұлттық округ", "Единый общенациональный округ", "Nationwide"),
)
PATRIOTS = Choice(
    7, Text("Қазақстан Патриоттары партиясы", "Партия патриотов Казахстана", "Party of Patriots")
)
HEAD = ReceiptHead(TITLE, date(2026, 10, 4), "majilis/1/0", "0312", "0312-1", "results.example")
BALLOT = hashlib.sha512(b"ballot").digest()
SIGNATURE = hashlib.sha512(b"signature").digest()
ROOT = hashlib.sha256(b"root").digest()


def contest(options: int, limit: int = 1) -> Listed:
    """A contest whose options are called by their numbers."""
    own = tuple(Choice(n, Text(f"Атау {n}", f"Имя {n}", f"Name {n}")) for n in range(1, options + 1))
    return Listed(Contest(TITLE, Text("Округ", "Округ", "Seat"), options, limit), own)


def opening(nodes: int = 9, positions: int = 24) -> Opening:
    return Opening("majilis", bytes(positions), BALLOT[:16], ROOT, 5, (ROOT,) * nodes, BALLOT)
