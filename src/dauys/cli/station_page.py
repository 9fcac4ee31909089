"""What `dauys station` says on its terminal."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import apsw
import click

from dauys.cli.new_file import write_new
from dauys.station.drive.load import Measured, quantile
from dauys.station.faults import StationError, at
from dauys.station.keeping.device_log import Tree
from dauys.station.keeping.folders import Media, write_durably
from dauys.station.process import swaps
from dauys.station.program import Station
from dauys.station.setup import INSTALLATION, Installed, key_code
from dauys.station.web.runner import Served
from dauys.station.web.terminals import Role
from dauys.verify.devices import spoken_code
from dauys.words import Words

#: Booths and desks that get a code at the start.
DESKS: Final = 2


def halves_in(folder: Path) -> list[Path]:
    """Return where the halves of a password go, in a folder that takes files. Raises StationError J1.1.

    Asked before a device is set up: the halves of another device are never written over, and a password that
    cannot be written is one that nobody has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"half-{number}.txt" for number in (1, 2)]
    for path in paths:
        if path.exists():
            raise StationError("J1.1", found="a half of a password", expected="nothing there", place=at(path))
    with tempfile.TemporaryFile(dir=folder):
        return paths


def tell_installed(made: Installed, media: Media, halves: Path | None, words: Words) -> None:
    """Show the two halves of the start password, each to one member; or write each to a file to be sealed."""
    if halves is not None:
        for path, half in zip(halves_in(halves), made.halves, strict=True):
            write_new(path, half.encode() + b"\n")
        click.echo(words.say("init.halves", folder=str(halves)))
    else:
        for number, half in enumerate(made.halves, 1):
            click.prompt(words.say("init.ready", number=number), default="", show_default=False)
            click.echo(f"\n    {half}\n")
            click.prompt(words.say("init.written"), default="", show_default=False)
            click.clear()
    fields = made.fields
    click.echo(words.say("init.done", device=fields["device"], station=fields["station"]))
    click.echo(words.say("init.key", key=fields["key"]))
    click.echo(words.say("init.code", code=key_code(fields["key"])))
    click.echo(words.say("init.software", software=fields["software"]))
    click.echo(words.say("init.act", file=str(media.first / INSTALLATION)))


def status(station: Station, words: Words) -> tuple[list[str], bool]:
    """Return how a device is, line by line, and whether all of it is as it must be."""
    lines = [
        words.say(
            "check.kit", station=station.kit.station, device=station.device.id, code=station.kit.fingerprint
        ),
        words.say("check.phase", phase=words.say(f"phase.{station.day.phase().value}")),
        words.say("check.sqlite", version=apsw.sqlite_lib_version()),
        words.say("check.second" if station.media.second else "check.single"),
    ]
    swapping = swaps()
    if swapping:
        lines.append(words.say("check.swap", names=", ".join(swapping)))
    size, root = station.opened.log.tree()
    lines.append(words.say("check.log", size=size, code=spoken_code(root)))
    decided = station.opened.decided
    if decided.reading is not None:
        lines.append(words.say("check.reading", size=decided.reading))
    elif size:
        lines.append(words.say("check.no_reading"))
    if decided.abandoned or decided.void or decided.owed:
        facts = {"abandoned": len(decided.abandoned), "void": decided.void, "owed": len(decided.owed)}
        lines.append(words.say("check.restart", **facts))
    printers, well = _printers(station, words)
    return [*lines, *printers], well and (station.media.rehearsal or not swapping)


def _printers(station: Station, words: Words) -> tuple[list[str], bool]:
    lines, well = [], True
    for number, glass in station.glasses.items():
        try:
            states = glass.states()
        except StationError as error:
            facts = {"found": error.problem.found, **error.problem.facts}
            lines.append(_printer_stops(words, number, error.code, facts))
            well = False
            continue
        for name, state in states.items():
            if state.stops is None:
                lines.append(words.say("check.booth", number=number, name=name))
                continue
            facts = {"found": state.fault or "–", "printer": name}
            lines.append(_printer_stops(words, number, state.stops, facts))
            well = False
    return lines, well


def _printer_stops(words: Words, booth: int, code: str, facts: Mapping[str, object]) -> str:
    """Return which printer does not print, why, and what members do, as the papers' catalog says it."""
    what = Words(words.language, "papers").say(code, **facts).rstrip(".")
    return words.say("check.booth_bad", number=booth, what=what, code=code)


def tell_start(station: Station, served: Served, words: Words, told: Path | None = None) -> None:
    """Say where the pages are, what booths have to trust, and a code for each screen.

    `told`: a file that a drill reads the same from.
    """
    for line in status(station, words)[0]:
        click.echo(line)
    click.echo(words.say("serve.at", url=served.url))
    if served.authority is not None:
        click.echo(words.say("serve.trust", url=f"{served.url}ca.pem", code=served.authority.fingerprint))
    codes: dict[Role, list[str]] = {
        "members": [served.invite("members")],
        "desk": [served.invite("desk", number) for number in range(1, DESKS + 1)],
        "booth": [served.invite("booth", number) for number in station.glasses],
    }
    for role, own in codes.items():
        for number, code in enumerate(own, 1):
            click.echo(words.say(f"serve.{role}", code=code, number=number))
    if told is not None:
        write_durably(told, json.dumps({"codes": codes, "url": served.url}).encode())


def tell_seal(tree: Tree, words: Words) -> None:
    """Show the seal: entries, and the first 100 bits of the root in 5 × 4 letters."""
    size, root = tree
    click.echo(words.say("seal.done", size=size, code=spoken_code(root)))
    click.echo(words.say("seal.next"))


def measured_lines(measured: Measured, words: Words) -> list[str]:
    """Return what people waited for, in milliseconds: the median, and what 99 in 100 did not exceed."""
    lines = [words.say("drive.people", count=len(measured.check_ins), seconds=f"{measured.seconds:.0f}")]
    for name in ("late", "check_ins", "part1", "part2"):
        values = getattr(measured, name)
        if values:
            half, most = (f"{1000 * quantile(values, share):.0f}" for share in (0.5, 0.99))
            lines.append(words.say(f"drive.{name}", half=half, most=most, count=len(values)))
    return lines
