"""A record under foreign eyes: Go reads its logs, litewitness cosigns it, `dauys verify` demands that."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner
from conftest import served

from dauys.cli.main import cli
from dauys.record.http_source import HttpClient
from dauys.record.policy import parse_policy
from dauys.record.witness_http import ask_witness
from dauys.record.writer import open_record_writer
from dauys.simulate.parties import Parties

DEVICE = "device/1-0/0001-m1"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    from dauys.simulate.record import simulate_record
    from dauys.simulate.scene import scene_of_seed

    out = tmp_path_factory.mktemp("foreign") / "out"
    simulate_record(out, scene_of_seed(2, 40, 6), 6)
    return out


def read(foreign, log, key, tmp_path, **wanted):
    policy = tmp_path / "policy"
    policy.write_text(f"log {key}\nquorum none\n")
    answer = foreign("read", "-log", log, "-policy", policy)
    assert {name: answer[name] for name in wanted} == wanted
    return answer


def test_go_reads_the_election_log_and_a_device_log(made, foreign, tmp_path):
    key = (made / "log.key").read_text().strip()
    found = read(foreign, made / "public", key, tmp_path, origin="simulation.invalid/simulation/log")
    with served(made / "public") as url:
        assert read(foreign, url, key, tmp_path)["entries"] == found["entries"]
    installed = json.loads(
        CliRunner().invoke(cli, ["verify", str(made / "public"), "--json", "--no-cache"]).stdout
    )
    assert installed["entries"] == found["size"]
    device = device_key(made)
    origin = "simulation.invalid/simulation/1/0/device/0001-m1"
    assert read(foreign, made / "public" / DEVICE, device, tmp_path, origin=origin)["size"] > 40


def device_key(made) -> str:
    from dauys.record.book import open_record
    from dauys.record.checkpoint import parse_checkpoint
    from dauys.record.note import parse_note
    from dauys.record.reader import LogReader

    with open_record(str(made / "public")) as record:
        shown = parse_checkpoint(parse_note(record.checkpoint()).text)
        for _, data in LogReader(record.source, shown.size, shown.root).entries():
            value = json.loads(data)
            if value["kind"] == "installation" and value["device"] == "0001-m1":
                return value["key"]
    raise AssertionError("no installation")


def test_litewitness_cosigns_the_record_and_verify_demands_it(made, litewitness, foreign, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(made, out)
    parties = Parties("simulation", 6)
    litewitness.add_log(parties.log.verifier.encode())
    lines = (
        f"log {parties.log.verifier.encode()}",
        f"witness lite {litewitness.vkey} {litewitness.url}",
        "quorum lite",
    )
    (tmp_path / "lite.policy").write_text("\n".join(lines) + "\n")
    policy = parse_policy((tmp_path / "lite.policy").read_bytes())

    def verify() -> tuple[dict, set[str]]:
        arguments = ["verify", str(out / "public"), "--policy", str(tmp_path / "lite.policy")]
        done = CliRunner().invoke(cli, [*arguments, "--json", "--no-cache"])
        report = json.loads(done.stdout)
        failed = {one["code"] for one in report["findings"] if one["status"] == "failed"}
        assert done.exit_code == int(bool(failed))
        return report, failed

    assert verify()[1] == {"L8.2"}
    with open_record_writer(out) as log, HttpClient(litewitness.url, timeout=20) as client:
        store = log.store
        signatures = ask_witness(client, [policy.witnesses["lite"].key], store.signed, store.reader())
        store.add_cosignatures(signatures, policy.keys)
    report, failed = verify()
    # Its clock is today's: it saw the record, and long after every deadline of 2004.
    assert failed == {"N6.1"}
    assert report["checks"]["L8.2"] == {"passed": 1}
    assert (report["anchored"], report["witnesses"]) == (True, 1)
    answer = foreign("read", "-log", out / "public", "-policy", tmp_path / "lite.policy")
    assert answer["size"] == report["entries"]
