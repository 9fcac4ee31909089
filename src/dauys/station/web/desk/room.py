"""What one desk's screen is at: in memory alone, so that nothing on a disk says whom it looked at when."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Final

#: Voters marked last whom the page names, for who pressed a wrong key.
LAST: Final = 3
#: Forms beside the list; "" is the voter, or nothing.
PANELS: Final = ("add", "undo", "certificate", "mobile", "case", "cases", "help", "queue", "again", "test")


@dataclass(slots=True)
class DeskRoom:
    """One paired screen. Not frozen.

    `opened`: key of the voter beside the list; `said`: what was done just now, with its facts; `code`: of
    what was refused; `wrong`: the field it was about; `kept`: what was typed, until it is taken.
    """

    number: int
    query: str = field(default="", repr=False)
    opened: str = field(default="", repr=False)
    panel: str = ""
    said: str = ""
    facts: Mapping[str, object] = field(default_factory=dict, repr=False)
    code: str = ""
    wrong: str = ""
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST), repr=False)
    lock: RLock = field(default_factory=RLock, repr=False)

    def quiet(self) -> None:
        """Forget what was said and typed: the next page is about something else."""
        self.said, self.facts, self.code, self.wrong, self.kept = "", {}, "", "", {}

    def done(self, said: str, **facts: object) -> None:
        """Say what was done; the form beside the list is over."""
        self.quiet()
        self.panel, self.said, self.facts = "", said, facts

    def mark(self, voter: str) -> None:
        """Remember whom this desk marked last."""
        if voter in self.last:
            self.last.remove(voter)
        self.last.appendleft(voter)
