"""Who was there, who decided, and why: names and reasons as people type them (`spec/day.md` §3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from dauys.station.faults import StationError
from dauys.station.keeping.reading import letters

LONGEST_NAME: Final = 80
LONGEST_REASON: Final = 600
#: Two members decide; fewer decide nothing.
FEWEST: Final = 2
HALF_HOUR: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Decision:
    """What members decided: at least two names, and a reason in their words."""

    names: tuple[str, ...]
    reason: str

    def told(self) -> Mapping[str, Any]:
        """Return it as notes have it."""
        return {"names": list(self.names), "reason": self.reason}


def decision(names: Iterable[str], reason: str) -> Decision:
    """Return a decision. Raises StationError J3.7 without two names and a reason."""
    own = present(names)
    return Decision(own, line(reason, LONGEST_REASON, "reason"))


def present(names: Iterable[str], fewest: int = FEWEST) -> tuple[str, ...]:
    """Return names, each once, in the order given; empty ones are left out.

    Raises StationError J3.7 for fewer than `fewest`.
    """
    typed = [name for name in names if name.strip()]
    own = {_key(name): line(name, LONGEST_NAME, "name") for name in reversed(typed)}
    if len(own) < fewest:
        raise StationError("J3.7", found=f"{len(own)} names", expected=f"{fewest} names", hint="names")
    return tuple(reversed(own.values()))


def line(text: str, longest: int, what: str) -> str:
    """Return a text in one line, NFC, single blanks. Raises StationError J3.7: empty or too long."""
    plain = "".join(" " if unicodedata.category(one).startswith("C") else one for one in text)
    found = " ".join(unicodedata.normalize("NFC", plain).split())
    if not found or len(found) > longest:
        raise StationError("J3.7", found=f"{len(found)} characters", expected=f"1…{longest}", hint=what)
    return found


def same_person(one: str, other: str) -> bool:
    """Return whether two names are one person's, letters' case and blanks aside."""
    return _key(one) == _key(other)


def is_code(typed: str, code: str) -> bool:
    """Return whether this code was typed, letters' case, blanks and what looks alike aside."""
    return letters(typed) == letters(code)


def half_hour(moment: datetime) -> str:
    """Return a moment as anything that is kept may say it: the half hour that it is in, with its offset."""
    minute = moment.minute - moment.minute % 30
    return moment.replace(minute=minute, second=0, microsecond=0).isoformat(timespec="seconds")


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
