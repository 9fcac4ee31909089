"""The steps of a trustee, without folders and clock: what lies on the stick goes in, what to write comes out.

Every step can be run again: what was made before is given out again, never made anew. The caller stores
the secret *before* it writes the files of an outcome, so that nothing leaves the stick which the stick does
not remember.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dauys import _core
from dauys.crypto import ceremony
from dauys.crypto.board import Board
from dauys.crypto.ceremony_files import encode_signed, encode_transcript, parse_plan, problem, signed_hash
from dauys.crypto.framing import fingerprint, framed_hash, holds
from dauys.crypto.shapes import canonical
from dauys.crypto.stick_files import PLAN, TRANSCRIPT, Folder, file_name, read_board
from dauys.crypto.tally import ContestTotal
from dauys.crypto.trustees import check_transcript, judge_complaint, share_fault
from dauys.errors import InputError, Place, Problem


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was checked: a sentence `check.<key>` of the locale files, `passed` of `total`."""

    key: str
    passed: int
    total: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step did. `next`: a sentence of the locale files; `waiting`: trustees whose file is missing.

    `fingerprint` is what all trustees read aloud, None where there is nothing to compare yet.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    problems: tuple[Problem, ...] = ()
    next: str = ""
    waiting: tuple[int, ...] = ()
    totals: tuple[ContestTotal, ...] = ()
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Stick:
    """A trustee's stick: the open secret and the public files on it."""

    secret: _core.TrusteeSecret
    files: Folder

    @property
    def number(self) -> int:
        """The trustee's number."""
        return int(self.secret.note("number") or b"0")

    @property
    def attempt(self) -> int:
        """The attempt this stick is at; 1 before the first."""
        return int(self.secret.note("attempt") or b"1")

    def board(self) -> Board:
        """Return what is published in this attempt. Raises InputError for files that cannot be read."""
        board, problems = read_board(self.files, self.attempt)
        if self.secret.note("vote_id") != board.plan.vote_id.encode():
            where = Place(file=PLAN, path="vote_id")
            problems.insert(
                0, Problem("K9.5", where, board.plan.vote_id, self.secret.note("vote_id").decode())
            )
        if problems:
            raise InputError(problems)
        return board

    def has_made(self, board: Board, kind: str) -> bool:
        """Return whether the file of this step is there and really of this stick, not planted by somebody."""
        file = board.of(kind).get(self.number)
        return file is not None and holds(self.secret.public_key(), signed_hash(file), file.signature)

    def own(self, board: Board, kind: str, **values: object) -> dict[str, bytes]:
        """Return this trustee's signed file of a step by name; one that is there already stays as it is."""
        name = file_name(kind, board.attempt, self.number)
        if self.has_made(board, kind):
            return {name: self.files[name]}
        head: dict[str, object] = {"vote_id": board.plan.vote_id, "number": self.number}
        if kind != "member":
            head["attempt"] = board.attempt
        return {name: encode_signed(kind, self.secret.sign, **head, **values)}


def init(secret: _core.TrusteeSecret, plan_data: bytes, number: int, name: str) -> Outcome:
    """Return plan and member file of a new stick; the secret belongs to this vote and trustee from now on.

    Raises InputError for a plan that breaks the rules or a number it does not have.
    """
    plan = parse_plan(plan_data)
    problems = ceremony.check_plan(plan)
    if not 1 <= number <= plan.trustees:
        problems.append(Problem("K1.5", Place(path="number"), str(number), f"1…{plan.trustees}"))
    if problems:
        raise InputError(problems)
    secret.set_note("number", str(number).encode())
    secret.set_note("vote_id", plan.vote_id.encode())
    stick = Stick(secret, {PLAN: plan_data})
    board = Board(plan, 1)
    files = stick.own(board, "member", key=secret.public_key().hex(), name=name)
    own = read_board({PLAN: plan_data, **files}, 1)[0].of("member")[number]
    return Outcome({PLAN: plan_data, **files}, next="recipients", fingerprint=fingerprint(signed_hash(own)))


def recipients(stick: Stick, attempt: int | None = None) -> Outcome:
    """Return this trustee's one-time recipient; `attempt` one higher begins a new attempt and voids the old.

    Raises InputError (K9.2) for a new attempt after a finished ceremony, or one that skips numbers.
    """
    wanted = attempt if attempt is not None else stick.attempt
    if wanted != stick.attempt:
        _begin_attempt(stick, wanted)
    board = stick.board()
    stop = _require(stick, board, "member", ceremony.check_members(board))
    if stop:
        return stop
    # Kept as a note, so that a lost file is made again the same and keys are never drawn over.
    name = stick.secret.note("recipient").decode()
    if not name:
        name = stick.secret.new_identity()
        stick.secret.set_note("recipient", name.encode())
        stick.secret.set_note("attempt", str(board.attempt).encode())
    files = stick.own(board, "recipient", recipient=name)
    checks = (Check("members", len(board.of("member")), board.plan.trustees),)
    draft = Outcome(files, checks, next="commit", fingerprint=fingerprint(members_hash(board)))
    return _publish(stick, board, "recipient", draft)


def _begin_attempt(stick: Stick, wanted: int) -> None:
    done = TRANSCRIPT in stick.files and not check_transcript(stick.files[TRANSCRIPT]).problems
    if wanted != stick.attempt + 1 or done:
        expected = "no other attempt" if done else str(stick.attempt + 1)
        raise InputError([Problem("K9.2", Place(path="attempt"), found=str(wanted), expected=expected)])
    stick.secret.set_note("attempt", str(wanted).encode())
    stick.secret.set_note("reveal", b"")
    stick.secret.set_note("recipient", b"")


def commit(stick: Stick) -> Outcome:
    """Return this trustee's commitment; its polynomials are drawn and its reveal is kept on the stick."""
    board = stick.board()
    stop = _require(stick, board, "recipient", ceremony.check_recipients(board))
    if stop:
        return stop
    if stick.has_made(board, "commit"):
        files = stick.own(board, "commit")
    else:
        inner = stick.secret.note("reveal") or _draw(stick, board)
        stick.secret.set_note("reveal", inner)
        files = stick.own(
            board, "commit", commitment=ceremony.commitment_hash(board, stick.number, inner).hex()
        )
    checks = (Check("recipients", len(board.of("recipient")), board.plan.trustees),)
    draft = Outcome(files, checks, next="reveal", fingerprint=fingerprint(ceremony.recipients_hash(board)))
    return _publish(stick, board, "commit", draft)


def _draw(stick: Stick, board: Board) -> bytes:
    if stick.secret.has_keys():
        raise InputError([Problem("K9.2", Place(path="commit"), found="signed", expected="a new attempt")])
    names = [file.text("recipient") for file in board.in_order("recipient")]
    joined, w, y, shares = stick.secret.deal(board.args, stick.number, names)
    threshold = board.plan.threshold
    points = [joined[start : start + 32].hex() for start in range(0, len(joined), 32)]
    return canonical(
        {
            "commitments": [points[start : start + threshold] for start in range(0, len(points), threshold)],
            "possession": {"w": w.hex(), "y": y.hex()},
            "shares": {str(to): base64.b64encode(cipher).decode() for to, cipher in shares},
        }
    )


def reveal(stick: Stick) -> Outcome:
    """Return this trustee's reveal, only when all commitments are there."""
    board = stick.board()
    stop = _require(stick, board, "commit", ceremony.check_commits(board))
    if stop:
        return stop
    if stick.has_made(board, "reveal"):
        files = stick.own(board, "reveal")
    else:
        files = stick.own(board, "reveal", reveal=_kept_reveal(stick, board))
    checks = (Check("commitments", len(board.of("commit")), board.plan.trustees),)
    draft = Outcome(files, checks, next="check", fingerprint=fingerprint(_commitments_hash(board)))
    return _publish(stick, board, "reveal", draft)


def _kept_reveal(stick: Stick, board: Board) -> object:
    """Return what this stick committed to. Raises InputError (K9.2) where it does not keep it."""
    inner = stick.secret.note("reveal")
    mine = board.of("commit")[stick.number].hex("commitment")
    if not inner or ceremony.commitment_hash(board, stick.number, inner) != mine:
        raise InputError(
            [Problem("K9.2", Place(path="reveal"), found="nothing kept", expected="commit first")]
        )
    return json.loads(inner)


def check(stick: Stick) -> Outcome:
    """Return whether all reveals and the shares for this trustee hold; a bad share is ground to complain."""
    board = stick.board()
    found = ceremony.check_reveals(board)
    stop = _require(stick, board, "reveal", found)
    if stop:
        return stop
    void = _complaints(board)
    if void:
        return Outcome(problems=tuple(void), next="void")
    others = board.plan.trustees - 1
    bad = [] if stick.secret.has_keys() else _bad_shares(stick, board)
    weak = ceremony.check_keys(board)
    trustees = board.plan.trustees
    checks = (
        Check("commitments_kept", trustees, trustees),
        Check("possession", trustees, trustees),
        Check("shares", others - len(bad), others),
        Check("keys", board.plan.keys if not weak else 0, board.plan.keys),
    )
    if bad or weak:
        return Outcome(checks=checks, problems=(*bad, *weak), next="complain" if bad else "void")
    return Outcome(checks=checks, next="sign", fingerprint=fingerprint(ceremony.transcript_hash(board)))


def _bad_shares(stick: Stick, board: Board) -> list[Problem]:
    found = []
    for file in board.reveals():
        if file.number != stick.number:
            code = share_fault(
                lambda made: stick.secret.check_share(
                    board.args, stick.number, made.commitments, made.shares[stick.number]
                ),
                file,
            )
            if code:
                found.append(problem(file, code, key=f"reveal.shares.{stick.number}"))
    return found


def _complaints(board: Board) -> list[Problem]:
    """Return what complaints say, who is at fault first; any complaint voids the attempt."""
    files = board.in_order("complaint")
    found = [fault for file in files for fault in judge_complaint(board, file)]
    return [*found, Problem("K9.3", Place(path="attempt"), found=str(board.attempt))] if files else []


def complain(stick: Stick) -> Outcome:
    """Return a complaint, which publishes this trustee's one-time identity and voids the attempt for all."""
    board = stick.board()
    stop = _require(stick, board, "reveal", ceremony.check_reveals(board))
    if stop:
        return stop
    if not stick.secret.has_identity():
        raise InputError(
            [Problem("K9.2", Place(path="complain"), found="signed", expected="complain before sign")]
        )
    files = stick.own(board, "complaint", identity=stick.secret.publish_identity())
    full, _ = read_board({**stick.files, **files}, board.attempt)
    return Outcome(files, problems=tuple(_complaints(full)), next="void")


def sign(stick: Stick) -> Outcome:
    """Return this trustee's signature of the transcript, and the transcript itself once all have signed.

    The sums of shares are kept, the one-time identity and the shares are destroyed.
    """
    checked = check(stick)
    if checked.problems or checked.fingerprint is None:
        return checked
    board = stick.board()
    digest = ceremony.transcript_hash(board)
    if not stick.secret.has_keys():
        shares = [file.shares[stick.number] for file in board.reveals() if file.number != stick.number]
        keys = ceremony.public_keys(board).verification[stick.number]
        stick.secret.finish(board.args, stick.number, shares, b"".join(keys))
        stick.secret.set_note("reveal", b"")
    files = stick.own(board, "signature", transcript=digest.hex())
    full, _ = read_board({**stick.files, **files}, board.attempt)
    faults = [fault for fault in ceremony.check_signatures(full) if fault.code != "K8.3"]
    done = full.complete("signature") and not faults
    if done:
        files[TRANSCRIPT] = encode_transcript(board.plan, board.attempt, full.files)
    checks = (
        *checked.checks,
        Check("signatures", len(full.of("signature")) - len(faults), board.plan.trustees),
    )
    return Outcome(
        files,
        checks,
        tuple(faults),
        "void" if faults else "done" if done else "sign",
        tuple(full.missing("signature")),
        fingerprint=fingerprint(digest),
    )


def members_hash(board: Board) -> bytes:
    """Return `H(members, vote id, plan, key₁ … key_v)`, which trustees compare before anything else."""
    keys = (file.hex("key") for file in board.in_order("member"))
    return framed_hash("members", board.plan.vote_id, board.plan.data, *keys)


def _commitments_hash(board: Board) -> bytes:
    commitments = (file.hex("commitment") for file in board.in_order("commit"))
    return framed_hash("commitments", board.plan.vote_id, board.attempt, *commitments)


def _require(stick: Stick, board: Board, kind: str, problems: list[Problem]) -> Outcome | None:
    """Return why a step cannot begin: files of the step before that are missing, or their problems."""
    missing = board.missing(kind)
    present = [fault for fault in problems if fault.found != "nothing" or fault.place.file is not None]
    if present:
        return Outcome(problems=tuple(present), next="void" if kind != "member" else "members")
    if missing:
        mine = stick.number in missing
        return Outcome(next=f"first_{kind}" if mine else f"wait_{kind}", waiting=tuple(missing))
    return None


def _publish(stick: Stick, board: Board, kind: str, draft: Outcome) -> Outcome:
    """Return the outcome with the trustees whose file of this step is still missing."""
    full, _ = read_board({**stick.files, **draft.files}, board.attempt)
    return replace(draft, waiting=tuple(full.missing(kind)))
