"""No bytes make a parser raise anything but a LogError, and what parses encodes to the same bytes."""

from __future__ import annotations

import base64
import json
from contextlib import suppress

import make_vectors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dauys.record.checkpoint import open_checkpoint, parse_checkpoint, parse_cosignature_lines
from dauys.record.faults import LogError
from dauys.record.fork import parse_fork, verify_fork
from dauys.record.keys import parse_secret_key, parse_verifier_key
from dauys.record.note import parse_note
from dauys.record.policy import parse_policy, verify_checkpoint
from dauys.record.proof import parse_proof
from dauys.record.requests import parse_add_checkpoint
from dauys.record.tiles import Tile, parse_bundle, parse_tile_path

KEY = make_vectors.LOG.verifier


def good(kind: str, field: str) -> list[bytes]:
    vectors = json.loads((make_vectors.FOLDER / f"{kind}.json").read_text())
    return [base64.b64decode(v[field]) if kind == "notes" else v[field].encode() for v in vectors]


SEEDS = {
    "note": good("notes", "note"),
    "policy": good("policies", "policy"),
    "proof": good("proofs", "file"),
    "request": good("requests", "body"),
    "fork": good("forks", "file"),
    "vkey": good("vkeys", "vkey"),
}


def same(value: bytes, data: bytes) -> None:
    assert value == data


def fork(data: bytes) -> None:
    parsed = parse_fork(data)
    same(parsed.encode(), data)
    verify_fork(parsed, KEY)


PARSERS = {
    "note": lambda d: same(parse_note(d).encode(), d),
    "checkpoint": lambda d: same(parse_checkpoint(d.decode(errors="replace")).text().encode(), d),
    "opened": lambda d: same(open_checkpoint(d, [KEY]).note.encode(), d),
    "lines": parse_cosignature_lines,
    "policy": parse_policy,
    "satisfied": lambda d: verify_checkpoint(SEEDS["note"][0], parse_policy(d)),
    "proof": lambda d: same(parse_proof(d).encode(), d),
    "request": lambda d: same(parse_add_checkpoint(d).encode(), d),
    "fork": fork,
    "vkey": lambda d: same(parse_verifier_key(d.decode(errors="surrogateescape")).encode().encode(), d),
    "secret": lambda d: parse_secret_key(d.decode(errors="surrogateescape")),
    "path": lambda d: same(parse_tile_path(d.decode(errors="replace")).path.encode(), d),
    "bundle": lambda d: parse_bundle(d, Tile(None, 0, 3)),
}
#: Lines and pieces that the formats are made of, so that changes reach behind the first check.
PIECES = st.sampled_from(
    [b"\n", b"\n\n", b" ", b"+", b"=", b"\xe2\x80\x94 ", b"0", b"9" * 30, b"-1", b"old 0\n",
     b"index 0\n", b"quorum none\n", b"group g any", b"log ", b"\x00", b"\xff", b"\xe2\x80\x83", b"[" * 3000,
     b"1e999", b'"\\ud800"', b"null", b"extra "]
)  # fmt: skip


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from([seed for seeds in SEEDS.values() for seed in seeds]))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 12)))
        data = data[:start] + draw(st.one_of(PIECES, st.binary(max_size=6))) + data[end:]
    return data


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=150, derandomize=True, deadline=None)
@given(data=st.one_of(changed(), st.binary(max_size=200)))
def test_parsers_raise_nothing_else(name, data):
    with suppress(LogError):
        PARSERS[name](data)
