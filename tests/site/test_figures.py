from fractions import Fraction

import pytest

from dauys.site.figures import Figures, ratio

THIN = "\u202f"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "2,883,706"), ("ru", f"2{THIN}883{THIN}706"), ("kk", f"2{THIN}883{THIN}706")],
)
def test_counts_are_grouped_in_the_way_of_the_language(language, expected):
    assert Figures(language).count(2_883_706) == expected
    assert Figures(language).count("2883706") == expected


def test_zero_is_zero_and_no_data_is_a_dash():
    f = Figures("en")
    assert f.count(0) == "0"
    assert f.count(None) == f.count("") == "–"
    assert f.percent(None) == "–"
    assert ratio(5, None) is None
    assert ratio(5, 0) is None
    assert ratio(0, 5) == 0


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (Fraction(2_883_706, 4_757_773), "60.61\u00a0%"),
        (Fraction(336_177, 4_893_204), "6.87\u00a0%"),
        ("1/8", "12.50\u00a0%"),
        ("10005/1000000", "1.00\u00a0%"),
        ("10050/1000000", "1.01\u00a0%"),  # exactly half a hundredth goes up
        ("10049/1000000", "1.00\u00a0%"),
        ("1", "100.00\u00a0%"),
        ("0", "0.00\u00a0%"),
    ],
)
def test_shares_are_rounded_from_the_exact_fraction(share, expected):
    assert Figures("en").percent(share) == expected


def test_decimal_comma_and_minus_sign():
    assert Figures("ru").percent("6061/10000") == "60,61\u00a0%"
    assert Figures("kk").decimal(Fraction(-7, 2), 1) == "−3,5"
    assert Figures("en").decimal(Fraction(-1, 1000), 1) == "0.0"
    assert Figures("en").decimal(Fraction(9999, 1000), 2) == "10.00"


@pytest.mark.parametrize(
    ("share", "expected"),
    [("7/100", "7\u00a0%"), ("0.07", "7\u00a0%"), ("1/200", "0.5\u00a0%"), ("1/3", "33.3333\u00a0%")],
)
def test_short_per_cents_have_no_needless_decimals(share, expected):
    assert Figures("en").short_percent(share) == expected


@pytest.mark.parametrize(
    ("language", "long", "plain"),
    [
        ("en", "3 October 2004", "3 October"),
        ("ru", "3 октября 2004", "3 октября"),
        ("kk", "2004 жылғы 3 қазан", "3 қазан"),
    ],
)
def test_days_as_words(language, long, plain):
    f = Figures(language)
    assert f.day("2004-10-03") == long
    assert f.day("2004-10-03T23:40:00+06:00", "plain") == plain
    assert f.moment("2004-10-03T23:40:00+06:00") == f"{long}, 23:40"


def test_sizes_are_in_thousands():
    assert Figures("en").size(8_566_049) == "8.6\u00a0MB"
    assert Figures("ru").size(44_076) == "44\u00a0кБ"
