"""`dauys intake`: for whoever receives what stations send, for who sends it, and for who checks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from dauys.cli.intake_hand import hand
from dauys.cli.intake_send import protocol, send, sighting
from dauys.cli.intake_words import read_intake_key, reporting, say, tell
from dauys.cli.log_words import make_key
from dauys.cli.options import json_option, lang_option
from dauys.cli.verbs import FILE, FOLDER, SETTINGS, Option, Verb, Verbs
from dauys.cli.verify import read_log_key
from dauys.intake.against_record import check_in_record
from dauys.intake.app import IntakeApp
from dauys.intake.count import counted
from dauys.intake.faults import IntakeError, at
from dauys.intake.known import Directory
from dauys.intake.receipt import MAX_RECEIPT, check_receipt
from dauys.intake.receiver import open_intake
from dauys.intake.server import LOOPBACK, IntakeServer
from dauys.intake.shelf import create_intake
from dauys.record.book import open_record
from dauys.record.faults import LogError
from dauys.record.keys import ED25519, VerifierKey


@click.group(cls=Verbs, name="intake", context_settings=SETTINGS)
@lang_option
def command() -> None:
    """Hold the verbs."""


@command.command(cls=Verb, name="init", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="FOLDER")
@click.option("--name", cls=Option, required=True, metavar="NAME", help="option.name")
@click.option("--key", "key_file", cls=Option, required=True, type=FILE, help="option.key")
@lang_option
@reporting
def init(folder: Path, name: str, key_file: Path) -> int:
    """Make the folder of an intake, and its key unless that is there."""
    if not key_file.exists():
        make_key(key_file, name, ED25519)
    key = read_intake_key(key_file).verifier
    if key.name != name:
        raise IntakeError("U1.18", found=key.encode(), expected=name, hint="intake_key")
    create_intake(folder, key)
    say("intake.made", key=key.encode())
    return 0


@command.command(cls=Verb, name="serve", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="FOLDER")
@click.option("--record", cls=Option, required=True, metavar="RECORD", help="option.record")
@click.option("--key", "key_file", cls=Option, required=True, type=FILE, help="option.key")
@click.option("--log-key", cls=Option, metavar="VKEY", help="option.log_key")
@click.option("--host", cls=Option, default=LOOPBACK, show_default=True, help="option.host")
@click.option(
    "--port", cls=Option, type=click.IntRange(0, 65_535), default=7390, show_default=True, help="option.port"
)
@lang_option
@reporting
def serve(folder: Path, record: str, key_file: Path, log_key: str | None, **listen: Any) -> int:
    """Receive until the person ends it."""
    directory = Directory(record, read_log_key(log_key))
    with open_intake(folder, read_intake_key(key_file), directory) as intake:
        try:
            server = IntakeServer(IntakeApp(intake, _now), **listen)
        except (OSError, TypeError, UnicodeError) as error:
            # A name that is none is a fault of another kind to the system than one that is not known.
            raise LogError(
                "L7.3", found=str(error), expected="a free port", place=at(listen["host"])
            ) from error
        with server:
            say("intake.listening", address=f"{listen['host']}:{server.server_port}")
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                say("intake.stopped", err=True)
    return 0


for verb in (send, sighting, protocol, hand):
    command.add_command(verb)


@command.command(cls=Verb, name="check", context_settings=SETTINGS)
@click.argument("file", type=FILE, metavar="RECEIPT")
@click.option("--key", "vkey", cls=Option, required=True, metavar="VKEY", help="option.vkey")
@click.option("--record", cls=Option, metavar="RECORD", help="option.check_record")
@json_option
@lang_option
@reporting
def check(file: Path, vkey: str, record: str | None, as_json: bool) -> int:
    """Check a receipt, and with a record whether that holds what was received."""
    receipt = check_receipt(_read(file), _given(vkey))
    tree = None
    if record is not None and receipt.kind != "protocol":
        with open_record(record) as opened:
            tree = check_in_record(receipt, opened)
    if as_json:
        click.echo(
            json.dumps({"receipt": dict(receipt.fields), "record": tree and tree.size}, sort_keys=True)
        )
        return 0
    tell(receipt)
    say("intake.holds", name=receipt.intake)
    if tree is not None:
        say("intake.in_record", count=tree.size)
    elif record is not None:
        say("intake.no_tree", err=True)
    return 0


@command.command(cls=Verb, name="count", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="FOLDER")
@json_option
@lang_option
@reporting
def count(folder: Path, as_json: bool) -> int:
    """Count what was received; exit code 1 where a device signed two histories."""
    found = counted(folder)
    if as_json:
        devices = [
            {name: getattr(one, name) for name in ("vote", "device", "size", "ballots", "sealed", "uploads")}
            for one in found.devices
        ]
        told = {"ballots": found.ballots, "devices": devices, "forks": found.forks}
        click.echo(json.dumps({**told, "protocols": found.protocols, "sightings": found.sightings}))
        return 1 if found.forks else 0
    for one in found.devices:
        say(
            "intake.sealed" if one.sealed else "intake.open",
            device=one.device,
            vote=one.vote,
            count=one.ballots,
        )
    say("intake.total", count=found.ballots, devices=len(found.devices))
    say("intake.beside", protocols=found.protocols, sightings=found.sightings)
    if found.forks:
        say("intake.forks", count=found.forks, folder=str(folder / "evidence"))
    return 1 if found.forks else 0


def _given(vkey: str) -> VerifierKey:
    key = read_log_key(vkey)
    if key is None:
        raise click.UsageError("--key")
    return key


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MAX_RECEIPT + 1)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
