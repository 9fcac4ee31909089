"""The documents of a result: `results.json`, `constituencies.json`, `regions.json`, `findings.json` as plain values.

Their keys are the contract of `docs/reference/data.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from dauys.domain.election import Candidate, Party
from dauys.domain.text import Text
from dauys.systems.laws import Law
from dauys.systems.outcomes import Base, Elected, NeedsDecision, RunOff, Step, Tie, Void
from dauys.tabulate.contests import RoundResult, leaders
from dauys.tabulate.corrections import corrections
from dauys.tabulate.count import INDEPENDENTS, Count, Snapshot
from dauys.tabulate.house import house
from dauys.tabulate.lists import OTHER_RULES, ListResult, ListRule, list_result_if, other_base, shares
from dauys.tabulate.totals import Totals

Json = dict[str, Any]
SCHEMA = "dauys/results/1"


def plain(value: object) -> Any:
    """Return a fact as a JSON value: fractions as text, `7` or `1/3`; names of three languages as objects."""
    match value:
        case bool() | int() | str() | None:
            return value
        case Fraction():
            return str(value)
        case Text():
            return value.as_dict()
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case frozenset() | set():
            return sorted(plain(v) for v in value)
        case Iterable():
            return [plain(v) for v in value]
        case _:
            raise TypeError(f"no fact: {value!r}")


def step(value: Step) -> Json:
    """Return one step of a calculation."""
    return {"at": value.at, "facts": plain(value.facts), "article": value.article}


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
    """Return `results.json`. `overridden`: parameters set for this run only. At least one publication is counted."""
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
        "id": party.id, "name": party.name.as_dict(), "short": party.short.as_dict(), "code": party.code.as_dict(),
        "colour_light": party.colour_light, "colour_dark": party.colour_dark, "list_order": party.list_order,
        "bloc_members": [m.as_dict() for m in party.bloc_members],
    }  # fmt: skip


def _election(count: Count, overridden: Mapping[str, str]) -> Json:
    election, law = count.election, count.law
    return {
        "id": election.id, "title": election.title.as_dict(), "law": law.id, "statute": law.statute,
        "rehearsal": election.rehearsal, "time_zone": election.time_zone,
        "days": {str(n): day.isoformat() for n, day in election.days.items()},
        "parameters": [
            {
                "path": p.path, "value": p.value, "preset": law.preset[p.path], "article": p.article,
                "overridden": p.path in overridden, "status": str(p.status),
                "readings": [{"value": r.value, "article": r.article, "status": str(r.status)} for r in p.readings],
            }
            for p in law.parameters
        ],
        "official": list(election.official), "synthetic": list(election.synthetic),
        "generator": {"name": election.generator.name, "seed": election.generator.seed} if election.generator else None,
        "sources": [
            {"id": s.id, "url": s.url, "about": s.about.as_dict(), "confidence": s.confidence} for s in election.sources
        ],
    }  # fmt: skip


def _moment(value: datetime, zone: str) -> str:
    return value.astimezone(ZoneInfo(zone)).isoformat()


def _state(count: Count) -> Json:
    first, second = count.in_force(1), count.in_force(2)
    made: Json = {}
    if first:
        seats = sum(first.lists.seats.values()) if first.lists else 0
        total = count.law.count("list.seats") or 0
        made["list"] = _state_of(count, first, total, seats)
        made["round1"] = _state_of(count, first, len(first.rounds), len(count.winners(first)))
    if second:
        made["round2"] = _state_of(count, second, len(second.rounds), len(count.winners(second)))
    elif first:
        runoffs = sum(isinstance(r.outcome, RunOff) for r in first.rounds.values())
        made["round2"] = None if not runoffs else {
            "status": "preliminary", "version": None, "as_of": None, "stations_counted": 0, "stations_total": 0,
            "document": None, "seats": runoffs, "decided": 0,
        }  # fmt: skip
    return made


def _state_of(count: Count, snapshot: Snapshot, seats: int, won: int) -> Json:
    p = snapshot.publication
    reported, partial, total = snapshot.stations()
    number = p.number or 1 + sum(
        s.publication.round == p.round and s.publication.as_of < p.as_of for s in count.snapshots
    )
    return {
        "status": p.status, "version": number, "as_of": _moment(p.as_of, count.election.time_zone),
        "stations_counted": reported, "stations_partial": partial, "stations_total": total,
        "document": plain(p.document), "seats": seats, "decided": won,
    }  # fmt: skip


def _turnout(law: Law, totals: Totals | None, readings: Sequence[Json]) -> Json | None:
    if totals is None:
        return None
    numerator = law.value("turnout.numerator")
    voted = totals.issued if numerator == "ballots_issued" else totals.cast
    return {
        "voted": voted, "registered": totals.registered, "additions": totals.additions,
        "numerator": numerator, "readings": list(readings),
    }  # fmt: skip


def _list(count: Count, first: Snapshot) -> Json | None:
    totals, result, law = first.list_totals, first.lists, count.law
    if totals is None or result is None:
        return None
    tally = totals.tally()
    order = [p.id for p in count.election.parties if p.list_order]
    bases = [Base.VALID, Base.CAST, Base.REGISTERED]
    threshold: Json = next((step(s)["facts"] for s in result.steps if s.at == "threshold"), {})
    return {
        "seats": dict(result.seats), "votes": dict(tally.votes), "valid_votes": totals.valid,
        "invalid_ballots": totals.invalid, "against_all": totals.against_all, "ballots_cast": totals.cast,
        "registered": totals.registered,
        "threshold": {
            "share": str(law.share("list.threshold")), "base": law.value("list.threshold_base"),
            "base_votes": threshold.get("base_votes"), "article": law.article("list.threshold_base"),
            "strict": law.flag("list.threshold_strict"),
        },
        "shares": plain(shares(tally, bases)), "passing": list(result.passing),
        "quota": None if result.quota is None else str(result.quota),
        "method": _method(law), "steps": _steps(result.steps),
        "needs_decision": _ties(result.ties), "nothing": result.nothing,
        "sensitivity": [_variant(count, totals, order, _other(law))],
        "other_rules": [
            {"name": name, "seats": dict(_seats_under(law.with_parameters(change), totals, order).seats)}
            for name, change in OTHER_RULES.items()
        ],
    }  # fmt: skip


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
        "set": dict(change), "seats": dict(result.seats), "passing": list(result.passing),
        "quota": None if result.quota is None else str(result.quota), "steps": _steps(result.steps),
        "needs_decision": _ties(result.ties),
    }  # fmt: skip


def _constituency_counts(count: Count) -> Json:
    first, second = count.in_force(1), count.in_force(2)
    one = count.winners(first) if first else {}
    two = count.winners(second) if second else {}
    outcomes = [r.outcome for r in first.rounds.values()] if first else []
    return {
        "total": len(count.election.constituencies), "decided_first_round": len(one),
        "runoff": sum(isinstance(o, RunOff) for o in outcomes), "decided_second_round": len(two),
        "first_round_winners": count.by_party(one), "second_round_winners": count.by_party(two),
    }  # fmt: skip


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
        "id": p.id, "round": p.round, "status": p.status, "number": p.number,
        "as_of": _moment(p.as_of, count.election.time_zone), "reason": p.reason.as_dict(), "document": plain(p.document),
        "stations_counted": reported, "stations_partial": partial, "stations_total": total,
        "list_votes": dict(totals.votes) if totals else None,
        "valid_votes": sum(t.valid for t in parts), "voted": sum(t.cast for t in parts),
        "registered": sum(t.registered for t in parts),
        "list_seats": dict(snapshot.lists.seats) if snapshot.lists else None,
        "first_round_winners": (winners or None) if p.round == 1 else None,
        "second_round_winners": winners if p.round > 1 else None,
        "can_change": [place for place, r in snapshot.rounds.items() if r.can_change] if p.round > 1 else None,
        "corrections": [
            {
                "kind": c.kind, "id": c.id, "before": plain(c.before), "after": plain(c.after),
                "why": p.reason.as_dict(), "facts": c.facts,
            }
            for c in changed
        ],
    }  # fmt: skip


def _finding_counts(count: Count) -> Json:
    by_code: dict[str, int] = {}
    for finding, _ in count.findings:
        by_code[finding.code] = by_code.get(finding.code, 0) + 1
    return {"count": len(count.findings), "by_code": dict(sorted(by_code.items()))}


def findings_document(count: Count) -> list[Json]:
    """Return `findings.json`."""
    return [
        {
            "code": f.code, "station": f.station, "contest": f.contest, "round": f.round,
            "channel": None if f.channel is None else str(f.channel), "version": f.version, "found": f.found,
            "expected": f.expected, "facts": plain(f.facts), "article": f.article, "weight": f.weight,
            "treatment": "counted" if decision is None else "set_aside", "decision": decision,
        }
        for f, decision in count.findings
    ]  # fmt: skip


def constituencies_document(count: Count) -> list[Json]:
    """Return `constituencies.json`."""
    registered: dict[str, int] = {}
    for station in count.election.stations:
        if station.constituency:
            registered[station.constituency] = registered.get(station.constituency, 0) + station.registered
    snapshots = [s for s in (count.in_force(1), count.in_force(2)) if s]
    winners = {s.publication.round: count.winners(s) for s in snapshots}
    made = []
    for place in count.election.constituencies:
        held = [(s, s.rounds[place.id]) for s in snapshots if place.id in s.rounds]
        won = [(n, w[place.id]) for n, w in winners.items() if place.id in w]
        made.append({
            "id": place.id, "number": place.number, "name": place.name.as_dict(), "region": place.region,
            "registered": registered.get(place.id, 0),
            "rounds": [_round(count, s, r) for s, r in held],
            "winner": {
                "candidate": won[0][1], "party": count.candidates[won[0][1]].party, "round": won[0][0],
            } if won else None,
            "can_change": bool(held) and held[-1][1].can_change,
        })  # fmt: skip
    return made


def _round(count: Count, snapshot: Snapshot, result: RoundResult) -> Json:
    p, totals = snapshot.publication, result.totals
    return {
        "round": result.round, "date": count.election.days[result.round].isoformat(), "status": p.status,
        "version": _state_of(count, snapshot, 0, 0)["version"], "as_of": _moment(p.as_of, count.election.time_zone),
        "stations_counted": totals.stations, "stations_total": totals.stations_total,
        "registered": totals.registered, "additions": totals.additions, "ballots_cast": totals.cast,
        "valid_votes": totals.valid, "invalid_ballots": totals.invalid, "against_all": totals.against_all,
        "candidates": [_candidate(count.candidates[i], totals.votes[i], result) for i in leaders(totals)],
        "outcome": _outcome(result), "missing_registered": totals.missing_registered,
        "can_change": result.can_change,
        "steps": [step(s) for s in result.outcome.steps] if result.outcome else [],
    }  # fmt: skip


def _candidate(candidate: Candidate, votes: int, result: RoundResult) -> Json:
    outcome = result.outcome
    return {
        "id": candidate.id, "name": candidate.name.as_dict(), "party": candidate.party, "votes": votes,
        "elected": isinstance(outcome, Elected) and outcome.name == candidate.id,
        "to_runoff": isinstance(outcome, RunOff) and candidate.id in outcome.names,
    }  # fmt: skip


def _outcome(result: RoundResult) -> Json:
    kind, names, reason = _kind(result)
    base = result.base
    return {
        "kind": kind, "names": names, "reason": reason,
        "base": base.value if base else Base.VALID.value,
        "base_votes": plain(result.base_votes) if base else result.totals.valid,
        "needed": result.needed, "article": result.article,
    }  # fmt: skip


def _kind(result: RoundResult) -> tuple[str, list[str], str]:
    match result.outcome:
        case Elected() as won:
            return "elected", [won.name], "majority" if result.needed is not None else "more_votes"
        case RunOff() as pair:
            return "runoff", list(pair.names), "no_majority"
        case Void() as void:
            return "void", [], void.reason
        case NeedsDecision() as open_:
            return "needs_decision", sorted({n for t in open_.ties for n in t.tied}), "tie"
        case _:
            return "needs_decision", [], "no_reports"


def regions_document(count: Count) -> list[Json]:
    """Return `regions.json`; votes and ballots are those of the list contest."""
    first = count.in_force(1)
    rows = {
        r.id: {
            "id": r.id, "name": r.name.as_dict(), "short": plain(r.short), "column": r.column, "row": r.row,
            "width": r.width,
            "constituencies": [c.id for c in count.election.constituencies if c.region == r.id],
            "stations": 0, "electronic": 0, "registered": 0, "ballots_cast": 0,
            "list_votes": {p.id: 0 for p in count.election.parties if p.list_order},
        }
        for r in count.election.regions
    }  # fmt: skip
    for station in count.election.stations:
        row: Json = rows[station.region]
        row["stations"] += 1
        row["electronic"] += station.electronic
        row["registered"] += station.registered
    for report in first.reports if first else ():
        if report.contest == "list":
            row = rows[count.stations[report.station].region]
            row["ballots_cast"] += report.line("ballots_cast") or 0
            votes = row["list_votes"]
            for name, n in report.votes().items():
                votes[name] += n
    return list(rows.values())


__all__ = [
    "INDEPENDENTS",
    "constituencies_document",
    "findings_document",
    "plain",
    "regions_document",
    "results_document",
]
