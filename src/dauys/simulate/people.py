"""Invented candidates: names in three languages, a party or none."""

from __future__ import annotations

from dauys.domain.text import Text
from dauys.simulate import names
from dauys.simulate.draws import Draws


def make_name(draws: Draws, taken: set[str]) -> Text:
    """Return a name that nobody has yet, and note it in `taken`. About one in five is a woman's."""
    while True:
        name = _draw_name(draws)
        if name.en not in taken:
            taken.add(name.en)
            return name


def _draw_name(draws: Draws) -> Text:
    kind, woman = draws.unit(), draws.unit() < 0.2
    if kind < 0.68:
        first = draws.pick(names.KAZAKH_WOMEN if woman else names.KAZAKH_MEN)
        last = _gendered(draws.pick(names.KAZAKH_SURNAMES), woman=woman)
    elif kind < 0.88:
        first = draws.pick(names.RUSSIAN_WOMEN if woman else names.RUSSIAN_MEN)
        last = _gendered(draws.pick(names.RUSSIAN_SURNAMES), woman=woman)
    else:
        first = draws.pick(names.RUSSIAN_WOMEN if woman else names.RUSSIAN_MEN)
        last = draws.pick(names.OTHER_SURNAMES)
    return Text(*(f"{a} {b}" for a, b in zip(first, last, strict=True)))


def _gendered(surname: names.Name, *, woman: bool) -> names.Name:
    kk, ru, en = surname
    return (kk + "а", ru + "а", en + "a") if woman else surname
