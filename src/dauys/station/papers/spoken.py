"""The words on papers, in the order of papers: Kazakh, Russian, and English on what is not counted."""

from __future__ import annotations

from functools import cache

from dauys.domain.text import Language, Text
from dauys.words import Words


@cache
def words(language: Language) -> Words:
    """Return the words of papers in one language."""
    return Words(language, "papers")


def said(key: str, /, **facts: object) -> Text:
    """Return a sentence in three languages. Raises KeyError for an unknown key or fact."""
    kk, ru, en = (words(language).say(key, **facts) for language in ("kk", "ru", "en"))
    return Text(kk, ru, en)


def twice(text: Text) -> tuple[str, ...]:
    """Return Kazakh and Russian, once where they are the same letters."""
    return (text.kk,) if text.kk == text.ru else (text.kk, text.ru)


def thrice(text: Text) -> tuple[str, ...]:
    """Return Kazakh, Russian and English, none of them twice."""
    return tuple(dict.fromkeys((text.kk, text.ru, text.en)))
