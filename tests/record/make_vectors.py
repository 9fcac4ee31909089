"""Makes spec/vectors/log: `python tests/record/make_vectors.py` writes the files anew, always the same.

Every vector breaks one rule. `expect` is "ok" or the code of spec/log.md §11; `stricter` marks those that other
implementations of the same formats may accept.
"""
# ruff: noqa: E501, PLR0917 (tables: one vector a line)

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import edwards

from dauys.record.checkpoint import Checkpoint, sign_checkpoint
from dauys.record.fork import Fork
from dauys.record.keys import Signer, VerifierKey
from dauys.record.merkle import (
    EMPTY_ROOT,
    complete_root,
    consistency_chain,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
)
from dauys.record.note import Note, NoteSignature
from dauys.record.proof import TlogProof
from dauys.record.requests import AddCheckpoint
from dauys.record.tiles import Tile

FOLDER = Path(__file__).resolve().parents[2] / "spec" / "vectors" / "log"
ORIGIN = "results.example/2004/log"
LOG = Signer(ORIGIN, 1, bytes([1]) * 32)
OTHER = Signer("results.example/other", 1, bytes([2]) * 32)
WITNESSES = [Signer(f"witness.example/{n}", 4, bytes([16 + n]) * 32) for n in (1, 2, 3)]
TIME = 1_095_570_000
ENTRIES = [f"entry {n}".encode() for n in range(300)]
LEAVES = [leaf_hash(e) for e in ENTRIES]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def node(level: int, index: int, leaves: list[bytes] = LEAVES) -> bytes:
    return complete_root(leaves[index << level : (index + 1) << level])


def root(size: int) -> bytes:
    return tree_root(LEAVES[:size])


def flip(data: bytes, bit: int = 0) -> bytes:
    return bytes([data[0] ^ 1 << bit]) + data[1:]


def trees() -> list[dict[str, Any]]:
    sizes = (0, 1, 2, 3, 4, 5, 7, 8, 255, 256, 257, 300)
    return [{"name": f"{n} entries", "expect": "ok", "size": n, "root": b64(root(n))} for n in sizes]


def inclusion() -> list[dict[str, Any]]:
    def vector(name, expect, index, size, proof=None, leaf=None, top=None, **more):
        good = inclusion_proof(index, size, node) if proof is None else proof
        return {"name": name, "expect": expect, "index": index, "size": size, "leaf": b64(leaf or LEAVES[index]),
                "proof": [b64(h) for h in good], "root": b64(top or root(size)), **more}  # fmt: skip

    out = [
        vector(f"leaf {i} of {n}", "ok", i, n)
        for i, n in [
            (0, 1),
            (0, 2),
            (1, 2),
            (2, 3),
            (4, 5),
            (6, 7),
            (255, 256),
            (256, 257),
            (298, 300),
            (299, 300),
        ]
    ]
    good = inclusion_proof(5, 300, node)
    return [
        *out,
        vector("another leaf", "L1.1", 5, 300, leaf=LEAVES[6]),
        vector("another index", "L1.1", 4, 300, good, leaf=LEAVES[5]),
        vector("another root", "L1.1", 5, 300, top=root(299)),
        vector("first hash changed", "L1.1", 5, 300, [flip(good[0]), *good[1:]]),
        vector("last hash changed", "L1.1", 5, 300, [*good[:-1], flip(good[-1])]),
        vector("two hashes swapped", "L1.1", 5, 300, [good[1], good[0], *good[2:]]),
        vector("inner node for a leaf", "L1.3", 1, 150, inclusion_proof(5, 300, node)[2:], leaf=node(1, 2)),
        vector("a hash too few", "L1.3", 5, 300, good[:-1]),
        vector("a hash too many", "L1.3", 5, 300, [*good, good[0]]),
        vector("no hash", "L1.3", 5, 300, []),
        vector("index is the size", "L1.3", 300, 300, good, leaf=LEAVES[5]),
        vector("empty tree", "L1.3", 0, 0, [], leaf=LEAVES[0]),
    ]


def consistency() -> list[dict[str, Any]]:
    def vector(name, expect, old, new, proof=None, old_root=None, new_root=None, **more):
        good = consistency_proof(old, new, node) if proof is None else proof
        return {"name": name, "expect": expect, "old_size": old, "old_root": b64(old_root or root(old)), "size": new,
                "root": b64(new_root or root(new)), "proof": [b64(h) for h in good], **more}  # fmt: skip

    pairs = [
        (1, 1),
        (1, 2),
        (1, 300),
        (2, 3),
        (3, 4),
        (4, 7),
        (6, 8),
        (7, 8),
        (255, 256),
        (256, 300),
        (299, 300),
    ]
    good = consistency_proof(6, 300, node)
    return [
        *(vector(f"{a} in {b}", "ok", a, b) for a, b in pairs),
        vector("nothing in 5", "ok", 0, 5, stricter=True),
        vector("old root of another log", "L1.2", 6, 300, old_root=flip(root(6))),
        vector("new root of another log", "L1.2", 6, 300, new_root=flip(root(300))),
        vector("same size, other root", "L1.2", 300, 300, old_root=flip(root(300))),
        vector("power of two, other root", "L1.2", 256, 300, old_root=flip(root(256))),
        vector("first hash changed", "L1.2", 6, 300, [flip(good[0]), *good[1:]]),
        vector("last hash changed", "L1.2", 6, 300, [*good[:-1], flip(good[-1])]),
        vector("a hash too few", "L1.3", 6, 300, good[:-1]),
        vector("a hash too many", "L1.3", 6, 300, [*good, good[0]]),
        vector("no hash", "L1.3", 6, 300, []),
        vector("a proof where none is due", "L1.3", 300, 300, [root(1)]),
        vector("old tree larger", "L1.3", 300, 6, good),
        vector("empty old tree with a root", "L1.2", 0, 5, [], old_root=root(1)),
    ]


def paths() -> list[dict[str, Any]]:
    tiles = [
        Tile(0, 0), Tile(0, 0, 1), Tile(0, 999, 255), Tile(0, 1000), Tile(1, 1234067), Tile(7, 1),
        Tile(None, 0), Tile(None, 1234067, 17),
    ]  # fmt: skip
    bad = [
        "tile/0/0", "tile/0/0000", "tile/00/000", "tile/0/x000/001", "tile/0/001/002", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/-1/000", "tile/64/000", "tile/0/x1234/067",
        "tile/0/x001/234/067", "/tile/0/000", "tile/0/000/", "tile/data/000", "tile/8/0/000", "tile/0/٠٠٠",
        "tile/0/../000", "tile/0/000\n", "",
    ]  # fmt: skip
    good = [
        {"name": t.path, "expect": "ok", "path": t.path, "index": t.index, "width": t.width,
         "level": "entries" if t.level is None else t.level}
        for t in tiles
    ]  # fmt: skip
    return good + [{"name": f"no path: {p!a}", "expect": "L2.1", "path": p} for p in bad]


def checkpoint(size: int = 300, signer: Signer = LOG, top: bytes | None = None) -> Note:
    return sign_checkpoint(Checkpoint(signer.verifier.name, size, top or root(size)), signer)


def cosigned(note: Note, *witnesses: Signer, time: int = TIME) -> Note:
    return Note(note.text, (*note.signatures, *(w.cosign(note.text, time) for w in witnesses)))


def notes() -> list[dict[str, Any]]:
    good = checkpoint()
    text, line = good.text, good.signatures[0].line()
    name, blob = good.signatures[0].name, good.signatures[0].signature
    key, witness = LOG.verifier, WITNESSES[0].verifier
    tail = line.split(" ")[2]

    def signed(changed: str) -> bytes:
        return Note(changed, (LOG.sign(changed),)).encode()

    def vector(title, expect, note, keys=(key,), **more):
        data = note.encode() if isinstance(note, Note) else note.encode() if isinstance(note, str) else note
        return {
            "name": title,
            "expect": expect,
            "keys": [k.encode() for k in keys],
            "note": b64(data),
            **more,
        }

    unknown = OTHER.sign(text)
    wrong = NoteSignature(name, key.key_id, flip(blob))
    late = WITNESSES[0].cosign(text, TIME)
    return [
        vector("one signature", "ok", good, size=300, root=b64(root(300))),
        vector("empty log", "ok", checkpoint(0, top=EMPTY_ROOT), size=0, root=b64(EMPTY_ROOT)),
        vector("signature of an unknown key is ignored", "ok", Note(text, (unknown, *good.signatures))),
        vector("cosignature with its time", "ok", cosigned(good, WITNESSES[0]), (key, witness), times=[None, TIME]),
        vector("extension line", "ok", signed(text + "extra\n")),
        vector("sixteen signatures", "ok", Note(text, (*good.signatures, *[unknown] * 15))),
        vector("same name, unknown id", "ok", Note(text, (*good.signatures, NoteSignature(name, b"abcd", blob)))),
        vector("signed by nobody known", "L3.5", good, (OTHER.verifier,)),
        vector("known key, wrong signature", "L3.4", Note(text, (wrong,))),
        vector("known key, once right and once wrong", "L3.4", Note(text, (*good.signatures, wrong)), stricter=True),
        vector("signature of 63 bytes", "L3.4", Note(text, (NoteSignature(name, key.key_id, blob[:-1]),))),
        vector("text changed", "L3.4", Note(text.replace("300", "301"), good.signatures)),
        vector("cosignature at another time", "L3.4",
               Note(text, (*good.signatures, NoteSignature(late.name, late.key_id, flip(late.signature)))), (key, witness)),
        vector("cosignature without time", "L4.1",
               Note(text, (*good.signatures, NoteSignature(late.name, late.key_id, late.signature[8:]))), (key, witness)),
        vector("cosignature after 2⁶³", "L4.1",
               Note(text, (*good.signatures, NoteSignature(late.name, late.key_id, b"\x80" + late.signature[1:]))), (key, witness)),
        vector("no empty line", "L3.1", text + line),
        vector("no signature", "L3.1", text + "\n"),
        vector("last line not ended", "L3.1", (text + "\n" + line)[:-1]),
        vector("not UTF-8", "L3.1", b"\xff" + good.encode()),
        vector("carriage return", "L3.1", good.encode().replace(b"\n", b"\r\n", 1)),
        vector("101 signatures", "L3.1", Note(text, (*good.signatures, *[unknown] * 100))),
        vector("hyphen for the dash", "L3.2", text + "\n" + line.replace("—", "-")),
        vector("two spaces", "L3.2", text + "\n" + line.replace(" ", "  ", 1)),
        vector("no name", "L3.2", text + "\n— " + tail),
        vector("plus in the name", "L3.2", text + "\n" + line.replace("example", "exam+ple")),
        vector("no-break space in the name", "L3.2", text + "\n" + line.replace("example", "exam\u00a0ple")),
        vector("base64 of another alphabet", "L3.2", text + "\n— " + name + " " + b64(key.key_id + b"\xff" * 64).replace("/", "_") + "\n"),
        vector("base64 without padding", "L3.2", text + "\n" + line.replace("=", "")),
        vector("base64 with loose bits", "L3.2", text + "\n— " + name + " AAAAAAB=\n"),
        vector("only a key id", "L3.2", text + "\n— " + name + " " + b64(key.key_id) + "\n"),
        vector("size with a zero before it", "L3.6", signed(text.replace("300", "0300"))),
        vector("size with a plus", "L3.6", signed(text.replace("\n300", "\n+300"))),
        vector("size below zero", "L3.6", signed(text.replace("300", "-300"))),
        vector("size of 2⁶³", "L3.6", signed(text.replace("300", str(2**63)))),
        vector("size in Arabic digits", "L3.6", signed(text.replace("300", "٣٠٠"))),
        vector("root of 31 bytes", "L3.6", signed(f"{ORIGIN}\n300\n{b64(bytes(31))}\n")),
        vector("root with loose bits", "L3.6", signed(f"{ORIGIN}\n300\n{b64(bytes(32))[:-2]}B=\n")),
        vector("two lines", "L3.6", signed(f"{ORIGIN}\n300\n")),
        vector("empty extension line", "L3.6", signed(f"{text}\nextra\n")),
        vector("no origin", "L3.6", signed(text.removeprefix(ORIGIN))),
    ]  # fmt: skip


def vkeys() -> list[dict[str, Any]]:
    good, point = LOG.verifier.encode(), LOG.verifier.public
    witness = WITNESSES[0].verifier
    name, key_id, encoded = good.split("+", 2)

    def unsound(kind: int, data: bytes) -> str:
        key = VerifierKey(name, kind, data)
        return f"{name}+{key.key_id.hex()}+{b64(bytes([kind]) + data)}"

    bad = {
        "other key id": f"{name}+00000000+{encoded}",
        "key id in capitals": f"{name}+{key_id.upper()}+{encoded}",
        "no name": good.removeprefix(name),
        "space in the name": f"a b+{key_id}+{encoded}",
        "31 bytes": unsound(1, point[:31]),
        "unknown type": unsound(5, point),
        "newline at the end": good + "\n",
        "two parts": f"{name}+{encoded}",
        "nothing": "",
    }
    assert key_id != key_id.upper()
    return [
        {"name": "log", "expect": "ok", "vkey": good, "type": 1, "key_id": key_id, "public": b64(point)},
        {"name": "witness", "expect": "ok", "vkey": witness.encode(), "type": 4, "key_id": witness.key_id.hex(),
         "public": b64(witness.public)},
        *({"name": title, "expect": "L3.3", "vkey": text} for title, text in bad.items()),
    ]  # fmt: skip


def signatures() -> list[dict[str, Any]]:
    """Where Ed25519 libraries differ: cofactorless, canonical A, R and S, small-order A and R refused."""
    seed, text = bytes([7]) * 32, b"origin\n"
    a = edwards.secret(seed)
    point = edwards.times(a, edwards.BASE)
    key, torsion = edwards.encode(point), edwards.small_order_point()
    good = edwards.sign(seed, text, nonce=12345)
    s = int.from_bytes(good[32:], "little")
    identity, odd_identity = (1).to_bytes(32, "little"), (edwards.P + 1).to_bytes(32, "little")

    def vector(name, expect, public, message, signature):
        return {
            "name": name,
            "expect": expect,
            "key": b64(public),
            "message": b64(message),
            "signature": b64(signature),
        }

    mixed = edwards.encode(edwards.add(point, torsion))

    def of_mixed(divisible: bool) -> tuple[bytes, bytes]:
        for n in range(1000):
            message = f"origin {n}\n".encode()
            signature = edwards.sign(seed, message, nonce=n + 1, key=mixed)
            if (edwards.number(signature[:32] + mixed + message) % 8 == 0) is divisible:
                return message, signature
        raise AssertionError

    no_r = edwards.number(identity + key + text) * a % edwards.Q
    odd_r = edwards.number(odd_identity + key + text) * a % edwards.Q
    return [
        vector("good", "ok", key, text, good),
        vector("another text", "L3.4", key, b"other\n", good),
        vector("S plus the order", "L3.4", key, text, good[:32] + (s + edwards.Q).to_bytes(32, "little")),
        vector(
            "R with a part of order 8",
            "L3.4",
            key,
            text,
            edwards.sign(seed, text, nonce=12345, more_r=torsion),
        ),
        vector("R is the identity", "L3.4", key, text, identity + no_r.to_bytes(32, "little")),
        vector(
            "R is the identity, not canonical", "L3.4", key, text, odd_identity + odd_r.to_bytes(32, "little")
        ),
        vector("A is the identity", "L3.4", identity, text, good[:32] + (12345).to_bytes(32, "little")),
        vector(
            "A is of order 8",
            "L3.4",
            edwards.encode(torsion),
            text,
            good[:32] + (12345).to_bytes(32, "little"),
        ),
        vector("A is not canonical", "L3.4", odd_identity, text, good[:32] + (12345).to_bytes(32, "little")),
        vector("A with a part of order 8, equation holds", "ok", mixed, *of_mixed(True)),
        vector(
            "A with a part of order 8, only eight times the equation holds", "L3.4", mixed, *of_mixed(False)
        ),
        vector("zeros", "L3.4", bytes(32), text, bytes(64)),
    ]


def policies() -> list[dict[str, Any]]:
    log = f"log {LOG.verifier.encode()}\n"
    lines = [f"witness w{n} {w.verifier.encode()}\n" for n, w in enumerate(WITNESSES, 1)]
    three = log + "".join(lines)
    two_of_three = three + "group g 2 w1 w2 w3\nquorum g\n"
    nested = three + "group a any w1 w2\ngroup b all a w3\nquorum b\n"
    good = checkpoint()
    w1, w2, w3 = WITNESSES
    otherwise = Signer(w1.verifier.name, 4, bytes([99]) * 32)

    def vector(name, expect, policy, note=good, **more):
        return {"name": name, "expect": expect, "policy": policy, "note": note.encode().decode(), **more}

    foreign = sign_checkpoint(Checkpoint(OTHER.verifier.name, 300, root(300)), OTHER)
    return [
        vector("no quorum", "ok", log + "quorum none\n"),
        vector("comments, tabs and empty lines", "ok", f"# logs\n\n\t {log}  # two\nquorum\tnone", stricter=True),
        vector("one witness", "ok", three + "quorum w1\n", cosigned(good, w1)),
        vector("two of three", "ok", two_of_three, cosigned(good, w1, w3)),
        vector("nested groups", "ok", nested, cosigned(good, w2, w3)),
        vector("with addresses", "ok", f"log {LOG.verifier.encode()} https://results.example/log/\nquorum none\n"),
        vector("one of three", "L4.3", two_of_three, cosigned(good, w1)),
        vector("one witness twice", "L4.3", two_of_three, cosigned(good, w1, w1)),
        vector("half of a nested group", "L4.3", nested, cosigned(good, w1, w2)),
        vector("same name, another key", "L4.3", three + "quorum w1\n", cosigned(good, otherwise)),
        vector("another log", "L3.5", log + "quorum none\n", foreign),
        vector("signed by the log for another origin", "L3.5", log + "quorum none\n",
               Note(foreign.text, (*foreign.signatures, LOG.sign(foreign.text)))),
        vector("only witnesses signed", "L3.5", three + "quorum w1\n", Note(good.text, (w1.cosign(good.text, TIME),))),
        vector("no quorum line", "L4.2", log),
        vector("two quorum lines", "L4.2", log + "quorum none\nquorum none\n"),
        vector("quorum of an unknown name", "L4.2", log + "quorum w1\n"),
        vector("quorum before its group", "L4.2", three + "quorum g\ngroup g any w1\n", stricter=True),
        vector("group that names itself", "L4.2", three + "group g any g\nquorum g\n"),
        vector("member in two groups", "L4.2", three + "group a any w1\ngroup b any w1 w2\ngroup c all a b\nquorum c\n"),
        vector("threshold 0", "L4.2", three + "group g 0 w1\nquorum g\n"),
        vector("threshold above the members", "L4.2", three + "group g 2 w1\nquorum g\n"),
        vector("threshold with a zero before it", "L4.2", three + "group g 01 w1\nquorum g\n", stricter=True),
        vector("name given twice", "L4.2", log + lines[0] + lines[1].replace("w2", "w1") + "quorum w1\n"),
        vector("key given twice", "L4.2", log + lines[0] + lines[0].replace("w1", "w9") + "quorum w1\n", stricter=True),
        vector("witness with a key of a log", "L4.2", f"{log}witness w {OTHER.verifier.encode()}\nquorum w\n"),
        vector("witness named none", "L4.2", log + lines[0].replace("w1", "none") + "quorum none\n", stricter=True),
        vector("unknown word", "L4.2", log + "mirror x\nquorum none\n"),
        vector("control character", "L4.2", log + "quorum none\n#\r\n", stricter=True),
    ]  # fmt: skip


def proofs() -> list[dict[str, Any]]:
    policy = f"log {LOG.verifier.encode()}\nwitness w1 {WITNESSES[0].verifier.encode()}\nquorum w1\n"
    note = cosigned(checkpoint(), WITNESSES[0])
    hashes = inclusion_proof(5, 300, node)
    good = TlogProof(5, hashes, note)
    text = good.encode().decode()

    def vector(name, expect, file, entry=ENTRIES[5], **more):
        data = file.encode()
        return {
            "name": name,
            "expect": expect,
            "policy": policy,
            "entry": b64(entry),
            "file": data.decode(),
            **more,
        }

    head = "c2sp.org/tlog-proof@v1\n"
    return [
        vector("good", "ok", good),
        vector("with extra", "ok", TlogProof(5, hashes, note, b"card")),
        vector("with empty extra", "ok", TlogProof(5, hashes, note, b"")),
        vector("one entry, no hashes", "ok", TlogProof(0, (), cosigned(checkpoint(1), WITNESSES[0])), ENTRIES[0]),
        vector("another entry", "L1.1", good, ENTRIES[6]),
        vector("another index", "L1.1", TlogProof(4, hashes, note)),
        vector("index beyond the tree", "L1.3", TlogProof(300, hashes, note)),
        vector("hash changed", "L1.1", TlogProof(5, (flip(hashes[0]), *hashes[1:]), note)),
        vector("hash missing", "L1.3", TlogProof(5, hashes[1:], note)),
        vector("no cosignature", "L4.3", TlogProof(5, hashes, checkpoint())),
        vector("checkpoint changed", "L3.4", text.replace("\n300\n", "\n301\n")),
        vector("another header", "L4.4", text.replace("@v1", "@v2")),
        vector("no index", "L4.4", text.replace("index 5\n", "")),
        vector("index with a zero before it", "L4.4", text.replace("index 5", "index 05"), stricter=True),
        vector("two extras", "L4.4", text.replace(head, f"{head}extra QQ==\nextra QQ==\n")),
        vector("extra after index", "L4.4", text.replace("index 5\n", "index 5\nextra QQ==\n")),
        vector("extra with loose bits", "L4.4", text.replace(head, f"{head}extra QR==\n"), stricter=True),
        vector("hash of 31 bytes", "L4.4", TlogProof(5, (hashes[0][:31], *hashes[1:]), note)),
        vector("nothing", "L4.4", ""),
    ]  # fmt: skip


def requests() -> list[dict[str, Any]]:
    """One conversation with a witness that knows the log and has cosigned nothing; steps follow one another."""

    def step(name, status, old, note, proof=(), **more):
        body = (
            AddCheckpoint(old, tuple(proof), note.encode() if isinstance(note, Note) else note)
            .encode()
            .decode()
        )
        return {"name": name, "status": status, "body": body, **more}

    fork = checkpoint(10, top=flip(root(10)))
    fork20 = checkpoint(20, top=flip(root(20)))
    unknown = sign_checkpoint(Checkpoint(OTHER.verifier.name, 10, root(10)), OTHER)
    unsigned = Note(checkpoint(10).text, (OTHER.sign(checkpoint(10).text),))
    wrong = Note(checkpoint(10).text, checkpoint(9).signatures)
    proof = consistency_proof(10, 20, node)
    return [
        step("log that the witness does not know", 404, 0, unknown),
        step("not signed by the log", 403, 0, unsigned),
        step("signature does not hold", 403, 0, wrong),
        step("first, with a proof", 422, 0, checkpoint(10), [root(1)]),
        step("first, from another size", 409, 5, checkpoint(10), consistency_proof(5, 10, node), size=0),
        step("first", 200, 0, checkpoint(10)),
        step("the same again, from 0", 409, 0, checkpoint(10), size=10),
        step("the same again", 200, 10, checkpoint(10)),
        step("same size, another root", 409, 10, fork, size=10, fork=True),
        step("old size above the new", 400, 21, checkpoint(20), proof),
        step("larger, wrong proof", 422, 10, checkpoint(20), [flip(proof[0]), *proof[1:]]),
        step("larger, another history", 422, 10, fork20, proof),
        step("larger", 200, 10, checkpoint(20), proof),
        step("back to the smaller", 409, 10, checkpoint(10), size=20),
        {"name": "no old line", "status": 400, "body": "\n\n" + checkpoint(30).encode().decode()},
        {"name": "old size with a zero before it", "status": 400,
         "body": "old 020\n\n" + checkpoint(20).encode().decode()},
        step("64 hashes", 400, 20, checkpoint(30), [root(1)] * 64),
        step("hash of 31 bytes", 400, 20, checkpoint(30), [root(1)[:31]]),
        step("no checkpoint", 403, 20, Note(ORIGIN + "\n", (OTHER.sign(ORIGIN + "\n"),)), anyof=[400, 403]),
        step("still at 20", 409, 0, checkpoint(30), size=20),
    ]  # fmt: skip


def forks() -> list[dict[str, Any]]:
    other = [leaf_hash(f"other {n}".encode()) for n in range(300)]

    def forged(size: int) -> Note:
        return checkpoint(size, top=tree_root(other[:size]))

    def chain(old: int, new: int) -> tuple[bytes, ...]:
        return consistency_chain(old, new, lambda level, index: node(level, index, other))

    def vector(name, expect, first, second, links=()):
        fork = Fork(first.encode(), second.encode(), tuple(links))
        return {"name": name, "expect": expect, "key": LOG.verifier.encode(), "file": fork.encode().decode()}

    moved = sign_checkpoint(Checkpoint(OTHER.verifier.name, 10, root(10)), OTHER)
    return [
        vector("one size, two roots", "ok", checkpoint(10), forged(10)),
        vector("smaller is no beginning of larger", "ok", checkpoint(10), forged(20), chain(10, 20)),
        vector("smaller of a power of two", "ok", checkpoint(16), forged(20), chain(16, 20)),
        vector("honest growth", "L6.6", checkpoint(10), checkpoint(20), consistency_chain(10, 20, node)),
        vector("one checkpoint twice", "L6.6", checkpoint(10), checkpoint(10)),
        vector("chain that leads nowhere", "L6.6", checkpoint(10), checkpoint(20), chain(10, 20)),
        vector("larger first", "L6.6", forged(20), checkpoint(10), chain(10, 20)),
        vector("chain too short", "L1.3", checkpoint(10), forged(20), chain(10, 20)[:-1]),
        vector("signed by another", "L3.5", checkpoint(10), moved),
    ]


MAKERS = {
    "tree": trees, "inclusion": inclusion, "consistency": consistency, "paths": paths, "notes": notes, "vkeys": vkeys,
    "signatures": signatures, "policies": policies, "proofs": proofs, "requests": requests, "forks": forks,
}  # fmt: skip


def text_of(name: str) -> str:
    return json.dumps(MAKERS[name](), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each in MAKERS:
        (FOLDER / f"{each}.json").write_text(text_of(each))
