"""What can be wrong at a station, as codes and facts (`spec/station.md` §9 lists every code)."""

from __future__ import annotations

from dauys.errors import DauysError, Place, Problem

NOWHERE = Place()


class StationError(DauysError):
    """A step that cannot be taken, or a medium that is not what it must be: code and facts."""

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
        """The code of `spec/station.md` §9."""
        return self.problem.code


def at(path: object) -> Place:
    """Return the place that is this file."""
    return Place(file=str(path))
