"""What is known of a record while it is checked: entries in their places, votes, waves.

Chapters read from here and write into the ledger. What could not be read is None, and says in the ledger why.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from dauys.crypto.ballots import BallotElection
from dauys.crypto.board import PublicKeys
from dauys.crypto.boxes import RootEntry
from dauys.domain.election import Election
from dauys.record.book import Record
from dauys.record.entries import Entry, FileRef, parse_entry
from dauys.record.faults import LogError
from dauys.record.reader import LogReader
from dauys.systems.laws import Law
from dauys.verify.options import Options
from dauys.verify.report import Ledger, Where


@dataclass(slots=True)
class WaveEntries:
    """One wave: its entry, and what stands beside it, in the order of the log."""

    entry: Entry
    signatures: list[Entry] = field(default_factory=list)
    partials: list[Entry] = field(default_factory=list)
    tally: Entry | None = None


@dataclass(slots=True)
class VoteContext:
    """Everything of one vote. `keys`, `root_entry` and `ballots` are None until, and unless, they hold."""

    vote: str
    ceremony: Entry | None = None
    root: Entry | None = None
    register: Entry | None = None
    cards: dict[str, Entry] = field(default_factory=dict)
    installations: dict[str, Entry] = field(default_factory=dict)
    checkpoints: list[Entry] = field(default_factory=list)
    telephones: list[Entry] = field(default_factory=list)
    turnouts: list[Entry] = field(default_factory=list)
    sightings: list[Entry] = field(default_factory=list)
    waves: dict[int, WaveEntries] = field(default_factory=dict)
    keys: PublicKeys | None = None
    root_entry: RootEntry | None = None
    ballots: BallotElection | None = None

    @property
    def round(self) -> int:
        """The round of the election."""
        return int(self.vote.split("/")[1])

    def seals(self) -> dict[str, Entry]:
        """Return the first seal of each device, a `checkpoint` or `telephone` entry; signed ones go first."""
        found = {entry.fields["device"]: entry for entry in reversed(self.telephones)}
        sealed = [entry for entry in self.checkpoints if entry.fields["what"] == "seal"]
        found.update({entry.fields["device"]: entry for entry in reversed(sealed)})
        return found

    def stations(self) -> dict[str, str]:
        """Return the station of each installed device."""
        return {device: entry.fields["station"] for device, entry in self.installations.items()}


@dataclass(slots=True)
class Context:
    """One record under verification. Not frozen: each chapter adds what later ones need."""

    record: Record
    options: Options
    ledger: Ledger
    log: LogReader
    origin: str
    kinds: dict[str, list[Entry]] = field(default_factory=dict)
    #: Indices of `protocol` entries that have their form: there may be a hundred thousand.
    protocols_at: list[int] = field(default_factory=list)
    votes: dict[str, VoteContext] = field(default_factory=dict)
    #: Committed files, each with the first entry that names it.
    files: dict[str, tuple[FileRef, int]] = field(default_factory=dict)
    #: Files whose bytes are not there or not those (L8.6).
    broken: set[str] = field(default_factory=set)
    #: `(size, seconds since 1970)`: checkpoints with a cosignature by the policy's witnesses, in any order.
    cosigned: list[tuple[int, int]] = field(default_factory=list)
    #: Witnesses of the policy that cosigned the newest checkpoint.
    witnesses: int = 0
    keys: Mapping[str, Any] | None = None
    election: Election | None = None
    law: Law | None = None
    #: The same by size, each with the earliest time of this tree or a larger one.
    _first_seen: list[tuple[int, int]] = field(default_factory=list)

    def entries(self, kind: str) -> list[Entry]:
        """Return the entries of a kind, in the order of the log; `protocol` entries are not kept."""
        return self.kinds.get(kind, [])

    @property
    def definition(self) -> Entry | None:
        """Entry 0, where it is the definition."""
        found = self.entries("definition")
        return found[0] if found and found[0].index == 0 else None

    @property
    def election_id(self) -> str:
        """The id of the election, from the origin of its log."""
        return self.origin.split("/")[-2] if self.origin.count("/") >= 2 else ""

    def protocol_entries(self) -> Iterator[Entry]:
        """Yield `protocol` entries that have their form, read again from the log."""
        wanted = set(self.protocols_at)
        if not wanted:
            return
        for index, data in self.log.entries(min(wanted)):
            if index in wanted:
                yield parse_entry(data, index, "election")

    def read(self, entry: Entry, name: str, depends: str) -> bytes | None:
        """Return the file that a field names; None where it is broken: then `depends` is not run."""
        ref = FileRef.of(entry.fields[name])
        if ref.path not in self.broken:
            try:
                return self.record.file(ref)
            except LogError as error:
                # It was there when all files were looked at.
                self.ledger.problem(error.problem, Where(logged=entry.index))
                self.broken.add(ref.path)
        self.ledger.not_run(depends, "L8.6", Where(logged=entry.index, file=ref.path))
        return None

    def public_since(self, index: int) -> datetime | None:
        """Return when an entry was public at the latest, by cosigned time; None where nothing shows it."""
        if len(self._first_seen) != len(self.cosigned):
            self._first_seen = _first_seen(self.cosigned)
        later = bisect_right(self._first_seen, index, key=itemgetter(0))
        if later == len(self._first_seen):
            return None
        return datetime.fromtimestamp(self._first_seen[later][1], UTC)

    def excluded_devices(self, before: int | None = None) -> set[tuple[str, str]]:
        """Return vote and device of those that a decision leaves out of the waves: one that stands before
        this entry, or any."""
        found = set()
        for entry in self.entries("decision"):
            known = before is None or entry.index < before
            if known and entry.fields["what"] == "exclude" and entry.fields["point"]:
                vote, _, device = entry.fields["point"].partition(" ")
                found.add((vote, device))
        return found


def _first_seen(cosigned: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return trees in ascending order of size, each with the earliest time at which it or a larger one was
    seen."""
    found: list[tuple[int, int]] = []
    for size, time in sorted(cosigned, reverse=True):
        found.append((size, min(time, found[-1][1]) if found else time))
    return found[::-1]
