"""What the commands of logs and witnesses share: their words, their keys, and how they report an error."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import click

from dauys.cli.new_file import write_new
from dauys.cli.options import words_of
from dauys.cli.verbs import report as report_problem
from dauys.errors import Place
from dauys.record.faults import LogError
from dauys.record.keys import Signer, encode_secret_key, parse_secret_key
from dauys.words import Words

SEED_BYTES = 32
_KEY: Final = re.compile(r"[0-9a-f]{64}")


class PublicKey(click.ParamType[bytes]):
    """64 hex digits."""

    name = "KEY"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """Return the 32 bytes."""
        if isinstance(value, bytes):
            return value
        if not _KEY.fullmatch(str(value)):
            self.fail("64 × 0-9 a-f", param, ctx)
        return bytes.fromhex(str(value))


def log_words(context: click.Context) -> Words:
    """Return the words of these commands in the language of the person who asks."""
    return Words(words_of(context).language, "log", "cli")


def report(error: LogError, words: Words) -> None:
    """Write an error to stderr: place, sentence, code, and what to do."""
    report_problem(error.problem, words)


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
        write_new(path, line.encode())
    except FileExistsError:
        raise LogError("L5.2", found="a key", expected="nothing there", place=Place(file=str(path))) from None
    except OSError as error:
        raise LogError(
            "L7.3", found=type(error).__name__, expected="a new file", place=Place(file=str(path))
        ) from error
    return parse_secret_key(line)
