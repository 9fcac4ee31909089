"""What a kit says: its pieces, each checked against the others (spec/kit.md §3).

What is public is proved to stand in the log, the register extract of the station by its hash there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dauys.crypto.ballots import BallotElection
from dauys.crypto.boxes import ROOT, RootEntry
from dauys.crypto.cards import CardList
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import parse_canonical
from dauys.domain.election import AGAINST_ALL, Election
from dauys.domain.places import DeviceKind, Station
from dauys.errors import InputError
from dauys.formats.election_file import ELECTION_FILE, read_election
from dauys.formats.voters import Allowed, Extract, parse_extract
from dauys.record.book import device_origin
from dauys.record.entries import files_of
from dauys.record.keys import VerifierKey
from dauys.record.policy import Policy
from dauys.verify.keys import options_in
from dauys.verify.kit_file import Packed
from dauys.verify.kit_pieces import (
    EXTRACT,
    Pieces,
    card_lists,
    check_log,
    check_secrets,
    log_key_of,
    pieces_of,
    read_keys,
)
from dauys.verify.register import frozen_register


@dataclass(frozen=True, slots=True)
class KitDevice:
    """A device of the station. `cards`: hashes of its cards, 64 bytes each, in the order of the list.

    `origin`: of the log that it will write; `list_hash`: 64 bytes, stands in its *open* entry.
    """

    id: str
    kind: DeviceKind
    cards: tuple[bytes, ...] = field(repr=False)
    list_hash: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a kit says; `dauys.verify.kit.Kit` tells what each is."""

    election: Election
    ballots: BallotElection
    style: str
    options: Mapping[str, tuple[str, ...]]
    devices: tuple[KitDevice, ...]
    extract: Extract = field(repr=False)
    opens: datetime
    closes: datetime
    commission_key: bytes
    log_key: VerifierKey
    policy: Policy
    simulation: str | None


def contents_of(packed: Packed, name: str) -> Contents:
    """Return what a kit says. Raises InputError W1.3 to W1.9, and W2.x of the extract."""
    return _Reading(pieces_of(packed, name)).contents()


class _Reading:
    """One kit while it is read."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.vote, self.station_id = pieces.vote, pieces.packed.manifest.station

    def contents(self) -> Contents:
        """Return what the kit says, after every check."""
        pieces = self.pieces
        keys, cards = read_keys(pieces), card_lists(pieces)
        check_secrets(pieces, keys, cards)
        log_key = log_key_of(pieces, keys)
        policy = check_log(pieces, log_key)
        election = self._election()
        station = self._station(election)
        day = election.day_of(self.vote)
        if day is None:
            raise pieces.refuse("W1.9", "kit.json", self.vote, f"a vote of {election.id}")
        ballots = self._ballots(election)
        style = self._style(election, station, ballots)
        zone = ZoneInfo(station.time_zone)
        return Contents(
            election,
            ballots,
            style,
            {contest: self._options(election, contest) for contest in _contests_of(ballots, style)},
            self._devices(election, station, cards, log_key),
            self._extract(election, station, day),
            datetime.combine(day, election.opens, zone),
            datetime.combine(day, election.closes, zone),
            self._commission_key(keys, station),
            log_key,
            policy,
            pieces.one("definition").fields["simulation"],
        )

    def _election(self) -> Election:
        """Return the election that the committed files define; read where a file reader finds them."""
        definition = self.pieces.one("definition")
        with tempfile.TemporaryDirectory(prefix="dauys-kit-") as work:
            folder = Path(work)
            for field_name, ref in files_of(definition):
                name = ELECTION_FILE if field_name == "election" else ref.path.rsplit("/", 1)[-1]
                if (folder / name).exists():
                    raise self.pieces.refuse("W1.8", ref.path, name, "another file name")
                (folder / name).write_bytes(self.pieces.packed.files[ref.path])
            try:
                election = read_election(folder / ELECTION_FILE)
            except InputError as error:
                raise self.pieces.because("W1.8", ELECTION_FILE, error) from error
        if election.id != self.vote.split("/")[0]:
            raise self.pieces.refuse("W1.9", ELECTION_FILE, election.id, self.vote)
        return election

    def _station(self, election: Election) -> Station:
        for station in election.stations:
            if station.id == self.station_id and station.electronic:
                return station
        raise self.pieces.refuse("W1.9", "kit.json", self.station_id, "a station that votes electronically")

    @property
    def _round(self) -> int:
        return int(self.vote.split("/")[1])

    def _ballots(self, election: Election) -> BallotElection:
        """Return what ballots are made of: the root is that of the log, and holds this definition (W1.8)."""
        entry, definition = self.pieces.one("root"), self.pieces.one("definition")
        path, data = self.pieces.file(entry, "file")
        try:
            root = RootEntry(parse_canonical(data, path, ROOT, ("T6.1", "T6.1")), data)
            ballots = root.election()
        except InputError as error:
            raise self.pieces.because("W1.8", path, error) from error
        bound = framed_hash("definition", definition.data).hex()
        found = (root.root.hex(), root.value["definition"], root.value["vote_id"])
        expected = (entry.fields["root"], bound, self.vote)
        for one, other in zip(found, expected, strict=True):
            if one != other:
                raise self.pieces.refuse("W1.8", path, one, other)
        known = {
            c.id: (options_in(election, c, self._round), c.limit) for c in election.contests(self._round)
        }
        for contest in ballots.contests:
            if known.get(contest.id) != (contest.options, contest.limit):
                found_shape = f"{contest.options} options, {contest.limit} marks"
                raise self.pieces.refuse("W1.8", f"{path} {contest.id}", found_shape, known.get(contest.id))
        return ballots

    def _style(self, election: Election, station: Station, ballots: BallotElection) -> str:
        own = election.style_of(station)
        if own is None:
            raise self.pieces.refuse("W1.8", ELECTION_FILE, "no ballot style", f"one for {station.id}")
        name = f"{own.id}-{station.constituency}" if "constituency" in own.contests else own.id
        expected = next((s.contests for s in election.styles(self._round) if s.id == name), None)
        if expected is None or name not in {style.id for style in ballots.styles}:
            raise self.pieces.refuse("W1.9", "root.json", f"no style {name}", f"a vote held at {station.id}")
        if tuple(_contests_of(ballots, name)) != expected:
            raise self.pieces.refuse("W1.8", f"root.json {name}", _contests_of(ballots, name), expected)
        return name

    def _options(self, election: Election, contest: str) -> tuple[str, ...]:
        """Return the options of a contest in ballot order; of a run-off the two whom the result names."""
        known = next(one for one in election.contests(self._round) if one.id == contest)
        if self._round == 1 or known.kind != "constituency":
            return known.options
        path, value = self.pieces.json(self.pieces.one("result"), "file", "result")
        named = value["constituencies"].get(contest, {}).get("run_off") or ()
        pair = tuple(option for option in known.options if option in named or option == AGAINST_ALL)
        if len(pair) != options_in(election, known, self._round):
            raise self.pieces.refuse("W1.8", path, ", ".join(pair), f"two in the run-off of {contest}")
        return pair

    def _devices(
        self, election: Election, station: Station, cards: list[CardList], log_key: VerifierKey
    ) -> tuple[KitDevice, ...]:
        own = election.devices_of(station)
        lists = {one.device: one for one in cards}
        if len(lists) != len(cards) or lists.keys() != {device.id for device in own}:
            expected = ", ".join(device.id for device in own)
            raise self.pieces.refuse("W1.8", "cards", ", ".join(sorted(lists)), expected)
        return tuple(
            KitDevice(
                one.id,
                one.kind,
                lists[one.id].hashes,
                lists[one.id].list_hash,
                device_origin(log_key.name, self.vote, one.id),
            )
            for one in own
        )

    def _extract(self, election: Election, station: Station, day: date) -> Extract:
        """Return the register extract: as many voters as are registered, and the hash that was frozen."""
        path, data = self.pieces.file(self.pieces.one("register"), "stations")
        frozen = frozen_register(data)
        if frozen is None or station.id not in frozen:
            raise self.pieces.refuse("W1.8", path, "no row", station.id)
        registered, digest = frozen[station.id]
        allowed = Allowed(day, {place.id for place in election.constituencies})
        data = self.pieces.packed.files[EXTRACT]
        extract = parse_extract(data, f"{self.pieces.name}: {EXTRACT}", allowed)
        if sha256(data).hexdigest() != digest:
            raise self.pieces.refuse("W2.5", EXTRACT, sha256(data).hexdigest(), digest)
        if not len(extract.voters) == registered == station.registered:
            raise self.pieces.refuse("W2.3", EXTRACT, len(extract.voters), station.registered)
        return extract

    def _commission_key(self, keys: Mapping[str, Any], station: Station) -> bytes:
        """Return the key of the commission that signs: the centre's, or one above the station (W1.3)."""
        name = self.pieces.packed.manifest.commission
        for one in keys["commissions"]:
            above = one["level"] == "centre" or one["id"] in (station.constituency, station.region)
            if one["id"] == name and one["level"] != "station" and above:
                return bytes.fromhex(one["key"])
        raise self.pieces.refuse("W1.3", "kit.json", name, f"a commission above station {station.id}")


def _contests_of(ballots: BallotElection, style: str) -> tuple[str, ...]:
    own = next(one for one in ballots.styles if one.id == style)
    return tuple(ballots.contests[place].id for place in own.contests)
