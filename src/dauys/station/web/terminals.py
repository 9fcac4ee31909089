"""Terminals of a station: which screen is a booth, a desk or the members', and whose turn a form is.

A member pairs a screen with a code that works once. What the screen then keeps is one random cookie; all else
about it is in memory here, and gone with the program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from threading import RLock
from typing import Final, Literal

from dauys.domain.text import Language
from dauys.station.faults import StationError
from dauys.station.keeping.reading import letters
from dauys.station.keeping.secrets import Random

Role = Literal["booth", "desk", "members"]
ROLES: Final[tuple[Role, ...]] = ("booth", "desk", "members")
#: Seconds that a code is good for, and how many wrong ones end all that wait. A code has 40 bits: so many
#: find one once in ten million times; fewer would let a stranger keep all screens from being paired.
GOOD_FOR: Final = 600.0
TRIES: Final = 100_000
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(slots=True)
class Terminal:
    """One paired screen. Not frozen: its language and the token of its next step change."""

    number: int
    role: Role
    random: Random = field(repr=False)
    language: Language = "kk"
    token: str = field(default="", repr=False)
    used: str = field(default="", repr=False)
    lock: RLock = field(default_factory=RLock, repr=False)

    def __post_init__(self) -> None:
        self.token = self.random(16).hex()

    def take(self, token: str) -> bool:
        """Use the token of a step up and say whether it was the one that is due.

        Every form of a page carries the token that was due when the page was made, so that a form of another
        page, another site, or sent twice is not taken. `used` is the token taken last.
        """
        with self.lock:
            if not compare_digest(token.encode(), self.token.encode()):
                return False
            self.used, self.token = self.token, self.random(16).hex()
            return True

    def sent_twice(self, token: str) -> bool:
        """Return whether this is the step just taken: a finger that touched twice, and no fault."""
        return bool(self.used) and compare_digest(token.encode(), self.used.encode())


@dataclass(frozen=True, slots=True)
class _Invitation:
    role: Role
    number: int
    until: float


class Terminals:
    """All screens that a member has paired. `clock`: seconds that only grow."""

    def __init__(self, random: Random, clock: Callable[[], float]) -> None:
        self.random, self.clock = random, clock
        self._invited: dict[str, _Invitation] = {}
        self._paired: dict[str, Terminal] = {}
        self._wrong = 0
        self._lock = RLock()

    def invite(self, role: Role, number: int) -> str:
        """Return a code, 8 letters, with which one screen becomes this terminal within `GOOD_FOR` seconds."""
        code = "".join(_LETTERS[byte % 32] for byte in self.random(8))
        with self._lock:
            self._invited[code] = _Invitation(role, number, self.clock() + GOOD_FOR)
            self._wrong = 0
        return f"{code[:4]}-{code[4:]}"

    def pair(self, code: str) -> str:
        """Return the cookie of the screen where this code was typed; another screen of its number is let go.

        Raises StationError J6.1 for a code that is not good (any more).
        """
        typed = letters(code)
        with self._lock:
            found = self._invited.pop(typed, None)
            if found is None or found.until < self.clock():
                self._wrong += 1
                if self._wrong >= TRIES:
                    self._invited.clear()
                raise StationError("J6.1", found="another code", expected="the code that a member reads out")
            key = (found.role, found.number)
            self._paired = {c: t for c, t in self._paired.items() if (t.role, t.number) != key}
            cookie = self.random(32).hex()
            self._paired[cookie] = Terminal(found.number, found.role, self.random)
            return cookie

    def find(self, cookie: str) -> Terminal | None:
        """Return the terminal that a cookie belongs to."""
        with self._lock:
            return self._paired.get(cookie)

    def all(self, role: Role) -> list[Terminal]:
        """Return the paired terminals of one role, by number."""
        with self._lock:
            return sorted((t for t in self._paired.values() if t.role == role), key=lambda t: t.number)
