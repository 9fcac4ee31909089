"""What a start decides, from disk alone (`spec/station.md` §6). Doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dauys.station.keeping.in_step import lacking
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.kept import Ending, Owed
from dauys.station.keeping.records import Row


@dataclass(frozen=True, slots=True)
class Restart:
    """What was decided. `abandoned`: cards; `void`: slips; `to_first`, `to_second`: rows that were copied.

    `reading`: entries of the reading that members compared the media with, None where they had none.
    """

    abandoned: tuple[bytes, ...]
    void: int
    to_first: int
    to_second: int
    owed: tuple[Owed, ...]
    reading: int | None = None


def restart(journal: Journal, second: Iterable[Row] | None, tree: tuple[int, bytes]) -> Restart:
    """Bring both media in step, and decide what was under way.

    `second`: the rows of the second medium, None where members go on without one. `tree`: size and root of
    the newest tree, for a part 2 that this medium knows nothing of. Raises StationError J1.6, J1.7.
    """
    journal.check()
    to_first = to_second = 0
    if second is not None:
        to_first, to_second = _bring_in_step(journal, second, tree)
    abandoned, void = [], 0
    for intent in journal.intents():
        void += intent.slips
        if intent.card is None or intent.ballot is None or intent.s1 is None:
            journal.reject_slips(intent.terminal)
        elif journal.ending(intent.card) is not None:
            # The second medium knew how it ended, and whether its slips are void.
            journal.drop(intent.terminal)
            void -= intent.slips
        else:
            ending = Ending(intent.card, "abandoned", intent.ballot, "", intent.s1, intent.slips)
            journal.end(intent.terminal, ending, None)
            abandoned.append(intent.card)
    return Restart(tuple(abandoned), void, to_first, to_second, tuple(journal.owed()))


def _bring_in_step(journal: Journal, second: Iterable[Row], tree: tuple[int, bytes]) -> tuple[int, int]:
    """Copy what one medium lacks to it; return how many rows went to the first and to the second."""
    found = lacking(journal.rows(), second)
    # What closes the day comes last: nothing is taken behind it.
    for row in sorted(found.first, key=lambda row: (row["kind"] == "closed", row["id"])):
        journal.take(row, tree)
    for row in found.second:
        journal.give(row)
    return len(found.first), len(found.second)
