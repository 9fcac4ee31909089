"""Trustees of a simulated vote around one table, each with a stick; secrets are drawn anew each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dauys import _core
from dauys.crypto import stick as steps
from dauys.crypto.stick import Outcome, Stick


@dataclass(frozen=True, slots=True)
class Trustees:
    """`v` trustees around one table, each with a stick; the table holds what all of them published."""

    plan: bytes
    secrets: Mapping[int, _core.TrusteeSecret]
    table: dict[str, bytes] = field(default_factory=dict)

    def stick(self, number: int) -> Stick:
        """Return the stick of a trustee with every public file on it."""
        return Stick(self.secrets[number], dict(self.table))

    def do(self, step: Callable[[Stick], Outcome], numbers: Sequence[int]) -> None:
        """Let trustees take a step and publish its files. Raises RuntimeError where a step found problems."""
        outcomes = [step(self.stick(number)) for number in numbers]
        for outcome in outcomes:
            if outcome.problems:
                raise RuntimeError(f"the ceremony stopped: {', '.join(p.code for p in outcome.problems)}")
            self.table.update(outcome.files)


def gather_trustees(
    plan: bytes, secrets: Mapping[int, _core.TrusteeSecret], names: Mapping[int, str]
) -> Trustees:
    """Return trustees who have made their keys together. Raises RuntimeError where a step stopped."""
    table = Trustees(plan, secrets)
    for number, secret in secrets.items():
        table.table.update(steps.init(secret, plan, number, names[number]).files)
    for step in (steps.recipients, steps.commit, steps.reveal, steps.check, steps.sign, steps.sign):
        table.do(step, list(secrets))
    return table
