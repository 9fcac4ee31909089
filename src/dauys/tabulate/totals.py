"""Sums of station reports: for a constituency, a region, the whole country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dauys.domain.places import Station
from dauys.systems.outcomes import Tally
from dauys.tabulate.protocols import Report


@dataclass(slots=True)
class Totals:
    """Figures of one contest in some stations. All are ballots or voters; `registered` holds the additions.

    `missing_registered`: voters on the lists, at the freeze, of stations that have not reported at all.
    `partial`: stations that have reported only their electronic or only their paper ballots.
    """

    votes: dict[str, int] = field(default_factory=dict)
    registered: int = 0
    additions: int = 0
    cast: int = 0
    issued: int = 0
    invalid: int = 0
    against_all: int | None = None
    stations: int = 0
    partial: int = 0
    stations_total: int = 0
    missing_registered: int = 0

    @property
    def valid(self) -> int:
        """Valid votes: those for the options; against all is not among them."""
        return sum(self.votes.values())

    def add(self, report: Report, station: Station) -> None:
        """Add what one station reports; without a line of registered voters the frozen list stands for it."""
        self.stations += 1
        self.partial += not report.complete
        additions = report.line("additions") or 0
        registered = report.line("registered")
        self.registered += (station.registered if registered is None else registered) + additions
        self.additions += additions
        votes = self.votes
        given = report.votes()
        for option, count in given.items():
            votes[option] = votes.get(option, 0) + count
        invalid, against = report.line("invalid_ballots") or 0, report.line("against_all")
        cast = report.line("ballots_cast")
        self.cast += sum(given.values()) + invalid + (against or 0) if cast is None else cast
        self.issued += report.line("ballots_issued") or 0
        self.invalid += invalid
        if against is not None:
            self.against_all = (self.against_all or 0) + against

    def tally(self) -> Tally:
        """Return the tally that rules of law take.

        Where the stations' own figures contradict each other, so that votes and invalid ballots are more
        than the ballots cast, their sum stands for the cast: nobody's vote is left out, and the findings
        name the protocols.
        """
        known = self.valid + (self.against_all or 0) + self.invalid
        return Tally(
            self.votes, self.valid, max(self.cast, known), self.registered, self.against_all, self.invalid
        )


def total_of(reports: Iterable[Report], stations: Mapping[str, Station], options: Iterable[str]) -> Totals:
    """Return the totals of one contest over the stations named; those without a report are missing."""
    totals = Totals(dict.fromkeys(options, 0))
    totals.stations_total = len(stations)
    reported: set[str] = set()
    for report in reports:
        totals.add(report, stations[report.station])
        reported.add(report.station)
    if len(reported) < len(stations):
        totals.missing_registered = sum(s.registered for i, s in stations.items() if i not in reported)
    return totals
