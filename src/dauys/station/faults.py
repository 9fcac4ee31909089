"""What can be wrong at a station, as codes and facts (`spec/station.md` §9 lists every code)."""

from __future__ import annotations

from dauys.errors import NOWHERE, FaultError, at

__all__ = ["NOWHERE", "StationError", "at"]


class StationError(FaultError):
    """A step that cannot be taken, or a medium that is not what it must be."""
