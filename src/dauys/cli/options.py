"""Options that commands share, and help texts that come from the locale files."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from dauys.words import LANGUAGES, Words, choose_language

_LANGUAGE = "dauys.language"
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def words_of(context: click.Context) -> Words:
    """Return the words in the language of `--lang`, else of the environment."""
    return Words(choose_language(context.meta.get(_LANGUAGE), os.environ), "cli")


class SpokenOption(click.Option):
    """An option whose `help` is a key of the locale files."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the person who asks."""
        record = super().get_help_record(ctx)
        words = words_of(ctx)
        if record is None or self.help is None or not words.has(self.help):
            return record
        return record[0], record[1].replace(self.help, words.say(self.help), 1)


class SpokenCommand(click.Command):
    """A command whose `help`, `short_help` and `epilog` are keys of the locale files."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the text with its paragraphs as they are."""
        formatter.write_paragraph()
        for line in words_of(ctx).say(self.help or "").split("\n"):
            formatter.write(f"  {line}\n" if line else "\n")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example as it is."""
        if self.epilog:
            formatter.write_paragraph()
            for line in words_of(ctx).say(self.epilog).split("\n"):
                formatter.write(f"{line}\n")


def _remember(context: click.Context, _: click.Parameter, value: str | None) -> str | None:
    # A command inside a group does not forget what was said before the command.
    if value is not None:
        context.meta[_LANGUAGE] = value
    return value


lang_option = click.option(
    "--lang",
    cls=SpokenOption,
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=_remember,
    help="option.lang",
)
json_option = click.option("--json", "as_json", cls=SpokenOption, is_flag=True, help="option.json")
quiet_option = click.option("--quiet", "-q", cls=SpokenOption, is_flag=True, help="option.quiet")
