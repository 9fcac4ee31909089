"""What can be wrong with a log, as codes and facts (`spec/log.md` §11 lists every code)."""

from __future__ import annotations

from dauys.errors import DauysError, Place, Problem

NOWHERE = Place()


class LogError(DauysError):
    """A log, a note, a proof or a file of them is not what it must be; `problem` holds code and facts."""

    def __init__(
        self,
        code: str,
        *,
        found: object = None,
        expected: object = None,
        place: Place = NOWHERE,
        hint: str | None = None,
        **facts: object,
    ) -> None:
        self.problem = Problem(
            code,
            place,
            None if found is None else str(found),
            None if expected is None else str(expected),
            hint,
            facts,
        )
        where = f" at {place.file}" if place.file else ""
        super().__init__(f"{code}{where}: found {found}, expected {expected}")

    @property
    def code(self) -> str:
        """The code of `spec/log.md` §11."""
        return self.problem.code


class MissingFileError(LogError):
    """A file that a log must have is not there (L7.1)."""

    def __init__(self, path: str, expected: str = "a file") -> None:
        super().__init__("L7.1", found="nothing", expected=expected, place=Place(file=path))


def at(path: str) -> Place:
    """Return the place that is this file."""
    return Place(file=path)
