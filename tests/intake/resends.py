"""A station sends its log over a line that dies at every request: what the centre has then.

For whoever has a device's log and its key: `resend` makes a record that knows the device and an intake, and
sends until there is a receipt. With `new_ids` the intake takes each retry for another upload: that must show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from intake_world import AT, KEY, NOW, CutError, Line

from dauys._core import NoteKey
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.intake.app import IntakeApp
from dauys.intake.client import send
from dauys.intake.count import DeviceCount, counted
from dauys.intake.known import Directory
from dauys.intake.parcels import device_of, log_parcel
from dauys.intake.receiver import open_intake
from dauys.intake.shelf import create_intake
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.keys import ED25519, Signer
from dauys.record.note import parse_note
from dauys.record.sources import FolderSource
from dauys.record.writer import create_record
from dauys.verify.devices import installation_hash

LOG_SEED = b"\x01" * 32
ROOT = bytes(64)


def resend(folder: Path, public: Path, seed: bytes, *, new_ids: bool = False) -> DeviceCount:
    """Return what the centre has of a device once the station got through; `folder` is made for it.

    `seed`: that of the device's key.
    """
    origin = parse_checkpoint(parse_note((public / "checkpoint").read_bytes()).text).origin
    folder.mkdir()
    record = _record(folder / "record", origin, seed)
    create_intake(folder / "intake", KEY.verifier)
    retries = [0]
    with (
        _ids(retries, new_ids=new_ids),
        open_intake(folder / "intake", KEY, Directory(str(record))) as intake,
        FolderSource(public) as source,
    ):
        app = IntakeApp(intake, lambda: NOW)
        for how in ("before", "middle", "after"):
            for dies_at in range(2 * len(list((public / "tile").rglob("*"))) + 2):
                retries[0] += 1
                try:
                    send(log_parcel(source), Line(app, dies_at, how), key=KEY.verifier)
                except CutError:
                    continue
                break
    (device,) = counted(folder / "intake").devices
    return device


@contextmanager
def _ids(retries: list[int], *, new_ids: bool) -> Iterator[None]:
    if not new_ids:
        yield
        return

    def new_id(data: bytes) -> str:
        return framed_hash("intake-upload", data, retries[0]).hex()

    with patch("dauys.intake.manifest.upload_id", new_id):
        yield


def _record(folder: Path, origin: str, seed: bytes) -> Path:
    """A record that knows this device and nothing else."""
    vote, device = device_of(origin)
    host = origin.removesuffix(f"/{vote}/device/{device}")
    log = Signer(f"{host}/{vote.split('/')[0]}/log", ED25519, LOG_SEED)
    key = Signer(origin, ED25519, seed).verifier.encode()
    signed = installation_hash(ROOT, device, "station", "main", key)
    fields = {"device": device, "key": key, "present": [], "station": "station", "type": "main", "vote": vote}
    with create_record(folder, log) as writer:
        root = writer.add_file("files/1-0/root.json", canonical({}))
        writer.append("root", at=AT, file=root, root=ROOT.hex(), vote=vote)
        signature = NoteKey.from_seed(seed).sign(signed).hex()
        writer.append("installation", at=AT, signature=signature, software="0" * 64, **fields)
        writer.publish(log)
        return writer.public
