"""A device with booths and their pages, a clock that stands still, printers that stop where told to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache

from small_device import DEVICE, VOTE, FakeGlass, Place, election, open_fields, seeded

from dauys import _core
from dauys.crypto.ballots import BallotContest, BallotElection, BallotStyle
from dauys.domain.text import Text
from dauys.station.device import Device
from dauys.station.keeping.folders import open_media
from dauys.station.keeping.secrets import DeviceKeys
from dauys.station.session import Booths
from dauys.station.web.booth.rooms import Rooms
from dauys.station.web.booth.texts import ContestText, OptionText, VoteTexts
from dauys.station.web.services import Services
from dauys.station.web.terminals import Terminals

CARDS = 400
LISTS = (
    (
        "«АИСТ» блогы",
        "Блок «АИСТ»",
        "AIST bloc",
        "Аграрлық партия мен Азаматтық партия",
        "Аграрная и Гражданская партии",
        "Agrarian and Civic parties",
    ),
    (
        "«Отан» республикалық саяси партиясы",
        "Республиканская политическая партия «Отан»",
        "Republican Political Party Otan",
        "",
        "",
        "",
    ),
    (
        "«Ауыл» социал-демократиялық партиясы",
        "Социал-демократическая партия «Ауыл»",
        "Social Democratic Party Auyl",
        "",
        "",
        "",
    ),
    (
        "Коммунистер мен ҚДТ блогы",
        "Блок коммунистов и ДВК",
        "Bloc of Communists and DCK",
        "Оппозициялық халық одағы",
        "Оппозиционный народный союз",
        "Opposition People’s Union",
    ),
    (
        "Қазақстанның Коммунистік халық партиясы",
        "Коммунистическая народная партия Казахстана",
        "Communist People’s Party of Kazakhstan",
        "",
        "",
        "",
    ),
    (
        "«Ақ жол» демократиялық партиясы",
        "Демократическая партия «Ак жол»",
        "Democratic Party Ak Zhol",
        "",
        "",
        "",
    ),
    (
        "Қазақстан Патриоттары партиясы",
        "Партия патриотов Казахстана",
        "Party of Patriots of Kazakhstan",
        "",
        "",
        "",
    ),
    ("«Асар» республикалық партиясы", "Республиканская партия «Асар»", "Republican Party Asar", "", "", ""),
    (
        "Қазақстан Демократиялық партиясы",
        "Демократическая партия Казахстана",
        "Democratic Party of Kazakhstan",
        "«Әділет»",
        "«Адилет»",
        "Adilet",
    ),
    ("«Руханият» партиясы", "Партия «Руханият»", "Rukhaniyat Party", "", "", ""),
    ("«Жаңа күн» қозғалысы", "Движение «Новый день»", "New Day Movement", "", "", ""),
    ("Кәсіподақтар одағы", "Союз профсоюзов", "Union of Trade Unions", "", "", ""),
    ("«Табиғат» жасылдар партиясы", "Партия зелёных «Табиғат»", "Green Party Tabighat", "", "", ""),
)
PEOPLE = (
    ("Бекенов Дәурен", "Бекенов Даурен", "Bekenov Dauren", "«Отан»", "«Отан»", "Otan"),
    (
        "Сейітова Айгүл",
        "Сеитова Айгуль",
        "Seitova Aigul",
        "өзін-өзі ұсынған",
        "самовыдвижение",
        "self-nominated",
    ),
    ("Төлегенов Ғани", "Тулегенов Гани", "Tulegenov Gani", "«Асар»", "«Асар»", "Asar"),
)


def _text(kk: str, ru: str, en: str) -> Text:
    return Text(kk, ru, en)


def _options(rows: Sequence[tuple[str, ...]]) -> tuple[OptionText, ...]:
    return tuple(
        OptionText(str(place), Text(*row[:3]), Text(*row[3:]) if row[3] else None)
        for place, row in enumerate(rows, 1)
    )


def texts(style: str = "majilis", *, rehearsal: bool = False) -> VoteTexts:
    """The words of the ballots below."""
    party = _text("Партиялық тізім", "Партийный список", "Party list")
    district = _text("Бір мандатты округ", "Одномандатный округ", "Single-member district")
    place = _text("№ 16 Құрманғазы округі", "Округ № 16 Курмангазы", "No. 16 Kurmangazy")
    seat = ContestText(district, "candidate", 1, _options(PEOPLE), place)
    styles = {
        "majilis": (ContestText(party, "list", 1, _options(LISTS[:10])), seat),
        "long": (ContestText(party, "list", 1, _options(LISTS)),),
        "many": (replace(seat, limit=2),),
    }
    title = _text("Мәжіліс сайлауы", "Выборы Мажилиса", "Election of the Majilis")
    return VoteTexts(title, "0312", styles, style, rehearsal)


@cache
def ballots() -> BallotElection:
    """Contests as in the words, with keys of the vectors."""
    contests = (
        BallotContest("lists", 10, 1, 6),
        BallotContest("seat", 3, 1, 0),
        BallotContest("long", 13, 1, 6),
        BallotContest("many", 3, 2, 3),
    )
    styles = (
        BallotStyle("majilis", (0, 1)),
        BallotStyle("long", (2,)),
        BallotStyle("many", (3,)),
    )
    return BallotElection(hashlib.sha512(b"booth").digest(), contests, styles, election().keys)


def letters(number: int) -> str:
    """What is printed on a card."""
    return _core.card_letters(_secret(number))


def _secret(number: int) -> bytes:
    return hashlib.sha256(f"card {number}".encode()).digest()[:16]


@cache
def _device(keys: DeviceKeys) -> Device:
    cards = tuple(sorted(_core.card_of(VOTE, DEVICE, _secret(number))[1] for number in range(CARDS)))
    return Device(VOTE, "01-001", DEVICE, ballots(), cards, keys)


@dataclass
class Bench:
    """One station: what its pages work on, and what moves them."""

    services: Services
    glasses: dict[int, FakeGlass]
    now: list[float] = field(default_factory=lambda: [0.0])
    admitted: list[int] = field(default_factory=lambda: [0])
    errors: list[BaseException] = field(default_factory=list)

    @property
    def rooms(self) -> Rooms:
        return self.services.rooms

    @property
    def journal(self):
        return self.services.booths.journal

    def glass(self, terminal: int = 1) -> FakeGlass:
        return self.glasses.setdefault(terminal, FakeGlass())

    def paired(self, number: int = 1, role: str = "booth") -> str:
        """The cookie of a terminal."""
        return self.services.terminals.pair(self.services.terminals.invite(role, number))


@contextmanager
def bench(place: Place, style: str = "majilis", *, rehearsal: bool = False) -> Iterator[Bench]:
    """Open a device and put booths in front of it."""
    random = seeded(f"{place.folder} {style}")
    with open_media(place.media, place.stick, "сегіз жасыл терек", random) as opened:
        own = _device(opened.keys)
        if opened.log.tree()[0] == 0:
            opened.log.open(open_fields(own))
        made = Bench.__new__(Bench)
        now, admitted, errors = [0.0], [opened.journal.ended()], []
        booths = Booths(own, opened.journal, lambda: admitted[0], opened.log.tree, made.glass)
        words = texts(style, rehearsal=rehearsal)
        rooms = Rooms(booths, words, lambda: now[0], errors.append)
        terminals = Terminals(random, lambda: now[0])
        services = Services(booths, words, terminals, rooms, tell=errors.append)
        made.__init__(services, {}, now, admitted, errors)
        yield made


def kinds(where: Bench) -> list[str]:
    """Return how the sessions of a bench ended."""
    return sorted(one.kind for one in where.journal.endings())
