"""What a commission brings to a station of a simulated election: kit, voters, cards, in a private folder."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dauys.domain.places import Station
from dauys.formats.voters import encode_voters
from dauys.record.book import open_record
from dauys.simulate.device_day import DeviceSpec
from dauys.simulate.live import card_letters
from dauys.simulate.parties import Parties
from dauys.simulate.scene import Scene
from dauys.simulate.vote_plan import VotePlan
from dauys.simulate.voters import make_extract
from dauys.verify.kit_file import refuse
from dauys.verify.kit_make import Order, make_kit

#: Folder beside the record for what a commission gives to stations and to nobody else.
PRIVATE: Final = "private"


@dataclass(frozen=True, slots=True)
class StationFiles:
    """Where the things of a station are. `cards`: letters, a line each; `rows`: planned choices, JSON.

    `commission_key`: 32 bytes, with which the kit is signed; `fingerprint`: to be compared aloud.
    """

    station: str
    device: str
    kit: Path
    voters: Path
    extract: Path
    cards: Path
    rows: Path
    commission_key: bytes
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Office:
    """The commission of the centre in a simulation: the record, its policy, and everybody's keys."""

    record: Path
    policy: bytes
    scene: Scene
    parties: Parties
    seed: int

    def write(self, folder: Path, station: Station, spec: DeviceSpec) -> StationFiles:
        """Write everything of a station into a new folder of its own. Raises InputError W1.x, W2.x."""
        home = folder / station.id
        home.mkdir(parents=True)
        extract = make_extract(self.scene.election, station, spec.vote, self.seed)
        key = self.parties.commission("centre")
        with (
            tempfile.TemporaryDirectory(prefix="dauys-kit-") as work,
            open_record(str(self.record)) as record,
        ):
            order = Order(station.id, extract.encode(), self.policy, spec.vote)
            made = make_kit(record, order, key.public(), key.sign, Path(work))
        files = StationFiles(
            station.id, spec.device, home / "kit.zip", home / "voters.csv", home / "register.extract",
            home / "cards.txt", home / "rows.json", key.public(), made.kit.fingerprint,
        )  # fmt: skip
        files.kit.write_bytes(made.data)
        files.voters.write_bytes(encode_voters(extract.voters))
        files.extract.write_bytes(extract.encode())
        files.cards.write_text("\n".join(card_letters(spec)) + "\n", encoding="utf-8")
        files.rows.write_text(json.dumps(rows_of(spec.rows)) + "\n", encoding="utf-8")
        return files


def write_kits(out: Path, scene: Scene, seed: int, stations: Iterable[str]) -> list[StationFiles]:
    """Write what the commission brings to these stations of the first round, beside a simulated record.

    `out`: the folder that `simulate_record` made of this scene and seed. A device that is set up from such a
    kit is for practice: in the record its day is over. Raises InputError W1.9 as `electronic_stations` does.
    """
    policy = (out / "policy").read_bytes()
    office = Office(out / "public", policy, scene, Parties(scene.election.id, seed), seed)
    plan = VotePlan(scene, seed, 1)
    homes = electronic_stations(scene, stations)
    specs = [plan.spec(home, scene.election.devices_of(home)[0]) for home in homes]
    return [office.write(out / PRIVATE, home, spec) for home, spec in zip(homes, specs, strict=True)]


def electronic_stations(scene: Scene, names: Iterable[str]) -> list[Station]:
    """Return stations that vote electronically in round 1, by their ids. Raises InputError W1.9."""
    known = {station.id: station for station in scene.stations(1)}
    wanted = dict.fromkeys(names)
    for name in wanted:
        if name not in known:
            raise refuse("W1.9", scene.election.id, name, ", ".join(sorted(known)[:50]))
    return [known[name] for name in wanted]


def rows_of(rows: Sequence[bytes]) -> list[str]:
    """Return rows of choices as text: a digit 0 or 1 for each option of the style."""
    return ["".join(map(str, row)) for row in rows]
