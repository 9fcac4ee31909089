"""Protocols of the stations: form, signatures, control equations (P1, P2, P3.1, P3.2)."""

from __future__ import annotations

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
from dauys.verify.context import Context
from dauys.verify.options import Progress
from dauys.verify.report import Where

EQUATIONS: Final = (*(f"P1.{n}" for n in range(1, 10)), *(f"P2.{n}" for n in range(1, 8)))


@dataclass(slots=True)
class Archived:
    """The protocols of a record that can be counted, in the order of the log, each with its entry.

    `decisions`: entries of decisions, in the order of the log.
    """

    protocols: list[Protocol] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    decisions: list[Entry] = field(default_factory=list)

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
    archived = Archived(decisions=context.entries("decision"))
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
        archived.protocols.append(protocol_of(entry.fields))
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


def protocol_of(fields: Mapping[str, Any]) -> Protocol:
    """Return the protocol that an entry holds."""
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
        return commission is not None and place is not None and may_sign(commission, place)


def may_sign(commission: Mapping[str, Any], station: Station) -> bool:
    """Whether a commission of `keys.json` is that of a station, or one above it."""
    above = {"station": station.id, "constituency": station.constituency, "region": station.region}
    level, name = str(commission["level"]), str(commission["id"])
    return level == "centre" or above.get(level) == name


def check_equations(context: Context, archived: Archived) -> None:
    """Check the control equations of the law on the versions in force (P1, P2)."""
    election, ledger = context.election, context.ledger
    if election is None:
        for code in EQUATIONS:
            ledger.not_run(code, "L8.9")
        return
    publications = sorted(election.publications, key=lambda p: p.as_of)
    if not publications or not archived.protocols:
        reason = "no_result" if not publications else "P3.1" if ledger.failed("P3.1") else "no_protocols"
        for code in EQUATIONS:
            ledger.not_run(code, reason)
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
