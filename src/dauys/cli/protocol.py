"""`dauys protocol`: for the commission above a station, once the sums of its unit are opened."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from dauys.cli.log_words import read_bytes, read_key
from dauys.cli.new_file import write_new
from dauys.cli.options import lang_option, quiet_option
from dauys.cli.trustee_record import refusals
from dauys.cli.verbs import FILE, SETTINGS, Option, Verb, Verbs, reporting, words_for
from dauys.cli.verify_progress import Bars
from dauys.errors import InputError, Place, Problem
from dauys.record.book import open_record
from dauys.record.policy import parse_policy
from dauys.verify.options import Options
from dauys.verify.run import verify_record
from dauys.verify.tallied import Tallied, check_signer, entry_of, tallied
from dauys.words import Words

#: Chapters that totals rest on.
CHAPTERS = frozenset("LKBCT")


@click.group(cls=Verbs, name="protocol", context_settings=SETTINGS)
@lang_option
def command() -> None:
    """Hold the verbs."""


@command.command(cls=Verb, name="second", context_settings=SETTINGS)
@click.argument("record", metavar="RECORD")
@click.option("--station", cls=Option, required=True, metavar="ID", help="option.station")
@click.option("--vote", cls=Option, required=True, metavar="ELECTION/ROUND/REPEAT", help="option.vote")
@click.option("--policy", "policy_file", cls=Option, required=True, type=FILE, help="option.policy")
@click.option("--signer", cls=Option, required=True, metavar="ID", help="option.signer")
@click.option("--key", "key_file", cls=Option, required=True, type=FILE, help="option.key")
@click.option("--at", "moment", cls=Option, required=True, metavar="MOMENT", help="option.at")
@click.option("--reason", cls=Option, required=True, metavar="TEXT", help="option.reason")
@click.option("--out", cls=Option, required=True, type=FILE, help="option.out")
@quiet_option
@lang_option
@reporting
def second(record: str, station: str, vote: str, out: Path, **given: Any) -> int:
    """Make version 2 of a station's electronic protocols; leave with 1 where slips and tally disagree."""
    words = words_for(click.get_current_context())
    key, moment = read_key(given["key_file"]), _moment(given["moment"])
    policy = parse_policy(read_bytes(given["policy_file"]), str(given["policy_file"]))
    with tempfile.TemporaryDirectory(prefix="dauys-protocol-") as work, open_record(record) as source:
        options = Options(os.urandom(32), Path(work), policy=policy, chapters=CHAPTERS)
        with Bars(Words(words.language, "verify", "cli"), quiet=given["quiet"]) as bars:
            verified = verify_record(source, options, bars)
        problems = refusals(verified)
        if problems:
            raise InputError(problems)
        if verified.context is not None:
            check_signer(verified.context, station, given["signer"], key.verifier.public)
        made = tallied(verified, vote, station, moment, given["reason"])
        election = verified.report.election or ""
    lines = [entry_of(election, one.protocol, given["signer"], key) for one in made]
    write_new(out, b"".join(line + b"\n" for line in lines), 0o644)
    _tell(made, out, words)
    return int(any(one.disputed for one in made))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InputError([Problem("P3.6", Place(file="--at"), text, "2004-09-20T01:00:00+06:00")])
    return moment


def _tell(made: list[Tallied], out: Path, words: Words) -> None:
    for one in made:
        key = "second.disputed" if one.disputed else "second.agreed"
        different = [
            f"{name} {one.slips.get(name, 0)} ≠ {count}"
            for name, count in one.opened.items()
            if one.slips.get(name, 0) != count
        ]
        if one.blanks[0] != one.blanks[1]:
            different.append(f"invalid_ballots {one.blanks[0]} ≠ {one.blanks[1]}")
        click.echo(words.say(key, contest=one.protocol.contest, different=", ".join(different)))
    click.echo(words.say("second.done", count=len(made), file=str(out)))
