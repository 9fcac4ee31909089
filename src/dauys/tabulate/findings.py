"""What does not add up in the protocols, kept and shown; nothing here stops a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dauys.domain.election import AGAINST_ALL, ContestRule, Election, Publication
from dauys.domain.votes import Channel, Protocol
from dauys.systems.protocol import Finding, Form, check_protocol, check_station, form_for
from dauys.tabulate.protocols import Archive, version_key

Found = tuple[Finding, str | None]
MISSING = "P2.3"
"""Code of a protocol that a station owes: no fault while the result is preliminary."""


def find(election: Election, archive: Archive, publications: Sequence[Publication]) -> tuple[Found, ...]:
    """Return the findings of the versions in force after the last publication of each round, and of those
    set aside.

    With a finding comes the reference of the decision that set its protocol aside, None where it counts.
    """
    forms = _Forms(election)
    last = {p.round: p for p in publications}
    electronic = {s.id: s.electronic for s in election.stations}
    found: list[Found] = []
    by_station: dict[str, list[Protocol]] = {}
    for number, publication in last.items():
        for (station, _, _), channels in archive.in_force(publication.as_of, number).items():
            by_station.setdefault(station, []).extend(channels.values())
    for station in sorted(by_station):
        protocols = by_station[station]
        for protocol in protocols:
            found.extend((finding, None) for finding in check_protocol(protocol, forms.of(protocol)))
        across = check_station(protocols, electronic=electronic[station])
        found.extend((f, None) for f in across if f.code != MISSING or last[f.round].status == "final")
    found.extend(_set_aside(archive, forms, {number: p.as_of for number, p in last.items()}))
    return tuple(found)


def _set_aside(archive: Archive, forms: _Forms, until: Mapping[int, datetime]) -> list[Found]:
    found: list[Found] = []
    if not archive.set_aside:
        return found
    for chain in archive.chains.values():
        for protocol in chain:
            known = protocol.round in until and protocol.received <= until[protocol.round]
            if known and archive.is_set_aside(protocol):
                reference = archive.set_aside[version_key(protocol)]
                own = check_protocol(protocol, forms.of(protocol))
                found.extend((f, reference) for f in own or (_bare(protocol),))
    return found


SET_ASIDE = "P2.7"
"""Code of a version that a decision keeps out of the count though its own figures add up."""


def _bare(protocol: Protocol) -> Finding:
    station, contest, number, channel = protocol.key
    facts = {"reason": protocol.reason}
    return Finding(
        SET_ASIDE, "", "look", station, contest, number, channel, protocol.version, None, None, facts
    )


class _Forms:
    """The form of a protocol by contest and channel."""

    def __init__(self, election: Election) -> None:
        rules = {r.kind: r for r in election.contest_rules}
        places = {c.id for c in election.constituencies}
        self.rules: dict[str, ContestRule] = {o.id: o.rule for o in election.other_contests}
        if "list" in rules:
            self.rules["list"] = rules["list"]
        if "constituency" in rules:
            self.rules |= dict.fromkeys(places, rules["constituency"])
        self.known: dict[tuple[str, Channel], Form] = {}

    def of(self, protocol: Protocol) -> Form:
        """Return the form of a protocol."""
        key = (protocol.contest, protocol.channel)
        if key not in self.known:
            rule = self.rules[protocol.contest]
            limit = len(protocol.votes) if rule.approval else rule.limit
            line = rule.against_all and AGAINST_ALL not in protocol.votes
            self.known[key] = form_for(protocol.channel, limit=limit, against_all=line)
        return self.known[key]
