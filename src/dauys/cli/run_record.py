"""An election and its protocols out of a record: the site is made of what everybody can check."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dauys.errors import InputError, Place, Problem
from dauys.record.book import open_record
from dauys.record.faults import LogError
from dauys.simulate.fill import Filled
from dauys.verify.context import Context
from dauys.verify.logs import check_definition, check_entries, check_files, open_election_log
from dauys.verify.options import Options, Silent
from dauys.verify.protocols import read_protocols
from dauys.verify.rebuild import put_together
from dauys.verify.report import Finding, Ledger, Status


def is_record(path: Path) -> bool:
    """Return whether a path is a record and no election folder: it has a checkpoint, or is a zip file."""
    return (path / "checkpoint").is_file() or (path.is_file() and path.suffix == ".zip")


def read_record(path: Path) -> Filled:
    """Return the election of a record with what stands in its log, and its protocols.

    Form, order, files and definition are checked; who signed the log and what devices hold is for `dauys
    verify`. Raises InputError with every finding.
    """
    ledger = Ledger()
    try:
        with open_record(str(path)) as record, tempfile.TemporaryDirectory(prefix="dauys-run-") as work:
            context = open_election_log(record, Options(bytes(32), Path(work)), ledger)
            if context is not None:
                return _read(context, ledger)
    except LogError as error:
        raise InputError([error.problem]) from error
    raise InputError(_problems(ledger))


def _read(context: Context, ledger: Ledger) -> Filled:
    check_entries(context, Silent())
    check_files(context, Silent())
    check_definition(context)
    put_together(context)
    archived = read_protocols(context, Silent())
    problems = _problems(ledger)
    if problems or context.election is None:
        raise InputError(problems or [Problem("L8.9", Place(file=context.record.address))])
    return Filled(context.election, tuple(archived.protocols), (), ())


def _problems(ledger: Ledger) -> list[Problem]:
    return [_problem(finding) for finding in ledger.findings if finding.status is Status.FAILED]


def _problem(finding: Finding) -> Problem:
    where = finding.where
    entry = where.logged if where.logged is not None else where.entry
    place = Place(file=where.file or where.station, row=entry, path=where.field)
    return Problem(finding.code, place, finding.found, finding.expected)
