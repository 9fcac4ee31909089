"""A law as data: parameters with article, status and readings, and how declared values go on top."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from dauys.errors import InputError, Place, Problem
from dauys.systems.outcomes import Base

Type = Literal["choice", "share", "count", "flag", "clock"]
NONE = "none"
"""The value of a count or clock where the law sets none."""

_DECIMAL = re.compile(r"0|1|0\.[0-9]{1,12}|1\.0{1,12}")
_FRACTION = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")
_COUNT = re.compile(r"0|[1-9][0-9]{0,8}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Status(StrEnum):
    """How a value is known: read in the text, computed from official results, declared, or not verified."""

    READ = "read"
    COMPUTED = "computed"
    DECLARED = "declared"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the law: the value, and where that reading comes from."""

    value: str
    article: str
    status: Status


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of a law that an election may declare otherwise.

    `value` is text: a share `0.07`, a count `10`, a flag `yes` or `no`, a clock `18:00`, a choice, or `none`
    where `optional`. `readings` has more than one entry where the text can be read in more than one way.
    """

    path: str
    type: Type
    value: str
    article: str
    status: Status
    choices: tuple[str, ...] = ()
    optional: bool = False
    readings: tuple[Reading, ...] = ()

    def problem(self, value: str) -> Problem | None:
        """Return what is wrong with a value for this parameter, or None."""
        if (self.optional and value == NONE) or _fits(self, value):
            return None
        expected = {"share": "0 … 1", "count": "0, 1, 2 …", "flag": "yes, no", "clock": "hh:mm"}.get(
            self.type
        )
        expected = ", ".join(self.choices) if self.type == "choice" else str(expected)
        if self.optional:
            expected += f", {NONE}"
        hint = _hint(self, value)
        facts = {"path": self.path, "nearest": hint[1]} if hint else {"path": self.path}
        return Problem("E3.2", Place(path=self.path), value, expected, hint[0] if hint else None, facts)


def _fits(parameter: Parameter, value: str) -> bool:
    match parameter.type:
        case "choice":
            return value in parameter.choices
        case "share":
            return _share(value) is not None
        case "count":
            return _COUNT.fullmatch(value) is not None
        case "flag":
            return value in ("yes", "no")
        case _:
            return _CLOCK.fullmatch(value) is not None


def _share(value: str) -> Fraction | None:
    if _DECIMAL.fullmatch(value):
        return Fraction(value)
    if (match := _FRACTION.fullmatch(value)) and 0 <= int(match[1]) <= int(match[2]) != 0:
        return Fraction(int(match[1]), int(match[2]))
    return None


def _hint(parameter: Parameter, value: str) -> tuple[str, str] | None:
    if parameter.type == "share":
        match = re.fullmatch(r"([0-9]{1,3})(?:[.,]([0-9]{1,6}))?\s*%?", value.strip())
        if match:
            share = Fraction(f"{match[1]}.{match[2] or 0}") / 100
            digits = len(match[2] or "") + 2
            scaled = share * 10**digits
            whole, rest = divmod(int(scaled), 10**digits)
            return "write_share", f"{whole}.{rest:0{digits}d}"
    near = difflib.get_close_matches(value, parameter.choices, 1)
    return ("nearest", near[0]) if near else None


@dataclass(frozen=True, slots=True)
class Law:
    """One law, or one law with declared values. `preset` keeps what the law itself says, by path."""

    id: str
    statute: str
    parameters: tuple[Parameter, ...]
    preset: Mapping[str, str]

    def parameter(self, path: str) -> Parameter:
        """Return one parameter. Raises KeyError for a path that no law has."""
        for parameter in self.parameters:
            if parameter.path == path:
                return parameter
        raise KeyError(path)

    def value(self, path: str) -> str:
        """Return the value in force, as text."""
        return self.parameter(path).value

    def share(self, path: str) -> Fraction:
        """Return a share, exactly."""
        share = _share(self.value(path))
        if share is None:
            raise ValueError(f"{path} is not a share")
        return share

    def count(self, path: str) -> int | None:
        """Return a whole number, or None where the law sets none."""
        value = self.value(path)
        return None if value == NONE else int(value)

    def flag(self, path: str) -> bool:
        """Return whether a yes-or-no parameter says yes."""
        return self.value(path) == "yes"

    def base(self, path: str) -> Base:
        """Return the base of a share."""
        return Base(self.value(path))

    def article(self, path: str) -> str:
        """Return the article that a parameter rests on."""
        return self.parameter(path).article

    def is_declared(self, path: str) -> bool:
        """Return whether the value in force differs from the preset of the law."""
        return self.value(path) != self.preset[path]

    def with_parameters(self, values: Mapping[str, str]) -> Law:
        """Return this law with declared values. Raises InputError that names every unknown path and value."""
        known = {p.path: p for p in self.parameters}
        problems = []
        for path, value in values.items():
            if path not in known:
                near = difflib.get_close_matches(path, known, 1)
                hint = "nearest" if near else None
                facts = {"path": path, "law": self.id, "nearest": near[0] if near else ""}
                problems.append(Problem("E3.1", Place(path=path), path, None, hint, facts))
            elif problem := known[path].problem(value):
                problems.append(problem)
        if problems:
            raise InputError(problems)
        changed = tuple(replace(p, value=values.get(p.path, p.value)) for p in self.parameters)
        return replace(self, parameters=changed)


def make_law(law_id: str, statute: str, parameters: tuple[Parameter, ...]) -> Law:
    """Return a preset. Raises ValueError where a path comes twice or a value does not fit its own type."""
    preset = {p.path: p.value for p in parameters}
    if len(preset) != len(parameters):
        raise ValueError(f"{law_id}: a path comes twice")
    for parameter in parameters:
        if parameter.problem(parameter.value) or any(parameter.problem(r.value) for r in parameter.readings):
            raise ValueError(f"{law_id}: {parameter.path} does not fit its type")
    return Law(law_id, statute, parameters, preset)


def amend(parameters: tuple[Parameter, ...], changes: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """Return the parameters of an earlier law with those of a later one in their places."""
    by_path = {p.path: p for p in changes}
    kept = tuple(by_path.pop(p.path, p) for p in parameters)
    return kept + tuple(by_path.values())
