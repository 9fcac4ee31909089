"""`dauys kit`: for a commission that sets up polling stations, and for a station that gets a kit."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Final

import click

from dauys.cli.log_words import PublicKey, make_key, read_bytes, read_key
from dauys.cli.new_file import write_new
from dauys.cli.options import lang_option
from dauys.cli.verbs import FILE, SETTINGS, Option, Verb, Verbs, reporting, words_for
from dauys.formats.voters import SALT_BYTES
from dauys.record.book import open_record
from dauys.record.keys import ED25519
from dauys.verify.kit import Kit, read_kit
from dauys.verify.kit_file import MAX_KIT
from dauys.verify.kit_make import Order, freeze_extract, make_kit

RECORD: Final = click.argument("record", metavar="RECORD")
STATION: Final = click.option("--station", cls=Option, required=True, metavar="ID", help="option.station")
VOTE: Final = click.option("--vote", cls=Option, metavar="ELECTION/ROUND/REPEAT", help="option.vote")
POLICY: Final = click.option("--policy", cls=Option, type=FILE, help="option.policy")


@click.group(cls=Verbs, name="kit", context_settings=SETTINGS)
@lang_option
def command() -> None:
    """Hold the verbs."""


@command.command(cls=Verb, name="key", context_settings=SETTINGS)
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--name", cls=Option, required=True, metavar="NAME", help="option.name")
@lang_option
@reporting
def key(file: Path, name: str) -> None:
    """Make the key of a commission."""
    signer = make_key(file, name, ED25519)
    click.echo(_say("key.made", file=str(file), key=signer.verifier.public.hex()))


@command.command(cls=Verb, name="register", context_settings=SETTINGS)
@RECORD
@STATION
@click.option("--voters", cls=Option, required=True, type=FILE, help="option.voters_table")
@click.option("--out", cls=Option, required=True, type=FILE, help="option.out_extract")
@VOTE
@lang_option
@reporting
def register(record: str, station: str, voters: Path, out: Path, vote: str | None) -> None:
    """Check a table of voters and write the extract that is frozen."""
    with open_record(record) as source, tempfile.TemporaryDirectory(prefix="dauys-kit-") as work:
        salt = os.urandom(SALT_BYTES)
        extract = freeze_extract(source, station, vote, voters, salt=salt, work=Path(work))
    write_new(out, extract.encode())
    click.echo(_say("register.made", count=len(extract.voters), station=station, file=str(out)), err=True)
    click.echo(f"{station},{len(extract.voters)},{extract.hash}")


@command.command(cls=Verb, name="make", context_settings=SETTINGS)
@RECORD
@STATION
@click.option("--voters", cls=Option, required=True, type=FILE, help="option.voters")
@click.option("--key", "key_file", cls=Option, required=True, type=FILE, help="option.key")
@click.option("--out", cls=Option, required=True, type=FILE, help="option.out")
@POLICY
@VOTE
@click.option(
    "--version", cls=Option, type=click.IntRange(1, 1_000_000), default=1, show_default=True,
    help="option.version",
)  # fmt: skip
@lang_option
@reporting
def make(record: str, station: str, voters: Path, key_file: Path, out: Path, **given: Any) -> None:
    """Make the kit of a station and sign it."""
    policy = read_bytes(given["policy"]) if given["policy"] else None
    signer = read_key(key_file)
    order = Order(station, _bytes(voters), policy, given["vote"], given["version"])
    with open_record(record) as source, tempfile.TemporaryDirectory(prefix="dauys-kit-") as work:
        made = make_kit(source, order, signer.verifier.public, signer.sign_hash, Path(work))
    write_new(out, made.data)
    _tell(made.kit)
    click.echo(_say("make.next", file=str(out)))


@command.command(cls=Verb, name="check", context_settings=SETTINGS)
@click.argument("kit", type=FILE, metavar="KIT")
@click.option("--key", "public", cls=Option, type=PublicKey(), metavar="KEY", help="option.public")
@lang_option
@reporting
def check(kit: Path, public: bytes | None) -> None:
    """Check a kit as a station does, and say what to compare aloud."""
    _tell(read_kit(kit, public))
    if public is None:
        click.echo(_say("check.unknown"))


def _tell(kit: Kit) -> None:
    facts = {"station": kit.station, "vote": kit.vote_id, "version": str(kit.version)}
    click.echo(_say("told.kit", voters=len(kit.voters), **facts))
    for device in kit.devices:
        click.echo(_say("told.device", device=device.id, kind=_say(f"kind.{device.kind}"),
                        count=len(device.cards)))  # fmt: skip
    click.echo(_say("told.times", opens=kit.opens.isoformat("T", "minutes"),
                    closes=kit.closes.isoformat("T", "minutes")))  # fmt: skip
    if kit.simulation is not None:
        click.echo(kit.simulation)
    signer = f"{kit.commission} {kit.commission_key.hex()}"
    click.echo(_say("told.signed", commission=signer, fingerprint=kit.fingerprint))


def _say(sentence: str, **facts: object) -> str:
    return words_for(click.get_current_context()).say(sentence, **facts)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_KIT)
