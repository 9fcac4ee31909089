"""One verification from checkpoint to seats: the chapters in their order (`spec/checks.md` §2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from dauys.record.book import Record
from dauys.verify.ballots import check_devices
from dauys.verify.cluster import dask_workers
from dauys.verify.context import Context
from dauys.verify.counted import Counted
from dauys.verify.effect import with_effects
from dauys.verify.electronic import check_against_record
from dauys.verify.keys import check_vote_keys
from dauys.verify.logs import (
    check_cosigned,
    check_definition,
    check_entries,
    check_files,
    extra_files,
    open_election_log,
)
from dauys.verify.notices import check_calendar, check_declared
from dauys.verify.options import Options, Progress, Silent
from dauys.verify.protocols import Archived, check_equations, read_protocols
from dauys.verify.rebuild import put_together
from dauys.verify.report import Ledger, Report, chapter_of
from dauys.verify.results import CODES as RESULT_CODES
from dauys.verify.results import check_results
from dauys.verify.tally import Totals, check_tally, parse_waves
from dauys.verify.units import units_of
from dauys.verify.workers import Workers, local_workers

#: Chapters whose answers need every device looked at.
_WITH_DEVICES: Final = frozenset("BCTSPD")


@dataclass(frozen=True, slots=True)
class Verified:
    """A report, and what was known at its end: for whoever goes on from a verified record.

    `context` and `counted` are None where the election log could not be read.
    """

    report: Report
    context: Context | None
    counted: Counted | None
    totals: Totals


def verify_record(record: Record, options: Options, progress: Progress | None = None) -> Verified:
    """Return everything that can be said of a record. `options.work` is an empty folder.

    Raises WorkerError where the work could not be done; whatever a record holds is a finding.
    """
    progress, ledger = progress or Silent(), Ledger()
    context = open_election_log(record, options, ledger)
    if context is None:
        return Verified(_report(ledger, options, None, readable=False), None, None, {})
    readable = check_entries(context, progress)
    check_files(context, progress)
    check_definition(context)
    check_cosigned(context)
    put_together(context)
    progress.end("L")
    check_vote_keys(context, progress)
    counted: Counted | None = None
    totals: Totals = {}
    archived = Archived()
    if options.chapters & _WITH_DEVICES or options.wants("L"):
        with _workers(options) as workers:
            counted = check_devices(context, progress, workers, only=_only(context))
        waves = parse_waves(context)
        totals = check_tally(context, waves, counted, progress)
    if options.chapters & frozenset("SPR"):
        archived = read_protocols(context, progress)
        check_equations(context, archived)
        if counted is not None:
            check_against_record(context, archived, counted, totals)
        progress.end("P")
    count = None
    if options.station is None and options.chapters & frozenset("PRSLBCT"):
        count = check_results(context, archived, progress) if options.wants("R") else None
    elif options.station is not None:
        for code in RESULT_CODES:
            ledger.not_run(code, "station")
    if options.wants("N"):
        check_calendar(context, progress)
    if options.wants("D") and counted is not None:
        check_declared(context, counted, progress)
    ledger.findings = with_effects(ledger.findings, count)
    report = _report(ledger, options, context, readable=readable or bool(context.kinds))
    return Verified(report, context, counted, totals)


@contextmanager
def _workers(options: Options) -> Iterator[Workers]:
    if options.dask is not None:
        with dask_workers(options.dask) as workers:
            yield workers
    else:
        with local_workers(options.workers, options.cache) as workers:
            yield workers


def _only(context: Context) -> set[tuple[str, str]] | None:
    """Return the devices of the station that was asked for, and those of its units; None for all."""
    station = context.options.station
    if station is None:
        return None
    units = units_of(context.election) if context.election else {}
    unit = units.get(station, station)
    return {
        (vote.vote, device)
        for vote in context.votes.values()
        for device, own in vote.stations().items()
        if own == station or units.get(own, own) == unit
    }


def _report(ledger: Ledger, options: Options, context: Context | None, *, readable: bool) -> Report:
    counts = {code: one for code, one in ledger.counts.items() if options.wants(chapter_of(code))}
    findings = tuple(f for f in ledger.findings if options.wants(chapter_of(f.code)))
    if context is None:
        return Report(counts, findings, anchored=False, readable=readable)
    definition = context.definition
    extra, more = extra_files(context)
    election = context.election
    return Report(
        counts,
        findings,
        options.anchored and not ledger.failed("L8.1"),
        readable=readable,
        election=election.id if election else context.election_id,
        origin=context.origin,
        size=context.log.size,
        simulation=definition.fields["simulation"] if definition else None,
        witnesses=context.witnesses,
        extra=extra,
        extra_more=more,
        facts=_facts(context),
    )


def _facts(context: Context) -> dict[str, int]:
    return {
        "devices": sum(len(vote.installations) for vote in context.votes.values()),
        "protocols": len(context.protocols_at),
        "votes": len(context.votes),
        "waves": sum(len(vote.waves) for vote in context.votes.values()),
        "results": len(context.entries("result")),
        "files": len(context.files),
    }
