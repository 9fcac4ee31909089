"""Every sentence exists in every language, with the same placeholders and without a hole."""

import string
from importlib.resources import files

import pytest

from dauys.domain.text import LANGUAGES
from dauys.words import Words, choose_language, group_digits, load

DOMAINS = sorted(
    {p.name.removesuffix(".po") for lang in LANGUAGES for p in (files("dauys.words") / lang).iterdir()}
)


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("domain", DOMAINS)
def test_languages_say_the_same(domain):
    english = load("en", domain).templates
    for language in LANGUAGES:
        other = load(language, domain).templates
        assert other.keys() == english.keys()
        for key, forms in other.items():
            assert all(forms), (language, key)
            for form in forms:
                # A plural form may say "one" in words; every other fact has to be in every form.
                assert placeholders(form) - {"count"} == placeholders(english[key][0]) - {"count"}, (
                    language,
                    key,
                )
            assert (len(forms) > 1) == (len(english[key]) > 1), (language, key)


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        ("ru", 1, "1 ошибка, ничего не подсчитано"),
        ("ru", 3, "3 ошибки, ничего не подсчитано"),
        ("ru", 11, "11 ошибок, ничего не подсчитано"),
        ("kk", 5, "5 қате, ештеңе саналмады"),
        ("en", 1, "1 error, nothing counted"),
    ],
)
def test_plurals(language, count, text):
    assert Words(language, "cli").say("nothing_counted", count=count) == text


def test_unknown_sentence_or_missing_fact_is_an_error():
    with pytest.raises(KeyError, match="no sentence 'nonsense'"):
        Words("kk", "cli").say("nonsense")
    with pytest.raises(KeyError, match="needs a count"):
        Words("kk", "cli").say("nothing_counted")
    with pytest.raises(FileNotFoundError):
        load("kk", "nonsense")


def test_digits_are_grouped_by_a_thin_space():
    assert group_digits(4757773) == "4\u202f757\u202f773"
    assert group_digits(-1200) == "\u22121\u202f200"
    assert group_digits(999) == "999"


@pytest.mark.parametrize(
    ("wanted", "environ", "language"),
    [
        ("ru", {"LANG": "kk_KZ.UTF-8"}, "ru"),
        (None, {"LANG": "kk_KZ.UTF-8"}, "kk"),
        (None, {"LC_ALL": "ru_RU.UTF-8", "LANG": "kk_KZ.UTF-8"}, "ru"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANG": "de_DE"}, "en"),
        (None, {}, "en"),
    ],
)
def test_language_is_chosen_like_other_programs_do(wanted, environ, language):
    assert choose_language(wanted, environ) == language
