"""Browser and command line, two implementations, find the same in the same records."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "verify"))
from forged_records import Made, failed, forge, read_made, verify
from tamper_table import DEVICE_ROWS, STRUCTURES, election_rows, enriched, rewritten

from dauys.verify.codes import CODES

ROOT = Path(__file__).parents[2]
STATION = "0001"
SEED = 20040919
#: What the browser says under another code, or leaves to the command line, and why.
ELSEWHERE = {
    "L2.4": "a page reads whole logs: a torn tree is one fault, L2.3",
    "L2.6": "as above",
    "T6.1": "the form of root.json is looked at as a file",
    "T6.2": "the ceremony is not checked in the page",
}


@pytest.fixture(scope="module")
def scene():
    from dauys.simulate.scene import scene_of_seed

    return scene_of_seed(2, 40, 3)


@pytest.fixture(scope="module")
def made(tmp_path_factory, scene):
    from dauys.simulate.record import simulate_record

    out = tmp_path_factory.mktemp("same") / "out"
    simulate_record(out, scene, 3)
    plain = read_made(out, scene.election.id, 3)
    folder = forge(plain, out.parent / "rich", enriched)
    return Made(folder, plain.policy, plain.parties), (out / "policy").read_text()


def judged(folders: list[Path], policy: str) -> list[dict]:
    node = shutil.which("node")
    assert node, "node is needed: `make dev` installs it"
    lines = [json.dumps({"folder": str(f), "station": STATION, "policy": policy}) for f in folders]
    done = subprocess.run(
        [node, str(ROOT / "web" / "tools" / "judge.mjs")],
        input="\n".join(lines), capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def in_browser(codes: set[str]) -> set[str]:
    return {code for code in codes if CODES.get(code) and code not in ELSEWHERE}


def test_the_record_holds_in_both(made):
    record, policy = made
    [said] = judged([record.folder], policy)
    assert said["failed"] == []
    wanted = {code for code, own in CODES.items() if own and code[0] in "LBCTS"}
    assert len(set(said["passed"]) & wanted) > 50


def test_every_device_row_is_caught_in_both(made, scene, tmp_path):
    record, policy = made
    rows = {"/".join(row): change for row, (change, _) in DEVICE_ROWS.items()}
    rows |= {name: change for name, (change, _) in STRUCTURES.items()}
    folders, found = [], {}
    for at, (name, change) in enumerate(rows.items()):
        folder = forge(
            record, tmp_path / str(at), lambda draft, change=change: rewritten(draft, scene, 3, change)
        )
        folders.append(folder)
        found[name] = in_browser(failed(verify(folder, tmp_path / f"w{at}", record, station=STATION)))
    differences = {}
    for (name, expected), said in zip(found.items(), judged(folders, policy), strict=True):
        assert "crashed" not in said, (name, said)
        if set(said.get("failed", [])) != expected:
            differences[name] = (sorted(said.get("failed", [said.get("stopped")])), sorted(expected))
    assert not differences, "\n".join(f"{name}: {both}" for name, both in differences.items())


def test_every_row_of_the_election_log_that_a_page_looks_at(made, tmp_path):
    record, policy = made
    folders, rows = [], []
    for at, (name, row) in enumerate(election_rows().items()):
        if row.codes and in_browser(set(row.codes)):
            folders.append(forge(record, tmp_path / str(at), row.change))
            rows.append((name, row, in_browser(failed(verify(folders[-1], tmp_path / f"w{at}", record)))))
    silent = []
    for (name, row, expected), said in zip(rows, judged(folders, policy), strict=True):
        assert "crashed" not in said, (name, said)
        own = set(said.get("failed", [said.get("stopped")]))
        if "stopped" not in said and not own & (expected | set(row.codes)):
            silent.append((name, sorted(own), sorted(expected)))
    # Entries of other stations and votes, and files that no check of this station needs: no page reads them.
    allowed = {
        ("register", "stations"), ("register", "vote"), ("ceremony", "transcript"), ("ceremony", "vote"),
        ("notice", "document"), ("software", "file"), ("result", "file"), ("cosigned", "note"),
        ("definition", "tables"), ("checkpoint", "what"), ("decision", "what"), ("checkpoint", "device"),
        ("telephone", "device"), ("sighting", "device"),
    }  # fmt: skip
    left = [one for one in silent if one[0] not in allowed]
    assert not left, "\n".join(map(str, left))


def test_damage_anywhere_ends_in_words_and_never_in_a_crash(made, tmp_path):
    record, policy = made
    folders = []
    for number in range(60):
        draws = random.Random(SEED + number)
        folder = tmp_path / str(number)
        shutil.copytree(record.folder, folder)
        path = draws.choice(sorted(p for p in folder.rglob("*") if p.is_file()))
        data = bytearray(path.read_bytes())
        for _ in range(draws.choice((1, 3, 40))):
            data[draws.randrange(len(data))] = draws.randrange(256)
        path.write_bytes(bytes(data[: draws.choice((len(data), len(data), len(data) // 2))]))
        folders.append(folder)
    said = judged(folders, policy)
    assert [one for one in said if "crashed" in one] == []
    assert sum(1 for one in said if one.get("failed") or "stopped" in one) > 20
