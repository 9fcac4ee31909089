"""Keys of a vote: the ceremony, the root that fixes it, and who the trustees are (K)."""

from __future__ import annotations

from typing import Final

from dauys.crypto.board import PublicKeys
from dauys.crypto.boxes import RootEntry, parse_root
from dauys.crypto.framing import framed_hash
from dauys.crypto.trustees import check_transcript
from dauys.domain.election import Contest, Election
from dauys.errors import InputError
from dauys.verify.context import Context, VoteContext
from dauys.verify.options import Progress
from dauys.verify.report import Where

#: Checks of a transcript that all have passed where it holds (`spec/trustees.md` §4).
TRANSCRIPT_CHECKS: Final = (
    *(f"K1.{n}" for n in range(1, 8)),
    *(f"K2.{n}" for n in range(1, 4)),
    *(f"K3.{n}" for n in range(1, 4)),
    *(f"K4.{n}" for n in range(1, 3)),
    *(f"K5.{n}" for n in range(1, 10)),
    *(f"K7.{n}" for n in range(1, 4)),
    *(f"K8.{n}" for n in range(1, 4)),
)


def check_vote_keys(context: Context, progress: Progress) -> None:
    """Check ceremony, root and contests of every vote; leave keys and root where they hold."""
    progress.begin("K", len(context.votes))
    for vote in context.votes.values():
        _check_ceremony(context, vote)
        _check_root(context, vote)
        _check_contests(context, vote)
        progress.advance(1)
    progress.end("K")


def _trustee_keys(context: Context) -> list[bytes] | None:
    if context.keys is None:
        return None
    listed = sorted(context.keys["trustees"], key=lambda one: one["number"])
    return [bytes.fromhex(one["key"]) for one in listed]


def _check_ceremony(context: Context, vote: VoteContext) -> None:
    ledger, entry = context.ledger, vote.ceremony
    if entry is None:
        ledger.fail("K10.1", Where(vote=vote.vote), "nothing", "a ceremony")
        ledger.not_run("K10.3", "K10.1", Where(vote=vote.vote))
        return
    where = Where(vote=vote.vote, logged=entry.index, file=entry.fields["transcript"]["path"])
    data = context.read(entry, "transcript", "K10.1")
    if data is None:
        ledger.not_run("K10.3", "L8.6", where)
        return
    expected = _trustee_keys(context)
    report = check_transcript(data, expected, where.file or "transcript.json")
    for problem in report.problems:
        ledger.problem(problem, where)
    keys = report.keys
    if keys is None:
        for code in ("K10.1", "K10.3"):
            ledger.not_run(code, "transcript", Where(vote=vote.vote))
        return
    for code in TRANSCRIPT_CHECKS:
        ledger.passed(code)
    if expected is None:
        ledger.not_run("K2.4", "L8.4", where)
    else:
        ledger.passed("K2.4")
    found = (keys.plan.vote_id, keys.transcript.hex())
    named = (vote.vote, entry.fields["hash"])
    if ledger.check("K10.1", where, holds=found == named, found=found, expected=named):
        vote.keys = keys
    _check_trustees(context, keys, where)


def _check_trustees(context: Context, keys: PublicKeys, where: Where) -> None:
    """Check that the trustees are those who were named before (K10.3)."""
    election = context.election
    if context.keys is None or election is None:
        context.ledger.not_run("K10.3", "L8.9", where)
        return
    named = election.trustees
    found = (keys.plan.trustees, keys.plan.threshold, len(context.keys["trustees"]))
    expected = (len(named.members), named.threshold, len(named.members)) if named else (0, 0, 0)
    numbers = [one["number"] for one in context.keys["trustees"]]
    holds = found == expected and numbers == list(range(1, len(numbers) + 1))
    context.ledger.check("K10.3", where, holds=holds, found=found, expected=expected)


def _check_root(context: Context, vote: VoteContext) -> None:
    ledger, entry, keys = context.ledger, vote.root, vote.keys
    if entry is None:
        ledger.fail("K10.2", Where(vote=vote.vote), "nothing", "a root")
        return
    where = Where(vote=vote.vote, logged=entry.index, file=entry.fields["file"]["path"])
    if keys is None:
        ledger.not_run("K10.2", "K10.1", where)
        return
    data = context.read(entry, "file", "K10.2")
    if data is None:
        return
    try:
        found = parse_root(data, keys, where.file or "root.json")
        ballots = found.election()
    except InputError as error:
        for problem in error.problems:
            ledger.problem(problem, where)
        return
    if _is_rooted(context, found, entry.fields["root"], where):
        vote.root_entry, vote.ballots = found, ballots


def _is_rooted(context: Context, found: RootEntry, root: str, where: Where) -> bool:
    """Whether root and definition are those of the log."""
    definition = context.definition
    if definition is None:
        context.ledger.not_run("K10.2", "L8.4", where)
        return False
    bound = framed_hash("definition", definition.data).hex()
    named = (found.root.hex(), found.value["definition"])
    expected = (root, bound)
    return context.ledger.check("K10.2", where, holds=named == expected, found=named, expected=expected)


def _check_contests(context: Context, vote: VoteContext) -> None:
    """Check contests and styles of the root against the definition (K10.4)."""
    ledger, root, election = context.ledger, vote.root_entry, context.election
    where = Where(vote=vote.vote, logged=vote.root.index if vote.root else None)
    if root is None or election is None:
        ledger.not_run("K10.4", "K10.2" if root is None else "L8.9", where)
        return
    if vote.round not in election.days:
        ledger.fail("K10.4", where, vote.round, f"one of {sorted(election.days)}")
        return
    found = {c["id"]: (c["options"], c["limit"]) for c in root.value["contests"]}
    known = {c.id: (options_in(election, c, vote.round), c.limit) for c in election.contests(vote.round)}
    wrong = sorted(contest for contest, shape in found.items() if known.get(contest) != shape)
    styles = {style["id"]: tuple(style["contests"]) for style in root.value["styles"]}
    named = {style.id: style.contests for style in election.styles(vote.round)}
    wrong += sorted(style for style, contests in styles.items() if named.get(style) != contests)
    expected = {contest: known.get(contest) for contest in wrong[:3]}
    ledger.check("K10.4", where, holds=not wrong, found=", ".join(wrong[:10]), expected=expected)


def options_in(election: Election, contest: Contest, round_number: int) -> int:
    """Return how many options a contest has on ballots of a round: two, and against all, in a run-off."""
    if round_number == 1 or contest.kind != "constituency":
        return len(contest.options)
    rule = next((rule for rule in election.contest_rules if rule.kind == "constituency"), None)
    return 2 + int(rule is not None and rule.against_all)
