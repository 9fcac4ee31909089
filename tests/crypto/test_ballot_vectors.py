"""Every vector has the verdict it expects: on every engine, alone and in a batch, and in the reference."""

from __future__ import annotations

import ballots as reference
import pytest
from ballot_vectors import NAMES, TOLD, ballot, election, product_verdict, vector

from dauys import _core
from dauys.crypto.ballots import ballot_code, ballot_hash, verify_ballots

BALLOTS = [name for name in NAMES if "ballot" in vector(name) and not {"root", "device"} & set(vector(name))]
WORDS = {
    *("ok", "length", "format", "style", "point", "scalar", "identity", "vector", "link"),
    *("keys", "choice", "blanks", "sigma", "rebuild"),
}


def test_the_words_are_a_closed_list() -> None:
    assert {vector(name)["expect"] for name in NAMES} == WORDS


@pytest.mark.parametrize("name", NAMES)
def test_the_product_agrees(name: str) -> None:
    assert product_verdict(name) == vector(name)["expect"]


def test_the_reference_agrees() -> None:
    told = reference.Election(TOLD)
    found = {name: reference.judge(TOLD, told, vector(name)) for name in NAMES}
    assert found == {name: vector(name)["expect"] for name in NAMES}


@pytest.mark.parametrize("engine", _core.engines())
@pytest.mark.parametrize("name", [name for name in NAMES if "hints" in vector(name)])
def test_side_files_change_no_verdict(engine: str, name: str) -> None:
    assert product_verdict(name, engine) == vector(name)["expect"]
    whole = [bytes.fromhex(vector(other).get("hints", "")) for other in (name, "hints-right")]
    box = [ballot(name), ballot("hints-right")]
    assert verify_ballots(election(), TOLD["device"], box, hints=whole, engine=engine) == verify_ballots(
        election(), TOLD["device"], box, engine=engine
    )


@pytest.mark.parametrize("engine", _core.engines())
@pytest.mark.parametrize("turn", [0, 1, 37])
def test_one_batch_names_the_same_ballots(engine: str, turn: int) -> None:
    names = BALLOTS[turn:] + BALLOTS[:turn]
    verdicts = verify_ballots(election(), TOLD["device"], map(ballot, names), engine=engine)
    found = dict.fromkeys(names, "ok") | {names[fault.place]: fault.word for fault in verdicts.faults}
    assert found == {name: vector(name)["expect"] for name in names}


@pytest.mark.parametrize("engine", _core.engines())
def test_all_bad_and_cancelling_pairs(engine: str) -> None:
    pair = ["batch-cancel-plus", "batch-cancel-minus", "batch-cancel-inside"]
    verdicts = verify_ballots(election(), TOLD["device"], map(ballot, pair), engine=engine)
    assert [fault.word for fault in verdicts.faults] == ["link", "link", "vector"]
    assert all(total.ballots == 0 for total in verdicts.sums)


def test_the_reference_makes_the_same_bytes() -> None:
    made = election()
    for name in ("example", "last-option", "limit-2", "undervote"):
        code = reference.code(reference.ballot_hash(reference.Election(TOLD), TOLD["device"], ballot(name)))
        assert code == ballot_code(ballot_hash(made, TOLD["device"], ballot(name)))
    assert vector("example")["code"] == ballot_code(ballot_hash(made, TOLD["device"], ballot("example")))
