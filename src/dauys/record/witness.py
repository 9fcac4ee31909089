"""A witness: it remembers one checkpoint of each log and cosigns only what continues it (`spec/log.md` §10).

```
witness.json                     key and logs
public/<sha256(origin)>/checkpoint   the newest checkpoint that was cosigned, with the cosignature
evidence/<sha256(origin)>/…          proof of a fork, kept for ever
```
**Source:** c2sp.org/tlog-witness.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import rfc8785

from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint
from dauys.record.disk import Disk, locked
from dauys.record.faults import LogError, MissingFileError, at
from dauys.record.fork import Fork, verify_fork
from dauys.record.keys import Signer, VerifierKey, parse_verifier_key
from dauys.record.merkle import EMPTY_ROOT, verify_consistency
from dauys.record.note import MAX_NOTE, Note
from dauys.record.reader import LogReader
from dauys.record.requests import AddCheckpoint, Reply, parse_add_checkpoint, refusal
from dauys.record.sources import Source

FORMAT = "dauys/witness/1"


@dataclass(frozen=True, slots=True)
class WatchedLog:
    """A log that the witness knows: its key, whose name is the origin, and where it is read, if anywhere."""

    key: VerifierKey
    url: str | None = None

    @property
    def origin(self) -> str:
        """The origin of the log."""
        return self.key.name


@dataclass(frozen=True, slots=True)
class WitnessConfig:
    """The key of a witness and the logs it knows."""

    key: VerifierKey
    logs: tuple[WatchedLog, ...] = ()

    def encode(self) -> bytes:
        """Return the bytes of `witness.json`."""
        logs = [
            {"key": log.key.encode()} | ({} if log.url is None else {"url": log.url}) for log in self.logs
        ]
        return rfc8785.dumps({"format": FORMAT, "key": self.key.encode(), "logs": logs})


def origin_folder(origin: str) -> str:
    """Return the name under which a witness shows what it has of a log: SHA-256 of the origin, in hex."""
    return hashlib.sha256(origin.encode()).hexdigest()


def create_witness(folder: Path, key: VerifierKey, *, disk: Disk | None = None) -> None:
    """Make a witness that knows no log yet.

    Raises LogError L5.2 where there is one, L3.3 for a key of a log.
    """
    disk = disk or Disk()
    path = folder / "witness.json"
    if not key.is_witness:
        raise LogError("L3.3", found="a key of a log", expected="a key of a witness", hint="key_kind")
    if path.exists():
        raise LogError("L5.2", found="a witness", expected="nothing there", place=at(str(path)))
    for name in ("public", "evidence"):
        disk.make_folders(folder / name)
    # If we crash here, there are empty folders and no witness; making it again goes on from there.
    disk.place(path, WitnessConfig(key).encode())


def read_witness(folder: Path) -> WitnessConfig:
    """Return what a witness is and knows. Raises LogError L6.8 where there is none."""
    path = folder / "witness.json"
    try:
        value = json.loads(path.read_bytes())
        if value["format"] != FORMAT:
            raise LogError("L6.8", found=value["format"], expected=FORMAT, place=at(str(path)))
        logs = tuple(WatchedLog(parse_verifier_key(v["key"]), v.get("url")) for v in value["logs"])
        return WitnessConfig(parse_verifier_key(value["key"]), logs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LogError(
            "L6.8", found=type(error).__name__, expected=FORMAT, place=at(str(path)), hint="witness_init"
        ) from error


def watch_log(folder: Path, log: WatchedLog, *, disk: Disk | None = None) -> WitnessConfig:
    """Make the witness know a log, or know it under another address.

    Raises LogError L6.2 where it knows another key of that origin: what it cosigned under the old one stands.
    """
    config = read_witness(folder)
    known = next((other for other in config.logs if other.origin == log.origin), None)
    if (known is not None and known.key != log.key) or log.key.is_witness:
        raise LogError(
            "L6.2", found=log.key.encode(), expected=known.key.encode() if known else "a key of a log"
        )
    logs = tuple(other for other in config.logs if other.origin != log.origin)
    config = replace(config, logs=(*logs, log))
    (disk or Disk()).place(folder / "witness.json", config.encode())
    return config


class Witness:
    """A witness at work: one process, any number of threads. Make one with `open_witness`."""

    def __init__(self, folder: Path, signer: Signer, disk: Disk) -> None:
        self.folder, self.config = folder, read_witness(folder)
        if signer.verifier != self.config.key:
            raise LogError(
                "L5.4", found=signer.verifier.encode(), expected=self.config.key.encode(), hint="log_key"
            )
        self._signer, self._disk = signer, disk
        self._failed: set[str] = set()
        self._alone = {log.origin: threading.Lock() for log in self.config.logs}

    def log(self, origin: str) -> WatchedLog:
        """Return a log that the witness knows. Raises LogError L6.2."""
        for log in self.config.logs:
            if log.origin == origin:
                return log
        raise LogError("L6.2", found=origin[:200], expected="a known log", hint="witness_add")

    def latest(self, log: WatchedLog) -> OpenedCheckpoint | None:
        """Return the newest checkpoint of a log that was cosigned; None where there is none yet.

        Raises LogError L6.8 where the file does not carry both signatures: then nothing is cosigned any more.
        """
        path = self._state(log)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        opened = open_checkpoint(data[: MAX_NOTE + 1], (log.key, self.config.key), log.origin)
        if not (opened.signed_by(log.key) and opened.signed_by(self.config.key)):
            raise LogError("L6.8", found="a signature is missing", expected="both", place=at(str(path)))
        return opened

    def answer(self, body: bytes, now: int) -> Reply:
        """Return the answer to a request to add a checkpoint at `now`, seconds since 1970.

        It raises nothing of L…
        """
        try:
            return Reply(200, self.add_checkpoint(parse_add_checkpoint(body), now))
        except LogError as error:
            return refusal(error)
        except OSError as error:
            return refusal(LogError("L5.7", found=error.strerror, expected="a disk that can be written"))

    def add_checkpoint(self, request: AddCheckpoint, now: int) -> bytes:
        """Return the cosignature line, after the checkpoint it is for is durable.

        Raises LogError L6.1 to L6.5 as the protocol wants them. A proof that convicts the log is kept.
        """
        log = self.log(request.origin)
        opened = _signed_by_log(request.note, log)
        new = opened.checkpoint
        if request.old_size > new.size:
            raise LogError("L6.1", found=request.old_size, expected=f"at most {new.size}")
        with self._alone[log.origin]:
            # Alone from reading to writing: between them, another request could carry the log further.
            latest = self.latest(log)
            size, root = (
                (0, EMPTY_ROOT) if latest is None else (latest.checkpoint.size, latest.checkpoint.root)
            )
            if size != request.old_size:
                raise LogError("L6.4", found=request.old_size, expected=size, size=size)
            if size == new.size and root != new.root:
                self._keep_fork(log, latest, opened, ())
                raise LogError("L6.4", found=new.root.hex(), expected=root.hex(), size=size)
            try:
                verify_consistency(size, root, new.size, new.root, request.proof)
            except LogError as error:
                self._keep_fork(log, latest, opened, request.proof)
                raise LogError("L6.5", found=error.problem.found, expected=error.problem.expected) from error
            return self._cosign(log, opened, now)

    def follow(self, log: WatchedLog, source: Source, now: int) -> OpenedCheckpoint:
        """Read a log where it is published, cosign what continues it, and return what is cosigned now.

        A log that shows an older checkpoint than before is left as it is. Raises LogError L6.6, with the
        evidence kept, where it shows another history; L3.x, L2.x, L7.x where it cannot be read.
        """
        opened = _signed_by_log(source.read("checkpoint", MAX_NOTE), log)
        with self._alone[log.origin]:
            latest = self.latest(log)
            if latest is not None:
                self._compare(log, latest, opened, source)
                if opened.checkpoint.size < latest.checkpoint.size:
                    return latest
            # Read now, so that nothing is cosigned whose tiles are not there.
            LogReader(source, opened.checkpoint.size, opened.checkpoint.root)
            self._cosign(log, opened, now)
        latest = self.latest(log)
        if latest is None:
            raise LogError("L6.8", found="nothing", expected="a checkpoint", place=at(str(self._state(log))))
        return latest

    def _compare(
        self, log: WatchedLog, latest: OpenedCheckpoint, opened: OpenedCheckpoint, source: Source
    ) -> None:
        """Return where one of two checkpoints continues the other.

        Raises LogError L6.6 and keeps the evidence.
        """
        small, large = sorted((latest, opened), key=lambda o: o.checkpoint.size)
        a, b = small.checkpoint, large.checkpoint
        chain: tuple[bytes, ...] = ()
        if 0 < a.size < b.size:
            try:
                chain = LogReader(source, b.size, b.root).consistency_chain(a.size)
            except MissingFileError:
                if large is latest:
                    # An older copy of the log has no tiles beyond its own size: stale, and no proof of
                    # anything.
                    return
                raise
        if self._keep_fork(log, small, large, chain):
            raise LogError("L6.6", found=b.root.hex(), expected=a.root.hex(), size=a.size, hint="fork")

    def _keep_fork(
        self,
        log: WatchedLog,
        first: OpenedCheckpoint | None,
        second: OpenedCheckpoint,
        proof: tuple[bytes, ...],
    ) -> bool:
        """Keep the proof of a fork, where it is one; say whether it is.

        One file for each pair of checkpoints.
        """
        if first is None:
            return False
        fork = Fork(first.note.encode(), second.note.encode(), proof)
        try:
            verify_fork(fork, log.key)
        except LogError:
            return False
        folder = self.folder / "evidence" / origin_folder(log.origin)
        self._disk.make_folders(folder)
        texts = f"{first.note.text}\n{second.note.text}".encode()
        path = folder / f"{hashlib.sha256(texts).hexdigest()}.json"
        if not path.exists():
            self._disk.place(path, fork.encode())
        return True

    def _cosign(self, log: WatchedLog, opened: OpenedCheckpoint, now: int) -> bytes:
        own = tuple(s for s in opened.note.signatures if log.key.made(s))
        cosignature = self._signer.cosign(opened.note.text, now)
        path = self._state(log)
        if log.origin in self._failed:
            raise LogError("L5.7", found="a failed write", expected="to start again", hint="reopen")
        # What a failed write left is not known before the medium is read anew.
        self._failed.add(log.origin)
        self._disk.make_folders(path.parent)
        self._disk.place(path, Note(opened.note.text, (*own, cosignature)).encode())
        self._failed.discard(log.origin)
        # If we crash here, the checkpoint is remembered and nobody has the cosignature: the log asks again.
        return cosignature.line().encode()

    def _state(self, log: WatchedLog) -> Path:
        return self.folder / "public" / origin_folder(log.origin) / "checkpoint"


def _signed_by_log(note: bytes, log: WatchedLog) -> OpenedCheckpoint:
    """Return a checkpoint that the log signed.

    Raises LogError L6.3 without its signature, L6.1 for no checkpoint.
    """
    try:
        return open_checkpoint(note, (log.key,), log.origin)
    except LogError as error:
        code = "L6.3" if error.code in ("L3.4", "L3.5", "L4.1") else "L6.1"
        raise LogError(code, found=error.problem.found, expected=error.problem.expected) from error


@contextmanager
def open_witness(folder: Path, signer: Signer, *, disk: Disk | None = None) -> Iterator[Witness]:
    """Open a witness, alone. Raises LogError L5.3 where it is at work already, L5.4 for another key, L6.8."""
    read_witness(folder)
    with locked(folder / "lock"):
        yield Witness(folder, signer, disk or Disk())
