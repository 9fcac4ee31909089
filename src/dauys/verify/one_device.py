"""One device from beginning to end: its log, its card list, what it holds, and what a cache knows of it."""

from __future__ import annotations

from functools import lru_cache

from dauys import _core
from dauys.crypto.ballots import BallotElection
from dauys.crypto.boxes import ROOT, RootEntry
from dauys.crypto.shapes import parse_canonical
from dauys.errors import InputError, Place, Problem
from dauys.record.book import Record, device_folder
from dauys.record.faults import LogError
from dauys.record.reader import LogReader
from dauys.record.tiles import WIDTH
from dauys.verify.cache import Cache
from dauys.verify.cards import read_cards
from dauys.verify.contents import Hooks, Stopped, read_contents
from dauys.verify.devices import READING, open_device
from dauys.verify.tasks import Contents, DeviceTask, Notes, Outcome


@lru_cache(maxsize=4)
def _election(data: bytes, root: bytes) -> BallotElection:
    value = parse_canonical(data, "root.json", ROOT, ("T6.1", "T6.1"))
    entry = RootEntry(value, data)
    if entry.root != root:
        raise InputError([Problem("K10.2", Place(file="root.json"), entry.root.hex(), root.hex())])
    return entry.election()


def check_device(record: Record, task: DeviceTask, cache: Cache | None, hooks: Hooks) -> Outcome:
    """Return everything that can be said of one device. Raises Stopped."""
    notes = Notes()
    log = open_device(record, task, notes)
    if log is None:
        return Outcome(task.number, notes.passed, notes.remarks())
    contents, cached = None, False
    if task.seal is None:
        notes.not_run("no_seal", *READING)
    else:
        contents, cached = _contents(record, task, log.reader, notes, cache=cache, hooks=hooks)
    if log.sealed and contents is not None:
        closed = contents.close is not None
        notes.check("L9.3", holds=closed, found="no close", expected="close, the last entry")
    sealed = log.sealed and contents is not None and contents.close is not None
    return Outcome(
        task.number,
        notes.passed,
        notes.remarks(),
        log.reader.size,
        log.reader.root,
        log.outsiders,
        contents,
        cached,
        sealed,
        sealed and not task.left_out,
    )


def _contents(
    record: Record, task: DeviceTask, reader: LogReader, notes: Notes, *, cache: Cache | None, hooks: Hooks
) -> tuple[Contents | None, bool]:
    cards = read_cards(record, task, notes)
    try:
        election = _election(record.file(task.root_file), task.root)
    except (InputError, LogError, _core.CoreError):
        # What is wrong with the root is said in the chapter of keys.
        notes.not_run("root", *READING)
        return None, False
    try:
        found = cache.load(task, reader.size, reader.root) if cache else None
        if found is not None:
            _read_through(reader, hooks)
        contents = found or read_contents(reader, task, election, cards, hooks)
    except LogError as error:
        file = f"{device_folder(task.vote, task.device)}/{error.problem.place.file or ''}"
        notes.fail(error.code, error.problem.found, error.problem.expected, file=file)
        notes.not_run(error.code, *READING)
        return None, False
    if cache and found is None:
        cache.save(task, reader.size, reader.root, contents)
    notes.passed_one("L2.4", "L2.6")
    return contents, found is not None


def _read_through(reader: LogReader, hooks: Hooks) -> None:
    """Read every entry against the tree and look at none: what they hold is known, not that they are here."""
    for index in range(-(-reader.size // WIDTH)):
        if hooks.stop():
            raise Stopped
        hooks.advance(len(reader.bundle(index)))
