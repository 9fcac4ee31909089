"""Every letter is ours, and every name has room."""

from __future__ import annotations

import pytest
from paper_facts import KAZAKH, LIST

from dauys.domain.text import Text
from dauys.station.faults import StationError
from dauys.station.papers import faces, slip
from dauys.station.papers.faces import Face, checked, width_of, wrap
from dauys.station.papers.facts import Choice
from dauys.station.papers.of_election import head_of, styles_of
from dauys.station.papers.raster import WIDTH
from dauys.station.papers.slip import slips


@pytest.mark.parametrize(
    "face",
    [f for f in vars(faces).values() if isinstance(f, Face) and not f.file.startswith("mono")],
    ids=str,
)
def test_every_kazakh_letter_is_drawn_by_the_font_itself(face):
    assert checked(KAZAKH, face) == KAZAKH
    font = face.font()
    shapes = {bytes(font.getmask(letter)) for letter in KAZAKH if letter not in "Іі"}
    assert len(shapes) == len(KAZAKH) - 2
    assert bytes(font.getmask("\U000effff")) not in shapes


def test_a_letter_that_our_fonts_lack_stops_the_paper_and_is_named():
    with pytest.raises(StationError, match=r"J7\.9.*U\+4E2D") as caught:
        slips(LIST, [Choice(1, Text("中", "а", "a"))])
    assert caught.value.problem.facts["text"] == "中"


def test_a_letter_of_two_marks_is_printed_as_one():
    decomposed = "и\N{COMBINING BREVE}"
    assert slips(LIST, [Choice(1, Text(decomposed, decomposed, "i"))]) == slips(
        LIST, [Choice(1, Text("й", "й", "i"))]
    )


# Room


def longest_names(majilis) -> list[Text]:
    election = majilis.election
    names = [one.name for one in (*election.parties, *election.candidates)]
    return sorted(names, key=lambda text: -max(len(text.kk), len(text.ru)))[:12]


def test_the_longest_names_of_2004_wrap_and_lose_no_letter(majilis):
    for name in longest_names(majilis):
        for text, face in ((name.kk, faces.CHOICE_KK), (name.ru, faces.CHOICE_RU)):
            lines = wrap(text, face, WIDTH)
            assert all(width_of(line, face) <= WIDTH for line in lines)
            assert " ".join(lines).replace("- ", "-").split() == text.replace("- ", "-").split()


def test_a_word_wider_than_the_paper_is_broken_with_hyphens():
    word = "Қ" * 80
    lines = wrap(f"{word} соңы", faces.CHOICE_KK, WIDTH)
    assert len(lines) > 3
    assert "".join(line.removesuffix("-") for line in lines).replace("соңы", "").replace(" ", "") == word
    assert all(width_of(line, faces.CHOICE_KK) <= WIDTH for line in lines)
    dashed = wrap("Солтүстік-Қазақстан-Облысының-Кандидаты", faces.CHOICE_KK, WIDTH)
    assert "".join(dashed) == "Солтүстік-Қазақстан-Облысының-Кандидаты"


def test_every_style_of_2004_has_slips_that_show_all_their_ink(majilis, monkeypatch):
    """Every text given to the pen stays within the 576 dots."""
    election = majilis.election
    drawn = []
    write = slip.Sheet._write

    def watched(sheet, line, face, x):
        drawn.append((line, x, width_of(line, face)))
        write(sheet, line, face, x)

    monkeypatch.setattr(slip.Sheet, "_write", watched)
    styles = styles_of(election, election.vote_id(1))
    assert len(styles) == 67
    for listed in {one.contest.title: one for own in styles.values() for one in own}.values():
        for option in listed.options:
            slips(listed.contest, [option])
    assert drawn
    assert all(x >= 0 and x + width <= WIDTH for _, x, width in drawn)


def test_a_runoff_and_a_repeat_and_a_test_are_elections_of_their_own(majilis):
    election = majilis.election
    place = election.constituencies[15].id
    both = [one.id for one in election.candidates if one.constituency == place][:2]
    runoff = styles_of(election, election.vote_id(2), {place: both})
    (style,) = runoff
    (seat,) = runoff[style]
    assert [one.number for one in seat.options[:2]] == [1, 2]
    assert seat.contest.election.ru.endswith("Повторное голосование")
    first = styles_of(election, election.vote_id(1))
    test = styles_of(election, election.vote_id(1), test=True)
    again = styles_of(election, election.vote_id(1, 1))
    name = next(iter(first))
    told = [slips(s[name][0].contest, s[name][0].options[:1]) for s in (first, test, again)]
    assert len(set(told)) == 3
    assert head_of(election, election.vote_id(1), "0001", "0001-m1", "x").day == election.days[1]
