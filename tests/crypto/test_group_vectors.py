"""The vectors of spec/vectors/group.json: hash, weights, generators, decoding, signatures."""

from __future__ import annotations

import json

import group
import pytest
from ballot_vectors import SPEC

from dauys import _core

TOLD = json.loads((SPEC / "vectors" / "group.json").read_text())


def word(check, *args) -> str:
    try:
        check(*args)
    except _core.CoreError as refused:
        return refused.args[0]
    return "ok"


@pytest.mark.parametrize("row", TOLD["hashes"])
def test_hashes(row) -> None:
    parts = [bytes.fromhex(part) for part in row["parts"]]
    assert _core.framed_hash(row["use"], parts).hex() == row["hash"] == group.framed(row["use"], *parts).hex()


@pytest.mark.parametrize("row", TOLD["points"], ids=lambda row: row["name"])
def test_points(row) -> None:
    assert word(_core.check_point, bytes.fromhex(row["bytes"])) == row["expect"]


@pytest.mark.parametrize("row", TOLD["signatures"], ids=lambda row: row["name"])
def test_one_rule_for_signatures(row) -> None:
    fields = [bytes.fromhex(row[name]) for name in ("key", "message", "signature")]
    assert word(_core.verify_signature, *fields) == row["expect"]


@pytest.mark.parametrize("row", TOLD["generators"], ids=lambda row: f"{row['name']}{row['index']}")
def test_generators_are_points(row) -> None:
    assert word(_core.check_point, bytes.fromhex(row["point"])) == "ok"
    assert group.generator(row["name"], row["index"]).encode().hex() == row["point"]
