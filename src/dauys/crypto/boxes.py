"""Root entry, boxes of ballots, and the sums a trustee opens, every ballot verified (spec/trustees.md §9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dauys import _core
from dauys.crypto.ballots import (
    BallotContest,
    BallotElection,
    BallotStyle,
    ballot_hash,
    verify_ballots,
)
from dauys.crypto.board import PublicKeys
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical, parse_canonical
from dauys.crypto.tally_files import VerifiedSum, Wave, encode_wave, parse_wave, rehearsal_root, set_hash
from dauys.errors import InputError, Place, Problem

ROOT: dict[str, Any] = {
    "schema": "=dauys/root/1",
    "vote_id": "text",
    "trustees": "int",
    "threshold": "int",
    "contests": [{"id": "id", "first": "int", "options": "int", "limit": "int"}],
    "styles": [{"id": "id", "contests": ["id"]}],
    "keys": ["hex32"],
    "verification": [["hex32"]],
    "transcript": "hex64",
    "definition": "hex64",
}
#: The most bytes of one ballot: format, style id, card number, points and scalars of 512 positions.
MOST_BALLOT = 2 + 64 + 16 + 32 * (512 + 4 + 512 + 2)

Boxes = Mapping[str, Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class RootEntry:
    """The entry that fixes what ballots are made of; `data` are its bytes."""

    value: Mapping[str, Any]
    data: bytes

    @property
    def root(self) -> bytes:
        """`H(root, entry)`."""
        return framed_hash("root", self.data)

    def election(self, *, rehearsal: bool = False) -> BallotElection:
        """Return what verifies ballots. Raises InputError (T6.3) for styles that break the rules."""
        ids = [contest["id"] for contest in self.value["contests"]]
        try:
            return BallotElection(
                rehearsal_root(self.data) if rehearsal else self.root,
                tuple(
                    BallotContest(c["id"], c["options"], c["limit"], c["first"])
                    for c in self.value["contests"]
                ),
                tuple(
                    BallotStyle(style["id"], tuple(ids.index(contest) for contest in style["contests"]))
                    for style in self.value["styles"]
                ),
                tuple(bytes.fromhex(key) for key in self.value["keys"]),
            )
        except (_core.CoreError, ValueError) as error:
            raise InputError([Problem("T6.3", Place(path="styles"), found=str(error.args[0]))]) from None


def encode_root(keys: PublicKeys, styles: Mapping[str, Sequence[str]], definition: bytes) -> bytes:
    """Return the bytes of a root entry for a finished ceremony. `styles`: contest ids by style id."""
    return canonical(_from_ceremony(keys) | {"styles": _styles(styles), "definition": definition.hex()})


def _styles(styles: Mapping[str, Sequence[str]]) -> list[dict[str, object]]:
    return [{"id": style, "contests": list(contests)} for style, contests in sorted(styles.items())]


def _from_ceremony(keys: PublicKeys) -> dict[str, Any]:
    plan = keys.plan
    return {
        "schema": "dauys/root/1",
        "vote_id": plan.vote_id,
        "trustees": plan.trustees,
        "threshold": plan.threshold,
        "contests": [
            {"id": c.id, "first": c.first, "options": c.options, "limit": c.limit} for c in plan.contests
        ],
        "keys": [key.hex() for key in keys.keys],
        "verification": [[key.hex() for key in keys.verification[d]] for d in sorted(keys.verification)],
        "transcript": keys.transcript.hex(),
    }


def parse_root(data: bytes, keys: PublicKeys, name: str = "root.json") -> RootEntry:
    """Return a root entry that says what the ceremony made.

    Raises InputError: T6.1 for its form, T6.2 where it differs from the transcript that this trustee signed.
    """
    value = parse_canonical(data, name, ROOT, ("T6.1", "T6.1"))
    wrong = [key for key, expected in sorted(_from_ceremony(keys).items()) if value[key] != expected]
    if wrong:
        raise InputError([Problem("T6.2", Place(file=name, path=key)) for key in wrong])
    return RootEntry(value, data)


def parse_box(data: bytes, name: str) -> list[bytes]:
    """Return the ballots of a box: for each 4 bytes of length, little-endian, and its bytes.

    Raises InputError (T6.4).
    """
    ballots: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "little")
        ballot = data[at + 4 : at + 4 + length]
        if not 0 < length <= MOST_BALLOT or len(ballot) != length:
            place = Place(file=name, path=str(len(ballots)))
            raise InputError([Problem("T6.4", place, found=f"{len(data) - at} bytes", expected="a ballot")])
        ballots.append(ballot)
        at += 4 + length
    return ballots


def encode_box(ballots: Iterable[bytes]) -> bytes:
    """Return the bytes of a box."""
    return b"".join(len(ballot).to_bytes(4, "little") + ballot for ballot in ballots)


def style_of(ballot: bytes) -> str:
    """Return the style id of a ballot that was verified."""
    return ballot[2 : 2 + ballot[1]].decode("ascii")


def verified_sums(entry: RootEntry, election: BallotElection, wave: Wave, boxes: Boxes) -> list[VerifiedSum]:
    """Return the sums of a wave in its order, after every ballot of its devices has been verified.

    Boxes hold the counted ballots. Raises InputError: T5.6 for a device without a box, T5.5 for a ballot that
    fails a check, or whose card or `R` stands twice in the wave: an exclusion is the record's to make.
    """
    problems = _duplicates(wave, boxes)
    sums: list[VerifiedSum] = []
    for unit in wave.units:
        parts, hashes = [], []
        for device in unit["devices"]:
            name = device["id"]
            verdicts = verify_ballots(election, name, boxes.get(name, ()))
            problems += [
                Problem("T5.5", Place(file=name, path=str(fault.place)), found=fault.check)
                for fault in verdicts.faults
            ]
            parts.append([(one.ballots, one.a, list(one.e)) for one in verdicts.sums])
            if not verdicts.faults:
                hashes += [
                    (style_of(ballot), ballot_hash(election, name, ballot)) for ballot in boxes.get(name, ())
                ]
        merged = dict(zip((c.id for c in election.contests), election.core.merge(parts), strict=True))
        for contest in unit["contests"]:
            holding = {style["id"] for style in entry.value["styles"] if contest["id"] in style["contests"]}
            count, a, e = merged[contest["id"]]
            own = (digest for style, digest in hashes if style in holding)
            signed = set_hash(wave.root, unit["id"], contest["id"], own)
            sums.append(VerifiedSum(unit["id"], contest["id"], signed, count, a, tuple(e)))
    if problems:
        raise InputError(problems)
    return sums


def check_boxes(election: BallotElection, boxes: Boxes) -> None:
    """Raise InputError (T5.5) unless every ballot of every box holds."""
    problems = [
        Problem("T5.5", Place(file=device, path=str(fault.place)), found=fault.check)
        for device, ballots in sorted(boxes.items())
        for fault in verify_ballots(election, device, ballots).faults
    ]
    if problems:
        raise InputError(problems)


def _duplicates(wave: Wave, boxes: Boxes) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[bytes] = set()
    for device in wave.devices:
        if device not in boxes:
            problems.append(Problem("T5.6", Place(file=device, path=device)))
        for at, ballot in enumerate(boxes.get(device, ())):
            if len(ballot) < 2 or len(ballot) < 2 + ballot[1] + 48:
                continue
            start = 2 + ballot[1]
            card, point = ballot[start : start + 16] + device.encode(), ballot[start + 16 : start + 48]
            if card in seen or point in seen:
                problems.append(Problem("T5.5", Place(file=device, path=str(at)), found="twice"))
            seen |= {card, point}
    return problems


def wave_of(
    entry: RootEntry,
    election: BallotElection,
    number: int,
    units: Mapping[str, Mapping[str, tuple[int, bytes]]],
    boxes: Boxes,
) -> Wave:
    """Return a wave over these units, with the sets of what is in the boxes, without empty contests.

    `units`: for each unit its devices with size and root of their seal. A rehearsal has 1 and zeros.
    """
    listed = []
    for unit, devices in sorted(units.items()):
        contests = []
        for contest in sorted(election.contests, key=lambda contest: contest.id):
            holding = {style["id"] for style in entry.value["styles"] if contest.id in style["contests"]}
            own = [
                ballot_hash(election, device, ballot)
                for device in devices
                for ballot in boxes[device]
                if style_of(ballot) in holding
            ]
            if own:
                signed = set_hash(election.root, unit, contest.id, own)
                contests.append({"id": contest.id, "set": signed.hex(), "ballots": len(own)})
        seals = [
            {"id": device, "root": root.hex(), "size": size}
            for device, (size, root) in sorted(devices.items())
        ]
        listed.append({"id": unit, "devices": seals, "contests": contests})
    vote_id = str(entry.value["vote_id"])
    return parse_wave(encode_wave(vote_id, election.root, number, listed), f"wave-{number}.json")
