"""The table of checks against the pages that define them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from forged_records import verify

from dauys.verify.codes import CODES
from dauys.verify.report import CHAPTERS

SPEC = Path(__file__).parents[2] / "spec"
#: Pages whose codes a verifier takes over, and which of them.
PAGES = {
    "log.md": r"L[12347]\.\d+",
    "trustees.md": r"(?:K[1-8]|T[1-6])\.\d+",
    "ballots.md": r"B\d+",
    "cards.md": r"C[1-5]",
    "protocols.md": r"P[12]\.\d+",
    "election.md": r"N[1-5]\.\d+",
}


def _rows(page: str) -> Iterator[list[str]]:
    for line in (SPEC / page).read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and "---" not in line:
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def _defined(page: str, pattern: str) -> set[str]:
    """The codes that stand in the first cell of a table."""
    cells = [re.sub(r"(\w+\.)1 … \1(\d)", _spelled, row[0]) for row in _rows(page)]
    return {code for cell in cells for code in re.findall(pattern, cell)}


def _spelled(span: re.Match[str]) -> str:
    return " ".join(f"{span[1]}{number}" for number in range(1, int(span[2]) + 1))


def _span(cell: str) -> Iterator[str]:
    """The groups and codes that a first cell of `checks.md` names: `L1–L4, L7`, `B1–B9`, `C6.1`."""
    for part in re.split(r", | · ", re.sub(r"\(.*?\)", "", cell)):
        ends = re.findall(r"[A-Z]\d+(?:\.\d+)?", part)
        if "–" in part and len(ends) == 2:
            letter, first, last = ends[0][0], int(ends[0][1:]), int(ends[1][1:])
            yield from (f"{letter}{number}" for number in range(first, last + 1))
        else:
            yield from ends


def _of_checks() -> dict[str, bool]:
    """Every code and group of `checks.md` §2, and whether it is marked for the browser."""
    found: dict[str, bool] = {}
    for row in _rows("checks.md"):
        if re.match(r"[A-Z]\d", row[0]):
            # What is only declared stands in one row: `| D1 | software hash · D2 …`.
            names = ["D1", *re.findall(r"D\d", row[1])] if row[0] == "D1" else _span(row[0])
            found.update(dict.fromkeys(names, "●" in row[-1]))
    return found


def test_the_table_holds_every_code_of_checks_and_no_other() -> None:
    named = _of_checks()
    # T6 is named in K10.2, K9 and L5, L6 are of programs that write.
    known = {code for code in CODES if not code.startswith("T6")}
    assert {code for code in known if code not in named and code.split(".")[0] not in named} == set()
    assert {
        name for name in named if name not in CODES and not any(code.startswith(f"{name}.") for code in CODES)
    } == set()


@pytest.mark.parametrize("page", PAGES)
def test_the_table_holds_every_code_of_a_page_and_no_other(page) -> None:
    defined = _defined(page, PAGES[page])
    own = {code for code in CODES if re.fullmatch(PAGES[page], code)}
    assert own == defined


def test_what_the_browser_runs_is_what_is_marked() -> None:
    named = _of_checks()
    for code, browser in CODES.items():
        marked = named.get(code, named.get(code.split(".")[0]))
        if marked is not None and not code.startswith("C4"):
            assert browser == marked, code


def test_every_code_has_a_chapter() -> None:
    assert {code[0] for code in CODES} == set(CHAPTERS)


def test_a_report_holds_no_other_code(small_record, tmp_path) -> None:
    report = verify(small_record.folder, tmp_path / "work", small_record)
    assert report.counts.keys() <= CODES.keys()
