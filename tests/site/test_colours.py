import itertools

import pytest

from dauys.site import colours

PARTY = {"id": "ak zhol", "colour_light": "4CC492", "colour_dark": "3DDC97"}


def test_letters_on_every_colour_can_be_read():
    channels = ("00", "33", "66", "99", "CC", "FF")
    for parts in itertools.product(channels, repeat=3):
        colour = "".join(parts)
        for theme in ("light", "dark"):
            letters = colours.letters_on(colour, theme)
            assert colours.contrast(letters, colour) >= 4.5, (colour, theme)


def test_contrast_has_its_known_ends():
    assert colours.contrast("000000", "FFFFFF") == pytest.approx(21)
    assert colours.contrast("777777", "777777") == pytest.approx(1)


def test_rules_carry_both_themes_and_a_safe_class():
    css = colours.rules([PARTY])
    assert "--p-ak-zhol:#4CC492" in css
    assert "prefers-color-scheme:dark){:root{--p-ak-zhol:#3DDC97" in css
    assert ".p-ak-zhol{" in css


@pytest.mark.parametrize("colour", ["red", "12345", "000000}body{display:none"])
def test_what_is_no_colour_is_refused(colour):
    with pytest.raises(ValueError, match="ak zhol"):
        colours.rules([{**PARTY, "colour_light": colour}])
