"""Progress of a verification: a bar for each chapter on a terminal, a line for each elsewhere."""

from __future__ import annotations

from types import TracebackType

from dauys.cli.progress import Steps
from dauys.words import Words


class Bars:
    """Shows the chapters of a verification as its steps."""

    def __init__(self, words: Words, *, quiet: bool) -> None:
        self._words, self._steps = words, Steps(quiet=quiet)
        self._total: int | None = None
        self._done = 0

    def __enter__(self) -> Bars:
        self._steps.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._steps.__exit__(kind, error, trace)

    def begin(self, chapter: str, total: int | None) -> None:
        """A chapter begins."""
        name = self._words.say("verify.checking", chapter=chapter, name=self._words.say(f"chapter.{chapter}"))
        self._total, self._done = total, 0
        with self._steps.step(name):
            pass

    def advance(self, count: int) -> None:
        """So many steps more are done."""
        self._done += count
        if self._total is not None:
            self._steps.tell(min(self._done, self._total), self._total)

    def end(self, chapter: str) -> None:
        """The chapter is done; the next one takes its bar."""
        del chapter
        if self._total is not None:
            self._steps.tell(self._total, self._total)
