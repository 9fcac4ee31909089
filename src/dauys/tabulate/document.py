"""The national document of a result, `results.json`, as plain values.

Its keys are the contract of `docs/reference/data.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dauys.domain.election import Party
from dauys.systems.laws import Law
from dauys.systems.outcomes import Base, Step, Tie
from dauys.tabulate.corrections import corrections
from dauys.tabulate.count import Count, Snapshot
from dauys.tabulate.house import house
from dauys.tabulate.lists import OTHER_RULES, ListResult, ListRule, list_result_if, other_base, shares
from dauys.tabulate.plain import Json, moment, plain, step
from dauys.tabulate.totals import Totals

SCHEMA = "dauys/results/1"


def _steps(steps: Sequence[Step]) -> list[Json]:
    """Return the steps; in `remainders` a seat is numbered among all seats, after those of whole quotas."""
    made = [step(s) for s in steps]
    given = 0
    for one in made:
        if one["at"] == "whole_quotas":
            given = one["facts"]["given"]
        elif one["at"] == "remainders":
            for row in one["facts"]["order"]:
                row["seat"] = None if row["seat"] is None else given + row["seat"]
    return made


def _ties(ties: Iterable[Tie]) -> list[Json]:
    return [{"tied": sorted(t.tied), "seats": t.seats, "at": t.at} for t in ties]


def results_document(count: Count, overridden: Mapping[str, str], readings: Sequence[Json]) -> Json:
    """Return `results.json`. `overridden`: parameters set for this run only.

    Raises ValueError where nothing of the first round is published yet.
    """
    election = count.election
    first = count.in_force(1)
    if first is None:
        raise ValueError("nothing of the first round is published")
    return {
        "schema": SCHEMA,
        "election": _election(count, overridden),
        "parties": [_party(p) for p in (*election.parties, *_independents(election.independents))],
        "state": _state(count),
        "turnout": _turnout(count.law, first.list_totals, readings),
        "list": _list(count, first),
        "constituencies": _constituency_counts(count),
        **_house(count),
        "history": _history(count),
        "findings": _finding_counts(count),
    }


def _independents(party: Party | None) -> tuple[Party, ...]:
    return (party,) if party else ()


def _party(party: Party) -> Json:
    return {
        "id": party.id,
        "name": party.name.as_dict(),
        "short": party.short.as_dict(),
        "code": party.code.as_dict(),
        "colour_light": party.colour_light,
        "colour_dark": party.colour_dark,
        "list_order": party.list_order,
        "bloc_members": [m.as_dict() for m in party.bloc_members],
    }


def _election(count: Count, overridden: Mapping[str, str]) -> Json:
    election, law = count.election, count.law
    return {
        "id": election.id,
        "title": election.title.as_dict(),
        "law": law.id,
        "statute": law.statute,
        "rehearsal": election.rehearsal,
        "time_zone": election.time_zone,
        "days": {str(n): day.isoformat() for n, day in election.days.items()},
        "parameters": [
            {
                "path": p.path,
                "value": p.value,
                "preset": law.preset[p.path],
                "article": p.article,
                "overridden": p.path in overridden,
                "status": str(p.status),
                "readings": [
                    {"value": r.value, "article": r.article, "status": str(r.status)} for r in p.readings
                ],
            }
            for p in law.parameters
        ],
        "official": list(election.official),
        "synthetic": list(election.synthetic),
        "generator": {"name": election.generator.name, "seed": election.generator.seed}
        if election.generator
        else None,
        "sources": [
            {"id": s.id, "url": s.url, "about": s.about.as_dict(), "confidence": s.confidence}
            for s in election.sources
        ],
    }


def _state(count: Count) -> Json:
    first, second = count.in_force(1), count.in_force(2)
    made: Json = {}
    if first:
        seats = sum(first.lists.seats.values()) if first.lists else 0
        total = count.law.count("list.seats") or 0
        made["list"] = state_of(count, first, total, seats)
        made["round1"] = state_of(count, first, len(first.rounds), len(count.winners(first)))
    if second:
        made["round2"] = state_of(count, second, len(second.rounds), len(count.winners(second)))
    elif first:
        runoffs = len(count.runoffs(first))
        made["round2"] = (
            None
            if not runoffs
            else {
                "status": "preliminary",
                "version": None,
                "as_of": None,
                "stations_counted": 0,
                "stations_total": 0,
                "document": None,
                "seats": runoffs,
                "decided": 0,
            }
        )
    return made


def state_of(count: Count, snapshot: Snapshot, seats: int, won: int) -> Json:
    """Return the state of one part of the count after a publication."""
    p = snapshot.publication
    reported, partial, total = snapshot.stations()
    number = p.number or 1 + sum(
        s.publication.round == p.round and s.publication.as_of < p.as_of for s in count.snapshots
    )
    return {
        "status": p.status,
        "version": number,
        "as_of": moment(p.as_of, count.election.time_zone),
        "stations_counted": reported,
        "stations_partial": partial,
        "stations_total": total,
        "document": plain(p.document),
        "seats": seats,
        "decided": won,
    }


def _turnout(law: Law, totals: Totals | None, readings: Sequence[Json]) -> Json | None:
    if totals is None:
        return None
    numerator = law.value("turnout.numerator")
    voted = totals.issued if numerator == "ballots_issued" else totals.cast
    return {
        "voted": voted,
        "registered": totals.registered,
        "additions": totals.additions,
        "numerator": numerator,
        "readings": list(readings),
    }


def _list(count: Count, first: Snapshot) -> Json | None:
    totals, result, law = first.list_totals, first.lists, count.law
    if totals is None or result is None:
        return None
    tally = totals.tally()
    order = [p.id for p in count.election.parties if p.list_order]
    bases = [Base.VALID, Base.CAST, Base.REGISTERED]
    threshold: Json = next((step(s)["facts"] for s in result.steps if s.at == "threshold"), {})
    return {
        "seats": dict(result.seats),
        "votes": dict(tally.votes),
        "valid_votes": totals.valid,
        "invalid_ballots": totals.invalid,
        "against_all": totals.against_all,
        "ballots_cast": totals.cast,
        "registered": totals.registered,
        "threshold": {
            "share": str(law.share("list.threshold")),
            "base": law.value("list.threshold_base"),
            "base_votes": threshold.get("base_votes"),
            "article": law.article("list.threshold_base"),
            "strict": law.flag("list.threshold_strict"),
        },
        "shares": plain(shares(tally, bases)),
        "passing": list(result.passing),
        "quota": None if result.quota is None else str(result.quota),
        "method": _method(law),
        "steps": _steps(result.steps),
        "needs_decision": _ties(result.ties),
        "nothing": result.nothing,
        "sensitivity": [_variant(count, totals, order, _other(law))],
        "other_rules": [
            {"name": name, "seats": dict(_seats_under(law.with_parameters(change), totals, order).seats)}
            for name, change in OTHER_RULES.items()
        ],
    }


def _method(law: Law) -> str:
    method = law.value("list.method")
    return f"{method}/{law.value('list.quota')}" if method == "largest_remainder" else method


def _other(law: Law) -> dict[str, str]:
    return {"list.threshold_base": other_base(law).value("list.threshold_base")}


def _seats_under(law: Law, totals: Totals, order: Sequence[str]) -> ListResult:
    return list_result_if(ListRule.of(law, order), totals.tally(), ())


def _variant(count: Count, totals: Totals, order: Sequence[str], change: Mapping[str, str]) -> Json:
    result = _seats_under(count.law.with_parameters(change), totals, order)
    return {
        "set": dict(change),
        "seats": dict(result.seats),
        "passing": list(result.passing),
        "quota": None if result.quota is None else str(result.quota),
        "steps": _steps(result.steps),
        "needs_decision": _ties(result.ties),
    }


def _constituency_counts(count: Count) -> Json:
    first, second = count.in_force(1), count.in_force(2)
    one = count.winners(first) if first else {}
    two = count.winners(second) if second else {}
    return {
        "total": len(count.election.constituencies),
        "decided_first_round": len(one),
        "runoff": len(count.runoffs(first)) if first else 0,
        "decided_second_round": len(two),
        "first_round_winners": count.by_party(one),
        "second_round_winners": count.by_party(two),
    }


def _house(count: Count) -> Json:
    rows = house(count)
    return {
        "house": {r.party: r.total for r in rows},
        "house_rows": [
            {"party": r.party, "list": r.list, "round1": r.round1, "round2": r.round2, "total": r.total}
            for r in rows
        ],
    }


def _history(count: Count) -> list[Json]:
    made: list[Json] = []
    earlier: dict[int, Snapshot] = {}
    for snapshot in count.snapshots:
        p = snapshot.publication
        made.append(_publication(count, snapshot, earlier.get(p.round)))
        earlier[p.round] = snapshot
    return made


def _publication(count: Count, snapshot: Snapshot, before: Snapshot | None) -> Json:
    p, totals = snapshot.publication, snapshot.list_totals
    reported, partial, total = snapshot.stations()
    parts = [totals] if totals else [r.totals for r in snapshot.rounds.values()]
    winners = count.by_party(count.winners(snapshot))
    changed = corrections(count, before, snapshot) if before else ()
    return {
        "id": p.id,
        "round": p.round,
        "status": p.status,
        "number": p.number,
        "as_of": moment(p.as_of, count.election.time_zone),
        "reason": p.reason.as_dict(),
        "document": plain(p.document),
        "stations_counted": reported,
        "stations_partial": partial,
        "stations_total": total,
        "list_votes": dict(totals.votes) if totals else None,
        "valid_votes": sum(t.valid for t in parts),
        "voted": sum(t.cast for t in parts),
        "registered": sum(t.registered for t in parts),
        "list_seats": dict(snapshot.lists.seats) if snapshot.lists else None,
        "first_round_winners": (winners or None) if p.round == 1 else None,
        "second_round_winners": winners if p.round > 1 else None,
        "can_change": [place for place, r in snapshot.rounds.items() if r.can_change]
        if p.round > 1
        else None,
        "corrections": [
            {
                "kind": c.kind,
                "id": c.id,
                "before": plain(c.before),
                "after": plain(c.after),
                "why": p.reason.as_dict(),
                "facts": c.facts,
            }
            for c in changed
        ],
    }


def _finding_counts(count: Count) -> Json:
    by_code: dict[str, int] = {}
    for finding, _ in count.findings:
        by_code[finding.code] = by_code.get(finding.code, 0) + 1
    return {"count": len(count.findings), "by_code": dict(sorted(by_code.items()))}
