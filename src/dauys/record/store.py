"""A log on a folder: made on purpose, never signing a second history, safe at every step (`spec/log.md` §9).

```
log.json      what log this is; there from the moment the log exists
signed        the newest checkpoint that was signed: nothing smaller, nothing else of this size, is signed
ever again journal       entries taken since
staging/      files that are being written
public/       what the world sees: checkpoint, tile/…
```
One process at a time; time and keys are arguments.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import rfc8785

from dauys.record.checkpoint import Checkpoint, OpenedCheckpoint, open_checkpoint, sign_checkpoint
from dauys.record.disk import Disk, locked
from dauys.record.faults import LogError, MissingFileError, at
from dauys.record.journal import Journal, blocks_of
from dauys.record.keys import Signer, VerifierKey, parse_verifier_key
from dauys.record.merkle import EMPTY_ROOT, leaf_hash
from dauys.record.note import MAX_NOTE, Note, NoteSignature
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.record.tiles import WIDTH, Edge, Tile, encode_bundle

FORMAT = "dauys/log/1"
_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class LogConfig:
    """What log this is: its key, named as the origin, and folders that keep a second copy of `signed`."""

    key: VerifierKey
    guards: tuple[Path, ...] = ()

    def encode(self) -> bytes:
        """Return the bytes of `log.json`."""
        return rfc8785.dumps(
            {"format": FORMAT, "guards": [str(g) for g in self.guards], "key": self.key.encode()}
        )


def create_log(
    folder: Path, signer: Signer, *, guards: Iterable[Path] = (), disk: Disk | None = None
) -> None:
    """Make a log without entries, and sign that it has none. This is the only way in which a log begins.

    Raises LogError L5.2 where the folder, or a guard's copy of this log, is there already, L5.5 where a
    guard is not.
    """
    disk = disk or Disk()
    config = LogConfig(signer.verifier, tuple(g.absolute() for g in guards))
    origin = signer.verifier.name
    for guard in config.guards:
        _check_guard(guard)
    kept = [guard_file(guard, origin) for guard in config.guards]
    for path in (folder, *kept):
        if path.exists():
            raise LogError(
                "L5.2", found="a log", expected="nothing there", place=at(str(path)), hint="log_exists"
            )
    draft = folder.with_name(f".{folder.name}.creating")
    if draft.exists():
        # A creation that a crash stopped: no log came of it, and no signature left the machine.
        disk.remove(draft)
    disk.make_folders(draft)
    for name in ("staging", "public"):
        disk.make_folder(draft / name)
    signed = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), signer).encode()
    for name, data in (
        ("log.json", config.encode()),
        ("signed", signed),
        ("journal", b""),
        ("public/checkpoint", signed),
    ):
        disk.write(draft / name, data)
        disk.sync(draft / name)
    disk.sync_folder(draft / "public")
    disk.sync_folder(draft)
    # If we crash here, there is a draft and no log; the next creation begins again.
    disk.rename(draft, folder)
    disk.sync_folder(folder.parent)
    # If we crash here, the log is there and a guard's copy is not: opening the empty log places it.
    for path in kept:
        disk.place(path, signed)


def guard_file(guard: Path, origin: str) -> Path:
    """Return where a guard folder keeps the newest checkpoint of a log."""
    return guard / f"{leaf_hash(origin.encode()).hex()[:16]}.signed"


class LogStore:
    """A log that is open for writing. Make one with `open_log`."""

    def __init__(self, folder: Path, config: LogConfig, disk: Disk) -> None:
        self.folder, self.config, self._disk = folder, config, disk
        self._journal = Journal(folder / "journal", disk)
        self._reader: LogReader | None = None
        self._failed = False
        self.signed = self._opened(folder / "signed")
        self.end, self.torn = self._recover()
        # Last: where one of the above raises, nothing is left open.
        self._source = FolderSource(folder / "public")

    @property
    def origin(self) -> str:
        """The origin of the log: the name of its key."""
        return self.config.key.name

    @property
    def size(self) -> int:
        """Entries in the newest signed tree; `end` counts those in the journal too."""
        return self.signed.checkpoint.size

    def close(self) -> None:
        """Give back what is held open."""
        self._source.close()

    def reader(self) -> LogReader:
        """Return a reader of the newest signed tree.

        Raises LogError L2.x or L7.x where the tiles are not its.
        """
        if self._reader is None or self._reader.size != self.size:
            self._reader = LogReader(self._source, self.size, self.signed.checkpoint.root)
        return self._reader

    def append(self, entries: Iterable[bytes]) -> int:
        """Take entries; when this returns, a crash does not lose them. Return the place after the last.

        Up to 4,096 entries within 8 MiB are taken all or none; more are taken in such blocks. Raises LogError
        L2.7 before the block of an entry that is too long.
        """
        for block in blocks_of(entries):
            with self._writing():
                self._journal.append(self.end, block)
            self.end += len(block)
        return self.end

    def publish(self, signer: Signer) -> OpenedCheckpoint:
        """Put what was taken into the tree, sign it, and show it.

        Without new entries nothing is signed again.

        Raises LogError L5.4 for another key, L5.5 where the tiles on disk are not those that were signed.
        """
        if signer.verifier != self.config.key:
            raise LogError(
                "L5.4", found=signer.verifier.encode(), expected=self.config.key.encode(), hint="log_key"
            )
        if self.end == self.size:
            return self.shown()
        with self._writing():
            self._sign(signer)
        return self.signed

    def _sign(self, signer: Signer) -> None:
        edge = self._grow(self.reader().edge())
        if edge.size != self.end:
            raise LogError("L5.5", found=f"{edge.size} entries", expected=f"{self.end} entries")
        note = sign_checkpoint(Checkpoint(self.origin, edge.size, edge.root()), signer)
        self._remember(note.encode())
        self._show(note)
        # If we crash here, the journal still holds what the tree has; `_recover` sees that and clears
        # it.
        self._journal.clear()

    def shown(self) -> OpenedCheckpoint:
        """Return the checkpoint as the world sees it, with the cosignatures that were added."""
        return self._opened(self.folder / "public" / "checkpoint")

    def add_cosignatures(self, signatures: Iterable[NoteSignature], known: Iterable[VerifierKey]) -> Note:
        """Show the newest checkpoint with these cosignatures besides those it has, one a key.

        The first of a key stays: its time is the earliest at which this checkpoint is known to be public.

        Raises LogError L3.4 for a signature that does not hold, L3.5 for one by no known key.
        """
        note = self.shown().note
        keys = tuple(known)
        kept = {(s.name, s.key_id): s for s in note.signatures}
        for signature in signatures:
            open_checkpoint(Note(note.text, (signature,)).encode(), keys, self.origin)
            kept.setdefault((signature.name, signature.key_id), signature)
        merged = Note(note.text, tuple(kept.values()))
        if merged != note:
            with self._writing():
                self._show(merged)
        return merged

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Let nothing more be written after a write that failed: opening again sets right what it left."""
        if self._failed:
            raise LogError("L5.7", found="a failed write", expected="to open the log again", hint="reopen")
        self._failed = True
        yield
        self._failed = False

    def _grow(self, edge: Edge) -> Edge:
        """Write tiles and bundles of all that the journal has beyond the edge; nothing points to them yet."""
        touched: set[Path] = set()
        start = edge.size
        open_bundle = list(self.reader().bundle(start // WIDTH)) if start % WIDTH else []
        for entry in self._journal.entries(start):
            open_bundle.append(entry)
            full = edge.append(leaf_hash(entry))
            if len(open_bundle) == WIDTH:
                full.append((Tile(None, edge.size // WIDTH - 1), encode_bundle(open_bundle)))
                open_bundle = []
            for tile, data in full:
                touched.add(self._put(tile, data))
        for tile, data in edge.partial():
            touched.add(self._put(tile, data))
        if open_bundle:
            bundle = Tile(None, edge.size // WIDTH, len(open_bundle))
            touched.add(self._put(bundle, encode_bundle(open_bundle)))
        done: set[Path] = set()
        for folder in sorted(touched):
            self._disk.sync_up(folder, self.folder / "public", done)
        # If we crash here, there are tiles that no checkpoint reaches. The next publication writes
        # the full ones again; a partial one of a size that is never signed stays, and no reader asks
        # for it.
        return edge

    def _put(self, tile: Tile, data: bytes) -> Path:
        path = self.folder / "public" / tile.path
        self._disk.make_folders(path.parent)
        self._disk.stage(path, data, staging=self.folder / "staging")
        return path.parent

    def _remember(self, data: bytes) -> None:
        """Keep a new checkpoint for ever, before anybody else can see its signature."""
        self._disk.place(self.folder / "signed", data, staging=self.folder / "staging")
        # If we crash here, guards and world have the old checkpoint; `_recover` brings them up to it.
        for guard in self.config.guards:
            self._disk.place(guard_file(guard, self.origin), data)
        self.signed = self._opened(self.folder / "signed")

    def _show(self, note: Note) -> None:
        """Let the world see a checkpoint that `signed` already holds."""
        self._disk.place(
            self.folder / "public" / "checkpoint", note.encode(), staging=self.folder / "staging"
        )

    def _recover(self) -> tuple[int, int]:
        """Bring everything to the newest signed checkpoint; the same code after a crash and on any other day.

        Raises LogError L5.5 where two places contradict each other, L5.6 where `signed` is behind another
        place: then this folder is an old copy, and to sign with it would make a second history.
        """
        for leftover in (self.folder / "staging").iterdir():
            self._disk.remove(leftover)
        signed = self.signed.note.encode()
        for guard in self.config.guards:
            path = guard_file(guard, self.origin)
            _check_guard(guard)
            if self._is_behind(path, missing_is_behind=self.size == 0):
                self._disk.place(path, signed)
        if self._is_behind(self.folder / "public" / "checkpoint", missing_is_behind=True):
            self._show(self.signed.note)
        end, torn = self._journal.repair(self.size)
        if end == self.size and self._journal.path.stat().st_size:
            self._journal.clear()
        return end, torn

    def _is_behind(self, path: Path, *, missing_is_behind: bool) -> bool:
        """Whether a copy of the checkpoint is an older one. Raises LogError L5.5 or L5.6."""
        try:
            copy = self._opened(path).checkpoint
        except MissingFileError:
            if missing_is_behind:
                return True
            raise LogError(
                "L5.5", found="nothing", expected="a checkpoint", place=at(str(path)), hint="guard"
            ) from None
        ours = self.signed.checkpoint
        if copy.size > ours.size:
            raise LogError(
                "L5.6", found=ours.size, expected=copy.size, place=at(str(path)), hint="rolled_back"
            )
        if copy.size == ours.size and copy.root != ours.root:
            raise LogError("L5.5", found=copy.root.hex(), expected=ours.root.hex(), place=at(str(path)))
        return copy.size < ours.size

    def _opened(self, path: Path) -> OpenedCheckpoint:
        return open_checkpoint(_read(path), (self.config.key,), self.origin)


@contextmanager
def open_log(folder: Path, *, disk: Disk | None = None) -> Iterator[LogStore]:
    """Open a log for writing, alone, after setting right what a crash may have left.

    Raises LogError L5.1 where there is no log, L5.3 where another process writes, L5.5 and L5.6 as `LogStore`
    says.
    """
    config = read_config(folder)
    with ExitStack() as stack:
        stack.enter_context(locked(folder / "lock"))
        store = LogStore(folder, config, disk or Disk())
        stack.callback(store.close)
        yield store


def read_config(folder: Path) -> LogConfig:
    """Return what log a folder holds. Raises LogError L5.1 where it holds none."""
    path = folder / "log.json"
    try:
        value = json.loads(_read(path))
        if value["format"] != FORMAT:
            raise LogError("L5.1", found=value["format"], expected=FORMAT, place=at(str(path)))
        return LogConfig(parse_verifier_key(value["key"]), tuple(map(Path, value["guards"])))
    except MissingFileError:
        raise LogError(
            "L5.1", found="nothing", expected="a log", place=at(str(folder)), hint="log_create"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise LogError("L5.1", found=str(error)[:100], expected=FORMAT, place=at(str(path))) from error


def _check_guard(guard: Path) -> None:
    if not guard.is_dir():
        raise LogError("L5.5", found="nothing", expected="a folder", place=at(str(guard)), hint="guard")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(max(_LIMIT, MAX_NOTE) + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise MissingFileError(str(path)) from None
