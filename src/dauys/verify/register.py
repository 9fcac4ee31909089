"""Registered voters of protocols and definition against the freeze of the register (P3.5)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from dauys.verify.context import Context, VoteContext
from dauys.verify.protocols import Archived
from dauys.verify.report import Where


def check_register(context: Context, vote: VoteContext, archived: Archived) -> None:
    """Check the numbers of registered voters (P3.5)."""
    ledger, election, entry = context.ledger, context.election, vote.register
    if election is None or entry is None:
        ledger.not_run("P3.5", "L8.9" if election is None else "no_register", Where(vote=vote.vote))
        return
    where = Where(vote=vote.vote, logged=entry.index, file=entry.fields["stations"]["path"])
    data = context.read(entry, "stations", "P3.5")
    if data is None:
        return
    rows = frozen_register(data)
    frozen = None if rows is None else {station: registered for station, (registered, _) in rows.items()}
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


def frozen_register(data: bytes) -> dict[str, tuple[int, str]] | None:
    """Return registered voters and hash of the extract by station; None where the file has another form."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"))))
    except (UnicodeDecodeError, csv.Error):
        return None
    if not rows or rows[0] != ["station", "registered", "hash"]:
        return None
    found: dict[str, tuple[int, str]] = {}
    for row in rows[1:]:
        if len(row) != 3 or not row[1].isascii() or not row[1].isdigit() or len(row[1]) > 9:
            return None
        if row[0] in found or len(row[2]) != 64 or set(row[2]) - set("0123456789abcdef"):
            return None
        found[row[0]] = int(row[1]), row[2]
    return found


def _first_difference(found: Mapping[str, int], expected: Mapping[str, int]) -> str:
    station = next(s for s in sorted({*found, *expected}) if found.get(s) != expected.get(s))
    return f"station {station}: {found.get(station)}, not {expected.get(station)}"
