"""One spelling for a name in Kazakh, Russian and Latin letters, so that any finds all (`spec/desk.md` §5)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

#: The one letter or two, and the letters that are written so.
_LIKE: Final = {
    "a": "аә", "b": "б", "c": "цчç", "d": "д", "e": "еэ", "f": "ф", "g": "гғğ", "h": "хһ", "i": "ийыіyı",
    "ia": "я", "iu": "ю", "j": "ж", "k": "кқq", "ks": "x", "l": "л", "m": "м", "n": "нң", "o": "оө", "p": "п",
    "r": "р", "s": "с", "š": "шщş", "t": "т", "u": "уұү", "v": "вw", "z": "з",
}  # fmt: skip
_ONE: Final = {one: to for to, letters in _LIKE.items() for one in letters}
#: What Latin writes with several letters, the longest first.
_SEVERAL: Final = (
    ("shch", "š"), ("sch", "š"), ("sh", "š"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("ch", "c"), ("ts", "c"),
    ("yo", "e"), ("ye", "e"), ("yu", "iu"), ("ya", "ia"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in the one spelling, and for each of its letters the place in the text that it came from."""

    text: str
    places: tuple[int, ...]


def fold(text: str) -> str:
    """Return a text in the one spelling: small letters a–z and š, digits, single blanks."""
    return folded(text).text


def folded(text: str) -> Folded:
    """Return a text in the one spelling, with the places of its letters; doubled letters count once."""
    letters: list[str] = []
    places: list[int] = []
    lowered = [one.lower() for one in text]
    at = 0
    while at < len(lowered):
        several, used = _several(lowered, at)
        for letter in several if used else _one(lowered[at]):
            if not letters or letters[-1] != letter or letter.isdigit():
                letters.append(letter)
                places.append(at)
        at += used or 1
    return Folded("".join(letters), tuple(places))


def _several(lowered: list[str], at: int) -> tuple[str, int]:
    """Return what stands for the Latin letters at a place, and how many they are; 0 for none."""
    ahead = "".join(lowered[at : at + 4])
    return next(((one, len(many)) for many, one in _SEVERAL if ahead.startswith(many)), ("", 0))


def _one(letter: str) -> str:
    if letter in _ONE:
        return _ONE[letter]
    if letter.isspace() or letter in "-‐–—.,;/()":
        return " "
    plain = unicodedata.normalize("NFD", letter)[:1]
    if plain in _ONE:
        return _ONE[plain]
    return plain if plain.isascii() and plain.isalnum() else ""
