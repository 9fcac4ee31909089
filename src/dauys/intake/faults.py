"""What can be wrong with something that is sent or received, as codes and facts (`spec/intake.md` §8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dauys.errors import NOWHERE, FaultError, InputError, at

__all__ = ["NOWHERE", "STATUS", "IntakeError", "at", "misshapen", "printable"]
#: Status of a refusal, by code.
STATUS: Final[Mapping[str, int]] = {
    "U1.1": 400, "U1.2": 413, "U1.3": 404, "U1.4": 403, "U1.5": 404, "U1.6": 409, "U1.7": 409, "U1.8": 422,
    "U1.9": 422, "U1.10": 422, "U1.11": 409, "U1.12": 413, "U1.13": 503, "U1.14": 408, "U1.19": 409,
}  # fmt: skip


class IntakeError(FaultError):
    """Something is not taken, or a receipt does not hold."""

    LONGEST = 200

    @property
    def status(self) -> int:
        """The status of the answer that says so."""
        return STATUS.get(self.code, 500)


def misshapen(code: str, error: InputError) -> IntakeError:
    """Return the error of something without its form, for the first of its problems."""
    first = error.problems[0]
    found = f"{first.place.path or ''} {first.found or ''}".strip()
    return IntakeError(code, found=found, expected=first.expected)


def printable(text: str) -> str:
    """Return a text that a terminal can show: what does not print, or turns a line around, is escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
