"""Makes `spec/vectors/day/`: decks of the test, and a book of counts.

python tests/station/day/make_day_vectors.py
"""

from __future__ import annotations

import json
import tempfile
from datetime import datetime
from pathlib import Path

from dauys.station.day.book import Book
from dauys.station.day.deck import make_deck

FOLDER = Path(__file__).parents[3] / "spec" / "vectors" / "day"
SHAPES = ([(3, 1), (2, 1)], [(4, 2)], [(3, 3), (1, 1)])
CARDS = {"received": 400, "returned": 1, "spoiled": 0, "unused": 390, "missing": 0}


def decks() -> bytes:
    """Contests as options and limit, ballots of their deck by places from 0, slips with blanks last."""
    found = []
    for shapes in SHAPES:
        deck = make_deck(shapes)
        expected = [[*one.options, one.blanks] for one in deck.expected]
        found.append({"ballots": deck.ballots, "contests": shapes, "expected": expected})
    return json.dumps(found, separators=(",", ":")).encode() + b"\n"


def book() -> bytes:
    """Two people who counted cards alike, one who has begun with slips, and the seal compared."""
    with tempfile.TemporaryDirectory() as folder:
        made = Book((Path(folder),))
        for person in ("Омарова Қ.", "Ким Т."):
            made.enter("cards", person, CARDS)
        made.enter("slips", "Ким Т.", {"list/a": 3, "list/blank": None})
        moment = datetime.fromisoformat("2004-09-19T20:44:59+06:00")
        names = ["Омарова Қ.", "Ким Т."]
        made.minute("compared", moment, names, code="1A47-BQDK-KGSF-C537-PQNK", size=226)
        return (Path(folder) / "protocols" / "book.json").read_bytes()


def main() -> None:
    """Write both files."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "decks.json").write_bytes(decks())
    (FOLDER / "book.json").write_bytes(book())


if __name__ == "__main__":
    main()
