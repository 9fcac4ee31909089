"""Progress of a long command on stderr: a bar on a terminal once it lasts, else a line a step."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

PATIENCE = 2.0
"""Seconds that a command may take without saying what it does."""


class Steps:
    """Steps of a command, shown to whom waits. On a terminal a bar appears after `PATIENCE` and goes at the
    end; elsewhere each step is one line when it begins. Quiet: nothing.
    """

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        self.console = console or Console(file=sys.stderr, highlight=False)
        self.quiet = quiet
        self.moving = not quiet and self.console.is_terminal
        self.started = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._name = ""

    def __enter__(self) -> Steps:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Name what begins now."""
        self._name, self._task = name, None
        if not self.quiet and not self.moving:
            self.console.print(name)
        if self.moving:
            self.tell(0, None)
        yield

    def tell(self, done: int, total: int | None) -> None:
        """Say how much of how much is done in the step."""
        if not self.moving or time.monotonic() - self.started < PATIENCE:
            return
        if self._progress is None:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            self._progress = Progress(*columns, console=self.console, transient=True)
            self._progress.start()
        if self._task is None:
            for task in self._progress.task_ids:
                self._progress.remove_task(task)
            self._task = self._progress.add_task(self._name, total=total)
        self._progress.update(self._task, completed=done, total=total)
