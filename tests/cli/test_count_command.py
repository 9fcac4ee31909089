"""`dauys count`, as a person meets it: transcripts of answers, errors and help."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dauys.cli.main import COMMANDS, cli
from dauys.domain.text import LANGUAGES
from dauys.words import Words

ELECTIONS = Path(__file__).parents[2] / "examples" / "elections"
PLAIN = {"NO_COLOR": "1", "LANG": "en_US.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "COLUMNS": "100"}


def dauys(*arguments, **environ):
    return CliRunner().invoke(cli, [str(a) for a in arguments], env={**PLAIN, **environ}, prog_name="dauys")


def thin(text):
    return text.replace("\u202f", " ")


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Return a function that writes a file in an empty working directory and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="lists.yaml"):
        Path(name).write_text(text, encoding="utf-8")
        return name

    return write


KZ_2004 = """\
Majilis, 19 September 2004, party-list part (10 of 77 seats) · kazakhstan-2004
List                                        Votes   of valid   Seats
────────────────────────────────────────────────────────────────────
Otan                                    2 883 706    60.61 %       7
Ak Zhol                                   572 672    12.04 %       1
Asar                                      541 239    11.38 %       1
AIST (Agrarian-Civic bloc)                336 177     7.07 %       1
Opposition bloc of Communists and DCK     163 824     3.44 %       0
Communist People's Party                   94 140     1.98 %       0
Auyl SDP                                   82 523     1.73 %       0
Democratic Party (Adilet)                  36 379     0.76 %       0
Party of Patriots                          26 287     0.55 %       0
Rukhaniyat                                 20 826     0.44 %       0
The bar is 7 % of valid (4 757 773): 333 045 votes
Otan 7  AIST (Agrarian-Civic bloc) 1  Ak Zhol 1  Asar 1
Seats in all: 10
"""


def test_a_list_election():
    result = dauys("count", ELECTIONS / "kazakhstan-2004.yaml")
    assert result.exit_code == 0
    assert thin(result.stdout) == KZ_2004
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("language", "name", "last"),
    [
        ("en", "serbia-president-2003", "Round 1 is void: turnout below what is needed"),
        ("ru", "serbia-president-2003", "Тур 1 недействителен: явка ниже нужной"),
        ("kk", "serbia-president-2003", "1-тур жарамсыз: қатысу жеткіліксіз"),
        ("en", "czechia-senate-2018-68", "To the run-off: Pavera Herbert Mgr., Horáková Simona Mgr."),
        ("ru", "kazakhstan-president-2022", "Избран в туре 1: Kassym-Jomart Tokayev"),
        ("en", "switzerland-uri-2020", "Seats in all: 37"),
    ],
)
def test_the_answer_comes_last_in_the_language_of_the_person(language, name, last):
    for result in (
        dauys("count", "--lang", language, ELECTIONS / f"{name}.yaml"),
        dauys("count", "--quiet", ELECTIONS / f"{name}.yaml", LANG=f"{language}_KZ.UTF-8"),
    ):
        assert result.exit_code == 0
        assert result.stdout.splitlines()[-1] == last


def test_a_first_round_says_what_more_than_half_is():
    result = dauys("count", ELECTIONS / "kazakhstan-president-2022.yaml")
    assert thin(result.stdout.splitlines()[-2]) == (
        "More than half of valid with against all (7 940 478) is 3 970 240 votes"
    )


def test_quiet_is_the_answer_only():
    result = dauys("count", "-q", ELECTIONS / "taiwan-2024.yaml")
    assert result.stdout == "DPP 13  KMT 13  TPP 8\nSeats in all: 34\n"


def test_json_is_one_document():
    result = dauys("count", "--json", ELECTIONS / "switzerland-uri-2020.yaml")
    document = json.loads(result.stdout)
    assert list(document) == ["id", "seats", "districts", "steps"]
    assert document["seats"] == {"CVP": 12, "SPGB": 9, "FDP": 7, "SVP": 9}
    assert document["districts"]["Bürglen"] == {"CVP": 2, "SPGB": 1, "FDP": 1, "SVP": 3}
    several = dauys("count", "--json", ELECTIONS / "taiwan-2024.yaml", ELECTIONS / "austria-2019.yaml")
    assert [d["id"] for d in json.loads(several.stdout)] == ["taiwan-2024", "austria-2019"]


@pytest.mark.parametrize("path", sorted(ELECTIONS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_election_has_a_page_and_a_document(path):
    page, document = dauys("count", path), dauys("count", "--json", path)
    assert (page.exit_code, document.exit_code) == (0, 0)
    assert json.loads(document.stdout)["id"] == path.stem
    assert "\x1b" not in page.stdout


TIE = """\
id: tie
method: {family: list_pr, name: highest_averages, divisor: dhondt, seats: 7}
parties: [{name: A, votes: 400}, {name: B, votes: 270}, {name: C, votes: 90}]
"""


def test_a_tie_is_a_lawful_outcome(written):
    result = dauys("count", "-q", written(TIE))
    assert result.exit_code == 0
    assert result.stdout == "A 4  B 2\nSeats in all: 6\nA decision is needed (list): 1 of B, C\n"
    document = json.loads(dauys("count", "--json", written(TIE)).stdout)
    assert document["needs_decision"] == [{"tied": ["B", "C"], "seats": 1, "at": "list"}]
    assert "outcome" not in document


FAULTY = """\
id: kz
method:
  family: list_pr
  name: largest_remainder
  quota: hare
  threshold: '7,5'
  threshold_base: valid
  seats: 10
  seat: 10
parties:
- {name: Ak Zhol, votes: 572672}
- {name: Otan, votes: -1}
"""


def test_errors_name_file_and_line_and_what_to_do(written):
    result = dauys("count", written(FAULTY))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "error: lists.yaml, line 6: method.threshold: “7,5” is not a decimal share between 0 and 1 (E1.2)\n"
        "hint: write '0.075' for 7.5 %\n"
        "error: lists.yaml, line 9: unknown key method.seat (E1.3)\n"
        "hint: did you mean “seats”?\n"
        "error: lists.yaml, line 12: parties[2].votes: a count cannot be negative: -1 (E2.3)\n"
        "3 errors, nothing counted\n"
    )


def test_errors_in_kazakh_and_russian(written):
    name = written(FAULTY)
    assert dauys("count", "--lang", "ru", name).stderr.splitlines()[0] == (
        "ошибка: lists.yaml, строка 6: method.threshold: «7,5» – не десятичная доля от 0 до 1 (E1.2)"
    )
    kazakh = dauys("count", "--lang", "kk", name).stderr.splitlines()
    assert kazakh[0] == (
        "қате: lists.yaml, 6-жол: method.threshold: «7,5» – 0 мен 1 арасындағы ондық үлес емес (E1.2)"
    )
    assert kazakh[-1] == "3 қате, ештеңе саналмады"


def test_sums_that_differ(written):
    text = TIE + "totals: {valid: 527672}\n"
    assert "lists.yaml, line 3: totals.valid: 760 here and 527 672 in sum (E2.4)" in thin(
        dauys("count", written(text)).stderr
    )


def test_one_bad_file_of_two_and_nothing_is_counted(written):
    result = dauys("count", ELECTIONS / "taiwan-2024.yaml", written(FAULTY), "absent.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "absent.yaml: the file cannot be opened: No such file or directory (E1.9)" in result.stderr
    assert result.stderr.endswith("4 errors, nothing counted\n")


def test_a_decision_that_does_not_fit_is_placed(written):
    text = TIE + "decisions:\n- {at: list, order: [A], reference: minutes 7}\n"
    result = dauys("count", written(text))
    assert result.exit_code == 2
    assert "lists.yaml, line 5: the decision for “list” names A, not among the tied: " in result.stderr


def test_a_second_round_that_does_not_fit_is_placed(written):
    text = (
        "id: x\nmethod: {family: two_round, majority_base: valid}\nrounds:\n"
        "- candidates: [{name: A, votes: 9}, {name: B, votes: 1}]\n"
        "- candidates: [{name: A, votes: 9}, {name: B, votes: 1}]\n"
    )
    result = dauys("count", written(text))
    assert "lists.yaml, line 5: round 2 has A, B" in result.stderr
    assert "hint: after this first round no second is due" in result.stderr


def test_help_is_grouped_by_person_and_shows_an_example_that_runs():
    result = dauys("--help")
    assert result.exit_code == 0
    assert "Count and publish:" in result.stdout
    assert "count" in result.stdout
    assert "Example:  dauys count examples/elections/kazakhstan-2004.yaml" in result.stdout
    page = dauys("count", "--lang", "ru", "--help")
    assert "dauys count --json examples/elections/switzerland-uri-2020.yaml" in page.stdout
    assert "вывести один документ JSON" in page.stdout
    for name in ("kazakhstan-2004", "switzerland-uri-2020"):
        assert (ELECTIONS / f"{name}.yaml").is_file()


def test_every_command_has_a_line_in_every_language():
    for language in LANGUAGES:
        words = Words(language, "cli")
        for entry in COMMANDS:
            assert words.say(f"command.{entry.name}")
            assert words.say(f"group.{entry.person}")


def test_a_wrong_argument_exits_with_two():
    assert dauys("count").exit_code == 2
    assert dauys("count", "--nonsense", "x").exit_code == 2
    assert dauys("nonsense").exit_code == 2


def test_interrupted(monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dauys.cli.count.count_files", stop)
    result = dauys("count", "x.yaml")
    assert result.exit_code == 130
    assert "Interrupted" in result.stderr


def test_version():
    assert dauys("--version").stdout.startswith("dauys ")
