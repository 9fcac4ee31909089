"""A real printer that speaks ESC/POS, opened for each job and without a spooler (`spec/papers.md` §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from dauys.station.faults import StationError
from dauys.station.printer import commands
from dauys.station.printer.line import BlockedError, Line, deadline, left, open_line
from dauys.station.printer.printer import Printed, State, silent, stopped


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: for a piece to be taken, for one answer about its state, for *done* after the last byte.

    `look`: how often its state is looked at meanwhile.
    """

    write: float = 10.0
    status: float = 1.0
    done: float = 20.0
    look: float = 1.0


class EscposPrinter:
    """A printer at an address of `open_line`. One thread at a time prints; others wait."""

    def __init__(
        self,
        name: str,
        address: str,
        limits: Limits | None = None,
        open_line: Callable[[str], Line] = open_line,
    ) -> None:
        self._name, self._address = name, address
        self._limits = limits or Limits()
        self._open_line = open_line
        self._lock = Lock()
        self._left_over = True
        self._last: State | None = None

    @property
    def name(self) -> str:
        """What members call it."""
        return self._name

    def state(self) -> State:
        """Ask the printer; while it prints, return what it said last. Raises StationError J7.5, J7.6."""
        last = self._last
        if not self._lock.acquire(blocking=last is None) and last is not None:
            return last
        try:
            with self._talk() as talk:
                return self._asked(talk, "none")
        finally:
            self._lock.release()

    def print(self, job: bytes) -> None:
        """Print a job, and return when the printer says that it is done. Raises StationError J7.1–J7.6."""
        with self._lock, self._talk() as talk:
            state = self._asked(talk, "none")
            if state.stops:
                raise stopped(self._name, state, "none")
            if self._left_over and not self._forgets(talk):
                raise silent(self._name, "none")
            self._left_over = True
            try:
                self._send(talk, job)
                self._wait(talk)
            except StationError:
                # At once: a printer goes on with what it holds as soon as there is paper again.
                self._forgets(talk)
                raise
            self._left_over = False

    @contextmanager
    def _talk(self) -> Iterator[Talk]:
        try:
            line = self._open_line(self._address)
        except (OSError, ValueError) as error:
            raise StationError(
                "J7.6", found=error, expected="a printer", printer=self._name, printed="none"
            ) from error
        with line:
            yield Talk(line, self._limits)

    def _asked(self, talk: Talk, printed: Printed) -> State:
        state = talk.state()
        if state is None:
            raise silent(self._name, printed)
        self._last = state
        return state

    def _forgets(self, talk: Talk) -> bool:
        """Make the printer forget what it was sent and has not printed; return whether it took that."""
        try:
            talk.line.write(commands.CLEAR, self._limits.write)
        except BlockedError:
            return False
        return talk.state() is not None

    def _send(self, talk: Talk, job: bytes) -> None:
        talk.sweep()
        talk.is_done = False  # whatever has come until now answers something older
        try:
            talk.line.write(job + commands.DONE, self._limits.write)
        except BlockedError as error:
            state = talk.state()
            printed: Printed = "part" if error.sent else "none"
            if state is None or state.stops is None:
                raise silent(self._name, "unknown" if error.sent else "none") from error
            raise stopped(self._name, state, printed) from error

    def _wait(self, talk: Talk) -> None:
        """Wait until what was sent is printed, looking now and then whether the printer has stopped."""
        until = deadline(self._limits.done)
        while not talk.done(min(self._limits.look, left(until))):
            state = talk.state()
            if state is not None and state.stops:
                raise stopped(self._name, state, "part")
            if talk.gone or not (left(until) or talk.is_done):
                raise silent(self._name, "unknown")
        state = self._asked(talk, "unknown")
        if state.stops:  # a printer that says done and stopped in one breath is not believed
            raise stopped(self._name, state, "unknown")


class Talk:
    """Questions and answers over one line.

    `is_done`: the answer to the end of the job has come; `gone`: nothing will come any more.
    """

    def __init__(self, line: Line, limits: Limits) -> None:
        self.line, self.limits = line, limits
        self.is_done = self.gone = False

    def done(self, limit: float) -> bool:
        """Return whether the job is done, waiting for it at most so long."""
        until = deadline(limit)
        while not self.is_done and (data := self._read(left(until))):
            self._note(data)
        return self.is_done

    def sweep(self) -> None:
        """Throw away answers to old questions, but not that the job is done."""
        while data := self._read(0):
            self._note(data)

    def state(self) -> State | None:
        """Ask for all four kinds of status; None without an answer to each."""
        answers: list[int] = []
        for kind in commands.KINDS:
            answer = self._answer(kind)
            if answer is None:
                return None
            answers.append(answer)
        return state_of(*answers)

    def _answer(self, kind: int) -> int | None:
        self.sweep()
        try:
            self.line.write(commands.ASK + bytes([kind]), self.limits.status)
        except BlockedError:
            return None
        until = deadline(self.limits.status)
        while data := self._read(left(until)):
            self._note(data)
            status = next((byte for byte in data if commands.is_status(byte)), None)
            if status is not None:
                return status
        return None

    def _note(self, data: bytes) -> None:
        self.is_done = self.is_done or any(map(commands.is_done, data))

    def _read(self, limit: float) -> bytes:
        try:
            return self.line.read(limit)
        except OSError:  # the cable was pulled
            self.gone = True
            return b""


def state_of(online: int, cover: int, errors: int, paper: int) -> State:
    """Return what the four bytes of `DLE EOT` 1 to 4 say."""
    broken = bool(errors & commands.BROKEN)
    stop = bool(cover & commands.STOPPED) and not errors & commands.JAM
    fault = f"status {online:02x} {cover:02x} {errors:02x} {paper:02x}" if broken or stop else None
    return State(
        online=not online & commands.OFFLINE,
        paper=not paper & commands.NO_PAPER,
        near_end=bool(paper & commands.NEAR_END),
        cover_open=bool(cover & commands.COVER),
        jam=bool(errors & commands.JAM),
        fault=fault,
    )
