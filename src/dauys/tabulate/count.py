"""The count from protocols to house: every publication counted again from the protocols it could know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from dauys.domain.election import Candidate, Election, Publication
from dauys.domain.places import Station
from dauys.domain.votes import Protocol
from dauys.systems.laws import Law
from dauys.systems.outcomes import Decision, RunOff
from dauys.systems.protocol import Finding
from dauys.tabulate.contests import RoundResult, decided, round_result, round_result_if
from dauys.tabulate.findings import find
from dauys.tabulate.lists import ListResult, ListRule, list_result, list_result_if
from dauys.tabulate.protocols import Archive, Report, reports
from dauys.tabulate.totals import Totals, total_of

LIST = "list"
INDEPENDENTS = "independents"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One publication as counted: the protocols that were in by its time, and what followed from them.

    `lists` and `list_totals` are of round 1 only. `rounds` holds the constituencies that vote in this round.
    """

    publication: Publication
    reports: Sequence[Report]
    list_totals: Totals | None
    lists: ListResult | None
    rounds: Mapping[str, RoundResult]

    def stations(self) -> tuple[int, int, int]:
        """Return stations that reported, those of them only in part, and all that vote in this round."""
        parts = [self.list_totals] if self.list_totals else [r.totals for r in self.rounds.values()]
        return (
            sum(t.stations for t in parts),
            sum(t.partial for t in parts),
            sum(t.stations_total for t in parts),
        )


def _is_known(totals: Totals) -> bool:
    """Return whether more than half of the stations have reported in full: before, nothing is announced."""
    return 2 * (totals.stations - totals.partial) > totals.stations_total


@dataclass(frozen=True)
class Count:
    """The whole count of one election under one law. The last snapshot of each round is in force."""

    election: Election
    law: Law
    archive: Archive
    snapshots: tuple[Snapshot, ...]
    findings: tuple[tuple[Finding, str | None], ...]
    """What does not add up, each with the decision that set its protocol aside, None where it counts."""

    @cached_property
    def candidates(self) -> Mapping[str, Candidate]:
        """Candidates by id."""
        return {c.id: c for c in self.election.candidates}

    @cached_property
    def stations(self) -> Mapping[str, Station]:
        """Stations by id."""
        return {s.id: s for s in self.election.stations}

    def in_force(self, round_number: int) -> Snapshot | None:
        """Return the last publication of a round, None where there is none yet."""
        found = [s for s in self.snapshots if s.publication.round == round_number]
        return found[-1] if found else None

    def party_of(self, candidate: str) -> str:
        """Return the party of a candidate, `independents` for the self-nominated."""
        return self.candidates[candidate].party or INDEPENDENTS

    def winners(self, snapshot: Snapshot) -> dict[str, str]:
        """Return the winner by constituency, where more than half of its stations have reported in full."""
        found = {}
        for place, result in snapshot.rounds.items():
            winner = decided(result)
            if winner and _is_known(result.totals):
                found[place] = winner
        return found

    def runoffs(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Return the constituencies that go to a run-off, known where winners would be."""
        return tuple(
            place
            for place, r in snapshot.rounds.items()
            if isinstance(r.outcome, RunOff) and _is_known(r.totals)
        )

    def by_party(self, winners: Mapping[str, str]) -> dict[str, int]:
        """Return how many constituencies each party won, most first, equal ones in order of parties."""
        order = [*(p.id for p in self.election.parties), INDEPENDENTS]
        found: dict[str, int] = {}
        for winner in winners.values():
            party = self.party_of(winner)
            found[party] = found.get(party, 0) + 1
        return dict(
            sorted(found.items(), key=lambda item: (item[0] == INDEPENDENTS, -item[1], order.index(item[0])))
        )


def count_election(
    election: Election,
    law: Law,
    protocols: Sequence[Protocol],
    as_of: datetime | None = None,
    *,
    binding: bool = True,
) -> Count:
    """Return the count of an election whose stations and candidates are known.

    `as_of` leaves out publications after that moment. Raises DecisionError where a recorded decision does not
    fit what it is meant for in the publication in force; never where decisions are not `binding`.
    """
    archive = Archive.of(protocols, election.set_aside)
    publications = [
        p for p in sorted(election.publications, key=lambda p: p.as_of) if as_of is None or p.as_of <= as_of
    ]
    last = {p.round: p.id for p in publications}
    counter = _Counter(election, law, archive)
    snapshots = [counter.snapshot(p, in_force=binding and last[p.round] == p.id) for p in publications]
    return Count(election, law, archive, tuple(snapshots), find(election, archive, publications))


class _Counter:
    """What stays the same over the publications of one count."""

    def __init__(self, election: Election, law: Law, archive: Archive) -> None:
        self.election, self.law, self.archive = election, law, archive
        self.electronic = {s.id: s.electronic for s in election.stations}
        self.stations = {s.id: s for s in election.stations}
        self.members: dict[str, dict[str, Station]] = {c.id: {} for c in election.constituencies}
        for station in election.stations:
            if station.constituency:
                self.members[station.constituency][station.id] = station
        lists = sorted((p for p in election.parties if p.list_order), key=lambda p: p.list_order or 0)
        self.lists = [p.id for p in lists]
        self.options: dict[str, list[str]] = {c.id: [] for c in election.constituencies}
        for candidate in election.candidates:
            self.options[candidate.constituency].append(candidate.id)
        self.first: Mapping[str, RoundResult] = {}

    def snapshot(self, publication: Publication, *, in_force: bool) -> Snapshot:
        """Return the publication as counted; decisions are binding for the one that is in force."""
        found = reports(self.archive, publication.as_of, publication.round, self.electronic)
        by_contest: dict[str, list[Report]] = {}
        for report in found:
            by_contest.setdefault(report.contest, []).append(report)
        totals = lists = None
        if publication.round == 1 and (self.law.count("list.seats") or 0) and self.lists:
            totals = total_of(by_contest.get(LIST, ()), self.stations, self.lists)
            lists = self._lists(totals, in_force=in_force)
        rounds = self._rounds(publication.round, by_contest, in_force=in_force)
        if publication.round == 1:
            self.first = rounds
        return Snapshot(publication, found, totals, lists, rounds)

    def _decisions(self, place: str) -> list[Decision]:
        """Return the decisions about one contest; a constituency's have its id and a slash before `at`."""
        found = []
        for d in self.election.decisions:
            head, _, rest = d.at.partition("/")
            if place == LIST and head == LIST:
                found.append(Decision(d.at, d.order, d.reference))
            elif head == place:
                found.append(Decision(rest, d.order, d.reference))
        return found

    def _lists(self, totals: Totals, *, in_force: bool) -> ListResult:
        rule = ListRule.of(self.law, self.lists)
        result = list_result if in_force else list_result_if
        return result(rule, totals.tally(), self._decisions(LIST))

    def _rounds(
        self, number: int, by_contest: Mapping[str, list[Report]], *, in_force: bool
    ) -> dict[str, RoundResult]:
        if self.law.value("constituency.system") == "none":
            return {}
        found = {}
        for place, members in self.members.items():
            options = self.options[place]
            if number > 1:
                outcome = self.first[place].outcome if place in self.first else None
                if not isinstance(outcome, RunOff):
                    continue
                options = list(outcome.names)
            totals = total_of(by_contest.get(place, ()), members, options)
            if set(totals.votes) != set(options):
                # The votes are of another pair than the first round in force sends to the run-off.
                totals = total_of((), members, options)
            decisions = [d for d in self._decisions(place) if d.at.startswith(f"round:{number}")]
            result = round_result if in_force else round_result_if
            found[place] = result(self.law, number, totals, decisions)
        return found
