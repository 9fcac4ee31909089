"""Version 2 of electronic protocols: made by a commission out of the tally, appended, and verified."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from dauys.cli.main import cli
from dauys.errors import InputError
from dauys.record.book import open_record
from dauys.record.keys import ED25519, encode_secret_key
from dauys.record.policy import parse_policy
from dauys.record.writer import open_record_writer
from dauys.simulate.parties import Parties
from dauys.simulate.record import _Play, simulate_record
from dauys.simulate.scene import scene_of_seed
from dauys.verify.options import Options, Silent
from dauys.verify.run import verify_record
from dauys.verify.tallied import tallied
from dauys.verify.workers import ThreadWorkers

SEED, STATION, VOTE = 5, "0001", "simulation/1/0"
AT = "2004-09-25T12:00:00+06:00"


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A record in which nobody has made version 2 yet, and keys of commissions beside it."""
    folder = tmp_path_factory.mktemp("second") / "out"
    scene = scene_of_seed(2, 40, SEED)
    with patch.object(_Play, "_single", lambda *_: []):
        made = simulate_record(folder, scene, SEED)
    parties = Parties(scene.election.id, SEED)
    signer = next(one.constituency for one in scene.election.stations if one.id == STATION)
    line = encode_secret_key("simulation.invalid/commission", ED25519, parties.secret("commission", signer))
    (folder / "commission.key").write_text(line + "\n")
    return folder, made, signer


@pytest.fixture
def record(played, tmp_path):
    copy = tmp_path / "record"
    shutil.copytree(played[0], copy)
    return copy


def verified(folder: Path, work: Path):
    work.mkdir()
    here = patch("dauys.verify.run.local_workers", lambda *_: nullcontext(ThreadWorkers(1)))
    policy = parse_policy((folder / "policy").read_bytes())
    return here, Options(bytes(32), work, policy=policy)


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, [*arguments], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def test_version_2_is_made_appended_and_verifies(record, played, tmp_path):
    out = tmp_path / "second"
    told = run(
        "protocol", "second", str(record / "public"), "--station", STATION, "--vote", VOTE,
        "--policy", str(record / "policy"), "--signer", played[2], "--key", str(record / "commission.key"),
        "--at", AT, "--reason", "the sums are opened", "--out", str(out), "--lang", "en", "-q",
    )  # fmt: skip
    assert "list: slips and tally agree" in told
    assert len(out.read_bytes().splitlines()) == 2
    run("log", "append", str(record), "--record", "--lines", str(out))
    parties = Parties("simulation", SEED)
    with open_record_writer(record) as writer:
        writer.publish(parties.log)
        text = writer.store.shown().note.text
        signers = [parties.witness(number) for number in (1, 2, 3)]
        writer.store.add_cosignatures(
            [one.cosign(text, 1_100_000_000) for one in signers], [one.verifier for one in signers]
        )
    here, options = verified(record, tmp_path / "work")
    with here, open_record(str(record / "public")) as source:
        report = verify_record(source, options, Silent()).report
    failed = {one.code for one in report.findings if one.status.value == "failed"}
    assert failed == set()
    assert report.counts["P3.4"].passed == 2
    assert report.counts["P3.2"].failed == 0


def test_what_differs_from_the_slips_is_disputed_and_both_stand(played, tmp_path):
    here, options = verified(played[0], tmp_path / "work")
    with here, open_record(str(played[1].record)) as source:
        found = verify_record(source, options, Silent())
        key = next(key for key in found.totals if key[0] == VOTE and key[2] == "list")
        unit = key[1]
        total = found.totals[key]
        votes = (total.votes[0] + 1, total.votes[1] - 1, *total.votes[2:])
        found.totals[key] = replace(total, votes=votes)
        made = tallied(found, VOTE, unit, datetime.fromisoformat(AT), "the sums are opened")
        by_contest = {one.protocol.contest: one for one in made}
        assert by_contest["list"].disputed
        assert by_contest["list"].protocol.version == 2
        assert tuple(by_contest["list"].protocol.votes.values()) == votes
        assert not any(one.disputed for name, one in by_contest.items() if name != "list")
        found.totals[key] = replace(total, blanks=total.blanks + 1)
        made = tallied(found, VOTE, unit, datetime.fromisoformat(AT), "the sums are opened")
        (blank,) = (one for one in made if one.disputed)
        assert blank.blanks == (total.blanks, total.blanks + 1)
        del found.totals[key]
        with pytest.raises(InputError, match=r"P3\.6"):
            tallied(found, VOTE, unit, datetime.fromisoformat(AT), "the sums are opened")
        with pytest.raises(InputError, match=r"P3\.6"):
            tallied(found, VOTE, "9999", datetime.fromisoformat(AT), "the sums are opened")


def test_a_moment_without_its_offset_is_refused(record, played, tmp_path):
    told = run(
        "protocol", "second", str(record / "public"), "--station", STATION, "--vote", VOTE,
        "--policy", str(record / "policy"), "--signer", played[2], "--key", str(record / "commission.key"),
        "--at", "2004-09-25", "--reason", "x", "--out", str(tmp_path / "out"), code=2,
    )  # fmt: skip
    assert "P3.6" in told
    assert not (tmp_path / "out").exists()


def test_what_nobody_may_sign_and_no_log_takes_is_not_made(record, played, tmp_path):
    other = tmp_path / "other.key"
    other.write_text(encode_secret_key("simulation.invalid/other", ED25519, bytes(32)) + "\n")
    usual = {
        "--signer": played[2], "--key": str(record / "commission.key"), "--at": AT, "--reason": "x",
    }  # fmt: skip
    wrong = (
        {"--key": str(other)},
        {"--signer": "nobody"},
        {"--signer": STATION},
        {"--signer": "\udcff"},
        {"--at": "2004-09-01T12:00:00+06:00"},
        {"--at": "2004-09-25T12:00:00+06:00:30"},
        {"--reason": ""},
        {"--reason": "two\nlines"},
        {"--reason": "\udcff"},
    )
    for one in wrong:
        options = [text for pair in {**usual, **one}.items() for text in pair]
        told = run(
            "protocol", "second", str(record / "public"), "--station", STATION, "--vote", VOTE,
            "--policy", str(record / "policy"), "--out", str(tmp_path / "out"), "--lang", "en", "-q",
            *options, code=2,
        )  # fmt: skip
        assert "P3.6" in told, one
        assert not (tmp_path / "out").exists()
