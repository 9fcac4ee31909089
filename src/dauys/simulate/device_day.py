"""The day of one device that takes ballots: cards, sessions, batches at readings, endings, close.

Everything is drawn from a seed, so that a device's log comes out the same again; nothing of it is secret.
**Source:** spec/record.md §4, spec/cards.md, spec/ballots.md §5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from dauys import _core
from dauys.crypto.ballots import BallotElection, Encryptor, ballot_hash
from dauys.crypto.cards import CardList, list_cards
from dauys.record.device_log import SMALLEST_BATCH
from dauys.record.writer import DeviceWriter
from dauys.simulate.draws import Draws

#: Cards beyond those that are used: left in the box, given back closed, spoilt.
UNUSED: Final = 20
RETURNED: Final = 1
SPOILED: Final = 2
#: Observers' test challenges at each device.
TESTS: Final = 5
SOFTWARE: Final = sha256(b"SIMULATION dauys station").digest()


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """One device in one vote. `rows`: for each cast ballot a byte 0 or 1 per option of its style.

    `registered`, `additions`: voters of the station. `readings`: how many turnout readings the day has.
    `spare`: cards that are left over.
    """

    vote: str
    station: str
    device: str
    style: str
    contests: int
    rows: Sequence[bytes]
    registered: int
    additions: int
    readings: int
    seed: int
    spare: int = UNUSED

    def draws(self, *labels: object) -> Draws:
        """Return a stream of draws of this device."""
        return Draws(self.seed, self.vote, self.device, *labels)

    def secret(self, *labels: object) -> bytes:
        """Return 32 bytes from the seed. Whoever knows the seed knows them: a simulation only."""
        text = "/".join(map(str, ("SIMULATION", self.seed, self.vote, self.device, *labels)))
        return sha256(text.encode()).digest()

    @property
    def coin_key(self) -> bytes:
        """The device's coin key."""
        return self.secret("coin")

    @property
    def key_seed(self) -> bytes:
        """The seed of the device's signing key."""
        return self.secret("key")

    @property
    def challenges(self) -> int:
        """Challenges by voters: one in a hundred, at least one."""
        return max(1, len(self.rows) // 100)

    @property
    def abandoned(self) -> int:
        """Sessions that broke off: about one in three hundred."""
        return len(self.rows) // 300 + 1

    @property
    def failed(self) -> int:
        """Challenges after which nothing was printed."""
        return int(len(self.rows) >= 200)

    @property
    def sessions(self) -> int:
        """Sessions that used a card."""
        return len(self.rows) + self.challenges + TESTS + self.abandoned + self.failed

    def cards(self) -> list[bytes]:
        """Return the secrets of all cards, 16 bytes each; the first `sessions` are used."""
        count = self.sessions + self.spare + RETURNED + SPOILED
        return [self.secret("card", number)[:16] for number in range(count)]

    def card_list(self) -> CardList:
        """Return the public list of the cards."""
        return list_cards(self.vote, self.device, self.cards())


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading of turnout tells: voters so far who chose electronic voting, and the tree of the log."""

    voters: int
    size: int
    root: bytes


class DeviceDay:
    """Plays one device. Not frozen: the log grows."""

    def __init__(self, spec: DeviceSpec, election: BallotElection, root: bytes) -> None:
        self.spec, self.election, self.root = spec, election, root
        self._secrets = spec.cards()
        hashes = [_core.card_of(spec.vote, spec.device, secret)[1] for secret in self._secrets]
        self._order = sorted(hashes)
        self._place = {hash_: place for place, hash_ in enumerate(self._order)}
        self._hashes = hashes
        self._encryptor = Encryptor(election, spec.vote, spec.device, spec.style)
        self.ballots = self._cast()
        self.hashes = [ballot_hash(election, spec.device, ballot) for ballot in self.ballots]
        self._batches = 0

    def _cast(self) -> list[bytes]:
        pairs = [(self._secrets[at], row) for at, row in enumerate(self.spec.rows)]
        return self._encryptor.encrypt_many(self.spec.coin_key, pairs)

    def open_fields(self, cards: CardList, present: Sequence[str]) -> dict[str, object]:
        """Return the fields of *open*."""
        sigma, _, _ = _core.sigma_tree(self.spec.coin_key, self._order, 0)
        return {
            "cards": cards.list_hash.hex(),
            "device": self.spec.device,
            "present": list(present),
            "root": self.root.hex(),
            "sigma": sigma.hex(),
            "software": SOFTWARE.hex(),
            "station": self.spec.station,
            "vote": self.spec.vote,
            "zero": True,
        }

    def parts(self) -> Iterator[tuple[int, list[int]]]:
        """Yield for each reading, and at last for the close, voters so far and the ballots of the batch.

        With u waiting, u - 32 random ones are closed where u is at least 64; at close all the rest.
        """
        draws = self.spec.draws("batches")
        count, readings = len(self.ballots), self.spec.readings
        waiting: list[int] = []
        start = 0
        for number in range(1, readings + 1):
            end = count * number // (readings + 1)
            waiting += range(start, end)
            start = end
            if len(waiting) < 2 * SMALLEST_BATCH:
                yield end, []
                continue
            waiting = draws.sample(waiting, len(waiting))
            yield end, waiting[SMALLEST_BATCH:]
            waiting = waiting[:SMALLEST_BATCH]
        yield count, [*waiting, *range(start, count)]

    def write_batch(self, log: DeviceWriter, places: Sequence[int]) -> None:
        """Write a batch, sorted by the hashes of its ballots, and its end. Nothing where it is empty."""
        if not places:
            return
        ordered = sorted(places, key=lambda place: self.hashes[place])
        log.append_ballots(self.ballots[place] for place in ordered)
        log.append("batch", ballots=len(ordered), number=self._batches)
        self._batches += 1

    def write_endings(self, log: DeviceWriter) -> None:
        """Write challenges, tests and sessions that ended without a ballot, in order of `H(ballot)`."""
        at = len(self.spec.rows)
        draws = self.spec.draws("endings")
        endings: list[tuple[str, str, dict[str, object]]] = []
        plan = (
            ("voter", self.spec.challenges),
            ("test", TESTS),
            ("abandoned", self.spec.abandoned),
            ("failed", self.spec.failed),
        )
        for what, count in plan:
            for _ in range(count):
                endings.append(self._ending(what, at, draws.pick(self.spec.rows)))
                at += 1
        for kind, _, fields in sorted(endings, key=lambda one: one[1]):
            log.append(kind, **fields)

    def _ending(self, what: str, card: int, row: bytes) -> tuple[str, str, dict[str, object]]:
        secret = self._secrets[card]
        ballot = self._encryptor.encrypt(secret, self.spec.coin_key, row)
        digest = ballot_hash(self.election, self.spec.device, ballot).hex()
        if what in ("abandoned", "failed"):
            s1 = _core.card_of(self.spec.vote, self.spec.device, secret)[0]
            return "ended", digest, {"ballot": digest, "s1": s1.hex(), "why": what}
        leaf = self._place[self._hashes[card]]
        _, sigma, path = _core.sigma_tree(self.spec.coin_key, self._order, leaf)
        opening = {
            "ballot": digest,
            "choices": self._positions(row),
            "leaf": leaf,
            "path": [node.hex() for node in path],
            "secret": secret.hex(),
            "sigma": sigma.hex(),
            "style": self.spec.style,
        }
        return "challenge", digest, {"opening": opening, "test": what == "test"}

    def _positions(self, row: bytes) -> str:
        """Return `m` as the opening shows it: of each contest the options, then the blanks."""
        style = next(style for style in self.election.styles if style.id == self.spec.style)
        found, at = [], 0
        for place in style.contests:
            contest = self.election.contests[place]
            own = row[at : at + contest.options]
            blanks = contest.limit - sum(own)
            found += [*own, *(int(blank < blanks) for blank in range(contest.limit))]
            at += contest.options
        return "".join(map(str, found))

    def close_fields(self) -> dict[str, object]:
        """Return the fields of *close*; its equations hold."""
        spec = self.spec
        cast = len(self.ballots)
        readmitted = spec.challenges + spec.failed
        ended = cast + spec.challenges + spec.failed + TESTS + spec.abandoned
        empty = 1
        counts = {
            "registered": spec.registered,
            "additions": spec.additions,
            "admitted": ended + empty,
            "checked_in": ended + empty - readmitted - TESTS,
            "readmitted": readmitted,
            "tests": TESTS,
            "cast": cast,
            "challenged": spec.challenges,
            "failed": spec.failed,
            "abandoned": spec.abandoned,
            "empty": empty,
        }
        cards = {
            "received": ended + spec.spare + RETURNED + SPOILED,
            "returned": RETURNED,
            "spoiled": SPOILED,
            "unused": spec.spare,
            "missing": 0,
        }
        slips = {"accepted": cast * spec.contests, "void": (ended - cast) * spec.contests + 1}
        return {
            "cards": cards,
            "counts": counts,
            "register": None,
            "slips": slips,
            "styles": {spec.style: cast},
        }

    @property
    def admitted(self) -> int:
        """Sessions that the desk admitted."""
        return self.spec.sessions + 1


def card_file(spec: DeviceSpec) -> tuple[CardList, bytes]:
    """Return the card list of a device and its file."""
    cards = spec.card_list()
    return cards, cards.encode()
