"""The file of a station kit: a zip file with one spelling, a signed manifest, and a hash of everything.

**Source:** spec/kit.md §2, §3. Nothing here says what the files mean: that is `dauys.verify.kit_contents`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dauys import _core
from dauys.crypto.framing import framed_hash, holds
from dauys.crypto.shapes import canonical, parse_canonical
from dauys.errors import InputError, Place, Problem
from dauys.record.faults import LogError
from dauys.record.forms import VOTE
from dauys.record.sources import ZipSource, check_path, read_bounded

SCHEMA: Final = "dauys/kit/1"
MANIFEST: Final = "kit.json"
SIGNATURE: Final = "kit.sig"
#: Bytes of a kit, and files in it. The tables of a whole country are some 3 MB, 20,000 cards 2.6 MB.
MAX_KIT: Final = 256 * 1024 * 1024
MAX_FILES: Final = 1_000
_MAX_MANIFEST: Final = 1_000_000
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_REGULAR: Final = 0o100644 << 16
_SIGNATURE = re.compile(rb"[0-9a-f]{128}\n")
_SHAPE: Final = {
    "commission": "id",
    "files": [{"path": "text", "sha256": "hex32", "size": "int"}],
    "kind": "=station",
    "schema": f"={SCHEMA}",
    "station": "id",
    "version": "int",
    "vote": "vote",
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a kit says of itself. `version`: 1, and one more for each kit of the station that replaces one."""

    commission: str
    station: str
    vote: str
    version: int
    data: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """`H(kit, manifest)`, what the commission signs; 64 bytes."""
        return framed_hash("kit", self.data)

    @property
    def fingerprint(self) -> str:
        """The first 100 bits of the digest in 5 × 4 letters, to be read aloud (`spec/ballots.md` §6)."""
        return _core.ballot_code(self.digest)


@dataclass(frozen=True, slots=True)
class Packed:
    """A kit whose bytes hold: its manifest, files by path, signature (64 bytes), SHA-256 of all in hex."""

    manifest: Manifest
    files: Mapping[str, bytes] = field(repr=False)
    signature: bytes = field(repr=False)
    sha256: str

    def signed_by(self, key: bytes) -> bool:
        """Whether this Ed25519 key signed the manifest, by the strict rule."""
        return holds(key, self.manifest.digest, self.signature)


def make_manifest(
    commission: str, station: str, vote: str, version: int, files: Mapping[str, bytes]
) -> Manifest:
    """Return the manifest of these files."""
    listed = [
        {"path": path, "sha256": sha256(data).hexdigest(), "size": len(data)}
        for path, data in sorted(files.items())
    ]
    value = {
        "commission": commission,
        "files": listed,
        "kind": "station",
        "schema": SCHEMA,
        "station": station,
        "version": version,
        "vote": vote,
    }
    return Manifest(commission, station, vote, version, canonical(value))


def encode_kit(manifest: Manifest, signature: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return the one zip file of a kit: stored, in order of paths, without times."""
    out = io.BytesIO()
    head = {MANIFEST: manifest.data, SIGNATURE: signature.hex().encode() + b"\n"}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, data in (*head.items(), *sorted(files.items())):
            member = zipfile.ZipInfo(path, _FIRST_DAY)
            member.create_system = 3
            member.external_attr = _REGULAR
            archive.writestr(member, data)
    return out.getvalue()


def open_kit(path: Path) -> Packed:
    """Return a kit of which form, signature form and every hash hold; who signed it is not asked here.

    Raises InputError: W1.1 no zip file, or too large; W1.2 the manifest; W1.4 a file that is not the one
    listed, is missing or is extra; W1.6 the zip file is not written as a kit is.
    """
    name = str(path)
    try:
        data = _bytes(path)
        with ZipSource(path) as source:
            return _opened(source, data, name)
    except LogError as error:
        problem = error.problem
        place = f"{name}: {problem.place.file}" if problem.place.file not in (None, name) else name
        raise refuse("W1.1", place, problem.found or "", problem.expected or "", reason=error.code) from error


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return read_bounded(stream, str(path), MAX_KIT)
    except OSError as error:
        raise refuse("W1.1", str(path), error.strerror or type(error).__name__, "a kit") from error


def _opened(source: ZipSource, data: bytes, name: str) -> Packed:
    names = source.names()
    if len(names) > MAX_FILES:
        raise refuse("W1.1", name, f"{len(names)} files", f"at most {MAX_FILES}")
    for one in (MANIFEST, SIGNATURE):
        if one not in names:
            raise refuse("W1.1", name, "nothing", one)
    manifest, listed = _manifest(source.read(MANIFEST, _MAX_MANIFEST), name)
    line = source.read(SIGNATURE, 200)
    if not _SIGNATURE.fullmatch(line):
        raise refuse("W1.3", f"{name}: {SIGNATURE}", f"{len(line)} bytes", "128 hex digits and a line end")
    signature = bytes.fromhex(line.decode().strip())
    files = _files(source, listed, set(names) - {MANIFEST, SIGNATURE}, name)
    if encode_kit(manifest, signature, files) != data:
        raise refuse("W1.6", name, "another spelling", "a zip file as `dauys kit make` writes it")
    return Packed(manifest, files, signature, sha256(data).hexdigest())


def _manifest(data: bytes, name: str) -> tuple[Manifest, list[Mapping[str, Any]]]:
    place = f"{name}: {MANIFEST}"
    try:
        value = parse_canonical(data, place, _SHAPE, ("W1.2", "W1.2"))
    except InputError as error:
        raise refuse_first(error, "W1.2", place) from error
    paths = [one["path"] for one in value["files"]]
    if paths != sorted(set(paths)):
        raise refuse("W1.2", place, "paths twice or out of order", "each path once, in order")
    if not VOTE.fullmatch(value["vote"]):
        raise refuse("W1.2", place, value["vote"], "election/round/repeat")
    if value["version"] == 0:
        raise refuse("W1.2", place, "0", "version 1, 2 …")
    for path in paths:
        check_path(path)
    parts = (value["commission"], value["station"], value["vote"], value["version"])
    return Manifest(*parts, data), value["files"]


def _files(
    source: ZipSource, listed: Iterable[Mapping[str, Any]], there: set[str], name: str
) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    for one in listed:
        path = one["path"]
        if path not in there:
            problems.append(_problem("W1.4", f"{name}: {path}", "nothing", one["sha256"]))
            continue
        found[path] = source.read(path, min(one["size"], MAX_KIT))
        digest = sha256(found[path]).hexdigest()
        if (len(found[path]), digest) != (one["size"], one["sha256"]):
            problems.append(_problem("W1.4", f"{name}: {path}", digest, one["sha256"]))
    extra = sorted(there - {one["path"] for one in listed})
    problems += [_problem("W1.4", f"{name}: {path[:200]!a}", "a file", "nothing") for path in extra[:20]]
    if problems:
        raise InputError(problems)
    return found


def _problem(code: str, file: str, found: str, expected: str, **facts: object) -> Problem:
    said = {"found": found, "expected": expected, **facts}
    return Problem(code, Place(file=file), found, expected, facts=said)


def refuse(code: str, file: str, found: object, expected: object, **facts: object) -> InputError:
    """Return the error of a kit, with one problem."""
    return InputError([_problem(code, file, str(found)[:300], str(expected)[:300], **facts)])


def refuse_first(error: InputError, code: str, file: str) -> InputError:
    """Return another error under this code, for the first of its problems."""
    first = error.problems[0]
    where = f"{file} {first.place.path}" if first.place.path else file
    return refuse(code, where, first.found or "", first.expected or "", reason=first.code)
