"""The vectors, judged by the product with its Rust core and by the reference: both say what is expected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from forge import ref

from dauys import _core
from dauys.crypto.board import Board
from dauys.crypto.ceremony_files import parse_signed, parse_transcript
from dauys.crypto.shapes import canonical
from dauys.crypto.tally_files import set_hash
from dauys.crypto.trustees import check_transcript, judge_complaint

FOLDER = Path(__file__).parents[2] / "spec" / "vectors" / "trustees"
VECTORS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def of_kind(kind):
    return [name for name, vector in VECTORS.items() if vector["kind"] == kind]


def test_there_is_a_vector_of_every_kind():
    assert {vector["kind"] for vector in VECTORS.values()} == {
        "transcript",
        "complaint",
        "partial",
        "combine",
    }
    assert all(vector["why"] and vector["origin"] for vector in VECTORS.values())


@pytest.mark.parametrize("name", of_kind("transcript"))
def test_transcripts(name):
    vector = VECTORS[name]
    data = canonical(vector["transcript"])
    faults = check_transcript(data).problems
    assert (faults[0].code if faults else "passed") == vector["expect"]
    # The reference names a missing file by the length of the list, a number in no form by who has no share.
    expected = {"passed": None, "K8.3": "K1.5", "K1.2": "K5.7"}.get(vector["expect"], vector["expect"])
    assert ref.check_transcript(data) == expected


@pytest.mark.parametrize("name", of_kind("complaint"))
def test_complaints(name):
    vector = VECTORS[name]
    plan, attempt, lists = parse_transcript(canonical(vector["transcript"]))
    board = Board(plan, attempt, {kind: dict(enumerate(files, 1)) for kind, files in lists.items()})
    complaint = parse_signed("complaint", canonical(vector["complaint"]), "complaint-1-1.json")
    found = [(fault.code, fault.facts["trustee"]) for fault in judge_complaint(board, complaint)]
    assert found == [(vector["expect"], vector["trustee"])]


def read(vector, *keys):
    return [bytes.fromhex(vector[key]) for key in keys]


@pytest.mark.parametrize("name", of_kind("partial"))
def test_partial_decryptions(name):
    vector = VECTORS[name]
    root, wave, signed, a, w1, w2, z = read(vector, "root", "wave_hash", "set", "a", "w1", "w2", "z")
    y, d = ([bytes.fromhex(point) for point in vector[key]] for key in ("verification", "d"))
    context = (root, wave, vector["unit"], vector["contest"], signed)
    words = {"equal": "T4.9", "identity": "T4.6", "length": "T4.7", "point": "T4.8", "scalar": "T4.8"}
    try:
        _core.verify_partial(context, vector["number"], b"".join(y), a, (b"".join(d), w1, w2, z))
        found = "passed"
    except _core.CoreError as error:
        found = words[error.args[0]]
    assert found == vector["expect"]
    assert (ref.check_partial(context, vector["number"], y, a, (d, w1, w2, z)) or "passed") == found


@pytest.mark.parametrize("name", of_kind("combine"))
def test_combinations(name):
    vector = VECTORS[name]
    parts = {int(d): [bytes.fromhex(point) for point in points] for d, points in vector["parts"].items()}
    e = [bytes.fromhex(point) for point in vector["e"]]
    root, signed = read(vector, "root", "set")
    assert set_hash(root, "0412", "list", map(bytes.fromhex, vector["set_of"])) == signed
    joined = [(d, b"".join(points)) for d, points in parts.items()]
    if vector["expect"] == "passed":
        assert _core.combine(joined, b"".join(e), vector["ballots"]) == vector["totals"]
        assert ref.combine(parts, e, vector["ballots"]) == vector["totals"]
        return
    word = {"T5.2": "logarithm", "T4.2": "numbers"}[vector["expect"]]
    with pytest.raises(_core.CoreError, match=word):
        _core.combine(joined, b"".join(e), vector["ballots"])
    with pytest.raises(ValueError, match=word):
        ref.combine(parts, e, vector["ballots"])
