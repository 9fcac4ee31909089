"""Laws as data: values with articles and status, declared values, and the faults of both."""

from fractions import Fraction

import pytest

from dauys.errors import InputError
from dauys.systems import laws
from dauys.systems.laws import LAWS, Status
from dauys.systems.laws.law import Parameter, amend, make_law
from dauys.systems.outcomes import Base


def test_kz_2004_says_what_the_law_of_2004_says():
    law = laws.load("kz-2004")
    assert (law.count("list.seats"), law.count("constituency.seats")) == (10, 67)
    assert law.share("list.threshold") == Fraction(7, 100)
    assert law.base("list.threshold_base") is Base.VALID
    assert not law.flag("list.threshold_strict")
    assert law.base("constituency.majority_base") is Base.CAST
    assert law.value("list.tie_rule") == "earlier_registration"
    assert law.parameter("list.tie_rule").status is Status.UNVERIFIED
    assert law.count("calendar.electronic_list_days") is None


def test_threshold_base_of_2004_is_shown_in_both_readings():
    parameter = laws.load("kz-2004").parameter("list.threshold_base")
    assert {(r.value, r.status) for r in parameter.readings} == {
        ("valid", Status.COMPUTED),
        ("cast", Status.READ),
    }
    assert parameter.article == "Art. 97-1(1)"


def test_later_laws():
    law = laws.load("kz-2023")
    assert (law.count("list.seats"), law.count("constituency.seats")) == (69, 29)
    assert law.share("list.threshold") == Fraction(1, 20)
    assert law.base("list.threshold_base") is Base.VALID_INCL_AGAINST_ALL
    assert law.value("constituency.system") == "plurality"
    assert law.flag("list.against_all")
    law = laws.load("kz-2026")
    assert (law.count("list.seats"), law.count("constituency.seats")) == (145, 0)
    known = {p.path for p in law.parameters if p.status is not Status.UNVERIFIED}
    assert known == {"list.seats", "constituency.seats", "constituency.system", "constituency.against_all"}


@pytest.mark.parametrize("law", LAWS.values(), ids=str)
def test_every_value_has_an_article_and_fits_its_type(law):
    assert [p.path for p in law.parameters] == list(law.preset)
    assert {p.path for p in law.parameters} == set(laws.load("kz-2004").preset)
    for p in law.parameters:
        assert p.article
        assert p.problem(p.value) is None
        assert not p.readings or p.value in {r.value for r in p.readings}
        assert not law.is_declared(p.path)


def test_declared_values_go_on_top_and_the_preset_stays():
    preset = laws.load("kz-2004")
    law = preset.with_parameters({"list.threshold_base": "cast", "list.threshold": "1/15"})
    assert law.base("list.threshold_base") is Base.CAST
    assert law.share("list.threshold") == Fraction(1, 15)
    assert law.is_declared("list.threshold")
    assert law.preset["list.threshold"] == "0.07"
    assert preset.base("list.threshold_base") is Base.VALID
    again = law.with_parameters({"list.threshold_base": "valid"})
    assert not again.is_declared("list.threshold_base")
    assert again.is_declared("list.threshold")


@pytest.mark.parametrize(
    ("path", "value", "hint", "nearest"),
    [
        ("list.threshold", "7", "write_share", "0.07"),
        ("list.threshold", "7 %", "write_share", "0.07"),
        ("list.threshold", "7,5", "write_share", "0.075"),
        ("list.threshold", "12.5%", "write_share", "0.125"),
        ("list.threshold", "100", "write_share", "1.00"),
        ("list.threshold", "seven", None, None),
        ("list.threshold", "8/7", None, None),
        ("list.threshold", "1/0", None, None),
        ("list.threshold", "-0.07", None, None),
        ("list.threshold_base", "casted", "nearest", "cast"),
        ("list.seats", "ten", None, None),
        ("list.seats", "-1", None, None),
        ("list.seats", "010", None, None),
        ("list.threshold_strict", "true", None, None),
        ("count.starts", "8 pm", None, None),
        ("list.seats", "none", None, None),
    ],
)
def test_wrong_values_are_refused_with_a_way_out(path, value, hint, nearest):
    with pytest.raises(InputError) as caught:
        laws.load("kz-2004").with_parameters({path: value})
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.path, problem.found) == ("E3.2", path, value)
    assert problem.expected
    assert (problem.hint, problem.facts.get("nearest")) == (hint, nearest)


def test_every_wrong_path_and_value_comes_at_once():
    with pytest.raises(InputError) as caught:
        laws.load("kz-2004").with_parameters(
            {"list.treshold": "0.07", "list.quota": "hair", "list.seats": "9"}
        )
    assert [(p.code, p.facts["nearest"]) for p in caught.value.problems] == [
        ("E3.1", "list.threshold"),
        ("E3.2", "hare"),
    ]


def test_unknown_law_is_named_with_the_nearest():
    with pytest.raises(InputError) as caught:
        laws.load("kz-2005")
    (problem,) = caught.value.problems
    assert (problem.code, problem.found, problem.hint) == ("E3.3", "kz-2005", "nearest")
    with pytest.raises(KeyError):
        laws.load("kz-2004").parameter("list.treshold")


def test_law_that_contradicts_itself_is_not_made():
    one = Parameter("list.seats", "count", "10", "Art. 1", Status.READ)
    with pytest.raises(ValueError, match="twice"):
        make_law("x", "x", (one, one))
    with pytest.raises(ValueError, match="does not fit"):
        make_law("x", "x", (Parameter("list.seats", "count", "ten", "Art. 1", Status.READ),))
    two = Parameter("list.seats", "count", "11", "Art. 2", Status.READ)
    assert amend((one,), (two,)) == (two,)
