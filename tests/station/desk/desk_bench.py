"""A desk with a short list of voters, in a folder of a test."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from small_device import PASSWORD, Place, seeded

from dauys.domain.voters import Voter
from dauys.station.desk.facts import Newcomer
from dauys.station.desk.folders import make_desk, open_desk
from dauys.station.keeping.folders import read_facts, unlock

DAY = date(2004, 9, 19)
VOTERS = (
    Voter(88, "Қасымова Әлия", "Касымова Алия", date(1950, 1, 2), "Абай 3"),
    Voter(417, "Әбенов Нұрлан Серікұлы", "Абенов Нурлан Серикович", date(1961, 3, 14), "Абай 12–4"),
    Voter(418, "Әбенова Айжан Нұрланқызы", "Абенова Айжан Нурлановна", date(1984, 11, 2), "Абай 12–4"),
    Voter(419, "Әбенова Гүлнар", "Абенова Гульнар", date(1963, 6, 21), "Абай 12–4"),
    Voter(702, "Семёнов Пётр Ильич", "Семёнов Пётр Ильич", date(1979, 3, 14), "Сәтбаев 3"),
    Voter(1102, "Әбен Ерлан Маратұлы", "Абен Ерлан Маратович", date(1979, 1, 30), "Сәтбаев 3", "KZ-0155"),
)
SOMEBODY = Newcomer("Омаров Бекзат Талғатұлы", date(1970, 5, 6), "Жібек жолы 1", proof="куәлік 77")


def made(place: Place) -> Place:
    """The same device, with the media of a desk."""
    facts = read_facts(place.media.first)
    start, _ = unlock(place.media.first, facts, place.stick, PASSWORD)
    make_desk(place.media, start, seeded("desk"))
    return place


@contextmanager
def desk_of(place: Place, media=None, voters=VOTERS, **more):
    place.opened += 1
    random = seeded(f"desk {place.folder} {place.opened}")
    with open_desk(media or place.media, place.stick, PASSWORD, voters, random, **more) as desk:
        yield desk


def with_certificate(number: str) -> Newcomer:
    return replace(SOMEBODY, name=f"Келген {number}", proof="", certificate=number)
