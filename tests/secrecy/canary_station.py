"""A station whose every secret is known to the test: choices that occur nowhere else, cards, keys, papers."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "station"))
from canary_marks import Mark, marks, of_bytes, of_card, of_choice, of_text
from small_device import DEVICE, PASSWORD, STATION, TOLD, VOTE, FakeGlass, open_fields, seeded

from dauys import _core
from dauys.crypto.ballots import BallotContest, BallotElection, BallotStyle
from dauys.crypto.framing import framed_hash
from dauys.domain.text import Text
from dauys.domain.voters import Voter
from dauys.station.desk.facts import Newcomer
from dauys.station.desk.folders import make_desk, open_desk
from dauys.station.device import Device, options_of
from dauys.station.keeping.closing import CardCount, DeskCount, close_fields
from dauys.station.keeping.folders import Facts, Media, Opened, make_media, open_media
from dauys.station.keeping.secrets import DeviceKeys, start_keys, stick_mark, write_stick
from dauys.station.papers.facts import Choice, Contest, Listed, ReceiptHead
from dauys.station.papers.raster import ROW
from dauys.station.printer.glass import PaperGlass
from dauys.station.printer.simulated import SimulatedPrinter
from dauys.station.session import Booths, Glass, Session

#: 28 options, at most 14: a choice is one of forty million, and its positions are 42 bytes.
OPTIONS, LIMIT, CARDS = 28, 14, 160
STYLE = "canary"
PERSON, BORN, DAY = "Канарейкин-4711", date(1960, 5, 17), date(2026, 10, 4)
#: Sessions whose slips are drawn as printers get them.
PAPERS = 8
ELECTION = Text("Құпия сынағы", "Проверка тайны", "Test of secrecy")


@cache
def election() -> BallotElection:
    keys = tuple(bytes.fromhex(key) for key in TOLD["keys"])
    contests = (BallotContest("canary", OPTIONS, LIMIT, 0),)
    return BallotElection(bytes.fromhex(TOLD["root"]), contests, (BallotStyle(STYLE, (0,)),), keys)


def option(number: int) -> str:
    return f"Canary-{number * 7919 % 9973:04}-Құс"


def listed() -> Listed:
    own = tuple(Choice(n, Text(*(option(n) + end for end in ("қ", "р", "e")))) for n in range(1, OPTIONS + 1))
    return Listed(Contest(ELECTION, Text("Құс", "Птица", "Bird"), OPTIONS, LIMIT), own)


@dataclass(frozen=True, slots=True)
class Voted:
    """One choice that somebody made: with which card, how it ended, and when (seconds since 1970)."""

    card: int
    places: tuple[int, ...]
    how: str
    at: float


@dataclass
class CanaryStation:
    """Media in two folders, the key stick in a third.

    `told`: every choice that was made; `ballots`: `H(ballot)` by card; `printed`: jobs of the slip printer;
    `calls`: when each decision came and when all was done, in seconds since 1970.
    """

    first: Path
    second: Path
    stick: Path
    rehearsal: bool = False
    told: list[Voted] = field(default_factory=list)
    printed: list[bytes] = field(default_factory=list)
    ballots: dict[int, bytes] = field(default_factory=dict)
    calls: list[tuple[float, float]] = field(default_factory=list)
    seed: str = "canary"
    opened: int = 0
    most: int = 10**6

    def __post_init__(self) -> None:
        self.random = seeded(f"{self.seed} media")
        self.draws = random.Random(self.seed)
        self.cards = [self.random(16) for _ in range(CARDS)]
        self.keys = DeviceKeys(self.random(32), self.random(32))
        self.salt = self.random(16)

    @property
    def media(self) -> Media:
        return Media(self.first, self.second, rehearsal=self.rehearsal)

    @property
    def device(self) -> Device:
        hashes = tuple(sorted(_core.card_of(VOTE, DEVICE, secret)[1] for secret in self.cards))
        return Device(VOTE, STATION, DEVICE, election(), hashes, self.keys)

    @property
    def start(self):
        secret = bytes.fromhex((self.stick / "dauys-key").read_text())
        return start_keys(PASSWORD, secret, self.salt, VOTE, DEVICE)

    def make(self) -> None:
        for folder in (self.first, self.second, self.stick):
            folder.mkdir(parents=True, exist_ok=True)
        stick = write_stick(self.stick, self.random)
        origin = f"test.example/{VOTE}/device/{DEVICE}"
        make_desk(self.media, self.start, self.random)
        facts = Facts(DEVICE, "00" * 32, origin, self.salt.hex(), STATION, stick_mark(stick), VOTE)
        make_media(self.media, facts, self.keys, self.start, self.random)

    @contextmanager
    def open(self) -> Iterator[Opened]:
        self.opened += 1
        with open_media(self.media, self.stick, PASSWORD, seeded(f"{self.seed} {self.opened}")) as opened:
            if opened.log.tree()[0] == 0:
                opened.log.open(open_fields(self.device))
            yield opened

    def check_in(self) -> None:
        """What the desk writes: marks, an addition, what was undone and why, a case, a certificate."""
        voters = [
            Voter(n, f"{PERSON}-{n}", f"{PERSON}-{n}", BORN, f"{PERSON} көшесі {n}") for n in range(1, 30)
        ]
        random = seeded(f"{self.seed} desk")
        with open_desk(self.media, self.stick, PASSWORD, voters, random) as desk:
            for number in range(1, 20):
                desk.mark(str(number), "electronic")
            desk.undo("3", "card", f"{PERSON} reason")
            desk.add(Newcomer(f"{PERSON} added", BORN, f"{PERSON} street", f"{PERSON} proof"), DAY)
            desk.open_case("7", f"{PERSON} case")
            desk.issue("25", f"{PERSON}-certificate")

    def persons(self) -> list[Mark]:
        """What the desk knows of persons, in every form of text."""
        texts = [PERSON, *(f"{PERSON} {word}" for word in ("reason", "added", "street", "proof", "case"))]
        return [mark for text in texts for mark in marks("person", of_text(text))]

    def booths(self, opened: Opened) -> Booths:
        """Booths with simulated printers that keep what they printed in memory."""
        slips, receipts = SimulatedPrinter("slips"), SimulatedPrinter("receipts")
        head = ReceiptHead(ELECTION, DAY, VOTE, STATION, DEVICE, "results.example")
        glass = PaperGlass(head, {STYLE: (listed(),)}, [slips], receipts)
        self._slips = slips
        return Booths(
            self.device, opened.journal, lambda: 10**6, opened.log.tree, lambda _: self._glass(glass)
        )

    def _glass(self, papers: PaperGlass) -> Glass:
        """Paper for the first voters, as drawing takes time; later ones have a printer that does nothing."""
        return papers if len(self.told) <= PAPERS else FakeGlass()

    def vote(self, booths: Booths, how: str = "cast") -> Session:
        """One session with the next card; `wait` and `slips` stay where the voter decides, or looks."""
        card = len({one.card for one in self.told})
        session = booths.begin(1 if how not in ("wait", "slips") else {"wait": 2, "slips": 3}[how], STYLE)
        booths.show_card(session, _core.card_letters(self.cards[card]))
        if how == "reject":
            self._show(booths, session, card, "rejected")
            booths.reject(session)
        self._show(booths, session, card, "cast" if how == "reject" else how)
        if how in ("slips", "leave"):
            if how == "leave":
                booths.leave(session)
            return session
        booths.confirm(session)
        steps = {"challenge": booths.challenge, "abandon": booths.leave, "wait": lambda _: None}
        self.ballots[card] = session.digest
        began = time.time()
        steps.get(how, booths.cast)(session)
        self.calls.append((began, time.time()))
        self.printed += [output.job for output in self._slips.outputs]
        self._slips.outputs.clear()
        return session

    def _show(self, booths: Booths, session: Session, card: int, how: str) -> None:
        places = tuple(sorted(self.draws.sample(range(OPTIONS), self.draws.randint(8, LIMIT))))
        self.told.append(Voted(card, places, how, time.time()))
        booths.show_slips(session, [places])

    def close_fields(self, opened: Opened) -> dict[str, object]:
        journal = opened.journal
        used = sum(1 for _ in journal.endings())
        desk = DeskCount(300, 0, journal.ended(), 0, 0)
        return close_fields(journal, desk, CardCount(CARDS, 0, 0, CARDS - used, 0))

    # What is known of it

    def ended(self, *hows: str) -> list[Voted]:
        """The first sessions that ended so, at most `most` of each kind."""
        return [one for how in hows for one in [v for v in self.told if v.how == how][: self.most]]

    def choices(self, *hows: str) -> list[Mark]:
        """The choices of sessions that ended so, in every form."""
        found = []
        for one in self.ended(*hows):
            positions = self.device.positions(STYLE, options_of([(OPTIONS, LIMIT)], [one.places]))
            found += marks(f"choice, {one.how}", of_choice(one.places, OPTIONS, positions))
        return found

    def names(self) -> list[Mark]:
        """The options by name: no file of a station needs them but the kit, which is not on these media."""
        return [
            mark
            for n in range(1, OPTIONS + 1)
            for mark in marks("option name", of_text(f"Canary-{n * 7919 % 9973:04}"))
        ]

    def dots(self) -> list[Mark]:
        """Lines of dots that the printer of slips got, some hundred of all."""
        lines = {job[at : at + ROW] for job in self.printed for at in range(0, len(job) - ROW, ROW)}
        own = sorted(line for line in lines if len(set(line)) > 10)
        return marks("dots of a slip", (("raster", line) for line in own[:: len(own) // 200 + 1]))

    def card_marks(self, *hows: str) -> list[Mark]:
        """Covered secrets, and what only they give: `s₂`, σ, seed and coins, of sessions that ended so."""
        found = []
        for one in self.ended(*hows):
            secret = self.cards[one.card]
            own = self.coins(secret, one.places)
            found += marks("card secret", of_card(secret))
            for name, data in own.items():
                found += marks(name, of_bytes(data))
        return found

    def coins(self, secret: bytes, places: tuple[int, ...]) -> dict[str, bytes]:
        """`s₂`, σ, seed and `r` of a ballot (`spec/ballots.md` §5)."""
        s1, card, _ = _core.card_of(VOTE, DEVICE, secret)
        s2 = framed_hash("card2", VOTE, DEVICE, secret)[:32]
        sigma = framed_hash("sigma", self.keys.coin, card)[:32]
        ctx = framed_hash("context", election().root, DEVICE, STYLE, s1)
        m = self.device.positions(STYLE, options_of([(OPTIONS, LIMIT)], [places]))
        seed = framed_hash("seed", s2, sigma, ctx, m)[:32]
        wide = framed_hash("coin", seed, ctx, m, "r", 0)
        order = 2**252 + 27742317777372353535851937790883648493
        r = int.from_bytes(wide, "little") % order
        return {"s2": s2, "sigma": sigma, "seed": seed, "coin r": r.to_bytes(32, "little")}

    def s1(self, *hows: str) -> list[Mark]:
        """The number of each card of sessions that ended so: public only once the log holds it."""
        own = [one.card for one in self.told if one.how in hows]
        return [Mark(str(card), form, data) for card in own for form, data in self._s1(card)]

    def _s1(self, card: int) -> list[tuple[str, bytes]]:
        s1 = _core.card_of(VOTE, DEVICE, self.cards[card])[0]
        return [("raw", s1), ("hex", s1.hex().encode())]

    def unused(self) -> list[Mark]:
        """The covered secrets and numbers of cards that nobody opened, at most `most`."""
        used = {one.card for one in self.told}
        rest = [secret for number, secret in enumerate(self.cards) if number not in used][: self.most]
        found = [mark for secret in rest for mark in marks("unused card", of_card(secret))]
        return found + [
            m for s in rest for m in marks("unused card", of_bytes(_core.card_of(VOTE, DEVICE, s)[0]))
        ]

    def key_marks(self) -> list[Mark]:
        """Start password, key stick, the keys that both open, and the device's own."""
        stick = bytes.fromhex((self.stick / "dauys-key").read_text())
        start = self.start
        named = {
            "key stick": stick,
            "journal key": start.journal,
            "desk key": start.desk,
            "records key": start.records,
            "keys key": start.keys,
            "signing seed": self.keys.seed,
            "coin key": self.keys.coin,
        }
        found = [mark for name, data in named.items() for mark in marks(name, of_bytes(data))]
        return found + marks("password", of_text(PASSWORD))


def readings(opened: Opened, seed: str) -> tuple[int, bytes]:
    """A turnout reading whose sample is drawn from a seed."""
    draws = random.Random(seed)
    return opened.log.reading(lambda items, count: draws.sample(list(items), count))


def as_json(voted: Voted) -> bytes:
    """What a careless program would write."""
    return json.dumps({"card": voted.card, "chosen": list(voted.places), "at": voted.at}).encode()
