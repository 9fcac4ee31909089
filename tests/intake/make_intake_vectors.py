"""Makes spec/vectors/intake: `python tests/intake/make_intake_vectors.py` writes the same files every time.

Every vector breaks one rule. `expect` is "ok" or a code of spec/intake.md §8.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from dauys._core import NoteKey
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.intake.keys import key_of_seed
from dauys.intake.manifest import parse_manifest, signed_digest, upload_id
from dauys.intake.receipt import make_receipt
from dauys.record.checkpoint import Checkpoint, sign_checkpoint
from dauys.record.keys import Signer
from dauys.record.note import Note

FOLDER = Path(__file__).resolve().parents[2] / "spec" / "vectors" / "intake"
ORIGIN = "results.example/small/1/0/device/0412-m1"
DEVICE = Signer(ORIGIN, 1, bytes([1]) * 32)
OTHER = Signer(ORIGIN, 1, bytes([2]) * 32)
BADGE = Signer("results.example/badge-1", 1, bytes([3]) * 32)
COMMISSION = NoteKey.from_seed(bytes([4]) * 32)
INTAKE = key_of_seed("results.example/intake", bytes([5]) * 32)
ROOT = bytes(range(32))
AT = "2004-09-19T14:21:07+00:00"
Value = dict[str, Any]


def part(size: int, label: str = "part") -> Value:
    return {"sha256": sha256(f"{label} {size}".encode()).hexdigest(), "size": size}


def note(size: int = 77, *signers: Signer) -> str:
    signed = sign_checkpoint(Checkpoint(ORIGIN, size, ROOT), (signers or (DEVICE,))[0])
    more = tuple(signer.sign(signed.text) for signer in signers[1:])
    return Note(signed.text, (*signed.signatures, *more)).encode().decode()


LOG: Value = {
    "device": "0412-m1",
    "kind": "log",
    "note": note(),
    "parts": [part(77 * 32), part(120_044)],
    "schema": "dauys/upload/1",
    "vote": "small/1/0",
}
LONG: Value = {
    **LOG,
    "note": note(300),
    "parts": [part(8192), part(409_600), part(44 * 32), part(70_400), part(32)],
}
SIGHTING: Value = {
    "badge": "obs-1",
    "device": "0412-m1",
    "kind": "sighting",
    "note": note(77, DEVICE, BADGE),
    "parts": [],
    "schema": "dauys/upload/1",
    "vote": "small/1/0",
}


def protocol(**changed: Any) -> Value:
    value: Value = {
        "kind": "protocol",
        "parts": [part(4096)],
        "schema": "dauys/upload/1",
        "signature": None,
        "signer": "north",
        "station": "0412",
        "vote": "small/1/0",
        "what": "electronic-1",
    } | changed
    if value["signer"] is not None:
        value["signature"] = COMMISSION.sign(signed_digest(value)).hex()
    return value


def manifests() -> Value:
    def vector(name: str, expect: str, value: Value | bytes) -> Value:
        data = value if isinstance(value, bytes) else canonical(value)
        return {"name": name, "expect": expect, "manifest": data.decode()} | (
            {"id": upload_id(data)} if expect == "ok" else {}
        )

    signed = protocol()
    foreign = NoteKey.from_seed(bytes([6]) * 32).sign(signed_digest(signed)).hex()
    unframed = COMMISSION.sign(canonical({**signed, "signature": None})).hex()
    other_tag = COMMISSION.sign(framed_hash("intake-upload", canonical({**signed, "signature": None}))).hex()
    return {
        "keys": {
            "device": DEVICE.verifier.encode(),
            "badge": BADGE.verifier.encode(),
            "signer": COMMISSION.public().hex(),
        },
        "vectors": [
            vector("log of 77 entries", "ok", LOG),
            vector("log of 300 entries: two levels", "ok", LONG),
            vector("sighting", "ok", SIGHTING),
            vector("protocol, signed by a commission", "ok", signed),
            vector("protocol, signed by nobody", "ok", protocol(signer=None)),
            vector("not RFC 8785: a space", "U1.1", canonical(LOG).replace(b'":', b'": ', 1)),
            vector("a newline after the end", "U1.1", canonical(LOG) + b"\n"),
            vector("an unknown field", "U1.1", {**LOG, "path": "tile/0/000"}),
            vector("a field less", "U1.1", {k: v for k, v in LOG.items() if k != "vote"}),
            vector("another schema", "U1.1", {**LOG, "schema": "dauys/upload/2"}),
            vector("a device that is two dots", "U1.1", {**LOG, "device": ".."}),
            vector("a vote without a repeat number", "U1.1", {**LOG, "vote": "small/1"}),
            vector("a vote that climbs", "U1.1", {**LOG, "vote": "small/../0"}),
            vector("a part less than the tree has", "U1.1", {**LOG, "parts": LOG["parts"][:1]}),
            vector("a part more than the tree has", "U1.1", {**LOG, "parts": [*LOG["parts"], part(1)]}),
            vector("bundle before tile", "U1.1", {**LOG, "parts": LOG["parts"][::-1]}),
            vector("a tile that is too short", "U1.1", {**LOG, "parts": [part(76 * 32), part(120_044)]}),
            vector("an empty part", "U1.1", {**LOG, "parts": [part(77 * 32), part(0)]}),
            vector("a bundle larger than any", "U1.1", {**LOG, "parts": [part(77 * 32), part(16_777_473)]}),
            vector("an empty tree", "U1.2", {**LOG, "note": note(0), "parts": []}),
            vector("a tree larger than any device's", "U1.2", {**LOG, "note": note(1 << 17 | 1)}),
            vector("a note that is none", "U1.1", {**LOG, "note": "no note\n"}),
            vector("another key of this name", "U1.4", {**LOG, "note": note(77, OTHER)}),
            vector("a second line", "U1.4", {**LOG, "note": note(77, DEVICE, BADGE)}),
            vector("the device's line twice", "U1.4", {**LOG, "note": note(77, DEVICE, DEVICE)}),
            vector("a sighting without the badge", "U1.4", {**SIGHTING, "note": note(77)}),
            vector("a sighting without the device", "U1.4", {**SIGHTING, "note": note(77, OTHER, BADGE)}),
            vector("a sighting with parts", "U1.1", {**SIGHTING, "parts": [part(1)]}),
            vector("protocol of two parts", "U1.1", protocol(parts=[part(1), part(2)])),
            vector("signature without signer", "U1.1", {**signed, "signer": None}),
            vector("signer without signature", "U1.1", {**signed, "signature": None}),
            vector("signed, and too large", "U1.2", protocol(parts=[part((1 << 26) + 1)])),
            vector("unsigned, and too large", "U1.2", protocol(signer=None, parts=[part((1 << 22) + 1)])),
            vector("signed by another key", "U1.4", {**signed, "signature": foreign}),
            vector("signed for another kind of bytes", "U1.4", {**signed, "what": "summary-1"}),
            vector("signed without the hash", "U1.4", {**signed, "signature": unframed}),
            vector("signed under another tag", "U1.4", {**signed, "signature": other_tag}),
        ],
    }


def receipts() -> Value:
    values = {
        "seal": make_receipt(parse_manifest(canonical(LOG)), "seal", AT, INTAKE).data,
        "batch": make_receipt(parse_manifest(canonical(LONG)), "batch", AT, INTAKE).data,
        "sighting": make_receipt(parse_manifest(canonical(SIGHTING)), "", AT, INTAKE).data,
        "protocol": make_receipt(parse_manifest(canonical(protocol())), "", AT, INTAKE).data,
        "protocol by nobody": make_receipt(
            parse_manifest(canonical(protocol(signer=None))), "", AT, INTAKE
        ).data,
    }
    seal = json.loads(values["seal"])

    def changed(**fields: Any) -> bytes:
        return canonical({**seal, **fields})

    def signed(value: Value, tag: str = "intake-receipt", seed: int = 5) -> bytes:
        digest = framed_hash(tag, canonical({**value, "signature": None}))
        return canonical({**value, "signature": key_of_seed("x", bytes([seed]) * 32).sign(digest).hex()})

    bad = {
        "another size": changed(size=76),
        "another root": changed(root=bytes(32).hex()),
        "another device": changed(device="0412-m2"),
        "another vote": changed(vote="small/2/0"),
        "another time": changed(at="2004-09-19T14:21:08+00:00"),
        "another id": changed(id=bytes(64).hex()),
        "batch for seal": changed(what="batch"),
        "another intake's name": signed({**seal, "intake": "other.example/intake"}),
        "another key": signed(seal, seed=6),
        "another tag": signed(seal, tag="intake-upload"),
        "S not reduced": changed(signature=_plus_order(seal["signature"])),
        "an unknown field, signed": signed({**seal, "ballots": 40}),
        "a field less, signed": signed({k: v for k, v in seal.items() if k != "what"}),
        "another schema, signed": signed({**seal, "schema": "dauys/intake-receipt/2"}),
        "not RFC 8785": values["seal"].replace(b",", b", ", 1),
        "a newline after the end": values["seal"] + b"\n",
        "no signature": changed(signature=None),
        "nothing": b"",
    }
    return {
        "key": INTAKE.verifier.encode(),
        "vectors": [
            *({"name": name, "expect": "ok", "receipt": data.decode()} for name, data in values.items()),
            *({"name": name, "expect": "U1.15", "receipt": data.decode()} for name, data in bad.items()),
        ],
    }


def _plus_order(signature: str) -> str:
    data = bytes.fromhex(signature)
    s = int.from_bytes(data[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    return (data[:32] + s.to_bytes(32, "little")).hex()


def files() -> dict[str, bytes]:
    """The files and their bytes."""
    made = {"manifests.json": manifests(), "receipts.json": receipts()}
    return {
        name: (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
        for name, value in made.items()
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (FOLDER / name).write_bytes(data)
