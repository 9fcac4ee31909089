"""What is sent, at its sender: an announcement and the bytes of each part (`spec/intake.md` §2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from dauys.intake.faults import IntakeError
from dauys.intake.manifest import SCHEMA, Manifest, encode_manifest, parse_manifest, signed_digest
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.note import MAX_NOTE, Note, parse_note
from dauys.record.reader import LogReader
from dauys.record.sources import Source
from dauys.record.tiles import tiles_of_size

_ORIGIN: Final = re.compile(r".+?/([^/]+/[^/]+/[^/]+)/device/([^/]+)")


@dataclass(frozen=True, slots=True)
class Parcel:
    """An upload at its sender: what it announces, and the bytes of each part."""

    manifest: Manifest
    read: Callable[[int], bytes]


def device_of(origin: str) -> tuple[str, str]:
    """Return vote and device of the origin of a device's log. Raises IntakeError U1.1 for another origin."""
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        raise IntakeError("U1.1", found=origin, expected="HOST/VOTE/device/DEVICE")
    return match[1], match[2]


def log_parcel(source: Source) -> Parcel:
    """Return the log of a device as its public folder has it; tiles that are not under its root are not sent.

    Raises LogError L2.x, L3.x, L7.x where it is no sound log, IntakeError U1.1 where it is no device's.
    """
    note = parse_note(source.read("checkpoint", MAX_NOTE))
    tree = parse_checkpoint(note.text)
    vote, device = device_of(tree.origin)
    reader = LogReader(source, tree.size, tree.root)
    tiles = list(tiles_of_size(tree.size))
    parts = [_part(reader.tile_bytes(tile)) for tile in tiles]
    # Only the device's own line: with cosignatures it would be another upload of the same tree.
    own = Note(note.text, tuple(line for line in note.signatures if line.name == tree.origin))
    fields = {"kind": "log", "vote": vote, "device": device, "note": own.encode().decode()}
    manifest = parse_manifest(encode_manifest({**fields, "parts": parts}))
    return Parcel(manifest, lambda number: reader.tile_bytes(tiles[number]))


def sighting_parcel(vote: str, device: str, badge: str, note: bytes) -> Parcel:
    """Return a sighting. `note`: a line of the device's key, then one of the badge's. Raises U1.1."""
    fields = {"badge": badge, "device": device, "kind": "sighting", "note": note.decode(), "vote": vote}
    return Parcel(parse_manifest(encode_manifest({**fields, "parts": []})), lambda _: b"")


def protocol_parcel(
    vote: str,
    station: str,
    what: str,
    data: bytes,
    *,
    signer: str | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> Parcel:
    """Return a protocol: any bytes, and an id that says what they are. `sign` signs the 64 bytes of an `H`.

    Raises IntakeError U1.1 for its form, U1.2 for more bytes than are taken.
    """
    fields: dict[str, Any] = {
        "kind": "protocol",
        "parts": [_part(data)],
        "schema": SCHEMA,
        "signature": None,
        "signer": signer,
        "station": station,
        "vote": vote,
        "what": what,
    }
    if sign is not None:
        fields["signature"] = sign(signed_digest(fields)).hex()
    return Parcel(parse_manifest(encode_manifest(fields)), lambda _: data)


def _part(data: bytes) -> dict[str, object]:
    return {"sha256": sha256(data).hexdigest(), "size": len(data)}
