"""`dauys station`: one laptop of a polling station, from its kit to its seal."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import click

from dauys.cli.log_words import PublicKey
from dauys.cli.options import lang_option
from dauys.cli.progress import Steps
from dauys.cli.station_page import halves_in, measured_lines, status, tell_installed, tell_seal, tell_start
from dauys.cli.station_printers import Fitting
from dauys.cli.station_reading import READING, last_reading
from dauys.cli.verbs import FILE, FOLDER, SETTINGS, Option, Verb, Verbs, reporting, words_for
from dauys.record.disk import Disk
from dauys.station.day.media import replace_second
from dauys.station.day.people import decision
from dauys.station.drive.load import Load, Pace, crowd
from dauys.station.export import export
from dauys.station.faults import StationError, at
from dauys.station.keeping.closing import CardCount
from dauys.station.keeping.folders import Media
from dauys.station.process import leave_nothing
from dauys.station.program import Station, drill_clock, open_station
from dauys.station.setup import install
from dauys.station.web.members.of_station import night_of
from dauys.station.web.runner import Address, running
from dauys.verify.kit import read_kit

PORT: Final = 8443
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _media(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that say where the media of the device are."""
    options = (
        click.option(
            "--first", cls=Option, type=FOLDER, required=True, envvar="DAUYS_FIRST", help="option.first"
        ),
        click.option("--second", cls=Option, type=FOLDER, envvar="DAUYS_SECOND", help="option.second"),
        click.option(
            "--stick", cls=Option, type=FOLDER, required=True, envvar="DAUYS_STICK", help="option.stick"
        ),
        click.option("--rehearsal", cls=Option, is_flag=True, help="option.rehearsal"),
        click.option("--clock", cls=Option, type=FILE, hidden=True),
    )
    for option in reversed(options):
        function = option(function)
    return function


PASSWORD: Final[Decorator] = click.option(
    "--password", cls=Option, type=FILE, metavar="FILE", help="option.password"
)
BOOTH: Final[Decorator] = click.option(
    "--booth", "booths", cls=Option, type=Fitting(), multiple=True, metavar="PRINTERS", help="option.booth"
)


@click.group(cls=Verbs, name="station", context_settings=SETTINGS)
@lang_option
def command() -> None:
    """Hold the verbs."""


@command.command(cls=Verb, name="init", context_settings=SETTINGS)
@click.argument("kit", type=FILE, metavar="KIT")
@click.option("--device", cls=Option, required=True, metavar="ID", help="option.device")
@click.option("--commission", cls=Option, type=PublicKey(), metavar="KEY", help="option.commission")
@click.option("--halves", cls=Option, type=FOLDER, metavar="DIR", help="option.halves")
@_media
@lang_option
@reporting
def init(kit: Path, device: str, **given: Any) -> int:
    """Set a device up from its kit."""
    media = _at(given)
    if given["halves"] is None and not sys.stdin.isatty():
        # Asked first: what nobody has seen opens nothing.
        raise StationError("J1.1", found="no terminal", expected="--halves DIR", hint="halves")
    if given["halves"] is not None:
        halves_in(given["halves"])
    for folder in (media.first, media.second, given["stick"]):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    words = words_for(click.get_current_context())
    try:
        made = install(kit, device, media, given["stick"], os.urandom, key=given["commission"])
        tell_installed(made, media, given["halves"], words)
    except (KeyboardInterrupt, click.Abort):
        # Something was written, and a password that was not shown to its end opens nothing.
        click.echo(words.say("init.interrupted"), err=True)
        return 130
    return 0


@command.command(cls=Verb, name="check", context_settings=SETTINGS)
@_media
@PASSWORD
@READING
@BOOTH
@lang_option
@reporting
def check(**given: Any) -> int:
    """Open the device and tell how it is."""
    words = words_for(click.get_current_context())
    with _open(given) as station:
        lines, well = status(station, words)
        for line in lines:
            click.echo(line)
    return 0 if well else 1


@command.command(cls=Verb, name="serve", context_settings=SETTINGS)
@_media
@PASSWORD
@READING
@BOOTH
@click.option(
    "--host", cls=Option, default="127.0.0.1", show_default=True, metavar="ADDRESS", help="option.host"
)
@click.option("--told", cls=Option, type=FILE, hidden=True)
@click.option(
    "--port", cls=Option, type=click.IntRange(0, 65535), default=PORT, show_default=True, help="option.port"
)
@lang_option
@reporting
def serve(host: str, port: int, told: Path | None, **given: Any) -> int:
    """Serve the pages of members, desks and booths until told to stop."""
    words = words_for(click.get_current_context())
    with (
        _open(given) as station,
        running(station, Address(host, port, loopback=_is_loopback(host))) as served,
    ):
        tell_start(station, served, words, told)
        # Ctrl+C, and what a system sends that shuts down.
        signal.signal(signal.SIGTERM, lambda *_: served.stopped.set())
        try:
            served.stopped.wait()
        except KeyboardInterrupt:
            click.echo(words.say("serve.stopped"), err=True)
    return 0


@command.command(cls=Verb, name="seal", context_settings=SETTINGS)
@_media
@PASSWORD
@READING
@click.option(
    "--cards", cls=Option, type=click.IntRange(0), nargs=5,
    metavar="RECEIVED RETURNED SPOILED UNUSED MISSING", help="option.cards",
)  # fmt: skip
@click.option("--outside", cls=Option, metavar="REASON", help="option.outside")
@click.option("--apart", cls=Option, metavar="REASON", help="option.apart")
@click.option("--member", "members", cls=Option, multiple=True, metavar="NAME", help="option.member")
@lang_option
@reporting
def seal(cards: tuple[int, int, int, int, int] | None, **given: Any) -> int:
    """Write the last batch and *close*, sign, and show the seal.

    With the cards that two people typed on the members' screens; `cards` are taken in a simulation alone.
    """
    # Apart from each other: whoever decides about the hour has decided nothing about numbers.
    decided, accepted = (
        None if given[one] is None else decision(given["members"], given[one]) for one in ("outside", "apart")
    )
    with _open({**given, "booths": ()}) as station:
        if cards is None:
            tree = night_of(station).seal(decided=decided, accepted=accepted)
        else:
            tree = station.seal(CardCount(*cards), decided=decided, accepted=accepted)
        tell_seal(tree, words_for(click.get_current_context()))
    return 0


@command.command(cls=Verb, name="export", context_settings=SETTINGS)
@click.argument("medium", type=FOLDER, metavar="MEDIUM")
@click.argument("stick", type=FOLDER, metavar="DIR")
@lang_option
@reporting
def export_verb(medium: Path, stick: Path) -> int:
    """Copy what is public from either medium to a stick."""
    done = export(medium, stick, Disk())
    words = words_for(click.get_current_context())
    click.echo(
        words.say("export.done", device=done.device, size=done.size, files=done.files, folder=str(stick))
    )
    return 0


@command.command(cls=Verb, name="replace", context_settings=SETTINGS)
@_media
@PASSWORD
@lang_option
@reporting
def replace(**given: Any) -> int:
    """Make an empty folder the second medium, in the place of a lost one."""
    media, words = _at(given), words_for(click.get_current_context())
    replace_second(media, given["stick"], _password(given["password"]), os.urandom)
    click.echo(words.say("replace.done", folder=str(media.second)))
    return 0


@command.command(cls=Verb, name="drive", context_settings=SETTINGS)
@click.argument("url", metavar="ADDRESS")
@click.option("--kit", cls=Option, type=FILE, required=True, metavar="KIT", help="option.kit")
@click.option("--letters", cls=Option, type=FILE, required=True, metavar="FILE", help="option.letters")
@click.option("--desk", "desks", cls=Option, multiple=True, required=True, metavar="CODE", help="option.desk")
@click.option(
    "--booth", "booths", cls=Option, multiple=True, required=True, metavar="CODE", help="option.code"
)
@click.option(
    "--people", cls=Option, type=click.IntRange(1), default=60, show_default=True, help="option.people"
)
@click.option(
    "--minutes",
    cls=Option,
    type=click.FloatRange(0.01),
    default=15.0,
    show_default=True,
    help="option.minutes",
)
@click.option(
    "--electronic",
    cls=Option,
    type=click.IntRange(0, 100),
    default=50,
    show_default=True,
    help="option.electronic",
)
@click.option(
    "--from", "first", cls=Option, type=click.IntRange(1), default=1, show_default=True, help="option.from"
)
@lang_option
@reporting
def drive(url: str, kit: Path, letters: Path, **given: Any) -> int:
    """Let simulated people use the pages of a station, and tell how long they waited."""
    known = read_kit(kit, None)
    if known.simulation is None:
        raise StationError("J3.10", found=known.vote_id, expected="a simulation", place=at(kit))
    pace = Pace(given["people"], given["minutes"], given["electronic"])
    try:
        people = list(crowd(known, pace, given["first"], len(given["booths"])))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--people") from error
    cards = letters.read_text(encoding="ascii", errors="replace").split()
    with Steps() as steps, steps.step(words_for(click.get_current_context()).say("drive.running")):
        load = Load(url, given["desks"], given["booths"], cards, lambda done: steps.tell(done, pace.total))
        measured = load.run(people, pace)
    for line in measured_lines(measured, words_for(click.get_current_context())):
        click.echo(line)
    return 0


def _at(given: dict[str, Any]) -> Media:
    return Media(given["first"], given["second"], given["rehearsal"])


def _open(given: dict[str, Any]) -> AbstractContextManager[Station]:
    leave_nothing()
    printers = dict(enumerate(given["booths"], 1))
    clocks = drill_clock(given["clock"]) if given["clock"] else None
    password = _password(given["password"])
    told = last_reading(given["reading"], words_for(click.get_current_context()))
    return open_station(_at(given), given["stick"], password, printers, os.urandom, clocks=clocks, told=told)


def _password(file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except UnicodeDecodeError as error:
            raise StationError("J1.1", found="no text", expected="a password", place=at(file)) from error
    words = words_for(click.get_current_context())
    halves = [click.prompt(words.say(f"ask.half_{half}"), hide_input=True) for half in ("first", "second")]
    return " ".join(half.strip() for half in halves)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
