"""A ceremony made by hand in plain Python: a test breaks one thing and everything else is signed."""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dauys import _core

_PATH = Path(__file__).parents[2] / "spec" / "reference" / "trustees.py"
_SPEC = importlib.util.spec_from_file_location("reference_trustees", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
ref: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(ref)
# The same keys and the same points are asked for again and again; slow code is only run once for each.
for _name in ("ed_public", "ed_decode", "decode", "mul"):
    setattr(ref, _name, functools.cache(getattr(ref, _name)))

Change = Callable[[dict[str, Any]], None]


def number_from(*parts: object) -> int:
    """A scalar of the test, always the same for the same parts."""
    text = "/".join(str(part) for part in parts).encode()
    return int.from_bytes(hashlib.sha512(text).digest(), "little") % ref.Q


class Forge:
    """Three trustees, two needed, `m` keys in one contest. Change attributes, then ask for the transcript."""

    def __init__(self, v: int = 3, t: int = 2, m: int = 2, vote: str = "test/1/0", attempt: int = 1) -> None:
        self.v, self.t, self.m, self.vote, self.attempt = v, t, m, vote, attempt
        self.plan: dict[str, Any] = {
            "schema": "dauys/plan/1",
            "vote_id": vote,
            "trustees": v,
            "threshold": t,
            "contests": [{"id": "list", "first": 0, "options": m, "limit": 1}],
            "opens": None,
            "minimum": 5,
        }
        numbers = range(1, v + 1)
        self.seeds = {d: hashlib.sha256(f"trustee {d}".encode()).digest() for d in numbers}
        self.x = {d: [[number_from(d, i, at) for at in range(t)] for i in range(m)] for d in numbers}
        self.identities: dict[int, str] = {}
        self.recipients: dict[int, str] = {}
        for d in numbers:
            secret = _core.TrusteeSecret.create()
            self.recipients[d] = secret.new_identity()
            self.identities[d] = secret.publish_identity()
        #: Changes to the inner reveal of a trustee, made before it is committed to.
        self.inner_changes: dict[int, Change] = {}
        #: Changes to any file after it is made and before it is signed: (kind, number).
        self.changes: dict[tuple[str, int], Change] = {}

    @property
    def head(self) -> tuple[str, int, int, int, int]:
        return self.vote, self.attempt, self.v, self.t, self.m

    def file(
        self, kind: str, d: int, message: Callable[[dict[str, Any]], bytes], **values: Any
    ) -> dict[str, Any]:
        value = {"schema": f"dauys/{kind}/1", "vote_id": self.vote, "number": d, **values}
        if kind != "member":
            value["attempt"] = self.attempt
        self.changes.get((kind, d), lambda _: None)(value)
        value["signature"] = ref.ed_sign(self.seeds[d], message(value)).hex()
        return value

    def share(self, d: int, to: int) -> list[int]:
        return [sum(c * to**at for at, c in enumerate(row)) % ref.Q for row in self.x[d]]

    def inner(self, d: int) -> dict[str, Any]:
        points = [[ref.encode(ref.mul(c, ref.BASE)) for c in row] for row in self.x[d]]
        flat = [point for row in points for point in row]
        w = number_from("w", d)
        w_bytes = ref.encode(ref.mul(w, ref.BASE))
        e = ref.possession_challenge(self.head, d, flat, w_bytes)
        y = (w + sum(pow(e, i + 1, ref.Q) * row[0] for i, row in enumerate(self.x[d]))) % ref.Q
        shares = {
            str(to): base64.b64encode(
                _core.encrypt_to(self.recipients[to], scalars(self.share(d, to)))
            ).decode()
            for to in range(1, self.v + 1)
            if to != d
        }
        value = {
            "commitments": [[point.hex() for point in row] for row in points],
            "possession": {"w": w_bytes.hex(), "y": y.to_bytes(32, "little").hex()},
            "shares": shares,
        }
        self.inner_changes.get(d, lambda _: None)(value)
        return value

    def transcript(self) -> dict[str, Any]:
        numbers = range(1, self.v + 1)
        keys = {d: ref.ed_public(self.seeds[d]) for d in numbers}
        members = [
            self.file(
                "member",
                d,
                lambda f: ref.h("member", f["vote_id"], f["number"], bytes.fromhex(f["key"]), f["name"]),
                key=keys[d].hex(),
                name=f"T {d}",
            )
            for d in numbers
        ]
        recipients = [
            self.file(
                "recipient",
                d,
                lambda f: ref.h("recipient", f["vote_id"], f["attempt"], f["number"], f["recipient"]),
                recipient=self.recipients[d],
            )
            for d in numbers
        ]
        inner = {d: self.inner(d) for d in numbers}
        listed = ref.h("recipients", *(file["recipient"] for file in recipients))
        commits = [
            self.file(
                "commit",
                d,
                lambda f: bytes.fromhex(f["commitment"]),
                commitment=ref.h("commit", *self.head, d, listed, ref.rfc8785(inner[d])).hex(),
            )
            for d in numbers
        ]
        reveals = [
            self.file(
                "reveal",
                d,
                lambda f: ref.h("reveal", f["vote_id"], f["attempt"], f["number"], ref.rfc8785(f["reveal"])),
                reveal=inner[d],
            )
            for d in numbers
        ]
        digest = ref.h(
            "transcript",
            *self.head,
            ref.rfc8785(self.plan),
            *(bytes.fromhex(file["key"]) for file in members),
            *(file["recipient"] for file in recipients),
            *(bytes.fromhex(file["commitment"]) for file in commits),
            *(ref.rfc8785(file["reveal"]) for file in reveals),
        )
        signatures = [
            self.file("signature", d, lambda f: bytes.fromhex(f["transcript"]), transcript=digest.hex())
            for d in numbers
        ]
        return {
            "schema": "dauys/transcript/1",
            "plan": self.plan,
            "attempt": self.attempt,
            "members": members,
            "recipients": recipients,
            "commits": commits,
            "reveals": reveals,
            "signatures": signatures,
        }

    def bytes(self) -> bytes:
        return ref.rfc8785(self.transcript())

    def complaint(self, d: int, identity: str | None = None) -> bytes:
        value = self.file(
            "complaint",
            d,
            lambda f: ref.h("complaint", f["vote_id"], f["attempt"], f["number"], f["identity"]),
            identity=identity or self.identities[d],
        )
        return ref.rfc8785(value)


def scalars(values: list[int]) -> bytes:
    return b"".join(value.to_bytes(32, "little") for value in values)


def copy_of(value: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(value))
