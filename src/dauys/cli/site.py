"""`dauys site DIR`: the public site from the data of a result, and on request a server to look at it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from dauys.cli.options import SpokenCommand, SpokenOption, lang_option, quiet_option, words_of
from dauys.cli.progress import Steps
from dauys.errors import InputError, Place, Problem
from dauys.record.book import open_record
from dauys.record.faults import LogError
from dauys.record.mirror import Mirror
from dauys.site import BASE_URL, build
from dauys.site.colours import LEAST_DISTANCE
from dauys.site.serve import make_server
from dauys.words import Words


@click.command(
    cls=SpokenCommand,
    name="site",
    help="help.site",
    short_help="command.site",
    epilog="help.site_example",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--serve", "port", type=click.IntRange(0, 65535), cls=SpokenOption, help="option.serve", metavar="PORT"
)
@click.option(
    "--base-url", default=BASE_URL, show_default=True, cls=SpokenOption, help="option.base_url", metavar="URL"
)
@click.option("--record", metavar="RECORD", cls=SpokenOption, help="option.site_record")
@click.option("--keep", is_flag=True, cls=SpokenOption, help="option.keep")
@quiet_option
@lang_option
@click.pass_context
def command(context: click.Context, /, folder: Path, **given: Any) -> None:
    """Make DIR/site from DIR/data, then serve it where a port is given."""
    words = Words(words_of(context).language, "cli", "run")
    site = folder / "site"
    if not (given["keep"] and (site / "index.html").is_file()):
        _make(folder, words, given["base_url"].rstrip("/") + "/", given["quiet"])
    if given["record"] is not None:
        _copy(given["record"], site / "record", words, given["quiet"])
    if given["port"] is not None:
        _serve(site, given["port"], words)


def _copy(address: str, target: Path, words: Words, quiet: bool) -> None:
    """Copy a record into the site, every file checked. Raises InputError with why it cannot be."""
    try:
        with (
            open_record(address) as record,
            Steps(quiet=quiet) as steps,
            steps.step(words.say("run.writing")),
        ):
            mirror = Mirror(record, target, lambda _, __: steps.tell(mirror.copied.files, None))
            mirror.run(())
    except LogError as error:
        raise InputError([error.problem]) from error


def _make(folder: Path, words: Words, base_url: str, quiet: bool) -> None:
    started = time.monotonic()
    site = folder / "site"
    with Steps(quiet=quiet) as steps, steps.step(words.say("run.site")):
        try:
            built = build(folder / "data", site, progress=steps.tell, base_url=base_url)
        except FileExistsError as error:
            raise InputError([Problem("E6.4", Place(file=str(site)), hint="other_folder")]) from error
    for c in built.close:
        facts = {"one": c.one, "other": c.other, "theme": c.theme, "vision": c.vision}
        distance = f"{c.distance:.0f}"
        line = words.say("site.close_colours", **facts, distance=distance, least=str(LEAST_DISTANCE))
        click.echo(line, err=True)
    seconds = f"{time.monotonic() - started:.1f}"
    if not quiet:
        click.echo(words.say("site.done", count=built.pages, file=str(site / "index.html"), seconds=seconds))


def _serve(site: Path, port: int, words: Words) -> None:
    """Serve the site until it is interrupted. Raises InputError where the port is taken."""
    try:
        server = make_server(site, port)
    except OSError as error:
        raise InputError([Problem("E6.5", facts={"found": str(port)}, hint="other_port")]) from error
    with server:
        host, number = server.server_address[:2]
        address = f"http://{host!s}:{number}/"
        click.echo(words.say("site.serving", address=address))
        if (site / "record" / "checkpoint").is_file():
            click.echo(words.say("site.verify_at", address=f"{address}verify/"))
        server.serve_forever()
