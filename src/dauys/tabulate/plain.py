"""Facts as JSON values: fractions as text, moments with their offset, names in three languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from dauys.domain.text import Text
from dauys.systems.outcomes import Step

Json = dict[str, Any]


def plain(value: object) -> Any:
    """Return a fact as a JSON value: fractions as text, `7` or `1/3`; names of three languages as objects."""
    match value:
        case bool() | int() | str() | None:
            return value
        case Fraction():
            return str(value)
        case Text():
            return value.as_dict()
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case Iterable():
            return [plain(v) for v in (sorted(value) if isinstance(value, frozenset) else value)]
        case _:
            raise TypeError(f"no fact: {value!r}")


def step(value: Step) -> Json:
    """Return one step of a calculation."""
    return {"at": value.at, "facts": plain(value.facts), "article": value.article}


def moment(value: datetime, zone: str) -> str:
    """Return a moment in the zone of the centre."""
    return value.astimezone(ZoneInfo(zone)).isoformat()
