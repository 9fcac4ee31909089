"""`dauys demo`: what nobody can see at a real election, played once with synthetic choices and real keys."""

from __future__ import annotations

import click

from dauys.cli.demo_record import command as record_command
from dauys.cli.options import SpokenCommand, words_of


class _Group(SpokenCommand, click.Group):
    """The commands below `demo`, their lines from the locale files."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = words_of(ctx)
        with formatter.section(words.say("group.learn")):
            formatter.write_dl(
                [(name, words.say(f"command.demo_{name}")) for name in self.list_commands(ctx)]
            )


@click.group("demo", cls=_Group, help="help.demo", short_help="command.demo")
def command() -> None:
    """Hold the commands; the text of the help page is in the locale files."""


command.add_command(record_command)
