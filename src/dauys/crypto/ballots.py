"""The typed face of encrypted ballots: make, verify, add up, open a challenge. See `spec/ballots.md`.

The mathematics is in the Rust core; here are names, types, and blocks of ballots so that memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from dauys import _core

#: The check of `spec/ballots.md` §7 and §10 that a word of the core belongs to.
CHECKS: Final = {
    "length": "B1",
    "format": "B2",
    "style": "B3",
    "point": "B4",
    "scalar": "B5",
    "identity": "B6",
    "challenge": "B7",
    "vector": "B8",
    "link": "B9",
    "choice": "B10",
    "blanks": "B11",
    "sigma": "B12",
    "rebuild": "B13",
}
#: Ballots that are given to the core at once: some 13 MB.
BLOCK: Final = 8192
#: A sum as the core has it: how many ballots, `A`, `E…`.
SumTuple = tuple[int, bytes, list[bytes]]


@dataclass(frozen=True, slots=True)
class BallotContest:
    """A contest as ballots see it: its options use the keys from `first_key` on; `1 ≤ limit ≤ options`."""

    id: str
    options: int
    limit: int
    first_key: int


@dataclass(frozen=True, slots=True)
class BallotStyle:
    """An ordered list of contests, by their place in the election's list."""

    id: str
    contests: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ContestSum:
    """The ballots that hold one contest: how many, `A = Σ R`, and `E_i = Σ C_i` for each option."""

    ballots: int
    a: bytes
    e: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A ballot that failed: its place among those given, the check `B…`, and the core's word for it."""

    place: int
    check: str
    word: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What verification found. `sums`, one per contest, are over the ballots that passed."""

    ballots: int
    faults: tuple[Fault, ...]
    sums: tuple[ContestSum, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a machine prints when it is challenged; `choices` are all positions, blanks included."""

    style: str
    choices: bytes
    secret: bytes = field(repr=False)
    sigma: bytes = field(repr=False)
    leaf: int
    path: tuple[bytes, ...]
    ballot_hash: bytes


@dataclass(frozen=True, slots=True)
class Committed:
    """What a device committed to in its *open* entry: the root over its cards' values and their number."""

    vote_id: str
    device: str
    sigma_root: bytes
    cards: int


@dataclass(frozen=True, slots=True)
class BallotElection:
    """Root, contests, styles and position keys of one vote.

    Raises `dauys._core.CoreError` where a style breaks its rules (`style`) or a key is no point, the
    identity, `±B` or `±` another (`point`, `identity`, `keys`).
    """

    root: bytes
    contests: tuple[BallotContest, ...]
    styles: tuple[BallotStyle, ...]
    keys: tuple[bytes, ...]
    core: _core.BallotElection = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        contests = [(c.id, c.options, c.limit, c.first_key) for c in self.contests]
        styles = [(s.id, list(s.contests)) for s in self.styles]
        object.__setattr__(self, "core", _core.BallotElection(self.root, contests, styles, list(self.keys)))


@dataclass(frozen=True, slots=True)
class Encryptor:
    """Makes ballots of one style on one device. Building it costs some ten ballots' time: keep it."""

    election: BallotElection
    vote_id: str
    device: str
    style: str
    core: _core.BallotProver = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        prover = self.election.core.prover(self.vote_id, self.device, self.style)
        object.__setattr__(self, "core", prover)

    def encrypt(self, secret: bytes, coin_key: bytes, options: bytes) -> bytes:
        """Return the ballot for one byte 0 or 1 per option, in constant time; blanks fill themselves.

        Nothing is drawn: card secret (16 bytes), coin key (32) and choices fix every byte.
        **Source:** ballots.md §5–6.
        """
        return self.core.encrypt(secret, coin_key, options)

    def encrypt_many(
        self, coin_key: bytes, ballots: Sequence[tuple[bytes, bytes]], threads: int = 0
    ) -> list[bytes]:
        """Return ballots for pairs of card secret and options, made on `threads` processors (0: all)."""
        return self.core.encrypt_many(coin_key, list(ballots), threads)


def encrypt_ballot(
    election: BallotElection,
    *,
    vote_id: str,
    device: str,
    style: str,
    secret: bytes,
    coin_key: bytes,
    options: bytes,
) -> bytes:
    """Return one ballot; for many keep an `Encryptor`."""
    return Encryptor(election, vote_id, device, style).encrypt(secret, coin_key, options)


def verify_ballots(
    election: BallotElection,
    device: str,
    ballots: Iterable[bytes],
    *,
    hints: Iterable[bytes] | None = None,
    engine: str = "",
    threads: int = 0,
    weight_seed: bytes | None = None,
) -> Verdicts:
    """Check every ballot of one device and add up those that pass; bad ones are named with their check.

    Batch and single verdicts are the same; a wrong ballot survives with probability 2⁻⁹⁶. Memory does not
    grow with the number of ballots. The private weights come from the operating system unless `weight_seed`
    (32 bytes, fresh, unknown to whoever made the ballots) is given. `hints` never change a verdict.
    **Source:** ballots.md §7–8.
    """
    source, side = iter(ballots), None if hints is None else iter(hints)
    faults: list[Fault] = []
    parts: list[list[SumTuple]] = []
    done = 0
    for block in _blocks(source):
        own = None if side is None else _padded(list(islice(side, len(block))), len(block))
        seed = weight_seed and _core.framed_hash("weights", [weight_seed, _number(done)])[:32]
        words, sums = election.core.verify(device, block, seed, own, engine, threads)
        faults += [Fault(done + at, CHECKS[word], word) for at, word in enumerate(words) if word]
        parts = [election.core.merge([*parts, sums])] if parts else [sums]
        done += len(block)
    return Verdicts(done, tuple(faults), _sums(parts[0] if parts else election.core.merge([])))


def add_up(election: BallotElection, ballots: Iterable[bytes]) -> tuple[ContestSum, ...]:
    """Return the sums of ballots that were verified before; only lengths and points are checked again."""
    parts: list[list[SumTuple]] = []
    for block in _blocks(iter(ballots)):
        parts = [election.core.merge([*parts, election.core.hold(block).add_up()])]
    return _sums(parts[0] if parts else election.core.merge([]))


def open_challenged(election: BallotElection, committed: Committed, opening: Opening) -> bytes:
    """Rebuild a challenged ballot byte for byte and return it.

    Raises `dauys._core.CoreError` with the word of the check B10–B13 that fails. **Source:** ballots.md §10.
    """
    told = (
        opening.style,
        opening.choices,
        opening.secret,
        opening.sigma,
        opening.leaf,
        list(opening.path),
        opening.ballot_hash,
    )
    return election.core.open_challenged(
        committed.vote_id, committed.device, committed.sigma_root, committed.cards, told
    )


def ballot_hash(election: BallotElection, device: str, ballot: bytes) -> bytes:
    """Return the 64 bytes that name a ballot in logs, lists and receipts."""
    return election.core.ballot_hash(device, ballot)


def ballot_code(hash_of_ballot: bytes) -> str:
    """Return the code on the receipt: the first 100 bits in 5 × 4 letters."""
    return _core.ballot_code(hash_of_ballot)


def make_hints(election: BallotElection, ballots: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the side file of each ballot, 32 bytes a point; empty where the processor has no use for it."""
    return (election.core.hints(ballot) for ballot in ballots)


def _blocks(ballots: Iterator[bytes]) -> Iterator[list[bytes]]:
    while block := list(islice(ballots, BLOCK)):
        yield block


def _sums(tuples: Iterable[SumTuple]) -> tuple[ContestSum, ...]:
    return tuple(ContestSum(count, a, tuple(e)) for count, a, e in tuples)


def _padded(hints: list[bytes], length: int) -> list[bytes]:
    return hints + [b""] * (length - len(hints))


def _number(value: int) -> bytes:
    return value.to_bytes(8, "little")
