"""One vote of a simulated record: ceremony, register, devices and their day, waves."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from dauys import _core
from dauys._core import TrusteeSecret
from dauys.crypto.ballots import add_up
from dauys.crypto.board import PublicKeys
from dauys.crypto.boxes import RootEntry, encode_root, parse_root
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.crypto.stick_files import TRANSCRIPT
from dauys.crypto.stick_tally import decrypt, sign_wave, totals, wave_name
from dauys.crypto.tally import TallyReport
from dauys.crypto.trustees import check_transcript
from dauys.domain.places import Device, Station
from dauys.record.book import vote_folder
from dauys.record.keys import VerifierKey, parse_verifier_key
from dauys.record.note import Note, parse_note
from dauys.record.writer import DeviceWriter, RecordWriter, create_device
from dauys.simulate.ceremony import Trustees, gather_trustees
from dauys.simulate.device_day import SOFTWARE, DeviceDay, DeviceSpec, card_file
from dauys.simulate.kits import Office
from dauys.simulate.live import Live, LiveDay, card_letters, copy_live, read_live
from dauys.simulate.parties import Parties
from dauys.simulate.record_times import Times
from dauys.simulate.record_wave import Played, wave_of_played
from dauys.simulate.reported import Sessions, options_of
from dauys.simulate.scene import Scene
from dauys.simulate.signing import installation_signature
from dauys.simulate.vote_plan import VotePlan
from dauys.simulate.voters import make_extract
from dauys.systems import laws

PRESENT = ["SIMULATION chair", "SIMULATION secretary", "SIMULATION observer"]


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
    #: Stations whose devices are real, and the keys that these have made.
    live: frozenset[str] = frozenset()
    live_keys: dict[str, VerifierKey] = field(default_factory=dict)
    live_sessions: dict[str, Sessions] = field(default_factory=dict)
    opened: TallyReport | None = None

    @property
    def vote(self) -> str:
        """The vote id."""
        return self.scene.election.vote_id(self.round)

    @property
    def folder(self) -> str:
        """Where the files of this vote are."""
        return vote_folder(self.vote)

    @property
    def plan(self) -> VotePlan:
        """What the devices of this vote will do."""
        return VotePlan(self.scene, self.seed, self.round, self.live)

    def devices(self) -> Iterator[tuple[Station, Device]]:
        """Yield the stations of this round with their one device."""
        return self.plan.devices()

    def spec(self, station: Station, device: Device) -> DeviceSpec:
        """Return what the device of a station will do."""
        return self.plan.spec(station, device)

    def contests_of(self, station: Station) -> tuple[str, ...]:
        """Return the contests on the ballots of a station."""
        return self.plan.contests_of(station)

    def sessions(self) -> dict[tuple[str, int], Sessions]:
        """Return how many sessions and ballots each station has or, where it is not live, will have."""
        live = {(station, self.round): one for station, one in self.live_sessions.items()}
        return self.plan.sessions() | live

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
        used = {self.plan.style(station) for station, _ in self.devices()}
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
        """Write the card list of every device, and the installation of each that is not live."""
        for station, device in self.devices():
            spec = self.spec(station, device)
            self._list_cards(spec, times)
            if station.id not in self.live:
                signer = self.parties.device(self.vote, device.id, spec.key_seed)
                signature = installation_signature(spec.key_seed, self._root().root, device, signer)
                self._installation(
                    station, device, times, signer.verifier.encode(), signature.hex(), SOFTWARE.hex()
                )

    def _list_cards(self, spec: DeviceSpec, times: Times) -> None:
        cards, data = card_file(spec)
        file = self.log.add_file(f"{self.folder}/cards-{spec.device}.json", data)
        self.log.append(
            "cards",
            at=times.installed,
            count=len(cards.hashes),
            device=spec.device,
            hash=cards.list_hash.hex(),
            list=file,
            vote=self.vote,
        )

    def _installation(self, station: Station, device: Device, times: Times, *act: str) -> None:
        key, signature, software = act
        self.log.append(
            "installation",
            at=times.installed,
            device=device.id,
            key=key,
            present=PRESENT,
            signature=signature,
            software=software,
            station=station.id,
            type=device.kind,
            vote=self.vote,
        )

    def install_live(self, office: Office, live: Live, private: Path, times: Times) -> None:
        """Give each live station its kit and cards, and write the installation that it gives back."""
        for station, device in self.devices():
            if station.id not in self.live:
                continue
            spec = self.spec(station, device)
            files = office.write(private, station, spec)
            act = live.install(station.id, files.kit, card_letters(spec))
            self.live_keys[device.id] = parse_verifier_key(act["key"])
            self._installation(station, device, times, act["key"], act["signature"], act["software"])

    def _root(self) -> RootEntry:
        if self.root is None:
            raise RuntimeError("no root yet")
        return self.root

    def day(self, times: Times, live: Live | None = None) -> Iterator[tuple[int, int]]:
        """Play the day of each device, or take that of a live one; yield ballots done and ballots in all."""
        total = sum(self.scene.ballots[station.id, self.round] for station, _ in self.devices())
        done = 0
        for place, (station, device) in enumerate(self.devices()):
            if live is not None and station.id in self.live:
                self._take_live(station, device, times, live, first=place == 0)
            else:
                self._play_device(station, device, times, first=place == 0)
            done += self.scene.ballots[station.id, self.round]
            yield done, total

    def _play_device(self, station: Station, device: Device, times: Times, *, first: bool) -> None:
        spec = self.spec(station, device)
        election = self._root().election()
        day = DeviceDay(spec, election, self._root().root)
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

    def _take_live(self, station: Station, device: Device, times: Times, live: Live, *, first: bool) -> None:
        """Take the sealed log of a live device into the record."""
        came = live.day(station.id, self.spec(station, device).rows)
        came = LiveDay(came) if isinstance(came, Path) else came
        log = read_live(came.log, self.live_keys[device.id], device.id, self._root().election())
        copy_live(log, self.log.public, self.vote, device.id)
        for what, note in came.checkpoints:
            at = times.opens if what == "open" else times.reading(0)
            self._checkpoint(device.id, what, parse_note(note), at)
        tree, counts = log.opened.checkpoint, log.close["counts"]
        self._seal(device.id, log.opened.note, tree.root, tree.size, times, first=first)
        self.played[device.id] = Played(station.id, tree.size, tree.root, log.hashes, log.sums)
        self.live_sessions[station.id] = Sessions(counts["admitted"], counts["cast"])

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

    def open_sums(self) -> None:
        """Let the trustees open the sums of the first wave; nothing of it is written yet."""
        table, keys, root = self._table(), self.keys, self._root()
        if keys is None:
            raise RuntimeError("no keys yet")
        sums, data = wave_of_played(self.scene.election, self._minimum(), root, self.played)
        table.table[wave_name(1)] = data
        everybody = list(table.secrets)
        table.do(lambda stick: sign_wave(stick, 1), everybody[: keys.plan.quorum])
        openers = everybody[-keys.plan.threshold :]
        table.do(lambda stick: decrypt(stick, 1, sums, root.root), openers)
        self.opened = totals(table.stick(openers[0]), 1, sums)
        if self.opened.problems:
            raise RuntimeError(f"the tally does not hold: {[p.code for p in self.opened.problems]}")

    def tally(self, at: datetime) -> None:
        """Write the wave, signatures of the quorum, partial decryptions of the fewest who suffice, totals."""
        table, report = self._table(), self.opened
        if report is None:
            raise RuntimeError("no sums are open yet")
        moment = at.isoformat(timespec="seconds")
        file = self.log.add_file(f"{self.folder}/wave-1.json", table.table[wave_name(1)])
        self.log.append("wave", at=moment, file=file, number=1, vote=self.vote)
        for kind, name in (("wave-signature", "wave-1-signature"), ("partial", "partial-1")):
            there = [number for number in table.secrets if f"{name}-{number}.json" in table.table]
            self._files(kind, name, there, moment)
        opened = [
            {"ballots": one.ballots, "contest": one.contest, "unit": one.unit, "votes": list(one.votes)}
            for one in report.totals
        ]
        tally = canonical({"schema": "dauys/tally/1", "totals": opened, "vote_id": self.vote, "wave": 1})
        file = self.log.add_file(f"{self.folder}/tally-1.json", tally)
        self.log.append("tally", at=moment, file=file, vote=self.vote, wave=1)

    def _table(self) -> Trustees:
        if self.table is None:
            raise RuntimeError("no trustees yet")
        return self.table

    def _files(self, kind: str, name: str, trustees: Sequence[int], at: str) -> None:
        """Write what trustees published, a file and an entry each."""
        table = self._table()
        for trustee in trustees:
            data = table.table[f"{name}-{trustee}.json"]
            file = self.log.add_file(f"{self.folder}/{name}-{trustee}.json", data)
            self.log.append(kind, at=at, file=file, trustee=trustee, vote=self.vote, wave=1)
