"""The checks of each step of a key ceremony (spec/trustees.md §3 and §4).

Every check returns the problems it finds, empty when it passes; `facts["trustee"]` names who made the file.
No check needs a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from dauys import _core
from dauys.crypto.board import Board, PublicKeys
from dauys.crypto.ceremony_files import Plan, Reveal, Signed, problem, signed_hash
from dauys.crypto.framing import framed_hash, holds
from dauys.crypto.shapes import ID, VOTE_ID
from dauys.errors import Place, Problem

_SIGNATURE_CODE = {
    "member": "K2.2",
    "recipient": "K3.2",
    "commit": "K4.1",
    "reveal": "K5.1",
    "signature": "K8.2",
    "complaint": "K6.4",
}
_MISSING_CODE = {
    "member": "K2.3",
    "recipient": "K3.3",
    "commit": "K4.2",
    "reveal": "K5.9",
    "signature": "K8.3",
}


def check_plan(plan: Plan, name: str = "plan.json") -> list[Problem]:
    """Return what is wrong with a plan: K1.3, K1.6, K1.7."""
    found = []
    if not VOTE_ID.fullmatch(plan.vote_id):
        found.append(
            Problem("K1.3", Place(file=name, path="vote_id"), plan.vote_id[:80], "election/round/repeat")
        )
    if not 2 <= plan.threshold <= plan.trustees <= 64:
        numbers = f"{plan.threshold} of {plan.trustees}"
        found.append(
            Problem("K1.6", Place(file=name, path="threshold"), numbers, "2 ≤ threshold ≤ trustees ≤ 64")
        )
    if plan.minimum < 1:
        found.append(Problem("K1.7", Place(file=name, path="minimum"), "0", "1 or more"))
    if plan.opens is not None and not _is_time(plan.opens):
        found.append(Problem("K1.7", Place(file=name, path="opens"), plan.opens[:80], "a time with offset"))
    return found + [
        Problem("K1.7", Place(file=name, path=path), found=what, expected=expected)
        for path, what, expected in _contest_faults(plan)
    ]


def _contest_faults(plan: Plan) -> Iterable[tuple[str, str, str]]:
    ids = [contest.id for contest in plan.contests]
    if not ids or len(set(ids)) != len(ids):
        yield "contests", f"{len(ids)} contests", "different ids, at least one"
    used: set[int] = set()
    for place, contest in enumerate(plan.contests):
        path = f"contests[{place}]"
        if not ID.fullmatch(contest.id):
            yield f"{path}.id", contest.id[:80], "an id"
        if not 1 <= contest.limit <= contest.options <= 512:
            yield f"{path}.limit", f"{contest.limit} of {contest.options}", "1 ≤ limit ≤ options ≤ 512"
        if contest.first + contest.options > 65_536:
            yield f"{path}.first", str(contest.first), "at most 65,536 keys"
            return
        used.update(range(contest.first, contest.first + contest.options))
    if len(used) != plan.keys:
        yield "contests", f"{len(used)} keys used", f"{plan.keys}"


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def check_head(board: Board, file: Signed) -> list[Problem]:
    """Return whether a file belongs to this vote and attempt and to one of its trustees: K1.3, K1.4, K1.5."""
    found = []
    if file.vote_id != board.plan.vote_id:
        found.append(problem(file, "K1.3", file.vote_id, board.plan.vote_id, "vote_id"))
    if file.attempt is not None and file.attempt != board.attempt:
        found.append(problem(file, "K1.4", str(file.attempt), str(board.attempt), "attempt"))
    if not 1 <= file.number <= board.plan.trustees:
        found.append(problem(file, "K1.5", str(file.number), f"1…{board.plan.trustees}", "number"))
    return found


def check_signature(board: Board, file: Signed) -> list[Problem]:
    """Return whether its trustee signed the file."""
    member = board.of("member").get(file.number)
    key = member.hex("key") if member else bytes(32)
    if holds(key, signed_hash(file), file.signature):
        return []
    return [problem(file, _SIGNATURE_CODE[file.kind], key="signature")]


def _step(board: Board, kind: str) -> list[Problem]:
    """Return what is missing, misplaced or not signed in a step."""
    absent = board.missing(kind)
    found = [
        Problem(
            _MISSING_CODE[kind], Place(path=kind), "nothing", f"{kind} of trustee {n}", facts={"trustee": n}
        )
        for n in absent
    ]
    extra = [file for number, file in board.of(kind).items() if not 1 <= number <= board.plan.trustees]
    found += [problem(file, "K1.5", str(file.number), f"1…{board.plan.trustees}", "number") for file in extra]
    for file in board.in_order(kind):
        found += check_head(board, file) + check_signature(board, file)
    return found


def _repeated(files: Iterable[Signed], key: str, code: str) -> list[Problem]:
    seen: dict[str, int] = {}
    found = []
    for file in files:
        first = seen.setdefault(file.text(key), file.number)
        if first != file.number:
            found.append(problem(file, code, f"the same as trustee {first}", "another", key))
    return found


def check_members(board: Board, expected_keys: Sequence[bytes] | None = None) -> list[Problem]:
    """Return faults of who takes part: K2.1–K2.4."""
    members = board.in_order("member")
    found = []
    for file in members:
        # A key that is no key makes every signature fail; say the cause.
        try:
            _core.verify_signature(file.hex("key"), b"", bytes(64))
        except _core.CoreError as error:
            if error.args[0] == "key":
                found.append(problem(file, "K2.1", file.text("key"), "an Ed25519 key of large order", "key"))
    found += _step(board, "member") + _repeated(members, "key", "K2.3")
    if expected_keys is not None:
        expected = dict(enumerate((key.hex() for key in expected_keys), start=1))
        found += [
            problem(file, "K2.4", file.text("key"), expected.get(file.number, "no such trustee"), "key")
            for file in members
            if file.text("key") != expected.get(file.number)
        ]
    return found


def check_recipients(board: Board) -> list[Problem]:
    """Return faults of the one-time recipients: K3.1–K3.3."""
    files = board.in_order("recipient")
    found = []
    for file in files:
        try:
            _core.check_recipient(file.text("recipient"))
        except _core.CoreError:
            found.append(problem(file, "K3.1", file.text("recipient")[:80], "age1…", "recipient"))
    return found + _step(board, "recipient") + _repeated(files, "recipient", "K3.3")


def recipients_hash(board: Board) -> bytes:
    """Return `H(recipients, recipient₁ … recipient_v)`."""
    return framed_hash("recipients", *(file.text("recipient") for file in board.in_order("recipient")))


def commitment_hash(board: Board, number: int, inner: bytes) -> bytes:
    """Return what trustee `number` commits to: `H(commit, …, H(recipients, …), reveal)`."""
    return framed_hash("commit", *board.head, number, recipients_hash(board), inner)


def check_commits(board: Board) -> list[Problem]:
    """Return faults of the commitments: K4.1, K4.2."""
    return _step(board, "commit") + _repeated(board.in_order("commit"), "commitment", "K4.2")


def check_reveals(board: Board) -> list[Problem]:
    """Return faults of the reveals that anyone can find: K5.1–K5.9."""
    found = _step(board, "reveal")
    for file in board.reveals():
        found += check_reveal(board, file)
    return found


def check_reveal(board: Board, file: Reveal) -> list[Problem]:
    """Return faults of one reveal, its signature and head apart: K5.2–K5.8."""
    plan, found = board.plan, []
    commit = board.of("commit").get(file.number)
    if commit is not None and commit.hex("commitment") != commitment_hash(board, file.number, file.inner):
        found.append(problem(file, "K5.2", key="reveal"))
    rows = file.rows
    if len(rows) != plan.keys or any(len(row) != plan.threshold for row in rows):
        shape = f"{len(rows)} lists of {sorted({len(row) for row in rows})}"
        found.append(
            problem(file, "K5.3", shape, f"{plan.keys} lists of {plan.threshold}", "reveal.commitments")
        )
        return found
    bad = _core.bad_point(file.commitments)
    if bad is not None:
        where = f"reveal.commitments[{bad // plan.threshold}][{bad % plan.threshold}]"
        found.append(
            problem(file, "K5.4", rows[bad // plan.threshold][bad % plan.threshold], "a point", where)
        )
        return found
    return found + _check_possession(board, file) + _check_ciphertexts(board, file)


def _check_possession(board: Board, file: Reveal) -> list[Problem]:
    w, y = file.possession
    try:
        _core.verify_possession(board.args, file.number, file.commitments, w, y)
    except _core.CoreError as error:
        word = str(error.args[0])
        where = {"point": "reveal.possession.w", "scalar": "reveal.possession.y"}.get(word)
        return [problem(file, "K5.5" if where else "K5.6", word, key=where or "reveal.possession")]
    return []


def _check_ciphertexts(board: Board, file: Reveal) -> list[Problem]:
    others = set(range(1, board.plan.trustees + 1)) - {file.number}
    found = []
    if set(file.shares) != others:
        found.append(problem(file, "K5.7", str(sorted(file.shares)), str(sorted(others)), "reveal.shares"))
    for to, cipher in sorted(file.shares.items()):
        try:
            _core.check_share_length(cipher, board.plan.keys)
        except _core.CoreError as error:
            found.append(problem(file, "K5.8", str(error.args[1]), key=f"reveal.shares.{to}"))
    return found


def check_keys(board: Board) -> list[Problem]:
    """Return faults of the keys that follow from the reveals: K7.1–K7.3."""
    keys, verification = _core.public_keys(board.args, [file.commitments for file in board.reveals()])
    found = []
    weak = _core.weak_key(keys)
    if weak is not None:
        first, second = weak
        code, what = ("K7.1", f"key {first}") if second is None else ("K7.2", f"keys {first} and {second}")
        found.append(Problem(code, Place(path="keys"), found=what))
    for number, joined in enumerate(verification, start=1):
        if bytes(32) in split_keys(joined):
            found.append(Problem("K7.3", Place(path="keys"), facts={"trustee": number}))
    return found


def transcript_hash(board: Board) -> bytes:
    """Return what all trustees sign: `H(transcript, …)` over plan, keys, recipients, commitments, reveals."""
    return framed_hash(
        "transcript",
        *board.head,
        board.plan.data,
        *(file.hex("key") for file in board.in_order("member")),
        *(file.text("recipient") for file in board.in_order("recipient")),
        *(file.hex("commitment") for file in board.in_order("commit")),
        *(file.inner for file in board.reveals()),
    )


def check_signatures(board: Board) -> list[Problem]:
    """Return faults of the closing signatures: K8.1–K8.3."""
    expected = transcript_hash(board)
    differing = [
        problem(file, "K8.1", file.text("transcript")[:16] + "…", expected.hex()[:16] + "…", "transcript")
        for file in board.in_order("signature")
        if file.hex("transcript") != expected
    ]
    return differing + _step(board, "signature")


def public_keys(board: Board) -> PublicKeys:
    """Return the keys of a complete board whose checks have passed."""
    keys, verification = _core.public_keys(board.args, [file.commitments for file in board.reveals()])
    return PublicKeys(
        board.plan,
        board.attempt,
        split_keys(keys),
        {number: split_keys(joined) for number, joined in enumerate(verification, start=1)},
        {file.number: file.hex("key") for file in board.in_order("member")},
        transcript_hash(board),
    )


def split_keys(joined: bytes) -> tuple[bytes, ...]:
    """Return the 32-byte parts of joined keys."""
    return tuple(joined[start : start + 32] for start in range(0, len(joined), 32))
