"""`dauys cards`: for a commission that makes ballot cards."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

import click

from dauys.cli.card_sheet import card_sheet
from dauys.cli.new_file import write_new
from dauys.cli.options import lang_option, words_of
from dauys.crypto.cards import SECRET_BYTES, check_names, list_cards
from dauys.words import Words

MOST: Final = 20_000


def _words(context: click.Context) -> Words:
    return Words(words_of(context).language, "cards")


class _Spoken(click.Option):
    """An option whose help is in the catalog of this module."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help."""
        record = super().get_help_record(ctx)
        if record is None or self.help is None:
            return record
        return record[0], record[1].replace(self.help, _words(ctx).say(self.help), 1)


class _Told:
    """Help texts from the catalog of this module."""

    help: str | None

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the text with its paragraphs as they are."""
        formatter.write_paragraph()
        for line in _words(ctx).say(self.help or "").split("\n"):
            formatter.write(f"  {line}\n" if line else "\n")


class _Command(_Told, click.Command):
    """A command of this group."""


class _Group(_Told, click.Group):
    """The group."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their lines."""
        with formatter.section(_words(ctx).say("commands")):
            formatter.write_dl(
                [(name, _words(ctx).say(f"command.{name}")) for name in self.list_commands(ctx)]
            )


class _Device(click.ParamType[tuple[str, int]]):
    """`ID=COUNT`."""

    name = "ID=COUNT"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Return the device and its number of cards."""
        device, _, count = str(value).partition("=")
        if not (
            device and device.isascii() and len(device) <= 64 and count.isdecimal() and 0 < int(count) <= MOST
        ):
            words = Words("en", "cards") if ctx is None else _words(ctx)
            self.fail(words.say("bad.device", found=str(value), most=MOST), param, ctx)
        return device, int(count)


SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=_Group, name="cards", help="help.cards", context_settings=SETTINGS)
@lang_option
def command() -> None:
    """Hold the verbs."""


@command.command(cls=_Command, name="make", help="help.make", context_settings=SETTINGS)
@click.option("--vote", cls=_Spoken, required=True, metavar="ELECTION/ROUND/REPEAT", help="option.vote")
@click.option(
    "--device", "devices", cls=_Spoken, type=_Device(), multiple=True, required=True, help="option.device"
)
@click.option(
    "--lists",
    cls=_Spoken,
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="option.lists",
)
@click.option(
    "--sheets",
    cls=_Spoken,
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="option.sheets",
)
@lang_option
@click.pass_context
def make(
    context: click.Context, vote: str, devices: tuple[tuple[str, int], ...], lists: Path, sheets: Path
) -> None:
    """Draw secrets, write a sheet to print and a list to publish per device."""
    words = _words(context)
    drawn = {device: [secrets.token_bytes(SECRET_BYTES) for _ in range(count)] for device, count in devices}
    if len(drawn) < len(devices):
        raise click.UsageError(words.say("bad.twice"))
    check_names(vote, ((device, secret) for device, own in drawn.items() for secret in own))
    wanted = [
        folder / name for d in drawn for folder, name in ((lists, list_name(d)), (sheets, sheet_name(d)))
    ]
    for path in wanted:
        if path.exists():
            raise click.UsageError(words.say("bad.exists", path=str(path)))
    spoken = (Words("kk", "cards"), Words("ru", "cards"))
    for folder in (lists, sheets):
        folder.mkdir(parents=True, exist_ok=True)
    for device, own in drawn.items():
        made = list_cards(vote, device, own)
        write_new(sheets / sheet_name(device), "".join(card_sheet(vote, device, own, spoken)).encode())
        write_new(lists / list_name(device), made.encode(), 0o644)
        click.echo(words.say("made", count=len(own), device=device, hash=made.list_hash.hex()[:16]))
    click.echo(words.say("next", sheets=str(sheets), lists=str(lists)))


def list_name(device: str) -> str:
    """Return the name of a device's public list."""
    return f"cards-{device}.json"


def sheet_name(device: str) -> str:
    """Return the name of a device's sheet, which holds secrets."""
    return f"sheet-{device}.html"
