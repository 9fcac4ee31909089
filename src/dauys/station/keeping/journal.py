"""The journal of a device: what is under way, how sessions ended, and what else must be kept.

Every step is one transaction on the first medium and then one record on the second; when a call returns, both
hold it. After an error while writing, nothing is tried again (J1.2): only what both media hold after a new
start is the truth. **Source:** spec/station.md §3–5.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import apsw

from dauys.station.faults import StationError
from dauys.station.keeping.journal_view import JournalView
from dauys.station.keeping.kept import Ending, Intent, ending_of, ending_row, note_row
from dauys.station.keeping.records import Row
from dauys.station.keeping.writing import ID, Writing


class Journal(JournalView, Writing):
    """The only writer of both media. Not frozen: it is the state of the device."""

    # Steps of a session

    def undecided(self) -> bool:
        """Whether there is no second medium, and members have not decided to go on without one."""
        return self.records is None and not any(self.notes("single"))

    def show_slips(self, terminal: int, slips: int) -> None:
        """Note that so many slips are printed for a terminal. Raises StationError J2.5."""

        def write(db: apsw.Connection) -> None:
            if db.execute("SELECT 1 FROM intent WHERE terminal = ?", (terminal,)).fetchone():
                raise StationError("J2.5", found="slips under glass", expected="none", terminal=terminal)
            db.execute("INSERT INTO intent VALUES (?, ?, NULL, NULL, NULL)", (terminal, slips))

        self._write(write)

    def reject_slips(self, terminal: int) -> None:
        """Note that the slips of a terminal are void; nothing is under way there any more."""
        slips = self._under_way(terminal, with_card=False).slips
        self._note_instead(terminal, "void", {"slips": slips})

    def leave(self, terminal: int) -> None:
        """Note that a session ended without a ballot; slips that were shown are void."""
        found = next((one for one in self.intents() if one.terminal == terminal), Intent(terminal, 0))
        if found.card is not None:
            raise StationError("J2.5", found="a ballot", expected="slips or nothing", terminal=terminal)
        self._note_instead(terminal, "empty", {"slips": found.slips})

    def confirm(self, terminal: int, card: bytes, ballot: bytes, s1: bytes) -> None:
        """Note card, `H(ballot)` and `s₁` before part 1 is printed. Raises StationError J2.3, J2.4, J2.5."""
        self._under_way(terminal, with_card=False)

        def write(db: apsw.Connection) -> None:
            if db.execute("SELECT 1 FROM ending WHERE card = ?", (card,)).fetchone():
                raise StationError("J2.3", found="a used card", expected="an unused one", terminal=terminal)
            db.execute(
                "UPDATE intent SET card = ?, ballot = ?, s1 = ? WHERE terminal = ?",
                (card, ballot, s1, terminal),
            )

        self._write(write, unique="J2.4")

    def end(self, terminal: int, ending: Ending, tree: tuple[int, bytes] | None) -> None:
        """Keep how a session ended, on both media. `tree`: size and root that part 2 will name, if any.

        Raises StationError J2.5 where the intent is another's, J2.3 where the card has an ending already.
        """
        under_way = self._under_way(terminal, with_card=True)
        if (under_way.card, under_way.ballot) != (ending.card, ending.ballot):
            raise StationError(
                "J2.5", found="another card or ballot", expected="the one confirmed", terminal=terminal
            )
        row = ending_row(ending)

        def write(db: apsw.Connection) -> None:
            self._insert_ending(ending)
            if tree is not None:
                db.execute("INSERT INTO owed VALUES (?, ?, ?)", (ending.card, *tree))
            db.execute("DELETE FROM intent WHERE terminal = ?", (terminal,))

        self._write(write, row, unique="J2.3")

    def printed(self, card: bytes) -> None:
        """Note that the printer has confirmed part 2 of a card."""
        self._write(lambda db: db.execute("DELETE FROM owed WHERE card = ?", (card,)))

    # Everything else

    def note(self, kind: str, body: Mapping[str, object]) -> bytes:
        """Keep a note on both media and return its id."""
        key = self.random(ID)
        self._write(lambda _: self._insert_note(key, kind, body), note_row(key, kind, body))
        return key

    def assign(self, cards: list[bytes]) -> int:
        """Put these ballots into the next batch and return its number."""
        number = self.batches()

        def write(db: apsw.Connection) -> None:
            for card in cards:
                db.execute("UPDATE ending SET batch = ? WHERE card = ? AND batch IS NULL", (number, card))
                if db.changes() != 1:
                    raise StationError("J2.5", found="a ballot in a batch", expected="one that waits")

        self._write(write)
        return number

    def take(self, row: Row, tree: tuple[int, bytes]) -> None:
        """Take a row that the other medium has and this one lacks; its part 2 is owed (restart)."""
        if "ballot" not in row:
            self._write(lambda _: self._insert_note(bytes.fromhex(row["id"]), row["kind"], row["body"]))
            return
        ending = ending_of(row)

        def write(db: apsw.Connection) -> None:
            self._insert_ending(ending)
            if ending.kind != "abandoned":
                db.execute("INSERT INTO owed VALUES (?, ?, ?)", (ending.card, *tree))

        self._write(write)

    def drop(self, terminal: int) -> None:
        """Forget an intent whose card has an ending (restart)."""
        self._write(lambda db: db.execute("DELETE FROM intent WHERE terminal = ?", (terminal,)))

    # How it is written

    def _note_instead(self, terminal: int, kind: str, body: Mapping[str, object]) -> None:
        key = self.random(ID)

        def write(db: apsw.Connection) -> None:
            self._insert_note(key, kind, body)
            db.execute("DELETE FROM intent WHERE terminal = ?", (terminal,))

        self._write(write, note_row(key, kind, body))

    def _insert_ending(self, one: Ending) -> None:
        values = (one.card, one.kind, one.ballot, one.style, one.body, one.slips)
        self.database.execute("INSERT INTO ending VALUES (?, ?, ?, ?, ?, ?, NULL)", values)

    def _insert_note(self, key: bytes, kind: str, body: Mapping[str, object]) -> None:
        told = json.dumps(body, sort_keys=True, ensure_ascii=False)
        self.database.execute("INSERT INTO note VALUES (?, ?, ?)", (key, kind, told))

    def _under_way(self, terminal: int, *, with_card: bool) -> Intent:
        found = next((one for one in self.intents() if one.terminal == terminal), None)
        if found is None or (found.card is not None) != with_card:
            state = "nothing" if found is None else "a ballot" if found.card else "slips"
            raise StationError(
                "J2.5", found=state, expected="a ballot" if with_card else "slips", terminal=terminal
            )
        return found
