"""`dauys trustee`: the steps of a trustee on files carried on a stick (spec/trustees.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from dauys import _core
from dauys.cli.options import lang_option
from dauys.cli.stick import read_boxes
from dauys.cli.trustee_desk import Desk, Option, SpokenGroup, Step, step_options
from dauys.cli.trustee_record import Opened, open_wave
from dauys.crypto import stick as steps
from dauys.crypto import stick_tally
from dauys.crypto.boxes import check_boxes, parse_root, verified_sums, wave_of
from dauys.crypto.stick import Outcome, Stick
from dauys.errors import InputError, Place, Problem
from dauys.words import Words

Run = Callable[[Stick], Outcome]


@click.group(cls=SpokenGroup, context_settings={"help_option_names": ["-h", "--help"]})
@lang_option
def command() -> None:
    """Hold the steps of a trustee."""


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


RECORD = (
    click.option("--record", "address", cls=Option, required=True, help="option.record"),
    click.option(
        "--policy",
        cls=Option,
        required=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="option.record_policy",
    ),
)


def _wave_of_record(desk: Desk, stick: Stick, address: str, policy: Path, number: int) -> Opened:
    """Return the wave of a record verified now. Raises InputError where the stick has another one."""
    vote = stick.secret.note("vote_id").decode()
    language = desk.words.language
    opened = open_wave(address, policy, vote, number, Words(language, "verify", "cli"))
    name = stick_tally.wave_name(number)
    if stick.files.get(name, opened.wave.data) != opened.wave.data:
        raise InputError([Problem("T2.4", Place(file=name), "another wave", "the wave of the record")])
    return opened


@command.command(cls=Step, name="sign-wave")
@click.option("--wave", required=True, type=click.IntRange(min=1), cls=Option, help="option.wave")
@RECORD[0]
@RECORD[1]
@step_options
def sign_wave(desk: Desk, wave: int, address: str, policy: Path) -> None:
    """Sign which devices are counted together, after verifying the whole record."""

    def run(stick: Stick) -> Outcome:
        keys = stick_tally.keys_of(stick)
        opened = _wave_of_record(desk, stick, address, policy, wave)
        conflicts = stick_tally.ledger_of(stick).conflicts(opened.wave)
        faults = conflicts or stick_tally.check_sums_of(opened.root.root, opened.wave, keys, opened.sums)
        if faults:
            return Outcome(problems=tuple(faults), next="refused")
        desk.confirm("wave", count=len(opened.wave.devices))
        known = {stick_tally.wave_name(wave): opened.wave.data}
        outcome = stick_tally.sign_wave(Stick(stick.secret, {**stick.files, **known}), wave)
        return replace(outcome, files={**known, **outcome.files})

    _run(desk, "sign-wave", run)


@command.command(cls=Step, name="decrypt")
@click.option("--wave", required=True, type=click.IntRange(min=1), cls=Option, help="option.wave")
@RECORD[0]
@RECORD[1]
@step_options
def decrypt(desk: Desk, wave: int, address: str, policy: Path) -> None:
    """Open this trustee's part of the sums of a wave, and the totals once there are enough parts."""

    def run(stick: Stick) -> Outcome:
        opened = _wave_of_record(desk, stick, address, policy, wave)
        known = {stick_tally.wave_name(wave): opened.wave.data}
        full = Stick(stick.secret, {**stick.files, **known})
        if f"partial-{wave}-{stick.number}.json" not in stick.files:
            desk.confirm("decrypt", count=sum(ballots for _, ballots in opened.wave.sums.values()))
        outcome = stick_tally.decrypt(full, wave, opened.sums, root=opened.root.root)
        full = Stick(stick.secret, {**full.files, **outcome.files})
        return stick_tally.with_totals(outcome, stick_tally.totals(full, wave, opened.sums))

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
