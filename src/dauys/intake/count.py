"""What an intake has, counted once whatever was sent again (`spec/intake.md` §5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dauys.intake.log_check import distinct_ballots
from dauys.intake.receipt import parse_receipt
from dauys.record.book import device_folder
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.fork import Fork, parse_fork
from dauys.record.note import parse_note
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource


@dataclass(frozen=True, slots=True)
class DeviceCount:
    """One device: entries of its largest accepted tree, and its different ballots.

    `sealed`: the tree ends with `close`. `uploads`: its trees that have a receipt.
    """

    vote: str
    device: str
    size: int
    ballots: int
    sealed: bool
    uploads: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Devices by vote and id, and how many sightings, protocols and proofs of forks there are."""

    devices: tuple[DeviceCount, ...]
    sightings: int
    protocols: int
    forks: int

    @property
    def ballots(self) -> int:
        """Different ballots of all devices."""
        return sum(device.ballots for device in self.devices)


def counted(folder: Path) -> Counted:
    """Return what an intake has accepted; it may be at work meanwhile.

    Raises LogError where a log that was kept is damaged, IntakeError U1.15 where a receipt is.
    """
    uploads: Counter[tuple[str, str, str]] = Counter()
    sealed: set[tuple[str, str, int]] = set()
    for path in sorted((folder / "receipts").iterdir()):
        if path.suffix == ".new":
            continue
        receipt = parse_receipt(path.read_bytes())
        uploads[receipt.kind, receipt.vote, receipt.of] += 1
        if receipt.kind == "log" and receipt.fields["what"] == "seal":
            sealed.add((receipt.vote, receipt.of, receipt.fields["size"]))
    devices = tuple(
        _device(folder, vote, device, number, sealed)
        for (kind, vote, device), number in sorted(uploads.items())
        if kind == "log"
    )
    sightings, protocols = (
        sum(number for (kind, _, _), number in uploads.items() if kind == wanted)
        for wanted in ("sighting", "protocol")
    )
    return Counted(devices, sightings, protocols, sum(1 for _ in forks(folder)))


def forks(folder: Path) -> Iterator[tuple[str, Fork]]:
    """Yield `ROUND-REPEAT/DEVICE` and each proof that it signed two histories. Raises LogError L6.6."""
    evidence = folder / "evidence"
    for path in sorted(evidence.glob("*/*/*.json")):
        yield path.parent.relative_to(evidence).as_posix(), parse_fork(path.read_bytes())


def _device(
    folder: Path, vote: str, device: str, uploads: int, sealed: set[tuple[str, str, int]]
) -> DeviceCount:
    with FolderSource(folder / device_folder(vote, device)) as source:
        tree = parse_checkpoint(parse_note(source.read("checkpoint", 1 << 20)).text)
        ballots = distinct_ballots(LogReader(source, tree.size, tree.root))
    return DeviceCount(vote, device, tree.size, ballots, (vote, device, tree.size) in sealed, uploads)
