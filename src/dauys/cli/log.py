"""`dauys log`: the only writer of an election log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from dauys.cli.log_words import log_words, make_key, read_bytes, read_key, report
from dauys.cli.options import json_option, lang_option
from dauys.cli.verbs import FILE, FOLDER, SETTINGS, Option, Verb, Verbs, reporting
from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint
from dauys.record.faults import LogError
from dauys.record.http_source import HttpClient
from dauys.record.keys import ED25519, VerifierKey, parse_verifier_key
from dauys.record.policy import Policy, parse_policy, verify_checkpoint
from dauys.record.proof import TlogProof
from dauys.record.store import LogStore, create_log, open_log
from dauys.record.witness_http import ask_witness
from dauys.record.writer import open_record_writer
from dauys.words import Words

ASK_SECONDS = 30.0


@click.group(cls=Verbs, name="log", catalog="log", context_settings=SETTINGS)
@lang_option
def command() -> None:
    """Hold the verbs of a log."""


@command.command(cls=Verb, name="create", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="LOG")
@click.option("--origin", cls=Option, required=True, metavar="NAME", help="option.origin")
@click.option("--key", "key_file", cls=Option, required=True, type=FILE, help="option.key")
@click.option("--guard", "guards", cls=Option, multiple=True, type=FOLDER, help="option.guard")
@json_option
@lang_option
@reporting
def create(folder: Path, origin: str, key_file: Path, guards: tuple[Path, ...], as_json: bool) -> int:
    """Make a log, and its key unless that is there."""
    signer = read_key(key_file) if key_file.exists() else make_key(key_file, origin, ED25519)
    if signer.verifier.name != origin or signer.verifier.is_witness:
        raise LogError("L5.4", found=signer.verifier.encode(), expected=origin, hint="log_key")
    create_log(folder, signer, guards=guards)
    vkey = signer.verifier.encode()
    if as_json:
        click.echo(json.dumps({"origin": origin, "key": vkey, "size": 0}))
    else:
        click.echo(log_words(click.get_current_context()).say("log.created", origin=origin, key=vkey))
    return 0


@command.command(cls=Verb, name="append", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="LOG")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("--lines", cls=Option, is_flag=True, help="option.lines")
@click.option("--record", "is_record", cls=Option, is_flag=True, help="option.append_record")
@json_option
@lang_option
@reporting
def append(folder: Path, files: tuple[Path, ...], lines: bool, is_record: bool, as_json: bool) -> int:
    """Take entries into the log; nothing is published yet."""
    with open_record_writer(folder) as writer:
        log = writer.store
        words = log_words(click.get_current_context())
        _tell_torn(log, words)
        before = log.end
        if is_record:
            # All before the first is taken: an entry without its form is never in a log again.
            for data in list(_entries(files, lines=lines)):
                writer.append_bytes(data)
            writer.flush()
            end = log.end
        else:
            end = log.append(_entries(files, lines=lines))
        if as_json:
            click.echo(json.dumps({"first": before, "end": end, "published": log.size}))
        else:
            click.echo(words.say("log.appended", count=end - before, end=end))
    return 0


def _entries(files: tuple[Path, ...], *, lines: bool) -> Iterator[bytes]:
    """Yield one entry a file, or one a line; a line is given without its newline, and is not empty."""
    for path in files:
        data = read_bytes(path)
        if not lines:
            yield data
            continue
        yield from (line for line in data.split(b"\n") if line)


@command.command(cls=Verb, name="publish", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="LOG")
@click.option("--key", "key_file", cls=Option, required=True, type=FILE, help="option.key")
@click.option("--policy", "policy_file", cls=Option, type=FILE, help="option.policy")
@click.option("--witness", "urls", cls=Option, multiple=True, metavar="URL", help="option.witness")
@click.option("--witness-key", "vkeys", cls=Option, multiple=True, metavar="VKEY", help="option.witness_key")
@json_option
@lang_option
@reporting
def publish(
    folder: Path,
    *,
    key_file: Path,
    policy_file: Path | None,
    urls: tuple[str, ...],
    vkeys: tuple[str, ...],
    as_json: bool,
) -> int:
    """Sign what was taken, show it, and have it cosigned."""
    policy = parse_policy(read_bytes(policy_file), str(policy_file)) if policy_file else None
    keys = tuple(map(parse_verifier_key, vkeys)) + (_witness_keys(policy) if policy else ())
    asked = urls or tuple(w.url for w in (policy.witnesses.values() if policy else ()) if w.url)
    if asked and not keys:
        raise LogError("L6.7", found="no key", expected="the key of a witness", hint="witness_key")
    with open_log(folder) as log:
        words = log_words(click.get_current_context())
        _tell_torn(log, words)
        before = log.size
        log.publish(read_key(key_file))
        errors = [error for url in asked if (error := _ask(log, url, keys)) is not None]
        if policy:
            try:
                verify_checkpoint(log.shown().note.encode(), policy)
            except LogError as error:
                errors.append(error)
        _tell_published(log, before, keys, errors, as_json=as_json, words=words)
    return 1 if errors else 0


def _witness_keys(policy: Policy) -> tuple[VerifierKey, ...]:
    return tuple(w.key for w in policy.witnesses.values())


def _ask(log: LogStore, url: str, keys: tuple[VerifierKey, ...]) -> LogError | None:
    """Show the cosignatures of one witness; return why there are none. The log is published in any case."""
    try:
        with HttpClient(url, timeout=ASK_SECONDS) as client:
            log.add_cosignatures(ask_witness(client, keys, log.signed, log.reader()), keys)
    except LogError as error:
        return error
    return None


def _tell_published(
    log: LogStore,
    before: int,
    keys: tuple[VerifierKey, ...],
    errors: list[LogError],
    *,
    as_json: bool,
    words: Words,
) -> None:
    times = _times(log.shown(), keys)
    root = log.signed.checkpoint.root.hex()
    if as_json:
        document = {
            "origin": log.origin,
            "size": log.size,
            "root": root,
            "new": log.size - before,
            "cosigned": times,
            "failed": [
                {"code": e.code, "place": e.problem.place.file, "found": e.problem.found} for e in errors
            ],
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for error in errors:
        report(error, words)
    for name, time in times.items():
        click.echo(words.say("log.cosigned", name=name, time=datetime.fromtimestamp(time, UTC).isoformat()))
    click.echo(
        words.say("log.published", count=log.size - before, origin=log.origin, size=log.size, root=root)
    )


def _times(shown: OpenedCheckpoint, keys: tuple[VerifierKey, ...]) -> dict[str, int]:
    """Return who cosigned and when, in seconds since 1970."""
    if not any(key.made(s) for key in keys for s in shown.note.signatures):
        return {}
    opened = open_checkpoint(shown.note.encode(), keys)
    return {s.key.name: s.time for s in opened.signed if s.time is not None}


def _tell_torn(log: LogStore, words: Words) -> None:
    """Say what a crash had left; it was never acknowledged."""
    if log.torn:
        click.echo(words.say("log.torn", bytes=log.torn), err=True)


@command.command(cls=Verb, name="proof", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="LOG")
@click.argument("index", type=click.IntRange(min=0))
@click.argument("out", type=FILE, metavar="OUT")
@lang_option
@reporting
def proof(folder: Path, index: int, out: Path) -> int:
    """Write the proof that one entry stands in the log."""
    with open_log(folder) as log:
        hashes = log.reader().inclusion_proof(index)
        out.write_bytes(TlogProof(index, hashes, log.shown().note).encode())
        words = log_words(click.get_current_context())
        click.echo(words.say("log.proof", index=str(index), size=log.size, file=str(out)))
    return 0
