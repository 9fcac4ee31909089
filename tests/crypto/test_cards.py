"""Cards: letters, lists, sheets, and the command that makes them."""

from __future__ import annotations

import contextlib
import json
import stat
from pathlib import Path

import ballots as reference
import pytest
from ballot_vectors import TOLD
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dauys import _core
from dauys.cli.cards import command
from dauys.crypto.cards import CardNameError, check_names, is_sound, list_cards

VOTE, DEVICE = "majilis-2004/1/0", "0412-a"


@given(st.binary(min_size=16, max_size=16))
def test_letters_come_back_however_they_are_typed(secret: bytes) -> None:
    letters = _core.card_letters(secret)
    assert len(letters.replace("-", "")) == 28
    assert _core.read_card_letters(letters.lower().replace("-", " ")) == secret
    assert _core.read_card_letters(letters.replace("0", "o").replace("1", "l")) == secret


@given(st.binary(min_size=16, max_size=16), st.integers(0, 25), st.integers(1, 31))
def test_one_wrong_letter_is_noticed_nearly_always(secret: bytes, place: int, by: int) -> None:
    letters = _core.card_letters(secret).replace("-", "")
    alphabet = reference.LETTERS
    wrong = letters[:place] + alphabet[(alphabet.index(letters[place]) + by) % 32] + letters[place + 1 :]
    with contextlib.suppress(_core.CoreError):
        assert _core.read_card_letters(wrong) != secret


@pytest.mark.parametrize(("text", "word"), [("ABCD", "length"), ("U" * 28, "card"), ("", "length")])
def test_what_is_no_card_is_refused(text: str, word: str) -> None:
    with pytest.raises(_core.CoreError) as refused:
        _core.read_card_letters(text)
    assert refused.value.args[0] == word


def test_hashes_are_those_of_the_reference() -> None:
    secret = bytes(range(16))
    s1, _, card_hash = reference.card(VOTE, DEVICE, secret)
    assert _core.card_of(VOTE, DEVICE, secret) == (s1, card_hash, reference.code(s1, 12))
    made = list_cards(VOTE, DEVICE, [secret, bytes(16)])
    whole = reference.framed("cards", VOTE.encode(), DEVICE.encode(), *made.hashes)
    assert made.list_hash == whole
    assert is_sound(made)


def test_the_root_over_sigma_opens_a_challenge_of_the_vectors() -> None:
    secrets = [reference.framed("vector-card", bytes([number]))[:16] for number in range(5)]
    made = list_cards(TOLD["vote_id"], TOLD["device"], secrets)
    root, _, _ = _core.sigma_tree(bytes(range(32)), list(made.hashes), 0)
    assert root.hex() == TOLD["sigma_root"]


def test_a_name_that_stands_twice_is_refused() -> None:
    check_names(VOTE, [(DEVICE, bytes(16)), ("0412-b", bytes(16))])
    with pytest.raises(CardNameError):
        check_names(VOTE, [(DEVICE, bytes(16)), (DEVICE, bytes(16))])


def test_the_command_publishes_hashes_and_keeps_secrets_on_the_sheet(tmp_path: Path) -> None:
    arguments = ["make", "--lang", "en", "--vote", VOTE, "--device", f"{DEVICE}=11", "--device", "0413-a=1"]
    arguments += ["--lists", str(tmp_path / "lists"), "--sheets", str(tmp_path / "sheets")]
    told = CliRunner().invoke(command, arguments)
    assert told.exit_code == 0, told.output
    public = json.loads((tmp_path / "lists" / f"cards-{DEVICE}.json").read_text())
    assert len(public["cards"]) == 11
    assert public["cards"] == sorted(public["cards"])
    sheet = tmp_path / "sheets" / f"sheet-{DEVICE}.html"
    text = sheet.read_text()
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    codes = [part.split("</code>")[0].replace("<br>", "-") for part in text.split("<code>")[1:]]
    found = list_cards(VOTE, DEVICE, [_core.read_card_letters(code) for code in codes])
    assert [card.hex() for card in found.hashes] == public["cards"]
    assert text.count("<svg") == 11
    assert text.count('class="page"') == 2
    again = CliRunner().invoke(command, arguments)
    assert again.exit_code == 2
    assert "exists" in again.output


def test_a_qr_code_has_its_finders() -> None:
    rows = _core.qr_modules(_core.card_letters(bytes(16)).replace("-", ""))
    assert len(rows) == 25
    assert rows[0][:8] == bytes([1, 1, 1, 1, 1, 1, 1, 0])
    assert rows[6][:8] == bytes([1, 1, 1, 1, 1, 1, 1, 0])
