"""A station with its members' pages, a clock that is set by hand, printers that keep what they print."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

import booth_bench
from small_device import PASSWORD, FakeGlass, Place, seeded

from dauys.domain.text import Text
from dauys.station.day.book import read_book
from dauys.station.day.day import Day
from dauys.station.day.minutes import minuted_moments
from dauys.station.day.night import Night
from dauys.station.day.protocols import ContestForm
from dauys.station.day.rehearsal import rehearse
from dauys.station.day.sheets import Facts
from dauys.station.day.watch import Watch
from dauys.station.day.windows import Phase, Window
from dauys.station.keeping.closing import DeskCount
from dauys.station.keeping.folders import Opened, open_media
from dauys.station.session import Booths
from dauys.station.web.booth.rooms import Rooms
from dauys.station.web.members.room import Room, Turnout
from dauys.station.web.services import Services
from dauys.station.web.terminals import Terminals

ZONE = timezone(timedelta(hours=6))
POLLS = datetime(2004, 9, 19, 7, tzinfo=ZONE)
EVENING = POLLS + timedelta(hours=13, minutes=5)
NAMES = ("Омарова Қ.", "Ким Т.")
WINDOWS = {
    Phase.INSTALLED: Window("Art. 50-1(5)", POLLS - timedelta(days=3, hours=7), POLLS - timedelta(hours=7)),
    Phase.TESTED: Window("Art. 50-1(5)", POLLS - timedelta(days=3, hours=7), POLLS - timedelta(minutes=30)),
    Phase.CHECKED: Window("Art. 50-2(1)", POLLS - timedelta(minutes=30), POLLS),
    Phase.OPEN: Window("Art. 50-2(1)", POLLS, POLLS + timedelta(minutes=30)),
    Phase.CLOSED: Window("Art. 43(1)", POLLS + timedelta(hours=13), None),
    Phase.SEALED: Window("Art. 43(1)", POLLS + timedelta(hours=13), POLLS + timedelta(hours=25)),
}
ELECTION = Text(
    "Қазақстан Республикасы Парламенті Мәжілісінің сайлауы",
    "Выборы Мажилиса Парламента Республики Казахстан",
    "Election of the Majilis of the Parliament of the Republic of Kazakhstan",
)


@dataclass
class FakePrints:
    """Keeps what would be printed."""

    printed: list[tuple[str, object]]

    def tree(self, moment, note):
        self.printed.append((moment, note))

    def zero(self):
        self.printed.append(("zero", None))

    def deck(self, deck):
        self.printed.append(("deck", deck))

    def tested(self, counted, expected):
        self.printed.append(("tested", (counted, expected)))

    def printers(self):
        self.printed.append(("printers", None))


@dataclass
class Members:
    """The members' room of a station, and what a test may move."""

    services: Services
    clock: list[datetime]
    seconds: list[float]
    admitted: list[int]
    opened: Opened
    glass: FakeGlass
    printed: list[tuple[str, object]]
    errors: list[BaseException]

    @property
    def room(self) -> Room:
        return self.services.members

    def to(self, moment: datetime) -> None:
        self.seconds[0] += (moment - self.clock[0]).total_seconds()
        self.clock[0] = moment

    def set(self, by: timedelta) -> None:
        self.clock[0] += by

    def vote(self, count: int, first: int = 0) -> None:
        """So many whole sessions; every fourth leaves the second contest blank."""
        booths = self.services.booths
        for number in range(first, first + count):
            self.admitted[0] += 1
            session = booths.begin(1, "majilis")
            booths.show_card(session, booth_bench.letters(number))
            booths.show_slips(session, [[number % 10], [number % 3] if number % 4 else []])
            booths.confirm(session)
            booths.cast(session)

    def cookie(self) -> str:
        """The cookie of the members' screen."""
        return self.services.terminals.pair(self.services.terminals.invite("members", 1))


@contextmanager
def members(place: Place, moment: datetime = POLLS - timedelta(days=2)) -> Iterator[Members]:
    """Open a device and its members' pages."""
    with open_media(place.media, place.stick, PASSWORD, seeded(f"{place.folder} {moment}")) as opened:
        clock, seconds, admitted, errors = [moment], [0.0], [opened.journal.ended()], []
        glass, printed = FakeGlass(), []
        device = booth_bench._device(opened.keys)
        watch = Watch(lambda: clock[0], lambda: seconds[0], minuted_moments(opened.journal))
        day = Day(device, opened.journal, opened.log, WINDOWS, watch)
        booths = Booths(
            device, opened.journal, lambda: day.admitted(admitted[0]), opened.log.tree, lambda _: glass
        )
        texts = booth_bench.texts()
        terminals = Terminals(seeded("terminals"), lambda: seconds[0])
        rooms = Rooms(booths, texts, lambda: seconds[0], errors.append)
        night = Night(
            day,
            read_book(place.media.folders),
            _contests(texts),
            lambda: DeskCount(1947, 14, admitted[0], 0, 0),
        )
        draws = seeded("reading")
        room = Room(
            night,
            booths,
            "majilis",
            opened.decided,
            hashlib.sha256(b"software").digest(),
            {
                "device": device.id,
                "kit": "B7QK-0M2X-9VTR-4HZN-6CPD",
                "key": opened.log.signer.verifier.encode(),
            },
            Facts(ELECTION, date(2004, 9, 19), "results.example", ()),
            place.media.folders,
            seeded("gone"),
            errors.append,
            lambda: day.read(lambda items, count: sorted(items, key=lambda _: draws(8))[:count]),
            lambda: rehearse(device, "majilis", seeded("deck"), lambda _: glass),
            FakePrints(printed),
            lambda: Turnout(1947, 517, admitted[0]),
            hours=("10:00", "14:00", "18:00"),
        )
        services = Services(booths, texts, terminals, rooms, members=room, tell=errors.append)
        yield Members(services, clock, seconds, admitted, opened, glass, printed, errors)


def _contests(texts) -> tuple[ContestForm, ...]:
    return tuple(
        ContestForm(
            name,
            own.title,
            {f"{name}-{at}": one.name for at, one in enumerate(own.options, 1)},
            own.limit,
            own.place,
        )
        for name, own in zip(("list", "c16"), texts.contests(), strict=True)
    )


def to_open(own: Members) -> None:
    """Bring a day to its opening."""
    day = own.room.night.day
    day.install(NAMES, own.room.act)
    test = own.room.rehearse()
    day.tested(NAMES, test.deck.expected, test.deck.expected)
    own.to(POLLS - timedelta(minutes=20))
    day.checked(NAMES)
    own.to(POLLS + timedelta(minutes=2))
    day.open(NAMES, own.room.software)


CARDS = {"received": 400, "returned": 0, "spoiled": 1, "missing": 0}


def cards_of(own: Members) -> dict[str, int]:
    """What a right count of cards is."""
    used = sum(1 for _ in own.opened.journal.endings())
    return CARDS | {"unused": 399 - used}


def slips_of(own: Members, votes: int) -> dict[str, int]:
    """What a right count of the slips of `vote` is."""
    found = dict.fromkeys(own.room.night.fields("slips"), 0)
    for number in range(votes):
        found[f"list/list-{number % 10 + 1}"] += 1
        found[f"c16/c16-{number % 3 + 1}" if number % 4 else "c16/blank"] += 1
    return found


def paper_of(own: Members) -> dict[str, int]:
    """Some count of paper ballots that adds up."""
    found = dict.fromkeys(own.room.night.fields("paper"), 0)
    for contest in own.room.contests:
        names = list(contest.options)
        found |= {f"{contest.id}/{name}": 20 * at + 7 for at, name in enumerate(names)}
        found[f"{contest.id}/blank"] = 9
        cast = sum(found[one] for one in contest.fields())
        lines = {
            "ballots_received": 1500,
            "ballots_issued": cast + 2,
            "ballots_unused": 1500 - cast - 5,
            "ballots_spoiled": 3,
            "ballots_not_returned": 2,
            "ballots_cast": cast,
        }
        found |= {f"{contest.id}:{name}": count for name, count in lines.items()}
    return found
