"""Electronic protocols and slips against the logs of the devices and the tally (P3.3, P3.4, S)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dauys.domain.election import AGAINST_ALL
from dauys.domain.votes import Channel, Protocol
from dauys.verify.context import Context, VoteContext
from dauys.verify.counted import Counted
from dauys.verify.protocols import Archived
from dauys.verify.register import check_register
from dauys.verify.report import Where
from dauys.verify.tally import Totals
from dauys.verify.units import units_of


def check_against_record(context: Context, archived: Archived, counted: Counted, totals: Totals) -> None:
    """Check electronic protocols against logs and tally, and registers against the freeze (P3.3–P3.5, S)."""
    for vote in context.votes.values():
        check_register(context, vote, archived)
        if context.options.station is None or counted.devices:
            _RoundCheck(context, vote, archived, counted, totals).run()


class _RoundCheck:
    """Electronic protocols of one vote against the logs of its devices and its tally."""

    def __init__(
        self,
        context: Context,
        vote: VoteContext,
        archived: Archived,
        counted: Counted,
        totals: Totals,
    ) -> None:  # fmt: skip
        self.context, self.vote, self.counted, self.totals = context, vote, counted, totals
        self.protocols: dict[tuple[str, str], dict[int, tuple[Protocol, int]]] = {}
        for protocol, index in zip(archived.protocols, archived.indices, strict=True):
            if protocol.round == vote.round and protocol.channel is Channel.ELECTRONIC:
                own = self.protocols.setdefault((protocol.station, protocol.contest), {})
                own[protocol.version] = (protocol, index)
        self.devices: dict[str, list[str]] = {}
        for device, station in vote.stations().items():
            self.devices.setdefault(station, []).append(device)
        self.units = units_of(context.election) if context.election else {}
        self.members: dict[str, list[str]] = {}
        for station in self.devices:
            self.members.setdefault(self.units.get(station, station), []).append(station)

    def run(self) -> None:
        """Check S1.2, P3.3, P3.4, S1.1."""
        self._check_slips()
        for (station, contest), versions in self.protocols.items():
            if station in self.devices and self._known(station):
                self._check_counts(station, contest, versions)
        for vote, unit, contest in self.totals:
            if vote == self.vote.vote:
                self._check_unit(unit, contest)

    def _known(self, station: str) -> bool:
        own = [self.counted.devices.get((self.vote.vote, device)) for device in self.devices[station]]
        return all(one is not None and one.close is not None for one in own)

    def _closes(self, station: str) -> list[Mapping[str, Any]]:
        own = [self.counted.devices[self.vote.vote, device] for device in self.devices[station]]
        return [one.close for one in own if one.close is not None]

    def _check_slips(self) -> None:
        """Check that every accepted ballot has its slips (S1.2)."""
        root = self.vote.root_entry
        sizes = {s["id"]: len(s["contests"]) for s in root.value["styles"]} if root else {}
        for (vote, device), one in self.counted.devices.items():
            if vote != self.vote.vote or one.close is None:
                continue
            where = Where(vote=vote, station=one.station, device=device, field="slips")
            if root is None:
                self.context.ledger.not_run("S1.2", "K10.2", where)
                continue
            expected = sum(sizes.get(style, 0) * n for style, n in one.close["styles"].items())
            found = one.close["slips"]["accepted"]
            self.context.ledger.check(
                "S1.2", where, holds=found == expected, found=found, expected=expected,
                votes=abs(found - expected),
            )  # fmt: skip

    def _check_counts(self, station: str, contest: str, versions: Mapping[int, tuple[Protocol, int]]) -> None:
        """Check counts of sessions and ballots against the close entries (P3.3)."""
        closes = self._closes(station)
        admitted = sum(close["counts"]["admitted"] for close in closes)
        cast = sum(close["counts"]["cast"] for close in closes)
        for protocol, index in versions.values():
            said = protocol.counts
            found = (said.admissions, said.ballots_issued, said.ballots_cast)
            expected = (admitted, admitted, cast)
            where = Where(vote=self.vote.vote, station=station, contest=contest, logged=index)
            wrong = abs((said.ballots_cast or 0) - cast)
            self.context.ledger.check(
                "P3.3", where, holds=found == expected, found=found, expected=expected,
                votes=wrong, contests=[contest],
            )  # fmt: skip

    def _check_unit(self, unit: str, contest: str) -> None:
        """Check slips (S1.1) and version 2 (P3.4) of a unit against its tally."""
        total = self.totals[self.vote.vote, unit, contest]
        order = self._options(contest)
        stations = [s for s in self.members.get(unit, []) if (s, contest) in self.protocols]
        where = Where(vote=self.vote.vote, contest=contest, field=unit)
        if order is None or len(order) != len(total.votes):
            self.context.ledger.not_run("S1.1", "R1.3", where)
            return
        opened = dict(zip(order, total.votes, strict=True))
        slips = [self.protocols[s, contest].get(1) for s in stations]
        if not slips or None in slips or not self._all_report(unit, contest, stations):
            self.context.ledger.not_run("S1.1", "no_slips", where)
        else:
            said = self._added([one[0] for one in slips if one is not None], order)
            off = sum(abs(said[option] - opened[option]) for option in order)
            self.context.ledger.check(
                "S1.1", where, holds=said == opened, found=said, expected=opened,
                votes=off, contests=[contest],
            )  # fmt: skip
        if len(stations) == 1 and len(self.members.get(unit, [])) == 1:
            self._check_tallied(stations[0], contest, order, opened)

    def _all_report(self, unit: str, contest: str, stations: list[str]) -> bool:
        """Whether every station of the unit whose ballots hold the contest has a protocol."""
        holding = [
            station
            for station in self.members.get(unit, [])
            if any(self.counted.ballots(self.vote.vote, d, contest) for d in self.devices[station])
        ]
        return set(holding) <= set(stations)

    def _check_tallied(self, station: str, contest: str, order: list[str], opened: Mapping[str, int]) -> None:
        for version, (protocol, index) in self.protocols[station, contest].items():
            if version == 1:
                continue
            said = self._added([protocol], order)
            where = Where(vote=self.vote.vote, station=station, contest=contest, logged=index)
            off = sum(abs(said[option] - opened[option]) for option in order)
            self.context.ledger.check(
                "P3.4", where, holds=said == opened, found=said, expected=opened,
                votes=off, contests=[contest],
            )  # fmt: skip

    @staticmethod
    def _added(protocols: Iterable[Protocol], order: list[str]) -> dict[str, int]:
        said = dict.fromkeys(order, 0)
        for protocol in protocols:
            for option in order:
                against = option == AGAINST_ALL and option not in protocol.votes
                said[option] += (
                    (protocol.counts.against_all or 0) if against else protocol.votes.get(option, 0)
                )
        return said

    def _options(self, contest: str) -> list[str] | None:
        """Return the options of a contest in ballot order; of a run-off those of its protocols."""
        election = self.context.election
        if election is None:
            return None
        known = next((c for c in election.contests(self.vote.round) if c.id == contest), None)
        if known is None:
            return None
        if self.vote.round == 1 or known.kind != "constituency":
            return list(known.options)
        named = next((own for (_, c), own in self.protocols.items() if c == contest), None)
        if named is None:
            return None
        pair = set(next(iter(named.values()))[0].votes)
        return [option for option in known.options if option in pair or option == AGAINST_ALL]
