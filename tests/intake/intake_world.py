"""A small record with devices and people, an intake that knows it, and lines that can be cut."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "verify"), str(TESTS / "record")]

from made_devices import HOST, ROOT, SOFTWARE, VOTE, Device, device_key, entries_of, sign_hash  # noqa: E402

from dauys._core import NoteKey  # noqa: E402
from dauys.crypto.shapes import canonical  # noqa: E402
from dauys.intake.app import IntakeApp  # noqa: E402
from dauys.intake.client import send  # noqa: E402
from dauys.intake.keys import key_of_seed  # noqa: E402
from dauys.intake.known import Directory  # noqa: E402
from dauys.intake.parcels import Parcel, log_parcel  # noqa: E402
from dauys.intake.receipt import Receipt  # noqa: E402
from dauys.intake.receiver import Intake, open_intake  # noqa: E402
from dauys.intake.shelf import create_intake  # noqa: E402
from dauys.record.checkpoint import Checkpoint, sign_checkpoint  # noqa: E402
from dauys.record.disk import Disk  # noqa: E402
from dauys.record.http_source import Answer  # noqa: E402
from dauys.record.keys import ED25519, Signer  # noqa: E402
from dauys.record.merkle import leaf_hash, tree_root  # noqa: E402
from dauys.record.note import Note  # noqa: E402
from dauys.record.sources import FolderSource  # noqa: E402
from dauys.record.store import create_log, open_log  # noqa: E402
from dauys.record.writer import create_record, open_record_writer  # noqa: E402
from dauys.verify.devices import installation_hash  # noqa: E402

LOG = Signer(f"{HOST}/small/log", ED25519, b"\x01" * 32)
KEY = key_of_seed(f"{HOST}/intake", b"\x07" * 32)
BADGE = Signer(f"{HOST}/badge-1", ED25519, b"\x05" * 32)
COMMISSION = NoteKey.from_seed(b"\x06" * 32)
AT = "2004-09-19T20:15:00+06:00"
NOW = "2004-09-19T14:21:07+00:00"
STATIONS = ("s-m1", "s-m2", "s-long", "s-late")


@cache
def entries(device: str = "m1", ballots: int = 70, batches: int = 2) -> tuple[bytes, ...]:
    """All entries of a device's day; the first batch ends in the middle of it."""
    return tuple(entries_of(Device(device, ballots=ballots, cards=ballots + 10, batches=batches)))


def stages(device: str = "m1", ballots: int = 70, batches: int = 2) -> list[int]:
    """Sizes at which the log may leave the station: opened, after each batch, sealed."""
    all_ = entries(device, ballots, batches)
    return [1, *(at + 1 for at, data in enumerate(all_) if b'"kind":"batch"' in data), len(all_)]


def public(folder: Path, device: str, data: tuple[bytes, ...] | list[bytes]) -> Path:
    """The public folder of a device's log with these entries."""
    create_log(folder, device_key(device))
    with open_log(folder) as log:
        log.append(data)
        log.publish(device_key(device))
    return folder / "public"


@cache
def parcel_of(folder: Path) -> Parcel:
    """What a station sends of such a folder."""
    return log_parcel(FolderSourceEach(folder))


@dataclass(frozen=True)
class FolderSourceEach:
    """A folder that is opened for each file."""

    folder: Path

    def read(self, path: str, limit: int) -> bytes:
        with FolderSource(self.folder) as source:
            return source.read(path, limit)

    def close(self) -> None:
        pass


def install(writer, device: str, *, key: Signer | None = None, signed: bytes | None = None) -> None:
    """Write the installation of a device."""
    signer, station = key or device_key(device), f"s-{device}"
    line = signer.verifier.encode()
    digest = installation_hash(ROOT.root, device, station, "main", line)
    writer.append(
        "installation",
        at=AT,
        device=device,
        key=line,
        present=["A. Member"],
        signature=(signed or sign_hash(device, digest)).hex(),
        software=SOFTWARE,
        station=station,
        type="main",
        vote=VOTE,
    )


def make_record(folder: Path, *devices: str) -> Path:
    """A record in which these devices are installed and one badge is accredited."""
    with create_record(folder, LOG) as writer:
        commission = {"id": "north", "key": COMMISSION.public().hex(), "level": "centre", "vouched_by": "A."}
        keys = canonical(
            {
                "commissions": [commission],
                "log": LOG.verifier.encode(),
                "schema": "dauys/keys/1",
                "trustees": [],
                "witnesses": [],
            }
        )
        writer.append(
            "definition",
            at=AT,
            election=writer.add_file("files/definition/election.yaml", b"id: small\n"),
            keys=writer.add_file("files/definition/keys.json", keys),
            schema="dauys/record/1",
            simulation="A TEST",
            tables={},
        )
        root = writer.add_file("files/1-0/root.json", ROOT.data)
        writer.append("root", at=AT, file=root, root=ROOT.root.hex(), vote=VOTE)
        rows = "".join(f"{station},500,{'0' * 64}\n" for station in STATIONS)
        register = writer.add_file("files/1-0/register.csv", f"station,registered,hash\n{rows}".encode())
        writer.append("register", at=AT, registered=2000, stations=register, vote=VOTE)
        for device in devices:
            install(writer, device)
        writer.append(
            "accreditation",
            at=AT,
            badge=BADGE.verifier.encode(),
            id="obs-1",
            organisation="Observers",
            type="observer",
        )
        writer.publish(LOG)
        return writer.public


def add_to_record(public_folder: Path, write: Callable[[object], None]) -> None:
    """Let the election log grow."""
    with open_record_writer(public_folder.parent) as writer:
        write(writer)
        writer.publish(LOG)


def sighting_note(device: str, size: int, root: bytes) -> bytes:
    """A checkpoint as an observer photographed it, with the badge's line."""
    note = sign_checkpoint(Checkpoint(device_key(device).verifier.name, size, root), device_key(device))
    return Note(note.text, (*note.signatures, BADGE.sign(note.text))).encode()


def seen_of(device: str, size: int, data: tuple[bytes, ...]) -> bytes:
    """The same, of a tree of these entries."""
    return sighting_note(device, size, tree_root(map(leaf_hash, data[:size])))


class CutError(OSError):
    """The line is dead."""


@dataclass
class Line:
    """A line from a sender to the application, without a network; it dies where it is told to.

    `dies_at`: the number of the request, from 0, that does not go through. `how`: "before" it arrives, in the
    "middle" of its body, or "after" it was done and before the answer is there.
    """

    app: IntakeApp
    dies_at: int | None = None
    how: str = "before"
    requests: list[str] = field(default_factory=list)
    sent: int = 0

    def post(self, path: str, body: bytes, limit: int) -> Answer:
        number, dies = len(self.requests), len(self.requests) == self.dies_at
        self.requests.append(path)
        if dies and self.how == "before":
            raise CutError
        whole = body[: len(body) // 2] if dies and self.how == "middle" else body
        answer = call(self.app, "POST", f"/{path}", whole, length=len(body))
        self.sent += len(whole)
        if dies:
            raise CutError(number)
        assert len(answer.body) <= limit
        return answer


def call(app: IntakeApp, method: str, path: str, body: bytes = b"", length: object = None) -> Answer:
    """One request to the application."""
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body) if length is None else length),
        "wsgi.input": io.BytesIO(body),
    }
    parts = app(environ, lambda status, headers: told.append(status))
    return Answer(int(told[0].split()[0]), {}, b"".join(parts))


@dataclass
class World:
    """A folder with a record, and an intake that is opened and closed at will."""

    folder: Path
    record: Path

    @property
    def home(self) -> Path:
        return self.folder / "intake"

    @contextmanager
    def open(self, disk: Disk | None = None, kind: type[Intake] | None = None) -> Iterator[Intake]:
        if not (self.home / "intake.json").exists():
            create_intake(self.home, KEY.verifier, disk=disk)
        directory = Directory(str(self.record), LOG.verifier)
        if kind is not None:
            yield kind(self.home, KEY, directory, disk or Disk())
            return
        with open_intake(self.home, KEY, directory, disk=disk) as intake:
            yield intake

    def send(self, *parcels: Parcel, disk: Disk | None = None) -> list[Receipt]:
        """Send, each to its receipt."""
        with self.open(disk) as intake:
            line = Line(IntakeApp(intake, lambda: NOW))
            return [send(parcel, line, key=KEY.verifier) for parcel in parcels]


def name_of(data: bytes) -> str:
    return sha256(data).hexdigest()
