"""`dauys witness`: for observers who let no log show two histories."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click

from dauys.cli.log_words import log_words, make_key, read_bytes, read_key, report
from dauys.cli.options import lang_option
from dauys.cli.verbs import FILE, FOLDER, SETTINGS, Option, Verb, Verbs, reporting
from dauys.record.cosignature import COSIGNATURE
from dauys.record.faults import LogError
from dauys.record.fork import parse_fork, verify_fork
from dauys.record.http_source import open_source, parse_address
from dauys.record.keys import parse_verifier_key
from dauys.record.witness import WatchedLog, Witness, create_witness, open_witness, watch_log
from dauys.record.witness_http import WitnessServer
from dauys.words import Words

KEY_FILE = "key"
READ_SECONDS = 30.0


@click.group(cls=Verbs, name="witness", catalog="log", context_settings=SETTINGS)
@lang_option
def command() -> None:
    """Hold the verbs of a witness."""


@command.command(cls=Verb, name="init", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="WITNESS")
@click.option("--name", cls=Option, required=True, metavar="NAME", help="option.name")
@lang_option
@reporting
def init(folder: Path, name: str) -> int:
    """Make a witness and its key."""
    folder.mkdir(parents=True, exist_ok=True)
    signer = make_key(folder / KEY_FILE, name, COSIGNATURE)
    create_witness(folder, signer.verifier)
    words = log_words(click.get_current_context())
    click.echo(words.say("witness.made", key=signer.verifier.encode()))
    return 0


@command.command(cls=Verb, name="add", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="WITNESS")
@click.option("--log", "vkey", cls=Option, required=True, metavar="VKEY", help="option.log")
@click.option("--url", cls=Option, metavar="ADDRESS", help="option.url")
@lang_option
@reporting
def add(folder: Path, vkey: str, url: str | None) -> int:
    """Watch a log from now on."""
    if url is not None and "://" in url:
        parse_address(url)
    log = WatchedLog(parse_verifier_key(vkey), url)
    config = watch_log(folder, log)
    words = log_words(click.get_current_context())
    click.echo(words.say("witness.added", origin=log.origin, count=len(config.logs)))
    return 0


@command.command(cls=Verb, name="serve", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="WITNESS")
@click.option("--listen", cls=Option, default="127.0.0.1:7380", metavar="HOST:PORT", help="option.listen")
@click.option("--every", cls=Option, type=click.IntRange(min=1), metavar="SECONDS", help="option.every")
@lang_option
@reporting
def serve(folder: Path, listen: str, every: int | None) -> int:
    """Answer logs that ask, and follow those that have an address."""
    match = re.fullmatch(r"\[?([0-9A-Za-z.:-]+?)\]?:([0-9]{1,5})", listen)
    if match is None or int(match[2]) > 65_535:
        raise LogError("L7.6", found=listen, expected="HOST:PORT")
    words = log_words(click.get_current_context())
    with open_witness(folder, read_key(folder / KEY_FILE)) as witness:
        try:
            server = WitnessServer((match[1], int(match[2])), witness, _now)
        except OSError as error:
            raise LogError("L7.3", found=str(error), expected=listen) from error
        with server:
            click.echo(words.say("witness.listening", address=f"{match[1]}:{server.server_port}"))
            stop = threading.Event()
            follower = threading.Thread(target=_repeat, args=(witness, every, words, stop))
            follower.start()
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                click.echo(words.say("witness.stopped"), err=True)
            finally:
                stop.set()
                follower.join()
    return 0


@command.command(cls=Verb, name="follow", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="WITNESS")
@lang_option
@reporting
def follow(folder: Path) -> int:
    """Read every log that has an address once, and cosign what continues it."""
    words = log_words(click.get_current_context())
    with open_witness(folder, read_key(folder / KEY_FILE)) as witness:
        return 0 if follow_all(witness, words, _now) else 1


@command.command(cls=Verb, name="judge", context_settings=SETTINGS)
@click.argument("evidence", type=FILE, metavar="EVIDENCE")
@click.option("--log", "vkey", cls=Option, required=True, metavar="VKEY", help="option.log")
@lang_option
@reporting
def judge(evidence: Path, vkey: str) -> int:
    """Say whether a file proves that a log signed two histories."""
    words = log_words(click.get_current_context())
    first, second = verify_fork(parse_fork(read_bytes(evidence)), parse_verifier_key(vkey))
    a, b = first.checkpoint, second.checkpoint
    click.echo(words.say("witness.judged", origin=a.origin, first=a.size, second=b.size))
    return 1


def follow_all(witness: Witness, words: Words, clock: Callable[[], int]) -> bool:
    """Follow every log that has an address; tell what came of each, and return whether all went well."""
    well = True
    for log in witness.config.logs:
        if log.url is None:
            continue
        try:
            with open_source(log.url, timeout=READ_SECONDS) as source:
                opened = witness.follow(log, source, clock())
            click.echo(words.say("witness.cosigned", origin=log.origin, size=opened.checkpoint.size))
        except LogError as error:
            well = False
            report(error, words)
    return well


def _repeat(witness: Witness, every: int | None, words: Words, stop: threading.Event) -> None:
    """Follow all logs every so many seconds until told to stop."""
    while every is not None and not stop.is_set():
        follow_all(witness, words, _now)
        stop.wait(every)


def _now() -> int:
    return int(time.time())
