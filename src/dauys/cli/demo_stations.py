"""The stations of the demo that are no simulation: the real program, with simulated people in front of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from dauys.simulate.fewer import with_fewer_ballots
from dauys.simulate.live import LiveDay
from dauys.simulate.scene import Scene
from dauys.station.drive.day import StationDay
from dauys.station.drive.laptop import Laptop
from dauys.station.drive.volume import why_not
from dauys.verify.devices import spoken_code
from dauys.verify.kit import read_kit
from dauys.verify.units import units_of
from dauys.words import Words

#: Ballots of each real station, the first one's power goes after so many of them; all others are on paper.
BALLOTS: Final = (72, 36, 34)
CUT_AFTER: Final = 30
BOOTHS: Final = 2


def real_scene(scene: Scene, count: int, seed: int) -> tuple[Scene, tuple[str, ...]]:
    """Return the scene with fewer ballots at its real stations, and which they are: those with fewest."""
    units, chosen = units_of(scene.election), list[str]()
    for station in sorted(scene.stations(1), key=lambda one: (scene.ballots[one.id, 1], one.id)):
        if len(chosen) < count and units[station.id] not in {units[one] for one in chosen}:
            chosen.append(station.id)
    most = dict(zip(chosen, BALLOTS, strict=False))
    return with_fewer_ballots(scene, most, seed), tuple(chosen)


@dataclass
class DemoStations:
    """The real stations, as `simulate_record` asks for them. Not frozen: laptops come into being.

    The first one's power is cut. `say`: takes each line that is told.
    """

    folder: Path
    names: tuple[str, ...]
    seed: int
    say: Callable[[str], None]
    words: Words
    days: dict[str, StationDay] = field(default_factory=dict)

    @property
    def stations(self) -> frozenset[str]:
        """Which stations are real."""
        return frozenset(self.names)

    def install(self, station: str, kit: Path, cards: Sequence[str]) -> Mapping[str, Any]:
        """Set a laptop up from its kit; return what goes into the act."""
        known = read_kit(kit, None)
        device, cut = known.devices[0].id, station == self.names[0]
        where = self.folder / station
        printers = [f"folder:{where / f'papers-{number}'}" for number in range(1, BOOTHS + 1)]
        cuttable = cut and why_not() is None
        laptop = Laptop.make(where / "laptop", device, kit, printers, cuttable=cuttable)
        moment = known.opens - timedelta(days=2) + timedelta(hours=3)
        installed = laptop.install(moment.isoformat(timespec="seconds"))
        told = self._telling(station)
        told("installed", {"code": known.fingerprint})
        self.days[station] = StationDay(
            laptop, known, list(cards), told, self.seed, CUT_AFTER if cut else None
        )
        return installed.fields

    def day(self, station: str, rows: Sequence[bytes]) -> LiveDay:
        """Play the day of a station; return the log that its stick brings, and what it showed before."""
        day = self.days[station]
        log = day.run(rows)
        return LiveDay(log, tuple(day.shown))

    def leave(self) -> None:
        """Let go of whatever a laptop still holds."""
        for day in self.days.values():
            day.laptop.leave()

    def _telling(self, station: str) -> Callable[[str, Mapping[str, object]], None]:
        def told(what: str, facts: Mapping[str, object]) -> None:
            root = facts.get("root")
            shown = {**facts, **({"code": spoken_code(root)} if isinstance(root, bytes) else {})}
            if self.words.has(f"demo.{what}"):
                self.say(self.words.say(f"demo.{what}", station=station, **shown))

        return told
