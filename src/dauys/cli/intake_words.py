"""What the verbs of `dauys intake` share: their words, their options, and how they report an error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dauys.cli.options import words_of
from dauys.cli.render import console, hint_of, sentence
from dauys.errors import InputError, Place, Problem
from dauys.intake.faults import IntakeError
from dauys.intake.keys import IntakeKey, parse_intake_key
from dauys.intake.receipt import Receipt
from dauys.record.faults import LogError
from dauys.words import Words

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
#: The line that was cut, rather than a refusal: sent again, it goes on.
_CUT = ("L7.3", "U1.13", "U1.14")
_NO = ("U1.15", "U1.16")


def intake_words(context: click.Context) -> Words:
    """Return the words of these commands in the language of the person who asks."""
    return Words(words_of(context).language, "intake", "log", "cli")


class Option(click.Option):
    """An option whose `help` is a key of this catalog."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the person who asks."""
        record = super().get_help_record(ctx)
        if record is None or self.help is None:
            return record
        return record[0], record[1].replace(self.help, intake_words(ctx).say(self.help), 1)


class _Told:
    """Help texts from this catalog: `help.intake`, `help.intake.VERB`."""

    name: str | None

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the text with its lines as they are."""
        key = "help.intake" if isinstance(self, click.Group) else f"help.intake.{self.name}"
        formatter.write_paragraph()
        for line in intake_words(ctx).say(key).split("\n"):
            formatter.write(f"  {line}\n" if line else "\n")


class Verb(_Told, click.Command):
    """A verb of the group."""


class Verbs(_Told, click.Group):
    """The group."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first line of each verb."""
        words = intake_words(ctx)
        rows = [(name, words.say(f"help.intake.{name}").split("\n")[0]) for name in self.commands]
        with formatter.section(words.say("commands")):
            formatter.write_dl(rows)


def reporting(function: Callable[..., int]) -> Callable[..., None]:
    """Let a command return its exit code. Errors are reported: a refusal leaves with 1, all else with 2."""

    @wraps(function)
    def run(*args: Any, **options: Any) -> None:
        context = click.get_current_context()
        try:
            code = function(*args, **options)
        except (IntakeError, LogError) as error:
            report(error.problem, intake_words(context))
            said_no = error.problem.facts.get("refused") is True or error.code in _NO
            code = 1 if said_no and error.code not in _CUT else 2
        except InputError as error:
            for problem in error.problems:
                report(problem, intake_words(context))
            code = 2
        except OSError as error:
            place = Place(file=str(error.filename or ""))
            report(Problem("L7.3", place, error.strerror or type(error).__name__, ""), intake_words(context))
            code = 2
        context.exit(code)

    return run


def report(problem: Problem, words: Words) -> None:
    """Write an error to stderr: place, sentence, code, and what to do."""
    out = console(sys.stderr)
    out.print(f"{words.say('error')}: {sentence(problem, words)}", style="red", highlight=False)
    hint = hint_of(problem, words)
    if hint:
        out.print(f"{words.say('hint')}: {hint}", style="cyan", highlight=False)


def say(key: str, /, *, err: bool = False, **facts: object) -> None:
    """Write a sentence."""
    click.echo(intake_words(click.get_current_context()).say(key, **facts), err=err)


def tell(receipt: Receipt) -> None:
    """Write what a receipt says."""
    fields = receipt.fields
    if receipt.kind == "protocol":
        say("receipt.protocol", of=receipt.of, what=fields["what"], at=receipt.at, count=fields["size"])
        return
    key = "receipt.sighting" if receipt.kind == "sighting" else f"receipt.{fields['what']}"
    say(key, of=receipt.of, vote=receipt.vote, at=receipt.at, count=fields["size"], root=fields["root"])


def read_intake_key(path: Path) -> IntakeKey:
    """Return the key of a key file. Raises LogError L3.3, OSError, IntakeError U1.18."""
    return parse_intake_key(path.read_bytes().decode(errors="replace"))
