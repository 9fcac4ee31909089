"""Voters under orders, with real ballots and real receipts; and builds in which receipts prove.

The game: a coercer orders each voter to choose an option, and to challenge or cast by what can be read by
then. Half of the voters obey. The coercer sees all that a voter can carry out, and the record, and guesses.
Choices are shared out equally within each station: no total helps, and any guess of a choice is right once
in five, any guess whether a voter obeyed once in two.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from small_device import TOLD

from dauys import _core
from dauys.crypto.ballots import BallotContest, BallotElection, BallotStyle, ballot_code, ballot_hash
from dauys.domain.text import Text
from dauys.station.device import Card, Device, options_of
from dauys.station.keeping.secrets import DeviceKeys
from dauys.station.papers.facts import Choice, Contest
from dauys.station.papers.slip import slips

VOTE, STYLE = "secrecy/1/0", "one"
OPTIONS, OUTCOMES = 4, 5
VOTERS, CHALLENGES = 200, 3
LANGUAGES = (("kk", 60), ("ru", 36), ("en", 4))
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: Codes, or card names, that begin so are to be challenged.
ORDERED = frozenset(LETTERS[::2])


@dataclass(frozen=True, slots=True)
class Build:
    """What a station does; as it stands here, what ours does.

    `code`: what is on the receipt, from H(ballot) and choice. `list_of_codes`: the station publishes each
    code with its choice. `serial`: slips have a number that the voter sees. `in_language`: slips are printed
    in the voter's language. `on_screen`: the code can be read before the decision. `batch`: most ballots that
    are counted together, in the order of voting.
    """

    code: Callable[[bytes, int], str] = lambda digest, _: ballot_code(digest)
    list_of_codes: bool = False
    serial: bool = False
    in_language: bool = False
    on_screen: bool = False
    batch: int | None = None


def leaning(digest: bytes, choice: int) -> str:
    """A code whose last letter is another one for another choice."""
    code = ballot_code(digest)
    return code[:-1] + LETTERS[LETTERS.index(code[0]) // OUTCOMES * OUTCOMES % 30 + choice]


def four_digits(digest: bytes, _: int) -> str:
    """The code of 2004: four digits, which the voter keeps."""
    return f"{int.from_bytes(digest[:4], 'big') % 10_000:04}"


BUILDS = {
    "as it is": Build(),
    "codes beside choices, as in 2004": Build(four_digits, list_of_codes=True),
    "a letter of the code by choice": Build(leaning),
    "a serial on the slip": Build(serial=True),
    "slips in the voter's language": Build(in_language=True),
    "the code on the screen": Build(on_screen=True),
    "batches of ten, each counted": Build(batch=10),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that a voter can carry out of one session: both parts, a photograph of the card, the opening."""

    card: Card
    digest: bytes
    code: str
    part1: bytes
    part2: bytes
    opened: int | None


@dataclass(slots=True)
class Voter:
    """A voter at a place in the order of a station. `ordered`: the option that a coercer wants."""

    station: int
    place: int
    language: str
    choice: int
    ordered: int
    obeys: bool
    serial: int = 0
    receipts: list[Receipt] = field(default_factory=list)
    ballot: bytes = b""


@dataclass
class World:
    """Voters, and what anybody sees at stations. `logs`: ballots of each, in order of their hashes.

    `boxes`: slips of each as they are counted in view, mixed, how many of each kind; `codes`: code
    and choice, where published; `counts`: choices of each batch; `points`: ciphertexts of each station.
    """

    voters: list[Voter]
    logs: list[list[bytes]] = field(default_factory=list)
    boxes: list[Counter[bytes]] = field(default_factory=list)
    codes: list[dict[str, list[int]]] = field(default_factory=list)
    counts: list[list[list[int]]] = field(default_factory=list)
    points: list[Counter[bytes]] = field(default_factory=list)


@cache
def election() -> BallotElection:
    keys = tuple(bytes.fromhex(key) for key in TOLD["keys"])
    contests = (BallotContest("one", OPTIONS, 1, 0),)
    return BallotElection(bytes.fromhex(TOLD["root"]), contests, (BallotStyle(STYLE, (0,)),), keys)


@cache
def slip(choice: int) -> bytes:
    """The dots of a slip, as the program draws it."""
    title = Text("Сынақ", "Проба", "Test")
    own = [Choice(n, Text(f"Ат {n}", f"Имя {n}", f"Name {n}")) for n in range(1, OPTIONS + 1)]
    [paper] = slips(Contest(title, title, OPTIONS), own[choice : choice + 1])
    return paper.data


def vote(build: Build, stations: int, seed: int = 1) -> World:
    """Let everybody vote, at stations of 200."""
    draws = random.Random(seed)
    world = World([])
    for number in range(stations):
        own = _voters(number, draws)
        machine = _Machine(number, build)
        for voter in own:
            machine.serve(voter)
        world.voters += own
        _publish(world, build, own)
    return world


def _voters(station: int, draws: random.Random) -> list[Voter]:
    choices = [place % OUTCOMES for place in range(VOTERS)]
    obeys = [place % 2 == 0 for place in range(VOTERS)]
    draws.shuffle(choices)
    draws.shuffle(obeys)
    names, shares = zip(*LANGUAGES, strict=True)
    found = []
    for place, (choice, obeying) in enumerate(zip(choices, obeys, strict=True)):
        others = [one for one in range(OUTCOMES) if one != choice]
        ordered = choice if obeying else draws.choice(others)
        language = draws.choices(names, shares)[0]
        found.append(Voter(station, place, language, choice, ordered, obeying, draws.randrange(10**6)))
    return found


class _Machine:
    """A device: encrypts and signs as the real one does, which it is."""

    def __init__(self, station: int, build: Build) -> None:
        self.build, self.name = build, f"dev-{station}"
        keys = DeviceKeys(*(seeded(f"{self.name} {what}", 32) for what in ("seed", "coin")))
        self.device = Device(VOTE, self.name, self.name, election(), (), keys)
        self.encryptor = self.device.encryptor(STYLE)
        self.cards = 0
        self.tree = (1, seeded(self.name, 32))

    def serve(self, voter: Voter) -> None:
        """Sessions of one voter until a ballot is cast."""
        for session in range(CHALLENGES + 1):
            card = self._card()
            told = card.name[0] in ORDERED
            # Who does not obey shows the coercer what he wants to see, where the order is known in time.
            hides = told and not self.build.on_screen and session < CHALLENGES
            choice = voter.ordered if hides else voter.choice
            ballot = self._encrypt(card, choice)
            digest = ballot_hash(election(), self.name, ballot)
            code = self.build.code(digest, choice)
            if self.build.on_screen:
                told = code[0] in ORDERED
            challenged = told and session < CHALLENGES and (voter.obeys or hides)
            voter.receipts.append(self._receipt(card, digest, code, choice if challenged else None))
            if not challenged:
                voter.ballot = ballot
                return

    def _card(self) -> Card:
        self.cards += 1
        secret = seeded(f"{self.name} card {self.cards}", 16)
        s1, card_hash, name = _core.card_of(VOTE, self.name, secret)
        return Card(secret, s1, card_hash, name)

    def _encrypt(self, card: Card, choice: int) -> bytes:
        chosen = [] if choice == OPTIONS else [choice]
        row = options_of([(OPTIONS, 1)], [chosen])
        return self.encryptor.encrypt(card.secret, self.device.keys.coin, row)

    def _receipt(self, card: Card, digest: bytes, code: str, opened: int | None) -> Receipt:
        part1 = self.device.sign_part1(card, digest)
        part2 = self.device.sign_part2(digest, "cast" if opened is None else "challenged", self.tree)
        return Receipt(card, digest, code, part1, part2, opened)


def _publish(world: World, build: Build, own: list[Voter]) -> None:
    name = f"dev-{own[0].station}"
    world.logs.append(sorted((one.ballot for one in own), key=lambda b: ballot_hash(election(), name, b)))
    world.boxes.append(Counter(_slip(build, voter) for voter in own))
    world.points.append(Counter(point for voter in own for point in points(voter.ballot)))
    codes: dict[str, list[int]] = {}
    if build.list_of_codes:
        for voter in own:
            codes.setdefault(voter.receipts[-1].code, []).append(voter.choice)
    world.codes.append(codes)
    size = build.batch or len(own)
    batches = [own[at : at + size] for at in range(0, len(own), size)]
    world.counts.append([[sum(v.choice == c for v in part) for c in range(OUTCOMES)] for part in batches])


def points(ballot: bytes) -> list[bytes]:
    """The ciphertexts of the options, as the ballot has them."""
    start = 2 + ballot[1] + 16 + 32
    return [ballot[start + 32 * at : start + 32 * at + 32] for at in range(OPTIONS)]


def _slip(build: Build, voter: Voter) -> bytes:
    mark = str(voter.serial) if build.serial else voter.language if build.in_language else ""
    return slip(voter.choice) + mark.encode()


def seeded(label: str, size: int) -> bytes:
    """Bytes from a label."""
    return hashlib.sha256(label.encode()).digest()[:size]
