"""What the QR codes of papers hold: the forms that verifiers read, and none of their own.

**Source:** `spec/record.md` §9 for receipts, §4 for openings; `spec/papers.md` §5.
"""

from __future__ import annotations

import json

from dauys.crypto.ballots import Opening
from dauys.crypto.shapes import canonical
from dauys.station.device import Word, opening_fields
from dauys.station.papers.facts import ReceiptHead, Tree


def part1_text(head: ReceiptHead, s1: bytes, ballot: bytes, signature: bytes) -> str:
    """Return part 1: the receipt as a file, of which part 2 is not there yet."""
    return _receipt(head, {"ballot": ballot.hex(), "s1": s1.hex(), "signature": signature.hex()}, None)


def part2_text(head: ReceiptHead, ballot: bytes, word: Word, signature: bytes, tree: Tree) -> str:
    """Return part 2: the receipt as a file, of which part 1 is on the other code."""
    part = {
        "ballot": ballot.hex(),
        "root": tree.root.hex(),
        "signature": signature.hex(),
        "size": tree.size,
        "word": word,
    }
    return _receipt(head, None, part)


def receipt_of(*texts: str) -> bytes:
    """Return the receipt as a file, put together from the texts of its QR codes, in any order.

    Raises ValueError for texts that are not parts of one receipt.
    """
    told = [json.loads(text) for text in texts]
    joined = {key: value for one in told for key, value in one.items() if value is not None}
    if not told or any(joined[key] != value for one in told for key, value in one.items() if value):
        raise ValueError("the codes are not of one receipt")
    return canonical({"part1": None, "part2": None, **joined})


def opening_text(opening: Opening) -> str:
    """Return an opening as the `challenge` entry of the device's log will have it."""
    return canonical(opening_fields(opening)).decode("ascii")


def _receipt(head: ReceiptHead, part1: object, part2: object) -> str:
    value = {
        "device": head.device,
        "part1": part1,
        "part2": part2,
        "schema": "dauys/receipt/1",
        "vote_id": head.vote_id,
    }
    return canonical(value).decode("ascii")
