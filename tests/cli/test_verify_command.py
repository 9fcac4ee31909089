"""`dauys verify`, `dauys mirror`, `dauys simulate record` as a person meets them."""

from __future__ import annotations

import json
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from dauys.cli.main import cli
from dauys.words import LANGUAGES


def run(*arguments: object, code: int = 0):
    result = CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == code, (result.stdout, result.stderr)
    return result


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "out"
    told = json.loads(
        run("simulate", "record", "--out", out, "--stations", "2", "--ballots", "40", "--json").stdout
    )
    assert (told["stations"], told["ballots"]) == (2, 120)
    return out


def test_a_good_record(made):
    said = run("verify", made / "public", "--policy", made / "policy", "--no-cache").stdout.splitlines()
    assert said[0].startswith("A SIMULATION:")
    assert said[-2].startswith("Checked against keys from outside: log simulation.invalid/simulation/log, ")
    assert said[-2].endswith(" entries, 3 witnesses.")
    assert "none failed" in said[-1]


def test_by_the_key_alone_and_by_nothing(made):
    key = (made / "log.key").read_text().strip()
    for given in (key, made / "log.key"):
        report = json.loads(run("verify", made / "public", "--log-key", given, "--json", "--no-cache").stdout)
        assert report["anchored"] is True
        assert report["checks"]["L8.2"] == {"not_run": 1}
    said = run("verify", made / "public", "--no-cache").stdout
    assert "CONSISTENT, NOT ANCHORED" in said
    strict = run("verify", made / "public", "--no-cache", "--strict", "--json", code=1).stdout
    assert json.loads(strict)["totals"]["failed"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(made, language):
    said = run("verify", made / "public", "--lang", language, "--no-cache").stdout
    for untranslated in ("check.", "reason.", "status.", "chapter.", "{"):
        assert untranslated not in said


def test_the_json_is_one_document_with_every_check(made):
    report = json.loads(
        run("verify", made / "public", "--policy", made / "policy", "--json", "--no-cache").stdout
    )
    assert report["schema"] == "dauys/verification/1"
    assert report["totals"]["failed"] == 0
    assert {"L8.1", "K10.2", "B8", "C4", "T7.4", "S1.1", "P3.1", "R1.2", "N1.5", "D1"} <= set(
        report["checks"]
    )
    assert report["extra"] == []
    assert report["facts"]["devices"] == 3


def test_only_what_was_asked(made):
    report = json.loads(
        run("verify", made / "public", "--only", "N", "--only", "R", "--json", "--no-cache").stdout
    )
    assert {code[0] for code in report["checks"]} == {"N", "R"}
    one = json.loads(run("verify", made / "public", "--station", "0001", "--json", "--no-cache").stdout)
    assert one["checks"]["B8"]["passed"] == 40


def test_what_nothing_commits_to_is_named_and_fails_nothing(made, tmp_path):
    shutil.copytree(made / "public", tmp_path / "r")
    (tmp_path / "r" / "files" / "note.txt").write_text("hello")
    result = run("verify", tmp_path / "r", "--no-cache")
    assert "files/note.txt" in result.stdout


def test_a_changed_byte_is_named_with_its_place(made, tmp_path):
    shutil.copytree(made / "public", tmp_path / "r")
    path = tmp_path / "r" / "files" / "1-0" / "tally-1.json"
    path.write_bytes(path.read_bytes().replace(b'"ballots":40', b'"ballots":41', 1))
    said = run("verify", tmp_path / "r", "--policy", made / "policy", "--no-cache", code=1).stdout
    assert "L8.6  Each committed file is there, unchanged: failed" in said
    assert "files/1-0/tally-1.json" in said
    assert "1 checks failed" in said


def test_nothing_there_and_no_record(tmp_path):
    assert "error" in run("verify", tmp_path / "nowhere", "--no-cache", code=2).stderr
    said = run("verify", tmp_path, "--no-cache", code=2)
    assert "No verdict" in said.stdout


def test_a_second_run_uses_the_cache_and_says_the_same(made, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    first = run("verify", made / "public", "--cache", tmp_path / "cache", "--json").stdout
    assert len(list((tmp_path / "cache").iterdir())) == 3
    again = run("verify", made / "public", "--cache", tmp_path / "cache", "--json").stdout
    assert json.loads(first)["checks"] == json.loads(again)["checks"]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(made):
    handler = lambda *given: Quiet(*given, directory=str(made / "public"))  # noqa: E731
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_over_http_and_from_a_zip(made, address, tmp_path):
    report = json.loads(run("verify", address, "--policy", made / "policy", "--json", "--no-cache").stdout)
    assert (report["totals"]["failed"], report["extra"]) == (0, None)
    packed = shutil.make_archive(str(tmp_path / "record"), "zip", made / "public")
    report = json.loads(run("verify", packed, "--policy", made / "policy", "--json", "--no-cache").stdout)
    assert (report["totals"]["failed"], report["extra"]) == (0, [])


def test_a_mirror_is_the_record(made, address, tmp_path):
    first = json.loads(run("mirror", address, tmp_path / "m", "--policy", made / "policy", "--json").stdout)
    assert first["entries"] > 90
    again = json.loads(run("mirror", address, tmp_path / "m", "--policy", made / "policy", "--json").stdout)
    assert again["kept"] > 30
    assert run("verify", tmp_path / "m", "--policy", made / "policy", "--no-cache", "-q").stdout == ""
    assert "Compare the key" in run("mirror", address, tmp_path / "n").stdout


def test_a_simulation_writes_over_nothing(made):
    assert "(E5.8)" in run("simulate", "record", "--out", made, code=2).stderr


@pytest.mark.parametrize("name", ["verify", "mirror", "simulate record", "demo record"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_help_has_an_example_in_every_language(name, language):
    said = run("--lang", language, *name.split(), "--help").stdout
    assert f"dauys {name}" in said
    assert "help." not in said
    assert "option." not in said


def test_the_example_of_the_help_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run("simulate", "record", "--out", "simulated", "--stations", "2", "--ballots", "70")
    run("verify", "simulated/public", "--policy", "simulated/policy")
    assert Path("simulated/SIMULATION").is_file()
