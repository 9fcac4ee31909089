"""What a verifier says: passed, failed, not run because, declared, to look at (`spec/checks.md` §1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from dauys.errors import Problem

SCHEMA: Final = "dauys/verification/1"
#: Findings of one code that are kept one by one; more are counted.
KEPT: Final = 1000


class Status(StrEnum):
    """The answers. Only `PASSED` is green."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"
    DECLARED = "declared"
    LOOK = "look"


class Effect(StrEnum):
    """Whether what was found can change a seat or a run-off."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a finding. `entry` is an index in the log of the device if there is one, else in the
    election log; `file` is a path in the record."""

    vote: str | None = None
    station: str | None = None
    device: str | None = None
    contest: str | None = None
    entry: int | None = None
    logged: int | None = None
    file: str | None = None
    field: str | None = None

    def as_json(self) -> dict[str, str | int]:
        """Return what is known of the place."""
        names = self.__slots__
        return {name: value for name in names if (value := getattr(self, name)) is not None}


NOWHERE: Final = Where()


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer that is not *passed*. `votes` is how many votes it is about, at most, None where unknown; of
    the contests `contests`, None for all that were held there."""

    code: str
    status: Status
    where: Where = NOWHERE
    found: str = ""
    expected: str = ""
    reason: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)
    votes: int | None = None
    contests: tuple[str, ...] | None = None
    seats: Effect | None = None
    run_offs: Effect | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `--json` prints it."""
        value: dict[str, Any] = {
            "code": self.code,
            "status": self.status.value,
            "where": self.where.as_json(),
            "found": self.found,
            "expected": self.expected,
        }
        extra = {
            "reason": self.reason,
            "facts": dict(self.facts) or None,
            "votes": self.votes,
            "contests": list(self.contests) if self.contests is not None else None,
            "seats": self.seats,
            "run_offs": self.run_offs,
        }
        return value | {key: item for key, item in extra.items() if item is not None}


def chapter_of(code: str) -> str:
    """Return the chapter of a code: its letter."""
    return code[:1]


def code_key(code: str) -> tuple[int, tuple[int, ...]]:
    """Return what sorts codes in the order of chapters, and in a chapter by number."""
    numbers = tuple(int(part) for part in code[1:].split(".") if part.isdigit())
    return CHAPTERS.find(chapter_of(code)), numbers


#: Chapters in the order in which they are run and shown.
CHAPTERS: Final = "LKBCTSPRND"


@dataclass(slots=True)
class Counts:
    """How often a check gave each answer."""

    passed: int = 0
    failed: int = 0
    not_run: int = 0
    declared: int = 0
    look: int = 0

    @property
    def verdict(self) -> Status:
        """The worst answer: failed, then not run, declared, to look at, passed."""
        for status in (Status.FAILED, Status.NOT_RUN, Status.DECLARED, Status.LOOK):
            if getattr(self, status.value):
                return status
        return Status.PASSED

    def as_json(self) -> dict[str, int]:
        """Return the counts that are not 0."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}


class Ledger:
    """Collects answers while a record is checked. Not frozen: a million ballots are counted in place."""

    def __init__(self) -> None:
        self.counts: dict[str, Counts] = {}
        self.findings: list[Finding] = []
        self._kept: dict[tuple[str, Status], int] = {}

    def _of(self, code: str) -> Counts:
        return self.counts.setdefault(code, Counts())

    def passed(self, code: str, count: int = 1) -> None:
        """Count things that hold."""
        if count > 0:
            self._of(code).passed += count

    def fail(
        self,
        code: str,
        where: Where = NOWHERE,
        found: object = "",
        expected: object = "",
        *,
        votes: int | None = None,
        contests: Iterable[str] | None = None,
        **facts: str | int,
    ) -> None:
        """Note something that does not hold."""
        self._of(code).failed += 1
        self._keep(
            Finding(
                code,
                Status.FAILED,
                where,
                shown(found),
                shown(expected),
                None,
                facts,
                votes,
                None if contests is None else tuple(contests),
            )
        )

    def check(
        self, code: str, where: Where, *, holds: bool, found: object, expected: object, **more: Any
    ) -> bool:
        """Count it where it holds, else note it; return whether it holds."""
        if holds:
            self.passed(code)
        else:
            self.fail(code, where, found, expected, **more)
        return holds

    def not_run(self, code: str, reason: str, where: Where = NOWHERE) -> None:
        """Note what could not be looked at, and why: a word, or the code of what it depends on."""
        self._of(code).not_run += 1
        self._keep(Finding(code, Status.NOT_RUN, where, reason=reason))

    def declared(self, code: str, where: Where, found: object) -> None:
        """Note what is said with nothing to check it against."""
        self._of(code).declared += 1
        self._keep(Finding(code, Status.DECLARED, where, shown(found)))

    def look(self, code: str, where: Where, found: object, expected: object, **facts: str | int) -> None:
        """Note what somebody should look at, and that fails nothing."""
        self._of(code).look += 1
        self._keep(Finding(code, Status.LOOK, where, shown(found), shown(expected), None, facts))

    def problem(self, problem: Problem, where: Where = NOWHERE, code: str | None = None) -> None:
        """Note a fault that a reader named, under its own code or another."""
        place = problem.place
        named = Where(
            where.vote,
            where.station,
            where.device,
            where.contest,
            where.entry,
            where.logged,
            place.file or where.file,
            place.path or where.field,
        )
        facts = {key: value for key, value in problem.facts.items() if isinstance(value, str | int)}
        name, found, expected = code or problem.code, problem.found or "", problem.expected or ""
        self._of(name).failed += 1
        self._keep(Finding(name, Status.FAILED, named, shown(found), shown(expected), None, facts))

    def failed(self, *codes: str) -> bool:
        """Whether something failed under one of these codes."""
        return any(code in self.counts and self.counts[code].failed for code in codes)

    def _keep(self, finding: Finding) -> None:
        key = (finding.code, finding.status)
        self._kept[key] = self._kept.get(key, 0) + 1
        if self._kept[key] <= KEPT:
            self.findings.append(finding)


@dataclass(frozen=True, slots=True)
class Report:
    """The answer of a whole verification.

    `anchored`: a key or a policy came from outside. `readable`: there was an election log to check. `extra`:
    files that nothing commits to, None where the record cannot be listed; `extra_more` how many more.
    """

    counts: Mapping[str, Counts]
    findings: tuple[Finding, ...]
    anchored: bool
    readable: bool = True
    election: str | None = None
    origin: str | None = None
    size: int | None = None
    simulation: str | None = None
    witnesses: int = 0
    extra: tuple[str, ...] | None = None
    extra_more: int = 0
    facts: Mapping[str, int] = field(default_factory=dict)

    def total(self, status: Status) -> int:
        """Return how many checks, by code, have this verdict; *to look at* fails nothing."""
        return sum(1 for counts in self.counts.values() if counts.verdict is status)

    @property
    def failures(self) -> tuple[Finding, ...]:
        """Everything that failed."""
        return tuple(f for f in self.findings if f.status is Status.FAILED)

    def exit_code(self, *, strict: bool = False) -> int:
        """Return 0, 1 or 2 as `spec/checks.md` §1 says."""
        if not self.readable:
            return 2
        if self.total(Status.FAILED):
            return 1
        return 1 if strict and self.total(Status.NOT_RUN) else 0

    def as_json(self) -> dict[str, Any]:
        """Return the report as `--json` prints it, form `dauys/verification/1`."""
        order = sorted(self.counts, key=code_key)
        return {
            "schema": SCHEMA,
            "anchored": self.anchored,
            "readable": self.readable,
            "election": self.election,
            "origin": self.origin,
            "entries": self.size,
            "simulation": self.simulation,
            "witnesses": self.witnesses,
            "checks": {code: self.counts[code].as_json() for code in order},
            "totals": {status.value: self.total(status) for status in Status},
            "findings": [finding.as_json() for finding in self.findings],
            "extra": None if self.extra is None else list(self.extra),
            "extra_more": self.extra_more,
            "facts": dict(self.facts),
        }


def shown(value: object) -> str:
    """Return a value as a finding shows it, at most 200 characters."""
    text = value if isinstance(value, str) else "" if value is None else str(value)
    return text if len(text) <= 200 else text[:199] + "…"
