"""`dauys intake send`, `sighting`, `protocol`: what stations and observers send, until there is a receipt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from dauys.cli.intake_words import read_intake_key, reporting, say, tell
from dauys.cli.log_words import read_key
from dauys.cli.options import json_option, lang_option
from dauys.cli.verbs import FILE, FOLDER, SETTINGS, Option, Verb
from dauys.cli.verify import read_log_key
from dauys.intake.client import deliver, receipt_name, upload
from dauys.intake.parcels import device_of, protocol_parcel, sighting_parcel
from dauys.intake.receipt import Receipt
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.disk import Disk
from dauys.record.note import Note, parse_note


def _answer(function: Callable[..., int]) -> Callable[..., Any]:
    """Add what all senders share: the address, the folder of receipts, the key of the intake."""
    found: Callable[..., Any] = reporting(function)
    for decorate in (
        lang_option,
        json_option,
        click.option("--key", "vkey", cls=Option, metavar="VKEY", help="option.vkey"),
        click.option("--receipts", cls=Option, type=FOLDER, help="option.receipts"),
        click.argument("address", metavar="ADDRESS"),
    ):
        found = decorate(found)
    return found


@click.command(cls=Verb, name="send", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="DEVICE")
@_answer
def send(folder: Path, address: str, vkey: str | None, **given: Any) -> int:
    """Send the log of a device and keep the receipt."""
    return _kept(upload(folder, address, key=read_log_key(vkey)), vkey, **given)


@click.command(cls=Verb, name="sighting", context_settings=SETTINGS)
@click.argument("file", type=FILE, metavar="CHECKPOINT")
@click.option("--badge", cls=Option, required=True, metavar="ID", help="option.badge")
@click.option("--badge-key", cls=Option, required=True, type=FILE, help="option.badge_key")
@_answer
def sighting(file: Path, badge: str, badge_key: Path, address: str, vkey: str | None, **given: Any) -> int:
    """Send what an observer saw of a device, signed with the badge."""
    note = parse_note(file.read_bytes())
    origin = parse_checkpoint(note.text).origin
    own = tuple(line for line in note.signatures if line.name == origin)
    signed = Note(note.text, (*own, read_key(badge_key).sign(note.text)))
    parcel = sighting_parcel(*device_of(origin), badge, signed.encode())
    return _kept(deliver(parcel, address, key=read_log_key(vkey)), vkey, **given)


@click.command(cls=Verb, name="protocol", context_settings=SETTINGS)
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--vote", cls=Option, required=True, metavar="ELECTION/ROUND/REPEAT", help="option.vote")
@click.option("--station", cls=Option, required=True, metavar="ID", help="option.station")
@click.option("--what", cls=Option, required=True, metavar="ID", help="option.what")
@click.option("--signer", cls=Option, metavar="ID", help="option.signer")
@click.option("--signer-key", cls=Option, type=FILE, help="option.signer_key")
@_answer
def protocol(file: Path, address: str, vkey: str | None, **given: Any) -> int:
    """Send a protocol, or a picture of one."""
    signer, key_file = given.pop("signer"), given.pop("signer_key")
    if (signer is None) != (key_file is None):
        raise click.UsageError("--signer ID --signer-key FILE")
    vote, station, what = (given.pop(name) for name in ("vote", "station", "what"))
    sign = None if key_file is None else read_intake_key(key_file).sign
    parcel = protocol_parcel(vote, station, what, file.read_bytes(), signer=signer, sign=sign)
    return _kept(deliver(parcel, address, key=read_log_key(vkey)), vkey, **given)


def _kept(receipt: Receipt, vkey: str | None, receipts: Path | None, *, as_json: bool) -> int:
    """Keep a receipt durably and say what it says."""
    if receipts is not None:
        disk = Disk()
        disk.make_folders(receipts)
        disk.place(receipts / receipt_name(receipt), receipt.data)
    if as_json:
        click.echo(receipt.data.decode())
        return 0
    tell(receipt)
    if receipts is not None:
        say("intake.kept", file=str(receipts / receipt_name(receipt)))
    if vkey is None:
        say("intake.unchecked", name=receipt.intake, err=True)
    return 0
