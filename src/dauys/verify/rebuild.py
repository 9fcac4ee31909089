"""The election put together from the record: its definition, and what came later as entries (L8.9).

**Source:** record.md §3. The files are read by the same readers as those of any election folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast

from dauys.domain.election import Election, Event, Publication, RecordedDecision
from dauys.domain.text import Text
from dauys.errors import InputError
from dauys.formats.election_file import read_election
from dauys.record.entries import Entry
from dauys.systems import laws
from dauys.verify.context import Context
from dauys.verify.report import Where

ELECTION = "election.yaml"


def put_together(context: Context) -> None:
    """Read the definition and leave election and law in the context; else say why not (L8.9)."""
    definition = context.definition
    where = Where(logged=0)
    if definition is None:
        context.ledger.not_run("L8.9", "L8.4", where)
        return
    folder = context.options.work / "definition"
    folder.mkdir()
    if not _place_files(context, definition, folder):
        return
    try:
        election = read_election(folder / ELECTION)
        law = laws.load(election.law).with_parameters(election.parameters)
    except InputError as error:
        for problem in error.problems[:50]:
            context.ledger.problem(problem, where, code="L8.9")
        return
    later = list(_later(election))
    if election.id != context.election_id:
        later.append(f"id {election.id}")
    if not context.ledger.check(
        "L8.9", where, holds=not later, found=", ".join(later), expected="nothing later"
    ):
        return
    context.law = law
    context.election = _composed(context, election)


def _place_files(context: Context, definition: Entry, folder: Path) -> bool:
    """Write the committed files where the reader of elections looks for them."""
    named = {ELECTION: "election"}
    data = context.read(definition, "election", "L8.9")
    if data is None:
        return False
    (folder / ELECTION).write_bytes(data)
    for table, ref in definition.fields["tables"].items():
        name = ref["path"].rsplit("/", 1)[-1]
        if name in named:
            context.ledger.fail("L8.9", Where(logged=0, file=ref["path"]), name, "another file name")
            return False
        named[name] = table
        entry = Entry(0, "definition", {"file": ref}, b"")
        data = context.read(entry, "file", "L8.9")
        if data is None:
            return False
        (folder / name).write_bytes(data)
    return True


def _later(election: Election) -> Iterator[str]:
    """Yield what a definition says although it can only come later, and what nobody may make up."""
    parts = {
        "publications": election.publications,
        "decisions": election.decisions,
        "set_aside": election.set_aside,
        "calendar": election.events,
        "generator": election.generator,
        "protocols": {"protocols", "votes"} & set(election.files),
    }
    for name, value in parts.items():
        if value:
            yield name


def _composed(context: Context, election: Election) -> Election:
    decisions, set_aside = decided(context.entries("decision"))
    return replace(
        election,
        publications=tuple(_publication(entry) for entry in context.entries("result")),
        decisions=decisions,
        set_aside=set_aside,
        events=tuple(_event(entry) for entry in context.entries("notice")),
    )


def decided(entries: Iterable[Entry]) -> tuple[tuple[RecordedDecision, ...], dict[str, str]]:
    """Return what `decision` entries say of ties, and of protocols that never count: version to reference."""
    orders: list[RecordedDecision] = []
    set_aside: dict[str, str] = {}
    for entry in entries:
        fields = entry.fields
        if fields["what"] == "order":
            orders.append(
                RecordedDecision(fields["point"] or "", tuple(fields["order"]), fields["reference"])
            )
        elif fields["what"] == "set_aside" and fields["protocol"]:
            set_aside[fields["protocol"]] = fields["reference"]
    return tuple(orders), set_aside


def _publication(entry: Entry) -> Publication:
    fields = entry.fields
    return Publication(
        fields["id"],
        fields["round"],
        cast("Literal['preliminary', 'final']", fields["status"]),
        datetime.fromisoformat(fields["as_of"]),
        _text(fields["reason"]),
        number=fields["number"],
    )


def _text(reason: dict[str, Any]) -> Text:
    some = next(iter(reason.values()), "—")
    return Text(*(str(reason.get(language, some)) for language in ("kk", "ru", "en")))


def _event(entry: Entry) -> Event:
    fields = entry.fields
    evidence, outlet = fields["evidence"], fields["outlet"]
    return Event(
        fields["code"],
        datetime.fromisoformat(fields["done"]),
        Text(evidence, evidence, evidence),
        None,
        Text(outlet, outlet, outlet) if outlet else None,
    )
