"""The desks of a station at work: what they say of it, its clock, and whether its day is open."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dauys.station.day.windows import Phase
from dauys.station.desk.queue import Queue
from dauys.station.program import Station, ballots_of
from dauys.station.web.booth.of_kit import texts_of
from dauys.station.web.desk.rooms import DeskAbout, DeskRooms
from dauys.station.web.services import tell


def desks_of(station: Station) -> DeskRooms:
    """Return what the pages of desks work on."""
    kit = station.kit
    zone = ZoneInfo(kit.place.time_zone)
    texts = texts_of(kit, ballots_of(kit), rehearsal=station.media.rehearsal)
    contests = texts.contests()
    about = DeskAbout(
        station=kit.station,
        day=kit.opens.date(),
        ballots=tuple(one.title for one in contests),
        place=next((one.place for one in contests if one.place is not None), None),
        districts={one.id: one.name for one in kit.election.constituencies},
        rehearsal=texts.rehearsal,
    )
    return DeskRooms(
        station.desk,
        about,
        Queue(station.clocks.monotonic),
        lambda: station.clocks.now().astimezone(zone),
        lambda: station.day.phase() is Phase.OPEN,
        tell,
        on_paper=station.day.on_paper,
    )
