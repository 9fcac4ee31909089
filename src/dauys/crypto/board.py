"""What is published in one attempt at a key ceremony, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dauys.crypto.ceremony_files import Plan, Reveal, Signed

Files = Mapping[str, Mapping[int, Signed]]
AttemptArgs = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything published in one attempt: the plan and, for each kind, the files by trustee number."""

    plan: Plan
    attempt: int
    files: Files = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[int, Signed]:
        """Return the files of a kind by trustee number."""
        return self.files.get(kind, {})

    def complete(self, kind: str) -> bool:
        """Return whether all v files of a kind are there."""
        return set(self.of(kind)) == set(range(1, self.plan.trustees + 1))

    def missing(self, kind: str) -> list[int]:
        """Return the numbers of the trustees whose file of a kind is not there."""
        return [number for number in range(1, self.plan.trustees + 1) if number not in self.of(kind)]

    def in_order(self, kind: str) -> list[Signed]:
        """Return the files of a kind in trustee order."""
        return [self.of(kind)[number] for number in sorted(self.of(kind))]

    def reveals(self) -> list[Reveal]:
        """Return the reveals in trustee order."""
        return [file for file in self.in_order("reveal") if isinstance(file, Reveal)]

    @property
    def args(self) -> AttemptArgs:
        """What the core calls an attempt."""
        plan = self.plan
        return plan.vote_id, self.attempt, plan.trustees, plan.threshold, plan.keys

    @property
    def head(self) -> tuple[str, int, int, int, int]:
        """The parts that begin the hashes of commitment and transcript."""
        return self.args


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What a ceremony is for: position keys, verification keys `Y` by trustee, the transcript hash."""

    plan: Plan
    attempt: int
    keys: tuple[bytes, ...]
    verification: Mapping[int, tuple[bytes, ...]]
    signing: Mapping[int, bytes]
    transcript: bytes

    def contest_keys(self, number: int, contest_id: str) -> tuple[bytes, ...]:
        """Return the verification keys of a trustee for the options of a contest. Raises KeyError."""
        contest = self.plan.contest(contest_id)
        if contest is None:
            raise KeyError(contest_id)
        return self.verification[number][contest.first : contest.first + contest.options]
