"""Finding a voter by number, name in any letters, or date of birth, and what of an entry was found.

**Source:** spec/desk.md §5. Hits have one order, whatever was typed before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Final

from dauys.domain.voters import Voter
from dauys.station.desk.letters import Folded, fold, folded

Span = tuple[int, int]
#: Longer queries are cut: a line of the list is shorter.
LONGEST: Final = 120
_DATE: Final = re.compile(
    r"(?<!\d)(?:(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    r"|(?P<d2>\d{1,2})(?P<s>[./ -])(?P<m2>\d{1,2})(?:(?P=s)(?P<y2>\d{4}|\d{2}))?\.?"
    r"|(?P<d3>\d{2})(?P<m3>\d{2})(?P<y3>(?:18|19|20)\d{2}))(?!\d)"
)
_NUMBER_SIGN: Final = re.compile(r"№|#|\bno\.? *(?=\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that fits. `key`: of the voter; spans say which letters of the names fit."""

    key: str
    voter: Voter = field(repr=False)
    kk: tuple[Span, ...] = ()
    ru: tuple[Span, ...] = ()
    number: bool = False
    born: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    voter: Voter
    kk: Folded
    ru: Folded
    kk_words: str
    ru_words: str


@dataclass(frozen=True, slots=True)
class _Query:
    """What was typed. `words`: each behind a blank, as words of a name are. `dates`: day, month, year.

    A year is None where none was typed, and may have two digits.
    """

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    dates: tuple[tuple[int, int, int | None], ...]

    @property
    def empty(self) -> bool:
        """Whether nothing was asked."""
        return not (self.words or self.numbers or self.dates)


class Register:
    """The list of a station and the separate list of today, ready to be searched. Not frozen: it grows."""

    def __init__(self, voters: Mapping[str, Voter]) -> None:
        self._entries = {key: _entry(key, voter) for key, voter in voters.items()}
        self._lock = Lock()

    def add(self, key: str, voter: Voter) -> None:
        """Add somebody to the separate list."""
        entry = _entry(key, voter)
        with self._lock:  # two desks add at once; a search goes on over the entries that it began with
            self._entries = {**self._entries, key: entry}

    def get(self, key: str) -> Voter | None:
        """Return a voter by key."""
        found = self._entries.get(key)
        return found.voter if found else None

    def search(self, text: str) -> list[Hit]:
        """Return the entries that fit all that was typed: an exact number, surnames, the rest; by number."""
        query = _parse(text)
        if query.empty:
            return []
        fitting = [entry for entry in self._entries.values() if _fits(entry, query)]
        found = [_hit(entry, query) for entry in fitting]
        found.sort(key=lambda one: (one[0], one[1].voter.number == 0, one[1].voter.number, one[1].key))
        return [hit for _, hit in found]


def _entry(key: str, voter: Voter) -> _Entry:
    kk, ru = folded(voter.name_kk), folded(voter.name_ru)
    return _Entry(key, voter, kk, ru, " " + kk.text, " " + ru.text)


def _parse(text: str) -> _Query:
    plain = _NUMBER_SIGN.sub(" ", text[:LONGEST])
    dates = []

    def take(match: re.Match[str]) -> str:
        found = {name[0]: int(value) for name, value in match.groupdict().items() if value and name != "s"}
        if not (1 <= found["d"] <= 31 and 1 <= found["m"] <= 12):
            return match[0]
        dates.append((found["d"], found["m"], found.get("y")))
        return " "

    rest = _DATE.sub(take, plain).split()
    numbers = tuple(one for one in rest if one.isdecimal() or one.startswith("+"))
    words = tuple(" " + word for one in rest if one not in numbers for word in fold(one).split())
    return _Query(words, numbers, tuple(dates))


def _fits(entry: _Entry, query: _Query) -> bool:
    """Return whether an entry has all that was typed; quick, as it is asked of every entry."""
    if any(word not in entry.kk_words for word in query.words) and any(
        word not in entry.ru_words for word in query.words
    ):
        return False
    born = entry.voter.born
    if query.numbers and not all(_number(entry.key, one) or _year(born, one) for one in query.numbers):
        return False
    return not query.dates or all(_born(born, *one) for one in query.dates)


def _hit(entry: _Entry, query: _Query) -> tuple[int, Hit]:
    """Return an entry that fits, with its rank."""
    kk, ru = _spans(entry.kk, query.words), _spans(entry.ru, query.words)
    first = any(start == 0 for start, _ in (*kk, *ru))
    rank = 0 if entry.key in query.numbers else 1 if first else 2
    number = any(_number(entry.key, one) for one in query.numbers)
    born = bool(query.dates) or any(_year(entry.voter.born, one) for one in query.numbers)
    return rank, Hit(entry.key, entry.voter, kk, ru, number, born)


def _number(key: str, typed: str) -> bool:
    return key.startswith(typed.upper())


def _born(born: date, day: int, month: int, year: int | None) -> bool:
    fits = year is None or year in (born.year, born.year % 100)
    return fits and (born.day, born.month) == (day, month)


def _year(born: date, typed: str) -> bool:
    return len(typed) == 4 and typed == str(born.year)


def _spans(name: Folded, words: tuple[str, ...]) -> tuple[Span, ...]:
    """Return where words begin words of a name, as spans of its letters; nothing where one does not."""
    found = []
    padded = " " + name.text
    for word in words:
        at = padded.find(word)
        if at < 0:
            return ()
        found.append((name.places[at], name.places[at + len(word) - 2] + 1))
    return _joined(found)


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Return spans in order, those that overlap as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def cut(text: str, spans: tuple[Span, ...], wrap: Callable[[str, bool], str]) -> str:
    """Return a text put together of pieces that were found and pieces that were not, each wrapped."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [wrap(text[at:start], False), wrap(text[start:end], True)]
        at = end
    return "".join([*pieces, wrap(text[at:], False)])


def typed_date(text: str) -> date | None:
    """Return a whole date as people type it, None where it is none or its year has two digits."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    found = {name[0]: int(value) for name, value in match.groupdict().items() if value and name != "s"}
    if found.get("y", 0) < 1000:
        return None
    try:
        return date(found["y"], found["m"], found["d"])
    except ValueError:
        return None
