"""Minutes in the journal of a device: phases of the day and incidents (`spec/day.md` §3, §6).

They hold names of members and observers who were there, which are public; of voters they hold nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dauys.station.day.people import Decision, half_hour, line
from dauys.station.day.windows import Phase
from dauys.station.faults import StationError
from dauys.station.keeping.device_log import require_entry
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.journal_view import JournalView

PHASE: Final = "phase"
INCIDENT: Final = "incident"
#: What can be minuted as an incident, each with the numbers that its form asks for (`spec/day.md` §6).
FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "restart": ("abandoned", "void", "owed", "reading"),
    "single": (),
    "replaced": (),
    "booth": ("terminal",),
    "printer": ("terminal",),
    "slips": ("terminal",),
    "paper": (),
    "laptop": (),
    "successor": (),
    "clock": ("minutes",),
    "time": (),
    "unused": ("count",),
    "sums": ("what", "found", "expected"),
    "other": (),
}
#: Forms that name a device.
DEVICES: Final = ("laptop", "successor")
#: Forms that steps of the day fill in; all others members choose.
OF_STEPS: Final = ("time", "unused", "sums", "clock", "restart", "slips")
_WHAT: Final = re.compile(r"([a-z]+)(?: \(([^()]*)\))?: (.*) \[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Minuted:
    """A phase that was reached. `at`: the half hour; `decision`: where it was outside its time."""

    phase: Phase
    at: str
    present: tuple[str, ...]
    decision: Decision | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong, what members decided, and who they were. `facts`: numbers and names."""

    kind: str
    at: str
    reason: str
    names: tuple[str, ...]
    facts: Mapping[str, str]


def asked_for(kind: str) -> tuple[str, ...]:
    """Return what the form of an incident asks for. Raises KeyError for a kind without a form."""
    return (*FORMS[kind], *(("device",) if kind in DEVICES else ()))


def phases(journal: JournalView) -> list[Minuted]:
    """Return the phases that were minuted, in their order."""
    found = [_minuted(note.body) for note in journal.notes(PHASE)]
    order = list(Phase)
    return sorted(found, key=lambda one: order.index(one.phase))


def _minuted(body: Mapping[str, Any]) -> Minuted:
    told = body["decision"]
    own = None if told is None else Decision(tuple(told["names"]), told["reason"])
    return Minuted(Phase(body["phase"]), body["at"], tuple(body["present"]), own, body["facts"])


def keep_phase(journal: Journal, minuted: Minuted) -> None:
    """Keep on both media that a phase was reached."""
    told = None if minuted.decision is None else dict(minuted.decision.told())
    body = {
        "at": minuted.at,
        "decision": told,
        "facts": dict(minuted.facts),
        "phase": minuted.phase.value,
        "present": list(minuted.present),
    }
    journal.note(PHASE, body)


def keep_incident(
    journal: Journal, now: datetime, kind: str, decided: Decision, facts: Mapping[str, object] | None = None
) -> Incident:
    """Keep an incident as the log of the device will have it, and return it.

    Raises StationError J3.7 for a kind without a form, facts that its form does not have, or too long a text.
    """
    given = {name: str(value) for name, value in (facts or {}).items()}
    wanted = set(asked_for(kind)) if kind in FORMS else {"?"}
    if set(given) - {"phase"} != wanted:
        raise StationError("J3.7", found=sorted(given), expected=sorted(wanted), hint="form")
    told = ", ".join(f"{name} {_plain(value)}" for name, value in sorted(given.items()))
    what = f"{kind}{f' ({told})' if told else ''}: {_plain(decided.reason)} [{_names(decided)}]"
    body = {"at": half_hour(now), "what": what}
    require_entry("incident", body)
    journal.note(INCIDENT, body)
    return _incident(half_hour(now), what)


def incidents(journal: JournalView) -> Iterator[Incident]:
    """Yield what went wrong, by half hour; within one there is no order."""
    notes = [(str(note.body["at"]), str(note.body["what"])) for note in journal.notes(INCIDENT)]
    for at, what in sorted(notes, key=lambda one: (datetime.fromisoformat(one[0]), one[1])):
        yield _incident(at, what)


def _incident(at: str, what: str) -> Incident:
    found = _WHAT.fullmatch(what)
    if found is None:
        return Incident("other", at, what, (), {})
    kind, told, reason, names = found.groups()
    pairs = (one.partition(" ") for one in (told or "").split(", ") if one)
    facts = {name: value for name, _, value in pairs}
    return Incident(kind, at, reason, tuple(names.split(", ")) if names else (), facts)


def minuted_moments(journal: JournalView) -> Iterator[datetime]:
    """Yield every half hour that a note of the journal says."""
    for note in journal.notes():
        if note.kind in (PHASE, INCIDENT):
            yield datetime.fromisoformat(str(note.body["at"]))


def _names(decided: Decision) -> str:
    return ", ".join(_plain(name).replace(",", " ") for name in decided.names)


def _plain(text: str) -> str:
    """Return a text without the brackets that the form of an incident is written with."""
    return line(text.translate(str.maketrans("[]()", "{}{}")), 1000, "text")
