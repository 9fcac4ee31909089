"""Sentences for people, in Kazakh, Russian and English; the library below this floor raises codes and facts.

A catalog is a gettext file `<language>/<domain>.po` in this package, its keys are the msgids. Placeholders
are named fields of `str.format`. Where a sentence depends on a number it has plural forms, and the fact
`count` chooses.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from dauys.domain.text import LANGUAGES, Language

__all__ = ["LANGUAGES", "Catalog", "Language", "Words", "choose_language", "group_digits", "load"]

#: Narrow no-break space: a thin space at which no line breaks.
THIN = "\N{NARROW NO-BREAK SPACE}"
_DOMAIN = re.compile(r"[a-z][a-z_]*")


def group_digits(number: int) -> str:
    """Return the number with a thin space every three digits, and a true minus sign where it is negative."""
    return f"{number:,}".replace(",", THIN).replace("-", "\N{MINUS SIGN}")


class Catalog:
    """The sentences of one domain in one language, by key."""

    def __init__(self, language: Language, domain: str, text: bytes) -> None:
        self.language, self.domain = language, domain
        parsed = read_po(io.BytesIO(text), locale=language, domain=domain, abort_invalid=True)
        self.templates: Mapping[str, tuple[str, ...]] = {
            key: forms for m in parsed if m.id for key, forms in [_entry(m.id, m.string)]
        }
        compiled = io.BytesIO()
        write_mo(compiled, parsed)
        compiled.seek(0)
        self._messages = gettext.GNUTranslations(compiled)

    def template(self, key: str, count: int | None = None) -> str:
        """Return the unfilled sentence, in the plural form of `count`. Raises KeyError for an unknown key."""
        forms = self.templates.get(key)
        if forms is None or not all(forms):
            raise KeyError(f"no sentence {key!r} in {self.language}/{self.domain}.po")
        if len(forms) == 1:
            return forms[0]
        if count is None:
            raise KeyError(
                f"sentence {key!r} of {self.language}/{self.domain}.po has plural forms and needs a count"
            )
        return self._messages.ngettext(key, key, abs(count))


def _entry(identity: object, string: object) -> tuple[str, tuple[str, ...]]:
    """Return key and forms of one message of Babel, which holds plurals as tuples."""
    key = identity[0] if isinstance(identity, (tuple, list)) else identity
    forms = tuple(string) if isinstance(string, (tuple, list)) else (string,)
    return cast(str, key), cast("tuple[str, ...]", forms)


@lru_cache(maxsize=64)
def load(language: Language, domain: str) -> Catalog:
    """Return the catalog of one domain. Raises FileNotFoundError where the language has no such domain."""
    if language not in LANGUAGES or not _DOMAIN.fullmatch(domain):
        raise FileNotFoundError(f"{language}/{domain}.po")
    return Catalog(language, domain, (files(__name__) / language / f"{domain}.po").read_bytes())


class Words:
    """What a part of the program can say in one language: `Words("kk", "cli").say("errors", count=2)`.

    Several domains are searched in their order. Integers come out with thin spaces; give a number that must
    stay as it is (a line, a year) as text.
    """

    def __init__(self, language: Language, *domains: str) -> None:
        self.language = language
        self._catalogs = tuple(load(language, domain) for domain in domains or ("cli",))

    def has(self, key: str) -> bool:
        """Return whether there is such a sentence."""
        return any(key in c.templates for c in self._catalogs)

    def say(self, key: str, /, **facts: object) -> str:
        """Return the sentence with its facts filled in. Raises KeyError for an unknown key or fact."""
        count = facts.get("count")
        home = next((c for c in self._catalogs if key in c.templates), self._catalogs[0])
        template = home.template(key, count if isinstance(count, int) else None)
        return template.format(**{name: _shown(value) for name, value in facts.items()})


def _shown(value: object) -> object:
    return group_digits(value) if isinstance(value, int) and not isinstance(value, bool) else value


def choose_language(wanted: str | None, environ: Mapping[str, str]) -> Language:
    """Return the wanted language, else that of LC_ALL, LC_MESSAGES or LANG, else English."""
    for name in (wanted, *(environ.get(key) for key in ("LC_ALL", "LC_MESSAGES", "LANG"))):
        if name:
            code = re.split(r"[_.@-]", name.lower())[0]
            return next((language for language in LANGUAGES if language == code), "en")
    return "en"
