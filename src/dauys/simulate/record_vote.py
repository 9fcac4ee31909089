"""One vote of a simulated record: ceremony, register, devices and their day, waves."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from dauys import _core
from dauys._core import TrusteeSecret
from dauys.crypto.ballots import ContestSum, add_up
from dauys.crypto.board import PublicKeys
from dauys.crypto.boxes import RootEntry, encode_root, parse_root
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.crypto.stick_files import TRANSCRIPT
from dauys.crypto.stick_tally import decrypt, sign_wave, totals, wave_name
from dauys.crypto.tally_files import VerifiedSum, encode_wave, set_hash
from dauys.crypto.trustees import check_transcript
from dauys.domain.places import Device, Station
from dauys.record.book import vote_folder
from dauys.record.note import Note
from dauys.record.writer import DeviceWriter, RecordWriter, create_device
from dauys.simulate.ceremony import Trustees, gather_trustees
from dauys.simulate.device_day import SOFTWARE, DeviceDay, DeviceSpec, card_file
from dauys.simulate.draws import Draws
from dauys.simulate.parties import Parties
from dauys.simulate.record_times import Times
from dauys.simulate.reported import Sessions, options_of
from dauys.simulate.scene import Scene
from dauys.simulate.signing import installation_signature
from dauys.simulate.voters import make_extract
from dauys.systems import laws
from dauys.verify.units import Installed, opened_contests, ready_units, units_of

PRESENT = ["SIMULATION chair", "SIMULATION secretary", "SIMULATION observer"]


@dataclass(slots=True)
class Played:
    """What is kept of a device after its day: its seal, the sums and hashes of its ballots by contest."""

    station: str
    size: int
    root: bytes
    hashes: Mapping[str, Sequence[bytes]]
    sums: Mapping[str, ContestSum]


@dataclass(slots=True)
class VotePlay:
    """Plays one vote into the log. Not frozen: keys and devices come as it goes on."""

    log: RecordWriter
    scene: Scene
    parties: Parties
    seed: int
    round: int
    definition: bytes
    played: dict[str, Played] = field(default_factory=dict)
    table: Trustees | None = None
    keys: PublicKeys | None = None
    root: RootEntry | None = None

    @property
    def vote(self) -> str:
        """The vote id."""
        return self.scene.election.vote_id(self.round)

    @property
    def folder(self) -> str:
        """Where the files of this vote are."""
        return vote_folder(self.vote)

    def devices(self) -> Iterator[tuple[Station, Device]]:
        """Yield the stations of this round with their one device."""
        for station in self.scene.stations(self.round):
            yield station, self.scene.election.devices_of(station)[0]

    def sessions(self) -> dict[tuple[str, int], Sessions]:
        """Return how many sessions and ballots each station will have; nothing is encrypted for that."""
        found = {}
        for station, device in self.devices():
            spec = self.spec(station, device)
            found[station.id, self.round] = Sessions(spec.sessions + 1, len(spec.rows))
        return found

    def contests_of(self, station: Station) -> tuple[str, ...]:
        """Return the contests on the ballots of a station."""
        style = self._style(station)
        return next(s.contests for s in self.scene.election.styles(self.round) if s.id == style)

    def _style(self, station: Station) -> str:
        own = self.scene.election.style_of(station)
        if own is None:
            raise ValueError(f"no style for {station.id}")
        return f"{own.id}-{station.constituency}" if "constituency" in own.contests else own.id

    def spec(self, station: Station, device: Device) -> DeviceSpec:
        """Return what the device of a station will do."""
        election = self.scene.election
        contests = self.contests_of(station)
        additions = next((p.counts.additions for p in self.scene.protocols if p.station == station.id), None)
        return DeviceSpec(
            self.vote,
            station.id,
            device.id,
            self._style(station),
            len(contests),
            self._rows(station, contests),
            station.registered,
            additions or 0,
            len(election.turnout_readings),
            self.seed,
        )

    def _rows(self, station: Station, contests: Sequence[str]) -> list[bytes]:
        """Return one row a ballot, a byte for each option of each contest; the votes come out exactly."""
        ballots = self.scene.ballots[station.id, self.round]
        columns = []
        for contest in contests:
            votes = self.scene.electronic[station.id, contest, self.round]
            rows = [
                bytes(int(i == chosen) for i in range(len(votes)))
                for chosen, count in enumerate(votes)
                for _ in range(count)
            ]
            rows += [bytes(len(votes))] * (ballots - len(rows))
            draws = Draws(self.seed, "rows", self.vote, station.id, contest)
            columns.append(draws.sample(rows, len(rows)))
        return [b"".join(parts) for parts in zip(*columns, strict=True)]

    def hold_ceremony(self, secrets: Mapping[int, TrusteeSecret], times: Times) -> None:
        """Let the trustees make keys; write ceremony and root."""
        names = {n: m.name.en for n, m in enumerate(self.scene.election.trustees.members, 1)}  # type: ignore[union-attr]  # a scene has trustees
        self.table = gather_trustees(self._plan(times), secrets, names)
        transcript = self.table.table[TRANSCRIPT]
        report = check_transcript(transcript)
        if report.keys is None:
            raise RuntimeError(f"the transcript does not hold: {[p.code for p in report.problems]}")
        self.keys = report.keys
        self.log.append(
            "ceremony",
            at=times.ceremony,
            hash=report.keys.transcript.hex(),
            transcript=self.log.add_file(f"{self.folder}/transcript.json", transcript),
            vote=self.vote,
        )
        bound = framed_hash("definition", self.definition)
        used = {self._style(station) for station, _ in self.devices()}
        styles = {s.id: s.contests for s in self.scene.election.styles(self.round) if s.id in used}
        data = encode_root(report.keys, styles, bound)
        self.root = parse_root(data, report.keys)
        file = self.log.add_file(f"{self.folder}/root.json", data)
        self.log.append("root", at=times.ceremony, file=file, root=self.root.root.hex(), vote=self.vote)

    def _plan(self, times: Times) -> bytes:
        election = self.scene.election
        trustees = election.trustees
        if trustees is None:
            raise ValueError("the election names no trustees")
        used = {contest for station, _ in self.devices() for contest in self.contests_of(station)}
        contests, first = [], 0
        for contest in election.contests(self.round):
            if contest.id in used:
                count = len(options_of(self.scene, contest.id, self.round))
                contests.append({"first": first, "id": contest.id, "limit": contest.limit, "options": count})
                first += count
        return canonical(
            {
                "contests": contests,
                "minimum": self._minimum(),
                "opens": times.opens,
                "schema": "dauys/plan/1",
                "threshold": trustees.threshold,
                "trustees": len(trustees.members),
                "vote_id": self.vote,
            }
        )

    def _minimum(self) -> int:
        election = self.scene.election
        law = laws.load(election.law).with_parameters(election.parameters)
        return law.count("publication.privacy_minimum") or 1

    def register(self, times: Times) -> None:
        """Write the freeze of the register; of stations with devices the hash is that of their extract."""
        electronic = {station.id for station, _ in self.devices()}
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")
        out.writerow(("station", "registered", "hash"))
        stations = self.scene.election.stations
        for station in stations:
            if station.id in electronic:
                digest = make_extract(self.scene.election, station, self.vote, self.seed).hash
            else:
                digest = sha256(f"SIMULATION {self.vote} {station.id}".encode()).hexdigest()
            out.writerow((station.id, station.registered, digest))
        file = self.log.add_file(f"{self.folder}/register.csv", text.getvalue().encode())
        total = sum(station.registered for station in stations)
        self.log.append("register", at=times.registered, registered=total, stations=file, vote=self.vote)

    def install(self, times: Times) -> None:
        """Write the card list and the installation of every device."""
        if self.root is None:
            raise RuntimeError("no root yet")
        for station, device in self.devices():
            spec = self.spec(station, device)
            cards, data = card_file(spec)
            file = self.log.add_file(f"{self.folder}/cards-{device.id}.json", data)
            self.log.append(
                "cards",
                at=times.installed,
                count=len(cards.hashes),
                device=device.id,
                hash=cards.list_hash.hex(),
                list=file,
                vote=self.vote,
            )
            signer = self.parties.device(self.vote, device.id, spec.key_seed)
            signature = installation_signature(spec.key_seed, self.root.root, device, signer)
            self.log.append(
                "installation",
                at=times.installed,
                device=device.id,
                key=signer.verifier.encode(),
                present=PRESENT,
                signature=signature.hex(),
                software=SOFTWARE.hex(),
                station=station.id,
                type=device.kind,
                vote=self.vote,
            )

    def day(self, times: Times) -> Iterator[tuple[int, int]]:
        """Play the day of each device; yield ballots done and ballots in all."""
        total = sum(self.scene.ballots[station.id, self.round] for station, _ in self.devices())
        done = 0
        for place, (station, device) in enumerate(self.devices()):
            self._play_device(station, device, times, first=place == 0)
            done += self.scene.ballots[station.id, self.round]
            yield done, total

    def _play_device(self, station: Station, device: Device, times: Times, *, first: bool) -> None:
        if self.root is None:
            raise RuntimeError("no root yet")
        spec = self.spec(station, device)
        election = self.root.election()
        day = DeviceDay(spec, election, self.root.root)
        signer = self.parties.device(self.vote, device.id, spec.key_seed)
        store = self.log.store.folder / f"device-{device.id}"
        with create_device(store, signer) as log:
            log.append("open", **day.open_fields(spec.card_list(), PRESENT))
            opened = log.publish(signer).note
            self._checkpoint(device.id, "open", opened, times.opens)
            self._fill(day, log, station, times)
            log.append("incident", at=times.opens, what="SIMULATION: paper of the printer changed")
            log.append("close", **day.close_fields())
            seal = log.publish(signer)
            log.export(self.log.public, self.vote, device.id)
        shutil.rmtree(store)
        self._seal(device.id, seal.note, seal.checkpoint.root, seal.checkpoint.size, times, first=first)
        self.played[device.id] = self._kept(day, station, seal.checkpoint.size, seal.checkpoint.root)

    def _fill(self, day: DeviceDay, log: DeviceWriter, station: Station, times: Times) -> None:
        """Write batches at readings and at close, then what ended otherwise."""
        device, readings = day.spec.device, day.spec.readings
        signer = self.parties.device(self.vote, device, day.spec.key_seed)
        for number, (voters, batch) in enumerate(day.parts()):
            day.write_batch(log, batch)
            if number == readings:
                break
            shown = log.publish(signer)
            tree = shown.checkpoint
            self.log.append(
                "turnout",
                at=times.reading(number),
                devices=[{"device": device, "root": tree.root.hex(), "size": tree.size}],
                reading=times.reading(number)[11:16],
                station=station.id,
                vote=self.vote,
                voters=voters,
            )
            if number == 0:
                self._checkpoint(device, "reading", shown.note, times.reading(number))
        day.write_endings(log)

    def _checkpoint(self, device: str, what: str, note: Note, at: str) -> None:
        text = note.encode().decode()
        self.log.append("checkpoint", at=at, device=device, note=text, vote=self.vote, what=what)

    def _seal(self, device: str, note: Note, root: bytes, size: int, times: Times, *, first: bool) -> None:
        """Write the seal; the first device gives it by telephone too. Observers show what they saw."""
        if first:
            code = _core.ballot_code(root.ljust(64, b"\0"))
            self.log.append("telephone", at=times.closed, code=code, device=device, size=size, vote=self.vote)
        self._checkpoint(device, "seal", note, times.closed)
        for number in (1, 2) if first else (1,):
            line = self.parties.badge(number).sign(note.text)
            seen = Note(note.text, (*note.signatures, line)).encode().decode()
            self.log.append(
                "sighting", at=times.closed, badge=f"badge-{number}", device=device, note=seen, vote=self.vote
            )

    def _kept(self, day: DeviceDay, station: Station, size: int, root: bytes) -> Played:
        contests = self.contests_of(station)
        sums = {
            contest.id: one
            for contest, one in zip(day.election.contests, add_up(day.election, day.ballots), strict=True)
            if contest.id in contests
        }
        return Played(station.id, size, root, dict.fromkeys(contests, sorted(day.hashes)), sums)

    def tally(self, at: datetime) -> None:
        """Write the wave, signatures of the quorum, partial decryptions of the fewest who suffice, totals."""
        table, keys, root = self.table, self.keys, self.root
        if table is None or keys is None or root is None:
            raise RuntimeError("no keys yet")
        moment = at.isoformat(timespec="seconds")
        sums, data = self._wave(root.root)
        table.table[wave_name(1)] = data
        file = self.log.add_file(f"{self.folder}/wave-1.json", data)
        self.log.append("wave", at=moment, file=file, number=1, vote=self.vote)
        everybody = list(table.secrets)
        signers, openers = everybody[: keys.plan.quorum], everybody[-keys.plan.threshold :]
        table.do(lambda stick: sign_wave(stick, 1), signers)
        self._files("wave-signature", "wave-1-signature", signers, moment)
        table.do(lambda stick: decrypt(stick, 1, sums, root.root), openers)
        self._files("partial", "partial-1", openers, moment)
        report = totals(table.stick(openers[0]), 1, sums)
        if report.problems:
            raise RuntimeError(f"the tally does not hold: {[p.code for p in report.problems]}")
        opened = [
            {"ballots": one.ballots, "contest": one.contest, "unit": one.unit, "votes": list(one.votes)}
            for one in report.totals
        ]
        tally = canonical({"schema": "dauys/tally/1", "totals": opened, "vote_id": self.vote, "wave": 1})
        file = self.log.add_file(f"{self.folder}/tally-1.json", tally)
        self.log.append("tally", at=moment, file=file, vote=self.vote, wave=1)

    def _files(self, kind: str, name: str, trustees: Sequence[int], at: str) -> None:
        """Write what trustees published, a file and an entry each."""
        if self.table is None:
            raise RuntimeError("no trustees yet")
        for trustee in trustees:
            data = self.table.table[f"{name}-{trustee}.json"]
            file = self.log.add_file(f"{self.folder}/{name}-{trustee}.json", data)
            self.log.append(kind, at=at, file=file, trustee=trustee, vote=self.vote, wave=1)

    def _wave(self, root: bytes) -> tuple[list[VerifiedSum], bytes]:
        """Return the sums of the first wave and its document, by the rule of the record."""
        units = units_of(self.scene.election)
        installed = [Installed(device, one.station, True, False) for device, one in self.played.items()]
        sums, listed = [], []
        for unit, devices in ready_units(installed, units, ()).items():
            own = [self._unit_sum(root, unit, devices, contest) for contest in self._opened(devices)]
            if not own:
                continue
            sums += own
            contests = [{"ballots": one.ballots, "id": one.contest, "set": one.set_hash.hex()} for one in own]
            seals = [
                {"id": name, "root": self.played[name].root.hex(), "size": self.played[name].size}
                for name in devices
            ]
            listed.append({"contests": contests, "devices": seals, "id": unit})
        return sums, encode_wave(self.vote, root, 1, listed)

    def _opened(self, devices: Sequence[str]) -> list[str]:
        contests = {contest for device in devices for contest in self.played[device].sums}
        return opened_contests(
            contests,
            {device: self.played[device].station for device in devices},
            lambda device, contest: (
                self.played[device].sums[contest].ballots if contest in self.played[device].sums else 0
            ),
            self._minimum(),
        )

    def _unit_sum(self, root: bytes, unit: str, devices: Sequence[str], contest: str) -> VerifiedSum:
        own = [self.played[device] for device in devices if contest in self.played[device].sums]
        hashes = [digest for one in own for digest in one.hashes[contest]]
        parts = [(one.sums[contest].ballots, one.sums[contest].a, list(one.sums[contest].e)) for one in own]
        count, a, e = parts[0] if len(parts) == 1 else _core.add_sums(parts)
        return VerifiedSum(unit, contest, set_hash(root, unit, contest, hashes), count, a, tuple(e))
