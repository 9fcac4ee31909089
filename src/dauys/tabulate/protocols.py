"""Which protocols count: the newest version received in time, unless set aside; what a station reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from dauys.domain.votes import Channel, Protocol

Key = tuple[str, str, int, Channel]
Place = tuple[str, str, int]
"""Station, contest and round: what one or three protocols report together."""


def version_key(protocol: Protocol) -> str:
    """Return the name by which decisions set a version aside: station/contest/round/channel/version."""
    station, contest, round_number, channel = protocol.key
    return f"{station}/{contest}/{round_number}/{channel}/{protocol.version}"


@dataclass(frozen=True, slots=True)
class Archive:
    """All versions of all protocols, by key, in order. `set_aside` names those that never count."""

    chains: Mapping[Key, tuple[Protocol, ...]]
    set_aside: Mapping[str, str]

    @staticmethod
    def of(protocols: Iterable[Protocol], set_aside: Mapping[str, str]) -> Archive:
        """Return the archive of these protocols, given in any order."""
        chains: dict[Key, list[Protocol]] = {}
        for protocol in protocols:
            chains.setdefault(protocol.key, []).append(protocol)
        ordered = {
            key: tuple(chain if len(chain) == 1 else sorted(chain, key=lambda p: p.version))
            for key, chain in chains.items()
        }
        return Archive(ordered, set_aside)

    def is_set_aside(self, protocol: Protocol) -> bool:
        """Return whether a recorded decision keeps this version out of the count."""
        return bool(self.set_aside) and version_key(protocol) in self.set_aside

    def in_force(self, as_of: datetime, round_number: int) -> dict[Place, dict[Channel, Protocol]]:
        """Return for each station and contest the versions that count at that moment, by channel.

        Where the newest version is set aside, none counts: an earlier one does not come back by itself.
        """
        found: dict[Place, dict[Channel, Protocol]] = {}
        for (station, contest, number, channel), chain in self.chains.items():
            if number != round_number:
                continue
            newest = next((p for p in reversed(chain) if p.received <= as_of), None)
            if newest is not None and not self.is_set_aside(newest):
                found.setdefault((station, contest, number), {})[channel] = newest
        return found


@dataclass(frozen=True, slots=True)
class Report:
    """What one station reports in one contest: the protocols that are counted, out of those at hand.

    The summary alone where there is one; else what there is. `complete` is false where a station with
    electronic voting has given only part of its ballots so far.
    """

    station: str
    contest: str
    round: int
    counted: tuple[Protocol, ...]
    complete: bool

    def line(self, name: str) -> int | None:
        """Return the sum of one line of `Counts`, None where no counted protocol has it."""
        if len(self.counted) == 1:
            value: int | None = getattr(self.counted[0].counts, name)
            return value
        values = [v for p in self.counted if (v := getattr(p.counts, name)) is not None]
        return sum(values) if values else None

    def votes(self) -> Mapping[str, int]:
        """Return the votes of every option."""
        if len(self.counted) == 1:
            return self.counted[0].votes
        found: dict[str, int] = {}
        for protocol in self.counted:
            for option, count in protocol.votes.items():
                found[option] = found.get(option, 0) + count
        return found


def report(place: Place, channels: Mapping[Channel, Protocol], *, electronic: bool) -> Report:
    """Return what is counted of the protocols of one station and contest; there is at least one."""
    summary = channels.get(Channel.SUMMARY)
    if summary is not None:
        return Report(*place, (summary,), complete=True)
    counted = tuple(channels[c] for c in (Channel.ELECTRONIC, Channel.PAPER) if c in channels)
    whole = len(counted) == 2 if electronic else Channel.PAPER in channels
    return Report(*place, counted, complete=whole)


def reports(
    archive: Archive, as_of: datetime, round_number: int, electronic: Mapping[str, bool]
) -> list[Report]:
    """Return what every station had reported by then, in the order of the archive."""
    found = archive.in_force(as_of, round_number)
    return [report(place, channels, electronic=electronic[place[0]]) for place, channels in found.items()]
