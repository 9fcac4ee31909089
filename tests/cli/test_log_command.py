"""Transcripts of `dauys log` and `dauys witness`: what a person types, what comes back, how it ends."""

from __future__ import annotations

import json
import shlex
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from dauys.cli.main import cli
from dauys.record.keys import parse_secret_key
from dauys.record.policy import parse_policy
from dauys.record.proof import verify_proof
from dauys.record.store import open_log
from dauys.record.witness import open_witness
from dauys.record.witness_http import WitnessServer

ORIGIN = "results.example/2004/log"


@pytest.fixture
def dauys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C.UTF-8")

    def run(*args, code=0):
        result = CliRunner().invoke(cli, [str(a) for a in args])
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return run


@pytest.fixture
def log(dauys):
    dauys("log", "create", "log", "--origin", ORIGIN, "--key", "log.key")
    return parse_secret_key(Path("log.key").read_text()).verifier


@contextmanager
def witness(folder):
    with (
        open_witness(Path(folder), parse_secret_key(Path(folder, "key").read_text())) as home,
        WitnessServer(("127.0.0.1", 0), home, lambda: 1_095_570_000) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_takes_only_entries_of_a_record(dauys, log):
    entry = {"at": "2004-09-19T20:15:00+06:00", "id": "c-1", "kind": "complaint"}
    entry |= {"received": "2004-09-19T19:00:00+06:00", "sha256": "ab" * 32}
    Path("good.json").write_text(json.dumps(entry, separators=(",", ":")))
    Path("bad.json").write_bytes(b'{"kind":"notice"}')
    refused = dauys("log", "append", "--record", "log", "good.json", "bad.json", code=2)
    assert "entry 1" in refused.stderr
    assert "L8.3" in refused.stderr
    said = dauys("log", "append", "--record", "log", "good.json", "--json")
    # Nothing of what was refused is in the log.
    assert json.loads(said.stdout) == {"first": 0, "end": 1, "published": 0}


def test_make_take_publish_prove(dauys, log):
    assert stat.S_IMODE(Path("log.key").stat().st_mode) == 0o600
    Path("a.json").write_bytes(b'{"kind":"notice"}')
    Path("lines").write_bytes(b"one\ntwo\n")
    assert dauys("log", "append", "log", "a.json").stdout == "1 entry taken; the log will end at 1.\n"
    assert (
        dauys("log", "append", "--lines", "log", "lines").stdout
        == "2 entries taken; the log will end at 3.\n"
    )
    said = json.loads(dauys("log", "publish", "log", "--key", "log.key", "--json").stdout)
    assert (said["size"], said["new"], said["cosigned"], said["failed"]) == (3, 3, {}, [])
    assert dauys("log", "publish", "log", "--key", "log.key").stdout.startswith(
        f"{ORIGIN}: 0 new entries, 3 in all"
    )
    dauys("log", "proof", "log", "1", "one.tlog-proof")
    policy = parse_policy(f"log {log.encode()}\nquorum none\n".encode())
    verify_proof(Path("one.tlog-proof").read_bytes(), b"one", policy)


def test_create_says_the_key_and_never_writes_over(dauys, log):
    said = dauys("log", "create", "second", "--origin", "other.example/log", "--key", "other.key").stdout
    assert parse_secret_key(Path("other.key").read_text()).verifier.encode() in said
    refused = dauys("log", "create", "log", "--origin", ORIGIN, "--key", "log.key", code=2)
    assert "(L5.2)" in refused.stderr
    assert "hint: open that one, or choose another folder" in refused.stderr
    assert "(L5.4)" in dauys("log", "create", "third", "--origin", "wrong", "--key", "log.key", code=2).stderr
    assert not Path("third").exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "there is no log here"), ("ru", "здесь нет журнала"), ("kk", "мұнда журнал жоқ")],
)
def test_faults_in_every_language(dauys, language, words):
    Path("a").write_bytes(b"a")
    assert words in dauys("--lang", language, "log", "append", "none", "a", code=2).stderr


def test_secrets_are_not_shown(dauys, log):
    Path("bad.key").write_text(Path("log.key").read_text()[:-4])
    said = dauys("log", "publish", "log", "--key", "bad.key", code=2)
    assert Path("log.key").read_text().split("+")[-1][:20] not in said.output


def test_witnesses_cosign_and_the_policy_is_checked(dauys, log):
    dauys("witness", "init", "w", "--name", "witness.example/observers")
    assert "1 log in all" in dauys("witness", "add", "w", "--log", log.encode()).stdout
    vkey = parse_secret_key(Path("w/key").read_text()).verifier.encode()
    Path("a").write_bytes(b"a")
    dauys("log", "append", "log", "a")
    with witness("w") as url:
        Path("policy").write_text(f"log {log.encode()}\nwitness w {vkey} {url}\nquorum w\n")
        said = dauys("log", "publish", "log", "--key", "log.key", "--policy", "policy").stdout
        assert said.startswith("cosigned by witness.example/observers at 2004-09-19T05:00:00+00:00\n")
        again = dauys(
            "log", "publish", "log", "--key", "log.key", "--witness", url, "--witness-key", vkey, "--json"
        )
        assert json.loads(again.stdout)["cosigned"] == {"witness.example/observers": 1_095_570_000}
        no_key = dauys("log", "publish", "log", "--key", "log.key", "--witness", url, code=2)
        assert "give the key of the witness" in no_key.stderr
    Path("b").write_bytes(b"b")
    dauys("log", "append", "log", "b")
    # Nobody answers: the log is published all the same, and what is missing is said.
    said = dauys("log", "publish", "log", "--key", "log.key", "--policy", "policy", code=1)
    assert "(L7.3)" in said.stderr
    assert "(L4.3)" in said.stderr
    assert "1 new entry, 2 in all" in said.stdout


def test_following_and_judging_a_fork(dauys, log):
    dauys("witness", "init", "w", "--name", "witness.example/observers")
    dauys("witness", "add", "w", "--log", log.encode(), "--url", "log/public")
    for name, folder in (("a", "log"), ("b", "fork")):
        if folder != "log":
            dauys("log", "create", folder, "--origin", ORIGIN, "--key", "log.key")
        Path(name).write_bytes(name.encode())
        dauys("log", "append", folder, name)
        dauys("log", "publish", folder, "--key", "log.key")
    assert dauys("witness", "follow", "w").stdout == f"{ORIGIN}: cosigned at 1 entries\n"
    dauys("witness", "add", "w", "--log", log.encode(), "--url", "fork/public")
    assert "(L6.6)" in dauys("witness", "follow", "w", code=1).stderr
    (evidence,) = Path("w/evidence").rglob("*.json")
    assert dauys("witness", "judge", evidence, "--log", log.encode(), code=1).stdout.startswith("PROVED")
    other = parse_secret_key(Path("w/key").read_text()).verifier.encode()
    dauys("witness", "judge", evidence, "--log", other, code=2)


def test_help_of_every_verb_in_every_language(dauys):
    for group, verbs in {
        "log": ("create", "append", "publish", "proof"),
        "witness": ("init", "add", "serve", "follow", "judge"),
    }.items():
        for language in ("kk", "ru", "en"):
            assert f"dauys {group} " in dauys("--lang", language, group, "--help").stdout
            for verb in verbs:
                assert "option." not in dauys("--lang", language, group, verb, "--help").stdout


def test_a_killed_publication_is_finished_by_the_next(dauys, log):
    """A real process is killed after it has signed and before the world sees it."""
    Path("a").write_bytes(b"a")
    dauys("log", "append", "log", "a")
    script = (
        "import os, signal\n"
        "from dauys.record.store import LogStore\n"
        "LogStore._show = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from dauys.cli.main import cli\n"
        "cli(['log', 'publish', 'log', '--key', 'log.key'])\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], timeout=60, check=False)
    assert killed.returncode == -9
    assert "\n0\n" in Path("log/public/checkpoint").read_text()
    with open_log(Path("log")) as store:
        assert store.size == 1
    assert "\n1\n" in Path("log/public/checkpoint").read_text()


def test_the_page_for_witnesses_runs(dauys, log, monkeypatch):
    """The commands of docs/howto/run-a-witness.md, with the log in a folder in place of an address."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "run-a-witness.md").read_text()
    lines = [line.strip() for line in page.split("\n") if line.strip().startswith("dauys ")]
    commands = [
        shlex.split(
            line.replace('"$(cat log.vkey)"', log.encode())
            .replace("https://results.example/log/", "log/public")
            .replace("127.0.0.1:7380", "127.0.0.1:0")
        )[1:]
        for line in lines
    ]
    assert [command[:2] for command in commands] == [
        ["witness", verb] for verb in ("init", "add", "follow", "serve", "judge")
    ]
    # Serving goes on until somebody ends it: here it is ended as by Ctrl-C, as soon as it would begin.
    monkeypatch.setattr(WitnessServer, "serve_forever", interrupted)
    for command in commands[:4]:
        dauys(*command)
    assert Path("witness/public").is_dir()


def interrupted(server: WitnessServer) -> None:
    raise KeyboardInterrupt
