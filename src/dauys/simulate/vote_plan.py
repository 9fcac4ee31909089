"""What the devices of one simulated vote will do: their ballots, sessions and cards, all from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dauys.domain.places import Device, Station
from dauys.simulate.device_day import UNUSED, DeviceSpec
from dauys.simulate.draws import Draws
from dauys.simulate.reported import Sessions
from dauys.simulate.scene import Scene

#: Cards of a live device beyond those that its voters need: tests, challenges and mistakes are its own.
SPARE: Final = 80


@dataclass(frozen=True, slots=True)
class VotePlan:
    """One round of a scene. `live`: stations whose devices are real."""

    scene: Scene
    seed: int
    round: int
    live: frozenset[str] = frozenset()

    @property
    def vote(self) -> str:
        """The vote id."""
        return self.scene.election.vote_id(self.round)

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
        style = self.style(station)
        return next(s.contests for s in self.scene.election.styles(self.round) if s.id == style)

    def style(self, station: Station) -> str:
        """Return the ballot style of a station. Raises ValueError where it has none."""
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
            self.style(station),
            len(contests),
            self._rows(station, contests),
            station.registered,
            additions or 0,
            len(election.turnout_readings),
            self.seed,
            SPARE if station.id in self.live else UNUSED,
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
