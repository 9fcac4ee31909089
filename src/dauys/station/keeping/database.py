"""The encrypted databases of the first medium: how they are opened, and the tables of the journal.

**Source:** spec/station.md §2–3. One connection, one writer; a commit is on the medium when it returns.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from dauys.station.faults import StationError, at

#: The first version in which a write-ahead log that begins anew cannot lose a commit.
OLDEST: Final = (3, 51, 3)

JOURNAL: Final = """
CREATE TABLE intent (
    terminal INTEGER PRIMARY KEY CHECK (terminal BETWEEN 0 AND 99),
    slips INTEGER NOT NULL CHECK (slips >= 0),
    card BLOB UNIQUE CHECK (card IS NULL OR length(card) = 64),
    ballot BLOB CHECK ((ballot IS NULL) = (card IS NULL)),
    s1 BLOB CHECK ((s1 IS NULL) = (card IS NULL))
) STRICT;
CREATE TABLE ending (
    card BLOB PRIMARY KEY CHECK (length(card) = 64),
    kind TEXT NOT NULL CHECK (kind IN ('cast', 'challenge', 'test', 'abandoned')),
    ballot BLOB NOT NULL UNIQUE CHECK (length(ballot) = 64),
    style TEXT NOT NULL,
    body BLOB NOT NULL,
    slips INTEGER NOT NULL CHECK (slips >= 0),
    batch INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE note (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE owed (
    card BLOB PRIMARY KEY REFERENCES ending (card),
    size INTEGER NOT NULL,
    root BLOB NOT NULL CHECK (length(root) = 32)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER ending_kept BEFORE DELETE ON ending BEGIN SELECT RAISE(ABORT, 'J1.6'); END;
CREATE TRIGGER note_kept BEFORE DELETE ON note BEGIN SELECT RAISE(ABORT, 'J1.6'); END;
CREATE TRIGGER note_fixed BEFORE UPDATE ON note BEGIN SELECT RAISE(ABORT, 'J1.6'); END;
CREATE TRIGGER ending_fixed BEFORE UPDATE OF card, kind, ballot, style, body, slips ON ending
    BEGIN SELECT RAISE(ABORT, 'J1.6'); END;
CREATE TRIGGER ending_closed BEFORE INSERT ON ending WHEN EXISTS (SELECT 1 FROM note WHERE kind = 'closed')
    BEGIN SELECT RAISE(ABORT, 'J3.4'); END;
CREATE TRIGGER intent_closed BEFORE INSERT ON intent WHEN EXISTS (SELECT 1 FROM note WHERE kind = 'closed')
    BEGIN SELECT RAISE(ABORT, 'J3.4'); END;
CREATE TRIGGER note_closed BEFORE INSERT ON note
    WHEN NEW.kind NOT IN ('tree', 'single') AND EXISTS (SELECT 1 FROM note WHERE kind = 'closed')
    BEGIN SELECT RAISE(ABORT, 'J3.4'); END;
"""


def open_database(path: Path, key: bytes, schema: str, *, make: bool = False) -> apsw.Connection:
    """Return the one connection to an encrypted database; `make` makes it, on purpose, with its tables.

    Raises StationError J1.1 for another key, J1.5 where it is there or is not, J1.9 for an old SQLite.
    """
    _check_version(apsw.sqlite_lib_version())
    if path.exists() == make:
        found, expected = ("a database", "none") if make else ("nothing", "a database")
        raise StationError("J1.5", found=found, expected=expected, place=at(path))
    connection = apsw.Connection(str(path))
    connection.pragma("cipher", "chacha20")
    connection.execute(f"PRAGMA key = 'raw:{key.hex()}'")
    try:
        for name, value in (("journal_mode", "wal"), ("synchronous", "full"), ("secure_delete", "on")):
            connection.pragma(name, value)
        connection.pragma("temp_store", "memory")
    except apsw.NotADBError as error:
        connection.close()
        raise StationError(
            "J1.1", found="another key", expected="that of this device", place=at(path)
        ) from error
    _keep_log(connection)
    if make:
        connection.execute(f"BEGIN; {schema} COMMIT;")
        force_names(path.parent)
    return connection


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """Do everything inside, durably, or nothing. An error while committing leaves open which."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def force_names(folder: Path) -> None:
    """Force to the medium which names a folder holds."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _keep_log(connection: apsw.Connection) -> None:
    """Keep the files of the write-ahead log when the database is closed: what is removed is not overwritten.

    In free blocks of the medium its frames would show, after the keys are gone, in which order pages were
    written; as files they are overwritten with the rest.
    """
    on = ctypes.c_int(1)
    if not connection.file_control("main", apsw.SQLITE_FCNTL_PERSIST_WAL, ctypes.addressof(on)):
        raise StationError("J1.9", found="a log that is removed", expected="one that is kept")


def _check_version(found: str) -> None:
    numbers = tuple(int(part) for part in found.split("."))
    if numbers < OLDEST:
        raise StationError("J1.9", found=found, expected=".".join(map(str, OLDEST)))
