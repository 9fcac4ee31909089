"""A device of the small vector election, its media in a folder, its printer, and what happened at it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dauys import _core
from dauys.crypto.ballots import BallotContest, BallotElection, BallotStyle, Opening
from dauys.station.device import Card, Device
from dauys.station.keeping.folders import Facts, Media, Opened, make_media, open_media
from dauys.station.keeping.secrets import DeviceKeys, start_keys, stick_mark, write_stick
from dauys.station.session import Booths

TOLD = json.loads((Path(__file__).parents[2] / "spec/vectors/ballots/election.json").read_text())
VOTE, STATION, DEVICE, PASSWORD = "vectors/1/0", "01-001", "01-001-a", "сегіз жасыл терек"
STYLE = TOLD["styles"][0]["id"]
CARDS = 400


def seeded(label: str) -> Callable[[int], bytes]:
    """Bytes from a seed: a test is the same whenever it runs."""
    state = [0]

    def draw(count: int) -> bytes:
        state[0] += 1
        data = b"".join(
            hashlib.sha256(f"{label}/{state[0]}/{at}".encode()).digest() for at in range(count // 32 + 1)
        )
        return data[:count]

    return draw


@cache
def election() -> BallotElection:
    contests = (BallotContest(c["id"], c["options"], c["limit"], c["first_key"]) for c in TOLD["contests"])
    styles = (BallotStyle(s["id"], tuple(s["contests"])) for s in TOLD["styles"])
    keys = tuple(bytes.fromhex(key) for key in TOLD["keys"])
    return BallotElection(bytes.fromhex(TOLD["root"]), tuple(contests), tuple(styles), keys)


def secret(number: int) -> bytes:
    return hashlib.sha256(f"card {number}".encode()).digest()[:16]


def letters(number: int) -> str:
    """What is printed on a card."""
    return _core.card_letters(secret(number))


def card_hash(number: int) -> bytes:
    return _core.card_of(VOTE, DEVICE, secret(number))[1]


@cache
def device(keys: DeviceKeys) -> Device:
    cards = tuple(sorted(card_hash(number) for number in range(CARDS)))
    return Device(VOTE, STATION, DEVICE, election(), cards, keys)


def choice(number: int) -> list[list[int]]:
    """Some choice of the style: an option of each contest, by its place, or a blank."""
    style = next(one for one in election().styles if one.id == STYLE)
    contests = [election().contests[place] for place in style.contests]
    return [[] if number % 5 == 4 else [number % one.options] for one in contests]


class PrinterStoppedError(Exception):
    """The printer does not print."""


@dataclass
class FakeGlass:
    """A printer that keeps what it printed, in order, and stops where it is told to."""

    printed: list[tuple[str, object]] = field(default_factory=list)
    stops: set[str] = field(default_factory=set)

    def _print(self, what: str, told: object) -> None:
        if what in self.stops:
            raise PrinterStoppedError(what)
        self.printed.append((what, told))

    def show(self, style: str, chosen: Sequence[Sequence[int]]) -> None:
        self._print("slips", (style, tuple(map(tuple, chosen))))

    def mark(self, word: str) -> None:
        self._print("mark", word)

    def part1(self, card: Card, ballot: bytes, signature: bytes) -> None:
        self._print("part1", (card.name, ballot, signature))

    def part2(self, card: bytes, ballot: bytes, word: str, signature: bytes, tree: tuple[int, bytes]) -> None:
        self._print("part2", (card, ballot, word, signature, tree))

    def opening(self, opening: Opening) -> None:
        self._print("opening", opening)

    def ended(self) -> None:
        self._print("ended", None)

    def whats(self) -> list[str]:
        return [what if what != "mark" else f"mark {told}" for what, told in self.printed]


@dataclass
class Desk:
    """The number that the desk and the booths share."""

    admitted: int = 0


@dataclass
class Bench:
    """An open device with its booths."""

    opened: Opened
    booths: Booths
    glass: FakeGlass
    desk: Desk

    @property
    def journal(self):
        return self.opened.journal

    def vote(self, number: int, how: str = "cast", terminal: int = 1) -> None:
        """One whole session with card and choice `number`."""
        self.desk.admitted += 1
        session = self.booths.begin(terminal, STYLE, test=how == "test")
        self.booths.show_card(session, letters(number))
        self.booths.show_slips(session, choice(number))
        if how == "leave":
            self.booths.leave(session)
            return
        self.booths.confirm(session)
        {"cast": self.booths.cast, "challenge": self.booths.challenge, "test": self.booths.challenge,
         "abandon": self.booths.leave}[how](session)  # fmt: skip


@dataclass
class Place:
    """Where the media of the device are."""

    folder: Path
    opened: int = 0

    @property
    def media(self) -> Media:
        return Media(self.folder / "first", self.folder / "second", rehearsal=True)

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def make(self, name: str = DEVICE, origin: str = f"test.example/{VOTE}/device/{DEVICE}") -> None:
        for folder in (self.media.first, self.media.second, self.stick):
            folder.mkdir(exist_ok=True)
        random = seeded("make")
        stick = write_stick(self.stick, random)
        salt = random(16)
        facts = Facts(name, "00" * 32, origin, salt.hex(), STATION, stick_mark(stick), VOTE)
        keys = DeviceKeys(random(32), random(32))
        make_media(self.media, facts, keys, start_keys(PASSWORD, stick, salt, VOTE, name), random)

    @contextmanager
    def open(self, media: Media | None = None, **more) -> Iterator[Bench]:
        self.opened += 1
        random = seeded(f"{self.folder} {self.opened}")
        with open_media(media or self.media, self.stick, PASSWORD, random, **more) as opened:
            glass, desk = FakeGlass(), Desk(opened.journal.ended())
            own = device(opened.keys)
            booths = Booths(own, opened.journal, lambda: desk.admitted, opened.log.tree, lambda _: glass)
            if opened.log.tree()[0] == 0:
                opened.log.open(open_fields(own))
            yield Bench(opened, booths, glass, desk)


def open_fields(own: Device) -> dict[str, object]:
    cards = _core.card_list_hash(VOTE, DEVICE, list(own.cards)).hex()
    return {
        "cards": cards,
        "device": DEVICE,
        "present": ["chair"],
        "root": own.election.root.hex(),
        "sigma": own.sigma_root.hex(),
        "software": "00" * 32,
        "station": STATION,
        "vote": VOTE,
        "zero": True,
    }
