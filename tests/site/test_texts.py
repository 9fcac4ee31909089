import re
from importlib.resources import files

import pytest

from dauys.site.figures import Figures
from dauys.site.texts import Texts
from dauys.words import LANGUAGES, load

CALL = re.compile(r"\bt(?:\.has)?\(\s*[\"']([a-z]+\.[a-z_0-9.]+)[\"']")


def texts(language):
    return Texts(language, Figures(language))


def test_all_languages_have_the_same_sentences_and_placeholders():
    catalogs = {language: load(language, "site").templates for language in LANGUAGES}
    for key, forms in catalogs["en"].items():
        for language in ("kk", "ru"):
            assert key in catalogs[language], (language, key)
            assert all(catalogs[language][key]), (language, key)
            assert (len(forms) > 1) == (len(catalogs[language][key]) > 1), key
    assert {len(c) for c in catalogs.values()} == {len(catalogs["en"])}


def test_every_sentence_that_pages_ask_for_exists():
    known = load("en", "site").templates
    root = files("dauys.site")
    sources = [*root.iterdir(), *(root / "pages").iterdir(), *(root / "templates").iterdir()]
    asked = {
        key
        for f in sources
        if f.name.endswith((".py", ".html"))
        for key in CALL.findall(f.read_text(encoding="utf-8"))
    }
    assert len(asked) > 200
    assert (
        sorted(key for key in asked if key not in known and not any(k.startswith(key) for k in known)) == []
    )


@pytest.mark.parametrize(
    ("language", "one", "two", "five"),
    [
        ("en", "1 station", "2 stations", "5 stations"),
        ("ru", "1 участок", "2 участка", "5 участков"),
        ("kk", "1 учаске", "2 учаске", "5 учаске"),
    ],
)
def test_numbers_choose_the_form_of_the_word(language, one, two, five):
    t = texts(language)
    assert [t("con.stations", count=n) for n in (1, 2, 5)] == [one, two, five]
    if language == "ru":
        assert t("con.stations", count=21) == "21 участок"
        assert t("con.stations", count=11) == "11 участков"


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "Art. 97-1(1)"), ("ru", "ст. 97-1(1)"), ("kk", "97-1(1)-бап")]
)
def test_articles_in_the_words_of_the_language(language, expected):
    assert texts(language).article("Art. 97-1(1)") == expected
    assert texts(language).article(None) == ""


def test_what_is_filled_in_is_escaped():
    sentence = texts("en")("con.elected_1", name="<script>", who="a & b", votes=5)
    assert "<script>" not in sentence
    assert "&lt;script&gt;" in sentence


def test_codes_without_words_are_shown_as_they_are():
    t = texts("en")
    assert t.known("code", "P9.9") == "P9.9"
    assert t.known("base", "cast") == "of those who took part"
