"""A coercer who tries everything he can: explicit attacks, and a learner on every byte that he sees.

The learner is trained on half of the voters, who told the truth, and guesses the others; then the other way
round. All count: nothing is chosen after the guesses are compared.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from receipt_world import LETTERS, ORDERED, OUTCOMES, Build, Voter, World, points, slip

#: 99 %, both sides; and the same for sixteen attacks at once (Bonferroni), as one of them all is judged.
Z, ATTACKS, Z_OF_ALL = 2.5758, 16, 3.4205


@dataclass(frozen=True, slots=True)
class Score:
    """How often an attack was right, of how many guesses, and how often anybody is who sees nothing."""

    right: int
    guesses: int
    base: float

    @property
    def rate(self) -> float:
        return self.right / self.guesses

    @property
    def interval(self) -> tuple[float, float]:
        """The 99 % interval of the rate (Wilson 1927)."""
        return self._interval(Z)

    def _interval(self, z: float) -> tuple[float, float]:
        n, p, z2 = self.guesses, self.rate, z * z
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return middle - half, middle + half

    @property
    def proves(self) -> bool:
        """Whether the attack is better than chance: the base rate lies below the interval."""
        return self.base < self.interval[0]

    @property
    def holds(self) -> bool:
        """Whether the base rate is inside the interval that holds for all attacks at once."""
        low, high = self._interval(Z_OF_ALL)
        return low <= self.base <= high


def learners(world: World, columns: int = 10**6) -> dict[str, Score]:
    """Run the learner on each thing that is seen, and on all. `columns`: at most so many bytes of each."""
    found = {f"learned: {name}": _learned(world, see, columns) for name, see in SIGHTS.items()}
    found["learned: all of it"] = _learned(world, _all, columns)
    found["learned: all of it, whether obeyed"] = _learned(world, _all, columns, obeyed=True)
    return found


def attacks(world: World, build: Build) -> dict[str, Score]:
    """Run every attack that needs no learning."""
    found = {}
    guesses = {name: [guess(world, voter) for voter in world.voters] for name, guess in GUESSES.items()}
    for name, own in guesses.items():
        right = sum(guess == voter.choice for guess, voter in zip(own, world.voters, strict=True))
        found[name] = Score(right, len(own), 1 / OUTCOMES)
    caught = [_caught(voter, build) for voter in world.voters]
    right = sum(guess != voter.obeys for guess, voter in zip(caught, world.voters, strict=True))
    found["orders to decide by what can be read"] = Score(right, len(caught), 0.5)
    return found


# Explicit attacks on the choice: each knows the voter, and looks at what is public


def _by_code(world: World, voter: Voter) -> int:
    """Look the code up in the list of codes, if there is one."""
    told = world.codes[voter.station].get(voter.receipts[-1].code)
    return told[0] if told else _common(world, voter)


def _by_slip(world: World, voter: Voter) -> int:
    """Among slips that bear what the voter told, or are in the voter's language, the most common choice."""
    own = world.boxes[voter.station]
    for mark in (str(voter.serial), voter.language):
        counts = [own[slip(choice) + mark.encode()] for choice in range(OUTCOMES)]
        if any(counts):
            return counts.index(max(counts))
    return _common(world, voter)


def _by_batch(world: World, voter: Voter) -> int:
    """The most common choice of the batch that the voter was in, by the clock."""
    counts = world.counts[voter.station]
    size = sum(counts[0])
    own = counts[voter.place // size]
    return own.index(max(own)) if max(own) > min(own) else _any(voter)


def _by_points(world: World, voter: Voter) -> int:
    """The ciphertext that equals another one of the station, if any, is the one of a zero."""
    seen = world.points[voter.station]
    once = [place for place, point in enumerate(points(voter.ballot)) if seen[point] == 1]
    return once[0] if len(once) == 1 else _any(voter)


def _common(world: World, voter: Voter) -> int:
    """The most common choice of the station, as its totals have it; where all are alike, any."""
    counts = [sum(column) for column in zip(*world.counts[voter.station], strict=True)]
    return counts.index(max(counts)) if max(counts) > min(counts) else _any(voter)


def _any(voter: Voter) -> int:
    return (voter.place * 7 + voter.station) % OUTCOMES


GUESSES: dict[str, Callable[[World, Voter], int]] = {
    "the code in a published list": _by_code,
    "slips in the box": _by_slip,
    "totals of the voter's batch": _by_batch,
    "equal ciphertexts": _by_points,
    "totals of the station": _common,
}


def _caught(voter: Voter, build: Build) -> bool:
    """Whether the coercer sees that an order was broken: something else opened, or cast against the order."""
    if any(one.opened not in (None, voter.ordered) for one in voter.receipts):
        return True
    last = voter.receipts[-1]
    read = last.code if build.on_screen else last.card.name
    return read[0] in ORDERED and len(voter.receipts) <= 3


# What the learner sees: a row of bytes for each voter


def _code(world: World, voter: Voter) -> bytes:
    letters = [LETTERS.index(letter) for one in voter.receipts[-1:] for letter in one.code if letter != "-"]
    first = letters[0]
    return bytes([*letters, sum(letters) % OUTCOMES, *((one - first) % 32 for one in letters)])


def _digest(world: World, voter: Voter) -> bytes:
    digest = voter.receipts[-1].digest
    return digest + bytes([int.from_bytes(digest, order) % OUTCOMES for order in ("big", "little")])


def _ballot(world: World, voter: Voter) -> bytes:
    body = voter.ballot[2 + voter.ballot[1] :]
    parts = [body[at : at + 32] for at in range(16, len(body), 32)]
    rest = bytes(int.from_bytes(part, "little") % OUTCOMES for part in parts)
    return body + rest + bytes(a < b for a, b in pairwise(parts))


def _ciphertexts(world: World, voter: Voter) -> bytes:
    own = points(voter.ballot)
    order = sorted(range(len(own)), key=own.__getitem__)
    return bytes([*order, own.index(min(own)) * 4 + own.index(max(own)), len(set(own))])


def _signatures(world: World, voter: Voter) -> bytes:
    return voter.receipts[-1].part1 + voter.receipts[-1].part2


def _card(world: World, voter: Voter) -> bytes:
    card = voter.receipts[-1].card
    return card.secret + card.s1 + card.hash


def _place(world: World, voter: Voter) -> bytes:
    place = world.logs[voter.station].index(voter.ballot)
    return bytes([place % 256, place % OUTCOMES, place // 32, voter.place % 256, voter.place // 10])


def _sizes(world: World, voter: Voter) -> bytes:
    opened = [one.opened for one in voter.receipts if one.opened is not None]
    return bytes([len(voter.ballot) % 256, len(voter.receipts), len(opened)])


SIGHTS: dict[str, Callable[[World, Voter], bytes]] = {
    "code": _code,
    "H(ballot)": _digest,
    "ballot": _ballot,
    "order of ciphertexts": _ciphertexts,
    "signatures": _signatures,
    "card, photographed": _card,
    "place in the log": _place,
    "sizes and sessions": _sizes,
}


def _all(world: World, voter: Voter) -> bytes:
    return b"".join(see(world, voter) for see in SIGHTS.values())


def _learned(
    world: World, see: Callable[[World, Voter], bytes], columns: int, *, obeyed: bool = False
) -> Score:
    classes = 2 if obeyed else OUTCOMES
    rows = [see(world, voter)[:columns] for voter in world.voters]
    truth = [int(voter.obeys) if obeyed else voter.choice for voter in world.voters]
    right = 0
    # Whole stations are learned from, and whole stations guessed: totals of a station say nothing then.
    parts = [[at for at, voter in enumerate(world.voters) if voter.station % 2 == part] for part in (0, 1)]
    for own, others in (parts, parts[::-1]):
        weights = learn([rows[at] for at in own], [truth[at] for at in own], classes)
        right += sum(guess(weights, rows[at], classes) == truth[at] for at in others)
    return Score(right, len(rows), 1 / classes)


Weights = list[dict[int, list[float]]]


def learn(rows: Sequence[bytes], truth: Sequence[int], classes: int) -> Weights:
    """Return for each column and byte how much it speaks for each class (naive Bayes, Laplace's rule)."""
    totals = [truth.count(one) for one in range(classes)]
    found: Weights = []
    for column in zip(*rows, strict=True):
        counts: dict[int, list[int]] = defaultdict(lambda: [0] * classes)
        for value, one in zip(column, truth, strict=True):
            counts[value][one] += 1
        wide = len(counts)
        found.append(
            {
                value: [math.log((own + 1) / (total + wide)) for own, total in zip(row, totals, strict=True)]
                for value, row in counts.items()
            }
        )
    return found


def guess(weights: Weights, row: bytes, classes: int) -> int:
    """Return the class that most speaks for."""
    known = [one[value] for one, value in zip(weights, row, strict=True) if value in one]
    sums = [math.fsum(column) for column in zip(*known, strict=True)] or [0.0] * classes
    return sums.index(max(sums))
