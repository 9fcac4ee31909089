"""What each of two media lacks of the other's rows (`spec/station.md` §6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dauys.station.faults import StationError
from dauys.station.keeping.records import Row

#: Both media are written one after the other, under one lock: a cut leaves one row on the first alone.
IN_BETWEEN = 1


@dataclass(frozen=True, slots=True)
class Lacking:
    """Rows that only the other medium has. `first`: in the order of the second; `second`: in that of ids."""

    first: tuple[Row, ...]
    second: tuple[Row, ...]


def lacking(first: Iterable[Row], second: Iterable[Row]) -> Lacking:
    """Return what has to be copied. A row of kind `single` says that members went on with one medium.

    Raises StationError J1.6 where a key has two rows, J1.7 where the second lacks more than a cut leaves.
    """
    own = {row["id"]: row for row in first}
    theirs = {row["id"]: row for row in second}
    for key in sorted(own.keys() & theirs.keys()):
        if own[key] != theirs[key]:
            raise StationError("J1.6", found=f"another {theirs[key]['kind']}", expected=own[key]["kind"])
    absent = sorted(own.keys() - theirs.keys())
    alone = any(row["kind"] == "single" for row in own.values())
    if len(absent) > IN_BETWEEN and not alone:
        raise StationError(
            "J1.7", found=f"{len(theirs)} rows", expected=f"{len(own)} rows", hint="stale_medium"
        )
    missing = tuple(row for key, row in theirs.items() if key not in own)
    return Lacking(missing, tuple(own[key] for key in absent))
