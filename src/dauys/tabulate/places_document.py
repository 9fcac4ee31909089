"""The documents of places and protocols: `constituencies.json`, `regions.json` and `findings.json`.

Their keys are the contract of `docs/reference/data.md`.
"""

from __future__ import annotations

from dauys.domain.election import Candidate
from dauys.systems.outcomes import Base, Elected, NeedsDecision, RunOff, Void
from dauys.tabulate.contests import RoundResult, leaders
from dauys.tabulate.count import Count, Snapshot
from dauys.tabulate.document import state_of
from dauys.tabulate.plain import Json, moment, plain, step


def findings_document(count: Count) -> list[Json]:
    """Return `findings.json`."""
    return [
        {
            "code": f.code,
            "station": f.station,
            "contest": f.contest,
            "round": f.round,
            "channel": None if f.channel is None else str(f.channel),
            "version": f.version,
            "found": f.found,
            "expected": f.expected,
            "facts": plain(f.facts),
            "article": f.article,
            "weight": f.weight,
            "treatment": "counted" if decision is None else "set_aside",
            "decision": decision,
        }
        for f, decision in count.findings
    ]


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
        made.append(
            {
                "id": place.id,
                "number": place.number,
                "name": place.name.as_dict(),
                "region": place.region,
                "registered": registered.get(place.id, 0),
                "rounds": [_round(count, s, r) for s, r in held],
                "winner": {
                    "candidate": won[0][1],
                    "party": count.candidates[won[0][1]].party,
                    "round": won[0][0],
                }
                if won
                else None,
                "can_change": bool(held) and held[-1][1].can_change,
            }
        )
    return made


def _round(count: Count, snapshot: Snapshot, result: RoundResult) -> Json:
    p, totals = snapshot.publication, result.totals
    return {
        "round": result.round,
        "date": count.election.days[result.round].isoformat(),
        "status": p.status,
        "version": state_of(count, snapshot, 0, 0)["version"],
        "as_of": moment(p.as_of, count.election.time_zone),
        "stations_counted": totals.stations,
        "stations_total": totals.stations_total,
        "registered": totals.registered,
        "additions": totals.additions,
        "ballots_cast": totals.cast,
        "valid_votes": totals.valid,
        "invalid_ballots": totals.invalid,
        "against_all": totals.against_all,
        "candidates": [_candidate(count.candidates[i], totals.votes[i], result) for i in leaders(totals)],
        "outcome": _outcome(result),
        "missing_registered": totals.missing_registered,
        "can_change": result.can_change,
        "steps": [step(s) for s in result.outcome.steps] if result.outcome else [],
    }


def _candidate(candidate: Candidate, votes: int, result: RoundResult) -> Json:
    outcome = result.outcome
    return {
        "id": candidate.id,
        "name": candidate.name.as_dict(),
        "party": candidate.party,
        "votes": votes,
        "elected": isinstance(outcome, Elected) and outcome.name == candidate.id,
        "to_runoff": isinstance(outcome, RunOff) and candidate.id in outcome.names,
    }


def _outcome(result: RoundResult) -> Json:
    kind, names, reason = _kind(result)
    base = result.base
    return {
        "kind": kind,
        "names": names,
        "reason": reason,
        "base": base.value if base else Base.VALID.value,
        "base_votes": plain(result.base_votes) if base else result.totals.valid,
        "needed": result.needed,
        "article": result.article,
    }


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
            "id": r.id,
            "name": r.name.as_dict(),
            "short": plain(r.short),
            "column": r.column,
            "row": r.row,
            "width": r.width,
            "constituencies": [c.id for c in count.election.constituencies if c.region == r.id],
            "stations": 0,
            "electronic": 0,
            "registered": 0,
            "ballots_cast": 0,
            "list_votes": {p.id: 0 for p in count.election.parties if p.list_order},
        }
        for r in count.election.regions
    }
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
