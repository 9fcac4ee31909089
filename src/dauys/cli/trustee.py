"""`dauys trustee`: the steps of a trustee on files carried on a stick (spec/trustees.md)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dauys import _core
from dauys.cli.options import SpokenCommand, SpokenOption, json_option, lang_option, words_of
from dauys.cli.render import console, sentence
from dauys.cli.stick import Folders, read_boxes
from dauys.crypto import stick as steps
from dauys.crypto import stick_tally
from dauys.crypto.boxes import check_boxes, parse_root, verified_sums, wave_of
from dauys.crypto.stick import Outcome, Stick
from dauys.crypto.stick_files import plan_of_stick
from dauys.errors import InputError, Place, Problem
from dauys.words import Words, group_digits

Run = Callable[[Stick], Outcome]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every step is given: folders, where the passphrase comes from, and how to talk."""

    folders: Folders
    passphrase_file: Path | None
    work: int | None
    as_json: bool
    yes: bool
    words: Words

    def passphrase(self, *, new: bool = False) -> str:
        """Return the passphrase, typed unseen or from a file; never an argument."""
        if self.passphrase_file is not None:
            return self.passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
        text = self.words.say("passphrase.new" if new else "passphrase.ask")
        again = self.words.say("passphrase.again") if new else False
        typed: str = click.prompt(text, hide_input=True, confirmation_prompt=again, err=True)
        return typed

    def confirm(self, key: str, **facts: object) -> None:
        """Ask before what cannot be undone; leave with 130 if the answer is no."""
        if not self.yes:
            click.echo(self.words.say(f"danger.{key}", **facts), err=True)
            click.confirm(self.words.say("danger.ask"), abort=True, err=True)

    def say(self, name: str, outcome: Outcome, stick: Stick | None) -> int:
        """Print what a step did; return the exit code: 0 done, 1 a check failed, 2 it could not begin."""
        if self.as_json:
            click.echo(json.dumps(_document(name, outcome, stick), ensure_ascii=False, indent=1))
        else:
            _print(outcome, stick, self)
        if outcome.problems:
            return 1
        return 2 if outcome.next.startswith(("wait_", "first_")) and not outcome.files else 0


def step_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of all steps and a `Desk` as its first argument."""

    @wraps(function)
    def run(**options: Any) -> None:
        context = click.get_current_context()
        words = Words(words_of(context).language, "trustee", "cli")
        desk = Desk(
            Folders(options.pop("stick"), options.pop("table")),
            options.pop("passphrase_file"),
            options.pop("work"),
            options.pop("as_json"),
            options.pop("yes"),
            words,
        )
        try:
            function(desk, **options)
        except InputError as error:
            _report(error, words)
            context.exit(2)

    folder = click.Path(path_type=Path, file_okay=False)
    decorators = [
        click.option("--stick", cls=Option, required=True, type=folder, help="option.stick"),
        click.option("--table", cls=Option, type=folder, help="option.table"),
        click.option(
            "--passphrase-file",
            cls=Option,
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="option.passphrase_file",
        ),
        # Cheaper sealing for rehearsals and tests, where nothing is secret.
        click.option("--work", type=click.IntRange(1, 22), hidden=True),
        click.option("--yes", cls=Option, is_flag=True, help="option.yes"),
        json_option,
        lang_option,
    ]
    for decorate in reversed(decorators):
        run = decorate(run)
    return run


class Option(SpokenOption):
    """An option whose `help` is a key of the locale files of trustees, or of those all commands share."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the person who asks."""
        record = click.Option.get_help_record(self, ctx)
        if record is None or self.help is None:
            return record
        words = Words(words_of(ctx).language, "trustee", "cli")
        return record[0], record[1].replace(self.help, words.say(self.help), 1)


class SpokenGroup(click.Group):
    """A group whose texts come from the locale files of trustees."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the steps in their order, each with its line."""
        words = Words(words_of(ctx).language, "trustee", "cli")
        rows = [(name, words.say(f"step.{name}")) for name in self.commands]
        with formatter.section(words.say("steps")):
            formatter.write_dl(rows)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write who this is for and an example."""
        words = Words(words_of(ctx).language, "trustee", "cli")
        formatter.write_paragraph()
        with formatter.indentation():
            for line in words.say("help.trustee").split("\n"):
                formatter.write_text(line)


class Step(SpokenCommand):
    """A step, whose help is `step.NAME` of the locale files."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the step does."""
        words = Words(words_of(ctx).language, "trustee", "cli")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(words.say(f"step.{self.name}"))


@click.group(cls=SpokenGroup, context_settings={"help_option_names": ["-h", "--help"]})
@lang_option
def command() -> None:
    """Hold the steps of a trustee."""


@command.command(cls=Step, name="init")
@click.option(
    "--plan",
    cls=Option,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="option.plan",
)
@click.option("--number", cls=Option, required=True, type=click.IntRange(min=1), help="option.number")
@click.option("--name", cls=Option, required=True, help="option.name")
@step_options
def init(desk: Desk, plan: Path, number: int, name: str) -> None:
    """Make a signing key and the stick."""
    folders = desk.folders
    if folders.secret.exists():
        raise InputError(
            [Problem("K9.2", Place(file=str(folders.secret)), "a secret file", "an empty stick")]
        )
    secret = _core.TrusteeSecret.create()
    outcome = steps.init(secret, plan.read_bytes(), number, name)
    sealed = secret.seal(desk.passphrase(new=True), desk.work)
    folders.save(sealed, outcome.files)
    _leave(desk.say("init", outcome, Stick(secret, outcome.files)))


@command.command(cls=Step, name="recipients")
@click.option("--attempt", type=click.IntRange(min=1), cls=Option, help="option.attempt")
@step_options
def recipients(desk: Desk, attempt: int | None) -> None:
    """Publish a one-time age recipient."""

    def run(stick: Stick) -> Outcome:
        if attempt is not None and attempt != stick.attempt:
            desk.confirm("attempt", old=str(stick.attempt), new=str(attempt))
        return steps.recipients(stick, attempt)

    _run(desk, "recipients", run)


@command.command(cls=Step, name="commit")
@step_options
def commit(desk: Desk) -> None:
    """Draw secret polynomials and commit to what they will show."""
    _run(desk, "commit", steps.commit)


@command.command(cls=Step, name="reveal")
@step_options
def reveal(desk: Desk) -> None:
    """Publish what was committed to."""
    _run(desk, "reveal", steps.reveal)


@command.command(cls=Step, name="check")
@step_options
def check(desk: Desk) -> None:
    """Check the reveals of all and the shares for this trustee."""
    _run(desk, "check", steps.check)


@command.command(cls=Step, name="complain")
@step_options
def complain(desk: Desk) -> None:
    """Publish the one-time identity, so that anyone can judge."""

    def run(stick: Stick) -> Outcome:
        desk.confirm("complain")
        return steps.complain(stick)

    _run(desk, "complain", run)


@command.command(cls=Step, name="sign")
@step_options
def sign(desk: Desk) -> None:
    """Sign the transcript and keep the finished share."""

    def run(stick: Stick) -> Outcome:
        checked = steps.check(stick)
        if checked.problems or checked.fingerprint is None:
            return checked
        if not stick.secret.has_keys():
            desk.confirm("sign", fingerprint=checked.fingerprint)
        return steps.sign(stick)

    _run(desk, "sign", run)


@command.command(cls=Step, name="sign-wave")
@click.option("--wave", required=True, type=click.IntRange(min=1), cls=Option, help="option.wave")
@step_options
def sign_wave(desk: Desk, wave: int) -> None:
    """Sign which devices are counted together."""

    def run(stick: Stick) -> Outcome:
        keys = stick_tally.keys_of(stick)
        entry = stick_tally.read_wave(stick, keys, wave)
        conflicts = stick_tally.ledger_of(stick).conflicts(entry)
        if conflicts:
            return Outcome(problems=tuple(conflicts), next="refused")
        desk.confirm("wave", count=len(entry.devices))
        return stick_tally.sign_wave(stick, wave)

    _run(desk, "sign-wave", run)


BOXES = (
    click.option(
        "--election",
        cls=Option,
        required=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="option.election",
    ),
    click.option(
        "--boxes",
        cls=Option,
        required=True,
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="option.boxes",
    ),
)


@command.command(cls=Step, name="decrypt")
@click.option("--wave", required=True, type=click.IntRange(min=1), cls=Option, help="option.wave")
@BOXES[0]
@BOXES[1]
@step_options
def decrypt(desk: Desk, wave: int, election: Path, boxes: Path) -> None:
    """Open this trustee's part of the sums of a wave, and the totals once there are enough parts."""

    def run(stick: Stick) -> Outcome:
        keys = stick_tally.keys_of(stick)
        entry = parse_root(election.read_bytes(), keys, str(election))
        found = stick_tally.read_wave(stick, keys, wave)
        sums = verified_sums(entry, entry.election(), found, read_boxes(boxes, found.devices))
        if f"partial-{wave}-{stick.number}.json" not in stick.files:
            desk.confirm("decrypt", count=sum(ballots for _, ballots in found.sums.values()))
        outcome = stick_tally.decrypt(stick, wave, sums, root=entry.root)
        full = Stick(stick.secret, {**stick.files, **outcome.files})
        return stick_tally.with_totals(outcome, stick_tally.totals(full, wave, sums))

    _run(desk, "decrypt", run)


@command.command(cls=Step, name="rehearse")
@BOXES[0]
@BOXES[1]
@step_options
def rehearse(desk: Desk, election: Path, boxes: Path) -> None:
    """Open sums of rehearsal ballots, and try every subset of trustees once all parts are there."""

    def run(stick: Stick) -> Outcome:
        keys = stick_tally.keys_of(stick)
        entry = parse_root(election.read_bytes(), keys, str(election))
        stick_tally.refuse_late_rehearsal(stick, keys, datetime.now(UTC))
        ballots = read_boxes(boxes)
        tested = entry.election(rehearsal=True)
        check_boxes(tested, ballots)
        seals = {"rehearsal": dict.fromkeys(ballots, (1, bytes(32)))}
        found = wave_of(entry, tested, 1, seals, ballots)
        sums = verified_sums(entry, tested, found, ballots)
        outcome = stick_tally.rehearse(stick, entry.data, found, sums, datetime.now(UTC))
        full = Stick(stick.secret, {**stick.files, **outcome.files})
        return stick_tally.with_subsets(outcome, full, found, sums)

    _run(desk, "rehearse", run)


def _run(desk: Desk, name: str, step: Run) -> None:
    """Open the stick, take the step, store the secret and then the files, and say what happened."""
    merged = desk.folders.read()
    passphrase = desk.passphrase()
    stick = desk.folders.open(passphrase, merged.files)
    try:
        outcome = step(stick)
    except _core.CoreError as error:
        raise InputError([Problem("K9.2", Place(path=name), found=str(error.args[0]))]) from None
    if merged.problems:
        outcome = replace(outcome, problems=(*merged.problems, *outcome.problems))
    sealed = stick.secret.seal(passphrase, desk.work)
    desk.folders.save(sealed, {**merged.files, **outcome.files})
    _leave(desk.say(name, outcome, stick))


def _leave(code: int) -> None:
    if code:
        click.get_current_context().exit(code)


def _print(outcome: Outcome, stick: Stick | None, desk: Desk) -> None:
    words, out = desk.words, console()
    if stick is not None:
        plan = plan_of_stick(stick.files)
        facts = {"number": str(stick.number), "trustees": str(plan.trustees), "attempt": str(stick.attempt)}
        out.print(words.say("you_are", **facts))
    for one in outcome.checks:
        out.print(f" {words.say(f'check.{one.key}', passed=one.passed, total=one.total)}")
    for problem in outcome.problems:
        out.print(f" {sentence(problem, words)}", style="red")
        if "trustee" in problem.facts:
            out.print(f"   {words.say('named', trustee=str(problem.facts['trustee']))}")
    for total in outcome.totals:
        row: dict[str, object] = {
            "unit": total.unit,
            "contest": total.contest,
            "votes": " ".join(group_digits(votes) for votes in total.votes),
            "blanks": total.blanks,
            "ballots": total.ballots,
        }
        out.print(words.say("total.row", **row))
    if outcome.waiting:
        listed = ", ".join(str(number) for number in outcome.waiting)
        out.print(words.say("waiting", count=len(outcome.waiting), listed=listed))
    first = outcome.next == "recipients"
    if outcome.fingerprint:
        out.print(words.say("read_own" if first else "read_aloud", fingerprint=outcome.fingerprint))
    if outcome.next:
        table = f" --table {desk.folders.table}" if desk.folders.table else ""
        out.print(words.say(f"next.{outcome.next}", options=f"--stick {desk.folders.stick}{table}"))


def _document(name: str, outcome: Outcome, stick: Stick | None) -> Mapping[str, object]:
    return {
        "step": name,
        "trustee": stick.number if stick else None,
        "attempt": stick.attempt if stick else None,
        "checks": [{"check": one.key, "passed": one.passed, "total": one.total} for one in outcome.checks],
        "problems": [
            {
                "code": problem.code,
                "file": problem.place.file,
                "path": problem.place.path,
                "found": problem.found,
                "expected": problem.expected,
                "trustee": problem.facts.get("trustee"),
            }
            for problem in outcome.problems
        ],
        "totals": [
            {
                "unit": total.unit,
                "contest": total.contest,
                "ballots": total.ballots,
                "votes": list(total.votes),
                "blanks": total.blanks,
                "trustees": list(total.trustees),
            }
            for total in outcome.totals
        ],
        "waiting": list(outcome.waiting),
        "fingerprint": outcome.fingerprint,
        "files": sorted(outcome.files),
        "next": outcome.next,
    }


def _report(error: InputError, words: Words) -> None:
    out = console(sys.stderr)
    for problem in error.problems:
        out.print(f"{words.say('error')}: {sentence(problem, words)}", style="red")
