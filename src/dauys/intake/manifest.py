"""What somebody says they will send: its form, its id, its parts (`spec/intake.md` §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical, parse_canonical
from dauys.errors import InputError
from dauys.intake.faults import IntakeError, misshapen
from dauys.record.book import device_folder
from dauys.record.checkpoint import Checkpoint, parse_checkpoint
from dauys.record.faults import LogError
from dauys.record.forms import ID, VOTE
from dauys.record.merkle import HASH_BYTES
from dauys.record.note import parse_note
from dauys.record.tiles import MAX_BUNDLE, WIDTH, Tile, tiles_of_size

Kind = Literal["log", "sighting", "protocol"]

SCHEMA: Final = "dauys/upload/1"
MAX_MANIFEST: Final = 1 << 18
MAX_ENTRIES: Final = 1 << 17
MAX_LOG: Final = 1 << 28
MAX_SIGNED: Final = 1 << 26
MAX_UNSIGNED: Final = 1 << 22

_COMMON: Final = {"kind": "id", "parts": [{"sha256": "hex32", "size": "int"}], "schema": f"={SCHEMA}"}
_SHAPES: Final[Mapping[str, dict[str, Any]]] = {
    "log": {**_COMMON, "device": "id", "note": "text", "vote": "vote"},
    "sighting": {**_COMMON, "badge": "id", "device": "id", "note": "text", "vote": "vote"},
    "protocol": {
        **_COMMON,
        "signature": "text?",
        "signer": "text?",
        "station": "id",
        "vote": "vote",
        "what": "id",
    },
}


@dataclass(frozen=True, slots=True)
class Part:
    """One run of bytes of an upload: SHA-256 and how many."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """An upload as its sender describes it. `data` are the bytes, `id` is `H(intake-upload, data)`.

    `of` is the device, or of a protocol the station. `fields` are all fields, as they stand. `tree` is that
    of the note, no signature checked, None for a protocol; `tiles` are those of a log, one for each part.
    """

    kind: Kind
    vote: str
    of: str
    parts: tuple[Part, ...]
    fields: Mapping[str, Any]
    data: bytes
    tree: Checkpoint | None = None
    tiles: tuple[Tile, ...] = ()

    @property
    def id(self) -> str:
        """The id of the upload, in hex."""
        return upload_id(self.data)

    @property
    def note(self) -> bytes:
        """The note of a log or sighting; nothing for a protocol."""
        return str(self.fields.get("note", "")).encode()

    @property
    def folder(self) -> str:
        """`ROUND-REPEAT/DEVICE`: where evidence about the device lies."""
        return device_folder(self.vote, self.of).removeprefix("device/")

    @property
    def edge(self) -> frozenset[int]:
        """Numbers of the parts that are the right edge of a log: its partial tiles, which show its tree."""
        edge = (n for n, tile in enumerate(self.tiles) if tile.level is not None and tile.width < WIDTH)
        return frozenset(edge)

    @property
    def order(self) -> tuple[int, ...]:
        """Numbers of the parts as they are sent: the right edge of a log first."""
        edge = self.edge
        return (*sorted(edge), *(n for n in range(len(self.parts)) if n not in edge))

    @property
    def unsigned(self) -> bool:
        """Whether nobody signed it, which only a protocol can be."""
        return self.kind == "protocol" and self.fields["signer"] is None


def upload_id(data: bytes) -> str:
    """Return the id of a manifest, in hex: `H(intake-upload, manifest)`."""
    return framed_hash("intake-upload", data).hex()


def signed_digest(fields: Mapping[str, Any]) -> bytes:
    """Return what the signer of a protocol signs: `H(intake-protocol, manifest)`, `signature` being null."""
    return framed_hash("intake-protocol", _canonical({**fields, "signature": None}))


def encode_manifest(fields: Mapping[str, Any]) -> bytes:
    """Return the bytes of a manifest; `schema` is added. Raises IntakeError U1.1 for what is no text."""
    return _canonical({**fields, "schema": SCHEMA})


def _canonical(fields: Mapping[str, Any]) -> bytes:
    try:
        return canonical(fields)
    except ValueError as error:
        raise IntakeError("U1.1", found=ascii(fields)[:100], expected="text in UTF-8") from error


def parse_manifest(data: bytes) -> Manifest:
    """Return a manifest of the right form and within the limits; no signature is checked.

    Raises IntakeError U1.1 for its form, U1.2 for what is more than anybody may send.
    """
    if len(data) > MAX_MANIFEST:
        raise IntakeError("U1.2", found=f"{len(data)} bytes", expected=f"at most {MAX_MANIFEST}")
    kind = _kind(data)
    try:
        value = parse_canonical(data, "manifest", _SHAPES[kind], ("U1.1", "U1.1"))
    except InputError as error:
        raise misshapen("U1.1", error) from error
    _check_ids(value)
    parts = tuple(Part(part["sha256"], part["size"]) for part in value["parts"])
    if any(part.size < 1 for part in parts):
        raise IntakeError("U1.1", found="a part of 0 bytes", expected="at least one byte")
    if kind == "protocol":
        _check_protocol(value, parts)
        return Manifest(kind, value["vote"], value["station"], parts, value, data)
    tree = _tree(value["note"])
    tiles = tuple(tiles_of_size(tree.size)) if kind == "log" else ()
    _check_tiles(tiles, parts)
    return Manifest(kind, value["vote"], value["device"], parts, value, data, tree, tiles)


def _kind(data: bytes) -> Kind:
    """Return the kind that the bytes name; they are parsed with its shape afterwards."""
    kinds: tuple[Kind, ...] = ("log", "sighting", "protocol")
    for kind in kinds:
        if b'"kind":"%s"' % kind.encode() in data:
            return kind
    raise IntakeError("U1.1", found=repr(data[:40]), expected="a manifest")


def _check_ids(value: Mapping[str, Any]) -> None:
    """Raise U1.1 for an id that no record could have: ids become names of folders."""
    for name in ("device", "station", "badge", "what", "signer"):
        if value.get(name) is not None and not ID.fullmatch(value[name]):
            raise IntakeError("U1.1", found=f"{name} {value[name]!r}", expected="an id")
    if not VOTE.fullmatch(value["vote"]):
        raise IntakeError("U1.1", found=value["vote"], expected="ELECTION/ROUND/REPEAT")


def _tree(note: str) -> Checkpoint:
    """Return the tree of a note. Raises U1.1 for another text, U1.2 for a tree that no device has."""
    try:
        tree = parse_checkpoint(parse_note(note.encode()).text)
    except (LogError, UnicodeEncodeError) as error:
        raise IntakeError("U1.1", found=f"note: {error}", expected="a signed checkpoint") from error
    if not 1 <= tree.size <= MAX_ENTRIES:
        raise IntakeError("U1.2", found=f"{tree.size} entries", expected=f"1…{MAX_ENTRIES} entries")
    return tree


def _check_tiles(tiles: tuple[Tile, ...], parts: tuple[Part, ...]) -> None:
    """Raise U1.1 or U1.2 where the parts cannot be these tiles and bundles."""
    if len(tiles) != len(parts):
        raise IntakeError("U1.1", found=f"{len(parts)} parts", expected=f"{len(tiles)} parts")
    for tile, part in zip(tiles, parts, strict=True):
        most = tile.width * (MAX_BUNDLE // WIDTH)
        right = part.size <= most if tile.level is None else part.size == tile.width * HASH_BYTES
        if not right:
            raise IntakeError("U1.1", found=f"{part.size} bytes", expected=f"the bytes of {tile.path}")
    whole = sum(part.size for part in parts)
    if whole > MAX_LOG:
        raise IntakeError("U1.2", found=f"{whole} bytes", expected=f"at most {MAX_LOG}")


def _check_protocol(value: Mapping[str, Any], parts: tuple[Part, ...]) -> None:
    if (value["signer"] is None) != (value["signature"] is None):
        raise IntakeError("U1.1", found="one of signer and signature", expected="both or neither")
    if len(parts) != 1:
        raise IntakeError("U1.1", found=f"{len(parts)} parts", expected="1 part")
    most = MAX_UNSIGNED if value["signer"] is None else MAX_SIGNED
    if parts[0].size > most:
        raise IntakeError("U1.2", found=f"{parts[0].size} bytes", expected=f"at most {most}")
