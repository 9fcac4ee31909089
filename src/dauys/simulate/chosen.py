"""Which electronic stations of an election are played, and what they reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dauys.domain.election import Election
from dauys.domain.places import Station
from dauys.domain.votes import Channel, Protocol

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
