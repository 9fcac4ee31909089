"""The command `dauys`: one group, its commands sorted by the person who uses them and loaded when called."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import click

from dauys import __version__
from dauys.cli.options import lang_option, words_of
from dauys.errors import DecisionError, InputError

#: The people of the help page, in order; each is a sentence `group.NAME` of the locale files.
PEOPLE = ("publish", "check", "trustee", "commission", "learn")


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: `module` holds it as `command`, and `command.NAME` of the locale files is its line."""

    name: str
    person: str
    module: str


#: Every command there is. One whose module is not installed is not offered.
COMMANDS: tuple[Entry, ...] = (
    Entry("run", "publish", "dauys.cli.run"),
    Entry("count", "publish", "dauys.cli.count"),
    Entry("site", "publish", "dauys.cli.site"),
    Entry("verify", "check", "dauys.cli.verify"),
    Entry("witness", "check", "dauys.cli.witness"),
    Entry("mirror", "check", "dauys.cli.mirror"),
    Entry("trustee", "trustee", "dauys.cli.trustee"),
    Entry("station", "commission", "dauys.cli.station"),
    Entry("protocol", "commission", "dauys.cli.protocol"),
    Entry("cards", "commission", "dauys.cli.cards"),
    Entry("kit", "commission", "dauys.cli.kit"),
    Entry("log", "commission", "dauys.cli.log"),
    Entry("intake", "commission", "dauys.cli.intake"),
    Entry("simulate", "learn", "dauys.cli.simulate"),
    Entry("bench", "learn", "dauys.cli.bench"),
    Entry("demo", "learn", "dauys.cli.demo"),
)


class ByPerson(click.Group):
    """A group that imports a command when it is called, and turns errors of the library into exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands that are installed."""
        del ctx
        return [entry.name for entry in COMMANDS if find_spec(entry.module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        del ctx
        entry = next((e for e in COMMANDS if e.name == cmd_name and find_spec(e.module)), None)
        if entry is None:
            return None
        command = import_module(entry.module).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.module}.command is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under the people who use them, without importing any."""
        words = words_of(ctx)
        for person in PEOPLE:
            rows = [
                (entry.name, words.say(f"command.{entry.name}"))
                for entry in COMMANDS
                if entry.person == person and find_spec(entry.module)
            ]
            if rows:
                with formatter.section(words.say(f"group.{person}")):
                    formatter.write_dl(rows)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the program is for."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(words_of(ctx).say("help.dauys"))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write an example that runs."""
        formatter.write_paragraph()
        formatter.write(words_of(ctx).say("help.dauys_example") + "\n")

    def invoke(self, ctx: click.Context) -> object:
        """Run the command: 2 where the input cannot be used, 130 where a person interrupts."""
        try:
            return super().invoke(ctx)
        except (InputError, DecisionError) as error:
            # Imported here: a run without errors does not pay for it.
            from dauys.cli.render import report_error  # noqa: PLC0415

            report_error(error, words_of(ctx).language)
            ctx.exit(2)
        except (KeyboardInterrupt, click.Abort):
            click.echo(words_of(ctx).say("interrupted"), err=True)
            ctx.exit(130)


@click.group(cls=ByPerson, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@lang_option
@click.version_option(__version__, message="dauys %(version)s")
def cli() -> None:
    """Hold the commands; the text of the help page is in the locale files."""


def main() -> None:
    """Run `dauys` with the arguments of the process and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets its escape instead of a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    cli()
