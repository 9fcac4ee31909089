"""What went wrong, as facts: code, where, found, expected and what to do.

No sentence for people is made here. `code` names the kind of problem (`E…` input, `P…` control
equations, see `spec/`), `hint` names a sentence of the locale files in `dauys.words`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: a file and, as far as known, line, CSV row, column or path of keys.

    `line` and `row` count from 1; `row` is what a spreadsheet shows, the header being row 1.
    """

    file: str | None = None
    line: int | None = None
    row: int | None = None
    column: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input. `facts` fill the sentence that belongs to `code`."""

    code: str
    place: Place = field(default_factory=Place)
    found: str | None = None
    expected: str | None = None
    hint: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


class DauysError(Exception):
    """Base of everything this library raises on purpose."""


NOWHERE: Final = Place()


class FaultError(DauysError):
    """One thing is wrong: `problem` has code and facts. Each chapter of codes has a class of its own."""

    #: Longest text of what was found and expected: what strangers send is no longer.
    LONGEST: ClassVar[int | None] = None

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
        seen, wanted = (None if one is None else str(one)[: self.LONGEST] for one in (found, expected))
        self.problem = Problem(code, place, seen, wanted, hint, facts)
        where = f" at {place.file}" if place.file else ""
        super().__init__(f"{code}{where}: found {found}, expected {expected}")

    @property
    def code(self) -> str:
        """The code, as the specification lists it."""
        return self.problem.code


def at(path: object) -> Place:
    """Return the place that is this file or address."""
    return Place(file=str(path))


class InputError(DauysError):
    """An input cannot be read or breaks its format; `problems` names every fault found, at least one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError("an InputError needs at least one problem")
        self.problems = tuple(problems)
        first = problems[:5]
        super().__init__(
            "; ".join(f"{p.code} at {p.place.file}:{p.place.line or p.place.row}" for p in first)
        )


class DecisionError(DauysError):
    """A recorded decision does not fit the tie it is meant for, or nothing asked for it."""

    def __init__(self, code: str, at: str, found: str, expected: str) -> None:
        self.code, self.at, self.found, self.expected = code, at, found, expected
        super().__init__(f"{code} at {at}: found {found}, expected {expected}")
