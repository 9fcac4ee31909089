"""Papers for members: they show every option, every difference, and the whole root."""

from __future__ import annotations

import pytest
from paper_facts import HEAD, ROOT, contest

from dauys.record.checkpoint import Checkpoint, sign_checkpoint
from dauys.record.faults import LogError
from dauys.record.keys import ED25519, Signer
from dauys.station.faults import StationError
from dauys.station.papers.members import (
    SHEET,
    Counted,
    deck_list,
    deck_report,
    printer_test,
    tree_paper,
    zero_report,
)
from dauys.station.papers.raster import ROW, WIDTH
from dauys.station.papers.sheet import Sheet
from dauys.verify.devices import spoken_code


@pytest.fixture
def drawn(monkeypatch):
    """Every line given to the pen."""
    lines: list[str] = []
    write = Sheet._write

    def watched(sheet, line, face, x):
        lines.append(line)
        write(sheet, line, face, x)

    monkeypatch.setattr(Sheet, "_write", watched)
    return lines


def test_a_zero_report_names_every_option_with_0(drawn):
    zero_report(HEAD, [contest(3), contest(2)])
    assert drawn.count("0") == 3 + 2 + 2
    assert [line for line in drawn if line.startswith("Атау")] == [
        "Атау 1 · Имя 1", "Атау 2 · Имя 2", "Атау 3 · Имя 3", "Атау 1 · Имя 1", "Атау 2 · Имя 2",
    ]  # fmt: skip


def test_a_test_report_says_where_slips_differ_from_the_deck(drawn):
    listed = contest(3)
    wanted = Counted(listed, (1, 2, 3), 4)
    agreed = deck_report(HEAD, [wanted], [wanted])
    assert not [line for line in drawn if "expected" in line]
    drawn.clear()
    swapped = deck_report(HEAD, [Counted(listed, (2, 1, 3), 4)], [wanted])
    assert [line for line in drawn if "expected" in line] == [
        "керегі 1 · должно быть 1 · expected 1", "керегі 2 · должно быть 2 · expected 2",
    ]  # fmt: skip
    assert agreed != swapped
    with pytest.raises(ValueError, match="2 counts of 3"):
        Counted(listed, (1, 2), 4)


def test_a_deck_is_listed_a_ballot_a_line_over_as_many_sheets_as_it_takes(drawn):
    contests = [contest(3), contest(5, 2)]
    sheets = deck_list(HEAD, contests, [[[0], [1, 4]], [[], []]] * SHEET)
    assert len(sheets) == 2
    assert drawn.count("A 1 · B 2, 5") == SHEET
    assert drawn.count("A – · B –") == SHEET
    assert str(2 * SHEET) in drawn
    with pytest.raises(StationError, match=r"J7\.8"):
        deck_list(HEAD, [contest(3)] * 27, [[[0]] * 27])


@pytest.mark.parametrize("moment", ["open", "reading", "seal"])
def test_a_checkpoint_shows_size_and_root_to_be_read_aloud(drawn, moment):
    signer = Signer("results.example/majilis/1/0/device/0312-1", ED25519, bytes(32))
    note = sign_checkpoint(Checkpoint(signer.verifier.name, 1234, ROOT), signer).encode()
    tree_paper(HEAD, moment, note)
    assert "1234" in drawn
    at = drawn.index(spoken_code(ROOT).split("-")[0])
    assert "-".join(drawn[at : at + 5]) == spoken_code(ROOT)
    assert len({tree_paper(HEAD, one, note) for one in ("open", "reading", "seal")}) == 3


def test_a_printer_test_uses_every_dot_of_the_line_and_names_the_printer(drawn):
    paper = printer_test(HEAD, "slips 1")
    assert "slips 1" in drawn
    used = 0
    for at in range(0, len(paper.data), ROW):
        used |= int.from_bytes(paper.data[at : at + ROW], "big")
    assert used == 2**WIDTH - 1
    assert "ӘәҒғҚқҢңӨө ҰұҮүҺһІі" in drawn


def test_what_is_no_checkpoint_is_not_printed():
    with pytest.raises(LogError):
        tree_paper(HEAD, "seal", b"nonsense")
