"""The numbers of a device at close, and their equations (`spec/record.md` §4, `spec/station.md` §8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final

from dauys.station.faults import StationError
from dauys.station.keeping.device_log import require_entry
from dauys.station.keeping.journal_view import JournalView
from dauys.station.keeping.kept import Kind

KINDS: Final[tuple[Kind, ...]] = ("cast", "challenge", "test", "abandoned")


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


#: What members count of cards, in the order of the form.
CARDS: Final = tuple(one.name for one in fields(CardCount))


@dataclass(frozen=True, slots=True)
class Sum:
    """One equation of *close*: its `parts`, by name, are `total`. `what`: sessions, tests or cards."""

    what: str
    parts: Mapping[str, int]
    total: int

    @property
    def found(self) -> int:
        """What the parts come to."""
        return sum(self.parts.values())

    @property
    def missing(self) -> int:
        """What the parts lack, negative where they are too many."""
        return self.total - self.found

    def told(self) -> dict[str, str]:
        """Return it as an incident `sums` names it."""
        return {"expected": str(self.total), "found": str(self.found), "what": self.what}


def sums(journal: JournalView, desk: DeskCount, cards: CardCount | None) -> tuple[Sum, ...]:
    """Return the equations of *close*, whether they hold or not; those of cards once they are counted."""
    ended = ended_by_kind(journal)
    found = [Sum("sessions", ended, desk.admitted), Sum("tests", {"test": ended["test"]}, desk.tests)]
    if cards is not None:
        used = sum(ended[kind] for kind in KINDS)
        counted = {name: number for name, number in asdict(cards).items() if name != "received"}
        found.append(Sum("cards", {"used": used} | counted, cards.received))
    return tuple(found)


def require_sums(found: Iterable[Sum]) -> None:
    """Raise StationError J3.5, naming what is missing, where sessions, tests or cards do not add up."""
    for one in found:
        if one.missing:
            raise StationError("J3.5", found=one.found, expected=one.total, hint=f"close_{one.what}")


def ended_by_kind(journal: JournalView) -> dict[str, int]:
    """Return how many sessions ended so, by kind, and as `empty` those without a ballot."""
    kinds: dict[str, int] = {kind: journal.count(kind) for kind in KINDS}
    return kinds | {"empty": sum(1 for _ in journal.notes("empty"))}


def close_fields(
    journal: JournalView, desk: DeskCount, cards: CardCount, register: bytes | None = None
) -> dict[str, object]:
    """Return the fields of *close*, whether its equations hold or not: `require_sums` asks that.

    `register`: the salted root of the marked register, if it is given out. Raises StationError J3.7 for
    numbers that no log holds.
    """
    ended = ended_by_kind(journal)
    accepted, void = journal.slips()
    fields: dict[str, object] = {
        "cards": asdict(cards),
        "counts": {
            "abandoned": ended["abandoned"],
            "additions": desk.additions,
            "admitted": desk.admitted,
            "cast": ended["cast"],
            "challenged": ended["challenge"],
            "checked_in": desk.checked_in,
            "empty": ended["empty"],
            "failed": 0,
            "readmitted": desk.readmitted,
            "registered": desk.registered,
            "tests": ended["test"],
        },
        "register": None if register is None else register.hex(),
        "slips": {"accepted": accepted, "void": void},
        "styles": dict(Counter(one.style for one in journal.endings("cast"))),
    }
    require_entry("close", fields)
    return fields
