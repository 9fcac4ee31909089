"""Stations that are built wrong, each in one way. The harness must catch every one, or it proves nothing."""

from __future__ import annotations

from collections.abc import Callable

import apsw

from dauys.record.disk import Disk
from dauys.station.keeping import database, folders
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.kept import ending_row
from dauys.station.session import Booths


class AckBeforeCommit(Booths):
    """Part 2 is printed before the ballot is kept."""

    def _end(self, session, card, kind, body):
        if kind == "cast":
            glass = self.printers(session.terminal)
            glass.part2(card.hash, session.digest, "cast", b"", self.tree())
        super()._end(session, card, kind, body)


class TwoTransactions(Journal):
    """The intent goes in one transaction, the ballot comes in another."""

    def end(self, terminal, ending, tree):
        self.drop(terminal)

        def write(db):
            self._insert_ending(ending)
            if tree is not None:
                db.execute("INSERT INTO owed VALUES (?, ?, ?)", (ending.card, *tree))

        self._write(write, ending_row(ending))


class NoUnique(Journal):
    """Nothing keeps a card from having two ballots, and requests arrive twice."""

    def end(self, terminal, ending, tree):
        for _ in range(2):
            self._write(lambda _: self._insert_ending(ending), ending_row(ending))
        self.drop(terminal)


class SecondAfterAck(Journal):
    """The second medium is written when the program has time, after part 2."""

    late: list[dict[str, object]]

    def end(self, terminal, ending, tree):
        with self._lock:
            records, self.records = self.records, None
            super().end(terminal, ending, tree)
            self.records = records
            self.late = [*getattr(self, "late", []), ending_row(ending)]

    def printed(self, card):
        with self._lock:
            super().printed(card)
            for row in self.late if len(self.late) > 3 else ():
                self.records.append(row)
            self.late = [] if len(self.late) > 3 else self.late


class RetryCommit(Journal):
    """After an error the commit is tried again, and believed."""

    def _write(self, write: Callable[[apsw.Connection], object], row=None, unique="J1.6"):
        with self._lock:
            for _ in range(3):
                try:
                    self._commit(write, unique)
                    break
                except apsw.Error:
                    if self.database.in_transaction:
                        self.database.execute("ROLLBACK")
            if row is not None:
                self.records.append(row)


class NoFolderSync(Disk):
    """Names are not forced to the medium after a file was renamed."""

    def sync_folder(self, path):
        pass

    def sync_up(self, folder, top, done):
        pass


def no_unique_schema() -> str:
    """The tables without what keeps a card from being used twice."""
    schema = database.JOURNAL
    for old, new in (
        ("card BLOB PRIMARY KEY CHECK (length(card) = 64),\n    kind", "card BLOB,\n    kind"),
        ("ballot BLOB NOT NULL UNIQUE", "ballot BLOB NOT NULL"),
        ("batch INTEGER\n) STRICT, WITHOUT ROWID", "batch INTEGER\n) STRICT"),
    ):
        if old not in schema:
            raise ValueError(old)
        schema = schema.replace(old, new, 1)
    return schema


#: Controls that a cut of the power must catch.
CONTROLS = (
    "synchronous=NORMAL",
    "synchronous=OFF",
    "acknowledge before COMMIT",
    "card and ballot in two transactions",
    "no UNIQUE on the card",
    "rename without directory fsync",
    "second medium after the acknowledgement",
    "retrying COMMIT after EIO",
)


def build(control: str | None) -> tuple[type[Journal], type[Booths]]:
    """Return the classes of a station with this fault; patches the rest of this process."""
    if control == "rename without directory fsync":
        folders.Disk = NoFolderSync
    if control == "no UNIQUE on the card":
        folders.JOURNAL = no_unique_schema()
    journal = {
        "card and ballot in two transactions": TwoTransactions,
        "no UNIQUE on the card": NoUnique,
        "second medium after the acknowledgement": SecondAfterAck,
        "retrying COMMIT after EIO": RetryCommit,
    }.get(control or "", Journal)
    booths = AckBeforeCommit if control == "acknowledge before COMMIT" else Booths
    folders.Journal = journal
    return journal, booths


def weaken(control: str | None, connection: apsw.Connection) -> None:
    """Force less to the medium than must be."""
    if control is not None and control.startswith("synchronous="):
        connection.pragma("synchronous", control.partition("=")[2].lower())
