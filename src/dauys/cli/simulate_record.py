"""`dauys simulate record`: a complete synthetic record, to learn on and for load."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from dauys.cli.options import (
    SpokenCommand,
    SpokenOption,
    json_option,
    lang_option,
    quiet_option,
    words_of,
)
from dauys.cli.progress import Steps
from dauys.errors import InputError, Place, Problem
from dauys.formats.election_file import find_election
from dauys.record.faults import LogError
from dauys.simulate.kits import StationFiles, electronic_stations, write_kits
from dauys.simulate.live import Live
from dauys.simulate.record import Simulated, simulate_record
from dauys.simulate.scene import Scene, scene_of_folder, scene_of_seed
from dauys.words import Words

VERIFIER = "verifier.html"
#: Fewest ballots of a station taken from an election folder: the privacy minimum of the presets.
MINIMUM = 30


@click.command(
    "record", cls=SpokenCommand, help="help.simulate_record", epilog="help.simulate_record_example"
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), cls=SpokenOption, help="option.out_record"
)
@click.option(
    "--election",
    type=click.Path(exists=True, path_type=Path),
    cls=SpokenOption,
    help="option.record_election",
)
@click.option(
    "--stations", type=click.IntRange(2, 100_000), default=4, show_default=True, cls=SpokenOption,
    help="option.record_stations",
)  # fmt: skip
@click.option(
    "--ballots", type=click.IntRange(1, 100_000), default=70, show_default=True, cls=SpokenOption,
    help="option.record_ballots",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, cls=SpokenOption, help="option.seed"
)
@click.option("--kit", "kits", multiple=True, metavar="STATION", cls=SpokenOption, help="option.record_kit")
@json_option
@quiet_option
@lang_option
@click.pass_context
def command(context: click.Context, /, out: Path, **given: Any) -> None:
    """Write a record; the text of the help page is in the locale files."""
    words = Words(words_of(context).language, "run", "cli")
    with Steps(quiet=given["quiet"] or given["as_json"]) as steps:
        with steps.step(words.say("record.preparing")):
            scene = make_scene(given["election"], given["stations"], given["ballots"], given["seed"])
        electronic_stations(scene, given["kits"])
        made = write_record(out, scene, given["seed"], steps, words)
        kits = write_kits(out, scene, given["seed"], given["kits"])
    if given["as_json"]:
        click.echo(json.dumps(document(made, kits)))
    elif not given["quiet"]:
        for line in (*told(made, words), *(kit_told(files) for files in kits)):
            click.echo(line)


def make_scene(election: Path | None, stations: int, ballots: int, seed: int) -> Scene:
    """Return the scene of a folder, or a small one. Raises InputError where the folder has none."""
    if election is None:
        return scene_of_seed(stations, ballots, seed)
    file = find_election(election)
    return scene_of_folder(file.parent, file, stations, MINIMUM)


def write_record(
    out: Path, scene: Scene, seed: int, steps: Steps, words: Words, *, live: Live | None = None
) -> Simulated:
    """Write the record and tell how far it is. Raises InputError E5.8 where something is there already."""
    current = ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal current
        if what != current:
            current = what
            with steps.step(words.say(f"record.{what}")):
                pass
        steps.tell(done, total)

    try:
        return simulate_record(out, scene, seed, tell, {VERIFIER: verifier_page()}, live=live)
    except LogError as error:
        if error.code != "L5.2":
            raise
        raise InputError([Problem("E5.8", Place(file=str(out)), out.name, None, "other_place")]) from error


def verifier_page() -> bytes:
    """Return the verifier for a browser as one file, whose hash a record names."""
    return (files("dauys.site") / "assets" / "verify" / VERIFIER).read_bytes()


def document(made: Simulated, kits: Sequence[StationFiles] = ()) -> dict[str, object]:
    """Return the JSON of what was written."""
    return {
        "record": str(made.record),
        "policy": str(made.policy),
        "log_key": str(made.log_key),
        "ballots": made.ballots,
        "stations": made.stations,
        "entries": made.entries,
        **({"kits": {files.station: _kit_document(files) for files in kits}} if kits else {}),
    }


def _kit_document(files: StationFiles) -> dict[str, str]:
    return {
        "kit": str(files.kit),
        "cards": str(files.cards),
        "voters": str(files.voters),
        "commission_key": files.commission_key.hex(),
        "fingerprint": files.fingerprint,
    }


def kit_told(files: StationFiles) -> str:
    """Return the command that checks a kit as its station does."""
    return f"dauys kit check {files.kit} --key {files.commission_key.hex()}"


def told(made: Simulated, words: Words) -> list[str]:
    """Return the lines that a person reads, what to do next last."""
    facts = {"ballots": made.ballots, "stations": made.stations, "entries": made.entries}
    return [
        words.say("record.made", record=str(made.record), **facts),
        f"dauys verify {made.record} --policy {made.policy}",
    ]
