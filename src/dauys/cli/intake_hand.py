"""`dauys intake hand-over`: what was received goes into the record."""

from __future__ import annotations

from pathlib import Path

import click

from dauys.cli.intake_words import reporting, say
from dauys.cli.options import lang_option
from dauys.cli.verbs import FOLDER, SETTINGS, Verb, report, words_for
from dauys.intake.count import forks
from dauys.intake.faults import IntakeError, at
from dauys.intake.hand_over import hand_over, received_devices
from dauys.intake.known import Directory, Known
from dauys.intake.shelf import read_intake
from dauys.record.book import device_folder
from dauys.record.checkpoint import Checkpoint
from dauys.record.faults import LogError


@click.command(cls=Verb, name="hand-over", context_settings=SETTINGS)
@click.argument("folder", type=FOLDER, metavar="FOLDER")
@click.argument("record", type=FOLDER, metavar="RECORD")
@lang_option
@reporting
def hand(folder: Path, record: Path) -> int:
    """Put the log of every device into a record; what one of them cannot stops no other."""
    read_intake(folder)
    public = record / "public" if (record / "public").is_dir() else record
    known, done, failed = Directory(str(public)).known, 0, 0
    for place, device in received_devices(folder):
        try:
            vote, tree = _hand_over(folder, public, place, device, known)
        except (IntakeError, LogError) as error:
            report(error.problem, words_for(click.get_current_context()))
            failed += 1
            continue
        say("intake.handed", device=device, vote=vote, count=tree.size)
        done += 1
    say("intake.handed_all", done=done, failed=failed, folder=str(public))
    proved = sum(1 for _ in forks(folder))
    if proved:
        say("intake.forks", count=proved, folder=str(folder / "evidence"))
    return 1 if failed or proved else 0


def _hand_over(folder: Path, public: Path, place: str, device: str, known: Known) -> tuple[str, Checkpoint]:
    """Return the vote of a device and its tree. Raises IntakeError U1.3 where there is none."""
    wanted = f"device/{place}/{device}"
    for (vote, name), installed in known.devices.items():
        if device_folder(vote, name) == wanted:
            return vote, hand_over(folder, public, vote, device, key=installed.key)
    raise IntakeError("U1.3", found=device, expected="an installed device", place=at(folder / wanted))
