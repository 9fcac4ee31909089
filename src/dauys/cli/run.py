"""`dauys run`: count an election from protocols to house and publish the result."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

from dauys.cli.options import SpokenCommand, SpokenOption, json_option, lang_option, quiet_option, words_of
from dauys.cli.progress import Steps
from dauys.cli.result_text import summary
from dauys.cli.run_record import is_record, read_record
from dauys.domain.election import Election
from dauys.domain.votes import Protocol
from dauys.errors import InputError, Place, Problem
from dauys.formats.codebook import CODEBOOK_COLUMNS, codebook_rows
from dauys.formats.election_file import find_election, read_election
from dauys.formats.nist import nist_report
from dauys.formats.results_out import (
    PROTOCOL_COLUMNS,
    RESULT_COLUMNS,
    STATION_COLUMNS,
    VOTE_COLUMNS,
    ResultRows,
    new_folder,
    protocol_rows,
    station_rows,
    vote_rows,
    write_json,
    write_table,
)
from dauys.simulate.fill import Filled, fill
from dauys.systems import laws
from dauys.systems.laws import Law
from dauys.tabulate.count import Count, count_election
from dauys.tabulate.document import SCHEMA, results_document
from dauys.tabulate.places_document import constituencies_document, findings_document, regions_document
from dauys.words import Language, Words, load

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the election as filled, its count, and the documents that are written."""

    filled: Filled
    count: Count
    overridden: Mapping[str, str]
    results: Json
    constituencies: list[Json]
    regions: list[Json]


def parse_settings(values: tuple[str, ...]) -> dict[str, str]:
    """Return the parameters of `--set PATH=VALUE`.

    Raises InputError (E5.6) where one has no `=` or comes twice.
    """
    found: dict[str, str] = {}
    problems = []
    for text in values:
        path, equals, value = text.partition("=")
        if not equals or not path or path in found:
            problems.append(Problem("E5.6", Place(path="--set"), text, "PATH=VALUE", "set_form"))
        found[path] = value
    if problems:
        raise InputError(problems)
    return found


def law_of(election: Election, overridden: Mapping[str, str]) -> Law:
    """Return the law of the election with what it declares, and what this run sets on top."""
    return laws.load(election.law).with_parameters(election.parameters).with_parameters(overridden)


def count_folder(
    path: Path, overridden: Mapping[str, str], as_of: datetime | None, steps: Steps, words: Words
) -> Run:
    """Return the count of the election in a folder, file or record. Raises InputError with every fault."""
    with steps.step(words.say("run.reading")):
        filled = _filled(path, as_of)
        law = law_of(filled.election, overridden)
    with steps.step(words.say("run.counting", protocols=len(filled.protocols))):
        count = count_election(filled.election, law, filled.protocols, as_of)
        first = count.in_force(1)
        whole = first.list_totals.registered if first and first.list_totals else 0
        readings = [
            {"at": at.isoformat(), "voted": n, "registered": whole, "share": f"{n}/{whole}"}
            for at, n in filled.readings
        ]
        results = results_document(count, overridden, readings)
    return Run(filled, count, overridden, results, constituencies_document(count), regions_document(count))


def _filled(path: Path, as_of: datetime | None) -> Filled:
    """Return an election with its rows, from a record or from a folder."""
    if is_record(path):
        filled = read_record(path)
        _check_published(filled.election, as_of, str(path))
        return filled
    file = find_election(path)
    election = read_election(file)
    _check_published(election, as_of, str(file))
    return fill(election, file.parent, str(file))


def _check_published(election: Election, as_of: datetime | None, file: str) -> None:
    """Raise InputError (E5.7) where nothing of the first round was published by that moment."""
    if not any(p.round == 1 and (as_of is None or p.as_of <= as_of) for p in election.publications):
        at = as_of.isoformat() if as_of else ""
        raise InputError([Problem("E5.7", Place(file=file, path="publications"), at)])


def write_data(run: Run, folder: Path) -> None:
    """Write the files of `docs/reference/data.md` into an empty folder."""
    count, election = run.count, run.filled.election
    reports = [r for s in (count.in_force(1), count.in_force(2)) if s for r in s.reports]
    counted: list[Protocol] = [p for r in reports for p in r.counted]
    write_json(folder / "results.json", run.results)
    write_json(folder / "constituencies.json", run.constituencies)
    write_json(folder / "regions.json", run.regions)
    write_json(folder / "findings.json", findings_document(count))
    write_table(folder / "stations.csv", STATION_COLUMNS, station_rows(election.stations))
    electronic = [s for s in election.stations if s.electronic]
    write_table(folder / "electronic_stations.csv", STATION_COLUMNS, station_rows(electronic))
    write_table(folder / "protocols.csv", PROTOCOL_COLUMNS, protocol_rows(run.filled.protocols, counted))
    write_table(folder / "votes.csv", VOTE_COLUMNS, vote_rows(run.filled.protocols))
    rows = ResultRows(count.stations, election.candidates, election.parties)
    figures = [
        (r.station, r.contest, r.round, r.line("ballots_cast"), r.line("invalid_ballots"), r.votes())
        for r in reports
    ]
    places = list(station_rows(election.stations))
    write_json(
        folder / "nist.json",
        nist_report(run.results, run.constituencies, run.regions, places, figures),
        indent=None,
    )
    write_table(folder / "codebook.csv", CODEBOOK_COLUMNS, codebook_rows(_meaning))
    flat = (row for r in reports for row in rows.of(r.station, r.contest, r.round, r.votes()))
    write_table(folder / "results.csv", RESULT_COLUMNS, flat)


def _meaning(language: str, key: str) -> str:
    return load(cast("Language", language), "codebook").template(key)


def is_result(folder: Path) -> bool:
    """Return whether a folder holds a result of this program and may be replaced by another."""
    try:
        text = (folder / "data" / "results.json").read_text(encoding="utf-8")[:200]
    except (OSError, UnicodeDecodeError):
        return False
    return f'"schema": "{SCHEMA}"' in text


def _build_site(out: Path, steps: Steps, words: Words) -> None:
    with steps.step(words.say("run.site")):
        import_module("dauys.site.build").build(out / "data", out / "site", progress=steps.tell)


@click.command("run", cls=SpokenCommand, help="help.run", epilog="help.run_example", short_help="command.run")
@click.argument("election", type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), cls=SpokenOption, help="option.out")
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", cls=SpokenOption, help="option.set")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%dT%H:%M%z"]), cls=SpokenOption, help="option.as_of")
@click.option("--no-site", is_flag=True, cls=SpokenOption, help="option.no_site")
@json_option
@lang_option
@quiet_option
@click.pass_context
def command(
    context: click.Context,
    *,
    election: Path,
    out: Path,
    settings: tuple[str, ...],
    as_of: datetime | None,
    no_site: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Count an election; the texts of its help are in the locale files."""
    started = time.monotonic()
    words = Words(words_of(context).language, "run", "cli")
    overridden = parse_settings(settings)
    # The folder first: whoever names a wrong one does not wait for the count.
    with Steps(quiet=quiet or as_json) as steps, new_folder(out, is_result, durable="data") as draft:
        run = count_folder(election, overridden, as_of, steps, words)
        with steps.step(words.say("run.writing")):
            (draft / "data").mkdir()
            write_data(run, draft / "data")
        if not no_site:
            _build_site(draft, steps, words)
    if as_json:
        click.echo(json.dumps(run.results, ensure_ascii=False, indent=1))
    elif not quiet:
        seconds = time.monotonic() - started
        for line in summary(run.results, run.filled, words, election, out, site=not no_site, seconds=seconds):
            click.echo(line)
