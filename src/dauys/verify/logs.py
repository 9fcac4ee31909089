"""The election log: its checkpoint, its entries, and the files that they name (L1–L8)."""

from __future__ import annotations

from typing import Any

from dauys.crypto.boxes import ROOT
from dauys.crypto.shapes import misfits
from dauys.record.book import LOG_SUFFIX, Record, device_folder, host_of
from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint, parse_checkpoint
from dauys.record.entries import Entry, files_of, parse_entry, parse_json
from dauys.record.faults import LogError
from dauys.record.forms import load_forms, misfits_of_file
from dauys.record.keys import VerifierKey, parse_verifier_key
from dauys.record.merkle import verify_consistency
from dauys.record.note import parse_note
from dauys.record.reader import LogReader
from dauys.verify.context import Context
from dauys.verify.options import Options, Progress
from dauys.verify.order import Placing
from dauys.verify.report import Ledger, Where

#: The tiles of an election log, and the folders of devices: what is committed by a tree and not by a file.
_TREE = ("tile/", "device/")
#: Extra files that are named one by one.
NAMED_EXTRA = 100
#: The end of the year 9999 in seconds since 1970: a cosignature may name any number, a calendar may not.
LAST_TIME = 253_402_300_799


def open_election_log(record: Record, options: Options, ledger: Ledger) -> Context | None:
    """Return the context of a record whose election log can be read; None where no verdict is possible.

    The key is the one from outside. Without one it is the one that signs the checkpoint in the name of the
    origin and stands in the definition: consistent, not anchored.
    """
    try:
        data = record.checkpoint()
        checkpoint = parse_checkpoint(parse_note(data).text)
    except LogError as error:
        ledger.problem(error.problem)
        return None
    opened = _opened(data, checkpoint.origin, options, ledger)
    if opened is None:
        return None
    try:
        log = LogReader(record.source, checkpoint.size, checkpoint.root)
    except LogError as error:
        ledger.problem(error.problem)
        return None
    ledger.passed("L2.3")
    context = Context(record, options, ledger, log, checkpoint.origin)
    context.cosigned = _times(opened, options)
    known = {w.key for w in options.policy.witnesses.values()} if options.policy else set()
    context.witnesses = len({signed.key for signed in opened.signed} & known)
    return context


def _outside_keys(origin: str, options: Options) -> tuple[VerifierKey, ...]:
    found = [options.log_key] if options.log_key else []
    if options.policy:
        found += [log.key for log in options.policy.logs if log.key.name == origin]
    return tuple(found)


def _opened(data: bytes, origin: str, options: Options, ledger: Ledger) -> OpenedCheckpoint | None:
    """Return the checkpoint under every key that came from outside, and say L8.1 and L8.2 of it."""
    outside = _outside_keys(origin, options)
    witnesses = options.policy.keys if options.policy else ()
    try:
        opened = open_checkpoint(data, dict.fromkeys((*outside, *witnesses)), None)
    except LogError as error:
        if error.code in ("L3.4", "L4.1"):
            # A signature in the name of a known key that is not by it: nothing on this note is believed.
            ledger.problem(error.problem, Where(file="checkpoint"), code="L8.1")
            ledger.not_run("L8.2", "no_policy" if options.policy is None else "L8.1")
            return OpenedCheckpoint(parse_checkpoint(parse_note(data).text), parse_note(data), ())
        if error.code != "L3.5":
            ledger.problem(error.problem)
            return None
        opened = OpenedCheckpoint(parse_checkpoint(parse_note(data).text), parse_note(data), ())
    _check_anchor(opened, origin, outside, options, ledger)
    _check_policy(opened, options, ledger)
    return opened


def _check_anchor(
    opened: OpenedCheckpoint,
    origin: str,
    outside: tuple[VerifierKey, ...],
    options: Options,
    ledger: Ledger,
) -> None:
    if not options.anchored:
        ledger.not_run("L8.1", "no_anchor")
        return
    signed = bool(outside) and all(opened.signed_by(key) and key.name == origin for key in outside)
    expected = ", ".join(key.encode() for key in outside) or f"a key named {origin}"
    found = ", ".join(s.name for s in opened.note.signatures)
    ledger.check("L8.1", Where(file="checkpoint"), holds=signed, found=found, expected=expected)


def _check_policy(opened: OpenedCheckpoint, options: Options, ledger: Ledger) -> None:
    if options.policy is None:
        ledger.not_run("L8.2", "no_policy")
        return
    try:
        options.policy.check(opened)
    except LogError as error:
        ledger.problem(error.problem, Where(file="checkpoint"), code="L8.2")
    else:
        ledger.passed("L8.2")


def _times(opened: OpenedCheckpoint, options: Options) -> list[tuple[int, int]]:
    """Return size and earliest time at which witnesses of the policy saw this tree."""
    known = {w.key for w in options.policy.witnesses.values()} if options.policy else set()
    times = [s.time for s in opened.signed if s.time is not None and s.key in known and s.time <= LAST_TIME]
    return [(opened.checkpoint.size, min(times))] if times else []


def check_entries(context: Context, progress: Progress) -> bool:
    """Check form and order of every entry (L8.3–L8.5), and gather them. Return whether all could be read."""
    ledger, placing = context.ledger, Placing(context, context.election_id)
    progress.begin("L", context.log.size)
    try:
        for index, data in context.log.entries():
            progress.advance(1)
            entry = _parsed(data, index, ledger)
            if entry is None:
                continue
            if _add_files(context, entry):
                _place(placing, entry, ledger)
    except LogError as error:
        ledger.problem(error.problem)
        return False
    ledger.passed("L2.4")
    ledger.passed("L2.5")
    ledger.passed("L2.6", context.log.size)
    return True


def _parsed(data: bytes, index: int, ledger: Ledger) -> Entry | None:
    try:
        entry = parse_entry(data, index, "election")
    except LogError as error:
        name = error.problem.facts.get("field")
        where = Where(logged=index, field=str(name) if name else None)
        ledger.fail("L8.3", where, error.problem.found or "", error.problem.expected or "")
        return None
    ledger.passed("L8.3")
    return entry


def _place(placing: Placing, entry: Entry, ledger: Ledger) -> None:
    misplaced = list(placing.place(entry))
    for one in misplaced:
        code = "L8.4" if entry.kind == "definition" or entry.index == 0 else "L8.5"
        where = Where(
            vote=entry.fields.get("vote"),
            device=entry.fields.get("device"),
            logged=entry.index,
            field=one.field,
        )
        ledger.fail(code, where, one.found, one.expected)
    if not misplaced:
        ledger.passed("L8.5")


def _add_files(context: Context, entry: Entry) -> bool:
    """Note the files that an entry names; return False where one has another hash elsewhere (L8.7)."""
    good = True
    for _, ref in files_of(entry):
        known = context.files.setdefault(ref.path, (ref, entry.index))[0]
        where = Where(logged=entry.index, file=ref.path)
        same = context.ledger.check(
            "L8.7", where, holds=known == ref, found=ref.sha256, expected=known.sha256
        )
        good = good and same
    return good


def check_definition(context: Context) -> None:
    """Check that the log begins with its definition, and is signed by the key that stands there (L8.4)."""
    ledger, where = context.ledger, Where(logged=0)
    definition = context.definition
    if definition is None:
        if not ledger.failed("L8.4"):
            ledger.fail("L8.4", where, "another entry", "the definition")
        return
    if host_of(context.origin) is None:
        ledger.fail("L8.4", where, context.origin, f"HOST/ELECTION{LOG_SUFFIX}")
        return
    context.keys = _keys(context, definition)
    if context.keys is None:
        return
    try:
        key = parse_verifier_key(context.keys["log"])
        open_checkpoint(context.record.checkpoint(), (key,), context.origin)
    except LogError as error:
        ledger.problem(error.problem, where, code="L8.4")
        return
    ledger.passed("L8.4")


def _keys(context: Context, definition: Entry) -> dict[str, Any] | None:
    data = context.read(definition, "keys", "L8.4")
    if data is None:
        return None
    path = definition.fields["keys"]["path"]
    try:
        value = parse_json(data, "L8.8", path)
    except LogError as error:
        context.ledger.problem(error.problem, Where(logged=definition.index))
        return None
    faults = misfits_of_file("keys", value)
    for fault in faults:
        where = Where(logged=0, file=path, field=fault.path)
        context.ledger.fail("L8.8", where, fault.found, fault.expected)
    if faults:
        return None
    context.ledger.passed("L8.8")
    return value


def check_files(context: Context, progress: Progress) -> None:
    """Check that every committed file is there with its size and hash (L8.6), and has its form (L8.8)."""
    for ref, index in context.files.values():
        progress.advance(0)
        try:
            data = context.record.file(ref)
        except LogError as error:
            context.broken.add(ref.path)
            context.ledger.problem(error.problem, Where(logged=index), code="L8.6")
            continue
        context.ledger.passed("L8.6")
        del data
    for kind, name in (("tally", "tally"), ("result", "result"), ("root", "root")):
        for entry in context.entries(kind):
            _check_form(context, entry, name)


def _check_form(context: Context, entry: Entry, name: str) -> None:
    data = context.read(entry, "file", "L8.8")
    if data is None:
        return
    where = Where(logged=entry.index, file=entry.fields["file"]["path"])
    value = parse_form(data, name, where, context.ledger)
    if value is not None:
        context.ledger.passed("L8.8")


def parse_form(data: bytes, name: str, where: Where, ledger: Ledger) -> dict[str, Any] | None:
    """Return the value of a committed JSON file of a form that `entries.json` lists, or of `root.json`.

    None where it lacks it; then L8.8 failed.
    """
    try:
        value = parse_json(data, "L8.8", where.file or name)
    except LogError as error:
        ledger.problem(error.problem, where)
        return None
    faults = (
        [(path, found, expected) for path, found, expected in misfits(ROOT, value, "")]
        if name not in load_forms()["files"]
        else [(one.path, one.found, one.expected) for one in misfits_of_file(name, value)]
    )
    for path, found, expected in faults[:20]:
        ledger.fail("L8.8", Where(logged=where.logged, file=where.file, field=path), found, expected)
    return None if faults else value


def check_cosigned(context: Context) -> None:
    """Check that each older checkpoint is a tree of this log, and take its times (L8.10)."""
    entries = context.entries("cosigned")
    policy, key = context.options.policy, _own_key(context)
    if key is None:
        for entry in entries:
            context.ledger.not_run("L8.10", "L8.4", Where(logged=entry.index))
        return
    known = (key, *(w.key for w in policy.witnesses.values())) if policy else (key,)
    for entry in entries:
        try:
            opened = _earlier_tree(context, entry, key, known)
        except LogError as error:
            context.ledger.problem(error.problem, Where(logged=entry.index, field="note"), code="L8.10")
            continue
        context.ledger.passed("L8.10")
        context.cosigned += _times(opened, context.options)


def _earlier_tree(
    context: Context, entry: Entry, key: VerifierKey, known: tuple[VerifierKey, ...]
) -> OpenedCheckpoint:
    opened = open_checkpoint(entry.fields["note"].encode(), known, context.origin)
    old = opened.checkpoint
    if not opened.signed_by(key) or old.size > entry.index:
        raise LogError("L8.10", found=old.size, expected=f"at most {entry.index}, signed by the log")
    proof = context.log.consistency_proof(old.size)
    verify_consistency(old.size, old.root, context.log.size, context.log.root, proof)
    return opened


def _own_key(context: Context) -> VerifierKey | None:
    if context.keys is None:
        return None
    try:
        return parse_verifier_key(context.keys["log"])
    except LogError:
        return None


def extra_files(context: Context) -> tuple[tuple[str, ...] | None, int]:
    """Return files that nothing commits to, the first hundred by name and how many more; None if unknown.

    Tiles and checkpoints of the election log and of installed devices are committed to by their trees.
    """
    paths = context.record.paths()
    if paths is None:
        return None, 0
    folders = tuple(
        f"{device_folder(vote.vote, device)}/{rest}"
        for vote in context.votes.values()
        for device in vote.installations
        for rest in ("checkpoint", "tile/")
    )
    named: list[str] = []
    more = 0
    for path in paths:
        if path in context.files or path == "checkpoint" or path.startswith(("tile/", *folders)):
            continue
        if len(named) < NAMED_EXTRA:
            named.append(path)
        else:
            more += 1
    return tuple(named), more
