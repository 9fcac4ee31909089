"""Encrypted ballots for what electronic stations reported, and a small ceremony that opens their sums again.

A rehearsal of the whole way of a ballot: keys by trustees, ballots, a wave that a quorum signs, totals by the
fewest trustees that suffice. The choices are synthetic; the keys are real and drawn anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from dauys import _core
from dauys.crypto import stick as steps
from dauys.crypto.ballots import Encryptor
from dauys.crypto.board import PublicKeys
from dauys.crypto.boxes import RootEntry, encode_root, parse_root, verified_sums, wave_of
from dauys.crypto.shapes import canonical
from dauys.crypto.stick import Outcome, Stick
from dauys.crypto.stick_files import TRANSCRIPT
from dauys.crypto.stick_tally import decrypt, sign_wave, totals, wave_name
from dauys.crypto.tally import ContestTotal
from dauys.crypto.trustees import check_transcript
from dauys.domain.election import Election
from dauys.domain.places import Station
from dauys.domain.votes import Channel, Protocol
from dauys.record.merkle import leaf_hash, tree_root
from dauys.simulate.draws import Draws

LIST = "list"


@dataclass(frozen=True, slots=True)
class StationVotes:
    """What one electronic station reported in round 1: votes by option in ballot order, per contest."""

    station: str
    device: str
    constituency: str
    ballots: int
    votes: Mapping[str, tuple[int, ...]]

    @property
    def style(self) -> str:
        """The ballot style: the list and this constituency."""
        return f"s-{self.constituency}"


def stations_of(
    election: Election, protocols: Sequence[Protocol], count: int, minimum: int
) -> list[StationVotes]:
    """Return `count` electronic stations of different constituencies with at least `minimum` ballots each.

    They are the ones with most ballots; of each protocol the newest version holds. Fewer come back where
    there are no more.
    """
    newest: dict[tuple[str, str], Protocol] = {}
    for protocol in protocols:
        if protocol.channel is Channel.ELECTRONIC and protocol.round == 1:
            key = (protocol.station, protocol.contest)
            if key not in newest or newest[key].version < protocol.version:
                newest[key] = protocol
    found = [
        one
        for station in election.stations
        if station.electronic and (one := _reported(election, station, newest))
    ]
    found = [one for one in found if one.ballots >= minimum]
    of_constituency: dict[str, StationVotes] = {}
    for one in sorted(found, key=lambda one: (-one.ballots, one.station)):
        of_constituency.setdefault(one.constituency, one)
    return list(of_constituency.values())[:count]


def _reported(
    election: Election, station: Station, newest: Mapping[tuple[str, str], Protocol]
) -> StationVotes | None:
    """Return what a station reported, None where a protocol lacks or its contests differ in ballots."""
    home = station.constituency
    own = [newest.get((station.id, contest)) for contest in (LIST, home) if contest is not None]
    protocols = [protocol for protocol in own if protocol is not None]
    cast = {protocol.counts.ballots_cast for protocol in protocols}
    ballots = cast.pop() if len(cast) == 1 else None
    if home is None or ballots is None or len(protocols) < 2:
        return None
    votes = {protocol.contest: tuple(protocol.votes.values()) for protocol in protocols}
    return StationVotes(station.id, election.devices_of(station)[0].id, home, ballots, votes)


def choices(station: StationVotes, seed: int) -> list[bytes]:
    """Return one byte string per ballot, a byte 0 or 1 for each option of both contests, in drawn order.

    The votes of each contest come out exactly; what is missing to the number of ballots is blank.
    """
    columns: list[list[bytes]] = []
    for contest, votes in station.votes.items():
        rows = [
            bytes(int(i == chosen) for i in range(len(votes)))
            for chosen, n in enumerate(votes)
            for _ in range(n)
        ]
        rows += [bytes(len(votes))] * (station.ballots - len(rows))
        columns.append(Draws(seed, "ballots", station.station, contest).sample(rows, len(rows)))
    return [b"".join(parts) for parts in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class Trustees:
    """`v` trustees around one table, each with a stick; the table holds what all of them published."""

    plan: bytes
    secrets: Mapping[int, _core.TrusteeSecret]
    table: dict[str, bytes] = field(default_factory=dict)

    def stick(self, number: int) -> Stick:
        """Return the stick of a trustee with every public file on it."""
        return Stick(self.secrets[number], dict(self.table))

    def do(self, step: Callable[[Stick], Outcome], numbers: Sequence[int]) -> None:
        """Let trustees take a step and publish its files. Raises RuntimeError where a step found problems."""
        outcomes = [step(self.stick(number)) for number in numbers]
        for outcome in outcomes:
            if outcome.problems:
                raise RuntimeError(f"the ceremony stopped: {', '.join(p.code for p in outcome.problems)}")
            self.table.update(outcome.files)


def plan_of(election: Election, stations: Sequence[StationVotes], minimum: int) -> bytes:
    """Return the plan of a ceremony for the contests of these stations: the list, then each constituency.

    Raises ValueError for an election without trustees.
    """
    if election.trustees is None:
        raise ValueError("the election names no trustees")
    opens = datetime.combine(election.days[1], election.opens, ZoneInfo(election.time_zone))
    contests, first = [], 0
    options = {LIST: len(stations[0].votes[LIST])}
    options.update({s.constituency: len(s.votes[s.constituency]) for s in stations})
    for contest, count in options.items():
        contests.append({"id": contest, "first": first, "options": count, "limit": 1})
        first += count
    return canonical(
        {
            "schema": "dauys/plan/1",
            "vote_id": election.vote_id(1),
            "trustees": len(election.trustees.members),
            "threshold": election.trustees.threshold,
            "contests": contests,
            "minimum": minimum,
            "opens": opens.isoformat(),
        }
    )


def gather_trustees(
    plan: bytes, secrets: Mapping[int, _core.TrusteeSecret], names: Mapping[int, str]
) -> Trustees:
    """Return trustees who have made their keys together. Raises RuntimeError where a step stopped."""
    table = Trustees(plan, secrets)
    for number, secret in secrets.items():
        table.table.update(steps.init(secret, plan, number, names[number]).files)
    for step in (steps.recipients, steps.commit, steps.reveal, steps.check, steps.sign, steps.sign):
        table.do(step, list(secrets))
    return table


def hold_ceremony(plan: bytes, trustees: int) -> tuple[Trustees, PublicKeys]:
    """Return trustees who have made their keys together, and the public keys of the signed transcript."""
    numbers = range(1, trustees + 1)
    secrets = {number: _core.TrusteeSecret.create() for number in numbers}
    table = gather_trustees(plan, secrets, {number: f"Trustee {number}" for number in numbers})
    report = check_transcript(table.table[TRANSCRIPT])
    if report.keys is None:
        raise RuntimeError(f"the transcript does not hold: {', '.join(p.code for p in report.problems)}")
    return table, report.keys


def root_of(keys: PublicKeys, stations: Sequence[StationVotes]) -> RootEntry:
    """Return the root entry for the styles of these stations."""
    styles = {s.style: [LIST, s.constituency] for s in stations}
    return parse_root(encode_root(keys, styles, sha256(b"definition").digest() * 2), keys)


def encrypt(entry: RootEntry, station: StationVotes, rows: Sequence[bytes], seed: int) -> list[bytes]:
    """Return the encrypted ballots of a station; its cards and coin key are derived from the seed."""
    vote_id = str(entry.value["vote_id"])
    encryptor = Encryptor(entry.election(), vote_id, station.device, station.style)
    coin_key = sha256(f"coin/{seed}/{station.device}".encode()).digest()
    pairs = [
        (sha256(f"card/{seed}/{station.device}/{at}".encode()).digest()[:16], row)
        for at, row in enumerate(rows)
    ]
    return encryptor.encrypt_many(coin_key, pairs)


def open_sums(
    table: Trustees,
    entry: RootEntry,
    units: Mapping[str, str],
    boxes: Mapping[str, Sequence[bytes]],
    *,
    signers: Sequence[int],
    openers: Sequence[int],
) -> tuple[ContestTotal, ...]:
    """Return the totals of one wave that `signers` sign and `openers` decrypt, every ballot verified before.

    `units`: the device of each station. The seal of a device is here the tree over its box alone.
    Raises RuntimeError where something of it does not hold.
    """
    election = entry.election()
    seals = {
        unit: {device: (len(boxes[device]), tree_root(leaf_hash(ballot) for ballot in boxes[device]))}
        for unit, device in units.items()
    }
    wave = wave_of(entry, election, 1, seals, boxes)
    table.table[wave_name(1)] = wave.data
    sums = verified_sums(entry, election, wave, boxes)
    table.do(lambda stick: sign_wave(stick, 1), signers)
    table.do(lambda stick: decrypt(stick, 1, sums, entry.root), openers)
    report = totals(table.stick(openers[0]), 1, sums)
    if report.problems:
        raise RuntimeError(f"the tally does not hold: {', '.join(p.code for p in report.problems)}")
    return report.totals
