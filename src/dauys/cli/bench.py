"""`dauys bench`: the speed of this machine, in figures that can be carried to another."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from dauys import _core
from dauys.cli.ballot_timing import BallotTiming, time_ballots
from dauys.cli.options import SpokenCommand, SpokenOption, json_option, lang_option, words_of
from dauys.words import Words, group_digits


class _Group(click.Group):
    """A group whose help is in the locale files."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the group is for."""
        formatter.write_paragraph()
        formatter.write(f"  {_words(ctx).say('help.bench')}\n")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their lines."""
        rows = [(name, _words(ctx).say(f"command.{name}")) for name in self.list_commands(ctx)]
        with formatter.section(_words(ctx).say("commands")):
            formatter.write_dl(rows)


def _words(context: click.Context) -> Words:
    return Words(words_of(context).language, "bench")


class _Command(SpokenCommand):
    """A command whose help is in the catalog of this module."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the text with its paragraphs as they are."""
        formatter.write_paragraph()
        for line in _words(ctx).say(self.help or "").split("\n"):
            formatter.write(f"  {line}\n" if line else "\n")


class _Option(SpokenOption):
    """An option whose help is in the catalog of this module."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help."""
        record = click.Option.get_help_record(self, ctx)
        if record is None or self.help is None:
            return record
        return record[0], record[1].replace(self.help, _words(ctx).say(self.help), 1)


@click.group(cls=_Group, name="bench", context_settings={"help_option_names": ["-h", "--help"]})
@lang_option
def command() -> None:
    """Hold the kinds of measurement."""


@command.command(cls=_Command, name="ballots", help="help.ballots")
@click.option(
    "--seconds",
    cls=_Option,
    type=click.FloatRange(1, 3600),
    default=20.0,
    show_default=True,
    help="option.seconds",
)
@click.option("--engine", cls=_Option, type=click.Choice(_core.engines()), help="option.engine")
@json_option
@lang_option
@click.pass_context
def ballots(context: click.Context, seconds: float, engine: str | None, as_json: bool) -> None:
    """Time encryption, verification, sums and decryption of the reference ballot."""
    timing = time_ballots(seconds, engine or "")
    if as_json:
        click.echo(json.dumps(as_record(timing), indent=2))
        return
    click.echo("\n".join(page(timing, _words(context))))


def as_record(timing: BallotTiming) -> dict[str, object]:
    """Return the figures by name, the costs in decodings included."""
    return asdict(timing) | {
        "verify_decodings": round(timing.verify_decodings, 2),
        "encrypt_decodings": round(timing.encrypt_decodings, 1),
    }


def page(timing: BallotTiming, words: Words) -> list[str]:
    """Return the lines for a person."""
    rows = [
        ("row.encrypt", timing.encrypt_per_second),
        ("row.verify", timing.verify_per_second),
        ("row.hinted", timing.verify_hinted_per_second),
        ("row.add", timing.add_per_second),
        ("row.decrypt", timing.decrypt_per_second),
        ("row.decode", timing.decode_per_second),
    ]
    labels = {key: words.say(key) for key, _ in rows}
    width = max(map(len, labels.values()))
    figures = {key: group_digits(round(rate)) for key, rate in rows}
    right = max(map(len, figures.values()))
    return [
        words.say("head", cores=timing.cores, engine=timing.engine, runs=timing.runs),
        *(f"  {labels[key]:<{width}}  {figures[key]:>{right}}" for key, _ in rows),
        words.say("bytes", all=timing.ballot_bytes, cryptography=timing.cryptography_bytes),
        words.say(
            "decodings",
            verify=f"{timing.verify_decodings:.1f}",
            encrypt=f"{timing.encrypt_decodings:.0f}",
        ),
    ]
