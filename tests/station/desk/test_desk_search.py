"""A voter is found by whatever is known of them (`spec/desk.md` §5)."""

from __future__ import annotations

import sys
import threading
from datetime import date

import pytest
from desk_bench import VOTERS

from dauys.domain.voters import Voter
from dauys.station.desk.letters import fold, folded
from dauys.station.desk.search import Register, cut


@pytest.fixture(scope="module")
def register():
    return Register({str(one.number): one for one in VOTERS})


def keys(register, text):
    return [hit.key for hit in register.search(text)]


@pytest.mark.parametrize(
    ("kazakh", "others"),
    [
        ("Әбенов", ["Абенов", "Abenov", "ӘБЕНОВ", "äbenov"]),
        ("Ғани", ["Гани", "Gani", "Ghani", "ğani"]),
        ("Қасым", ["Касым", "Kasym", "Qasym", "qasım"]),
        ("Жаңа", ["Жана", "Zhana", "Jana", "jaña"]),
        ("Өмір", ["Омир", "Omir", "ömir"]),
        ("Нұр", ["Нур", "Nur", "nūr"]),
        ("Гүл", ["Гул", "Gul", "gül"]),
        ("Серік", ["Серик", "Serik", "Serık"]),
        ("Һафиз", ["Хафиз", "Hafiz", "Khafiz"]),
        ("Семёнов", ["Семенов", "Semenov", "Semyonov"]),
        ("Шолпан", ["Sholpan", "Şolpan"]),
        ("Дмитрий", ["Dmitri", "Dmitriy", "Дмитри"]),
        ("Юлия", ["Yuliya", "Iuliia"]),
        ("Татьяна", ["Tatyana", "Tatiana"]),
        ("Ерлан", ["Yerlan", "Erlan"]),
        ("Алла", ["Alla", "Ала"]),
    ],
)
def test_letters_of_three_scripts_are_one(kazakh, others):
    assert {fold(other) for other in others} == {fold(kazakh)}


def test_different_names_stay_different():
    names = ["Асан", "Ашан", "Асен", "Азан", "Ажан", "Ахан", "Акан", "Аган", "Адан"]
    assert len({fold(name) for name in names}) == len(names)


def test_every_letter_that_stays_knows_its_place():
    text = "Щербакова-Қасымқызы  Ғалия"
    found = folded(text)
    assert len(found.text) == len(found.places)
    assert list(found.places) == sorted(found.places)
    assert found.text == "šerbakova kasimkizi galia"


@pytest.mark.parametrize("typed", ["абен", "Әбен", "aben", "ABEN", " әбен  "])
def test_names_in_any_letters(register, typed):
    assert keys(register, typed) == ["417", "418", "419", "1102"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("417", ["417"]),
        ("№ 417", ["417"]),
        ("No. 417", ["417"]),
        ("41", ["417", "418", "419"]),
        ("1102", ["1102"]),
        ("14.03.1961", ["417"]),
        ("14/3/61", ["417"]),
        ("14-03-1961", ["417"]),
        ("14 3 1961", ["417"]),
        ("1961-03-14", ["417"]),
        ("14031961", ["417"]),
        ("14.03", ["417", "702"]),
        ("14.3", ["417", "702"]),
        ("1979", ["702", "1102"]),
        ("абен 1979", ["1102"]),
        ("aben 30.01.1979", ["1102"]),
        ("нурлан абен", ["417", "418"]),
        ("айжан", ["418"]),
        ("пётр", ["702"]),
        ("petr semenov", ["702"]),
        ("касым алия", ["88"]),
        ("абенов серик", ["417"]),
        ("32.13.1961", []),
        ("бенов", []),
        ("nobody", []),
        ("", []),
        ("   ", []),
        ("№", []),
        ("'; DROP TABLE fact; --", []),
    ],
)
def test_what_is_typed_finds(register, typed, found):
    assert keys(register, typed) == found


def test_an_exact_number_comes_first_then_surnames():
    voters = [
        Voter(12, "Ким Асан", "Ким Асан", date(1960, 1, 1), ""),
        Voter(1, "Ли Вера", "Ли Вера", date(1960, 1, 1), ""),
        Voter(30, "Асанов Ли", "Асанов Ли", date(1960, 1, 1), ""),
        Voter(2, "Пак Асан", "Пак Асан", date(1960, 1, 1), ""),
    ]
    for order in (voters, voters[::-1]):
        register = Register({str(one.number): one for one in order})
        assert keys(register, "1") == ["1", "12"]
        assert keys(register, "асан") == ["30", "2", "12"]


def test_hits_say_which_letters_fit(register):
    [hit] = register.search("abenov sERIK")
    assert cut(hit.voter.name_kk, hit.kk, lambda piece, on: f"[{piece}]" if on else piece) == (
        "[Әбенов] Нұрлан [Серік]ұлы"
    )
    assert cut(hit.voter.name_ru, hit.ru, lambda piece, on: f"[{piece}]" if on else piece) == (
        "[Абенов] Нурлан [Серик]ович"
    )
    [hit] = register.search("14.03.1961")
    assert (hit.born, hit.number, hit.kk) == (True, False, ())
    [hit] = register.search("semyonov")
    assert hit.kk == ((0, 7),)


def test_somebody_added_is_found_behind_the_list(register):
    own = Register({str(one.number): one for one in VOTERS})
    own.add("+3FA2C1", Voter(0, "Әбенов Жаңа", "Әбенов Жаңа", date(1970, 1, 1), ""))
    assert keys(own, "абенов") == ["417", "418", "419", "+3FA2C1"]
    assert keys(own, "+3f") == ["+3FA2C1"]
    assert own.get("+3FA2C1").name_kk == "Әбенов Жаңа"
    assert own.get("5000") is None


def test_of_two_desks_that_add_at_once_both_are_found():
    """Else somebody who was added could be neither found nor added again until a new start."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(10):
            many = Register({str(at): VOTERS[0] for at in range(2000)})
            added = [f"+{at:06X}" for at in range(6)]
            threads = [threading.Thread(target=many.add, args=(key, VOTERS[1])) for key in added]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            assert [key for key in added if many.get(key) is None] == []
    finally:
        sys.setswitchinterval(before)
