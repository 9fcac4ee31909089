"""The files of a key ceremony as frozen values: bytes in, values or problems out (spec/trustees.md §2)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import Shape, canonical, parse_canonical
from dauys.errors import Place, Problem


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest of the plan: its keys are `first … first+options−1`."""

    id: str
    first: int
    options: int
    limit: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a ceremony is for. `opens`: when voting begins, ISO 8601 with offset. `data`: its bytes.

    `minimum`: no sum over fewer ballots is ever opened in the vote, the privacy minimum of the law.
    """

    vote_id: str
    trustees: int
    threshold: int
    contests: tuple[Contest, ...]
    opens: str | None
    minimum: int
    data: bytes

    @property
    def keys(self) -> int:
        """Number of position keys, `M`."""
        return max((contest.first + contest.options for contest in self.contests), default=0)

    @property
    def quorum(self) -> int:
        """Signatures that put a wave in force, ⌈(v+t)/2⌉: two share more than the t−1 that may lie."""
        return (self.trustees + self.threshold + 1) // 2

    def contest(self, contest_id: str) -> Contest | None:
        """Return the contest with this id."""
        return next((contest for contest in self.contests if contest.id == contest_id), None)


@dataclass(frozen=True, slots=True)
class Signed:
    """What all files of trustees have; `value` is the whole JSON object, `place` where it was read."""

    kind: str
    place: Place
    value: Mapping[str, Any]

    @property
    def number(self) -> int:
        """The trustee's number as the file says it."""
        return int(self.value["number"])

    @property
    def vote_id(self) -> str:
        """The vote as the file says it."""
        return str(self.value["vote_id"])

    @property
    def attempt(self) -> int | None:
        """The attempt as the file says it; None for a member file, which belongs to all attempts."""
        return self.value.get("attempt")

    @property
    def signature(self) -> bytes:
        """The Ed25519 signature, 64 bytes."""
        return bytes.fromhex(self.value["signature"])

    def hex(self, key: str) -> bytes:
        """Return the bytes of a hex value."""
        return bytes.fromhex(self.value[key])

    def text(self, key: str) -> str:
        """Return a text value."""
        return str(self.value[key])


@dataclass(frozen=True, slots=True)
class Reveal(Signed):
    """A reveal, with its inner parts decoded from text."""

    @property
    def inner(self) -> bytes:
        """The RFC 8785 bytes that were committed to."""
        return canonical(self.value["reveal"])

    @property
    def rows(self) -> list[list[str]]:
        """Commitments as hex, one list for each key."""
        return list(self.value["reveal"]["commitments"])

    @property
    def commitments(self) -> bytes:
        """All commitments joined, in order of key, then coefficient."""
        return bytes.fromhex("".join("".join(row) for row in self.rows))

    @property
    def possession(self) -> tuple[bytes, bytes]:
        """`W` and `y`."""
        proof = self.value["reveal"]["possession"]
        return bytes.fromhex(proof["w"]), bytes.fromhex(proof["y"])

    @property
    def shares(self) -> dict[int, bytes]:
        """The age files by the number of who can open them."""
        return {int(to): base64.b64decode(text) for to, text in self.value["reveal"]["shares"].items()}


def _signed(kind: str, with_attempt: bool = True, **shapes: Shape) -> dict[str, Any]:
    attempt = {"attempt": "int"} if with_attempt else {}
    return {
        "schema": f"=dauys/{kind}/1",
        "vote_id": "vote",
        "number": "int",
        "signature": "hex64",
        **attempt,
        **shapes,
    }


_REVEAL: Shape = {
    "commitments": [["hex32"]],
    "possession": {"w": "hex32", "y": "hex32"},
    "shares": {"#": "base64"},
}
SHAPES: Mapping[str, dict[str, Any]] = {
    "member": _signed("member", with_attempt=False, key="hex32", name="name"),
    "recipient": _signed("recipient", recipient="text"),
    "commit": _signed("commit", commitment="hex64"),
    "reveal": _signed("reveal", reveal=_REVEAL),
    "complaint": _signed("complaint", identity="text"),
    "signature": _signed("signature", transcript="hex64"),
}
PLAN: dict[str, Any] = {
    "schema": "=dauys/plan/1",
    "vote_id": "text",
    "trustees": "int",
    "threshold": "int",
    "contests": [{"id": "text", "first": "int", "options": "int", "limit": "int"}],
    "opens": "text?",
    "minimum": "int",
}
TRANSCRIPT: dict[str, Any] = {
    "schema": "=dauys/transcript/1",
    "plan": PLAN,
    "attempt": "int",
    "members": [SHAPES["member"]],
    "recipients": [SHAPES["recipient"]],
    "commits": [SHAPES["commit"]],
    "reveals": [SHAPES["reveal"]],
    "signatures": [SHAPES["signature"]],
}


def parse_plan(data: bytes, name: str = "plan.json") -> Plan:
    """Return the plan. Raises InputError (K1.1, K1.2); `ceremony.check_plan` checks what it says."""
    return plan_of(parse_canonical(data, name, PLAN, ("K1.1", "K1.2")))


def plan_of(value: Mapping[str, Any]) -> Plan:
    """Return the plan that a JSON value of the right shape says."""
    contests = tuple(
        Contest(id=c["id"], first=c["first"], options=c["options"], limit=c["limit"])
        for c in value["contests"]
    )
    return Plan(
        value["vote_id"],
        value["trustees"],
        value["threshold"],
        contests,
        value["opens"],
        value["minimum"],
        canonical(value),
    )


def parse_signed(kind: str, data: bytes, name: str) -> Signed:
    """Return a trustee's file. Raises InputError (K1.1, K1.2)."""
    return signed_of(kind, parse_canonical(data, name, SHAPES[kind], ("K1.1", "K1.2")), Place(file=name))


def signed_of(kind: str, value: Mapping[str, Any], place: Place) -> Signed:
    """Return the value of a trustee's file of the right shape."""
    return (Reveal if kind == "reveal" else Signed)(kind, place, value)


def encode_signed(kind: str, sign: Callable[[bytes], bytes], **values: object) -> bytes:
    """Return the bytes of a trustee's file, signed over `signed_hash`."""
    value: dict[str, Any] = {"schema": f"dauys/{kind}/1", "signature": "", **values}
    value["signature"] = sign(signed_hash(signed_of(kind, value, Place()))).hex()
    return canonical(value)


def signed_hash(file: Signed) -> bytes:
    """Return the 64 bytes that the trustee signs in this file (spec/trustees.md §2)."""
    if file.kind == "member":
        name = file.text("name").encode()
        return framed_hash("member", file.vote_id, file.number, file.hex("key"), name)
    if file.kind in ("commit", "signature"):
        return file.hex("commitment" if file.kind == "commit" else "transcript")
    body = (
        file.inner
        if isinstance(file, Reveal)
        else file.text("recipient" if file.kind == "recipient" else "identity")
    )
    content = body if isinstance(body, bytes) else body.encode()
    return framed_hash(file.kind, file.vote_id, file.attempt or 0, file.number, content)


def parse_transcript(data: bytes, name: str = "transcript.json") -> tuple[Plan, int, dict[str, list[Signed]]]:
    """Return plan, attempt and the files of each kind, in the order found. Raises InputError (K1.1, K1.2)."""
    value = parse_canonical(data, name, TRANSCRIPT, ("K1.1", "K1.2"))
    files = {
        kind: [
            signed_of(kind, item, Place(file=name, path=f"{kind}s[{place}]"))
            for place, item in enumerate(value[f"{kind}s"])
        ]
        for kind in ("member", "recipient", "commit", "reveal", "signature")
    }
    return plan_of(value["plan"]), value["attempt"], files


def encode_transcript(plan: Plan, attempt: int, files: Mapping[str, Mapping[int, Signed]]) -> bytes:
    """Return the bytes of `transcript.json`: the plan and the files of all trustees, in trustee order."""
    lists = {
        f"{kind}s": [dict(files[kind][number].value) for number in range(1, plan.trustees + 1)]
        for kind in ("member", "recipient", "commit", "reveal", "signature")
    }
    plan_value = parse_canonical(plan.data, "plan.json", PLAN, ("K1.1", "K1.2"))
    return canonical({"schema": "dauys/transcript/1", "plan": plan_value, "attempt": attempt, **lists})


def problem(
    file: Signed, code: str, found: str | None = None, expected: str | None = None, key: str = ""
) -> Problem:
    """Return a problem at this file that names its trustee."""
    path = ".".join(part for part in (file.place.path, key) if part) or None
    place = Place(file=file.place.file, path=path)
    return Problem(code, place, found=found, expected=expected, facts={"trustee": file.number})
