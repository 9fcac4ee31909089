"""From invented figures to protocols: channels, control figures, versions and the times of their receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dauys.domain.votes import Channel, Counts, Protocol
from dauys.simulate.draws import Draws
from dauys.simulate.fit import add_up, keep_within, share_out
from dauys.simulate.places import Site
from dauys.simulate.votes import Table

#: Shares of lists among the electronic votes of the half of the stations that reported first.
#: **Source:** the early returns of 19 September 2004, https://news.flexcom.ru/world/2004/09/19/68908
EARLY = {"otan": 0.40, "asar": 0.19, "ak-zhol": 0.17, "aist": 0.071}


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one station in one contest: in the box, invalid, and for each option in order."""

    cast: int
    invalid: int
    votes: tuple[int, ...]

    def less(self, other: Figures) -> Figures:
        """Return these figures without those of the other."""
        votes = tuple(a - b for a, b in zip(self.votes, other.votes, strict=True))
        return Figures(self.cast - other.cast, self.invalid - other.invalid, votes)


@dataclass(frozen=True, slots=True)
class Clock:
    """When protocols of one round come in. `close` is the closing hour of the centre."""

    close: datetime
    round: int

    def after(self, minutes: float) -> datetime:
        """Return the moment so many minutes after closing."""
        return self.close + timedelta(minutes=int(minutes))


def is_early(site: Site) -> bool:
    """Return whether a station with electronic voting was in the half that reported first."""
    return site.station.electronic and int(site.station.id) % 2 == 0


def protocols_of(table: Table, index: int, clock: Clock, draws: Draws) -> list[Protocol]:
    """Return the first versions of one station's protocols in one contest: one, or three where electronic."""
    site = table.sites[index]
    whole = Figures(table.cast[index], table.invalid[index], tuple(table.votes[index]))
    made = []
    if site.station.electronic:
        part = _electronic(table, index, whole, draws)
        at, later = _electronic_times(site, clock, draws)
        made.append(_protocol(table, site, _Part(Channel.ELECTRONIC, at, _electronic_counts(part), part)))
        rest = whole.less(part)
        paper = _paper_counts(site, rest, draws)
        made.append(_protocol(table, site, _Part(Channel.PAPER, later, paper, rest)))
        counts = _summary_counts(site, table, made[0].counts, paper, whole)
        made.append(_protocol(table, site, _Part(Channel.SUMMARY, later, counts, whole)))
    else:
        counts = _whole_counts(site, table, whole, draws)
        at = _paper_time(site, clock, draws)
        made.append(_protocol(table, site, _Part(Channel.PAPER, at, counts, whole)))
    return made


@dataclass(frozen=True, slots=True)
class _Part:
    """What one protocol says, and when it came in."""

    channel: Channel
    at: datetime
    counts: Counts
    figures: Figures


def _protocol(table: Table, site: Site, part: _Part) -> Protocol:
    votes = dict(zip(table.options, part.figures.votes, strict=True))
    key = (site.station.id, table.contest, table.round, part.channel)
    return Protocol(*key, 1, part.at, part.counts, votes)


def _electronic(table: Table, index: int, whole: Figures, draws: Draws) -> Figures:
    """Return the electronic part: none of it invalid, and with a taste of its own for lists."""
    site, part = table.sites[index], table.electronic[index]
    weights = [float(v) for v in whole.votes]
    if table.contest == "list" and is_early(site):
        known = add_up(EARLY.values())
        rest = sum(v for v, o in zip(whole.votes, table.options, strict=True) if o not in EARLY) or 1
        weights = [
            EARLY[o] if o in EARLY else (1 - known) * v / rest
            for v, o in zip(whole.votes, table.options, strict=True)
        ]
    weights = [w * max(1 + 0.12 * draws.bell(), 0.1) for w in weights]
    votes = keep_within(share_out(part, weights), [0] * len(weights), whole.votes)
    return Figures(part, 0, tuple(votes))


def _electronic_times(site: Site, clock: Clock, draws: Draws) -> tuple[datetime, datetime]:
    """Return when the electronic protocol came in, and when the two others did."""
    if clock.round > 1:
        at = draws.between(25, 90)
        return clock.after(at), clock.after(draws.between(at, 215))
    at = draws.between(25, 355) if is_early(site) else draws.between(365, 700)
    return clock.after(at), clock.after(draws.between(720, 2400))


def _paper_time(site: Site, clock: Clock, draws: Draws) -> datetime:
    if clock.round > 1:
        return clock.after(draws.between(320, 1400) if site.late2 else draws.between(40, 215))
    if site.late:
        return clock.after(draws.between(5200, 9600))
    return clock.after(draws.between(370, 1400 if site.kind == "town" else 4000))


def _issue(figures: Figures, draws: Draws) -> tuple[int, int]:
    """Return ballots issued and those of them not in the box."""
    unit = draws.unit()
    away = 0 if unit < 0.8 else 1 if unit < 0.95 else 2
    return figures.cast + away, away


def _electronic_counts(figures: Figures) -> Counts:
    # One electronic ballot holds all contests: who leaves without casting it leaves all of them.
    away = figures.cast % 11 == 0
    issued = figures.cast + away
    return Counts(
        ballots_issued=issued, admissions=issued, ballots_not_returned=int(away),
        ballots_cast=figures.cast, invalid_ballots=figures.invalid,
    )  # fmt: skip


def _paper_counts(site: Site, figures: Figures, draws: Draws) -> Counts:
    issued, away = _issue(figures, draws)
    spoiled = draws.below(4)
    received = max(-(-site.station.registered // 50) * 50 + 50, -(-(issued + spoiled) // 50) * 50)
    return Counts(
        ballots_received=received, ballots_issued=issued, ballots_unused=received - issued - spoiled,
        ballots_spoiled=spoiled, ballots_not_returned=away, ballots_cast=figures.cast,
        invalid_ballots=figures.invalid,
    )  # fmt: skip


def _added(site: Site, table: Table) -> int:
    return site.added if table.round == 1 else site.added // 4


def _whole_counts(site: Site, table: Table, figures: Figures, draws: Draws) -> Counts:
    p = _paper_counts(site, figures, draws)
    return Counts(
        site.station.registered, _added(site, table), p.ballots_received, p.ballots_issued, p.ballots_unused,
        p.ballots_spoiled, None, p.ballots_not_returned, p.ballots_cast, p.invalid_ballots,
    )  # fmt: skip


def _summary_counts(site: Site, table: Table, electronic: Counts, paper: Counts, figures: Figures) -> Counts:
    return Counts(
        registered=site.station.registered,
        additions=_added(site, table),
        ballots_issued=(electronic.ballots_issued or 0) + (paper.ballots_issued or 0),
        ballots_not_returned=(electronic.ballots_not_returned or 0) + (paper.ballots_not_returned or 0),
        ballots_cast=figures.cast,
        invalid_ballots=figures.invalid,
    )
