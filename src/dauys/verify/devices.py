"""The log of a device against what the election log says: key, seal, readings, sightings (L9.1–L9.5)."""

from __future__ import annotations

from dataclasses import dataclass

from dauys import _core
from dauys.crypto.framing import framed_hash, holds
from dauys.record.book import Record, device_folder
from dauys.record.checkpoint import Checkpoint, OpenedCheckpoint, open_checkpoint
from dauys.record.faults import LogError, MissingFileError
from dauys.record.keys import ED25519, VerifierKey, parse_verifier_key
from dauys.record.merkle import verify_consistency
from dauys.record.note import MAX_NOTE
from dauys.record.reader import LogReader
from dauys.record.sources import Source
from dauys.verify.tasks import DeviceTask, Notes, Seal

#: What cannot be looked at where the log of a device is not there or does not hold together.
READING = ("L9.4", "L9.6", "L9.7", "L9.8", "B1", "C2", "C6.3")
#: Size and root.
Tree = tuple[int, bytes]
_AS_KEY = ("L3.3", "L3.4", "L3.5", "L3.7")


@dataclass(frozen=True, slots=True)
class DeviceLog:
    """The log of a device as far as it holds together; `sealed` where it ends with the seal."""

    reader: LogReader
    sealed: bool
    outsiders: tuple[str, ...]


def installation_hash(root: bytes, device: str, station: str, kind: str, key: str) -> bytes:
    """Return what a device signs at its installation. **Source:** record.md §3."""
    return framed_hash("installation", root, device, station, kind, key)


def open_device(record: Record, task: DeviceTask, notes: Notes) -> DeviceLog | None:
    """Return the log of a device, None where it cannot be read; notes L9.1 to L9.5 and faults of the tree."""
    key = _key(task, notes)
    if key is None:
        notes.not_run("L9.2", "L9.3", "L9.5", *READING)
        return None
    try:
        source = record.device(task.vote, task.device)
        data = source.read("checkpoint", MAX_NOTE)
    except MissingFileError:
        _missing(task, notes)
        return None
    except LogError as error:
        _fault(error, task, notes)
        return None
    notes.passed_one("L9.1")
    own = _checkpoint(data, key, task, notes)
    if own is None:
        return None
    return _read(source, own, key, task, notes)


def _key(task: DeviceTask, notes: Notes) -> VerifierKey | None:
    """Return the key of the installation, where the device signed that it is its own."""
    where = {"logged": task.entry}
    try:
        key = parse_verifier_key(task.key)
    except LogError as error:
        notes.fail("L9.2", error.problem.found, "a verifier key", field="key", **where)
        return None
    if key.name != task.origin or key.algorithm != ED25519:
        notes.fail("L9.2", task.key, f"a key named {task.origin}", field="key", **where)
        return None
    signed = installation_hash(task.root, task.device, task.station, task.type, task.key)
    if not holds(key.public, signed, task.signature):
        # The log below is still read with this key: what it holds is a finding of its own.
        notes.fail("L9.2", task.signature.hex(), "a signature by the device", field="signature", **where)
    return key


def _missing(task: DeviceTask, notes: Notes) -> None:
    if task.left_out:
        notes.not_run("left_out", "L9.1", "L9.2", "L9.3", "L9.5", *READING)
        return
    notes.fail("L9.1", "nothing", "a log", file=_folder(task))
    notes.not_run("L9.1", "L9.2", "L9.3", "L9.5", *READING)


def _fault(error: LogError, task: DeviceTask, notes: Notes) -> None:
    """Note why the log cannot be read, under the code of the log's own page."""
    code = "L9.2" if error.code in _AS_KEY else error.code
    place = error.problem.place.file
    file = f"{_folder(task)}/{place}" if place else _folder(task)
    notes.fail(code, error.problem.found, error.problem.expected, file=file)
    notes.not_run(code, *(one for one in ("L9.2", "L9.3", "L9.5", *READING) if one != code))


def _folder(task: DeviceTask) -> str:
    return device_folder(task.vote, task.device)


def _checkpoint(data: bytes, key: VerifierKey, task: DeviceTask, notes: Notes) -> OpenedCheckpoint | None:
    try:
        opened = open_checkpoint(data, (key,), task.origin)
    except LogError as error:
        _fault(error, task, notes)
        return None
    if not notes.failed("L9.2"):
        notes.passed_one("L9.2")
    notes.passed_one("L3.4")
    return opened


def _read(
    source: Source, own: OpenedCheckpoint, key: VerifierKey, task: DeviceTask, notes: Notes
) -> DeviceLog | None:
    shown = own.checkpoint
    sealed = _is_seal(shown, key, task, notes)
    try:
        reader = LogReader(source, shown.size, shown.root)
        notes.passed_one("L2.3")
        _check_readings(reader, key, task, notes)
        outsiders = _check_seen(reader, key, task, notes)
    except LogError as error:
        _fault(error, task, notes)
        return None
    return DeviceLog(reader, sealed, outsiders)


def _is_seal(shown: Checkpoint, key: VerifierKey, task: DeviceTask, notes: Notes) -> bool:
    """Whether the tree in the device's folder is its seal (L9.3); its last leaf is looked at later."""
    seal = task.seal
    if seal is None:
        notes.not_run("no_seal", "L9.3")
        return False
    found = f"{shown.size}, {shown.root.hex()}"
    where = {"logged": seal.entry}
    agreed = [_is_spoken_seal(shown, spoken, notes) for spoken in task.spoken]
    if seal.note is None:
        return all(agreed)
    try:
        sealed = open_checkpoint(seal.note.encode(), (key,), task.origin).checkpoint
    except LogError as error:
        notes.fail("L9.3", error.problem.found, error.problem.expected, field="note", **where)
        return False
    if (sealed.size, sealed.root) != (shown.size, shown.root):
        expected = f"{sealed.size}, {sealed.root.hex()}"
        notes.fail("L9.3", found, expected, file=f"{_folder(task)}/checkpoint", **where)
        return False
    return all(agreed)


def spoken_code(root: bytes) -> str:
    """Return the first 100 bits of a root as they are read out on the telephone: 5 × 4 letters."""
    return _core.ballot_code(root.ljust(64, b"\0"))


def _is_spoken_seal(shown: Checkpoint, seal: Seal, notes: Notes) -> bool:
    found = (shown.size, spoken_code(shown.root))
    if found != (seal.size, seal.code):
        notes.fail("L9.3", found, (seal.size, seal.code), logged=seal.entry)
        return False
    return True


def _check_readings(reader: LogReader, key: VerifierKey, task: DeviceTask, notes: Notes) -> None:
    """Check that every tree the election log has seen is a beginning of this one (L9.4)."""
    for reading in task.readings:
        size, root = reading.size, reading.root
        if reading.note is not None:
            try:
                opened = open_checkpoint(reading.note.encode(), (key,), task.origin)
            except LogError as error:
                found, expected = error.problem.found, error.problem.expected
                notes.fail("L9.4", found, expected, logged=reading.entry, field="note")
                continue
            size, root = opened.checkpoint.size, opened.checkpoint.root
        _check_beginning("L9.4", reader, (size, root), reading.entry, notes)


def _check_beginning(code: str, reader: LogReader, shown: Tree, entry: int, notes: Notes) -> bool:
    """Check that a tree is a beginning of the one that is read; what makes tiles unreadable is raised."""
    size, root = shown
    try:
        proof = reader.consistency_proof(size)
        verify_consistency(size, root, reader.size, reader.root, proof)
    except LogError as error:
        if error.code not in ("L1.2", "L1.3"):
            raise
        notes.fail(code, f"{size}, {root.hex()}", f"a beginning of {reader.size}", logged=entry)
        return False
    notes.passed_one(code)
    return True


def _check_seen(reader: LogReader, key: VerifierKey, task: DeviceTask, notes: Notes) -> tuple[str, ...]:
    """Return the badges that saw a tree which this one continues (L9.5)."""
    if not task.seen:
        notes.not_run("no_sighting", "L9.5")
    outsiders: set[str] = set()
    for seen in task.seen:
        where = {"logged": seen.entry}
        if seen.key is None:
            notes.fail("L9.5", seen.badge, "an accredited badge with a key", field="badge", **where)
            continue
        try:
            badge = parse_verifier_key(seen.key)
            opened = open_checkpoint(seen.note.encode(), (key, badge), task.origin)
        except LogError as error:
            notes.fail("L9.5", error.problem.found, error.problem.expected, field="note", **where)
            continue
        if not (opened.signed_by(key) and opened.signed_by(badge)):
            notes.fail("L9.5", "one signature", "those of device and badge", field="note", **where)
            continue
        shown = opened.checkpoint
        if _check_beginning("L9.5", reader, (shown.size, shown.root), seen.entry, notes):
            outsiders.add(seen.badge)
    return tuple(sorted(outsiders))
