"""Kits of the small record, and ways in which somebody with the commission's key could write others."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from forged_records import Made

from dauys.record.book import open_record
from dauys.simulate.vote_plan import VotePlan
from dauys.simulate.voters import make_extract
from dauys.verify.kit_file import Packed, encode_kit, make_manifest, open_kit
from dauys.verify.kit_make import MadeKit, Order, make_kit

SEED = 3
STATION = "0002"
VOTE = "simulation/1/0"
Files = dict[str, bytes]


@dataclass(frozen=True)
class Kits:
    """One kit of the small record, opened, and where others are written."""

    made: Made
    folder: Path
    data: bytes
    packed: Packed

    @property
    def key(self) -> bytes:
        """The key of the centre's commission."""
        return self.made.parties.commission("centre").public()

    def write(self, data: bytes, name: str = "kit.zip") -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def forge(
        self, change: Callable[[Files], object] = lambda _: None, *, signer: str = "centre",
        commission: str = "", station: str = STATION, vote: str = VOTE,
    ) -> Path:  # fmt: skip
        """Write a kit with other files, well signed by a commission."""
        files = dict(self.packed.files)
        change(files)
        manifest = make_manifest(commission or signer, station, vote, 1, files)
        signature = self.made.parties.commission(signer).sign(manifest.digest)
        return self.write(encode_kit(manifest, signature, files))

    def zipped(self, pack: Callable[[zipfile.ZipFile, Files], object], **options: int) -> Path:
        """Write the same files as another zip file."""
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self.data)) as archive,
            zipfile.ZipFile(out, "w", **options) as other,
        ):
            pack(other, {name: archive.read(name) for name in archive.namelist()})
        return self.write(out.getvalue())


def extract_of(made: Made, election, vote: str = VOTE, station: str = STATION) -> bytes:
    home = next(one for one in election.stations if one.id == station)
    return make_extract(election, home, vote, SEED).encode()


def made_kit(made: Made, election, work: Path, commission: str = "centre", **more) -> MadeKit:
    """Make a kit of the record as `dauys kit make` does."""
    work.mkdir(exist_ok=True)
    key = made.parties.commission(commission)
    more = {"vote": VOTE, "station": STATION, **more}
    folder = more.pop("record", made.folder)
    if "extract" not in more:
        more["extract"] = extract_of(made, election, more["vote"], more["station"])
    order = Order(**more)
    with open_record(str(folder)) as record:
        return make_kit(record, order, key.public(), key.sign, work)


def kits_of(made: Made, election, folder: Path) -> Kits:
    data = made_kit(made, election, folder / "work").data
    path = folder / "good.zip"
    path.write_bytes(data)
    return Kits(made, folder, data, open_kit(path))


def spec_of(scene):
    """What the device of the station does in the first round of the scene."""
    plan = VotePlan(scene, SEED, 1)
    return plan.spec(*next(pair for pair in plan.devices() if pair[0].id == STATION))
