"""Which public files lie on a stick, and how those from a table are taken over (spec/trustees.md §7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dauys.crypto.board import Board
from dauys.crypto.ceremony import check_head, check_signature
from dauys.crypto.ceremony_files import Plan, Signed, parse_plan, parse_signed
from dauys.errors import InputError, Place, Problem

PLAN = "plan.json"
TRANSCRIPT = "transcript.json"
_MEMBER = re.compile(r"member-([1-9][0-9]?)\.json")
_STEP = re.compile(r"(recipient|commit|reveal|complaint|signature)-([1-9][0-9]{0,8})-([1-9][0-9]?)\.json")
_TALLY = re.compile(
    r"wave-[1-9][0-9]{0,8}(?:-signature-[1-9][0-9]?)?\.json|(?:partial|rehearsal)-[1-9][0-9]{0,8}-[1-9][0-9]?\.json"
)

Folder = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Merged:
    """The public files of stick and table together; `problems` name who gave two versions of one file."""

    files: dict[str, bytes]
    problems: tuple[Problem, ...]


def is_public(name: str) -> bool:
    """Return whether a file of this name is one that trustees exchange; others are left alone."""
    if name in (PLAN, TRANSCRIPT):
        return True
    return any(pattern.fullmatch(name) for pattern in (_MEMBER, _STEP, _TALLY))


def file_name(kind: str, attempt: int, number: int) -> str:
    """Return the name of a trustee's file of a step."""
    return f"member-{number}.json" if kind == "member" else f"{kind}-{attempt}-{number}.json"


def read_board(files: Folder, attempt: int) -> tuple[Board, list[Problem]]:
    """Return what is published in one attempt, and the problems of files that cannot be read.

    Raises InputError where there is no plan or it cannot be read.
    """
    if PLAN not in files:
        raise InputError([Problem("K9.2", Place(file=PLAN), found="nothing", expected="the plan")])
    plan = parse_plan(files[PLAN])
    board: dict[str, dict[int, Signed]] = {}
    problems: list[Problem] = []
    for name in sorted(files):
        kind, number = _kind_and_number(name, attempt)
        if kind is None:
            continue
        try:
            file = parse_signed(kind, files[name], name)
        except InputError as error:
            problems += error.problems
            continue
        if file.number != number:
            expected = str(number)
            problems.append(Problem("K1.5", Place(file=name, path="number"), str(file.number), expected))
            continue
        board.setdefault(kind, {})[number] = file
    return Board(plan, attempt, board), problems


def _kind_and_number(name: str, attempt: int) -> tuple[str | None, int]:
    member = _MEMBER.fullmatch(name)
    if member:
        return "member", int(member[1])
    step = _STEP.fullmatch(name)
    if step and int(step[2]) == attempt:
        return step[1], int(step[3])
    return None, 0


def merge(mine: Folder, table: Folder) -> Merged:
    """Return stick and table together. What the stick has stays, unless it is damaged and the table's is not.

    Two different files of one step that the same trustee signed are evidence against it (K9.1).
    """
    files = {name: data for name, data in mine.items() if is_public(name)}
    problems: list[Problem] = []
    for name, data in sorted(table.items()):
        if not is_public(name) or files.get(name) == data:
            continue
        if name not in files:
            files[name] = data
            continue
        choice, found = _choose(files, name, data)
        files[name] = choice
        problems += found
    return Merged(files, tuple(problems))


def _choose(files: Folder, name: str, other: bytes) -> tuple[bytes, list[Problem]]:
    mine = files[name]
    step = _STEP.fullmatch(name) or _MEMBER.fullmatch(name)
    if name == PLAN:
        return mine, [Problem("K9.5", Place(file=name), found="another plan", expected="that of the stick")]
    if step is None:
        # Transcript and tally files are checked where they are used; two of them are only a difference.
        return mine, [Problem("K9.1", Place(file=name), found="two versions", expected="one")]
    number = int(step[step.lastindex or 1])
    good = [_is_signed(files, name, data) for data in (mine, other)]
    if good == [True, True]:
        place = Place(file=name)
        return mine, [Problem("K9.1", place, "two signed versions", "one", facts={"trustee": number})]
    return (other if good[1] else mine), []


def _is_signed(files: Folder, name: str, data: bytes) -> bool:
    step = _STEP.fullmatch(name)
    attempt = int(step[2]) if step else 1
    try:
        board, _ = read_board({**files, name: data}, attempt)
    except InputError:
        return False
    kind, number = _kind_and_number(name, attempt)
    file = board.of(kind or "").get(number)
    return file is not None and not check_head(board, file) and not check_signature(board, file)


def plan_of_stick(files: Folder) -> Plan:
    """Return the plan on the stick. Raises InputError where there is none."""
    return read_board(files, 1)[0].plan
