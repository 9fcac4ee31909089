"""Waves, partial decryptions and totals: pure functions of files and verified sums (spec/trustees.md §5).

That a sum was made of exactly the counted ballots is the caller's word, given by making a `VerifiedSum`; here
it is held against the `S` that a quorum of trustees signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dauys import _core
from dauys.crypto.board import PublicKeys
from dauys.crypto.ceremony_files import Plan
from dauys.crypto.framing import holds
from dauys.crypto.tally_files import (
    PartialFile,
    PartialSum,
    SumKey,
    TallyFile,
    VerifiedSum,
    Wave,
    partial_hash,
)
from dauys.errors import Place, Problem

_IDENTITY = bytes(32)
Fault = Callable[[str, str, str, str], None]


@dataclass(frozen=True, slots=True)
class ContestTotal:
    """An opened sum: votes by option, blanks, and the trustees whose parts were combined."""

    unit: str
    contest: str
    ballots: int
    votes: tuple[int, ...]
    blanks: int
    trustees: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TallyReport:
    """What came of combining: totals as far as they could be opened, and every problem with who caused it."""

    totals: tuple[ContestTotal, ...]
    problems: tuple[Problem, ...]


def check_wave(
    wave: Wave, plan: Plan, root: bytes | None = None, number: int | None = None, *, rehearsal: bool = False
) -> list[Problem]:
    """Return faults of a wave entry: T1.3–T1.8. `root` and `number`: what the caller expects, if it knows.

    A rehearsal needs no privacy minimum: its ballots are nobody's.
    """
    minimum = 1 if rehearsal else plan.minimum
    name, found = wave.place.file, []

    def fault(code: str, path: str, what: str, expected: str) -> None:
        found.append(Problem(code, Place(file=name, path=path), found=what, expected=expected))

    if wave.vote_id != plan.vote_id:
        fault("T1.3", "vote_id", wave.vote_id[:80], plan.vote_id)
    if root is not None and wave.root != root:
        fault("T1.3", "root", wave.root.hex()[:16] + "…", root.hex()[:16] + "…")
    if wave.number < 1 or (number is not None and wave.number != number):
        fault("T1.4", "wave", str(wave.number), str(number or "1 or more"))
    _check_order([unit["id"] for unit in wave.units], "units", fault)
    if len(set(wave.devices)) != len(wave.devices):
        fault("T1.5", "units", "a device twice", "each device once")
    for place, unit in enumerate(wave.units):
        path = f"units[{place}]"
        _check_order([device["id"] for device in unit["devices"]], f"{path}.devices", fault)
        _check_order([contest["id"] for contest in unit["contests"]], f"{path}.contests", fault)
        for at, device in enumerate(unit["devices"]):
            if device["size"] < 1:
                fault("T1.6", f"{path}.devices[{at}].size", "0", "the size of a sealed log")
        for at, contest in enumerate(unit["contests"]):
            if plan.contest(contest["id"]) is None:
                fault("T1.7", f"{path}.contests[{at}].id", contest["id"], "a contest of the plan")
            if contest["ballots"] < minimum:
                what = str(contest["ballots"])
                fault("T1.8", f"{path}.contests[{at}].ballots", what, f"at least {minimum}")
    return found


def _check_order(ids: Sequence[str], path: str, fault: Fault) -> None:
    if not ids or list(ids) != sorted(set(ids)):
        fault("T1.5", path, f"{len(ids)} ids", "one or more, sorted, each once")


def check_wave_signatures(wave: Wave, keys: PublicKeys, signatures: Iterable[TallyFile]) -> list[Problem]:
    """Return faults of the signatures beside a wave: T2.1–T2.4. T2.2, too few good ones: not in force."""
    found: list[Problem] = []
    good: set[int] = set()
    for file in signatures:
        fault = _signature_fault(wave, keys, file, good)
        if fault:
            found.append(Problem(fault, file.place, facts={"trustee": file.number}))
        else:
            good.add(file.number)
    if len(good) < keys.plan.quorum:
        place = Place(file=wave.place.file, path="signatures")
        found.append(Problem("T2.2", place, found=str(len(good)), expected=str(keys.plan.quorum)))
    return found


def _signature_fault(wave: Wave, keys: PublicKeys, file: TallyFile, good: set[int]) -> str | None:
    key = keys.signing.get(file.number)
    if key is None or file.number in good:
        return "T2.3"
    if (file.vote_id, file.wave, file.wave_hash) != (wave.vote_id, wave.number, wave.digest):
        return "T2.4"
    return None if holds(key, wave.digest, file.signature) else "T2.1"


def check_sum(wave: Wave, one: VerifiedSum) -> list[Problem]:
    """Return whether a sum is one of the wave, over the ballots that were signed for: T5.4."""
    path = f"{one.unit}/{one.contest}"
    signed = wave.sums.get(one.key)
    if signed is None:
        return [Problem("T5.4", Place(path=path), found="a sum", expected="none in this wave")]
    found = []
    if signed[0] != one.set_hash:
        place = Place(path=f"{path}/set")
        found.append(Problem("T5.4", place, one.set_hash.hex()[:16] + "…", signed[0].hex()[:16] + "…"))
    if signed[1] != one.ballots:
        found.append(Problem("T5.4", Place(path=f"{path}/ballots"), str(one.ballots), str(signed[1])))
    return found


def check_sums(wave: Wave, sums: Sequence[VerifiedSum]) -> list[Problem]:
    """Return whether these are exactly the sums of the wave, in its order: T5.4."""
    found = [fault for one in sums for fault in check_sum(wave, one)]
    if not found and [one.key for one in sums] != list(wave.sums):
        found.append(
            Problem("T5.4", Place(path="sums"), f"{len(sums)} sums", f"the {len(wave.sums)} of the wave")
        )
    return found


def context_of(wave: Wave, key: SumKey, set_hash: bytes) -> tuple[bytes, bytes, str, str, bytes]:
    """Return what the core calls the context of a sum."""
    return wave.root, wave.digest, key[0], key[1], set_hash


def partial_decrypt(
    secret: _core.TrusteeSecret, keys: PublicKeys, number: int, wave: Wave, one: VerifiedSum
) -> PartialSum:
    """Return a trustee's part of a sum. The rules of who may do this when are in `dauys.crypto.stick`.

    Raises `CoreError` ("identity") where `A` is the identity.
    """
    contest = keys.plan.contest(one.contest)
    first = contest.first if contest else 0
    verification = b"".join(keys.contest_keys(number, one.contest))
    d, w1, w2, z = secret.partial(context_of(wave, one.key, one.set_hash), number, first, verification, one.a)
    points = tuple(d[start : start + 32] for start in range(0, len(d), 32))
    return PartialSum(one.unit, one.contest, one.set_hash, one.a, points, w1, w2, z)


def check_partial(
    wave: Wave, keys: PublicKeys, file: PartialFile, sums: Sequence[VerifiedSum]
) -> list[Problem]:
    """Return faults of a trustee's partial decryptions: T4.2–T4.9. T4.2: not from that trustee."""
    key = keys.signing.get(file.number)
    signed = partial_hash(wave.root, wave.digest, file.number, file.signed)
    if (file.vote_id, file.wave, file.wave_hash) != (wave.vote_id, wave.number, wave.digest):
        return [_partial_fault("T4.3", file, "wave_hash")]
    if key is None or not holds(key, signed, file.signature):
        return [_partial_fault("T4.2", file, "signature")]
    if [part.key for part in file.sums] != [one.key for one in sums]:
        return [_partial_fault("T4.4", file, "sums")]
    found = []
    for place, (part, one) in enumerate(zip(file.sums, sums, strict=True)):
        fault = _part_fault(wave, keys, file.number, part, one)
        if fault:
            found.append(_partial_fault(fault[0], file, f"sums[{place}]{fault[1]}"))
    return found


def _part_fault(
    wave: Wave, keys: PublicKeys, number: int, part: PartialSum, one: VerifiedSum
) -> tuple[str, str] | None:
    if part.set_hash != one.set_hash:
        return "T4.5", ".set"
    if part.a != one.a or part.a == _IDENTITY:
        return "T4.6", ".a"
    verification = keys.contest_keys(number, part.contest)
    if len(part.d) != len(verification):
        return "T4.7", ".d"
    try:
        _core.verify_partial(
            context_of(wave, part.key, part.set_hash), number, b"".join(verification), part.a, part.proof
        )
    except _core.CoreError as error:
        return ("T4.9", "") if error.args[0] == "equal" else ("T4.8", "")
    return None


def _partial_fault(code: str, file: PartialFile, path: str) -> Problem:
    return Problem(code, Place(file=file.place.file, path=path), facts={"trustee": file.number})


def combine(
    wave: Wave, keys: PublicKeys, sums: Sequence[VerifiedSum], files: Iterable[PartialFile]
) -> TallyReport:
    """Return the totals from the first t trustees whose parts hold; the others are named and skipped.

    What cannot be opened is a problem (T5.1–T5.4). The caller has checked the wave's signatures.
    """
    problems = check_sums(wave, sums)
    if problems:
        return TallyReport((), tuple(problems))
    good: dict[int, PartialFile] = {}
    for file in sorted(files, key=lambda file: file.number):
        faults = check_partial(wave, keys, file, sums)
        problems += faults
        if not faults:
            good.setdefault(file.number, file)
    threshold = keys.plan.threshold
    if len(good) < threshold:
        place = Place(file=wave.place.file, path="partials")
        problems.append(Problem("T5.1", place, found=str(len(good)), expected=str(threshold)))
        return TallyReport((), tuple(problems))
    chosen = dict(list(good.items())[:threshold])
    totals = []
    for at, one in enumerate(sums):
        opened = _open(keys, one, {number: file.sums[at] for number, file in chosen.items()})
        if isinstance(opened, Problem):
            problems.append(opened)
        else:
            totals.append(opened)
    return TallyReport(tuple(totals), tuple(problems))


def _open(keys: PublicKeys, one: VerifiedSum, parts: Mapping[int, PartialSum]) -> ContestTotal | Problem:
    place = Place(path=f"{one.unit}/{one.contest}")
    contest = keys.plan.contest(one.contest)
    limit = contest.limit if contest else 0
    try:
        votes = _core.combine(
            [(number, b"".join(part.d)) for number, part in parts.items()], b"".join(one.e), one.ballots
        )
    except _core.CoreError as error:
        return Problem("T5.2", place, found=str(error.args[0]), expected=f"0…{one.ballots}")
    blanks = limit * one.ballots - sum(votes)
    if blanks < 0:
        return Problem("T5.3", place, found=str(sum(votes)), expected=f"at most {limit * one.ballots}")
    return ContestTotal(one.unit, one.contest, one.ballots, tuple(votes), blanks, tuple(parts))


def small_log(point: bytes, bound: int) -> int | None:
    """Return the n with 0 ≤ n ≤ bound and n·B = the point, None if there is none. For public data only."""
    try:
        return _core.small_log(point, bound)
    except _core.CoreError as error:
        if error.args[0] == "logarithm":
            return None
        raise
