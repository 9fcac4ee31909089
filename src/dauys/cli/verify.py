"""`dauys verify`: check a whole record, or settle what one receipt proves."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from dauys.cli.options import SpokenCommand, SpokenOption, json_option, lang_option, quiet_option, words_of
from dauys.cli.render import console, hint_of, sentence
from dauys.cli.verify_page import lines_of
from dauys.cli.verify_progress import Bars
from dauys.errors import InputError, Place, Problem
from dauys.record.book import Record, open_record
from dauys.record.faults import LogError
from dauys.record.keys import VerifierKey, parse_verifier_key
from dauys.record.policy import Policy, parse_policy
from dauys.verify.cache import Cache, read_key
from dauys.verify.dispute import Settled, settle_card, settle_receipt
from dauys.verify.options import Options
from dauys.verify.report import CHAPTERS
from dauys.verify.run import Verified, verify_record
from dauys.verify.workers import WorkerError
from dauys.words import Words

#: Bytes of a file that holds a key.
LONGEST_KEY = 4096
#: The last says of each control equation what differs.
DOMAINS = ("verify", "log", "cli", "formats", "site")
Decorated = TypeVar("Decorated", bound=Callable[..., Any])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class VerifyCommand(SpokenCommand):
    """A command whose texts are in the locale files of verification."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it is for."""
        formatter.write_paragraph()
        for line in verify_words(ctx).say(self.help or "").split("\n"):
            formatter.write(f"  {line}\n" if line else "\n")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write an example that runs."""
        formatter.write_paragraph()
        for line in verify_words(ctx).say(self.epilog or "").split("\n"):
            formatter.write(f"{line}\n")


class VerifyOption(SpokenOption):
    """An option whose help is a key of these locale files."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the person who asks."""
        record = click.Option.get_help_record(self, ctx)
        if record is None or self.help is None:
            return record
        return record[0], record[1].replace(self.help, verify_words(ctx).say(self.help, letters=CHAPTERS), 1)


def verify_words(context: click.Context) -> Words:
    """Return the words of these commands in the language of the person who asks."""
    return Words(words_of(context).language, *DOMAINS)


def option(*names: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """Return an option of these commands."""
    return click.option(*names, cls=VerifyOption, **settings)


@click.command("verify", cls=VerifyCommand, help="help.verify", epilog="help.verify_example")
@click.argument("record")
@option("--policy", "policy_file", type=FILE, help="option.verify.policy")
@option("--log-key", "log_key", metavar="KEY", help="option.verify.log_key")
@option("--only", multiple=True, type=click.Choice(list(CHAPTERS)), help="option.verify.only")
@option("--station", metavar="ID", help="option.verify.station")
@option("--strict", is_flag=True, help="option.verify.strict")
@option("--workers", type=click.IntRange(1, 1024), help="option.verify.workers")
@option("--dask", metavar="ADDRESS", help="option.verify.dask")
@option("--cache", "cache_folder", type=click.Path(path_type=Path), help="option.verify.cache")
@option("--no-cache", "no_cache", is_flag=True, help="option.verify.no_cache")
@option("--receipt", type=FILE, help="option.verify.receipt")
@option("--card", metavar="NAME", help="option.verify.card")
@option("--code", metavar="CODE", help="option.verify.code")
@json_option
@quiet_option
@lang_option
@click.pass_context
def command(context: click.Context, /, record: str, **given: Any) -> None:
    """Check a record; the text of the help page is in the locale files."""
    words = verify_words(context)
    if (given["code"] and not given["card"]) or (given["card"] and given["receipt"]):
        raise click.UsageError("--receipt FILE | --card NAME [--code CODE]")
    with _reporting(context, words), tempfile.TemporaryDirectory(prefix="dauys-verify-") as work:
        options = _options(Path(work), given)
        with open_record(record) as opened:
            if given["receipt"] is not None or given["card"] is not None:
                _tell_settled(context, words, _settle(opened, options, given), as_json=given["as_json"])
                return
            with Bars(words, quiet=given["quiet"] or given["as_json"]) as bars:
                verified = verify_record(opened, options, bars)
        _refuse_unknown(verified, options.station)
        _tell(context, words, verified, given)


def _options(work: Path, given: Mapping[str, Any]) -> Options:
    return Options(
        os.urandom(32),
        work,
        policy=read_policy(given["policy_file"]),
        log_key=read_log_key(given["log_key"]),
        chapters=frozenset(given["only"]) or frozenset(CHAPTERS),
        station=given["station"],
        workers=given["workers"],
        dask=given["dask"],
        cache=None if given["no_cache"] else _cache(given["cache_folder"]),
    )


def _refuse_unknown(verified: Verified, station: str | None) -> None:
    """Refuse a station that this election has not: of a slip of the pen nothing may be called verified."""
    election = verified.context.election if verified.context else None
    if station is not None and election is not None and all(s.id != station for s in election.stations):
        expected = "a station of this election"
        raise InputError([Problem("E1.10", Place(path="--station"), station, expected)])


@contextmanager
def _reporting(context: click.Context, words: Words) -> Iterator[None]:
    """Say what made a verdict impossible, and leave with 2; with 130 where a person interrupts."""
    try:
        yield
    except (LogError, WorkerError) as error:
        out = console(sys.stderr)
        out.print(f"{words.say('error')}: {sentence(error.problem, words)}", style="red")
        hint = hint_of(error.problem, words)
        if hint:
            out.print(f"{words.say('hint')}: {hint}", style="cyan")
        context.exit(2)
    except KeyboardInterrupt:
        click.echo(words.say("verify.interrupted"), err=True)
        context.exit(130)


def read_policy(file: Path | None) -> Policy | None:
    """Return the policy of a file, None without one. Raises LogError L4.2."""
    return None if file is None else parse_policy(file.read_bytes(), str(file))


def read_log_key(text: str | None) -> VerifierKey | None:
    """Return the key that is given as text or as a file, None without one. Raises LogError L3.3."""
    if text is None:
        return None
    try:
        with Path(text).open("rb") as file:
            # What is no text is no key: the key's own parser says so.
            text = file.read(LONGEST_KEY).decode("utf-8", "replace").strip()
    except OSError:
        pass  # No file of that name: it is the key itself.
    return parse_verifier_key(text)


def _cache(folder: Path | None) -> Cache | None:
    """Return the cache of this user; None where its key cannot be kept safe: then all is done anew."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "dauys"
    place = folder or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dauys" / "verified"
    try:
        return Cache(place, read_key(home / "cache.key", os.urandom))
    except OSError as error:
        if folder is not None:
            raise InputError([Problem("E1.9", Place(file=str(folder)), str(error), "--cache")]) from error
        return None


def _settle(record: Record, options: Options, given: Mapping[str, Any]) -> Settled:
    receipt: Path | None = given["receipt"]
    if receipt is not None:
        return settle_receipt(record, options, receipt.read_bytes())
    return settle_card(record, options, given["card"], given["code"])


def _tell_settled(context: click.Context, words: Words, settled: Settled, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(settled.as_json(), ensure_ascii=False))
    else:
        click.echo(words.say(f"dispute.{settled.verdict}", **settled.facts))
        if not settled.anchored:
            click.echo(words.say("verify.not_anchored"))
    context.exit(settled.exit_code)


def _tell(context: click.Context, words: Words, verified: Verified, given: Mapping[str, Any]) -> None:
    report = verified.report
    if given["as_json"]:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    elif not given["quiet"]:
        out = console()
        ballots = sum(one.ballots for one in verified.counted.devices.values()) if verified.counted else 0
        for line, style in lines_of(report, words, ballots):
            out.print(line, style=style, highlight=False)
    context.exit(report.exit_code(strict=given["strict"]))
