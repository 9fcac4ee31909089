"""What a trustee opens comes from a record that its own program has verified (`spec/trustees.md` §9)."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dauys.cli.verify_progress import Bars
from dauys.crypto.boxes import RootEntry
from dauys.crypto.tally_files import VerifiedSum, Wave
from dauys.errors import InputError, Place, Problem
from dauys.record.book import open_record
from dauys.record.faults import LogError
from dauys.record.policy import parse_policy
from dauys.verify.context import Context
from dauys.verify.options import Options
from dauys.verify.report import Finding, Status
from dauys.verify.run import Verified, verify_record
from dauys.verify.tally import parse_waves
from dauys.verify.workers import WorkerError
from dauys.words import Words

CHAPTERS: Final = frozenset("LKBCT")
#: What may fail and stop nobody: single ballots and challenges that are left out and named, counts of a
#: station, and what a wave has only after it was signed.
TOLERATED: Final = (
    *(f"B{number}" for number in range(1, 14)),
    *("C2", "C3", "C4", "C6.1", "C6.2", "C6.3", "C6.4", "L9.5", "L9.7"),
    *("T2.2", "T5.1", "T5.4", "T7.5"),
)
#: What must have been looked at: a check that was not run is no ground to open anything.
NEEDED: Final = ("L8.1", "L8.2", "T7.1", "T7.2", "T7.3", "T7.4")


@dataclass(frozen=True, slots=True)
class Opened:
    """A wave of a verified record: root, wave entry, and the sums over its counted ballots."""

    root: RootEntry
    wave: Wave
    sums: tuple[VerifiedSum, ...]


def open_wave(address: str, policy_file: Path, vote: str, number: int, words: Words) -> Opened:
    """Return a wave, after the whole record was verified with a policy from outside.

    Raises InputError with every finding that forbids to sign or open, or why nothing can be read.
    """
    try:
        return _open_wave(address, policy_file, vote, number, words)
    except (LogError, WorkerError) as error:
        raise InputError([error.problem]) from error


def _open_wave(address: str, policy_file: Path, vote: str, number: int, words: Words) -> Opened:
    policy = parse_policy(policy_file.read_bytes(), str(policy_file))
    with tempfile.TemporaryDirectory(prefix="dauys-trustee-") as work, open_record(address) as record:
        options = Options(os.urandom(32), Path(work), policy=policy, chapters=CHAPTERS)
        with Bars(words, quiet=False) as bars:
            verified = verify_record(record, options, bars)
        problems = list(refusals(verified))
        if problems or verified.context is None:
            raise InputError(problems or [Problem("T6.5", Place(file=address))])
        return _opened(verified, verified.context, vote, number, address)


def refusals(verified: Verified) -> list[Problem]:
    """Return what forbids to go on: failed checks but those of single ballots, and needed ones not run."""
    found = [
        _problem(finding)
        for finding in verified.report.findings
        if finding.status is Status.FAILED and finding.code not in TOLERATED
    ]
    counts = verified.report.counts
    found += [
        Problem("T6.5", Place(path=code), found="not run", expected="a check that passed")
        for code in NEEDED
        if code not in counts or counts[code].not_run or not counts[code].passed
    ]
    return found


def _problem(finding: Finding) -> Problem:
    where = finding.where
    path = "/".join(part for part in (where.vote, where.device, where.field) if part)
    return Problem(finding.code, Place(file=where.file, path=path or None), finding.found, finding.expected)


def _opened(verified: Verified, context: Context, vote: str, number: int, address: str) -> Opened:
    told, counted = context.votes.get(vote), verified.counted
    waves = {key: parsed.wave for key, parsed in parse_waves(context).items()}
    wave = waves.get((vote, number))
    if told is None or told.root_entry is None or counted is None or wave is None:
        raise InputError([Problem("T1.4", Place(file=address), None, f"wave {number} of {vote}")])
    sums = []
    for unit in wave.units:
        devices = [one["id"] for one in unit["devices"]]
        for contest in unit["contests"]:
            own = counted.sums_of(vote, unit["id"], devices, contest["id"])
            if own is None:
                place = Place(path=f"{unit['id']}/{contest['id']}")
                raise InputError([Problem("T5.4", place, "no sum", "a sum over counted ballots")])
            sums.append(own)
    return Opened(told.root_entry, wave, tuple(sums))
