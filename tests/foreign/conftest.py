"""Builds the Go programs once, or says why that cannot be done here."""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BUILD_SECONDS = 600
RUN_SECONDS = 90


@pytest.fixture(scope="session")
def go_programs(tmp_path_factory) -> Path:
    """The folder of `foreign` and `litewitness`, built from go.mod and go.sum as they stand."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("no `go` on the PATH: logs were not read by foreign code")
    out = tmp_path_factory.mktemp("go")
    built = subprocess.run(
        [go, "build", "-mod=readonly", "-trimpath", "-o", f"{out}/", "./foreign",
         "filippo.io/torchwood/cmd/litewitness"],
        cwd=HERE, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False,
    )  # fmt: skip
    if built.returncode and ("dial tcp" in built.stderr or "proxy" in built.stderr.lower()):
        pytest.skip(f"the Go modules cannot be fetched here: {built.stderr.strip().splitlines()[-1]}")
    assert built.returncode == 0, built.stderr
    return out


@pytest.fixture
def foreign(go_programs):
    """Run the program `foreign`; return its answer. An answer that is an error is an AssertionError."""

    def run(*args: object) -> dict:
        done = subprocess.run(
            [go_programs / "foreign", *map(str, args)],
            capture_output=True, text=True, timeout=RUN_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder over http on loopback, as any web server would."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(ready, what: str, seconds: float = 30.0) -> None:
    """Ask until it is so; fail after the time. The pause is that of a waiting event, which nobody sets."""
    pause, ends = threading.Event(), time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < ends, f"{what} was not there within {seconds} s"
        pause.wait(0.02)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class Litewitness:
    """A running litewitness: where it listens, its verifier key, and the database it keeps its logs in."""

    def __init__(self, url: str, vkey: str, database: Path) -> None:
        self.url, self.vkey, self.database = url, vkey, database

    def add_log(self, vkey: str) -> None:
        origin = vkey.split("+", maxsplit=1)[0]
        empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        with sqlite3.connect(self.database, timeout=10) as db:
            db.execute("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", (origin, empty))
            db.execute("INSERT INTO key (origin, key) VALUES (?, ?)", (origin, vkey))
        db.close()


@pytest.fixture
def litewitness(go_programs, tmp_path) -> Iterator[Litewitness]:
    """A foreign witness, its key in an ssh-agent."""
    missing = [name for name in ("ssh-agent", "ssh-add", "ssh-keygen") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)}: litewitness keeps its key in an ssh-agent")
    key, agent_socket = tmp_path / "witness", tmp_path / "agent"
    run = partial(subprocess.run, check=True, capture_output=True, text=True, timeout=30)
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)])
    fingerprint = run(["ssh-keygen", "-l", "-f", f"{key}.pub"]).stdout.split()[1]
    processes, port = [], free_port()
    journal = tmp_path / "litewitness.txt"
    try:
        processes.append(
            subprocess.Popen(["ssh-agent", "-D", "-a", str(agent_socket)], stdout=subprocess.DEVNULL)
        )
        wait_for(agent_socket.exists, "ssh-agent")
        run(["ssh-add", "-q", str(key)], env={"SSH_AUTH_SOCK": str(agent_socket), "PATH": "/usr/bin:/bin"})
        with journal.open("wb") as out:
            processes.append(
                subprocess.Popen(
                    [go_programs / "litewitness", "-ssh-agent", str(agent_socket), "-key", fingerprint,
                     "-name", "witness.example/lite", "-listen", f"127.0.0.1:{port}",
                     "-db", str(tmp_path / "lw.db")],
                    stdout=out, stderr=out,
                )
            )  # fmt: skip
        wait_for(lambda: answers(port), "litewitness")
        text = journal.read_text()
        vkey = next(word for word in text.replace('"', " ").split() if word.startswith("vkey=")).removeprefix(
            "vkey="
        )
        yield Litewitness(f"http://127.0.0.1:{port}/", vkey, tmp_path / "lw.db")
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(timeout=15)
