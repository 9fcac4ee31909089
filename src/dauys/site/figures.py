"""How numbers, shares and times are written in each language. Rounding happens here and nowhere below.

Shares arrive as exact fractions and are rounded half away from zero to a fixed number of decimals; nothing is
computed further from a rounded figure.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from babel.dates import format_date

from dauys.domain.text import Language

THIN = "\N{NARROW NO-BREAK SPACE}"
NOT_APPLICABLE = "–"
_POINT = {"en": ".", "ru": ",", "kk": ","}
_GROUP = {"en": ",", "ru": THIN, "kk": THIN}
_DAY = {"en": "d MMMM y", "ru": "d MMMM y", "kk": "y 'жылғы' d MMMM"}
_DAY_SHORT = {"en": "d MMM", "ru": "d MMM", "kk": "d MMM"}
_DAY_PLAIN = {"en": "d MMMM", "ru": "d MMMM", "kk": "d MMMM"}


def exact(text: str | int | None) -> Fraction | None:
    """Return the fraction that a data file writes `"a/b"` or `"a"`; None for no data."""
    return None if text is None else Fraction(text)


def _digits(value: Fraction, places: int) -> tuple[bool, str, str]:
    """Return sign, whole part and decimals of the value rounded half away from zero."""
    scaled = abs(value) * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    text = str(whole).rjust(places + 1, "0")
    return value < 0 and whole > 0, text[: len(text) - places], text[len(text) - places :] if places else ""


class Figures:
    """Writes figures in one language. None is written `–`; say missing data in words before coming here."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._point, self._group = _POINT[language], _GROUP[language]
        self.count = lru_cache(maxsize=65536)(self._count)
        self.day = lru_cache(maxsize=512)(self._day)

    def _count(self, number: int | str | None) -> str:
        """Return a count with groups of three digits: `2,883,706` or `2 883 706`."""
        if number is None or number == "":
            return NOT_APPLICABLE
        return f"{int(number):,}".replace(",", self._group).replace("-", "−")

    def decimal(self, value: Fraction | str | None, places: int) -> str:
        """Return an exact value with a fixed number of decimals, rounded half away from zero."""
        fraction = exact(value) if not isinstance(value, Fraction) else value
        if fraction is None:
            return NOT_APPLICABLE
        negative, whole, rest = _digits(fraction, places)
        text = self.count(int(whole)) + (self._point + rest if rest else "")
        return f"−{text}" if negative else text

    def percent(self, share: Fraction | str | None, places: int = 2) -> str:
        """Return a share as a per cent; whoever shows it names the base beside it."""
        fraction = exact(share) if not isinstance(share, Fraction) else share
        return NOT_APPLICABLE if fraction is None else f"{self.decimal(fraction * 100, places)}\u00a0%"

    def short_percent(self, share: Fraction | str) -> str:
        """Return a share with no more decimals than it has, at most four: `7 %`, `0.5 %`."""
        fraction = Fraction(share) * 100
        places = next((n for n in range(4) if (fraction * 10**n).denominator == 1), 4)
        return f"{self.decimal(fraction, places)}\u00a0%"

    def _day(self, iso: str, form: str = "long") -> str:
        """Return a date in words: long with the year, plain without it, short with a short month."""
        pattern = {"long": _DAY, "plain": _DAY_PLAIN, "short": _DAY_SHORT}[form][self.language]
        return str(format_date(date.fromisoformat(iso[:10]), pattern, locale=self.language)).rstrip(".")

    def moment(self, iso: str | None) -> str:
        """Return date and local time: `3 October 2004, 23:40`."""
        if iso is None:
            return NOT_APPLICABLE
        return f"{self.day(iso)}, {self.clock(iso)}"

    def clock(self, iso: str) -> str:
        """Return the local time of day: `23:40`."""
        return datetime.fromisoformat(iso).strftime("%H:%M")

    def size(self, octets: int) -> str:
        """Return the size of a file in kB or MB of 1000, with one decimal below 10."""
        unit, divisor = ("MB", 10**6) if octets >= 10**6 else ("kB", 10**3)
        value = Fraction(octets, divisor)
        names: dict[str, dict[str, str]] = {
            "en": {},
            "ru": {"MB": "МБ", "kB": "кБ"},
            "kk": {"MB": "МБ", "kB": "кБ"},
        }
        name = names[self.language].get(unit, unit)
        return f"{self.decimal(value, 1 if value < 10 else 0)}\u00a0{name}"


def ratio(part: Any, whole: Any) -> Fraction | None:
    """Return part of whole, exactly; None where either is unknown or the whole is 0."""
    if part in (None, "") or whole in (None, "", 0):
        return None
    return Fraction(int(part), int(whole))
