"""Trustees of a test, each with a stick, and ballots without proofs whose votes are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dauys import _core
from dauys.crypto import stick as steps
from dauys.crypto.board import PublicKeys
from dauys.crypto.shapes import canonical
from dauys.crypto.stick import Outcome, Stick
from dauys.crypto.stick_files import TRANSCRIPT
from dauys.crypto.trustees import check_transcript

ROOT = bytes(range(64))
BASE = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")


def plan_bytes(trustees: int = 5, threshold: int = 3, options: Sequence[int] = (13, 9)) -> bytes:
    contests, first = [], 0
    for place, count in enumerate(options):
        contests.append({"id": f"c{place}", "first": first, "options": count, "limit": 1})
        first += count
    return canonical(
        {
            "schema": "dauys/plan/1",
            "vote_id": "test/1/0",
            "trustees": trustees,
            "threshold": threshold,
            "contests": contests,
            "minimum": 6,
            "opens": "2004-09-19T07:00:00+05:00",
        }
    )


@dataclass
class People:
    """Sticks by trustee number around one table."""

    plan: bytes
    count: int
    secrets: dict[int, _core.TrusteeSecret] = field(default_factory=dict)
    table: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def make(cls, plan: bytes, count: int) -> People:
        people = cls(plan, count)
        for number in range(1, count + 1):
            secret = _core.TrusteeSecret.create()
            people.secrets[number] = secret
            people.table |= steps.init(secret, plan, number, f"Trustee {number}").files
        return people

    def stick(self, number: int) -> Stick:
        return Stick(self.secrets[number], dict(self.table))

    def all_do(self, step: Callable[[Stick], Outcome]) -> list[Outcome]:
        outcomes = [step(self.stick(number)) for number in self.secrets]
        for outcome in outcomes:
            self.table |= outcome.files
        return outcomes

    def hold_ceremony(self) -> PublicKeys:
        for step in (steps.recipients, steps.commit, steps.reveal, steps.check, steps.sign, steps.sign):
            for outcome in self.all_do(step):
                assert not outcome.problems, outcome.problems
        report = check_transcript(self.table[TRANSCRIPT])
        assert report.keys is not None, report.problems
        return report.keys
