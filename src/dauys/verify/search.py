"""Looking for one ballot in the log of a device, by its hash or by the name of its card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from dauys import _core
from dauys.crypto.ballots import Committed, Opening, ballot_hash, open_challenged
from dauys.record.book import device_origin
from dauys.record.checkpoint import open_checkpoint
from dauys.record.entries import Entry, is_ballot, parse_entry
from dauys.record.faults import LogError
from dauys.record.keys import parse_verifier_key
from dauys.record.note import MAX_NOTE
from dauys.record.reader import LogReader
from dauys.verify.context import Context, VoteContext


class What(Enum):
    """What a log holds of a ballot."""

    NOTHING = "nothing"
    BALLOT = "ballot"
    CHALLENGE = "challenge"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Found:
    """The entry that was found: its index, `H(ballot)`, and, of a challenge, whether it rebuilds."""

    what: What
    index: int | None = None
    digest: bytes = b""
    rebuilds: bool = False


def find_ballots(
    context: Context, vote: VoteContext, device: str, *, ballot: bytes | None = None, card: str | None = None
) -> Found:
    """Return the first entry with this `H(ballot)`, or with a card of this name.

    Raises LogError where the log cannot be read to its end: then nobody can say that it is not there.
    """
    return next(_search(context, vote, device, ballot, card), Found(What.NOTHING))


def _search(
    context: Context, vote: VoteContext, device: str, ballot: bytes | None, card: str | None
) -> Iterator[Found]:
    source = context.record.device(vote.vote, device)
    key = parse_verifier_key(vote.installations[device].fields["key"])
    origin = device_origin(context.origin, vote.vote, device)
    shown = open_checkpoint(source.read("checkpoint", MAX_NOTE), (key,), origin).checkpoint
    opened: Entry | None = None
    for index, data in LogReader(source, shown.size, shown.root).entries():
        if is_ballot(data):
            if vote.ballots is None:
                continue
            start = 2 + data[1] if len(data) > 1 else 0
            name = _core.card_name(data[start : start + 16]) if len(data) >= start + 16 else ""
            if card is not None and name != card:
                continue
            digest = _digest(vote, device, data)
            if card is not None or digest == ballot:
                yield Found(What.BALLOT, index, digest)
            continue
        try:
            entry = parse_entry(data, index, "device")
        except LogError:
            continue
        if entry.kind == "open":
            opened = entry
        found = _ending(vote, device, entry, opened)
        if found is not None and (found[1] == card if card is not None else found[0].digest == ballot):
            yield found[0]


def _digest(vote: VoteContext, device: str, data: bytes) -> bytes:
    try:
        return ballot_hash(vote.ballots, device, data) if vote.ballots else b""
    except _core.CoreError:
        return b""


def _ending(vote: VoteContext, device: str, entry: Entry, opened: Entry | None) -> tuple[Found, str] | None:
    """Return what an entry says of a ballot that was not cast, and the name of its card."""
    if entry.kind == "ended":
        digest, s1 = bytes.fromhex(entry.fields["ballot"]), bytes.fromhex(entry.fields["s1"])
        return Found(What.ENDED, entry.index, digest), _core.card_name(s1)
    if entry.kind != "challenge":
        return None
    opening = entry.fields["opening"]
    secret, digest = bytes.fromhex(opening["secret"]), bytes.fromhex(opening["ballot"])
    name = _core.card_of(vote.vote, device, secret)[2]
    return Found(What.CHALLENGE, entry.index, digest, _rebuilds(vote, device, entry, opened)), name


def _rebuilds(vote: VoteContext, device: str, entry: Entry, opened: Entry | None) -> bool:
    cards = vote.cards.get(device)
    if vote.ballots is None or opened is None or cards is None:
        return False
    told = entry.fields["opening"]
    sigma = bytes.fromhex(opened.fields["sigma"])
    committed = Committed(vote.vote, device, sigma, cards.fields["count"])
    opening = Opening(
        told["style"],
        bytes(int(letter == "1") for letter in told["choices"]),
        bytes.fromhex(told["secret"]),
        bytes.fromhex(told["sigma"]),
        told["leaf"],
        tuple(bytes.fromhex(node) for node in told["path"]),
        bytes.fromhex(told["ballot"]),
    )
    try:
        open_challenged(vote.ballots, committed, opening)
    except _core.CoreError:
        return False
    return True
