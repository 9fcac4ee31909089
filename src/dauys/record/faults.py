"""What can be wrong with a log, as codes and facts (`spec/log.md` §11 lists every code)."""

from __future__ import annotations

from dauys.errors import NOWHERE, FaultError, Place, at

__all__ = ["NOWHERE", "LogError", "MissingFileError", "at"]


class LogError(FaultError):
    """A log, a note, a proof or a file of them is not what it must be."""


class MissingFileError(LogError):
    """A file that a log must have is not there (L7.1)."""

    def __init__(self, path: str, expected: str = "a file") -> None:
        super().__init__("L7.1", found="nothing", expected=expected, place=Place(file=path))
