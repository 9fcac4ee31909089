"""`dauys simulate`: write the synthetic rows of an election, to practise on or to change."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from dauys.cli.options import SpokenCommand, SpokenOption, lang_option, quiet_option, words_of
from dauys.cli.progress import Steps
from dauys.cli.simulate_record import command as record_command
from dauys.errors import InputError, Place, Problem
from dauys.formats.election_file import find_election, read_election
from dauys.formats.results_out import (
    CANDIDATE_COLUMNS,
    PROTOCOL_COLUMNS,
    STATION_COLUMNS,
    VOTE_COLUMNS,
    Row,
    candidate_rows,
    protocol_rows,
    station_rows,
    vote_rows,
    write_table,
)
from dauys.simulate.fill import generate
from dauys.words import Words

KINDS = ("stations", "candidates", "protocols", "votes")


class _Group(SpokenCommand, click.Group):
    """The commands below `simulate`, their lines from the locale files."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = words_of(ctx)
        with formatter.section(words.say("group.learn")):
            formatter.write_dl(
                [(name, words.say(f"command.simulate_{name}")) for name in self.list_commands(ctx)]
            )


@click.group("simulate", cls=_Group, help="help.simulate", short_help="command.simulate")
def command() -> None:
    """Hold the commands; the text of the help page is in the locale files."""


command.add_command(record_command)


@command.command(
    "protocols", cls=SpokenCommand, help="help.simulate_protocols", epilog="help.simulate_example"
)
@click.argument("election", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), cls=SpokenOption, help="option.out_tables"
)
@lang_option
@quiet_option
@click.pass_context
def protocols(context: click.Context, election: Path, out: Path, quiet: bool) -> None:
    """Write stations, candidates, protocols and votes."""
    words = Words(words_of(context).language, "run", "cli")
    file = find_election(election)
    with Steps(quiet=quiet) as steps:
        with steps.step(words.say("run.generating")):
            defined = read_election(file)
            _check_free(out, [defined.files[kind] for kind in KINDS if kind in defined.files])
            rows = generate(defined, str(file))
        with steps.step(words.say("run.writing")):
            names = defined.files
            columns = tuple(c for c in PROTOCOL_COLUMNS if c != "counted")
            tables: list[tuple[str, tuple[str, ...], Iterable[Row]]] = [
                (names["stations"], STATION_COLUMNS, station_rows(rows.stations)),
                (names["candidates"], CANDIDATE_COLUMNS, candidate_rows(rows.candidates)),
                (names["protocols"], columns, protocol_rows(rows.protocols)),
                (names["votes"], VOTE_COLUMNS, vote_rows(rows.protocols)),
            ]
            write_all(out, tables)
    if not quiet:
        facts = {"stations": len(rows.stations), "protocols": len(rows.protocols), "out": str(out)}
        click.echo(words.say("run.generated", **facts))


def _check_free(out: Path, names: list[str]) -> None:
    """Raise InputError (E5.8) with every file that is there already: it may be the only copy of real rows."""
    taken = [out / name for name in names if (out / name).exists()]
    if taken:
        hint = "other_place"
        raise InputError([Problem("E5.8", Place(file=str(path)), path.name, None, hint) for path in taken])


def write_all(out: Path, tables: list[tuple[str, tuple[str, ...], Iterable[Row]]]) -> None:
    """Write the tables into a folder, all of them or none.

    Raises InputError (E5.8) where one of them is there already.
    """
    _check_free(out, [name for name, _, _ in tables])
    out.mkdir(parents=True, exist_ok=True)
    drafts: list[tuple[Path, Path]] = []
    done: list[Path] = []
    try:
        for name, columns, rows in tables:
            handle, draft = tempfile.mkstemp(prefix=f".{name}.", dir=out)
            os.close(handle)
            drafts.append((Path(draft), out / name))
            write_table(Path(draft), columns, rows)
            Path(draft).chmod(0o644)
        for draft_path, target in drafts:
            draft_path.rename(target)
            done.append(target)
    except BaseException:
        for path in (*(d for d, _ in drafts), *done):
            path.unlink(missing_ok=True)
        raise
