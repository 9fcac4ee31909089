"""`dauys demo record`: play an election into a record, then verify it as anybody would."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from dauys.cli.demo_stations import DemoStations, real_scene
from dauys.cli.options import SpokenCommand, SpokenOption, lang_option, quiet_option, words_of
from dauys.cli.progress import Steps
from dauys.cli.render import console
from dauys.cli.simulate_record import make_scene, write_record
from dauys.cli.verify_page import lines_of
from dauys.cli.verify_progress import Bars
from dauys.record.book import open_record
from dauys.record.policy import parse_policy
from dauys.simulate.record import Simulated
from dauys.simulate.scene import Scene
from dauys.verify.options import Options
from dauys.verify.report import Effect, Report, Status
from dauys.verify.run import Verified, verify_record
from dauys.words import Words

SEED: Final = 1


@click.command("record", cls=SpokenCommand, help="help.demo_record", epilog="help.demo_record_example")
@click.argument("election", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), cls=SpokenOption, help="option.out_record"
)
@click.option(
    "--stations", type=click.IntRange(2, 50), default=8, show_default=True, cls=SpokenOption,
    help="option.stations",
)  # fmt: skip
@click.option(
    "--real", type=click.IntRange(0, 3), default=3, show_default=True, cls=SpokenOption, help="option.real"
)
@quiet_option
@lang_option
@click.pass_context
def command(context: click.Context, /, election: Path, out: Path, **given: Any) -> None:
    """Play and verify; exit 1 where a check of the record fails that could change a seat or a run-off."""
    language = words_of(context).language
    words = Words(language, "verify", "run", "cli")
    with Steps(quiet=given["quiet"]) as steps:
        with steps.step(words.say("record.preparing")):
            scene = make_scene(election, given["stations"], 0, SEED)
        live = None
        if given["real"]:
            scene, names = real_scene(scene, given["real"], SEED)
            say = partial(_line, steps, quiet=given["quiet"])
            live = DemoStations(out / "stations", names, SEED, say, words)
        made = _write(out, scene, steps, words, live)
    verified = _verify(made, words, quiet=given["quiet"])
    if not given["quiet"]:
        _say(made, verified, words)
    context.exit(int(changes_something(verified.report)))


def _line(steps: Steps, line: str, *, quiet: bool) -> None:
    if not quiet:
        steps.console.print(line, soft_wrap=True)


def _write(out: Path, scene: Scene, steps: Steps, words: Words, live: DemoStations | None) -> Simulated:
    try:
        return write_record(out, scene, SEED, steps, words, live=live)
    finally:
        if live is not None:
            live.leave()


def _verify(made: Simulated, words: Words, *, quiet: bool) -> Verified:
    with (
        tempfile.TemporaryDirectory(prefix="dauys-demo-") as work,
        open_record(str(made.record)) as record,
        Bars(words, quiet=quiet) as bars,
    ):
        policy = parse_policy(made.policy.read_bytes())
        return verify_record(record, Options(os.urandom(32), Path(work), policy=policy), bars)


def _say(made: Simulated, verified: Verified, words: Words) -> None:
    out = console()
    for line, style in lines_of(verified.report, words, made.ballots):
        out.print(line, style=style, highlight=False)
    out.print(words.say("demo.record_again", record=str(made.record), policy=str(made.policy)))


def changes_something(report: Report) -> bool:
    """Whether something failed that could change a seat or a run-off.

    Protocols that do not add up are part of the example, and change none.
    """
    return any(
        (f.seats, f.run_offs) != (Effect.NO, Effect.NO) for f in report.findings if f.status is Status.FAILED
    )
