"""The numbers of a device at close, and their equations (`spec/record.md` §4, `spec/station.md` §8)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from dauys.station.faults import StationError
from dauys.station.journal_view import JournalView


@dataclass(frozen=True, slots=True)
class DeskCount:
    """What the desk says at close, in voters and sessions. `registered`, `additions`: of the station."""

    registered: int
    additions: int
    checked_in: int
    readmitted: int
    tests: int

    @property
    def admitted(self) -> int:
        """Sessions that the desk has let in."""
        return self.checked_in + self.readmitted + self.tests


@dataclass(frozen=True, slots=True)
class CardCount:
    """Cards of the device as members counted them; used ones are in the journal."""

    received: int
    returned: int
    spoiled: int
    unused: int
    missing: int


def close_fields(
    journal: JournalView, desk: DeskCount, cards: CardCount, register: bytes | None = None
) -> dict[str, object]:
    """Return the fields of *close*. `register`: the salted root of the marked register, if it is given out.

    Raises StationError J3.5, naming what is missing, where sessions or cards do not add up.
    """
    kinds = {kind: journal.count(kind) for kind in ("cast", "challenge", "test", "abandoned")}
    used, empty = sum(kinds.values()), sum(1 for _ in journal.notes("empty"))
    accounted = used + cards.returned + cards.spoiled + cards.unused + cards.missing
    for what, found, expected in (
        ("sessions", used + empty, desk.admitted),
        ("tests", kinds["test"], desk.tests),
        ("cards", accounted, cards.received),
    ):
        if found != expected:
            raise StationError("J3.5", found=found, expected=expected, hint=f"close_{what}")
    accepted, void = journal.slips()
    return {
        "cards": {
            "missing": cards.missing,
            "received": cards.received,
            "returned": cards.returned,
            "spoiled": cards.spoiled,
            "unused": cards.unused,
        },
        "counts": {
            "abandoned": kinds["abandoned"],
            "additions": desk.additions,
            "admitted": desk.admitted,
            "cast": kinds["cast"],
            "challenged": kinds["challenge"],
            "checked_in": desk.checked_in,
            "empty": empty,
            "failed": 0,
            "readmitted": desk.readmitted,
            "registered": desk.registered,
            "tests": kinds["test"],
        },
        "register": None if register is None else register.hex(),
        "slips": {"accepted": accepted, "void": void},
        "styles": dict(Counter(one.style for one in journal.endings("cast"))),
    }
