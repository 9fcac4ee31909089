"""The protocols of a scene: electronic ones of what devices hold, paper ones as given, and summaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dauys.domain.election import AGAINST_ALL
from dauys.domain.votes import Channel, Counts, Protocol
from dauys.simulate.scene import Scene

#: Between the protocol of the slips and the one of the tally.
TALLY_LATER = timedelta(hours=3)
TALLIED = "the tally of the encrypted ballots"


@dataclass(frozen=True, slots=True)
class Sessions:
    """What the device of a station counted in a round: sessions admitted and ballots cast."""

    admitted: int
    cast: int


def options_of(scene: Scene, contest: str, round_number: int) -> tuple[str, ...]:
    """Return the options of a contest in a round, in ballot order; those of a run-off from its protocols."""
    if round_number == 1:
        return next(c.options for c in scene.election.contests(1) if c.id == contest)
    known = next(c.options for c in scene.election.contests(round_number) if c.id == contest)
    for protocol in scene.protocols:
        if (protocol.contest, protocol.round) == (contest, round_number):
            return tuple(option for option in known if option in protocol.votes or option == AGAINST_ALL)
    raise ValueError(f"no protocol of {contest} in round {round_number}")


def all_protocols(
    scene: Scene, sessions: Mapping[tuple[str, int], Sessions], single: Iterable[str]
) -> list[Protocol]:
    """Return every protocol of the scene in order of time. `single`: stations that are a unit alone."""
    alone = set(single)
    made = list(scene.protocols)
    for protocol in scene.protocols:
        key = (protocol.station, protocol.round)
        if key in sessions:
            made += _electronic_side(scene, protocol, sessions[key], alone=protocol.station in alone)
    return sorted(made, key=lambda p: (p.received, p.station, p.contest, p.channel, p.version))


def _electronic_side(scene: Scene, paper: Protocol, sessions: Sessions, *, alone: bool) -> Iterable[Protocol]:
    """Yield the electronic protocols of a station and contest, and its summary."""
    given = scene.electronic[paper.station, paper.contest, paper.round]
    votes = dict(zip(options_of(scene, paper.contest, paper.round), given, strict=True))
    against = votes.pop(AGAINST_ALL, None)
    counts = Counts(
        ballots_issued=sessions.admitted,
        admissions=sessions.admitted,
        ballots_not_returned=max(0, sessions.admitted - sessions.cast),
        ballots_cast=sessions.cast,
        invalid_ballots=sessions.cast - sum(given),
        against_all=against,
    )
    slips = replace(paper, channel=Channel.ELECTRONIC, version=1, reason=None, counts=counts, votes=votes)
    yield slips
    yield _summary(paper, slips)
    if alone:
        yield replace(slips, version=2, reason=TALLIED, received=slips.received + TALLY_LATER)


def _summary(paper: Protocol, electronic: Protocol) -> Protocol:
    one, two = paper.counts, electronic.counts

    def both(name: str) -> int | None:
        values = [value for value in (getattr(one, name), getattr(two, name)) if value is not None]
        return sum(values) if values else None

    counts = Counts(
        registered=one.registered,
        additions=one.additions,
        ballots_issued=both("ballots_issued"),
        ballots_not_returned=both("ballots_not_returned"),
        ballots_cast=both("ballots_cast"),
        invalid_ballots=both("invalid_ballots"),
        against_all=both("against_all"),
    )
    votes = {option: count + electronic.votes.get(option, 0) for option, count in paper.votes.items()}
    return replace(paper, channel=Channel.SUMMARY, counts=counts, votes=votes)


def tally_time(protocols: Iterable[Protocol], round_number: int) -> datetime:
    """Return when the sums of a round are opened: after the last protocol of slips, before version 2."""
    slips = [
        p.received
        for p in protocols
        if p.channel is Channel.ELECTRONIC and p.round == round_number and p.version == 1
    ]
    return max(slips) + timedelta(hours=1)
