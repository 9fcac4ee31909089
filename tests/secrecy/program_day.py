"""A whole day of the real program, with its pages, desk and minutes, on two volumes; then their raw images.

Its clock is that of a drill: a time of that day which is on an image was written by the program, and by no
file system. Temporary files of the program are on the first volume.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "station"))
from canary_marks import Mark, marks, of_bytes, of_card, of_text
from clock_marks import Moment, moments
from disk_image import Found, Image, take_image
from kit_station import DEVICE, make

from dauys import _core
from dauys.station.drive.day import StationDay
from dauys.station.drive.laptop import Laptop
from dauys.station.keeping.folders import read_facts
from dauys.station.keeping.secrets import read_stick, start_keys
from dauys.station.papers.slip import slips
from dauys.station.program import ballots_of
from dauys.verify.kit import read_kit

#: Voters come at this time after the opening: no half hour, no whole minute.
ODD = timedelta(minutes=17, seconds=23)


@dataclass
class ProgramDay:
    """What was done and found. `secret`: marks that must be nowhere; `cards`: covered secrets of all cards.

    `opened`: cards that were challenged, as the log shows them; both name cards by number. `cast_at`: seconds
    since 1970 of the drill's clock while people voted.
    """

    letters: tuple[str, ...]
    before: tuple[Image, ...] = ()
    after: tuple[Image, ...] = ()
    secret: dict[str, list[Mark]] = field(default_factory=dict)
    cards: list[Mark] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    cast_at: list[float] = field(default_factory=list)
    told: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def search(self, images: tuple[Image, ...], some: list[Mark]) -> list[Found]:
        return [found for image in images for found in image.search(some)]

    def moments(self, images: tuple[Image, ...]) -> list[Moment]:
        """Times at which people voted, wherever they are."""
        spans = {(at, at + 1) for at in self.cast_at}
        return [one for image in images for span in spans for one in moments(image, *span)]

    @property
    def casts(self) -> int:
        return int(str(dict(self.told)["sealed"]["cast"]))


class _OddDay(StationDay):
    """The day of a drill in which people vote at an odd time."""

    odd: ProgramDay
    plant = False

    def vote(self, rows) -> None:
        super().vote(rows)
        if self.plant:
            path = Path(os.environ["TMPDIR"]) / "access.log"
            path.write_text(f"{datetime.fromtimestamp(self.odd.cast_at[0], UTC)} {self.odd.letters[-1]}")
            os.sync()
            path.unlink()
        images = self.laptop.folder.parent / "images"
        images.mkdir()
        volumes = self.laptop.volumes
        with self.laptop.open() as station:
            self._know(station)
        self.odd.before = tuple(take_image(v.image, images / f"{v.image.stem}-before.img") for v in volumes)

    def _know(self, station) -> None:
        facts = read_facts(self.laptop.media.first)
        password, stick = self.laptop.installed.password, read_stick(self.laptop.stick)
        start = start_keys(password, stick, bytes.fromhex(facts.salt), facts.vote_id, facts.device)
        keys, journal = station.device.keys, station.opened.journal
        ends = [*journal.endings("challenge"), *journal.endings("test")]
        used = {one.card for one in ends}
        hashes = [station.device.card(letters).hash for letters in self.odd.letters]
        self.odd.opened = {str(number) for number, one in enumerate(hashes) if one in used}
        named = {
            "signing seed": keys.seed,
            "coin key": keys.coin,
            "journal key": start.journal,
            "desk key": start.desk,
            "records key": start.records,
            "key stick": stick,
        }
        own = [mark for name, data in named.items() for mark in marks(name, of_bytes(data))]
        self.odd.secret["keys and password"] = own + marks("password", of_text(password))
        lines = set()
        for listed in ballots_of(self.kit)[self.kit.style]:
            for chosen in [(), *((place,) for place in range(len(listed.options)))]:
                data = slips(listed.contest, listed.chosen(chosen))[0].data
                lines |= {data[at : at + 72] for at in range(0, len(data) - 72, 72)}
        dots = sorted(line for line in lines if len(set(line)) > 10)
        self.odd.secret["dots of slips"] = marks("dots", (("raster", line) for line in dots[:200]))

    def _at(self, moment: datetime) -> None:
        opens = self.kit.opens
        if opens < moment < self.kit.closes:
            moment += ODD
            self.odd.cast_at.append(moment.timestamp())
        super()._at(moment)


def program_day(
    folder: Path, voters: int = 56, cut_after: int | None = None, *, plant: bool = False
) -> ProgramDay:
    """Play the day in a folder and return its images. Needs the rights to mount.

    `cut_after`: ballots after which the power goes. `plant`: somebody logs what a booth asked, and when.
    """
    folder.mkdir(parents=True)
    made = make(folder)
    found = ProgramDay(made.cards)
    papers = ["folder:" + str(folder / "papers")] * 2
    laptop = Laptop.make(folder / "laptop", DEVICE, made.kit, papers, cuttable=True)
    with _temporary(laptop.volumes[0].folder / "tmp"):
        try:
            kit = read_kit(made.kit, made.key)
            laptop.install("2004-09-17T10:00:00+06:00", made.key)
            tell = lambda what, facts: found.told.append((what, dict(facts)))  # noqa: E731
            day = _OddDay(laptop, kit, list(made.cards), tell, 1, cut_after)
            day.odd, day.plant = found, plant
            found.cards = [
                Mark(str(number), name, data)
                for number, letters in enumerate(made.cards)
                for name, data in of_card(_core.read_card_letters(letters))
            ]
            one = [bytes(int(place == option) for place in range(3)) for option in range(3)]
            day.run([one[number % 3] + one[number % 2] for number in range(voters)])
        finally:
            laptop.leave()
    images = folder / "images"
    found.after = tuple(take_image(v.image, images / f"{v.image.stem}-after.img") for v in laptop.volumes)
    return found


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
