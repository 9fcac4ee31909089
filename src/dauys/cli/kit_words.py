"""What the verbs of `dauys kit` share: their words, their options, and how they report an error."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dauys.cli.log_words import log_words
from dauys.cli.log_words import report as report_log
from dauys.cli.options import words_of
from dauys.cli.render import report_error
from dauys.errors import InputError, Place, Problem
from dauys.record.faults import LogError
from dauys.words import Words

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
FILE = click.Path(path_type=Path, dir_okay=False)


def kit_words(context: click.Context) -> Words:
    """Return the words of these commands in the language of the person who asks."""
    return Words(words_of(context).language, "kit", "cli")


class Option(click.Option):
    """An option whose `help` is a key of this catalog."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the person who asks."""
        record = super().get_help_record(ctx)
        if record is None or self.help is None:
            return record
        return record[0], record[1].replace(self.help, kit_words(ctx).say(self.help), 1)


class _Told:
    """Help texts from this catalog: `help.kit`, `help.kit.VERB`."""

    name: str | None

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the text with its lines as they are."""
        key = "help.kit" if isinstance(self, click.Group) else f"help.kit.{self.name}"
        formatter.write_paragraph()
        for line in kit_words(ctx).say(key).split("\n"):
            formatter.write(f"  {line}\n" if line else "\n")


class Verb(_Told, click.Command):
    """A verb of the group."""


class Verbs(_Told, click.Group):
    """The group."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first line of each verb."""
        words = kit_words(ctx)
        rows = [(name, words.say(f"help.kit.{name}").split("\n")[0]) for name in self.commands]
        with formatter.section(words.say("commands")):
            formatter.write_dl(rows)


def reporting(function: Callable[..., None]) -> Callable[..., None]:
    """Report errors of input and logs to the person, every one, and leave with 2."""

    @wraps(function)
    def run(*args: Any, **options: Any) -> None:
        context = click.get_current_context()
        try:
            function(*args, **options)
        except InputError as error:
            report_error(error, words_of(context).language, last=False)
            context.exit(2)
        except LogError as error:
            report_log(error, log_words(context))
            context.exit(2)
        except OSError as error:
            place = Place(file=str(error.filename or ""))
            problem = Problem("E1.9", place, error.strerror, facts={"found": error.strerror or ""})
            report_error(InputError([problem]), words_of(context).language, last=False)
            context.exit(2)

    return run
