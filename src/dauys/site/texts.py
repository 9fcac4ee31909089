"""Sentences of the site in one language, filled in and safe to stand in a page."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

from dauys.domain.text import Language
from dauys.site.figures import Figures
from dauys.words import load

_NUMBER = r"\d[\d-]*(?:\(\d+\))*"
_ARTICLE = re.compile(rf"\bArts?\.\s*({_NUMBER}(?:,\s*{_NUMBER})*)")


class Texts:
    """`texts("key", count=3)`: a sentence of `site.po`; whole numbers are written in the way of the language.

    The catalogs may hold the tags b, em and a; what is filled in is escaped.
    """

    def __init__(self, language: Language, figures: Figures) -> None:
        self.language, self._figures = language, figures
        self._catalog = load(language, "site")
        self._plain = {key: forms[0] for key, forms in self._catalog.templates.items() if len(forms) == 1}

    def __call__(self, key: str, **facts: Any) -> Markup:
        """Return the sentence. Raises KeyError for an unknown key or a missing fact."""
        if not facts:
            plain = self._plain.get(key)
            if plain is not None:
                return Markup(plain)  # noqa: S704  our own catalog, nothing filled in
        count = facts.get("count")
        template = self._catalog.template(key, count if isinstance(count, int) else None)
        return Markup(template.format(**{name: self._shown(value) for name, value in facts.items()}))  # noqa: S704

    def has(self, key: str) -> bool:
        """Return whether the catalog has this sentence."""
        return key in self._catalog.templates

    def known(self, prefix: str, code: str) -> Markup:
        """Return the sentence `prefix.code`, or the code itself where a data file uses one without words."""
        key = f"{prefix}.{code}"
        return self(key) if self.has(key) else Markup("{}").format(code)

    def article(self, text: str | None) -> str:
        """Return an article reference in the language of the page: `Art. 9`, `ст. 9`, `9-бап`."""
        if not text:
            return ""
        return _ARTICLE.sub(lambda m: str(self("word.article", number=str(m.group(1)))), text)

    def name(self, names: dict[str, str] | None) -> str:
        """Return the name of a data file's three-language object; empty for none."""
        return "" if names is None else names[self.language]

    def _shown(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            return escape(value)
        return self._figures.count(value)
