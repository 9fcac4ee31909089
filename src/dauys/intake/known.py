"""Whom the record knows: devices with their keys, badges, stations, commissions (`spec/intake.md` §4)."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dauys.crypto.framing import holds
from dauys.intake.faults import IntakeError
from dauys.record.book import Record, device_origin, open_record
from dauys.record.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from dauys.record.entries import Entry, FileRef, parse_entry, parse_json
from dauys.record.faults import LogError, at
from dauys.record.forms import misfits_of_file
from dauys.record.keys import ED25519, VerifierKey, parse_verifier_key
from dauys.record.merkle import EMPTY_ROOT, verify_consistency
from dauys.record.note import parse_note
from dauys.record.reader import LogReader
from dauys.verify.devices import installation_hash

#: Entries that say who is known; all others are passed over unread.
_KINDS: Final = ("definition", "root", "register", "installation", "accreditation")
_MARKS: Final = tuple(b'"kind":"%s"' % kind.encode() for kind in _KINDS)


@dataclass(frozen=True, slots=True)
class Installed:
    """A device as it was installed: its key, and the station it stands in."""

    key: VerifierKey
    station: str


@dataclass(frozen=True, slots=True)
class Known:
    """Everybody whom a record of this size knows. Devices by vote and id, stations by vote."""

    tree: Checkpoint
    roots: Mapping[str, bytes] = field(default_factory=dict)
    devices: Mapping[tuple[str, str], Installed] = field(default_factory=dict)
    badges: Mapping[str, VerifierKey] = field(default_factory=dict)
    stations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    commissions: Mapping[str, bytes] = field(default_factory=dict)


NOBODY: Final = Known(Checkpoint("", 0, EMPTY_ROOT))


def read_known(record: Record, log_key: VerifierKey | None, before: Known = NOBODY) -> Known:
    """Return whom the record knows; from `before` only what was added is read.

    Without `log_key` the record is believed: it is the intake's own copy. Raises LogError where the log
    cannot be read, is not signed by the key, or does not continue `before`.
    """
    data = record.checkpoint()
    tree = parse_checkpoint(parse_note(data).text) if log_key is None else _signed(data, log_key)
    if tree.size < before.tree.size:
        raise LogError("L5.6", found=tree.size, expected=before.tree.size, place=at(record.address))
    reader = LogReader(record.source, tree.size, tree.root)
    old = before.tree
    verify_consistency(old.size, old.root, tree.size, tree.root, reader.consistency_proof(old.size))
    draft = _Draft(record, tree.origin, before)
    for index, entry in reader.entries(old.size):
        if any(mark in entry for mark in _MARKS):
            try:
                parsed = parse_entry(entry, index, "election")
            except LogError:
                # Whoever verifies the record will say so; nobody is known by an entry without its form.
                continue
            draft.add(parsed)
    return draft.known(tree)


def _signed(data: bytes, log_key: VerifierKey) -> Checkpoint:
    return open_checkpoint(data, (log_key,), log_key.name).checkpoint


class _Draft:
    """Whom a record knows, while it is read."""

    def __init__(self, record: Record, origin: str, before: Known) -> None:
        self._record, self._origin = record, origin
        self._roots, self._devices = dict(before.roots), dict(before.devices)
        self._badges, self._stations = dict(before.badges), dict(before.stations)
        self._commissions = dict(before.commissions)

    def known(self, tree: Checkpoint) -> Known:
        """Return what was read."""
        return Known(tree, self._roots, self._devices, self._badges, self._stations, self._commissions)

    def add(self, entry: Entry) -> None:
        """Take one entry in. The first of a device, badge or root counts, as for a verifier."""
        fields = entry.fields
        if entry.kind == "definition":
            self._commissions |= _commissions(self._record.file(FileRef.of(fields["keys"])))
        elif entry.kind == "root":
            self._roots.setdefault(fields["vote"], bytes.fromhex(fields["root"]))
        elif entry.kind == "register":
            stations = _stations(self._record.file(FileRef.of(fields["stations"])))
            self._stations.setdefault(fields["vote"], stations)
        elif entry.kind == "installation":
            self._install(entry)
        elif entry.kind == "accreditation" and fields["badge"] is not None:
            self._badges.setdefault(fields["id"], parse_verifier_key(fields["badge"]))

    def _install(self, entry: Entry) -> None:
        """Know a device whose installation it signed itself; another is nobody's device."""
        fields = entry.fields
        vote, device, station = fields["vote"], fields["device"], fields["station"]
        key, root = parse_verifier_key(fields["key"]), self._roots.get(vote)
        own = key.name == device_origin(self._origin, vote, device) and key.algorithm == ED25519
        if root is None or not own:
            return
        signed = installation_hash(root, device, station, fields["type"], fields["key"])
        if holds(key.public, signed, bytes.fromhex(fields["signature"])):
            self._devices.setdefault((vote, device), Installed(key, station))


def _commissions(data: bytes) -> dict[str, bytes]:
    value = parse_json(data, "L8.8", "keys.json")
    misfits = misfits_of_file("keys", value)
    if misfits:
        raise LogError("L8.8", found=misfits[0].found, expected=misfits[0].expected, place=at("keys.json"))
    return {one["id"]: bytes.fromhex(one["key"]) for one in value["commissions"]}


def _stations(data: bytes) -> frozenset[str]:
    """Return the stations of a frozen register: CSV `station,registered,hash`."""
    rows = csv.reader(io.StringIO(data.decode("utf-8", errors="replace")))
    if next(rows, [])[:1] != ["station"]:
        raise LogError("L8.8", found="another first row", expected="station,registered,hash")
    return frozenset(row[0] for row in rows if row)


class Directory:
    """Looks up whom a record knows, and reads the record again where it has grown. Any number of threads."""

    def __init__(self, address: str, log_key: VerifierKey | None = None) -> None:
        """Read the record. Raises LogError where it cannot be read."""
        self._address, self._log_key = address, log_key
        self._lock = threading.Lock()
        self._begun = self._read = 0
        with open_record(address) as record:
            self._known = read_known(record, log_key)

    @property
    def known(self) -> Known:
        """Whom the record knew when it was last read."""
        return self._known

    def refresh(self) -> Known:
        """Read what was added to the record. Raises IntakeError U1.13 where it cannot be read.

        Who waited while it was read from the beginning does not read again: strangers who name devices that
        there are not would else have it read once for each of them, one behind the other.
        """
        asked = self._begun
        with self._lock:
            if self._read > asked:
                return self._known
            self._begun += 1
            try:
                with open_record(self._address) as record:
                    self._known = read_known(record, self._log_key, self._known)
            except LogError as error:
                raise IntakeError(
                    "U1.13", found=error.code, expected="a record", place=error.problem.place, hint="record"
                ) from error
            self._read = self._begun
            return self._known
