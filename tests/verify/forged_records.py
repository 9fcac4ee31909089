"""Records whose election log somebody with all its keys wrote anew: any entry and any file can be another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dauys.crypto.shapes import canonical
from dauys.record.book import open_record
from dauys.record.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from dauys.record.disk import Disk
from dauys.record.entries import FileRef
from dauys.record.merkle import leaf_hash, tree_root
from dauys.record.note import Note, parse_note
from dauys.record.policy import Policy, parse_policy
from dauys.record.reader import LogReader
from dauys.record.store import create_log, open_log
from dauys.simulate.parties import Parties
from dauys.verify.logs import (
    check_cosigned,
    check_definition,
    check_entries,
    check_files,
    open_election_log,
)
from dauys.verify.options import Options, Silent
from dauys.verify.rebuild import put_together
from dauys.verify.report import Ledger, Report, Status
from dauys.verify.run import verify_record
from dauys.verify.workers import ThreadWorkers

WITNESSES = 3
Value = dict[str, Any]


class Hasty(Disk):
    """Waits for no medium: what is forged may be lost."""

    def sync(self, path: Path) -> None:
        """Force nothing."""

    def sync_folder(self, path: Path) -> None:
        """Force nothing."""


@dataclass(frozen=True)
class Made:
    """A simulated record, the policy of those who watch it, and everybody's keys."""

    folder: Path
    policy: Policy
    parties: Parties


@dataclass
class Draft:
    """The entries of an election log, as values, and the files beside it, while they are changed.

    An entry may also be bytes: it is then written as it is.
    """

    folder: Path
    parties: Parties
    entries: list[Any]

    def all(self, kind: str, **fields: object) -> list[Value]:
        """The entries of a kind that have these fields."""
        return [
            entry
            for entry in self.entries
            if entry["kind"] == kind and all(entry[name] == value for name, value in fields.items())
        ]

    def one(self, kind: str, **fields: object) -> Value:
        """The first of them."""
        return self.all(kind, **fields)[0]

    def at(self, entry: Value) -> int:
        """The index of an entry."""
        return next(index for index, other in enumerate(self.entries) if other is entry)

    def json(self, ref: Value) -> Value:
        """What a committed file holds."""
        value: Value = json.loads((self.folder / ref["path"]).read_bytes())
        return value

    def put(self, ref: Value, data: bytes | Value) -> None:
        """Put other bytes in the place of a file, and name them."""
        data = data if isinstance(data, bytes) else canonical(data)
        (self.folder / ref["path"]).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / ref["path"]).write_bytes(data)
        ref.update(FileRef.for_bytes(ref["path"], data).as_json())

    def change_file(self, ref: Value, change: Callable[[Value], object]) -> None:
        """Change the value of a JSON file, and name its new bytes."""
        value = self.json(ref)
        change(value)
        self.put(ref, value)


def log_of(record: Path) -> list[bytes]:
    """The entries of an election log."""
    with open_record(str(record)) as source:
        checkpoint = parse_checkpoint(parse_note(source.checkpoint()).text)
        reader = LogReader(source.source, checkpoint.size, checkpoint.root)
        return [data for _, data in reader.entries()]


def forge(made: Made, out: Path, change: Callable[[Draft], object]) -> Path:
    """Write a record with other entries or files; all checkpoints are signed and cosigned again."""
    record = out / "public"
    shutil.copytree(made.folder, out / "files", ignore=shutil.ignore_patterns("tile", "checkpoint"))
    shutil.copytree(made.folder / "device", out / "files" / "device", dirs_exist_ok=True)
    draft = Draft(out / "files", made.parties, [json.loads(data) for data in log_of(made.folder)])
    change(draft)
    create_log(out / "store", made.parties.log, disk=Hasty())
    with open_log(out / "store", disk=Hasty()) as store:
        store.append(_again(draft))
        store.publish(made.parties.log)
        text = store.shown().note.text
        witnesses = [made.parties.witness(number) for number in range(1, WITNESSES + 1)]
        time = max(_time_of(data) for data in log_of(made.folder))
        store.add_cosignatures([w.cosign(text, time) for w in witnesses], [w.verifier for w in witnesses])
    shutil.move(out / "files", record)
    shutil.copytree(out / "store" / "public", record, dirs_exist_ok=True)
    return record


def _again(draft: Draft) -> list[bytes]:
    """The bytes of all entries, with cosigned checkpoints of what now stands before them."""
    done: list[bytes] = []
    for entry in draft.entries:
        if isinstance(entry, bytes):
            done.append(entry)
            continue
        value = {key: item for key, item in entry.items() if key != "as_is"}
        if value.get("kind") == "cosigned" and "as_is" not in entry:
            value["note"] = cosigned(draft.parties, value["note"], done)
        done.append(canonical(value))
    return done


def cosigned(parties: Parties, old: str, entries: list[bytes]) -> str:
    """The checkpoint of an older tree, with cosignatures of the same times as another note."""
    note = parse_note(old.encode())
    times = [int.from_bytes(one.signature[:8], "big") for one in note.signatures[1:]]
    size = min(parse_checkpoint(note.text).size, len(entries))
    tree = Checkpoint(parties.log.verifier.name, size, tree_root(map(leaf_hash, entries[:size])))
    signed = sign_checkpoint(tree, parties.log)
    lines = [parties.witness(n).cosign(signed.text, time) for n, time in enumerate(times, 1)]
    return Note(signed.text, (*signed.signatures, *lines)).encode().decode()


def _time_of(data: bytes) -> int:
    return int(datetime.fromisoformat(json.loads(data)["at"]).timestamp())


def verify(record: Path, work: Path, made: Made | None = None, **options: Any) -> Report:
    """What a verifier says; with the policy from outside where `made` is given.

    A thread does the work: a process would take longer to begin than a small record takes to check.
    """
    work.mkdir(parents=True)
    policy = made.policy if made else None
    asked = Options(**{"weight_seed": bytes(32), "work": work, "policy": policy, **options})
    here = patch("dauys.verify.run.local_workers", lambda *_: nullcontext(ThreadWorkers(1)))
    with open_record(str(record)) as source, here:
        return verify_record(source, asked).report


def failed_in_log(record: Path, work: Path) -> set[str]:
    """The codes of what fails in the election log alone, with no device looked at."""
    ledger = Ledger()
    work.mkdir(parents=True)
    with open_record(str(record)) as source:
        context = open_election_log(source, Options(bytes(32), work), ledger)
        assert context is not None
        check_entries(context, Silent())
        check_files(context, Silent())
        check_definition(context)
        check_cosigned(context)
        put_together(context)
    return {code for code, counts in ledger.counts.items() if counts.failed}


def failed(report: Report) -> set[str]:
    """The codes of what failed."""
    return {code for code, counts in report.counts.items() if counts.verdict is Status.FAILED}


def read_made(folder: Path, election: str, seed: int) -> Made:
    """A record that `simulate_record` wrote into this folder."""
    return Made(folder / "public", parse_policy((folder / "policy").read_bytes()), Parties(election, seed))
