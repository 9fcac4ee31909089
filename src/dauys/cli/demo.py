"""`dauys demo`: what nobody can see at a real election, played once with synthetic choices and real keys."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import click

from dauys.cli.demo_record import command as record_command
from dauys.cli.options import SpokenCommand, SpokenOption, json_option, lang_option, quiet_option, words_of
from dauys.cli.progress import Steps
from dauys.crypto.tally import ContestTotal
from dauys.formats.election_file import find_election, read_election
from dauys.simulate import ballots
from dauys.simulate.ballots import StationVotes
from dauys.simulate.fill import fill
from dauys.words import Words, group_digits

MINIMUM = 30
"""Fewest ballots of a station here, the privacy minimum of the ceremony's plan."""


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


@dataclass(frozen=True, slots=True)
class Played:
    """What was played: the stations, what came out of their sums, and the seconds of each part."""

    stations: list[StationVotes]
    totals: tuple[ContestTotal, ...]
    signers: list[int]
    openers: list[int]
    trustees: int
    ballot_bytes: int
    seconds: dict[str, float]

    def differences(self) -> list[tuple[str, str, int, int]]:
        """Return station, contest, votes reported and votes opened, wherever the two differ."""
        opened = {(t.unit, t.contest): t.votes for t in self.totals}
        return [
            (station.station, contest, sum(votes), sum(opened.get((station.station, contest), ())))
            for station in self.stations
            for contest, votes in station.votes.items()
            if opened.get((station.station, contest)) != votes
        ]


def play(path: Path, count: int, steps: Steps, words: Words) -> Played:
    """Return one ceremony, one wave and its totals over `count` electronic stations of an election."""
    seconds: dict[str, float] = {}
    began = time.monotonic()

    def lap(part: str) -> None:
        nonlocal began
        now = time.monotonic()
        seconds[part], began = now - began, now

    file = find_election(path)
    with steps.step(words.say("demo.reading")):
        election = read_election(file)
        filled = fill(election, file.parent, str(file))
        stations = ballots.stations_of(filled.election, filled.protocols, count, MINIMUM)
        seed = election.generator.seed if election.generator else 0
        plan = ballots.plan_of(election, stations, MINIMUM)
    lap("reading")
    number = len(election.trustees.members) if election.trustees else 0
    with steps.step(words.say("demo.ceremony", trustees=number)):
        table, keys = ballots.hold_ceremony(plan, number)
        entry = ballots.root_of(keys, stations)
    lap("ceremony")
    boxes: dict[str, list[bytes]] = {}
    total = sum(s.ballots for s in stations)
    with steps.step(words.say("demo.encrypting", ballots=total)):
        for station in stations:
            boxes[station.device] = ballots.encrypt(entry, station, ballots.choices(station, seed), seed)
            steps.tell(sum(map(len, boxes.values())), total)
    lap("encrypting")
    everybody = list(table.secrets)
    signers, openers = everybody[: keys.plan.quorum], everybody[-keys.plan.threshold :]
    with steps.step(words.say("demo.opening", ballots=total)):
        units = {s.station: s.device for s in stations}
        totals = ballots.open_sums(table, entry, units, boxes, signers=signers, openers=openers)
    lap("opening")
    size = max(len(ballot) for box in boxes.values() for ballot in box)
    return Played(stations, totals, signers, openers, number, size, seconds)


@command.command("tally", cls=SpokenCommand, help="help.demo_tally", epilog="help.demo_example")
@click.argument("election", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--stations",
    type=click.IntRange(1, 50),
    default=8,
    show_default=True,
    cls=SpokenOption,
    help="option.stations",
)
@json_option
@lang_option
@quiet_option
@click.pass_context
def tally(context: click.Context, election: Path, stations: int, as_json: bool, quiet: bool) -> None:
    """Play ceremony, ballots and tally; exit 1 where an opened total differs from what was voted."""
    words = Words(words_of(context).language, "demo", "cli")
    with Steps(quiet=quiet or as_json) as steps:
        played = play(election, stations, steps, words)
    differences = played.differences()
    if as_json:
        click.echo(json.dumps(document(played), ensure_ascii=False))
    elif not quiet:
        for line in report(played, words):
            click.echo(line)
    if differences:
        context.exit(1)


def document(played: Played) -> dict[str, object]:
    """Return the JSON of a rehearsal: figures, and every difference (none, if all is well)."""
    return {
        "stations": len(played.stations),
        "ballots": sum(s.ballots for s in played.stations),
        "ballot_bytes": played.ballot_bytes,
        "trustees": played.trustees,
        "signed_by": played.signers,
        "opened_by": played.openers,
        "totals": [
            {
                "station": t.unit,
                "contest": t.contest,
                "ballots": t.ballots,
                "votes": list(t.votes),
                "blanks": t.blanks,
            }
            for t in played.totals
        ],
        "differences": [
            {"station": s, "contest": c, "voted": v, "opened": o} for s, c, v, o in played.differences()
        ],
        "seconds": {part: round(value, 3) for part, value in played.seconds.items()},
    }


def report(played: Played, words: Words) -> list[str]:
    """Return the lines that a person reads, the answer last."""
    number = sum(s.ballots for s in played.stations)
    seconds = {part: f"{value:.1f}" for part, value in played.seconds.items()}
    lines = [
        words.say(
            "demo.keys", trustees=played.trustees, threshold=len(played.openers), seconds=seconds["ceremony"]
        ),
        words.say(
            "demo.ballots",
            ballots=group_digits(number),
            stations=len(played.stations),
            size=group_digits(played.ballot_bytes),
            seconds=seconds["encrypting"],
        ),
        words.say(
            "demo.wave",
            signers=", ".join(map(str, played.signers)),
            openers=", ".join(map(str, played.openers)),
            seconds=seconds["opening"],
        ),
    ]
    differences = played.differences()
    lines += [
        words.say("demo.difference", station=s, contest=c, voted=group_digits(v), opened=group_digits(o))
        for s, c, v, o in differences
    ]
    sums = len(played.totals)
    lines.append(
        words.say("demo.failed" if differences else "demo.agree", sums=sums, different=len(differences))
    )
    return lines
