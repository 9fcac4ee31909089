"""A station at work: one device with its kit, media, day, booths, desk and printers, behind its pages.

Everything that a start decides is decided here, before any page is served.
**Source:** spec/station.md §4, §6; spec/day.md.
"""

from __future__ import annotations

import random as chance
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dauys.crypto.framing import framed_hash
from dauys.domain.election import AGAINST_ALL
from dauys.station.day.day import Day
from dauys.station.day.media import finish_destroying
from dauys.station.day.minutes import minuted_moments, phases
from dauys.station.day.people import Decision
from dauys.station.day.watch import Watch
from dauys.station.day.windows import Phase, windows
from dauys.station.desk.folders import open_desk
from dauys.station.desk.journal import DeskJournal
from dauys.station.device import Device
from dauys.station.faults import StationError
from dauys.station.keeping.closing import CardCount, DeskCount
from dauys.station.keeping.device_log import Sample, Tree
from dauys.station.keeping.folders import Media, Opened, open_media, read_facts, unlock
from dauys.station.keeping.journal_view import JournalView
from dauys.station.keeping.reading import Reading
from dauys.station.keeping.secrets import Random
from dauys.station.papers.facts import Listed
from dauys.station.papers.of_election import head_of, styles_of
from dauys.station.printer.glass import PaperGlass
from dauys.station.printer.printer import Printer
from dauys.station.session import Booths
from dauys.station.setup import read_own_kit
from dauys.verify.kit import Kit


@dataclass(frozen=True, slots=True)
class Fitted:
    """The printers of one booth: those of slips, under glass, and that of receipts."""

    slips: Sequence[Printer]
    receipts: Printer


@dataclass(frozen=True, slots=True)
class Clocks:
    """Wall time with its zone, and seconds that only grow. `drill`: of a simulation, with short days."""

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    monotonic: Callable[[], float] = time.monotonic
    drill: bool = False


def drill_clock(file: Path) -> Clocks:
    """Return the clock of a drill: the moment that stands in a file, RFC 3339 with its offset."""

    def now() -> datetime:
        return datetime.fromisoformat(file.read_text(encoding="ascii").strip())

    return Clocks(now, lambda: now().timestamp(), drill=True)


@dataclass(frozen=True)
class Station:
    """One device at work. `printers`: of each booth, by its number; `glasses`: what prints papers on them.

    `tls`: 32 bytes, the key under which the authority of its pages is kept.
    """

    kit: Kit
    media: Media
    device: Device
    opened: Opened
    desk: DeskJournal
    day: Day
    booths: Booths
    printers: Mapping[int, Fitted]
    glasses: Mapping[int, PaperGlass]
    clocks: Clocks
    tls: bytes = field(repr=False)

    def read(self) -> Tree:
        """Take a reading of turnout: which ballots go into the batch nobody can foresee."""
        return self.day.read(system_sample)

    def seal(
        self,
        cards: CardCount,
        register: bytes | None = None,
        *,
        decided: Decision | None = None,
        accepted: Decision | None = None,
    ) -> Tree:
        """Close the desk, then seal the device with one count of the cards; again it is the same seal.

        Raises StationError J3.6 where this is no simulation: two people count (`Night.seal`). J3.1 before
        voting is over, else as `Day.seal`.
        """
        if self.kit.simulation is None:
            raise StationError("J3.6", found="one count", expected="that of two people", hint="two_count")
        phase = self.day.phase()
        if phase not in (Phase.CLOSED, Phase.SEALED):
            raise StationError("J3.1", found=phase.value, expected=Phase.CLOSED.value)
        return self.day.seal(
            self.desk.count(),
            cards,
            register,
            decided=decided,
            accepted=accepted,
            close_desk=self._close_desk,
        )

    def _close_desk(self) -> DeskCount:
        self.desk.close()
        return self.desk.count()


#: Chooses with the randomness of the operating system.
system_sample: Sample = chance.SystemRandom().sample


@contextmanager
def open_station(
    media: Media,
    stick: Path,
    password: str,
    printers: Mapping[int, Fitted],
    random: Random,
    *,
    clocks: Clocks | None = None,
    told: Callable[[bool], Reading | None] = lambda _: None,
) -> Iterator[Station]:
    """Open a device, decide what was under way, and give it with everything around it.

    `printers`: of each booth, by its number. `told`: given whether the station is past its opening, returns
    the last reading as members type it, or None. Raises StationError J1.x, and LogError L5.x where the log is
    open elsewhere or damaged.
    """
    clocks = clocks or Clocks()
    finish_destroying(media, random)
    kit = read_own_kit(media, read_facts(media.first))
    if clocks.drill and kit.simulation is None:
        raise StationError("J3.8", found="the clock of a drill", expected="the clock of this machine")
    with ExitStack() as stack:
        opened = stack.enter_context(
            open_media(media, stick, password, random, told=lambda found: told(_begun(found, kit, clocks)))
        )
        own = kit.device(opened.facts.device)
        carried = own.kind == "carried"

        @contextmanager
        def unused() -> Iterator[bool]:
            with booths.still():
                yield booths.unused(desk.admitted()) > 0

        desk = stack.enter_context(
            open_desk(media, stick, password, kit.voters, random, carried=carried, unused=unused)
        )
        device = Device(kit.vote_id, kit.station, own.id, kit.ballots, own.cards, opened.keys)
        day = make_day(kit, device, opened, clocks)
        day.resume()
        glasses = make_glasses(kit, device, printers)
        booths = Booths(
            device,
            opened.journal,
            lambda: day.admitted(desk.admitted()),
            opened.log.tree,
            glasses.__getitem__,
            tests=lambda: desk.counts().tests,
        )
        start, _ = unlock(media.first, opened.facts, stick, password)
        tls = framed_hash("station-tls", start.keys)[:32]
        yield Station(kit, media, device, opened, desk, day, booths, printers, glasses, clocks, tls)


def _begun(journal: JournalView, kit: Kit, clocks: Clocks) -> bool:
    """Return whether the polls have opened, by the journal or, should that be an old one, by the clock."""
    opens = windows(kit.election, kit.place.time_zone, kit.vote_id).get(Phase.OPEN)
    late = opens is not None and opens.when(clocks.now()) != "early"
    return late or any(one.phase is Phase.OPEN for one in phases(journal))


def make_day(kit: Kit, device: Device, opened: Opened, clocks: Clocks) -> Day:
    """Return the day of a device in the time of its station."""
    zone = kit.place.time_zone
    at = ZoneInfo(zone)
    watch = Watch(lambda: clocks.now().astimezone(at), clocks.monotonic, minuted_moments(opened.journal))
    return Day(device, opened.journal, opened.log, windows(kit.election, zone, kit.vote_id), watch)


def ballots_of(kit: Kit, *, test: bool = False) -> dict[str, tuple[Listed, ...]]:
    """Return the contests of every ballot style as papers name them. `test`: on papers of no vote."""
    standing = {name: [one for one in options if one != AGAINST_ALL] for name, options in kit.options.items()}
    return styles_of(kit.election, kit.vote_id, standing, test=test)


def make_glasses(
    kit: Kit, device: Device, printers: Mapping[int, Fitted], *, test: bool = False
) -> dict[int, PaperGlass]:
    """Return the papers of each booth. Receipts say that the record is at the host of the election log."""
    address = kit.log_key.name.partition("/")[0]
    head = head_of(kit.election, kit.vote_id, kit.station, device.id, address, test=test)
    styles = ballots_of(kit, test=test)
    return {
        number: PaperGlass(head, styles, fitted.slips, fitted.receipts) for number, fitted in printers.items()
    }
