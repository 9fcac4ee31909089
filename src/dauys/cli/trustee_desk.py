"""What all steps of a trustee share: options, passphrase, questions, and their texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dauys.cli.options import SpokenCommand, SpokenOption, json_option, lang_option, words_of
from dauys.cli.stick import Folders
from dauys.cli.trustee_page import document, print_outcome, report
from dauys.crypto.stick import Outcome, Stick
from dauys.errors import InputError
from dauys.words import Words


@dataclass(frozen=True, slots=True)
class Desk:
    """What every step is given: folders, where the passphrase comes from, and how to talk."""

    folders: Folders
    passphrase_file: Path | None
    work: int | None
    as_json: bool
    yes: bool
    words: Words

    def passphrase(self, *, new: bool = False) -> str:
        """Return the passphrase, typed unseen or from a file; never an argument."""
        if self.passphrase_file is not None:
            return self.passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
        text = self.words.say("passphrase.new" if new else "passphrase.ask")
        again = self.words.say("passphrase.again") if new else False
        typed: str = click.prompt(text, hide_input=True, confirmation_prompt=again, err=True)
        return typed

    def confirm(self, key: str, **facts: object) -> None:
        """Ask before what cannot be undone; leave with 130 if the answer is no."""
        if not self.yes:
            click.echo(self.words.say(f"danger.{key}", **facts), err=True)
            click.confirm(self.words.say("danger.ask"), abort=True, err=True)

    def say(self, name: str, outcome: Outcome, stick: Stick | None) -> int:
        """Print what a step did; return the exit code: 0 done, 1 a check failed, 2 it could not begin."""
        if self.as_json:
            click.echo(json.dumps(document(name, outcome, stick), ensure_ascii=False, indent=1))
        else:
            print_outcome(outcome, stick, self.folders, self.words)
        if outcome.problems:
            return 1
        return 2 if outcome.next.startswith(("wait_", "first_")) and not outcome.files else 0


class Option(SpokenOption):
    """An option whose `help` is a key of the locale files of trustees, or of those all commands share."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the person who asks."""
        record = click.Option.get_help_record(self, ctx)
        if record is None or self.help is None:
            return record
        words = Words(words_of(ctx).language, "trustee", "cli")
        return record[0], record[1].replace(self.help, words.say(self.help), 1)


class SpokenGroup(click.Group):
    """A group whose texts come from the locale files of trustees."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the steps in their order, each with its line."""
        words = Words(words_of(ctx).language, "trustee", "cli")
        rows = [(name, words.say(f"step.{name}")) for name in self.commands]
        with formatter.section(words.say("steps")):
            formatter.write_dl(rows)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write who this is for and an example."""
        words = Words(words_of(ctx).language, "trustee", "cli")
        formatter.write_paragraph()
        with formatter.indentation():
            for line in words.say("help.trustee").split("\n"):
                formatter.write_text(line)


class Step(SpokenCommand):
    """A step, whose help is `step.NAME` of the locale files."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the step does."""
        words = Words(words_of(ctx).language, "trustee", "cli")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(words.say(f"step.{self.name}"))


def step_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of all steps and a `Desk` as its first argument."""

    @wraps(function)
    def run(**options: Any) -> None:
        context = click.get_current_context()
        words = Words(words_of(context).language, "trustee", "cli")
        desk = Desk(
            Folders(options.pop("stick"), options.pop("table")),
            options.pop("passphrase_file"),
            options.pop("work"),
            options.pop("as_json"),
            options.pop("yes"),
            words,
        )
        try:
            function(desk, **options)
        except InputError as error:
            report(error, words)
            context.exit(2)

    folder = click.Path(path_type=Path, file_okay=False)
    decorators = [
        click.option("--stick", cls=Option, required=True, type=folder, help="option.stick"),
        click.option("--table", cls=Option, type=folder, help="option.table"),
        click.option(
            "--passphrase-file",
            cls=Option,
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="option.passphrase_file",
        ),
        # Cheaper sealing for rehearsals and tests, where nothing is secret.
        click.option("--work", type=click.IntRange(1, 22), hidden=True),
        click.option("--yes", cls=Option, is_flag=True, help="option.yes"),
        json_option,
        lang_option,
    ]
    for decorate in reversed(decorators):
        run = decorate(run)
    return run
