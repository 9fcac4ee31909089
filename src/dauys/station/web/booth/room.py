"""What the screen of one booth shows. It is in memory alone, and forgotten with the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock
from typing import Literal

from dauys.station.session import Session, Step

#: Options of a contest by place; an empty tuple is a blank, None not answered yet.
Chosen = tuple[int, ...] | None
Question = Literal["", "blank", "leave", "there", "test"]
#: What the printer was doing when it stopped.
Print = Literal["", "slips", "void", "part1", "cast", "challenge"]
Ended = Literal["", "cast", "challenged", "left", "abandoned"]


@dataclass(slots=True)
class Room:
    """One booth. Not frozen: it changes with every touch.

    `at`: the contest asked, the number of contests once all are answered. `kept`: the answer that is being
    changed, to which *back* goes back. `message`: key of a sentence that is said once, `code` of what was
    wrong. `card`: hash of the card while its part 2 is owed. `touched`: seconds of the clock. `turn` counts
    what changed, so that a screen knows that it is old.
    """

    terminal: int
    session: Session | None = field(default=None, repr=False)
    at: int = 0
    chosen: list[Chosen] = field(default_factory=list, repr=False)
    editing: bool = False
    kept: Chosen = field(default=None, repr=False)
    question: Question = ""
    stopped: Print = ""
    ended: Ended = ""
    message: str = ""
    code: str = ""
    card: bytes = field(default=b"", repr=False)
    large: bool = False
    contrast: bool = False
    scan: bool = False
    sound: bool = False
    touched: float = 0.0
    turn: int = 0
    lock: RLock = field(default_factory=RLock, repr=False)

    def phase(self) -> str:
        """Return which page this booth is at."""
        if self.stopped:
            return "stopped"
        if self.question:
            return "question"
        if self.session is None:
            return "done" if self.ended else "wait"
        if self.session.step is Step.CHOOSE:
            return "choose" if self.at < len(self.chosen) else "review"
        return str(self.session.step.value)

    def begin(self, session: Session, contests: int) -> None:
        """Take up a session; nothing of another is left but how the screen looks."""
        self.forget()
        self.session, self.chosen = session, [None] * contests

    def forget(self) -> None:
        """Forget the voter."""
        self.session, self.at, self.chosen, self.editing, self.kept = None, 0, [], False, None
        self.question, self.stopped, self.ended, self.message, self.code = "", "", "", "", ""
        self.card = b""

    def plain(self) -> None:
        """Set the screen back to how it looks for anyone."""
        self.large = self.contrast = self.scan = self.sound = False

    def answer(self, chosen: tuple[int, ...]) -> None:
        """Take the answer of the contest that is asked, and go to the next that has none."""
        self.chosen[self.at], self.question = chosen, ""
        self.at = len(self.chosen) if self.editing else self.at + 1
        self.editing, self.kept = False, None
