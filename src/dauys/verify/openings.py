"""Challenged ballots, rebuilt from what the device printed (B10–B13). **Source:** ballots.md §10."""

from __future__ import annotations

from typing import Final

from dauys import _core
from dauys.crypto.ballots import BallotElection, Committed, Opening, open_challenged
from dauys.record.entries import Entry
from dauys.verify.tasks import DeviceTask, Notes

OPENING_CHECKS: Final = ("B10", "B11", "B12", "B13")
_WORDS: Final = {"style": "B10", "length": "B10", "choice": "B10", "blanks": "B11", "sigma": "B12"}


def rebuild(
    entry: Entry, task: DeviceTask, election: BallotElection, committed: tuple[str, int], notes: Notes
) -> bytes | None:
    """Return the ballot of a challenge, None where it cannot be rebuilt; notes B10 to B13.

    `committed`: the root over σ in hex, as `open` has it, and the number of cards.
    """
    opening = entry.fields["opening"]
    if opening["choices"].strip("01"):
        _bad("B10", "choice", entry, notes)
        return None
    told = Opening(
        opening["style"],
        bytes(int(letter) for letter in opening["choices"]),
        bytes.fromhex(opening["secret"]),
        bytes.fromhex(opening["sigma"]),
        opening["leaf"],
        tuple(bytes.fromhex(node) for node in opening["path"]),
        bytes.fromhex(opening["ballot"]),
    )
    root, cards = bytes.fromhex(committed[0]), committed[1]
    try:
        rebuilt = open_challenged(election, Committed(task.vote, task.device, root, cards), told)
    except _core.CoreError as error:
        word = error.args[0]
        _bad(_WORDS.get(word, "B13"), word, entry, notes)
        return None
    notes.passed_one(*OPENING_CHECKS)
    return rebuilt


def _bad(code: str, word: str, entry: Entry, notes: Notes) -> None:
    notes.passed_one(*OPENING_CHECKS[: OPENING_CHECKS.index(code)])
    notes.fail(code, word, "a ballot that can be rebuilt", entry=entry.index)
