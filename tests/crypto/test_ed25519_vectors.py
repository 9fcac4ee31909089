"""Every vector of the strict Ed25519 rule has its verdict, in the product and in the reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ed25519 as reference
import pytest

from dauys import _core
from dauys.crypto.framing import holds

FOLDER = Path(__file__).parents[2] / "spec" / "vectors" / "ed25519"
VECTORS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def product_word(vector: dict[str, Any]) -> str:
    key, message, signature = (bytes.fromhex(vector[name]) for name in ("key", "message", "signature"))
    words = []
    for verify in (_core.verify_signature, _core.verify_ed25519):
        try:
            verify(key, message, signature)
            words.append("ok")
        except _core.CoreError as refused:
            words.append(str(refused.args[0]))
    assert holds(key, message, signature) == (words[0] == "ok")
    assert words[0] == words[1]
    return words[0]


def test_the_words_are_a_closed_list() -> None:
    assert {vector["expect"] for vector in VECTORS.values()} == {"ok", "length", "key", "signature"}
    assert all(vector["why"] and vector["origin"] for vector in VECTORS.values())


@pytest.mark.parametrize("name", VECTORS)
def test_product_and_reference_agree(name: str) -> None:
    assert product_word(VECTORS[name]) == VECTORS[name]["expect"]
    assert reference.judge(VECTORS[name]) == VECTORS[name]["expect"]
