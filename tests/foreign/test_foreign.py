"""Code that nobody here wrote reads and checks our logs, witnesses them, and is witnessed by us."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import served

from dauys.cli.main import cli
from dauys.record.faults import LogError
from dauys.record.http_source import HttpClient, open_source
from dauys.record.keys import Signer, encode_secret_key
from dauys.record.note import MAX_NOTE
from dauys.record.policy import parse_policy, verify_checkpoint
from dauys.record.proof import TlogProof, verify_proof
from dauys.record.reader import LogReader
from dauys.record.store import create_log, open_log
from dauys.record.witness import WatchedLog, create_witness, open_witness, watch_log
from dauys.record.witness_http import WitnessServer, ask_witness

ORIGIN = "results.example/majilis/log"
LOG = Signer(ORIGIN, 0x01, b"\x11" * 32)
WITNESS = Signer("witness.example/ours", 0x04, b"\x22" * 32)
NOW = 1_095_570_000


def entry(number: int) -> bytes:
    return f"entry {number}".encode() * (number % 7)


def digest(entries) -> str:
    sha = hashlib.sha256()
    for data in entries:
        sha.update(len(data).to_bytes(2, "big") + data)
    return sha.hexdigest()


def our_log(folder, *sizes):
    """A log of ours that was published at each of these sizes."""
    create_log(folder, LOG)
    with open_log(folder) as log:
        for size in sizes:
            log.append(map(entry, range(log.end, size)))
            log.publish(LOG)
    return folder / "public"


def policy_file(path, *lines):
    path.write_text("\n".join(lines) + "\n")
    return path


@contextmanager
def our_witness(folder, *logs):
    create_witness(folder, WITNESS.verifier)
    for log in logs:
        watch_log(folder, log)
    with (
        open_witness(folder, WITNESS) as witness,
        WitnessServer(("127.0.0.1", 0), witness, lambda: NOW) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield witness, f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("sizes", [(1,), (2, 3), (255, 256, 257), (5, 700), (66_000,)])
def test_torchwood_reads_every_entry_from_our_folder(tmp_path, foreign, sizes):
    public = our_log(tmp_path / "log", *sizes)
    policy = policy_file(tmp_path / "policy", f"log {LOG.verifier.encode()}", "quorum none")
    answer = foreign("read", "-log", public, "-policy", policy)
    assert answer == {"origin": ORIGIN, "size": sizes[-1], "entries": digest(map(entry, range(sizes[-1])))}


def test_torchwood_reads_our_log_over_http(tmp_path, foreign):
    public = our_log(tmp_path / "log", 300)
    policy = policy_file(tmp_path / "policy", f"log {LOG.verifier.encode()}", "quorum none")
    with served(public) as url:
        assert foreign("read", "-log", url, "-policy", policy)["size"] == 300


def test_torchwood_refuses_our_log_with_one_bit_turned(tmp_path, foreign):
    public = our_log(tmp_path / "log", 300)
    policy = policy_file(tmp_path / "policy", f"log {LOG.verifier.encode()}", "quorum none")
    bundle = public / "tile" / "entries" / "000"
    data = bytearray(bundle.read_bytes())
    data[-1] ^= 1
    bundle.write_bytes(data)
    with pytest.raises(AssertionError, match=r"mismatch|does not match|inconsistent|hash"):
        foreign("read", "-log", public, "-policy", policy)


@pytest.mark.parametrize("sizes", ["1", "2,3", "255,256,257", "40,70000"])
def test_we_read_a_log_made_in_go(tmp_path, foreign, sizes):
    key = tmp_path / "key"
    key.write_text(encode_secret_key(ORIGIN, 0x01, b"\x11" * 32))
    foreign("make", "-dir", tmp_path / "log", "-key", key, "-sizes", sizes)
    policy = parse_policy(f"log {LOG.verifier.encode()}\nquorum none\n".encode())
    with open_source(str(tmp_path / "log")) as source:
        checkpoint = verify_checkpoint(source.read("checkpoint", MAX_NOTE), policy).checkpoint
        reader = LogReader(source, checkpoint.size, checkpoint.root)
        assert [e for _, e in reader.entries()] == [b"entry %d" % n for n in range(checkpoint.size)]
    assert checkpoint.size == int(sizes.split(",")[-1])


def test_proofs_go_both_ways(tmp_path, foreign):
    public = our_log(tmp_path / "log", 1000)
    lines = f"log {LOG.verifier.encode()}", "quorum none"
    policy = policy_file(tmp_path / "policy", *lines)
    with open_log(tmp_path / "log") as log:
        for index in (0, 255, 256, 998, 999):
            proof = TlogProof(index, log.reader().inclusion_proof(index), log.shown().note, b"\x00card")
            (tmp_path / "ours").write_bytes(proof.encode())
            (tmp_path / "entry").write_bytes(entry(index))
            assert foreign(
                "verify", "-policy", policy, "-proof", tmp_path / "ours", "-entry", tmp_path / "entry"
            )
            foreign("prove", "-log", public, "-policy", policy, "-index", index, "-out", tmp_path / "theirs")
            theirs = (tmp_path / "theirs").read_bytes()
            verify_proof(theirs, entry(index), parse_policy(policy.read_bytes()))
            with pytest.raises(LogError, match=r"L1\.1"):
                verify_proof(theirs, b"another", parse_policy(policy.read_bytes()))


def test_a_foreign_witness_follows_our_log_and_the_policy_demands_it(tmp_path, foreign, litewitness):
    public = our_log(tmp_path / "log", 3)
    litewitness.add_log(LOG.verifier.encode())
    lines = (
        f"log {LOG.verifier.encode()}",
        f"witness lite {litewitness.vkey} {litewitness.url}",
        "quorum lite",
    )
    policy = parse_policy(policy_file(tmp_path / "policy", *lines).read_bytes())
    witness = policy.witnesses["lite"]
    with pytest.raises(AssertionError, match="components satisfied"):
        foreign("read", "-log", public, "-policy", tmp_path / "policy")
    for size in (3, 4, 256, 300, 300):
        with open_log(tmp_path / "log") as log, HttpClient(witness.url, timeout=20) as client:
            log.append(map(entry, range(log.end, size)))
            log.publish(LOG)
            signatures = ask_witness(client, [witness.key], log.signed, log.reader())
            log.add_cosignatures(signatures, policy.keys)
        opened = verify_checkpoint((public / "checkpoint").read_bytes(), policy)
        assert opened.checkpoint.size == size
        assert [s.key.name for s in opened.signed] == [ORIGIN, "witness.example/lite"]
        assert foreign("read", "-log", public, "-policy", tmp_path / "policy")["size"] == size


def test_the_command_line_demands_a_foreign_witness(tmp_path, foreign, litewitness):
    """As a commission would do it: make, take, publish with a policy; torchwood reads what came of it."""

    def dauys(*args: object, code: int = 0) -> str:
        done = CliRunner().invoke(cli, list(map(str, args)))
        assert done.exit_code == code, done.output
        return done.stdout

    key, log, policy = tmp_path / "log.key", tmp_path / "log", tmp_path / "policy"
    made = json.loads(dauys("log", "create", log, "--origin", ORIGIN, "--key", key, "--json"))
    lines = f"log {made['key']}", f"witness lite {litewitness.vkey} {litewitness.url}", "quorum lite"
    policy_file(policy, *lines)
    (tmp_path / "entry").write_bytes(b'{"kind":"notice"}')
    dauys("log", "append", log, tmp_path / "entry")
    # The witness does not know the log yet: it is published, and what is missing is said.
    dauys("log", "publish", log, "--key", key, "--policy", policy, code=1)
    litewitness.add_log(made["key"])
    said = json.loads(dauys("log", "publish", log, "--key", key, "--policy", policy, "--json"))
    assert list(said["cosigned"]) == ["witness.example/lite"]
    assert foreign("read", "-log", log / "public", "-policy", policy)["size"] == 1
    dauys("log", "proof", log, 0, tmp_path / "proof")
    assert foreign("verify", "-policy", policy, "-proof", tmp_path / "proof", "-entry", tmp_path / "entry")


def test_a_foreign_witness_tells_a_log_that_it_was_rolled_back(tmp_path, litewitness):
    our_log(tmp_path / "log", 10)
    our_log(tmp_path / "old", 4)
    litewitness.add_log(LOG.verifier.encode())
    key = parse_policy(f"witness w {litewitness.vkey}\nquorum w\n".encode()).witnesses["w"].key
    with HttpClient(litewitness.url, timeout=20) as client:
        with open_log(tmp_path / "log") as log:
            ask_witness(client, [key], log.signed, log.reader())
        with open_log(tmp_path / "old") as log, pytest.raises(LogError, match=r"L5\.6"):
            ask_witness(client, [key], log.signed, log.reader())


def test_our_witness_cosigns_a_foreign_log_and_go_accepts_it(tmp_path, foreign):
    key = tmp_path / "key"
    key.write_text(encode_secret_key(ORIGIN, 0x01, b"\x11" * 32))
    lines = f"log {LOG.verifier.encode()}", f"witness ours {WITNESS.verifier.encode()}", "quorum ours"
    policy = policy_file(tmp_path / "policy", *lines)
    folder = tmp_path / "foreign-log"
    with served(tmp_path) as web, our_witness(tmp_path / "w", WatchedLog(LOG.verifier)) as (witness, _):
        log = witness.config.logs[0]
        for sizes in ("3", "3,260", "3,260,70000"):
            foreign("make", "-dir", folder, "-key", key, "-sizes", sizes)
            with open_source(f"{web}foreign-log/") as source:
                opened = witness.follow(log, source, NOW)
            (folder / "checkpoint").write_bytes(opened.note.encode())
            assert foreign("read", "-log", folder, "-policy", policy)["size"] == int(sizes.split(",")[-1])
        foreign("make", "-dir", tmp_path / "fork", "-key", key, "-prefix", "other", "-sizes", "70000,70001")
        with open_source(f"{web}fork/") as source, pytest.raises(LogError, match=r"L6\.6"):
            witness.follow(log, source, NOW)
    assert len(list((tmp_path / "w" / "evidence").rglob("*.json"))) == 1


def test_go_gives_the_verdicts_of_our_vectors(foreign):
    """Proofs, policies and tlog-proofs; what we alone refuse is marked in the vectors."""
    folder = Path(__file__).resolve().parents[2] / "spec" / "vectors" / "log"
    counts = foreign("vectors", folder)
    assert set(counts) == {"inclusion.json", "consistency.json", "policies.json", "proofs.json"}
    assert min(counts.values()) > 15
