"""Invented voters of a polling station: names put together by chance, ages and addresses from a seed.

Every address begins with the word SIMULATION, so that no list of them can be taken for a register.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from dauys.domain.election import Election
from dauys.domain.places import Station
from dauys.domain.voters import Voter
from dauys.formats.voters import ADULT, Extract
from dauys.simulate import names
from dauys.simulate.draws import Draws

MARK: Final = "SIMULATION"
#: Of two hundred voters one has taken an absentee certificate.
CERTIFICATES: Final = 1 / 200
#: Years above 18 that voters are old, at most.
_SPREAD: Final = 74
_RUSSIAN_FATHERS: Final = (
    ("Александрович", "Александровна"), ("Викторович", "Викторовна"), ("Сергеевич", "Сергеевна"),
    ("Андреевич", "Андреевна"), ("Юрьевич", "Юрьевна"), ("Николаевич", "Николаевна"),
    ("Геннадьевич", "Геннадьевна"), ("Игоревич", "Игоревна"),
)  # fmt: skip


def make_extract(election: Election, station: Station, vote: str, seed: int) -> Extract:
    """Return the register extract of a station for a vote: as many voters as are registered there.

    The salt comes from the seed, as every secret of a simulation does. Raises KeyError for another vote.
    """
    day = election.day_of(vote)
    if day is None:
        raise KeyError(vote)
    salt = sha256(f"{MARK}/{seed}/{vote}/{station.id}/register".encode()).digest()
    return Extract(salt, make_voters(station, day, seed))


def make_voters(station: Station, day: date, seed: int) -> tuple[Voter, ...]:
    """Return the voters of a station, numbered from 1 by name; all are 18 on the day of voting."""
    draws = Draws(seed, "voters", station.id)
    people = sorted({person[:4]: person for person in _people(draws, station, day)}.values())
    return tuple(Voter(number, *person) for number, person in enumerate(people, 1))


_Person = tuple[str, str, date, str, str]


def _people(draws: Draws, station: Station, day: date) -> Iterator[_Person]:
    seen: set[tuple[str, str, date, str]] = set()
    while len(seen) < station.registered:
        woman = draws.unit() < 0.52
        kk, ru = _name(draws, woman=woman)
        person = (kk, ru, _born(draws, day), _address(draws))
        if person in seen:
            continue
        seen.add(person)
        certificate = f"SIM-{station.id}-{len(seen):05}" if draws.unit() < CERTIFICATES else ""
        yield *person, certificate


def _name(draws: Draws, *, woman: bool) -> tuple[str, str]:
    """Return surname, name and father's name in Kazakh and in Russian."""
    if draws.unit() < 0.7:
        return _kazakh(draws, woman=woman)
    first = draws.pick(names.RUSSIAN_WOMEN if woman else names.RUSSIAN_MEN)
    same = draws.unit() < 0.3
    last = draws.pick(names.OTHER_SURNAMES if same else names.RUSSIAN_SURNAMES)
    ending = "" if same or not woman else "а"
    father = draws.pick(_RUSSIAN_FATHERS)[woman]
    kk, ru = (f"{surname}{ending} {name} {father}" for surname, name in zip(last[:2], first[:2], strict=True))
    return kk, ru


def _kazakh(draws: Draws, *, woman: bool) -> tuple[str, str]:
    first = draws.pick(names.KAZAKH_WOMEN if woman else names.KAZAKH_MEN)
    last, father = draws.pick(names.KAZAKH_SURNAMES), draws.pick(names.KAZAKH_MEN)
    ending = "а" if woman else ""
    kk = f"{last[0]}{ending} {first[0]} {father[0]}{'қызы' if woman else 'ұлы'}"
    ru = f"{last[1]}{ending} {first[1]} {father[1]}{'кызы' if woman else 'улы'}"
    return kk, ru


def _born(draws: Draws, day: date) -> date:
    """Return a date of birth: young voters are more than old ones; the youngest turn 18 on the day."""
    youngest = day.replace(year=day.year - ADULT, day=min(day.day, 28))
    return youngest - timedelta(days=int(365.25 * _SPREAD * draws.unit() * draws.unit()))


def _address(draws: Draws) -> str:
    quarter = draws.pick(names.QUARTERS)[0]
    return f"{MARK}, {quarter}, {1 + draws.below(60)}-{1 + draws.below(80)}"
