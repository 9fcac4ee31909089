import csv
import json

import pytest

from dauys.errors import InputError
from dauys.formats.codebook import FIELDS
from dauys.formats.results_out import new_folder
from dauys.words import LANGUAGES, load


def ours(folder):
    return (folder / "ours").exists()


def write(target):
    with new_folder(target, ours) as draft:
        (draft / "ours").write_text("new")


def test_a_folder_appears_whole(tmp_path):
    write(tmp_path / "deep" / "out")
    assert [p.name for p in (tmp_path / "deep" / "out").iterdir()] == ["ours"]
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["out"]


def test_our_own_or_an_empty_folder_is_replaced(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    write(out)
    (out / "more").write_text("old")
    write(out)
    assert [p.name for p in out.iterdir()] == ["ours"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_not_ours_stays(tmp_path, kind):
    out = tmp_path / "out"
    if kind == "folder":
        out.mkdir()
        (out / "thesis.txt").write_text("years of work")
    elif kind == "file":
        out.write_text("years of work")
    else:
        (tmp_path / "elsewhere").mkdir()
        out.symlink_to(tmp_path / "elsewhere")
    before = sorted(str(p) for p in tmp_path.rglob("*"))
    with pytest.raises(InputError) as caught, new_folder(out, ours):
        pytest.fail("nothing may be written")
    assert caught.value.problems[0].code == "E5.5"
    assert sorted(str(p) for p in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupt_leaves_the_old_folder_and_no_draft(tmp_path, error):
    out = tmp_path / "out"
    write(out)
    (out / "ours").write_text("old")

    def interrupted():
        with new_folder(out, ours) as draft:
            (draft / "ours").write_text("half")
            raise error

    with pytest.raises(error):
        interrupted()
    assert (out / "ours").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_failed_rename_brings_the_old_folder_back(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out)
    (out / "ours").write_text("old")
    real = type(out).rename

    def rename(self, target):
        if ".draft-" in self.name:
            raise OSError("disk")
        return real(self, target)

    monkeypatch.setattr(type(out), "rename", rename)
    with pytest.raises(OSError, match="disk"):
        write(out)
    assert (out / "ours").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_codebook_knows_every_column_and_key(majilis_data):
    for path in sorted(majilis_data.iterdir()):
        known = [f.name for f in FIELDS[path.name]]
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                assert next(csv.reader(file)) == known
        elif path.name != "nist.json":
            value = json.loads(path.read_text(encoding="utf-8"))
            keys = (value[0] if isinstance(value, list) else value).keys()
            assert list(keys) == [name for name in known if "." not in name]
    assert sorted(p.name for p in majilis_data.iterdir()) == sorted(FIELDS)


def test_every_field_has_a_meaning_and_no_meaning_is_left_over():
    keys = {field.key for fields in FIELDS.values() for field in fields}
    for language in LANGUAGES:
        assert set(load(language, "codebook").templates) == keys


def test_figures_in_the_files_agree(majilis_data):
    with (majilis_data / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    votes = {}
    for row in rows:
        key = (row["contest"], row["round"], row["option"])
        votes[key] = votes.get(key, 0) + int(row["votes"])
    results = json.loads((majilis_data / "results.json").read_text(encoding="utf-8"))
    for party, n in results["list"]["votes"].items():
        assert votes["list", "1", party] == n
    for place in json.loads((majilis_data / "constituencies.json").read_text(encoding="utf-8")):
        for held in place["rounds"]:
            for candidate in held["candidates"]:
                assert votes[place["id"], str(held["round"]), candidate["id"]] == candidate["votes"]
    with (majilis_data / "electronic_stations.csv").open(encoding="utf-8") as file:
        assert sum(1 for _ in file) == 962
    readings = results["turnout"]["readings"]
    assert readings[-1]["voted"] == 4893204
    assert [r["voted"] for r in readings] == sorted(r["voted"] for r in readings)
