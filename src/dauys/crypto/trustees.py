"""The key ceremony as anyone can check it: pure functions of the published files (spec/trustees.md §4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dauys import _core
from dauys.crypto.board import Board, PublicKeys
from dauys.crypto.ceremony import (
    check_commits,
    check_head,
    check_keys,
    check_members,
    check_plan,
    check_recipients,
    check_reveals,
    check_signature,
    check_signatures,
    public_keys,
)
from dauys.crypto.ceremony_files import Reveal, Signed, parse_transcript, problem
from dauys.errors import InputError, Place, Problem


@dataclass(frozen=True, slots=True)
class TranscriptReport:
    """The verdict on a transcript.

    `anchored`: signing keys were compared with the definition entry. `keys`: None if anything failed.
    """

    problems: tuple[Problem, ...]
    keys: PublicKeys | None
    anchored: bool


def check_transcript(
    data: bytes, expected_keys: Sequence[bytes] | None = None, name: str = "transcript.json"
) -> TranscriptReport:
    """Return every fault of a transcript that shows without secrets, the cause before what follows from it.

    `expected_keys`: the signing keys of the definition entry, in trustee order; without them the verdict is
    not anchored.
    """
    anchored = expected_keys is not None
    try:
        plan, attempt, lists = parse_transcript(data, name)
    except InputError as error:
        return TranscriptReport(error.problems, None, anchored)
    found = check_plan(plan, name)
    if attempt < 1:
        found.append(
            Problem("K1.4", Place(file=name, path="attempt"), found=str(attempt), expected="1 or more")
        )
    if found:
        return TranscriptReport(tuple(found), None, anchored)
    files: dict[str, dict[int, Signed]] = {}
    for kind, items in lists.items():
        found += [
            problem(file, "K1.5", str(file.number), str(place), "number")
            for place, file in enumerate(items, start=1)
            if file.number != place
        ]
        files[kind] = dict(enumerate(items, start=1))
    if found:
        return TranscriptReport(tuple(found), None, anchored)
    board = Board(plan, attempt, files)
    found = check_board(board, expected_keys)
    return TranscriptReport(tuple(found), None if found else public_keys(board), anchored)


def check_board(board: Board, expected_keys: Sequence[bytes] | None = None) -> list[Problem]:
    """Return every fault of a finished attempt, in the order of the steps."""
    checks: list[Callable[[], list[Problem]]] = [
        lambda: check_members(board, expected_keys),
        lambda: check_recipients(board),
        lambda: check_commits(board),
        lambda: check_reveals(board),
        lambda: check_keys(board),
        lambda: check_signatures(board),
    ]
    found: list[Problem] = []
    for check in checks:
        found += check()
        # What is missing or undecodable leaves nothing for later steps to compute with.
        if any(fault.code in ("K1.5", "K2.3", "K3.3", "K4.2", "K5.3", "K5.4", "K5.9") for fault in found):
            break
    return found


def judge_complaint(board: Board, complaint: Signed) -> list[Problem]:
    """Return who is at fault according to a complaint; there is always somebody, and the attempt is void.

    A bad share names its maker (K6.1–K6.3); a signature that fails (K6.4), a foreign identity (K6.5) or
    shares that all agree (K6.6) name who complained. Needs the reveals of all trustees, their checks passed.
    """
    head = check_head(board, complaint) + check_signature(board, complaint)
    if head:
        return head
    identity, me = complaint.text("identity"), complaint.number
    try:
        recipient = _core.recipient_of(identity)
    except _core.CoreError:
        recipient = ""
    if recipient != board.of("recipient")[me].text("recipient"):
        return [problem(complaint, "K6.5", recipient or "no identity", key="identity")]
    found = []
    for file in board.reveals():
        if file.number != me:
            word = share_fault(
                lambda made: _core.judge_share(identity, board.args, me, made.commitments, made.shares[me]),
                file,
            )
            if word:
                found.append(problem(file, word, key=f"reveal.shares.{me}"))
    return found or [problem(complaint, "K6.6", key="identity")]


def share_fault(open_share: Callable[[Reveal], None], file: Reveal) -> str | None:
    """Return the code of what is wrong with a share, None if it is good. `open_share` raises a core error."""
    try:
        open_share(file)
    except _core.CoreError as error:
        return {"cipher": "K6.1", "length": "K6.2", "scalar": "K6.2", "share": "K6.3"}.get(
            str(error.args[0]), "K6.1"
        )
    return None
