"""A small election, for teaching and for load: three lists, two constituencies, a run-off in the second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from dauys.domain.election import Publication
from dauys.domain.text import Text
from dauys.simulate.draws import Draws

ZONE: Final = "+05:00"
LISTS: Final = {"sun": 46, "moon": 33, "star": 18}
CANDIDATES: Final = {
    "c1": {"c1-a": 58, "c1-b": 30, "c1-d": 10},
    "c2": {"c2-a": 41, "c2-b": 36, "c2-d": 20},
}
PAIR: Final = {"c2-a": 47, "c2-b": 51}
DAYS: Final = {1: "2004-09-19", 2: "2004-10-03"}
PAPER: Final = 40
"""Paper ballots of each station, about."""
#: A merge group holds at most this many stations of the second constituency.
GROUP: Final = 2


@dataclass(frozen=True, slots=True)
class SmallVotes:
    """What the stations of the small election report: electronic votes by option, paper votes by option."""

    electronic: dict[tuple[str, str, int], tuple[int, ...]] = field(default_factory=dict)
    ballots: dict[tuple[str, int], int] = field(default_factory=dict)
    paper: dict[tuple[str, str, int], dict[str, int]] = field(default_factory=dict)
    received: dict[int, datetime] = field(default_factory=dict)
    publications: tuple[Publication, ...] = ()


def small_definition(
    stations: int, ballots: int, seed: int
) -> tuple[dict[str, Any], dict[str, str], SmallVotes]:
    """Return the election file as a value, the tables as CSV, and what will be reported.

    Raises ValueError for fewer than two stations: each constituency needs one.
    """
    if stations < 2 or ballots < 1:
        raise ValueError(f"{stations} stations, {ballots} ballots")
    home = {f"{number + 1:04}": "c1" if number % 2 == 0 else "c2" for number in range(stations)}
    second = [station for station, place in home.items() if place == "c2"]
    grouped = [second[at : at + GROUP] for at in range(0, len(second), GROUP)]
    groups = [{"id": f"g{at + 1}", "stations": own} for at, own in enumerate(grouped) if len(own) == GROUP]
    return _file(groups), _tables(home, ballots), _votes(home, ballots, seed)


def _text(text: str) -> dict[str, str]:
    return {"kk": text, "ru": text, "en": text}


def _party(place: int, party: str, light: str, dark: str) -> dict[str, Any]:
    names = {
        "sun": ("Күн партиясы", "Партия солнца", "Sun Party"),
        "moon": ("Ай партиясы", "Партия луны", "Moon Party"),
        "star": ("Жұлдыз партиясы", "Партия звезды", "Star Party"),
    }
    kk, ru, en = names[party]
    short = {"kk": kk.split()[0], "ru": ru.split()[1].capitalize(), "en": en.split()[0]}
    return {
        "id": party,
        "name": {"kk": kk, "ru": ru, "en": en},
        "short": short,
        "code": {language: name[:2] for language, name in short.items()},
        "colour_light": light,
        "colour_dark": dark,
        "list_order": place,
    }


def _file(groups: list[dict[str, Any]]) -> dict[str, Any]:
    trustees = [{"id": f"t{number}", "name": _text(f"Trustee {number}")} for number in range(1, 6)]
    return {
        "schema": "dauys/election/1",
        "id": "simulation",
        "title": {"kk": "Жасанды сайлау", "ru": "Учебные выборы", "en": "A simulated election"},
        "law": "kz-2004",
        "rehearsal": True,
        "languages": ["kk", "ru", "en"],
        "days": DAYS,
        "polls": {"opens": "07:00", "closes": "20:00"},
        "time_zone": "Asia/Almaty",
        "parameters": {"list.seats": "5", "constituency.seats": "2", "calendar.electronic_list_days": "37"},
        "parties": [
            _party(1, "sun", "2B62C4", "8DB4F2"),
            _party(2, "moon", "A83A1C", "CF5232"),
            _party(3, "star", "4CC492", "3DDC97"),
        ],
        "contests": {"list": {"limit": 1}, "constituency": {"limit": 1, "rounds": [1, 2]}},
        "ballot_styles": [{"id": "all", "contests": ["list", "constituency"]}],
        "devices": {"main": 1, "carried": 0, "reserve": 0},
        "turnout": {"readings": ["10:00", "12:00", "14:00", "16:00", "18:00"]},
        "tallying": {"group_by": "station", "groups": groups},
        "trustees": {"threshold": 3, "members": trustees},
        "files": {
            "regions": "regions.csv",
            "constituencies": "constituencies.csv",
            "candidates": "candidates.csv",
            "stations": "stations.csv",
        },
        "publications": [],
        "official": [],
        "synthetic": ["parties", "candidates", "stations", "station_votes"],
    }


def _tables(home: Mapping[str, str], ballots: int) -> dict[str, str]:
    regions = (
        "region,name_kk,name_ru,name_en,column,row,width,time_zone\n"
        "r1,Бірінші өңір,Первый регион,First region,1,1,2,Asia/Aqtobe\n"
    )
    constituencies = (
        "constituency,number,name_kk,name_ru,name_en,region\n"
        "c1,1,Бірінші,Первый,First,r1\n"
        "c2,2,Екінші,Второй,Second,r1\n"
    )
    parties = ("sun", "moon", "")
    candidates = "candidate,constituency,name_kk,name_ru,name_en,party\n" + "".join(
        f"{name},{place},{name.upper()},{name.upper()},{name.upper()},{parties[at]}\n"
        for place, own in CANDIDATES.items()
        for at, name in enumerate(own)
    )
    registered = 2 * (ballots + PAPER) + 60
    stations = (
        "station,name_kk,name_ru,name_en,region,constituency,electronic,time_zone,registered\n"
        + "".join(
            f"{station},№ {station} учаскесі,Участок № {station},Station {station},r1,{place},yes,"
            f"Asia/Aqtobe,{registered}\n"
            for station, place in home.items()
        )
    )
    return {
        "regions.csv": regions,
        "constituencies.csv": constituencies,
        "candidates.csv": candidates,
        "stations.csv": stations,
    }


def _split(total: int, weights: Mapping[str, int], draws: Draws) -> dict[str, int]:
    """Return votes by option about in these weights, less than `total` together."""
    whole = sum(weights.values())
    found = {}
    for option, weight in weights.items():
        found[option] = int(total * weight * draws.between(0.96, 1.0)) // max(whole, 100)
    return found


def _votes(home: Mapping[str, str], ballots: int, seed: int) -> SmallVotes:
    votes = SmallVotes(
        received={n: datetime.fromisoformat(f"{day}T23:30:00{ZONE}") for n, day in DAYS.items()},
        publications=_publications(),
    )
    for station, place in home.items():
        for number in (1, 2) if place == "c2" else (1,):
            draws = Draws(seed, "votes", station, number)
            contests = {"list": LISTS, place: CANDIDATES[place]} if number == 1 else {place: PAIR}
            votes.ballots[station, number] = ballots
            for contest, weights in contests.items():
                own = _split(ballots, weights, draws)
                votes.electronic[station, contest, number] = tuple(own.values())
                votes.paper[station, contest, number] = _paper(weights, draws)
    return votes


def _paper(weights: Mapping[str, int], draws: Draws) -> dict[str, int]:
    """Return the paper votes of a contest: as many in each contest of a station."""
    found = _split(PAPER, weights, draws)
    first = next(iter(found))
    found[first] += PAPER - sum(found.values())
    return found


def _publications() -> tuple[Publication, ...]:
    def publication(number: int, status: str, day: str, reason: tuple[str, str, str]) -> Publication:
        moment = datetime.fromisoformat(f"{day}{ZONE}")
        kk, ru, en = reason
        name = f"round{number}-{status}"
        text = Text(kk=kk, ru=ru, en=en)
        if status == "final":
            return Publication(name, number, "final", moment, text)
        return Publication(name, number, "preliminary", moment, text, number=1)

    early = ("Хаттамалардың бәрі келген жоқ", "Поступили не все протоколы", "Not all protocols are in")
    late = ("Хаттамалардың бәрі келді", "Все протоколы поступили", "All protocols are in")
    return (
        publication(1, "preliminary", "2004-09-20T06:00:00", early),
        publication(1, "final", "2004-09-21T12:00:00", late),
        publication(2, "preliminary", "2004-10-04T06:00:00", early),
        publication(2, "final", "2004-10-05T12:00:00", late),
    )
