"""Dates that a law sets, worked out from an election: what is due when, in which time zone, and its state.

Days before an election are calendar days of the place; a duty "by a day" is in time until that day ends
there. Stations work in their own zone, the commissions above them in that of the centre. The present is an
argument.

N1.1 register to the stations · N1.2 register displayed · N1.3 the same at hospitals, ships and barracks ·
N1.4 foreign observers accredited · N1.5 list of electronic stations announced · N1.6 prices of airtime and
space published · N2.1 equipment installed · N2.2 system checked in view · N2.3 campaign ends · N2.4 absentee
certificates issued · N3.1 count ends · N3.2 protocol posted · N3.3 protocol to the constituency ·
N3.4 protocols to the centre · N3.5 results published · N4.1 run-off held · N5.1 media kept.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from dauys.domain.election import Election
from dauys.systems.laws import Law, Status

Scope = Literal["centre", "constituency", "station"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One duty in one round. `opens`: not before; `due`: the end; None where the law names no such moment.

    With `whole_day` the duty is in time before `due`, the midnight that ends its last day; else until `due`
    itself. `until` ends a duty to keep something up. `time_zones`: the zones of the places that it is for.
    """

    code: str
    scope: Scope
    round: int
    article: str
    status: Status
    opens: datetime | None
    due: datetime | None
    whole_day: bool
    time_zones: tuple[str, ...]
    until: datetime | None = None

    @property
    def last_day(self) -> date | None:
        """The day in words: the last day on which the duty is in time."""
        if self.due is None:
            return None
        return (self.due - _DAY).date() if self.whole_day else self.due.date()


class DueState(StrEnum):
    """What is to be said of a duty: done in time, late or too early; not done and ahead, open or late."""

    DONE = "done"
    DONE_LATE = "done_late"
    DONE_TOO_EARLY = "done_too_early"
    AHEAD = "ahead"
    OPEN = "open"
    LATE = "late"
    UNDATED = "undated"


def state(due: Due, done_at: datetime | None, now: datetime) -> DueState:
    """Return the state of a duty at a moment. Raises ValueError where a moment has no time zone."""
    moment = now if done_at is None else done_at
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    before, late = due.opens is not None and moment < due.opens, _is_late(due, moment)
    if done_at is None:
        if due.due is None:
            return DueState.UNDATED
        return DueState.LATE if late else DueState.AHEAD if before else DueState.OPEN
    if before:
        return DueState.DONE_TOO_EARLY
    return DueState.DONE_LATE if late else DueState.DONE


def _is_late(due: Due, moment: datetime) -> bool:
    if due.due is None:
        return False
    return moment >= due.due if due.whole_day else moment > due.due


@dataclass(frozen=True, slots=True)
class _Moments:
    """What a rule gives for one round in one zone."""

    opens: datetime | None
    due: datetime | None
    whole_day: bool = True
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """The day of voting in one zone, and the law."""

    election: Election
    law: Law
    day: date
    zone: ZoneInfo

    def at(self, days: int, clock: time = time(0)) -> datetime:
        """Return a clock time so many days after the day of voting, by the calendar of the place."""
        return datetime.combine(self.day + timedelta(days=days), clock, self.zone)

    def before(self, path: str) -> _Moments:
        """Return a duty by the end of the day that the parameter counts back to."""
        days = self.law.count(path)
        return _Moments(None, None if days is None else self.at(1 - days))

    def clock(self, path: str) -> time:
        return time.fromisoformat(self.law.value(path))

    def count_begins(self) -> datetime:
        return self.at(0, self.clock("count.starts"))

    def count_ends(self) -> datetime:
        # Hours that pass, not hours on the clock: the night of a change of the clock has its own length.
        return _later(self.count_begins(), timedelta(hours=self.law.count("count.hours") or 0))


def _later(moment: datetime, passed: timedelta) -> datetime:
    zone = moment.tzinfo
    return (moment.astimezone(ZoneInfo("UTC")) + passed).astimezone(zone)


def add_months(day: date, count: int) -> date:
    """Return the same day so many months later, or the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _installed(p: _Place) -> _Moments:
    days = p.law.count("calendar.equipment_installed_days") or 0
    if p.law.value("calendar.equipment_installed_reading") == "by":
        return _Moments(None, p.at(1 - days))
    return _Moments(p.at(-days), p.at(0))


def _prices(p: _Place) -> _Moments:
    if p.election.called is None:
        return _Moments(None, None)
    called = datetime.combine(p.election.called, time(0), p.zone)
    return _Moments(called, called + timedelta(days=(p.law.count("media.prices_days") or 0) + 1))


def _foreign_observers(p: _Place) -> _Moments:
    days = p.law.count("calendar.foreign_observers_days") or 0
    return _Moments(None, p.at(-days, p.clock("calendar.foreign_observers_until")), whole_day=False)


def _system_check(p: _Place) -> _Moments:
    opens = p.at(0, p.election.opens)
    begin = _later(opens, -timedelta(minutes=p.law.count("calendar.system_check_minutes") or 0))
    return _Moments(begin, opens, whole_day=False)


def _campaign(p: _Place) -> _Moments:
    return _Moments(None, p.at(-(p.law.count("calendar.campaign_ends_days") or 0)))


def _absentee(p: _Place) -> _Moments:
    return _Moments(None, p.at(-1, p.clock("calendar.absentee_until")), whole_day=False)


def _count(p: _Place) -> _Moments:
    return _Moments(p.count_begins(), p.count_ends(), whole_day=False)


def _posted(p: _Place) -> _Moments:
    ends = p.count_ends()
    until = _later(ends, timedelta(days=p.law.count("publication.posting_days") or 0))
    return _Moments(p.count_begins(), ends, whole_day=False, until=until)


def _to_centre(p: _Place) -> _Moments:
    return _Moments(p.count_begins(), p.at(1 + (p.law.count("calendar.protocol_to_centre_days") or 0)))


def _results(p: _Place) -> _Moments:
    return _Moments(p.count_begins(), p.at(1 + (p.law.count("publication.results_days") or 0)))


def _runoff(p: _Place) -> _Moments:
    last = add_months(p.day, p.law.count("calendar.runoff_months") or 0)
    return _Moments(p.at(1), datetime.combine(last + _DAY, time(0), p.zone))


def _kept(p: _Place) -> _Moments:
    last = add_months(p.day, p.law.count("retention.media_months") or 0)
    end = datetime.combine(last + _DAY, time(0), p.zone)
    return _Moments(p.count_ends(), None, until=end)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One duty: the parameter that it rests on, whom it is for, in which rounds, and its moments."""

    code: str
    path: str
    scope: Scope
    rounds: tuple[int, ...]
    moments: Callable[[_Place], _Moments]


def _by(path: str) -> Callable[[_Place], _Moments]:
    return lambda place: place.before(path)


_TO_STATION, _DISPLAY = "calendar.register_to_station_days", "calendar.register_display_days"
_SPECIAL, _LIST = "calendar.special_register_display_days", "calendar.electronic_list_days"
# fmt: off
_RULES = (
    _Rule("N1.1", _TO_STATION, "station", (1,), _by(_TO_STATION)),
    _Rule("N1.2", _DISPLAY, "station", (1,), _by(_DISPLAY)),
    _Rule("N1.3", _SPECIAL, "station", (1,), _by(_SPECIAL)),
    _Rule("N1.4", "calendar.foreign_observers_days", "centre", (1,), _foreign_observers),
    _Rule("N1.5", _LIST, "centre", (1,), _by(_LIST)),
    _Rule("N1.6", "media.prices_days", "centre", (1,), _prices),
    _Rule("N2.1", "calendar.equipment_installed_days", "station", (1, 2), _installed),
    _Rule("N2.2", "calendar.system_check_minutes", "station", (1, 2), _system_check),
    _Rule("N2.3", "calendar.campaign_ends_days", "station", (1, 2), _campaign),
    _Rule("N2.4", "calendar.absentee_until", "station", (1, 2), _absentee),
    _Rule("N3.1", "count.hours", "station", (1, 2), _count),
    _Rule("N3.2", "publication.posting_days", "station", (1, 2), _posted),
    _Rule("N3.3", "calendar.protocol_to_centre_days", "station", (1, 2), _count),
    _Rule("N3.4", "calendar.protocol_to_centre_days", "constituency", (1, 2), _to_centre),
    _Rule("N3.5", "publication.results_days", "centre", (1, 2), _results),
    _Rule("N4.1", "calendar.runoff_months", "centre", (1,), _runoff),
    _Rule("N5.1", "retention.media_months", "constituency", (1, 2), _kept),
)
# fmt: on


def due(election: Election, law: Law) -> tuple[Due, ...]:
    """Return every duty of every round in order of codes; `law` carries the declared values already.

    A duty of stations comes once for each different moment that the zones of the stations give it; the zones
    are those of the stations or, before there are any, of the regions. A run-off is due only under a law
    with two rounds.
    """
    found: list[Due] = []
    two_rounds = law.value("constituency.system") == "two_round"
    for rule in _RULES:
        for number in rule.rounds:
            if number in election.days and (rule.code != "N4.1" or two_rounds):
                found.extend(_dues(rule, number, election, law))
    return tuple(found)


def _dues(rule: _Rule, number: int, election: Election, law: Law) -> Iterator[Due]:
    parameter = law.parameter(rule.path)
    zones = _station_zones(election) if rule.scope == "station" else (election.time_zone,)
    same: dict[tuple[datetime | None, ...], tuple[_Moments, list[str]]] = {}
    for zone in zones:
        m = rule.moments(_Place(election, law, election.days[number], ZoneInfo(zone)))
        key = tuple(x and x.astimezone(ZoneInfo("UTC")) for x in (m.opens, m.due, m.until))
        same.setdefault(key, (m, []))[1].append(zone)
    for m, names in same.values():
        yield Due(
            rule.code, rule.scope, number, parameter.article, parameter.status,
            m.opens, m.due, m.whole_day, tuple(names), m.until,
        )  # fmt: skip


def _station_zones(election: Election) -> Iterable[str]:
    zones: Sequence[str | None] = [s.time_zone for s in election.stations]
    zones = zones or [r.time_zone for r in election.regions]
    return tuple(sorted({zone for zone in zones if zone})) or (election.time_zone,)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time to decide in: until `due`, with `whole_day` as in `Due`; None while it stands still."""

    due: datetime | None
    at_once: bool
    article: str
    status: Status
    whole_day: bool = True


Interval = tuple[datetime, datetime | None]


def complaint_clock(
    received: datetime, election_day: date, law: Law, *, in_court: Sequence[Interval] = ()
) -> Clock:
    """Return until when a commission decides a complaint: some days, at once when the election is near or on.

    `in_court`: while a court has the same case the commission waits, and its time stands still; None as the
    end means that the court has it still. **Source:** Art. 20, 48, 49.
    """
    return _clock("complaints.days", received, election_day, law, in_court)


def check_clock(received: datetime, election_day: date, law: Law) -> Clock:
    """Return until when law-enforcement bodies answer a commission that asked. **Source:** Art. 48(3)."""
    return _clock("complaints.check_days", received, election_day, law, ())


def reply_clock(requested: datetime, law: Law) -> Clock:
    """Return until when a medium gives the right of reply. **Source:** Art. 28."""
    p = law.parameter("media.reply_hours")
    end = _later(requested, timedelta(hours=law.count(p.path) or 0))
    return Clock(end, at_once=False, article=p.article, status=p.status, whole_day=False)


def _clock(
    path: str, received: datetime, election_day: date, law: Law, in_court: Sequence[Interval]
) -> Clock:
    if received.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    parameter, day = law.parameter(path), received.date()
    near = timedelta(days=law.count("complaints.at_once_within_days") or 0)
    at_once = timedelta(0) <= election_day - day < near
    days = 0 if at_once else law.count(path) or 0
    end: datetime | None = datetime.combine(day + timedelta(days=days + 1), time(0), received.tzinfo)
    for begin, until in sorted(in_court, key=lambda interval: interval[0]):
        if end is not None and begin < end:
            end = None if until is None else _later(end, until - begin)
    return Clock(end, at_once, parameter.article, parameter.status)
