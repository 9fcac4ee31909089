"""Tables of `desk.db` (`spec/desk.md` §3): facts that never change, and what stands by them."""

from __future__ import annotations

from typing import Final

#: Times that a voter whose session ended without a ballot may be admitted again.
AGAIN: Final = 3  # as the table `again` has it

DESK: Final = """
CREATE TABLE fact (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('added', 'case', 'certificate', 'certificate back', 'closed', 'mark',
        'mobile', 'mobile back', 'readmitted', 'settled', 'single', 'spoiled', 'test', 'undone',
        'visit')),
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE standing (
    voter TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('paper', 'electronic', 'mobile', 'away', 'certificate')),
    fact BLOB NOT NULL UNIQUE REFERENCES fact (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE added (
    voter TEXT PRIMARY KEY,
    person TEXT NOT NULL UNIQUE,
    certificate TEXT UNIQUE
) STRICT, WITHOUT ROWID;
CREATE TABLE again (
    voter TEXT NOT NULL,
    turn INTEGER NOT NULL CHECK (turn BETWEEN 1 AND 3),
    PRIMARY KEY (voter, turn)
) STRICT, WITHOUT ROWID;
CREATE TABLE visit (
    voter TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE settled (
    about BLOB PRIMARY KEY REFERENCES fact (id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER fact_kept BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'J1.6'); END;
CREATE TRIGGER fact_fixed BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'J1.6'); END;
CREATE TRIGGER fact_closed BEFORE INSERT ON fact
    WHEN NEW.kind <> 'single' AND EXISTS (SELECT 1 FROM fact WHERE kind = 'closed')
    BEGIN SELECT RAISE(ABORT, 'J3.4'); END;
CREATE TRIGGER standing_kept BEFORE DELETE ON standing
    WHEN NOT EXISTS (SELECT 1 FROM fact WHERE kind IN ('undone', 'certificate back', 'mobile back')
        AND body ->> 'about' = lower(hex(OLD.fact)))
    BEGIN SELECT RAISE(ABORT, 'J1.6'); END;
CREATE TRIGGER standing_fixed BEFORE UPDATE ON standing BEGIN SELECT RAISE(ABORT, 'J1.6'); END;
"""
