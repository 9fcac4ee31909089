"""One device, one history: what contradicts what was received before (`spec/intake.md` §4, 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dauys.record.checkpoint import OpenedCheckpoint
from dauys.record.fork import Fork
from dauys.record.merkle import consistency_roots
from dauys.record.reader import LogReader


@dataclass(frozen=True, slots=True)
class Seen:
    """A tree that the device signed. `reader` is None of a sighting: nothing but its root is known."""

    opened: OpenedCheckpoint
    reader: LogReader | None = None

    @property
    def size(self) -> int:
        """Entries of the tree."""
        return self.opened.checkpoint.size


def find_fork(new: Seen, others: Iterable[Seen]) -> Fork | None:
    """Return the proof that one of the others and the new tree are two histories; None where none is.

    Of two trees whose larger one is only a sighting nothing can be told yet.
    """
    found = (contradiction(*sorted((new, other), key=lambda seen: seen.size)) for other in others)
    return next((fork for fork in found if fork is not None), None)


def contradiction(small: Seen, large: Seen) -> Fork | None:
    """Return the proof that the smaller tree is not the beginning of the larger."""
    a, b = small.opened.checkpoint, large.opened.checkpoint
    first, second = small.opened.note.encode(), large.opened.note.encode()
    if a.size == b.size:
        return Fork(first, second) if a.root != b.root else None
    if a.size == 0 or large.reader is None:
        return None
    chain = large.reader.consistency_chain(a.size)
    if consistency_roots(a.size, b.size, chain)[0] == a.root:
        return None
    return Fork(first, second, chain)
