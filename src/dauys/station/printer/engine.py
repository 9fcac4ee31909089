"""The inside of a simulated printer: bytes in, lines of dots and answers out (`spec/papers.md` §8).

It knows the few commands that the station sends, and refuses any other byte: a printer would print it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from dauys.station.papers.job import CUT, INIT, RASTER
from dauys.station.papers.raster import ROW
from dauys.station.printer import commands
from dauys.station.printer.printer import State

#: Why an engine stands still.
Stop = Literal["", "paper", "cover", "jam", "fault", "power"]
_QUESTION: Final = re.compile(rb"\x10\x04[\x01-\x04]|" + re.escape(commands.CLEAR), re.DOTALL)


@dataclass(slots=True)
class Engine:
    """A print head over a roll. `roll`: lines of dots left on it, None for no end.

    `stop_after`: lines until it stops because of `stop_why`, None for never. `piece` holds the lines printed
    since the last cut, `cuts` the pieces cut off.
    """

    roll: int | None = None
    stop_after: int | None = None
    stop_why: Stop = "jam"
    stop: Stop = ""
    piece: bytearray = field(default_factory=bytearray)
    cuts: list[bytes] = field(default_factory=list)
    _buffer: bytearray = field(default_factory=bytearray)
    _lines: int = 0

    def feed(self, data: bytes) -> bytes:
        """Take bytes as they come, in any pieces, and return what the printer answers."""
        if self.stop == "power":
            return b""
        answers = bytearray()
        self._buffer += data
        while found := _QUESTION.search(self._buffer):
            # Obeyed at once, wherever it stands: in the middle of a raster too.
            command = bytes(found[0])
            del self._buffer[found.start() : found.end()]
            if command == commands.CLEAR:
                del self._buffer[: found.start()]
                self._lines = 0
            answers += self._at_once(command)
        return bytes(answers + self._work())

    def state(self) -> State:
        """Return what its sensors see."""
        online = self.stop == ""
        fault = "fault" if self.stop == "fault" else None
        return State(
            online,
            paper=self.stop != "paper",
            near_end=self.roll is not None and self.roll < 4000,
            cover_open=self.stop == "cover",
            jam=self.stop == "jam",
            fault=fault,
            slip=bool(self.piece),
        )

    def mend(self, roll: int | None = None) -> None:
        """Free the paper, close the cover, put in a roll, switch on: what was sent goes on being printed."""
        if self.stop == "power":
            self._buffer.clear()
            self._lines = 0
        self.roll, self.stop_after, self.stop = roll, None, ""

    def _at_once(self, command: bytes) -> bytes:
        if command == commands.CLEAR:
            return b"\x37\x25\x00"
        state = self.state()
        flags = {
            1: commands.OFFLINE * (not state.online),
            2: commands.COVER * state.cover_open + commands.STOPPED * (self.stop in ("jam", "fault")),
            3: 0x08 * state.jam + 0x20 * (state.fault is not None),
            4: commands.NEAR_END * state.near_end + commands.NO_PAPER * (not state.paper),
        }
        return bytes([0x12 | flags[command[-1]]])

    def _work(self) -> bytes:
        """Obey the buffer as far as it goes, and return the answers."""
        answers = bytearray()
        while not self.stop and self._buffer:
            if self._lines:
                if not self._line():
                    break
                continue
            taken = self._command(answers)
            if not taken:
                break
            del self._buffer[:taken]
        return bytes(answers)

    def _command(self, answers: bytearray) -> int:
        """Begin the next command, and return how long it is; 0 while it is not there as a whole."""
        head = bytes(self._buffer[:8])
        if head.startswith(INIT):
            return len(INIT)
        if head.startswith(CUT):
            if self.piece:
                self.cuts.append(bytes(self.piece))
            self.piece.clear()
            return len(CUT)
        if head.startswith(commands.DONE):
            answers += b"\x0f" if self.roll is not None and self.roll < 4000 else b"\x00"
            return len(commands.DONE)
        if head.startswith(RASTER) and len(head) == 8:
            width, self._lines = int.from_bytes(head[4:6], "little"), int.from_bytes(head[6:8], "little")
            if width != ROW:
                raise ValueError(f"a raster of {width} bytes a line")
            return 8
        if any(command.startswith(head) for command in (INIT, CUT, commands.DONE, commands.CLEAR)):
            return 0
        if head.startswith((RASTER[: len(head)], commands.ASK[: len(head)])):
            return 0
        raise ValueError(f"no command of ours: {head.hex(' ')}")

    def _line(self) -> bool:
        """Print one line of dots; return False where it is not there yet, or nothing can be printed."""
        if len(self._buffer) < ROW:
            return False
        if self.stop_after == 0:
            self.stop = self.stop_why
        elif self.roll == 0:
            self.stop = "paper"
        if self.stop:
            return False
        self.piece += self._buffer[:ROW]
        del self._buffer[:ROW]
        self._lines -= 1
        self.roll = None if self.roll is None else self.roll - 1
        self.stop_after = None if self.stop_after is None else self.stop_after - 1
        return True
