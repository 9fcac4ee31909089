"""A complete synthetic record of any size: ceremony, devices, protocols, waves, results (`spec/record.md`).

Trustees' secrets are drawn and forgotten; everything else comes from a seed, and the record says that it is a
simulation. Stations are played one after another, so that memory does not grow with their number.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from dauys._core import TrusteeSecret
from dauys.crypto.shapes import canonical
from dauys.domain.votes import Protocol
from dauys.record.writer import RecordWriter, create_record
from dauys.simulate.kits import PRIVATE, Office
from dauys.simulate.live import Live
from dauys.simulate.parties import Parties
from dauys.simulate.record_times import Times
from dauys.simulate.record_vote import VotePlay
from dauys.simulate.record_wave import votes_of_live
from dauys.simulate.reported import all_protocols, tally_time
from dauys.simulate.scene import Scene
from dauys.simulate.signing import protocol_fields
from dauys.systems import laws
from dauys.systems.laws import Law
from dauys.tabulate.count import count_election
from dauys.tabulate.record_document import result_document
from dauys.verify.units import units_of

SIMULATION: Final = (
    "SIMULATION: all keys but the trustees' come from a seed; nothing in this record is secret or real"
)
WITNESSES: Final = 3
Told = Callable[[str, int, int], None]
Event = tuple[datetime, int, Callable[[], None]]


def _nothing(what: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """Where everything is. `record` is the public folder, `policy` and `log_key` anchor it."""

    record: Path
    policy: Path
    log_key: Path
    ballots: int
    stations: int
    entries: int


def simulate_record(
    out: Path,
    scene: Scene,
    seed: int,
    told: Told = _nothing,
    software: Mapping[str, bytes] | None = None,
    *,
    live: Live | None = None,
) -> Simulated:
    """Write the record of a scene into a new folder. `software`: programs to name in it, by name.

    `live`: who plays the stations that are no simulation; what they need is written into the folder `private`
    beside the record, and what they cast is what their protocols say. Raises LogError L5.2 where the folder
    is there, ValueError where a live station is none of this scene, or two are of one unit.
    """
    parties = Parties(scene.election.id, seed)
    real = _live_stations(scene, live)
    with create_record(out, parties.log) as log:
        policy, key = out / "policy", out / "log.key"
        policy.write_text(parties.policy(WITNESSES), encoding="utf-8")
        play = _Play(log, scene, parties, seed, told, live, real, out / PRIVATE)
        play.run(software or {})
        entries = log.end
        scene = play.scene
    key.write_text(parties.log.verifier.encode() + "\n", encoding="utf-8")
    (out / "SIMULATION").write_text(
        f"{SIMULATION}.\nThe record is the folder `public`. Seed: {seed}.\n", encoding="utf-8"
    )
    ballots = sum(scene.ballots.values())
    stations = len({station for station, _ in scene.ballots})
    return Simulated(out / "public", policy, key, ballots, stations, entries)


def _live_stations(scene: Scene, live: Live | None) -> frozenset[str]:
    stations = frozenset() if live is None else live.stations
    known = {station.id for station in scene.stations(1)}
    units = [units_of(scene.election)[station] for station in stations if station in known]
    if stations - known or len(set(units)) != len(stations):
        raise ValueError(f"live stations {sorted(stations)}: each votes in round 1, alone live in its unit")
    return stations


@dataclass(slots=True)
class _Play:
    """One simulated election while it is written."""

    log: RecordWriter
    scene: Scene
    parties: Parties
    seed: int
    told: Told
    live: Live | None
    live_stations: frozenset[str]
    private: Path
    protocols: list[Protocol] = field(default_factory=list)
    results: list[tuple[datetime, dict[str, object]]] = field(default_factory=list)

    @property
    def law(self) -> Law:
        """The law of the election with what it declares."""
        return laws.load(self.scene.election.law).with_parameters(self.scene.election.parameters)

    def run(self, software: Mapping[str, bytes]) -> None:
        """Write everything, in order of time."""
        election = self.scene.election
        trustees = len(election.trustees.members) if election.trustees else 0
        secrets = {number: TrusteeSecret.create() for number in range(1, trustees + 1)}
        times = Times(election, 1)
        definition = self._define(times, {n: s.public_key() for n, s in secrets.items()}, software)
        rounds = sorted({number for _, number in self.scene.ballots})
        plays = [
            VotePlay(self.log, self.scene, self.parties, self.seed, number, definition) for number in rounds
        ]
        plays[0].live = self.live_stations
        for play in plays:
            secrets = {number: secret.for_next_vote() for number, secret in secrets.items()}
            self._prepare_round(play, secrets)
            self._hold_round(play)
            if play is plays[0]:
                self._report(plays)
            self._end_round(play)
        self._cosign(Times(election, rounds[-1]).after)

    def _report(self, plays: list[VotePlay]) -> None:
        """Put together every protocol and result, once the first round is over: all else is planned."""
        first = plays[0]
        cast = {station: one.cast for station, one in first.live_sessions.items()}
        opened = first.opened.totals if first.opened else ()
        votes = votes_of_live(self.scene, first.round, cast, opened)
        sessions = {key: one for play in plays for key, one in play.sessions().items()}
        ballots = {(station, first.round): count for station, count in cast.items()}
        self.scene = replace(
            self.scene,
            electronic={**self.scene.electronic, **votes},
            ballots={**self.scene.ballots, **ballots},
        )
        self.protocols = all_protocols(self.scene, sessions, self._single([play.round for play in plays]))
        self.results = self._count(self.protocols)

    def _single(self, rounds: list[int]) -> list[str]:
        """Return the stations whose unit has no other electronic station, in every round."""
        units = units_of(self.scene.election)
        found = []
        for number in rounds:
            own = [station.id for station in self.scene.stations(number)]
            counts = {unit: sum(units[s] == unit for s in own) for unit in set(units.values())}
            found += [station for station in own if counts[units[station]] == 1]
        return found

    def _define(self, times: Times, trustees: Mapping[int, bytes], software: Mapping[str, bytes]) -> bytes:
        """Write the definition, observers, and what was announced long before; return entry 0."""
        scene, log, at = self.scene, self.log, times.defined
        stations = [s.id for s in scene.election.stations if s.electronic]
        keys = self.parties.keys_file(scene.election, trustees, stations, WITNESSES)
        tables = {
            name.removesuffix(".csv"): log.add_file(f"files/definition/{name}", data)
            for name, data in scene.files.items()
            if name.endswith(".csv")
        }
        fields: dict[str, object] = {
            "at": at,
            "election": log.add_file("files/definition/election.yaml", scene.files["election.yaml"]),
            "keys": log.add_file("files/definition/keys.json", keys),
            "schema": "dauys/record/1",
            "simulation": SIMULATION,
            "tables": tables,
        }
        log.append("definition", **fields)
        for name, data in software.items():
            log.append("software", at=at, file=log.add_file(f"files/software/{name}", data), name=name)
        for number, kind in ((1, "observer"), (2, "media"), (3, "party")):
            key = self.parties.badge(number).verifier.encode()
            organisation = f"SIMULATION {kind} {number}"
            log.append(
                "accreditation", at=at, badge=key, id=f"badge-{number}", organisation=organisation, type=kind
            )
        self._notice(times, "N1.5", times.announced, "SIMULATION Gazette")
        self._cosign(times.announced)
        return canonical({"kind": "definition", **fields})

    def _notice(self, times: Times, code: str, done: str, outlet: str | None = None) -> None:
        document = self.log.add_file(f"files/notices/{code}.txt", f"SIMULATION notice {code}\n".encode())
        evidence = f"SIMULATION: {code} of round {times.round}"
        self.log.append(
            "notice", at=done, code=code, document=document, done=done, evidence=evidence, outlet=outlet
        )

    def _cosign(self, at: str) -> None:
        """Publish; let the witnesses cosign; keep the checkpoint with their times in an entry after it."""
        self.log.publish(self.parties.log)
        seconds = int(datetime.fromisoformat(at).timestamp())
        text = self.log.store.shown().note.text
        signers = [self.parties.witness(number) for number in range(1, WITNESSES + 1)]
        self.log.store.add_cosignatures(
            [signer.cosign(text, seconds) for signer in signers], [signer.verifier for signer in signers]
        )

    def _keep_cosigned(self, at: str) -> None:
        note = self.log.store.shown().note.encode().decode()
        self.log.append("cosigned", at=at, note=note)

    def _prepare_round(self, play: VotePlay, secrets: Mapping[int, TrusteeSecret]) -> None:
        """Write one round up to its devices, which are installed."""
        times = Times(self.scene.election, play.round)
        self._keep_cosigned(times.announced)
        self.told("ceremony", 0, 1)
        play.hold_ceremony(secrets, times)
        play.register(times)
        if play.round == 1:
            for code, moment in times.before.items():
                self._notice(times, code, moment)
                self._cosign(moment)
                self._keep_cosigned(moment)
        play.install(times)
        self._cosign(times.installed)
        if self.live is not None and play.live:
            policy = self.parties.policy(WITNESSES).encode()
            office = Office(self.log.public, policy, self.scene, self.parties, self.seed)
            play.install_live(office, self.live, self.private, times)
            self._cosign(times.installed)
        self._keep_cosigned(times.installed)

    def _hold_round(self, play: VotePlay) -> None:
        """Write the day of voting, and let the trustees open its sums."""
        for done, total in play.day(Times(self.scene.election, play.round), self.live):
            self.told("ballots", done, total)
        self.told("tally", 0, 1)
        play.open_sums()

    def _end_round(self, play: VotePlay) -> None:
        """Write protocols, waves and results of one round, as they came."""
        protocols, number = self.protocols, play.round
        opened = tally_time(protocols, number)
        for _, _, write in heapq.merge(
            self._protocol_events(protocols, number),
            self._result_events(self.results, number),
            iter([(opened, 1, lambda: play.tally(opened))]),
            key=lambda event: event[:2],
        ):
            write()
        self._cosign(Times(self.scene.election, number).after)

    def _protocol_events(self, protocols: list[Protocol], number: int) -> Iterator[Event]:
        for protocol in protocols:
            if protocol.round == number:
                yield protocol.received, 0, _writing(self, protocol)

    def write_protocol(self, protocol: Protocol) -> None:
        """Write one protocol, and at once the decision that takes it out of the count, where there is one."""
        fields = protocol_fields(self.parties, self.scene.election, protocol)
        self.log.append("protocol", **fields)
        key = "/".join(map(str, (*protocol.key[:3], protocol.channel.value, protocol.version)))
        reference = self.scene.set_aside.get(key)
        if reference:
            self.log.append(
                "decision",
                at=fields["at"],
                id=f"set-aside-{protocol.station}-{protocol.contest}-{protocol.round}-{protocol.version}",
                order=[],
                point=None,
                protocol=key,
                reference=reference,
                what="set_aside",
            )

    def _count(self, protocols: list[Protocol]) -> list[tuple[datetime, dict[str, object]]]:
        """Return what is published and when, counted by the law."""
        election = replace(
            self.scene.election, publications=self.scene.publications, set_aside=dict(self.scene.set_aside)
        )
        count = count_election(election, self.law, protocols)
        return [(one.publication.as_of, result_document(count, one)) for one in count.snapshots]

    def _result_events(
        self, results: list[tuple[datetime, dict[str, object]]], number: int
    ) -> Iterator[Event]:
        by_id = {one.id: one for one in self.scene.publications}
        for as_of, document in sorted(results, key=lambda one: one[0]):
            if by_id[str(document["publication"])].round == number:
                yield as_of, 2, _publishing(self, document)

    def write_result(self, document: dict[str, object]) -> None:
        """Write one publication."""
        name = str(document["publication"])
        one = next(p for p in self.scene.publications if p.id == name)
        at = one.as_of.isoformat(timespec="seconds")
        file = self.log.add_file(f"files/results/{name}.json", canonical(document))
        self.log.append(
            "result",
            as_of=at,
            at=at,
            file=file,
            id=name,
            number=one.number,
            reason=one.reason.as_dict(),
            round=one.round,
            status=one.status,
        )


def _writing(play: _Play, protocol: Protocol) -> Callable[[], None]:
    return lambda: play.write_protocol(protocol)


def _publishing(play: _Play, document: dict[str, object]) -> Callable[[], None]:
    return lambda: play.write_result(document)
