"""Making the kit of a station out of a record: what `dauys kit make` does (spec/kit.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dauys.errors import InputError, Problem
from dauys.formats.voters import Allowed, Extract, read_voters
from dauys.record.book import Record
from dauys.record.entries import Entry, files_of
from dauys.record.faults import LogError
from dauys.record.note import parse_note
from dauys.record.policy import parse_policy
from dauys.record.proof import TlogProof
from dauys.verify.context import Context, VoteContext
from dauys.verify.keys import check_vote_keys
from dauys.verify.kit import Kit, read_kit
from dauys.verify.kit_file import encode_kit, make_manifest, refuse
from dauys.verify.kit_pieces import EXTRACT, POLICY, entry_path, proof_path
from dauys.verify.logs import check_definition, check_entries, check_files, open_election_log
from dauys.verify.options import Options, Silent
from dauys.verify.rebuild import put_together
from dauys.verify.report import Ledger, Status

#: What is asked of a signer: the signature (64 bytes) of a framed hash.
Sign = Callable[[bytes], bytes]
#: Findings of a record that are named.
_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Order:
    """Which kit is wanted. `extract`: the frozen register extract of the station.

    `policy`: a tlog-policy file; None makes one of the log's key and more than half of the witnesses that the
    definition names. `vote`: None is the newest vote that is ready for the station. `version`: from 1.
    """

    station: str
    extract: bytes = field(repr=False)
    policy: bytes | None = None
    vote: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class MadeKit:
    """A kit and its bytes, read again by the reader that a station uses."""

    kit: Kit
    data: bytes = field(repr=False)


def make_kit(record: Record, order: Order, public: bytes, sign: Sign, work: Path) -> MadeKit:
    """Return the kit of a station, the same bytes for the same input.

    The record is checked as far as a kit rests on it: log, files, definition, ceremony and root of the vote.
    `public`: the commission's key, 32 bytes; `work`: an empty folder. Raises InputError: W1.10 where the
    record does not hold or lacks something, W1.3 for a key that may not sign, and what `read_kit` raises.
    """
    context = _context(record, order.policy, work)
    vote = _vote(context, order)
    context.votes = {vote.vote: vote}
    check_vote_keys(context, Silent())
    _refuse_failures(context.ledger, record.address)
    entries = list(_entries(context, vote, order.station))
    files = dict(_files(context, entries))
    files[POLICY] = order.policy if order.policy is not None else _own_policy(_keys(context)).encode()
    files[EXTRACT] = order.extract
    manifest = make_manifest(_commission(context, public), order.station, vote.vote, order.version, files)
    path = work / "made.zip"
    path.write_bytes(encode_kit(manifest, sign(manifest.digest), files))
    kit = read_kit(path, public)
    return MadeKit(kit, path.read_bytes())


def freeze_extract(
    record: Record, station: str, vote: str | None, voters: Path, *, salt: bytes, work: Path
) -> Extract:
    """Return the extract of a table of voters, checked against the definition of a record.

    `vote`: None is that of the first round; `salt`: 32 random bytes; `work`: an empty folder. Raises
    InputError with every bad row, W2.3 for another number of voters than the definition has, W1.9, W1.10.
    """
    context = _context(record, None, work)
    election = context.election
    home = next((s for s in election.stations if s.id == station), None) if election else None
    if election is None or home is None or not home.electronic:
        raise refuse("W1.9", record.address, station, "a station that votes electronically")
    day = election.day_of(vote or election.vote_id(1))
    if day is None:
        raise refuse("W1.9", record.address, vote, f"a vote of {election.id}")
    allowed = Allowed(day, {place.id for place in election.constituencies})
    extract = Extract(salt, read_voters(voters, allowed))
    if len(extract.voters) != home.registered:
        raise refuse("W2.3", str(voters), len(extract.voters), home.registered)
    return extract


def _context(record: Record, policy_file: bytes | None, work: Path) -> Context:
    policy = None if policy_file is None else parse_policy(policy_file, POLICY)
    ledger = Ledger()
    context = open_election_log(record, Options(bytes(32), work, policy=policy), ledger)
    if context is not None:
        check_entries(context, Silent())
        check_files(context, Silent())
        check_definition(context)
        put_together(context)
    _refuse_failures(ledger, record.address)
    if context is None or context.election is None:
        raise refuse("W1.10", record.address, "nothing", "a record")
    return context


def _refuse_failures(ledger: Ledger, address: str) -> None:
    problems: list[Problem] = []
    failed = [one for one in ledger.findings if one.status is Status.FAILED]
    for one in failed[:_NAMED]:
        place = one.where.file or (f"entry {one.where.logged}" if one.where.logged is not None else "")
        error = refuse("W1.10", f"{address}: {place}" if place else address, one.found, one.expected,
                       reason=one.code, sentence="W1.10.failed")  # fmt: skip
        problems += error.problems
    if problems:
        raise InputError(problems)


def _vote(context: Context, order: Order) -> VoteContext:
    """Return the wanted vote, or the newest that has a root. Raises InputError W1.10."""
    address = context.record.address
    if order.vote is not None:
        if order.vote not in context.votes:
            raise refuse("W1.10", address, order.vote, ", ".join(context.votes))
        return context.votes[order.vote]
    ready = [vote for vote in context.votes.values() if vote.root is not None]
    if not ready:
        raise refuse("W1.10", address, "nothing", "the entry root")
    return ready[-1]


def _entries(context: Context, vote: VoteContext, name: str) -> Iterator[Entry]:
    """Yield the entries that a kit holds. Raises InputError W1.10 for what the record lacks, W1.9."""
    address, election = context.record.address, context.election
    station = next((s for s in election.stations if s.id == name), None) if election else None
    if election is None or station is None or not station.electronic:
        raise refuse("W1.9", address, name, "a station that votes electronically")
    wanted = {"definition": context.definition, "root": vote.root, "register": vote.register}
    wanted |= {f"cards of {device.id}": vote.cards.get(device.id) for device in election.devices_of(station)}
    if vote.round > 1:
        before = [entry for entry in context.entries("result") if entry.fields["round"] < vote.round]
        wanted["result of the round before"] = before[-1] if before else None
    for what, entry in wanted.items():
        if entry is None:
            raise refuse("W1.10", address, "nothing", what)
        yield entry


def _files(context: Context, entries: list[Entry]) -> Iterator[tuple[str, bytes]]:
    note = parse_note(context.record.checkpoint())
    for entry in entries:
        yield entry_path(entry.index), entry.data
        try:
            hashes = context.log.inclusion_proof(entry.index)
            yield proof_path(entry.index), TlogProof(entry.index, hashes, note).encode()
            for _, ref in files_of(entry):
                yield ref.path, context.record.file(ref)
        except LogError as error:
            problem = error.problem
            raise refuse(
                "W1.10", context.record.address, problem.found, problem.expected, reason=error.code
            ) from error


def _keys(context: Context) -> Mapping[str, Any]:
    if context.keys is None:
        raise refuse("W1.10", context.record.address, "nothing", "keys.json")
    return context.keys


def _commission(context: Context, public: bytes) -> str:
    for one in _keys(context)["commissions"]:
        if one["key"] == public.hex():
            return str(one["id"])
    raise refuse("W1.3", context.record.address, public.hex(), "the key of a commission in keys.json")


def _own_policy(keys: Mapping[str, Any]) -> str:
    """Return the policy that the definition suggests: its log, and more than half of its witnesses."""
    lines = [f"log {keys['log']}"]
    names = [one["id"] for one in keys["witnesses"]]
    lines += [f"witness {one['id']} {one['key']}" for one in keys["witnesses"]]
    if not names:
        return "\n".join([*lines, "quorum none", ""])
    return "\n".join([*lines, f"group kit {len(names) // 2 + 1} {' '.join(names)}", "quorum kit", ""])
