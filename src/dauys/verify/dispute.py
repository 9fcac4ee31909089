"""What a voter's receipt, or a card and its code, proves against a record (`spec/checks.md` §4).

Only the log of one device is read, in whole bundles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from dauys import _core
from dauys.crypto.framing import framed_hash, holds
from dauys.crypto.shapes import parse_canonical
from dauys.record.book import Record
from dauys.record.faults import LogError
from dauys.record.keys import VerifierKey, parse_verifier_key
from dauys.verify.counted import Counted
from dauys.verify.options import Options
from dauys.verify.run import Verified, verify_record
from dauys.verify.search import Found, What, find_ballots

RECEIPT: Final[dict[str, Any]] = {
    "device": "id",
    "schema": "=dauys/receipt/1",
    "vote_id": "vote",
}
PART_1: Final[dict[str, Any]] = {"ballot": "hex64", "s1": "hex16", "signature": "hex64"}
PART_2: Final[dict[str, Any]] = {
    "ballot": "hex64",
    "root": "hex32",
    "signature": "hex64",
    "size": "int",
    "word": "text",
}


#: What a dispute rests on; totals and seats play no part in it.
CHAPTERS: Final = frozenset("LKBC")

Named = tuple[str, str]
"""Vote and device."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The verdict: a word of `checks.md` §4, the facts of its sentence, and the exit code."""

    verdict: str
    exit_code: int
    facts: Mapping[str, str] = field(default_factory=dict)
    anchored: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as `--json` prints it."""
        return {
            "schema": "dauys/dispute/1",
            "verdict": self.verdict,
            "anchored": self.anchored,
            **self.facts,
        }


def decide(
    part_1: bool | None, part_2: str | None, found: What, *, counted: bool, rebuilds: bool
) -> tuple[str, int]:
    """Return verdict and exit code of one row of the table.

    `part_1`: whether its signature holds, None where there is no part 1. `part_2`: the word that the device
    signed, None where there is no part 2 whose signature holds.
    """
    if part_2 is None and part_1 is not True:
        return "no_evidence", 1
    as_ballot = ("counted", 0) if counted else ("excluded", 1)
    as_opened = ("opened", 0) if rebuilds else ("convicted", 1)
    rows: dict[str | None, dict[What, tuple[str, int]]] = {
        "cast": {What.BALLOT: as_ballot},
        "challenged": {What.CHALLENGE: as_opened},
        None: {What.BALLOT: as_ballot, What.CHALLENGE: as_opened, What.ENDED: ("not_counted", 0)},
    }
    return rows[part_2].get(found, ("convicted", 1))


def settle_receipt(record: Record, options: Options, data: bytes) -> Settled:
    """Return what a receipt proves. Raises InputError E1.10 for a file that is no receipt."""
    receipt = _parse(data)
    vote, device = receipt["vote_id"], receipt["device"]
    verified = _verified(record, options)
    context, anchored = verified.context, verified.report.anchored
    if context is None or not verified.report.readable:
        return Settled("no_verdict", 2, {"device": device})
    told = context.votes.get(vote)
    if told is None or device not in told.installations or told.root is None:
        return Settled("no_evidence", 1, {"device": device}, anchored)
    key = parse_verifier_key(told.installations[device].fields["key"])
    root = bytes.fromhex(told.root.fields["root"])
    first, word = _parts(receipt, key, root, vote)
    part = (receipt["part1"] if word is None else receipt["part2"]) or receipt["part2"]
    try:
        found = find_ballots(context, told, device, ballot=bytes.fromhex(part["ballot"]))
    except LogError:
        return Settled("no_verdict", 2, {"device": device}, anchored)
    return _settled(found, verified.counted, (vote, device), (first, word), anchored=anchored)


def _verified(record: Record, options: Options) -> Verified:
    """Verify what a dispute rests on: logs, keys, ballots and cards of the whole vote, as C4 looks at it."""
    return verify_record(record, replace(options, chapters=CHAPTERS, station=None))


def _parse(data: bytes) -> dict[str, Any]:
    """Return the value of a receipt whose parts each have their form."""
    shape: dict[str, Any] = dict(RECEIPT)
    shape["part2"] = "text?" if b'"part2":null' in data else PART_2
    # Each part stands alone: a voter may have lost the other. One of them there must be.
    alone = b'"part1":null' in data and shape["part2"] is PART_2
    shape["part1"] = "text?" if alone else PART_1
    return parse_canonical(data, "receipt", shape, ("E1.10", "E1.10"))


def _parts(
    receipt: Mapping[str, Any], key: VerifierKey, root: bytes, vote: str
) -> tuple[bool | None, str | None]:
    """Return whether part 1 is the device's, None without one, and the word of part 2 if that is."""
    one, two, device = receipt["part1"], receipt["part2"], receipt["device"]
    first = None
    if one is not None:
        card = framed_hash("card", vote, device, bytes.fromhex(one["s1"]))
        digest = framed_hash("receipt1", root, device, card, bytes.fromhex(one["ballot"]))
        first = holds(key.public, digest, bytes.fromhex(one["signature"]))
    if two is None:
        return first, None
    signed = framed_hash(
        "receipt2",
        root,
        device,
        bytes.fromhex(two["ballot"]),
        two["word"],
        two["size"].to_bytes(8, "little"),
        bytes.fromhex(two["root"]),
    )
    good = holds(key.public, signed, bytes.fromhex(two["signature"]))
    return first, two["word"] if good and two["word"] in ("cast", "challenged") else None


def settle_card(record: Record, options: Options, name: str, code: str | None) -> Settled:
    """Return whether a card is in the record with this code: both must match. Searches every device."""
    verified = _verified(record, options)
    context, anchored = verified.context, verified.report.anchored
    wanted, unread = name.upper().replace(" ", ""), False
    if context is None or not verified.report.readable:
        return Settled("no_verdict", 2, {"device": "—"})
    for vote in context.votes.values():
        for device in vote.installations:
            try:
                found = find_ballots(context, vote, device, card=wanted)
            except LogError:
                unread = True
                continue
            if found.what is not What.NOTHING:
                named = (vote.vote, device)
                return _card_settled(found, verified.counted, named, (wanted, code), anchored=anchored)
    if unread:
        return Settled("no_verdict", 2, {"device": "—"}, anchored)
    return Settled("not_there", 1, {"name": wanted}, anchored)


def _card_settled(
    found: Found, counted: Counted | None, named: Named, asked: tuple[str, str | None], *, anchored: bool
) -> Settled:
    name, code = asked
    own = _core.ballot_code(found.digest)
    facts = {"name": name, "found": own, "device": named[1]}
    if code is not None and code.upper().replace(" ", "") != own:
        return Settled("clash", 1, facts, anchored)
    settled = _settled(found, counted, named, (True, None), anchored=anchored)
    verdict = "match" if settled.verdict == "counted" else settled.verdict
    return Settled(verdict, settled.exit_code, {**facts, "code": settled.facts["code"] or own}, anchored)


def _settled(
    found: Found,
    counted: Counted | None,
    named: Named,
    said: tuple[bool | None, str | None],
    *,
    anchored: bool,
) -> Settled:
    first, word = said
    verdict, exit_code = decide(
        first, word, found.what, counted=_is_counted(counted, named, found), rebuilds=found.rebuilds
    )
    own = counted.devices.get(named) if counted else None
    if (own is None or not own.sealed) and verdict in ("convicted", "excluded"):
        # The day of the device is not over, or its log is not the sealed one: nothing is missing yet.
        return Settled("no_verdict", 2, {"device": named[1], "code": ""}, anchored)
    reason = _excluded_by(counted, named, found)
    return Settled(verdict, exit_code, {"device": named[1], "code": reason or ""}, anchored)


def _is_counted(counted: Counted | None, named: Named, found: Found) -> bool:
    own = counted.devices.get(named) if counted else None
    return own is not None and own.counts and found.index not in own.excluded


def _excluded_by(counted: Counted | None, named: Named, found: Found) -> str | None:
    own = counted.devices.get(named) if counted else None
    if own is None or found.index is None:
        return None
    return own.excluded.get(found.index) or (None if own.counts else "T7.1")
