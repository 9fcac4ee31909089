"""Names in the three languages of the election."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["kk", "ru", "en"]
LANGUAGES: tuple[Language, ...] = ("kk", "ru", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One name in Kazakh, Russian and English; none is empty."""

    kk: str
    ru: str
    en: str

    def __post_init__(self) -> None:
        for language in LANGUAGES:
            if not getattr(self, language):
                raise ValueError(f"no text in {language}")

    def get(self, language: Language) -> str:
        """Return the name in one language."""
        return str(getattr(self, language))

    def as_dict(self) -> dict[str, str]:
        """Return the name as the object that data files carry: keys kk, ru, en."""
        return {"kk": self.kk, "ru": self.ru, "en": self.en}
