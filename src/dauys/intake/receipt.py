"""Receipts: made once, the same for ever, and checked by anybody who has the key (`spec/intake.md` §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dauys.crypto.framing import framed_hash, holds
from dauys.crypto.shapes import canonical, parse_canonical
from dauys.errors import InputError
from dauys.intake.faults import IntakeError, misshapen
from dauys.intake.keys import IntakeKey
from dauys.intake.manifest import Kind, Manifest
from dauys.record.keys import VerifierKey

SCHEMA: Final = "dauys/intake-receipt/1"
MAX_RECEIPT: Final = 1 << 14

_COMMON: Final = {
    "at": "text",
    "id": "hex64",
    "intake": "text",
    "kind": "id",
    "schema": f"={SCHEMA}",
    "signature": "hex64",
    "vote": "vote",
}
_TREE: Final = {"device": "id", "root": "hex32", "size": "int"}
_SHAPES: Final[Mapping[str, dict[str, Any]]] = {
    "log": {**_COMMON, **_TREE, "what": "id"},
    "sighting": {**_COMMON, **_TREE, "badge": "id"},
    "protocol": {
        **_COMMON,
        "sha256": "hex32",
        "signer": "text?",
        "size": "int",
        "station": "id",
        "what": "id",
    },
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the intake says it received. `fields` are all fields, `data` the bytes; `id` is in hex."""

    kind: Kind
    vote: str
    id: str
    intake: str
    fields: Mapping[str, Any]
    data: bytes

    @property
    def at(self) -> str:
        """When the intake says that it accepted this."""
        return str(self.fields["at"])

    @property
    def of(self) -> str:
        """The device, or of a protocol the station."""
        return str(self.fields["station" if self.kind == "protocol" else "device"])


def make_receipt(manifest: Manifest, what: str, at: str, key: IntakeKey) -> Receipt:
    """Return the signed receipt of an upload. `what`: how a log ends; else it is not looked at."""
    fields: dict[str, Any] = {
        "at": at,
        "id": manifest.id,
        "intake": key.verifier.name,
        "kind": manifest.kind,
        "schema": SCHEMA,
        "vote": manifest.vote,
        **_facts(manifest, what),
    }
    fields["signature"] = key.sign(_digest(fields)).hex()
    return parse_receipt(canonical(fields))


def _facts(manifest: Manifest, what: str) -> dict[str, Any]:
    if manifest.kind == "protocol":
        told = {name: manifest.fields[name] for name in ("signer", "station", "what")}
        return {**told, "sha256": manifest.parts[0].sha256, "size": manifest.parts[0].size}
    if manifest.tree is None:
        raise ValueError(manifest.kind)
    facts = {"device": manifest.of, "root": manifest.tree.root.hex(), "size": manifest.tree.size}
    return {**facts, "what": what} if manifest.kind == "log" else {**facts, "badge": manifest.fields["badge"]}


def is_receipt_of(receipt: Receipt, manifest: Manifest) -> bool:
    """Whether a receipt says what was sent: a record is held against its tree, and nobody looks at its id.

    How a log ends is the intake's word.
    """
    facts = {"id": manifest.id, "kind": manifest.kind, "vote": manifest.vote}
    if receipt.kind != manifest.kind:
        return False
    facts |= _facts(manifest, str(receipt.fields.get("what", "")))
    return all(receipt.fields[name] == value for name, value in facts.items())


def parse_receipt(data: bytes) -> Receipt:
    """Return what a receipt says, its signature not checked. Raises IntakeError U1.15 for another form."""
    kind = next((k for k in _SHAPES if b'"kind":"%s"' % k.encode() in data), None)
    if kind is None or len(data) > MAX_RECEIPT:
        raise IntakeError("U1.15", found=repr(data[:40]), expected="a receipt")
    try:
        value = parse_canonical(data, "receipt", _SHAPES[kind], ("U1.15", "U1.15"))
    except InputError as error:
        raise misshapen("U1.15", error) from error
    if value["kind"] != kind:
        raise IntakeError("U1.15", found=value["kind"], expected=kind)
    return Receipt(value["kind"], value["vote"], value["id"], value["intake"], value, data)


def check_receipt(data: bytes, key: VerifierKey) -> Receipt:
    """Return what a receipt says, where the intake with this key signed it.

    Raises IntakeError U1.15 for bytes that are no receipt, another intake's, or not signed by the key.
    """
    receipt = parse_receipt(data)
    if receipt.intake != key.name:
        raise IntakeError("U1.15", found=receipt.intake, expected=key.name, hint="other_intake")
    if not holds(key.public, _digest(receipt.fields), bytes.fromhex(receipt.fields["signature"])):
        raise IntakeError("U1.15", found="another signature", expected=f"one by {key.name}")
    return receipt


def _digest(fields: Mapping[str, Any]) -> bytes:
    return framed_hash("intake-receipt", canonical({**fields, "signature": None}))
