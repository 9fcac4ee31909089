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


SEATED = {
    "otan": ("2B62C4", "8DB4F2"),
    "aist": ("E8A91F", "F2C14B"),
    "asar": ("A83A1C", "CF5232"),
    "ak-zhol": ("4CC492", "3DDC97"),
    "democratic": ("B99FD3", "A24FC4"),
    "independents": ("454C54", "6B757F"),
}


def parties(colours_of):
    return [{"id": i, "colour_light": a, "colour_dark": b} for i, (a, b) in colours_of.items()]


def test_colours_of_the_example_can_be_told_apart_by_all_eyes():
    assert colours.close_pairs(parties(SEATED)) == []
    near = colours.close_pairs(parties(SEATED), least=30)
    assert min(c.distance for c in near if c.theme == "dark") == pytest.approx(22.9, abs=0.1)
    assert min(c.distance for c in near if c.theme == "light") == pytest.approx(27.1, abs=0.1)


def test_red_and_green_of_one_lightness_are_found_whatever_the_parties_are_called():
    found = colours.close_pairs(parties({"x": ("C02020", "C02020"), "y": ("7A6A10", "10A0F0")}))
    assert {(c.theme, c.vision) for c in found} == {("light", "deutan")} or {c.theme for c in found} == {
        "light"
    }
    renamed = colours.close_pairs(parties({"a": ("C02020", "C02020"), "b": ("7A6A10", "10A0F0")}))
    assert [(c.theme, c.vision, c.distance) for c in found] == [
        (c.theme, c.vision, c.distance) for c in renamed
    ]
    assert found


def test_grey_is_grey_to_all_eyes():
    for vision in ("protan", "deutan", "tritan"):
        lightness, a, b = colours.lab("808080", vision)
        assert lightness == pytest.approx(53.6, abs=0.1)
        assert (a, b) == pytest.approx((0, 0), abs=0.1)
