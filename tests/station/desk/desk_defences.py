"""Takes the defences of the check-in desk away in turn and names the test that notices.

    python tests/station/desk/desk_defences.py [NAME …]

Works on a copy. Ends with 1 if a defence can be removed unnoticed.
"""

from __future__ import annotations

import sys
from pathlib import Path

HOME = Path(__file__).parents[3]
sys.path.insert(0, str(HOME / "tests" / "trustees"))

from defences import Defence, try_named  # noqa: E402

STATION, TESTS = "src/dauys/station", "tests/station"
FILES = sorted(path for part in ("desk", "web_desk") for path in (HOME / TESTS / part).glob("test_*.py"))


def _of(name: str, file: str, line: str, without: str, test: str) -> Defence:
    where = next(path for path in FILES if f"def {test}(" in path.read_text(encoding="utf-8"))
    return Defence(name, f"{STATION}/{file}", line, without, f"{where.relative_to(HOME)}::{test}")


DEFENCES = [
    _of(
        "a voter has one row in the database",
        "desk/tables.py",
        "CREATE TABLE standing (\n    voter TEXT PRIMARY KEY,",
        "CREATE TABLE standing (\n    nr INTEGER PRIMARY KEY, voter TEXT,",
        "test_the_database_itself_keeps_a_voter_from_two_marks",
    ),
    _of(
        "no mark is undone whose voter has cast",
        "desk/journal.py",
        'if found.state == "electronic" and not unused:',
        "if False:",
        "test_no_mark_is_undone_where_every_admission_was_used",
    ),
    _of(
        "history is not deleted",
        "desk/tables.py",
        "CREATE TRIGGER fact_kept BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'J1.6'); END;",
        "",
        "test_history_cannot_be_changed_by_sql",
    ),
    _of(
        "history is not changed",
        "desk/tables.py",
        "CREATE TRIGGER fact_fixed BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'J1.6'); END;",
        "",
        "test_history_cannot_be_changed_by_sql",
    ),
    _of(
        "a mark leaves by a fact alone",
        "desk/tables.py",
        "WHEN NOT EXISTS (SELECT 1 FROM fact WHERE kind IN ('undone'",
        "WHEN FALSE AND NOT EXISTS (SELECT 1 FROM fact WHERE kind IN ('undone'",
        "test_history_cannot_be_changed_by_sql",
    ),
    _of(
        "closed is closed",
        "desk/tables.py",
        "WHEN NEW.kind <> 'single' AND EXISTS",
        "WHEN FALSE AND EXISTS",
        "test_after_close_nothing_is_added",
    ),
    _of(
        "undone against what was given",
        "desk/journal.py",
        "if RETURNED[found.state] != returned:",
        "if False:",
        "test_undo_is_against_what_was_given_with_a_reason_and_deletes_nothing",
    ),
    _of(
        "thrice again, and no more",
        "desk/tables.py",
        "CHECK (turn BETWEEN 1 AND 3)",
        "CHECK (turn > 0)",
        "test_a_voter_is_admitted_again_thrice_by_a_member",
    ),
    _of(
        "who holds a certificate votes elsewhere",
        "desk/journal.py",
        "        if self.certificate(voter):\n",
        "        if False:\n",
        "test_a_voter_with_a_certificate_votes_elsewhere_unless_it_comes_back",
    ),
    _of(
        "a certificate is presented once",
        "desk/newcomers.py",
        "if own and any(plain(fact.body",
        "if False and any(plain(fact.body",
        "test_a_certificate_is_presented_once",
    ),
    _of(
        "a person is added once",
        "desk/tables.py",
        "person TEXT NOT NULL UNIQUE",
        "person TEXT NOT NULL",
        "test_additions_are_a_list_of_their_own_each_person_once",
    ),
    _of(
        "nobody of the list is added",
        "desk/newcomers.py",
        "and who in (person(",
        "and 0 in (person(",
        "test_additions_are_a_list_of_their_own_each_person_once",
    ),
    _of(
        "a carried device marks whom it is sent to",
        "desk/journal.py",
        "if self.carried and voter not in self.visits():",
        "if False:",
        "test_a_carried_device_marks_only_whom_it_is_sent_to",
    ),
    _of(
        "one writer at a time",
        "keeping/writing.py",
        "        self._lock = threading.RLock()",
        "        import contextlib\n        self._lock = contextlib.nullcontext()",
        "test_one_desk_waits_while_the_other_one_writes",
    ),
    _of(
        "nothing after an error",
        "keeping/writing.py",
        "        if self.broken is not None:",
        "        if False:",
        "test_after_a_failed_write_nothing_is_tried_again",
    ),
    _of(
        "the second medium has every fact",
        "desk/journal.py",
        "self._write(write, fact.row(), unique)",
        "self._write(write, None, unique)",
        "test_a_first_medium_that_lost_the_day_is_filled_from_the_second",
    ),
    _of(
        "a stale medium is refused",
        "keeping/in_step.py",
        "if len(absent) > IN_BETWEEN and not alone:",
        "if False:",
        "test_a_stale_second_medium_is_refused",
    ),
    _of(
        "records know their file",
        "keeping/records.py",
        "self.path.name.encode()",
        'b""',
        "test_records_put_in_the_place_of_others_are_refused",
    ),
    _of(
        "a step is taken once",
        "web/terminals.py",
        "self.used, self.token = self.token, self.random(16).hex()",
        "self.used = self.token",
        "test_an_old_page_is_refused_in_words",
    ),
    _of(
        "a page of another voter marks nobody",
        "web/desk/acts.py",
        'if found is None or form.get("voter", "") != room.opened:',
        "if found is None:",
        "test_a_page_of_another_voter_marks_nobody",
    ),
    _of(
        "a search is of the page that is shown",
        "web/desk/views.py",
        "    if not compare_digest(request.POST",
        "    if False and not compare_digest(request.POST",
        "test_what_is_typed_is_found_without_a_step",
    ),
    _of(
        "a booth opens no desk",
        "web/middleware.py",
        "if request.terminal.role != role:",
        "if False:",
        "test_a_booth_sees_no_desk_and_a_desk_no_booth",
    ),
    _of(
        "only while voting is open",
        "web/desk/acts.py",
        "if name in IN_THE_DAY and not rooms.is_open():",
        "if False:",
        "test_nobody_is_marked_while_voting_is_not_open",
    ),
    _of(
        "paper alone",
        "web/desk/acts.py",
        'if name in IN_THE_DAY and (name, value) != ("mark", "paper") and rooms.on_paper():',
        "if False:",
        "test_on_paper_alone_nobody_is_admitted",
    ),
    _of(
        "names are text",
        "web/desk/sight.py",
        "else str(escape(piece))",
        "else piece",
        "test_names_of_the_list_are_text",
    ),
]


if __name__ == "__main__":
    sys.exit(try_named(DEFENCES, "tests/station", "tests/conftest.py", "examples", links=["web"]))
