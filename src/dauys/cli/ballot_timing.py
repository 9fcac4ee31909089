"""Timing of ballots on this machine, for `dauys bench ballots`: medians, all from the same runs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Final

from dauys import _core
from dauys.crypto.ballots import BallotContest, BallotElection, BallotStyle, Encryptor

#: The reference ballot: 13 choose 1 and 9 choose 1.
CONTESTS: Final = (BallotContest("party-list", 13, 1, 0), BallotContest("district", 9, 1, 13))
STYLE: Final = BallotStyle("majilis", (0, 1))
KEYS: Final = 22
VOTE_ID: Final = "bench/1/0"
DEVICE: Final = "bench"
COIN_KEY: Final = bytes(32)
RUNS: Final = 9
TRUSTEES: Final = 5
THRESHOLD: Final = 3
#: Ballots in the sum that is opened.
SUMMED: Final = 1000
_HEAD: Final = 2 + len(STYLE.id) + 16

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class BallotTiming:
    """Medians of `runs` paired runs. Rates per second on `cores` processors, `decode_per_second` on one."""

    engine: str
    cores: int
    runs: int
    ballot_bytes: int
    cryptography_bytes: int
    decode_per_second: float
    encrypt_per_second: float
    verify_per_second: float
    verify_hinted_per_second: float
    add_per_second: float
    decrypt_per_second: float

    @property
    def verify_decodings(self) -> float:
        """What a ballot's verification costs on one core, in times of one plain decompression."""
        return self.cores * self.decode_per_second / self.verify_per_second

    @property
    def encrypt_decodings(self) -> float:
        """What a ballot's encryption costs on one core, in the same unit."""
        return self.cores * self.decode_per_second / self.encrypt_per_second


@dataclass(frozen=True, slots=True)
class _Trustees:
    """Five trustees who hold the position keys of the bench, three of whom open a sum."""

    secrets: tuple[_core.TrusteeSecret, ...]
    keys: bytes
    verification: tuple[bytes, ...]

    def open_sum(self, first: int, total: _core.SumTuple) -> list[int]:
        """Make, check and combine the partial decryptions of one contest of a unit."""
        ballots, a, e = total
        context = (bytes(64), bytes(64), "unit", "contest", bytes(64))
        parts = []
        for number in range(1, THRESHOLD + 1):
            own = self.verification[number - 1][32 * first : 32 * (first + len(e))]
            partial = self.secrets[number - 1].partial(context, number, first, own, a)
            _core.verify_partial(context, number, own, a, partial)
            parts.append((number, partial[0]))
        return _core.combine(parts, b"".join(e), ballots)


def _ceremony() -> _Trustees:
    attempt = (VOTE_ID, 1, TRUSTEES, THRESHOLD, KEYS)
    secrets = tuple(_core.TrusteeSecret.create() for _ in range(TRUSTEES))
    recipients = [secret.new_identity() for secret in secrets]
    dealt = [secret.deal(attempt, place + 1, recipients) for place, secret in enumerate(secrets)]
    keys, verification = _core.public_keys(attempt, [deal[0] for deal in dealt])
    for place, secret in enumerate(secrets):
        ciphers = [dict(deal[3])[place + 1] for at, deal in enumerate(dealt) if at != place]
        secret.finish(attempt, place + 1, ciphers, verification[place])
    return _Trustees(secrets, keys, tuple(verification))


def _choices(number: int) -> bytes:
    options = bytearray(KEYS)
    options[number % 13] = 1
    if number % 10:
        options[13 + number % 9] = 1
    return bytes(options)


class Bench:
    """Prepared ballots and keys; `run` times each kind of work once."""

    def __init__(self, cores: int, engine: str, batch: int, clock: Clock) -> None:
        self.cores, self.clock, self.engine = cores, clock, engine or _core.engines()[0]
        self.trustees = _ceremony()
        keys = tuple(self.trustees.keys[at : at + 32] for at in range(0, 32 * KEYS, 32))
        self.election = BallotElection(bytes(64), CONTESTS, (STYLE,), keys)
        self.encryptor = Encryptor(self.election, VOTE_ID, DEVICE, STYLE.id)
        self.orders = [(number.to_bytes(16, "big"), _choices(number)) for number in range(batch)]
        self.ballots = self.encryptor.encrypt_many(COIN_KEY, self.orders, cores)
        self.hints = [self.election.core.hints(ballot) for ballot in self.ballots]
        self.points = b"".join(ballot[_HEAD : _HEAD + 32 * 26] for ballot in self.ballots[:100])

    def _rate(self, units: int, work: Callable[[], object]) -> float:
        start = self.clock()
        work()
        return units / (self.clock() - start)

    def _verify(self, hints: list[bytes] | None) -> list[_core.SumTuple]:
        words, sums = self.election.core.verify(DEVICE, self.ballots, None, hints, self.engine, self.cores)
        if any(words):
            raise AssertionError("an honest ballot was refused")
        return sums

    def run(self) -> dict[str, float]:
        """Time every kind of work once, one after another."""
        some = self.orders[: max(40, len(self.orders) // 20)]
        summed = self.ballots[:SUMMED]
        held = self.election.core.hold(summed, self.engine)
        totals = held.add_up()
        points = len(self.points) // 32
        return {
            "decode": self._rate(points, lambda: _core.count_points(self.points)),
            "verify": self._rate(len(self.ballots), lambda: self._verify(None)),
            "hinted": self._rate(len(self.ballots), lambda: self._verify(self.hints)),
            "decode_again": self._rate(points, lambda: _core.count_points(self.points)),
            "encrypt": self._rate(len(some), lambda: self.encryptor.encrypt_many(COIN_KEY, some, self.cores)),
            "add": self._rate(len(summed), held.add_up),
            "decrypt": self._rate(2, lambda: self._open(totals)),
        }

    def _open(self, totals: list[_core.SumTuple]) -> None:
        for contest, total in zip(CONTESTS, totals, strict=True):
            places = range(contest.first_key, contest.first_key + contest.options)
            voted = [sum(order[1][place] for order in self.orders[: total[0]]) for place in places]
            if self.trustees.open_sum(contest.first_key, total) != voted:
                raise AssertionError("a sum was opened to other totals than were voted")


def time_ballots(seconds: float, engine: str = "", clock: Clock = time.perf_counter) -> BallotTiming:
    """Return medians of nine paired runs that take about `seconds` together."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    small = Bench(cores, engine, SUMMED, clock)
    start = clock()
    small.run()
    factor = max(1.0, min(16.0, seconds / RUNS / (clock() - start)))
    bench = small if factor == 1 else Bench(cores, engine, int(SUMMED * factor), clock)
    runs = [bench.run() for _ in range(RUNS)]

    def middle(name: str) -> float:
        return median(run[name] for run in runs)

    return BallotTiming(
        engine=bench.engine,
        cores=cores,
        runs=RUNS,
        ballot_bytes=len(bench.ballots[0]),
        cryptography_bytes=len(bench.ballots[0]) - _HEAD,
        decode_per_second=median([run[name] for run in runs for name in ("decode", "decode_again")]),
        encrypt_per_second=middle("encrypt"),
        verify_per_second=middle("verify"),
        verify_hinted_per_second=middle("hinted"),
        add_per_second=middle("add"),
        decrypt_per_second=middle("decrypt"),
    )
