"""Results counted again from the protocols of the record, and held against what was published (R)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from dauys.domain.election import Election
from dauys.errors import DecisionError
from dauys.record.entries import Entry
from dauys.systems.laws import Law
from dauys.tabulate.count import Count, Snapshot, count_election
from dauys.tabulate.record_document import result_document
from dauys.verify.context import Context
from dauys.verify.logs import parse_form
from dauys.verify.options import Progress
from dauys.verify.protocols import Archived
from dauys.verify.rebuild import decided
from dauys.verify.report import Where

CODES: Final = ("R1.1", "R1.2", "R1.3", "R1.4")


def check_results(context: Context, archived: Archived, progress: Progress) -> Count | None:
    """Check every publication; return the count of the whole election, None where there is none."""
    election, law, ledger = context.election, context.law, context.ledger
    entries = context.entries("result")
    progress.begin("R", len(entries))
    if election is None or law is None:
        for code in (*CODES, "R1.5"):
            ledger.not_run(code, "L8.9")
        progress.end("R")
        return None
    try:
        count = count_election(election, law, archived.protocols)
    except DecisionError as error:
        for code in CODES:
            ledger.not_run(code, "R1.2")
        ledger.fail("R1.2", Where(field=error.at), error.found, error.expected)
        progress.end("R")
        return None
    for entry in entries:
        _check_result(context, entry, _count_before(election, law, archived, entry, count))
        progress.advance(1)
    _check_published(context, count)
    progress.end("R")
    return count


def _count_before(election: Election, law: Law, archived: Archived, entry: Entry, count: Count) -> Count:
    """Return the count of what stood in the log before a publication (record.md §8).

    That is the count of everything where nothing that came later is about this publication. Decisions bind
    only what is in force: that they fit is a matter of the whole count.
    """
    as_of, index = datetime.fromisoformat(entry.fields["as_of"]), entry.index
    pairs = zip(archived.protocols, archived.indices, strict=True)
    later = any(at > index and protocol.received <= as_of for protocol, at in pairs)
    if not later and all(decision.index < index for decision in archived.decisions):
        return count
    decisions, set_aside = decided([d for d in archived.decisions if d.index < index])
    known = replace(
        election,
        publications=tuple(p for p in election.publications if p.as_of <= as_of),
        decisions=decisions,
        set_aside=set_aside,
    )
    return count_election(known, law, archived.before(index), binding=False)


def _check_result(context: Context, entry: Entry, count: Count) -> None:
    ledger, fields = context.ledger, entry.fields
    where = Where(logged=entry.index, file=fields["file"]["path"])
    data = context.read(entry, "file", "R1.1")
    value = parse_form(data, "result", where, ledger) if data is not None else None
    snapshot = next((s for s in count.snapshots if s.publication.id == fields["id"]), None)
    if value is None or snapshot is None:
        for code in CODES:
            ledger.not_run(code, "L8.8" if value is None else "L8.5", where)
        return
    if value["publication"] != fields["id"]:
        ledger.fail("R1.1", where, value["publication"], fields["id"])
    if fields["round"] not in count.election.days:
        ledger.fail("R1.1", where, fields["round"], sorted(count.election.days))
    _compare(context, where, value, result_document(count, snapshot))


def _compare(context: Context, where: Where, said: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Compare a published document with the one counted again, field by field."""
    ledger = context.ledger
    lists = (said["list"], own["list"])
    _same(context, "R1.1", replace(where, contest="list"), *(_without(one, "seats") for one in lists))
    _same(context, "R1.2", replace(where, contest="list"), *(_only(one, "seats") for one in lists))
    places = sorted({*said["constituencies"], *own["constituencies"]})
    for place in places:
        pair = (said["constituencies"].get(place), own["constituencies"].get(place))
        at = replace(where, contest=place)
        _same(context, "R1.1", at, *(_without(one, "winner", "run_off") for one in pair))
        for name in ("winner", "run_off"):
            _same(context, "R1.3", replace(at, field=name), *(_only(one, name) for one in pair))
    ledger.check(
        "R1.4", where, holds=said["house"] == own["house"], found=said["house"], expected=own["house"]
    )


def _same(context: Context, code: str, where: Where, said: object, own: object) -> None:
    context.ledger.check(code, where, holds=said == own, found=said, expected=own)


def _without(value: Mapping[str, Any] | None, *names: str) -> dict[str, Any] | None:
    return None if value is None else {key: item for key, item in value.items() if key not in names}


def _only(value: Mapping[str, Any] | None, *names: str) -> dict[str, Any] | None:
    return None if value is None else {key: item for key, item in value.items() if key in names}


def _check_published(context: Context, count: Count) -> None:
    """Check that every round that was held has a final result (R1.5)."""
    first = count.in_force(1)
    for number in sorted(count.election.days):
        if number > 1 and (first is None or not count.runoffs(first)):
            continue
        snapshot: Snapshot | None = count.in_force(number)
        if snapshot is not None and snapshot.publication.status == "final":
            context.ledger.passed("R1.5")
        else:
            context.ledger.not_run("R1.5", "no_final", Where(field=f"round {number}"))
