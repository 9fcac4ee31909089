"""Every vector of spec/vectors/log gives the verdict it expects, and the files are what their maker makes."""

from __future__ import annotations

import base64
import json

import make_vectors
import pytest

from dauys.record.checkpoint import open_checkpoint, verify_signature
from dauys.record.faults import LogError
from dauys.record.fork import parse_fork, verify_fork
from dauys.record.keys import VerifierKey, parse_verifier_key
from dauys.record.merkle import leaf_hash, tree_root, verify_consistency, verify_inclusion
from dauys.record.note import NoteSignature
from dauys.record.policy import parse_policy, verify_checkpoint
from dauys.record.proof import parse_proof, verify_proof
from dauys.record.tiles import parse_tile_path
from dauys.record.witness import WatchedLog, create_witness, open_witness, watch_log

b64 = base64.b64decode


def tree(v):
    assert tree_root(leaf_hash(f"entry {n}".encode()) for n in range(v["size"])) == b64(v["root"])


def inclusion(v):
    proof = [b64(h) for h in v["proof"]]
    verify_inclusion(b64(v["leaf"]), v["index"], v["size"], proof, b64(v["root"]))


def consistency(v):
    proof = [b64(h) for h in v["proof"]]
    verify_consistency(v["old_size"], b64(v["old_root"]), v["size"], b64(v["root"]), proof)


def paths(v):
    tile = parse_tile_path(v["path"])
    level = "entries" if tile.level is None else tile.level
    assert (level, tile.index, tile.width) == (v["level"], v["index"], v["width"])


def notes(v):
    opened = open_checkpoint(b64(v["note"]), [parse_verifier_key(k) for k in v["keys"]])
    assert opened.note.encode() == b64(v["note"])
    if "size" in v:
        assert (opened.checkpoint.size, opened.checkpoint.root) == (v["size"], b64(v["root"]))
    if "times" in v:
        assert [s.time for s in opened.signed] == v["times"]


def vkeys(v):
    key = parse_verifier_key(v["vkey"])
    assert (key.algorithm, key.key_id.hex(), key.public) == (v["type"], v["key_id"], b64(v["public"]))


def signatures(v):
    key = VerifierKey("name", 1, b64(v["key"]))
    signature = NoteSignature("name", key.key_id, b64(v["signature"]))
    verify_signature(key, b64(v["message"]).decode(), signature)


def policies(v):
    verify_checkpoint(v["note"].encode(), parse_policy(v["policy"].encode()))


def proofs(v):
    verify_proof(v["file"].encode(), b64(v["entry"]), parse_policy(v["policy"].encode()))
    assert parse_proof(v["file"].encode()).encode() == v["file"].encode()


def forks(v):
    verify_fork(parse_fork(v["file"].encode()), parse_verifier_key(v["key"]))


RUN = {
    f.__name__: f
    for f in (tree, inclusion, consistency, paths, notes, vkeys, signatures, policies, proofs, forks)
}


def vectors(name):
    return json.loads((make_vectors.FOLDER / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("kind", "vector"), [pytest.param(k, v, id=f"{k}: {v['name']}") for k in RUN for v in vectors(k)]
)
def test_verdict(kind, vector):
    if vector["expect"] == "ok":
        RUN[kind](vector)
    else:
        with pytest.raises(LogError) as caught:
            RUN[kind](vector)
        assert caught.value.code == vector["expect"], caught.value


def test_conversation_with_a_witness(tmp_path):
    signer = make_vectors.WITNESSES[0]
    create_witness(tmp_path, signer.verifier)
    watch_log(tmp_path, WatchedLog(make_vectors.LOG.verifier))
    with open_witness(tmp_path, signer) as witness:
        for step in vectors("requests"):
            before = len(list((tmp_path / "evidence").rglob("*.json")))
            reply = witness.answer(step["body"].encode(), make_vectors.TIME)
            assert reply.status in step.get("anyof", [step["status"]]), (step["name"], reply)
            if reply.status == 200:
                note = step["body"].encode().split(b"\n\n", 1)[1] + reply.body
                opened = open_checkpoint(note, (signer.verifier,))
                assert opened.signed[0].time == make_vectors.TIME
            if reply.status == 409:
                assert (reply.content_type, reply.body) == ("text/x.tlog.size", f"{step['size']}\n".encode())
            assert len(list((tmp_path / "evidence").rglob("*.json"))) == before + step.get("fork", False)


@pytest.mark.parametrize("name", make_vectors.MAKERS)
def test_files_are_what_their_maker_makes(name):
    assert (make_vectors.FOLDER / f"{name}.json").read_text() == make_vectors.text_of(name)


def test_names_are_unique():
    for name in make_vectors.MAKERS:
        names = [v["name"] for v in vectors(name)]
        assert len(set(names)) == len(names)
