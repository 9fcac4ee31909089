"""What the verbs of `dauys intake` share: what they say, and with which code an error leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from dauys.cli import verbs
from dauys.cli.verbs import words_for
from dauys.errors import FaultError
from dauys.intake.keys import IntakeKey, parse_intake_key
from dauys.intake.receipt import Receipt

#: The line that was cut, rather than a refusal: sent again, it goes on.
_CUT = ("L7.3", "U1.13", "U1.14")
_NO = ("U1.15", "U1.16")


def reporting(function: Callable[..., int]) -> Callable[..., None]:
    """Let a command return its exit code. Errors are reported: a refusal leaves with 1, all else with 2."""
    return verbs.reporting(function, _code_of)


def _code_of(error: FaultError) -> int:
    said_no = error.problem.facts.get("refused") is True or error.code in _NO
    return 1 if said_no and error.code not in _CUT else 2


def say(key: str, /, *, err: bool = False, **facts: object) -> None:
    """Write a sentence."""
    click.echo(words_for(click.get_current_context()).say(key, **facts), err=err)


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
