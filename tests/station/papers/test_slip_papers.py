"""Slips and marks: the same bytes for the same choice, nothing cut, nothing covered."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path

import pytest
from paper_facts import HEAD, LIST, PATRIOTS, TITLE, contest
from PIL import Image

from dauys.domain.text import LANGUAGES, Text
from dauys.station.faults import StationError
from dauys.station.papers import faces, slip
from dauys.station.papers.facts import Choice, Contest
from dauys.station.papers.job import BAND, job
from dauys.station.papers.marks import mark_accepted, mark_void, tear
from dauys.station.papers.of_election import head_of, styles_of
from dauys.station.papers.raster import ROW, WIDTH, Raster, from_ink, harmless
from dauys.station.papers.slip import VIEW, room_for, slips
from dauys.words import Words

#: What printers obey at once, even within the dots of a raster.
AT_ONCE = re.compile(rb"\x10[\x04\x05\x14]")
VECTORS = Path(__file__).parents[3] / "spec" / "vectors" / "papers"


def vectors() -> list[dict]:
    return json.loads((VECTORS / "slips.json").read_text())["slips"]


def of_vector(told: dict) -> tuple[Raster, ...]:
    place = Text(*told["place"]) if told["place"] else None
    named = Text(*told["election"]), Text(*told["contest"])
    own = Contest(*named, told["options"], told["limit"], place, told["room"])
    return slips(own, [Choice(number, Text(*name)) for number, *name in told["chosen"]])


@pytest.mark.parametrize("told", vectors(), ids=lambda told: told["name"])
def test_slips_have_the_bytes_of_the_vectors(told):
    found = of_vector(told)
    assert [hashlib.sha256(job(one)).hexdigest() for one in found] == told["sha256"]
    assert [one.height for one in found] == told["lines"]


def test_marks_have_the_bytes_of_the_vectors():
    told = json.loads((VECTORS / "slips.json").read_text())["marks"]
    found = {"accepted": mark_accepted(), "void": mark_void()}
    assert {name: hashlib.sha256(job(one, cut=True)).hexdigest() for name, one in found.items()} == told


def test_nothing_but_election_contest_and_choice_can_be_given():
    """Where no argument can carry a serial, a time, a terminal or a language, no byte can."""
    assert list(inspect.signature(slips).parameters) == ["contest", "chosen"]
    assert {f.name for f in fields(Contest)} == {"election", "title", "options", "limit", "place", "room"}
    assert {f.name for f in fields(Choice)} == {"number", "name"}
    assert not inspect.signature(mark_accepted).parameters
    assert not inspect.signature(mark_void).parameters


def test_the_english_name_and_the_order_of_touches_change_nothing():
    one, two = contest(5, 2).options[3], contest(5, 2).options[0]
    own = contest(5, 2).contest
    assert slips(own, [one, two]) == slips(own, [two, one])
    renamed = Choice(one.number, Text(one.name.kk, one.name.ru, "In English"))
    assert slips(own, [renamed]) == slips(own, [one])


def test_other_choices_and_contests_have_other_slips():
    own = contest(5, 2)
    one, two = own.options[0], own.options[1]
    chosen = [(), (one,), (two,), (one, two)]
    found = {slips(own.contest, each) for each in chosen} | {slips(LIST, [PATRIOTS])}
    assert len(found) == 5


def test_a_contest_of_many_patterns_has_a_slip_for_each_option():
    few, many = contest(13, 2), contest(50, 2)
    assert (few.contest.patterns, many.contest.patterns) == (92, 1276)
    chosen = many.options[:2]
    assert len(slips(few.contest, few.options[:2])) == 1
    apart = slips(many.contest, chosen)
    assert apart == tuple(slips(many.contest, [one])[0] for one in chosen)
    assert len(slips(many.contest, [])) == 1


@pytest.mark.parametrize("wrong", [[1, 1], [6], [0], [1, 2, 3]])
def test_choices_that_a_contest_does_not_allow_are_not_printed(wrong):
    own = contest(5, 2).contest
    with pytest.raises(StationError, match=r"J2\.5"):
        slips(own, [Choice(number, TITLE) for number in wrong])


def test_all_slips_of_a_contest_have_one_length(majilis):
    """Neither a printer's noise nor a falling slip tells a long name from a short one, or from a blank."""
    listed = next(iter(styles_of(majilis.election, majilis.election.vote_id(1)).values()))
    for one in listed:
        heights = {slips(one.contest, own)[0].height for own in [(), *((o,) for o in one.options)]}
        assert len(heights) == 1
        loose = replace(one.contest, room=0)
        assert len({slips(loose, (o,))[0].height for o in one.options}) > 1


@pytest.mark.parametrize(("options", "limit"), [(5, 2), (5, 3), (50, 2)])
def test_room_is_what_the_longest_choices_together_take(options, limit):
    words = [min(n, 6) for n in range(1, options + 1)]
    names = [Text("Құрманғазы " * n, "Курмангазинский " * n, "x") for n in words]
    own = [Choice(n, name) for n, name in enumerate(names, 1)]
    told = contest(options, limit).contest
    room = room_for(own, limit, apart=told.apart)
    longest, padded = slips(told, own[-limit:]), replace(told, room=room)
    assert [one.height for one in slips(padded, own[-limit:])][-1] == longest[-1].height
    assert slips(padded, own[:1])[0].height == longest[-1].height
    assert slips(padded, ())[0].height == longest[-1].height


# Marks


@pytest.mark.parametrize("mark", [mark_accepted, mark_void, tear])
def test_a_mark_comes_under_the_choice_and_leaves_every_dot_of_it(mark):
    (own,) = slips(LIST, [PATRIOTS])
    marked = own.above(mark())
    assert marked.data[: len(own.data)] == own.data
    assert marked.black > own.black
    assert not any(own.data[-VIEW * ROW :]), "the last lines, which are still inside the printer, are white"


def test_marks_are_told_apart_without_colour_or_reading():
    accepted, void = mark_accepted(), mark_void()
    share = [one.black / (one.height * WIDTH) for one in (accepted, void)]
    assert share[0] > 0.5
    assert share[1] < 0.25
    assert void.height > 2 * accepted.height


# Dots and bytes


def test_a_job_is_its_raster_in_bands_and_nothing_else():
    (own,) = slips(LIST, [PATRIOTS])
    data, found, at = job(own, cut=True), b"", 2
    assert data[:2] == b"\x1b@"
    while data[at : at + 4] == b"\x1dv0\x00":
        lines = int.from_bytes(data[at + 6 : at + 8], "little")
        assert int.from_bytes(data[at + 4 : at + 6], "little") == ROW
        assert 0 < lines <= BAND
        found += data[at + 8 : at + 8 + lines * ROW]
        at += 8 + lines * ROW
    assert (found, data[at:]) == (own.data, b"\x1dVA\x00")


def test_no_dots_are_a_command_that_printers_obey_at_once():
    image = Image.new("L", (WIDTH, 3))
    for number, command in enumerate((0x04, 0x05, 0x14)):
        image.paste(Image.frombytes("1", (16, 1), bytes([0x10, command])).convert("L"), (160, number))
    made = from_ink(image)
    assert AT_ONCE.search(made.data) is None
    plain = image.convert("1").tobytes()
    assert AT_ONCE.search(plain)
    added = int.from_bytes(made.data, "big") & ~int.from_bytes(plain, "big")
    assert added.bit_count() == 3
    assert int.from_bytes(plain, "big") & ~int.from_bytes(made.data, "big") == 0
    assert harmless(b"\x10\x10\x04") == b"\x10\x18\x04"


def test_what_is_no_drawing_of_our_width_is_refused():
    with pytest.raises(ValueError, match="100 dots"):
        from_ink(Image.new("L", (100, 10)))
    with pytest.raises(ValueError, match="no lines"):
        Raster(b"\x00" * 71)


def test_a_paper_that_grows_without_end_is_refused():
    own = contest(1000, 999)
    assert own.contest.apart
    sheet = slip.Sheet()
    with pytest.raises(StationError, match=r"J7\.8"):
        sheet.space(10_001)


def test_every_code_of_printers_and_papers_is_listed_and_can_be_said():
    page = (VECTORS.parents[1] / "papers.md").read_text()
    listed = set(re.findall(r"^\| (J7\.\d)", page, re.M))
    source = Path(slip.__file__).parents[1]
    modules = [*source.glob("papers/*.py"), *source.glob("printer/*.py")]
    raised = set(re.findall(r'"(J7\.\d)"', "".join(one.read_text() for one in modules)))
    assert listed == raised == {f"J7.{number}" for number in range(1, 10)}
    for language in LANGUAGES:
        own = Words(language, "papers")
        assert all(own.has(code) for code in listed)
        assert all(own.has(f"printed.{what}") for what in ("none", "part", "all", "unknown"))


def test_every_font_is_what_its_name_says():
    for package, folder, name in ((*home, name) for name, home in faces._HOMES.items()):
        assert (files(package) / folder / f"{name}.ttf").read_bytes()[:4] == b"\0\1\0\0"


def test_the_example_of_the_page_is_the_vector():
    page = (VECTORS.parents[1] / "papers.md").read_text()
    [seat] = [one for one in vectors() if one["name"] == "seat"]
    [own] = of_vector(seat)
    assert f"{own.height} lines" in page
    assert f"{len(job(own)):,} bytes" in page
    assert seat["sha256"][0][:16] in page


def test_heads_of_receipts_say_what_the_file_says(majilis):
    assert head_of(majilis.election, "majilis-2004/1/0", "0001", "0001-m1", "results.example") != HEAD
