"""The last reading on the command line: given with `--reading`, or asked for where members sit at it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

import click

from dauys.cli.verbs import Option
from dauys.station.keeping.reading import Reading, parse_code
from dauys.words import Words

_CODE: Final = "XXXX-XXXX-XXXX-XXXX-XXXX"


class SpokenCode(click.ParamType[str]):
    """5 × 4 letters as they are read out."""

    name = "CODE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return them as papers show them."""
        try:
            return parse_code(str(value))
        except ValueError:
            self.fail(_CODE, param, ctx)


READING: Final[Callable[[Callable[..., Any]], Callable[..., Any]]] = click.option(
    "--reading",
    cls=Option,
    type=(click.IntRange(1), SpokenCode()),
    metavar="SIZE CODE",
    help="option.reading",
)


def last_reading(given: tuple[int, str] | None, words: Words) -> Callable[[bool], Reading | None]:
    """Return what gives the last reading; it is asked for on a terminal, once the polls have opened."""

    def told(begun: bool) -> Reading | None:
        if given is not None:
            return Reading(*given)
        return _asked(words) if begun and sys.stdin.isatty() else None

    return told


def _asked(words: Words) -> Reading | None:
    """Return what members type, None where they say that nothing was read out."""
    while True:
        typed = str(click.prompt(words.say("ask.reading"), default="", show_default=False)).strip()
        if not typed:
            return None
        size, _, code = typed.partition(" ")
        try:
            if size.isdecimal() and size.isascii() and int(size) > 0:
                return Reading(int(size), parse_code(code))
        except ValueError:
            pass
        click.echo(words.say("ask.reading_again"))
