"""What a polling station reports: one protocol for each contest, round and channel, in versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """Which ballots a protocol counts. A station with electronic voting makes all three."""

    PAPER = "paper"
    ELECTRONIC = "electronic"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Counts:
    """Control figures of a protocol, in ballots or voters; `None`: the form has no such line.

    **Source:** spec/protocols.md, section 2.
    """

    registered: int | None = None
    additions: int | None = None
    ballots_received: int | None = None
    ballots_issued: int | None = None
    ballots_unused: int | None = None
    ballots_spoiled: int | None = None
    admissions: int | None = None
    ballots_not_returned: int | None = None
    ballots_cast: int | None = None
    invalid_ballots: int | None = None
    against_all: int | None = None


@dataclass(frozen=True, slots=True)
class Protocol:
    """One version of one protocol. Version 1 is what the station signed; `reason` says why there is another.

    `votes` maps option ids to counts. `received` is when the commission had it, with its time zone.
    """

    station: str
    contest: str
    round: int
    channel: Channel
    version: int
    received: datetime
    counts: Counts
    votes: Mapping[str, int]
    reason: str | None = None

    @property
    def key(self) -> tuple[str, str, int, Channel]:
        """What stays the same over the versions of one protocol."""
        return (self.station, self.contest, self.round, self.channel)
