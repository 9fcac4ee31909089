"""The phases of a device's day, and when the law wants each (`spec/day.md` §2).

Moments come from the election file and the declared parameters of its law; nothing here knows an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

from dauys.domain.election import Election
from dauys.systems.calendar import Due, due
from dauys.systems.laws import load

#: Opening is late when it is minuted so long after the hour.
LATE_OPENING: Final = timedelta(minutes=30)


class Phase(StrEnum):
    """How far the day is: the last of these that was minuted."""

    MADE = "made"
    INSTALLED = "installed"
    TESTED = "tested"
    CHECKED = "checked"
    OPEN = "open"
    CLOSED = "closed"
    SEALED = "sealed"
    DESTROYED = "destroyed"

    @property
    def next(self) -> Phase | None:
        """The phase after this one."""
        order = list(Phase)
        place = order.index(self) + 1
        return order[place] if place < len(order) else None


When = Literal["early", "in_time", "late"]


@dataclass(frozen=True, slots=True)
class Window:
    """When a phase is lawful. `opens`, `due`: None where nothing is said; a phase at `due` itself is late."""

    article: str
    opens: datetime | None = None
    due: datetime | None = None

    def when(self, moment: datetime) -> When:
        """Return whether a moment is before, within or after the window."""
        if self.opens is not None and moment < self.opens:
            return "early"
        return "late" if self.due is not None and moment >= self.due else "in_time"


def windows(election: Election, zone: str, vote: str) -> Mapping[Phase, Window]:
    """Return the window of each phase of a vote at a station in this IANA time zone.

    A repeat has its own day. Raises KeyError for a vote that is none of this election.

    **Source:** Constitutional Law on Elections, Art. 50-1(5) installation within three days before the day;
    50-2(1) check 30 minutes before opening; 43(1) the count begins at closing and takes 12 hours at most.
    """
    day, number = election.day_of(vote), int(vote.split("/")[1])
    if day is None:
        raise KeyError(vote)
    law, own = load(election.law).with_parameters(election.parameters), replace(election, days={number: day})
    duties = {one.code: one for one in due(own, law) if one.round == number and _is_for(one, zone)}
    at = ZoneInfo(zone)
    opens, closes = (datetime.combine(day, clock, at) for clock in (election.opens, election.closes))
    installed, checked, counted = duties["N2.1"], duties["N2.2"], duties["N3.1"]
    return {
        Phase.INSTALLED: Window(installed.article, installed.opens, installed.due),
        Phase.TESTED: Window(installed.article, installed.opens, checked.opens),
        Phase.CHECKED: Window(checked.article, checked.opens, checked.due),
        Phase.OPEN: Window(checked.article, opens, opens + LATE_OPENING),
        Phase.CLOSED: Window(counted.article, closes, None),
        Phase.SEALED: Window(counted.article, closes, counted.due),
    }


def _is_for(one: Due, zone: str) -> bool:
    """Whether a duty is at this moment in a zone; a zone that no station names has the moments of any."""
    return one.scope != "station" or zone in one.time_zones or len(one.time_zones) == 1
