"""`dauys run RECORD`: the same result out of a record's files, and nothing out of one that does not hold."""

import json
import shutil

import pytest
from click.testing import CliRunner

from dauys.cli.main import cli


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    from dauys.simulate.record import simulate_record
    from dauys.simulate.scene import scene_of_seed

    out = tmp_path_factory.mktemp("run") / "out"
    return simulate_record(out, scene_of_seed(2, 40, 8), 8).record


def run(path, out, code=0):
    result = CliRunner().invoke(cli, ["run", str(path), "--out", str(out), "--no-site", "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if not code else result.stderr


def test_it_is_what_was_published(record, tmp_path):
    published = json.loads((record / "files" / "results" / "round2-final.json").read_bytes())
    first = json.loads((record / "files" / "results" / "round1-final.json").read_bytes())
    found = run(record, tmp_path / "out")
    assert found["house"] == published["house"]
    assert {k: v for k, v in found["list"]["seats"].items() if v} == first["list"]["seats"]
    assert [one["id"] for one in found["history"]] == [
        "round1-preliminary", "round1-final", "round2-preliminary", "round2-final",
    ]  # fmt: skip
    packed = shutil.make_archive(str(tmp_path / "record"), "zip", record)
    assert run(packed, tmp_path / "again")["house"] == published["house"]


def test_a_record_that_does_not_hold_gives_no_result(record, tmp_path):
    shutil.copytree(record, tmp_path / "r")
    (tmp_path / "r" / "files" / "definition" / "stations.csv").write_text("station\n")
    assert "(L8.6)" in run(tmp_path / "r", tmp_path / "out", code=2)
    bundle = max((tmp_path / "r" / "tile" / "entries").rglob("0*/*"), key=lambda file: int(file.name))
    bundle.write_bytes(bundle.read_bytes()[:-1])
    assert "(L2." in run(tmp_path / "r", tmp_path / "out", code=2)
    assert not (tmp_path / "out").exists()
