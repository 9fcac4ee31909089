"""Waves, ledgers, quorums and boxes of spec/vectors/waves, judged by the product and by the reference."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from dauys.crypto.board import PublicKeys
from dauys.crypto.boxes import RootEntry, verified_sums
from dauys.crypto.ceremony_files import plan_of
from dauys.crypto.ledger import Ledger
from dauys.crypto.shapes import canonical
from dauys.crypto.tally import check_sums, check_wave, check_wave_signatures
from dauys.crypto.tally_files import parse_wave, parse_wave_signature
from dauys.errors import InputError

SPEC = Path(__file__).parents[2] / "spec"
FOLDER = SPEC / "vectors" / "waves"
COMMON = json.loads((FOLDER / "common.json").read_text(encoding="utf-8"))
VECTORS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.json"))
    if path.stem != "common"
}
PLAN = plan_of(COMMON["plan"])
ENTRY = RootEntry(COMMON["entry"], canonical(COMMON["entry"]))
KEYS = PublicKeys(
    PLAN,
    1,
    tuple(map(bytes.fromhex, COMMON["entry"]["keys"])),
    {d: tuple(map(bytes.fromhex, row)) for d, row in enumerate(COMMON["entry"]["verification"], 1)},
    {d: bytes.fromhex(key) for d, key in enumerate(COMMON["signing"], 1)},
    bytes.fromhex(COMMON["entry"]["transcript"]),
)


def load(name):
    """A file of spec/reference under its own name, found before anything else of that name."""
    sys.path.insert(0, str(SPEC / "reference"))
    spec = importlib.util.spec_from_file_location(f"reference_{name}", SPEC / "reference" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference = load("waves")


def read(value, name="wave-1.json"):
    return parse_wave(canonical(value), name)


def judge_wave(vector):
    return check_wave(read(vector["wave"]), PLAN, ENTRY.root)


def judge_ledger(vector):
    ledger = Ledger()
    for value in vector["waves"]:
        wave = read(value)
        problems = check_wave(wave, PLAN, ENTRY.root) or ledger.conflicts(wave)
        if problems:
            with pytest.raises(ValueError, match="conflicts"):
                ledger.enter(wave)
            return problems
        ledger = Ledger.parse(ledger.enter(wave).encode())
    return []


def judge_quorum(vector):
    files = [parse_wave_signature(canonical(file), "signature.json") for file in vector["signatures"]]
    return check_wave_signatures(read(vector["wave"]), KEYS, files)


def judge_boxes(vector):
    wave = read(vector["wave"])
    boxes = {device: list(map(bytes.fromhex, box)) for device, box in vector["boxes"].items()}
    try:
        return check_sums(wave, verified_sums(ENTRY, ENTRY.election(), wave, boxes))
    except InputError as error:
        return list(error.problems)


JUDGES = {"wave": judge_wave, "ledger": judge_ledger, "quorum": judge_quorum, "boxes": judge_boxes}


@pytest.mark.parametrize("name", VECTORS)
def test_the_product_agrees(name):
    problems = JUDGES[VECTORS[name]["kind"]](VECTORS[name])
    assert (problems[0].code if problems else "passed") == VECTORS[name]["expect"]


def test_the_reference_agrees():
    found = {name: reference.judge(COMMON, vector) for name, vector in VECTORS.items()}
    assert found == {name: vector["expect"] for name, vector in VECTORS.items()}


def test_codes_are_a_closed_list_and_every_kind_has_one_that_passes():
    assert {vector["expect"] for vector in VECTORS.values()} == {
        *("passed", "T1.5", "T1.8", "T2.1", "T2.2", "T2.3", "T2.4"),
        *("T3.1", "T3.2", "T5.4", "T5.5", "T5.6"),
    }
    assert {v["kind"] for v in VECTORS.values() if v["expect"] == "passed"} == set(JUDGES)
    assert all(vector["why"] and vector["origin"] for vector in VECTORS.values())
