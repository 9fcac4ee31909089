"""Groups of verbs, such as `dauys log append`, whose every word is in one catalog of the locale files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from errno import EDQUOT, EFBIG, ENOSPC, EROFS
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from dauys.cli.options import words_of
from dauys.cli.render import console, hint_of, report_error, sentence
from dauys.errors import FaultError, InputError, Place, Problem
from dauys.record.faults import LogError
from dauys.words import Words

SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
FOLDER: Final = click.Path(path_type=Path, file_okay=False)
FILE: Final = click.Path(path_type=Path, dir_okay=False)
#: What only a write can meet.
_OF_WRITES: Final = (EDQUOT, EFBIG, ENOSPC, EROFS)


def words_for(context: click.Context) -> Words:
    """Return the words of the group that a command belongs to, in the language of the person who asks."""
    at: click.Context | None = context
    while at is not None and not isinstance(at.command, Verbs):
        at = at.parent
    catalog = at.command.catalog if at is not None and isinstance(at.command, Verbs) else "cli"
    return Words(words_of(context).language, *dict.fromkeys((catalog, "log", "cli")))


class Option(click.Option):
    """An option whose `help` is a key of the group's catalog."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the person who asks."""
        record = super().get_help_record(ctx)
        if record is None or self.help is None:
            return record
        return record[0], record[1].replace(self.help, words_for(ctx).say(self.help), 1)


class Verb(click.Command):
    """A command whose text is `help.GROUP.VERB`."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it does, and an example that runs, its lines as they are."""
        group = ctx.parent.command.name if ctx.parent else ""
        _lines(formatter, words_for(ctx).say(f"help.{group}.{self.name}"))


class Verbs(click.Group):
    """A group of such commands; `catalog` names its locale files, its own name where none is given."""

    def __init__(self, *args: Any, catalog: str | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.catalog = catalog or self.name or "cli"

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write who this is for, and an example that runs."""
        _lines(formatter, words_for(ctx).say(f"help.{self.name}"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first line of each command."""
        words = words_for(ctx)
        rows = [(name, words.say(f"help.{self.name}.{name}").split("\n")[0]) for name in self.commands]
        with formatter.section(words.say("commands")):
            formatter.write_dl(rows)


def _lines(formatter: click.HelpFormatter, text: str) -> None:
    formatter.write_paragraph()
    for line in text.split("\n"):
        formatter.write(f"  {line}\n" if line else "\n")


def _unusable(_: FaultError) -> int:
    """Whatever is wrong with what a command was given leaves with 2."""
    return 2


def reporting(
    function: Callable[..., int | None], code_of: Callable[[FaultError], int] = _unusable
) -> Callable[..., None]:
    """Let a command return its exit code, and report errors. `code_of`: with which code one leaves."""

    @wraps(function)
    def run(*args: Any, **options: Any) -> None:
        context = click.get_current_context()
        try:
            code = function(*args, **options) or 0
        except InputError as error:
            report_error(error, words_of(context).language, last=False)
            code = 2
        except OSError as error:
            report(_of_system(error), words_for(context))
            code = 2
        except FaultError as error:
            report(error.problem, words_for(context))
            code = code_of(error)
        context.exit(code)

    return run


def _of_system(error: OSError) -> Problem:
    """Return what the system refused: a write where no read could fail so, else what may have been either."""
    key = "L7.3.write" if error.errno in _OF_WRITES else "L7.3.either"
    place = Place(file=str(error.filename or ""))
    return LogError("L7.3", found=error.strerror or error, place=place, sentence=key).problem


def report(problem: Problem, words: Words) -> None:
    """Write a problem to stderr: place, sentence, code, and what to do."""
    out = console(sys.stderr)
    out.print(f"{words.say('error')}: {sentence(problem, words)}", style="red", highlight=False)
    hint = hint_of(problem, words)
    if hint:
        out.print(f"{words.say('hint')}: {hint}", style="cyan", highlight=False)
