"""The pages about verifying a record: their examples run, and `--json` has the fields they name, no other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dauys.cli.main import cli
from dauys.cli.verify import DOMAINS
from dauys.cli.verify_page import lines_of, todo_of
from dauys.verify.codes import CODES
from dauys.verify.report import Ledger, Report, Where
from dauys.words import LANGUAGES, Words

DOCS = Path(__file__).parents[2] / "docs"


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == code, (result.stdout, result.stderr)
    return result.stdout


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A folder in which both pages were followed, and what each of their blocks printed."""
    folder = tmp_path_factory.mktemp("pages")
    told = {}
    for name in ("verify-a-record", "mirror"):
        (folder / name).mkdir()
        text = (DOCS / "howto" / f"{name}.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^( *)```\n(.*?)^\1```$", text, re.M | re.S)
        assert blocks
        script = "set -e\n" + "\n".join(block for _, block in blocks)
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        home = {"PATH": path, "HOME": str(folder / name), "LANG": "C.UTF-8"}
        done = subprocess.run(
            ["/bin/bash", "-c", script],
            check=False,
            cwd=folder / name,
            env=home,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (done.stdout, done.stderr)
        told[name] = done.stdout
    return folder, told


def test_the_pages_can_be_followed(shown):
    folder, told = shown
    assert "none failed" in told["verify-a-record"]
    assert "not there" in told["verify-a-record"]
    assert "none failed" in told["mirror"]
    assert (folder / "mirror" / "copy" / "checkpoint").is_file()


def fields(title: str) -> set[str]:
    """The names that the block under a title, or after a line, lists."""
    text = (DOCS / "reference" / "verify.md").read_text(encoding="utf-8")
    block = text.split(title, 1)[1].split("```")[1]
    starts = re.findall(r"^([a-z_]+(?:, [a-z_]+)*) ", block, re.M)
    same_line = re.findall(r" {8}([a-z_]+) {3}", block)
    return {name for start in starts for name in start.split(", ")} | set(same_line)


def test_the_report_has_the_fields_of_its_page(shown):
    record = shown[0] / "verify-a-record" / "simulated"
    report = json.loads(
        run("verify", record / "public", "--policy", record / "policy", "--no-cache", "--json")
    )
    assert set(report) == fields("`dauys verify --json`")
    assert set(report["facts"]) == {"devices", "protocols", "votes", "waves", "results", "files"}
    assert set(report["totals"]) == {"passed", "failed", "not_run", "declared", "look"}
    known = fields("A finding:")
    for finding in report["findings"]:
        assert set(finding) <= known
        assert {"code", "status", "where", "found", "expected"} <= set(finding)


def test_a_dispute_and_a_copy_have_the_fields_of_their_page(shown, tmp_path):
    record = shown[0] / "verify-a-record" / "simulated" / "public"
    said = run("verify", record, "--card", "ZZZZ-ZZZZ-ZZZZ", "--no-cache", "--json", code=1)
    assert json.loads(said) == {
        "schema": "dauys/dispute/1",
        "verdict": "not_there",
        "anchored": False,
        "name": "ZZZZ-ZZZZ-ZZZZ",
    }
    assert set(json.loads(said)) <= fields("--receipt FILE --json")
    assert set(json.loads(run("mirror", record, tmp_path / "m", "--json"))) == fields("mirror --json")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_and_verdict_has_a_sentence(language):
    words = Words(language, "verify")
    assert not [c for c in CODES if not words.has(f"check.{c}") and not words.has(f"check.{c.split('.')[0]}")]
    faults = [f"V1.{number}" for number in range(1, 5)]
    named = ("workers", "cluster", "cluster_extra", "cluster_record", "mirror_old", "mirror_fork")
    hints = [f"hint.{name}" for name in named]
    assert not [key for key in faults + hints if not words.has(key)]
    # What is only declared, and workers, fail no record.
    assert not [c for c in CODES if c[0] not in "DV" and not todo_of(c, words)]
    assert todo_of("L9.5", words) != todo_of("L9.6", words)
    spec = (DOCS.parent / "spec" / "checks.md").read_text(encoding="utf-8")
    verdicts = set(re.findall(r"`([a-z_]+)`", spec.split("## 4.")[1].split("| part 1")[1]))
    assert verdicts > {"counted", "convicted", "no_verdict"}
    assert not [verdict for verdict in verdicts if not words.has(f"dispute.{verdict}")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_says_what_differs_and_what_to_do(language):
    words = Words(language, *DOMAINS)
    ledger = Ledger()
    ledger.fail("P1.2", Where(station="7569", contest="list"), 729, 725)
    ledger.fail("P1.4", Where(station="3024", contest="list"), 900, 901)
    ledger.look("P1.7", Where(station="0005"), 88, 63)
    report = Report(ledger.counts, tuple(ledger.findings), anchored=False)
    lines = [line.strip() for line, _ in lines_of(report, words, 0)]
    said = words.say("code.P1.2")
    assert f"P1.2  {said}: {words.say('status.failed')}" in lines
    # Once a chapter, not once a check; what is only to be looked at asks for nothing.
    assert [line for line in lines if line.startswith("→")] == [f"→ {words.say('todo.P')}"]


@pytest.mark.parametrize(
    ("place", "arguments", "says"),
    [
        ("dauys.cli.verify.verify_record", ("verify",), "finished devices are kept"),
        ("dauys.record.mirror.Mirror.run", ("mirror", "copy"), "goes on from there"),
    ],
)
def test_who_interrupts_is_told_how_to_go_on(shown, tmp_path, monkeypatch, place, arguments, says):  # noqa: PLR0917
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, interrupted)
    name, *more = arguments
    record = shown[0] / "verify-a-record" / "simulated" / "public"
    given = [name, record, *(tmp_path / one for one in more), *(["--no-cache"] if name == "verify" else [])]
    result = CliRunner().invoke(cli, [str(one) for one in given], catch_exceptions=False)
    assert (result.exit_code, result.stdout) == (130, "")
    assert says in result.stderr


def test_what_cannot_be_used_is_no_verdict(shown, tmp_path):
    record = shown[0] / "verify-a-record" / "simulated" / "public"
    bad = tmp_path / "bad"
    bad.write_bytes(b"\xff{}")
    for given in (
        ["--receipt", bad],
        ["--policy", bad],
        ["--log-key", bad],
        ["--log-key", "x+y"],
        ["--log-key", "x" * 5000],
        ["--station", "9999"],
    ):
        result = CliRunner().invoke(cli, ["verify", str(record), "--no-cache", *map(str, given)])
        assert (result.exit_code, result.stdout) == (2, ""), given
        assert "\nerror: " in f"\n{result.stderr}", given


def test_a_code_without_a_card_is_a_question_without_a_subject(shown):
    record = shown[0] / "verify-a-record" / "simulated" / "public"
    result = CliRunner().invoke(cli, ["verify", str(record), "--code", "ABCD"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--card NAME [--code CODE]" in result.stderr
