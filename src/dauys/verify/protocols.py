"""Protocols of the stations: form, signatures, control equations, logs, slips and tally (P, S)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from dauys.crypto.framing import framed_hash, holds
from dauys.crypto.shapes import canonical
from dauys.domain.election import AGAINST_ALL, Election
from dauys.domain.places import Station
from dauys.domain.votes import Channel, Counts, Protocol
from dauys.record.entries import Entry
from dauys.systems.protocol import Finding
from dauys.tabulate.findings import find
from dauys.tabulate.protocols import Archive
from dauys.verify.context import Context, VoteContext
from dauys.verify.counted import Counted
from dauys.verify.options import Progress
from dauys.verify.report import Where
from dauys.verify.tally import Totals
from dauys.verify.units import units_of

EQUATIONS: Final = (*(f"P1.{n}" for n in range(1, 10)), *(f"P2.{n}" for n in range(1, 8)))
LEVELS: Final = ("station", "constituency", "region", "centre")


@dataclass(slots=True)
class Archived:
    """The protocols of a record that can be counted, in the order of the log, each with its entry."""

    protocols: list[Protocol] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)

    def before(self, index: int) -> list[Protocol]:
        """Return the protocols that stand before an entry."""
        return [p for p, at in zip(self.protocols, self.indices, strict=True) if at < index]


class _Places:
    """What a protocol may be about."""

    def __init__(self, election: Election) -> None:
        self.stations = {s.id: s for s in election.stations}
        self.rounds = set(election.days)
        self.options = {
            (c.id, number): set(c.options) for number in election.days for c in election.contests(number)
        }
        self.local = {c.id for c in election.constituencies}

    def faults(self, fields: Mapping[str, Any]) -> Iterable[tuple[str, object, object]]:
        """Yield field, what was found and expected, for everything that cannot be."""
        station = self.stations.get(fields["station"])
        if station is None:
            yield "station", fields["station"], "a station"
            return
        options = self.options.get((fields["contest"], fields["round"]))
        if options is None or not self._votes_here(station, fields["contest"]):
            yield "contest", fields["contest"], "a contest of this station and round"
            return
        named = set(fields["votes"])
        wanted = options - {AGAINST_ALL}
        wrong = named - wanted if fields["round"] > 1 else named ^ wanted
        if wrong or (fields["round"] > 1 and len(named) != 2 and fields["contest"] in self.local):
            yield "votes", sorted(named), sorted(wanted)

    def _votes_here(self, station: Station, contest: str) -> bool:
        return contest not in self.local or contest == station.constituency


def read_protocols(context: Context, progress: Progress) -> Archived:
    """Return the protocols that have form, versions and places (P3.1); check who signed them (P3.2)."""
    archived = Archived()
    election, ledger = context.election, context.ledger
    progress.begin("P", len(context.protocols_at))
    if election is None:
        ledger.not_run("P3.1", "L8.9")
        return archived
    places, signers = _Places(election), _Signers(context, election)
    newest: dict[tuple[str, str, int, str], tuple[int, datetime]] = {}
    for entry in context.protocol_entries():
        progress.advance(1)
        faults = [*places.faults(entry.fields), *_version_faults(entry, newest)]
        for name, found, expected in faults:
            ledger.fail("P3.1", _where(entry, name), found, expected)
        signers.check(entry)
        if faults:
            continue
        ledger.passed("P3.1")
        archived.protocols.append(_protocol(entry.fields))
        archived.indices.append(entry.index)
    return archived


def _where(entry: Entry, name: str | None = None) -> Where:
    fields = entry.fields
    return Where(station=fields["station"], contest=fields["contest"], logged=entry.index, field=name)


def _version_faults(
    entry: Entry, newest: dict[tuple[str, str, int, str], tuple[int, datetime]]
) -> Iterable[tuple[str, object, object]]:
    fields = entry.fields
    key = (fields["station"], fields["contest"], fields["round"], fields["channel"])
    received = datetime.fromisoformat(fields["received"])
    last, before = newest.get(key, (0, received))
    if fields["version"] != last + 1:
        yield "version", fields["version"], last + 1
    elif received < before:
        yield "received", fields["received"], f"not before {before.isoformat()}"
    elif (fields["reason"] is None) != (last == 0):
        yield "reason", fields["reason"], "a reason, but for version 1"
    newest[key] = (max(last, fields["version"]), max(before, received))


def _protocol(fields: Mapping[str, Any]) -> Protocol:
    return Protocol(
        fields["station"],
        fields["contest"],
        fields["round"],
        Channel(fields["channel"]),
        fields["version"],
        datetime.fromisoformat(fields["received"]),
        Counts(**fields["counts"]),
        dict(fields["votes"]),
        fields["reason"],
    )


class _Signers:
    """Who may sign the protocol of a station: its own commission or one above it."""

    def __init__(self, context: Context, election: Election) -> None:
        listed = context.keys["commissions"] if context.keys else []
        self.context, self.election = context, election.id
        self.commissions = {one["id"]: one for one in listed}
        self.stations = {s.id: s for s in election.stations}

    def check(self, entry: Entry) -> None:
        """Check the signature of a protocol (P3.2)."""
        ledger, fields = self.context.ledger, entry.fields
        signer, signature = fields["signer"], fields["signature"]
        if self.context.keys is None:
            ledger.not_run("P3.2", "L8.4", _where(entry))
        elif signer is None and signature is None:
            ledger.not_run("P3.2", "unsigned", _where(entry))
        elif signer is None or signature is None or not self._may(signer, fields["station"]):
            ledger.fail("P3.2", _where(entry, "signer"), signer, "a commission of this station or above")
        else:
            own = canonical({"kind": "protocol", **fields, "signature": None})
            digest = framed_hash("protocol", self.election, own)
            key = bytes.fromhex(self.commissions[signer]["key"])
            good = holds(key, digest, bytes.fromhex(signature))
            ledger.check(
                "P3.2", _where(entry, "signature"), holds=good, found=signature, expected=f"one by {signer}"
            )

    def _may(self, signer: str, station: str) -> bool:
        commission, place = self.commissions.get(signer), self.stations.get(station)
        if commission is None or place is None:
            return False
        above = {"station": place.id, "constituency": place.constituency, "region": place.region}
        level = commission["level"]
        return level == "centre" or above.get(level) == signer


def check_equations(context: Context, archived: Archived) -> None:
    """Check the control equations of the law on the versions in force (P1, P2)."""
    election, ledger = context.election, context.ledger
    if election is None:
        for code in EQUATIONS:
            ledger.not_run(code, "L8.9")
        return
    publications = sorted(election.publications, key=lambda p: p.as_of)
    if not publications:
        for code in EQUATIONS:
            ledger.not_run(code, "no_result")
        return
    archive = Archive.of(archived.protocols, election.set_aside)
    failed = set()
    for finding, reference in find(election, archive, publications):
        failed.add(finding.code)
        _note(context, finding, reference)
    for code in EQUATIONS:
        if code not in failed:
            ledger.passed(code)


def _note(context: Context, finding: Finding, reference: str | None) -> None:
    where = Where(station=finding.station, contest=finding.contest)
    facts: dict[str, str | int] = {"round": finding.round, "channel": str(finding.channel)}
    if finding.version is not None:
        facts["version"] = finding.version
    for key, value in finding.facts.items():
        if isinstance(value, str | int):
            facts[key] = value
    if finding.weight == "look" or reference is not None:
        if reference is not None:
            facts["decision"] = reference
        context.ledger.look(finding.code, where, finding.found, finding.expected, **facts)
        return
    contests = [finding.contest]
    context.ledger.fail(
        finding.code, where, finding.found, finding.expected, votes=None, contests=contests, **facts
    )


def check_against_record(context: Context, archived: Archived, counted: Counted, totals: Totals) -> None:
    """Check electronic protocols against logs and tally, and registers against the freeze (P3.3–P3.5, S)."""
    for vote in context.votes.values():
        _check_register(context, vote, archived)
        if context.options.station is None or counted.devices:
            _RoundCheck(context, vote, archived, counted, totals).run()


def _check_register(context: Context, vote: VoteContext, archived: Archived) -> None:
    """Check the numbers of registered voters (P3.5)."""
    ledger, election, entry = context.ledger, context.election, vote.register
    if election is None or entry is None:
        ledger.not_run("P3.5", "L8.9" if election is None else "no_register", Where(vote=vote.vote))
        return
    where = Where(vote=vote.vote, logged=entry.index, file=entry.fields["stations"]["path"])
    data = context.read(entry, "stations", "P3.5")
    if data is None:
        return
    frozen = _frozen(data)
    defined = {s.id: s.registered for s in election.stations}
    if frozen is None or frozen != defined:
        wrong = "another form" if frozen is None else _first_difference(frozen, defined)
        ledger.fail("P3.5", where, wrong, "the stations of the definition")
        return
    ledger.check(
        "P3.5", where, holds=entry.fields["registered"] == sum(defined.values()),
        found=entry.fields["registered"], expected=sum(defined.values()),
    )  # fmt: skip
    for protocol, index in zip(archived.protocols, archived.indices, strict=True):
        said = protocol.counts.registered
        if protocol.round == vote.round and said is not None and said != frozen[protocol.station]:
            place = Where(
                station=protocol.station, contest=protocol.contest, logged=index, field="registered"
            )
            ledger.fail("P3.5", place, said, frozen[protocol.station])


def _frozen(data: bytes) -> dict[str, int] | None:
    """Return registered voters by station; None where the file has another form."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"))))
    except (UnicodeDecodeError, csv.Error):
        return None
    if not rows or rows[0] != ["station", "registered", "hash"]:
        return None
    found: dict[str, int] = {}
    for row in rows[1:]:
        if len(row) != 3 or not row[1].isascii() or not row[1].isdigit() or len(row[1]) > 9:
            return None
        if row[0] in found or len(row[2]) != 64 or set(row[2]) - set("0123456789abcdef"):
            return None
        found[row[0]] = int(row[1])
    return found


def _first_difference(found: Mapping[str, int], expected: Mapping[str, int]) -> str:
    station = next(s for s in sorted({*found, *expected}) if found.get(s) != expected.get(s))
    return f"station {station}: {found.get(station)}, not {expected.get(station)}"


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
