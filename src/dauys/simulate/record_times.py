"""When things of a simulated election are done: all in time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dauys.domain.election import Election


class Times:
    """Moments around the day of one round, as entries write them."""

    def __init__(self, election: Election, round_number: int) -> None:
        self.round = round_number
        self._zone = ZoneInfo(election.time_zone)
        self._day = election.days[round_number]
        self._opens = election.opens
        self.readings = tuple(election.turnout_readings)

    def _at(self, days: int, clock: time) -> str:
        moment = datetime.combine(self._day + timedelta(days=days), clock, self._zone)
        return moment.isoformat(timespec="seconds")

    @property
    def defined(self) -> str:
        """The definition is published."""
        return self._at(-60, time(10))

    @property
    def announced(self) -> str:
        """The list of electronic stations is announced."""
        return self._at(-45, time(10)) if self.round == 1 else self._at(-11, time(9))

    @property
    def ceremony(self) -> str:
        """The trustees make their keys."""
        return self._at(-30, time(10)) if self.round == 1 else self._at(-10, time(10))

    @property
    def registered(self) -> str:
        """The register is frozen and handed over."""
        return self._at(-25, time(10)) if self.round == 1 else self._at(-8, time(10))

    @property
    def installed(self) -> str:
        """Devices are installed, within the three days before."""
        return self._at(-2, time(15))

    @property
    def opens(self) -> str:
        """Voting begins."""
        return self._at(0, self._opens)

    @property
    def closed(self) -> str:
        """Devices are sealed."""
        return self._at(0, time(20, 15))

    @property
    def after(self) -> str:
        """Everything of the round is published."""
        return self._at(6, time(12))

    def reading(self, number: int) -> str:
        """Return the moment of a turnout reading."""
        return self._at(0, self.readings[number])

    @property
    def before(self) -> dict[str, str]:
        """Duties before the day, all in time, by code."""
        return {
            "N1.1": self._at(-24, time(10)),
            "N1.2": self._at(-17, time(10)),
            "N2.1": self._at(-2, time(15)),
        }
