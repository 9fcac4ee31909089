"""A trustee on the night: signing waves, opening sums, and rehearsing it before (spec/trustees.md §5 and §8).

Sums come from the caller, who has verified every ballot of them; see `dauys.crypto.tally_files.VerifiedSum`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import combinations

from dauys import _core
from dauys.crypto import tally
from dauys.crypto.board import PublicKeys
from dauys.crypto.framing import fingerprint
from dauys.crypto.ledger import Ledger
from dauys.crypto.stick import Check, Outcome, Stick
from dauys.crypto.stick_files import TRANSCRIPT
from dauys.crypto.tally import TallyReport
from dauys.crypto.tally_files import (
    PartialFile,
    TallyFile,
    VerifiedSum,
    Wave,
    encode_partial,
    encode_wave_signature,
    parse_partial,
    parse_wave,
    parse_wave_signature,
    rehearsal_root,
)
from dauys.crypto.trustees import check_transcript
from dauys.errors import InputError, Place, Problem


def keys_of(stick: Stick) -> PublicKeys:
    """Return the keys of the finished ceremony. Raises InputError where it is unfinished or does not hold."""
    if TRANSCRIPT not in stick.files or not stick.secret.has_keys():
        raise InputError([Problem("K9.2", Place(file=TRANSCRIPT), "nothing", "a finished ceremony")])
    report = check_transcript(stick.files[TRANSCRIPT])
    if report.keys is None:
        raise InputError(report.problems)
    if report.keys.signing.get(stick.number) != stick.secret.public_key():
        raise InputError([Problem("K9.5", Place(file=TRANSCRIPT), "another key", "that of the stick")])
    return report.keys


def wave_name(number: int) -> str:
    """Return the name of a wave file."""
    return f"wave-{number}.json"


def ledger_of(stick: Stick) -> Ledger:
    """Return what this trustee has signed for."""
    return Ledger.parse(stick.secret.note("ledger"))


def read_wave(stick: Stick, keys: PublicKeys, number: int) -> Wave:
    """Return a wave that lies on the stick. Raises InputError for every fault of it."""
    name = wave_name(number)
    if name not in stick.files:
        raise InputError([Problem("K9.2", Place(file=name), found="nothing", expected="the wave")])
    wave = parse_wave(stick.files[name], name)
    problems = tally.check_wave(wave, keys.plan, number=number)
    if problems:
        raise InputError(problems)
    return wave


def wave_signatures(stick: Stick, wave: Wave) -> list[TallyFile]:
    """Return the signatures of a wave on the stick. Raises InputError for one that cannot be read."""
    prefix = f"wave-{wave.number}-signature-"
    return [
        parse_wave_signature(data, name)
        for name, data in sorted(stick.files.items())
        if name.startswith(prefix)
    ]


def sign_wave(stick: Stick, number: int) -> Outcome:
    """Return this trustee's signature of a wave; its devices and sums are entered in the ledger for ever.

    Raises InputError for a wave that breaks the rules; T3.1 and T3.2 for one that conflicts with the ledger.
    """
    keys = keys_of(stick)
    wave = read_wave(stick, keys, number)
    _enter(stick, wave)
    name = f"wave-{number}-signature-{stick.number}.json"
    files = {name: encode_wave_signature(wave, stick.number, stick.secret.sign)}
    signatures = wave_signatures(Stick(stick.secret, {**stick.files, **files}), wave)
    faults = tally.check_wave_signatures(wave, keys, signatures)
    few = any(fault.code == "T2.2" for fault in faults)
    named = tuple(fault for fault in faults if fault.code != "T2.2")
    good = len(signatures) - len(named)
    checks = (
        Check("wave", len(wave.units), len(wave.units)),
        Check("ledger", len(wave.devices), len(wave.devices)),
        Check("quorum", good, keys.plan.quorum),
    )
    following = "wait_quorum" if few else "decrypt"
    return Outcome(files, checks, named, following, fingerprint=fingerprint(wave.digest))


def _enter(stick: Stick, wave: Wave) -> None:
    ledger = ledger_of(stick)
    conflicts = ledger.conflicts(wave)
    if conflicts:
        raise InputError(conflicts)
    stick.secret.set_note("ledger", ledger.enter(wave).encode())


def check_sums_of(
    root: bytes | None, wave: Wave, keys: PublicKeys, sums: Sequence[VerifiedSum]
) -> list[Problem]:
    """Return why a wave is not of this root (T1.3), or not over these sums (T5.4)."""
    return tally.check_wave(wave, keys.plan, root, wave.number) or tally.check_sums(wave, sums)


def decrypt(stick: Stick, number: int, sums: Sequence[VerifiedSum], root: bytes | None = None) -> Outcome:
    """Return this trustee's partial decryptions of a wave in force, over sums verified by the caller.

    Raises InputError for a wave without its quorum (T2.2), a conflict with the ledger, or other sums (T5.4).
    """
    keys = keys_of(stick)
    wave = read_wave(stick, keys, number)
    faults = tally.check_wave_signatures(wave, keys, wave_signatures(stick, wave))
    if any(fault.code == "T2.2" for fault in faults):
        raise InputError(faults)
    problems = check_sums_of(root, wave, keys, sums)
    if problems:
        raise InputError(problems)
    _enter(stick, wave)
    name = f"partial-{number}-{stick.number}.json"
    files = {name: _own_partials(stick, keys, wave, sums, name)}
    checks = (
        Check("quorum", keys.plan.quorum, keys.plan.quorum),
        Check("sums", len(sums), len(sums)),
    )
    return Outcome(files, checks, tuple(faults), "totals", fingerprint=fingerprint(wave.digest))


def _own_partials(
    stick: Stick, keys: PublicKeys, wave: Wave, sums: Sequence[VerifiedSum], name: str
) -> bytes:
    """Return the file made before, if it is there and holds; else make it."""
    if name in stick.files:
        with suppress(InputError):
            made = parse_partial(stick.files[name], name)
            if made.number == stick.number and not tally.check_partial(wave, keys, made, sums):
                return stick.files[name]
    return _partials(stick, keys, wave, sums)


def _partials(stick: Stick, keys: PublicKeys, wave: Wave, sums: Sequence[VerifiedSum]) -> bytes:
    parts = []
    for one in sums:
        try:
            parts.append(tally.partial_decrypt(stick.secret, keys, stick.number, wave, one))
        except _core.CoreError as error:
            place = Place(path=f"{one.unit}/{one.contest}/a")
            raise InputError([Problem("T4.6", place, found=str(error.args[0]))]) from None
    return encode_partial(wave, stick.number, parts, stick.secret.sign)


def partial_files(stick: Stick, kind: str, number: int) -> tuple[list[PartialFile], list[Problem]]:
    """Return the partial decryptions on the stick and the problems of files that cannot be read."""
    found: list[PartialFile] = []
    problems: list[Problem] = []
    for name, data in sorted(stick.files.items()):
        if name.startswith(f"{kind}-{number}-"):
            try:
                found.append(parse_partial(data, name))
            except InputError as error:
                problems += error.problems
    return found, problems


def totals(stick: Stick, number: int, sums: Sequence[VerifiedSum]) -> TallyReport:
    """Return the totals of a wave from the partial decryptions on the stick; who is at fault is named."""
    keys = keys_of(stick)
    wave = read_wave(stick, keys, number)
    files, unread = partial_files(stick, "partial", number)
    report = tally.combine(wave, keys, sums, files)
    return TallyReport(report.totals, (*unread, *report.problems))


def with_totals(outcome: Outcome, report: TallyReport) -> Outcome:
    """Return the outcome with the totals that could be opened; too few parts are no fault, only not yet."""
    few = any(fault.code == "T5.1" for fault in report.problems)
    named = tuple(fault for fault in report.problems if fault.code != "T5.1")
    return replace(
        outcome,
        problems=(*outcome.problems, *named),
        totals=report.totals,
        next="totals" if few else "opened",
    )


def rehearse(stick: Stick, entry: bytes, wave: Wave, sums: Sequence[VerifiedSum], now: datetime) -> Outcome:
    """Return this trustee's partial decryptions of a rehearsal, whose root is that of `entry`.

    The caller has verified the ballots under that root: without valid proofs this would decrypt any point.
    Raises InputError (K9.6) once voting has opened or a wave has been signed.
    """
    keys = keys_of(stick)
    refuse_late_rehearsal(stick, keys, now)
    root = rehearsal_root(entry)
    problems = tally.check_wave(wave, keys.plan, root=root, rehearsal=True) or tally.check_sums(wave, sums)
    if problems:
        raise InputError(problems)
    name = f"rehearsal-{wave.number}-{stick.number}.json"
    files = {name: _own_partials(stick, keys, wave, sums, name)}
    checks = (Check("sums", len(sums), len(sums)),)
    return Outcome(files, checks, (), "rehearsed", fingerprint=fingerprint(wave.digest))


def refuse_late_rehearsal(stick: Stick, keys: PublicKeys, now: datetime) -> None:
    """Raise InputError (K9.6) from the opening on, or after the first signed wave."""
    opens = keys.plan.opens
    late = opens is not None and now >= datetime.fromisoformat(opens)
    if late or not ledger_of(stick).is_empty:
        found = "voting is open" if late else "a wave is signed"
        raise InputError([Problem("K9.6", Place(path="rehearse"), found=found, expected="before both")])


def with_subsets(outcome: Outcome, stick: Stick, wave: Wave, sums: Sequence[VerifiedSum]) -> Outcome:
    """Return the outcome of a rehearsal with what every subset of t opens, once all parts are there."""
    keys = keys_of(stick)
    files, unread = partial_files(stick, "rehearsal", wave.number)
    absent = set(range(1, keys.plan.trustees + 1)) - {file.number for file in files}
    if absent:
        return replace(outcome, problems=tuple(unread), waiting=tuple(sorted(absent)))
    tried, faults = every_subset(keys, wave, sums, files)
    subsets = Check("subsets", 0 if faults else tried, tried)
    report = tally.combine(wave, keys, sums, files)
    return replace(
        outcome,
        checks=(*outcome.checks, subsets),
        problems=(*unread, *faults),
        totals=report.totals,
        next="rehearsal_done",
    )


def every_subset(
    keys: PublicKeys, wave: Wave, sums: Sequence[VerifiedSum], files: Sequence[PartialFile]
) -> tuple[int, tuple[Problem, ...]]:
    """Return how many subsets of t trustees were tried, and the problems of those that differ."""
    tried, expected = 0, None
    problems: list[Problem] = []
    for subset in combinations(sorted(files, key=lambda file: file.number), keys.plan.threshold):
        tried += 1
        report = tally.combine(wave, keys, sums, subset)
        votes = [total.votes for total in report.totals]
        problems += report.problems
        expected = votes if expected is None else expected
        if votes != expected:
            named = ", ".join(str(file.number) for file in subset)
            problems.append(Problem("T5.2", Place(path="rehearsal"), found=f"trustees {named}"))
    return tried, tuple(problems)
