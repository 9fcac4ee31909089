"""What stands in the journal of a device: nothing is written here (`spec/station.md` §3)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dauys.station.keeping.kept import Ending, Intent, Kind, Note, Owed, ending_row, note_row
from dauys.station.keeping.records import Row
from dauys.station.keeping.writing import Reading

_ENDINGS = "SELECT card, kind, ballot, style, body, slips, batch FROM ending "
_NOTES = "SELECT id, kind, body FROM note "


class JournalView(Reading):
    """Reads the database of a journal. Not frozen: others write to it."""

    def intents(self) -> list[Intent]:
        """Return what is under way, by terminal."""
        return [
            Intent(*row)
            for row in self._rows("SELECT terminal, slips, card, ballot, s1 FROM intent ORDER BY 1")
        ]

    def ending(self, card: bytes) -> Ending | None:
        """Return how a card was used, None where it was not."""
        return next(self._endings("WHERE card = ?", (card,)), None)

    def endings(self, kind: Kind | None = None) -> Iterator[Ending]:
        """Yield endings in the order of their cards, which says nothing of time."""
        yield from (
            self._endings("WHERE kind = ? ORDER BY card", (kind,)) if kind else self._endings("ORDER BY card")
        )

    def notes(self, kind: str | None = None) -> Iterator[Note]:
        """Yield notes in the order of their random ids."""
        where, values = ("WHERE kind = ? ", (kind,)) if kind else ("", ())
        for key, name, body in self._rows(_NOTES + where + "ORDER BY id", values):
            yield Note(key, name, json.loads(body))

    def count(self, kind: Kind) -> int:
        """Return how many cards ended so."""
        return self._number("SELECT count(*) FROM ending WHERE kind = ?", (kind,))

    def waiting(self) -> list[tuple[bytes, bytes]]:
        """Return card and `H(ballot)` of cast ballots that no batch holds yet."""
        return list(
            self._rows("SELECT card, ballot FROM ending WHERE kind = 'cast' AND batch IS NULL ORDER BY card")
        )

    def batches(self) -> int:
        """Return how many batches were assigned."""
        return self._number("SELECT coalesce(max(batch) + 1, 0) FROM ending")

    def in_batch(self, number: int) -> list[Ending]:
        """Return the ballots of a batch in order of their hashes."""
        return list(self._endings("WHERE batch = ? ORDER BY ballot", (number,)))

    def ended(self) -> int:
        """Return how many sessions ended, with a ballot or without."""
        return self._number(
            "SELECT (SELECT count(*) FROM ending) + (SELECT count(*) FROM note WHERE kind = 'empty')"
        )

    def slips(self) -> tuple[int, int]:
        """Return slips accepted and slips void."""
        accepted = self._number("SELECT coalesce(sum(slips), 0) FROM ending WHERE kind = 'cast'")
        void = self._number("SELECT coalesce(sum(slips), 0) FROM ending WHERE kind <> 'cast'")
        told = "SELECT coalesce(sum(body ->> 'slips'), 0) FROM note WHERE kind IN ('void', 'empty')"
        return accepted, void + self._number(told)

    def owed(self) -> list[Owed]:
        """Return the parts 2 that the printer has not confirmed."""
        return [Owed(*row) for row in self._rows("SELECT card, size, root FROM owed ORDER BY card")]

    def rows(self) -> Iterator[Row]:
        """Yield all endings and notes as the second medium has them."""
        for ending in self.endings():
            yield ending_row(ending)
        for note in self.notes():
            yield note_row(note.id, note.kind, note.body)

    def _endings(self, where: str, values: tuple[object, ...] = ()) -> Iterator[Ending]:
        for row in self._rows(_ENDINGS + where, values):
            yield Ending(*row)
