"""The other end of a printer's cable: an engine that answers, in a thread, over any descriptor."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dauys.station.printer.engine import Engine


@dataclass
class Wire:
    """One end of a line with a printer on it. `chunk`: bytes it takes at once. `mute`: answers are lost.

    `late`: bytes that come before the first answer, as of a printer that was asked by somebody else.
    """

    descriptor: int
    engine: Engine
    chunk: int = 4096
    mute: bool = False
    deaf: bool = False
    late: bytes = b""
    hang_up_after: int | None = None
    change: Callable[[bytes], bytes] = lambda answer: answer
    stop: threading.Event = field(default_factory=threading.Event)
    taken: int = 0
    errors: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        try:
            while not self.stop.is_set() and self._turn():
                pass
        except (OSError, ValueError) as error:
            self.errors.append(error)

    def _turn(self) -> bool:
        if self.deaf or not select.select([self.descriptor], [], [], 0.02)[0]:
            return not (self.deaf and self.stop.wait(0.02))
        data = os.read(self.descriptor, self.chunk)
        self.taken += len(data)
        if not data or (self.hang_up_after is not None and self.taken > self.hang_up_after):
            os.close(self.descriptor)
            return False
        answer = self.late + self.change(self.engine.feed(data))
        self.late = b""
        if answer and not self.mute:
            os.write(self.descriptor, answer)
        return True


@contextmanager
def wired(wire: Wire) -> Iterator[Wire]:
    """Let the printer at the other end work meanwhile."""
    thread = threading.Thread(target=wire.run, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.stop.set()
        thread.join(5)
        assert not thread.is_alive()
