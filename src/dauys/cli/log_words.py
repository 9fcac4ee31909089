"""What the commands of logs and witnesses share: their words, their options, and how they report an error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dauys.cli.options import SpokenOption, words_of
from dauys.cli.render import console, hint_of, sentence
from dauys.errors import Place
from dauys.record.faults import LogError
from dauys.record.keys import Signer, encode_secret_key, parse_secret_key
from dauys.words import Words

SEED_BYTES = 32
SETTINGS = {"help_option_names": ["-h", "--help"]}
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


def log_words(context: click.Context) -> Words:
    """Return the words of these commands in the language of the person who asks."""
    return Words(words_of(context).language, "log", "cli")


class Option(SpokenOption):
    """An option whose `help` is a key of these locale files."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the person who asks."""
        record = click.Option.get_help_record(self, ctx)
        if record is None or self.help is None:
            return record
        return record[0], record[1].replace(self.help, log_words(ctx).say(self.help), 1)


class Verb(click.Command):
    """A command whose text is `help.NAME.VERB` of these locale files."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it does, and an example that runs."""
        group = ctx.parent.command.name if ctx.parent else ""
        formatter.write_paragraph()
        for line in log_words(ctx).say(f"help.{group}.{self.name}").split("\n"):
            formatter.write(f"  {line}\n" if line else "\n")


class Verbs(click.Group):
    """A group of such commands."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write who this is for, and an example that runs."""
        formatter.write_paragraph()
        for line in log_words(ctx).say(f"help.{self.name}").split("\n"):
            formatter.write(f"  {line}\n" if line else "\n")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first line of each command."""
        words = log_words(ctx)
        rows = [(name, words.say(f"help.{self.name}.{name}").split("\n")[0]) for name in self.commands]
        with formatter.section(words.say("commands")):
            formatter.write_dl(rows)


def reporting(function: Callable[..., int]) -> Callable[..., None]:
    """Let a command return its exit code; an error of a log is reported and leaves with 2."""

    @wraps(function)
    def run(*args: Any, **options: Any) -> None:
        context = click.get_current_context()
        try:
            code = function(*args, **options)
        except LogError as error:
            report(error, log_words(context))
            code = 2
        except OSError as error:
            place = Place(file=str(error.filename or ""))
            report(LogError("L7.3", found=error.strerror, expected="", place=place), log_words(context))
            code = 2
        context.exit(code)

    return run


def report(error: LogError, words: Words) -> None:
    """Write an error to stderr: place, sentence, code, and what to do."""
    out = console(sys.stderr)
    out.print(f"{words.say('error')}: {sentence(error.problem, words)}", style="red", highlight=False)
    hint = hint_of(error.problem, words)
    if hint:
        out.print(f"{words.say('hint')}: {hint}", style="cyan", highlight=False)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file that the person named. Raises LogError L7.3."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise LogError(
            "L7.3", found=type(error).__name__, expected="a file", place=Place(file=str(path))
        ) from error


def read_key(path: Path) -> Signer:
    """Return the signer of a key file. Raises LogError L3.3, L7.3."""
    return parse_secret_key(read_bytes(path).decode(errors="replace"))


def make_key(path: Path, name: str, algorithm: int) -> Signer:
    """Make a new key in a new file that only its owner can read, and return its signer.

    Raises LogError L5.2 where the file is there: a key is never written over.
    """
    line = encode_secret_key(name, algorithm, os.urandom(SEED_BYTES)) + "\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise LogError("L5.2", found="a key", expected="nothing there", place=Place(file=str(path))) from None
    except OSError as error:
        raise LogError(
            "L7.3", found=type(error).__name__, expected="a new file", place=Place(file=str(path))
        ) from error
    with os.fdopen(handle, "w") as file:
        file.write(line)
        file.flush()
        os.fsync(handle)
    return parse_secret_key(line)
