"""Stations of a simulated election that are no simulation: real devices, whose day comes in from outside.

The record is written up to their installation, waits for them, and goes on with what they give: their
installation acts, and the public logs of their devices after the seal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from dauys import _core
from dauys.crypto.ballots import BallotElection, ContestSum, ballot_hash, verify_ballots
from dauys.crypto.boxes import style_of
from dauys.record.book import device_folder
from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint
from dauys.record.device_log import DeviceReader
from dauys.record.disk import Disk
from dauys.record.entries import Entry
from dauys.record.keys import VerifierKey
from dauys.record.note import MAX_NOTE
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.record.tiles import tiles_of_size
from dauys.simulate.device_day import DeviceSpec


@dataclass(frozen=True, slots=True)
class LiveDay:
    """What comes back from a live station. `log`: public folder of the device's log after its seal.

    `checkpoints`: what the device showed before, bytes of its signed notes, each at its opening or a reading.
    """

    log: Path
    checkpoints: tuple[tuple[Literal["open", "reading"], bytes], ...] = ()


class Live(Protocol):
    """Who plays the live stations. They are live in the first round; a run-off there is simulated."""

    @property
    def stations(self) -> frozenset[str]:
        """The live stations, each with one device and electronic voting."""
        ...

    def install(self, station: str, kit: Path, cards: Sequence[str]) -> Mapping[str, Any]:
        """Return `key`, `signature`, `software` of the installation entry, and what else it has.

        Called when root, register and card lists are published. `kit`: made of the record as it stands.
        `cards`: the letters of every card of the device.
        """
        ...

    def day(self, station: str, rows: Sequence[bytes]) -> LiveDay | Path:
        """Return what comes back, or only the public folder of the device's log after its seal.

        `rows`: what its voters choose, a byte 0 or 1 for each option of its style, a row for each ballot.
        """
        ...


@dataclass(frozen=True, slots=True)
class LiveLog:
    """What the log of a live device holds: its seal, its ballots by contest, and the fields of *close*."""

    folder: Path
    opened: OpenedCheckpoint
    hashes: Mapping[str, Sequence[bytes]] = field(repr=False)
    sums: Mapping[str, ContestSum] = field(repr=False)
    close: Mapping[str, Any]


def read_live(folder: Path, key: VerifierKey, device: str, election: BallotElection) -> LiveLog:
    """Return what a sealed log holds.

    Raises LogError where it is not whole, RuntimeError where it has no seal or a ballot fails.
    """
    with FolderSource(folder) as source:
        opened = open_checkpoint(source.read("checkpoint", MAX_NOTE), (key,), key.name)
        reader = DeviceReader(LogReader(source, opened.checkpoint.size, opened.checkpoint.root))
        ballots, close = _contents(reader)
    if close is None or reader.faults:
        raise RuntimeError(f"the log of {device} has no seal: {[fault.code for fault in reader.faults]}")
    verdicts = verify_ballots(election, device, ballots)
    if verdicts.faults:
        raise RuntimeError(f"ballots of {device} fail: {[fault.check for fault in verdicts.faults]}")
    holding = {style.id: [election.contests[at].id for at in style.contests] for style in election.styles}
    hashes: dict[str, list[bytes]] = {}
    for ballot in ballots:
        digest = ballot_hash(election, device, ballot)
        for contest in holding[style_of(ballot)]:
            hashes.setdefault(contest, []).append(digest)
    sums = {
        contest.id: one
        for contest, one in zip(election.contests, verdicts.sums, strict=True)
        if contest.id in hashes
    }
    return LiveLog(folder, opened, {c: sorted(own) for c, own in hashes.items()}, sums, close)


def _contents(reader: DeviceReader) -> tuple[list[bytes], Mapping[str, Any] | None]:
    ballots: list[bytes] = []
    close: Mapping[str, Any] | None = None
    for item in reader:
        if not isinstance(item, Entry):
            ballots += [ballot for _, ballot in item]
        elif item.kind == "close":
            close = item.fields
    return ballots, close


def copy_live(log: LiveLog, record: Path, vote: str, device: str) -> None:
    """Copy the tiles of a log into a record, each checked under its seal, then its checkpoint."""
    target, disk = record / device_folder(vote, device), Disk()
    with FolderSource(log.folder) as source:
        reader = LogReader(source, log.opened.checkpoint.size, log.opened.checkpoint.root)
        for tile in tiles_of_size(reader.size):
            path = target / tile.path
            disk.make_folders(path.parent)
            disk.place(path, reader.tile_bytes(tile))
    disk.place(target / "checkpoint", log.opened.note.encode())


def card_letters(spec: DeviceSpec) -> list[str]:
    """Return what is printed on the cards of a device, in the order of making."""
    return [_core.card_letters(secret) for secret in spec.cards()]
