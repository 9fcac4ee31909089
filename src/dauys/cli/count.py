"""`dauys count FILE`: the seats or the winner for the votes in an election file, for a person or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import click

from dauys.cli.options import SpokenCommand, json_option, lang_option, quiet_option, words_of
from dauys.cli.render import of_decision
from dauys.errors import DecisionError, InputError, Problem
from dauys.formats.count_file import CountFile, read_count_file
from dauys.systems.count import Counted, count_election
from dauys.systems.outcomes import Elected, NoDistribution, RunOff, Void


@click.command(
    cls=SpokenCommand,
    name="count",
    help="help.count",
    short_help="command.count",
    epilog="help.count_example",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@json_option
@quiet_option
@lang_option
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], as_json: bool, quiet: bool) -> None:
    """Count every file, or none if any cannot be counted."""
    counted = count_files(files)
    if as_json:
        documents = [document(file, result) for file, result in counted]
        single = documents[0] if len(documents) == 1 else documents
        click.echo(json.dumps(single, ensure_ascii=False, indent=1))
        return
    # Imported here: JSON needs no tables.
    from dauys.cli.count_page import print_count  # noqa: PLC0415

    for number, (file, result) in enumerate(counted):
        if number:
            click.echo()
        print_count(file, result, words_of(context).language, quiet=quiet)


def count_files(files: Sequence[Path]) -> list[tuple[CountFile, Counted]]:
    """Return every file with its count. Raises InputError with the faults of all files together."""
    problems: list[Problem] = []
    counted = []
    for path in files:
        try:
            file = read_count_file(path)
            counted.append((file, _count(file, path)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return counted


def _count(file: CountFile, path: Path) -> Counted:
    """Return the count of one file; faults that show only while counting get its name and line."""
    try:
        return count_election(file.election, file.decisions)
    except InputError as error:
        raise InputError(
            [_placed(problem, file, path, problem.place.path) for problem in error.problems]
        ) from error
    except DecisionError as error:
        raise InputError([_placed(of_decision(error), file, path, f"decision:{error.at}")]) from error


def _placed(problem: Problem, file: CountFile, path: Path, key: str | None) -> Problem:
    place = replace(problem.place, file=str(path), line=file.lines.get(key or ""))
    return replace(problem, place=place)


def document(file: CountFile, counted: Counted) -> dict[str, object]:
    """Return the JSON of a count (docs/reference/count.md); keys that do not apply are left out."""
    ties = [{"tied": sorted(tie.tied), "seats": tie.seats, "at": tie.at} for tie in counted.ties]
    parts: dict[str, object] = {
        "id": file.id,
        "seats": counted.seats,
        "districts": counted.districts,
        "outcome": None if counted.outcome is None else _outcome(counted.outcome),
        "needs_decision": ties or None,
        "unfilled": counted.unfilled or None,
        "steps": [{"at": s.at, "facts": s.facts, "article": s.article} for s in counted.steps],
    }
    return {key: plain(value) for key, value in parts.items() if value is not None}


def _outcome(outcome: Elected | RunOff | Void | NoDistribution) -> dict[str, object]:
    match outcome:
        case Elected(name, number):
            return {"kind": "elected", "names": [name], "round": number}
        case RunOff(names):
            return {"kind": "runoff", "names": list(names), "round": 1}
        case Void(reason, number):
            return {"kind": "void", "round": number, "reason": reason}
        case NoDistribution(reason):
            return {"kind": "no_distribution", "reason": reason}


def plain(value: object) -> object:
    """Return a value of the library as JSON: fractions as text `a/b`, whole ones as integers, sets sorted."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)  # type: ignore[type-var]  # names, which are text
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
