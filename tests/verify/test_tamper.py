"""Every row of the table of tampering is caught by the check that it names; no field is without a row."""

from __future__ import annotations

import shutil

import pytest
from forged_records import Made, failed, forge, log_of, verify
from tamper_table import (
    DEVICE_ROWS,
    STRUCTURES,
    WHOLE,
    election_rows,
    enriched,
    fields_of,
    inner_fields,
    inner_rows,
    rewritten,
)

from dauys.simulate.scene import scene_of_seed
from dauys.verify.report import Status

ELECTION_ROWS = election_rows()
INNER_ROWS = inner_rows()


@pytest.fixture(scope="session")
def rich(small_record, tmp_path_factory):
    """The record with an entry of every kind."""
    folder = forge(small_record, tmp_path_factory.mktemp("rich") / "out", enriched)
    return Made(folder, small_record.policy, small_record.parties)


@pytest.fixture(scope="session")
def scene():
    return scene_of_seed(2, 40, 3)


def codes_after(made, tmp_path, change):
    record = forge(made, tmp_path / "out", change)
    report = verify(record, tmp_path / "work", made)
    assert report.readable
    return failed(report), report


def test_the_record_itself_holds(rich, tmp_path):
    report = verify(rich.folder, tmp_path / "work", rich)
    assert failed(report) == set()
    assert report.exit_code() == 0


def test_no_field_is_without_a_row():
    assert set(ELECTION_ROWS) == set(fields_of("election"))
    assert set(DEVICE_ROWS) == set(fields_of("device"))
    assert set(INNER_ROWS) == set(inner_fields())
    rows = len(ELECTION_ROWS) + len(DEVICE_ROWS) + len(INNER_ROWS) + len(STRUCTURES) + len(WHOLE)
    assert rows >= 150


@pytest.mark.parametrize("row", sorted(ELECTION_ROWS), ids="/".join)
def test_a_field_of_the_election_log(rich, tmp_path, row):
    tampered = ELECTION_ROWS[row]
    found, report = codes_after(rich, tmp_path, tampered.change)
    if tampered.codes:
        assert found & tampered.codes, found
        assert report.exit_code() == 1
    else:
        assert tampered.why
        assert found == set()


@pytest.mark.parametrize("row", sorted(INNER_ROWS), ids="/".join)
def test_a_field_inside_an_entry_or_a_file(rich, tmp_path, row):
    found, report = codes_after(rich, tmp_path, INNER_ROWS[row].change)
    assert found & INNER_ROWS[row].codes, found
    assert report.exit_code() == 1


@pytest.mark.parametrize("name", WHOLE)
def test_a_change_that_is_no_field(rich, tmp_path, name):
    change, code = WHOLE[name]
    found, report = codes_after(rich, tmp_path, change)
    assert code in found
    assert report.exit_code() == 1


@pytest.mark.parametrize("row", sorted(DEVICE_ROWS), ids="/".join)
def test_a_field_of_a_device(rich, scene, tmp_path, row):
    change, code = DEVICE_ROWS[row]
    found, report = codes_after(rich, tmp_path, lambda draft: rewritten(draft, scene, 3, change))
    assert code in found
    assert report.exit_code() == 1


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_device_log_rebuilt(rich, scene, tmp_path, name):
    change, code = STRUCTURES[name]
    found, report = codes_after(rich, tmp_path, lambda draft: rewritten(draft, scene, 3, change))
    assert any(one.startswith(code) for one in found), found
    assert report.exit_code() == 1


def test_a_device_log_rebuilt_without_a_change_holds(rich, scene, tmp_path):
    found, _ = codes_after(rich, tmp_path, lambda draft: rewritten(draft, scene, 3, lambda _: None))
    assert found == set()


def test_a_sighting_contradicts_a_rebuilt_day(rich, scene, tmp_path):
    change = DEVICE_ROWS["incident", "what"][0]
    found, _ = codes_after(rich, tmp_path, lambda draft: rewritten(draft, scene, 3, change, sightings=True))
    assert "L9.5" in found


#: Left out, an entry of these kinds fails nothing by itself: nobody can know that it was written. The
#: witnesses whose cosigned trees it stood in know (next test).
SILENT = {
    "turnout",
    "telephone",
    "sighting",
    "notice",
    "decision",
    "complaint",
    "petition",
    "software",
    "cosigned",
}
NEEDED = {
    "definition": "L8.4", "ceremony": "L8.5", "root": "L8.5", "register": "L8.5", "cards": "L8.5",
    "installation": "L8.5", "accreditation": "L8.5", "protocol": "P2.3", "wave": "L8.5",
    "wave-signature": "T2.2", "partial": "T5.1", "checkpoint": "T7.1",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(NEEDED))
def test_an_entry_left_out(rich, tmp_path, kind):
    fields = {"what": "seal", "device": "0002-m1", "vote": "simulation/1/0"} if kind == "checkpoint" else {}
    found, _ = codes_after(rich, tmp_path, lambda draft: draft.entries.remove(draft.one(kind, **fields)))
    assert NEEDED[kind] in found


@pytest.mark.parametrize(
    "kind", sorted({*SILENT, *NEEDED} - {"software", "decision", "complaint", "petition"})
)
def test_whatever_is_left_out_honest_witnesses_contradict(rich, tmp_path, kind):
    def left_out(draft):
        for entry in draft.all("cosigned"):
            entry["as_is"] = True
        if kind == "cosigned":
            draft.entries.remove(draft.all("cosigned")[0])
        else:
            draft.entries.remove(draft.one(kind))

    found, _ = codes_after(rich, tmp_path, left_out)
    assert found & {"L8.10", "L8.4"}


TWICE = {
    "definition": "L8.4", "ceremony": "L8.5", "root": "L8.5", "register": "L8.5", "cards": "L8.5",
    "installation": "L8.5", "accreditation": "L8.5", "protocol": "P3.1", "wave": "L8.5",
    "wave-signature": "L8.5", "partial": "L8.5", "tally": "L8.5", "result": "L8.5", "decision": "L8.5",
    "complaint": "L8.5",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(TWICE))
def test_an_entry_twice(rich, tmp_path, kind):
    def twice(draft):
        entry = draft.one(kind)
        draft.entries.insert(draft.at(entry) + 1, dict(entry))

    assert TWICE[kind] in codes_after(rich, tmp_path, twice)[0]


@pytest.mark.parametrize(
    "kind", ["ceremony", "root", "register", "cards", "wave", "wave-signature", "partial"]
)
def test_an_entry_too_late(rich, tmp_path, kind):
    def moved(draft):
        entry = draft.one(kind)
        draft.entries.remove(entry)
        draft.entries.append(entry)

    found, _ = codes_after(rich, tmp_path, moved)
    assert "L8.5" in found


def test_every_committed_file_is_held_to_its_bytes(rich, tmp_path):
    """Each one of the record with a byte changed, cut short, and with a byte more."""
    record = tmp_path / "r"
    shutil.copytree(rich.folder, record)
    files = sorted(path for path in (record / "files").rglob("*") if path.is_file())
    assert len(files) >= 40
    for at, path in enumerate(files):
        kept = path.read_bytes()
        changed = {0: kept[:-1] + bytes([kept[-1] ^ 1]), 1: kept[:-1], 2: kept + b"\n"}[at % 3]
        path.write_bytes(changed)
        report = verify(record, tmp_path / f"w{at}", rich, chapters=frozenset("L"))
        named = {finding.where.file for finding in report.failures if finding.code == "L8.6"}
        assert path.relative_to(record).as_posix() in named
        path.write_bytes(kept)


def test_every_tile_that_is_read_is_held_to_the_tree(rich, tmp_path):
    record = tmp_path / "r"
    shutil.copytree(rich.folder, record)
    size = len(log_of(record))
    tiles = [record / "tile" / "0" / "000.p" / str(size), record / "tile" / "entries" / "000.p" / str(size)]
    tiles += [
        max(folder.glob("*"), key=lambda p: int(p.name)) for folder in record.glob("device/*/*/tile/*/000.p")
    ]
    for at, path in enumerate(tiles):
        kept = path.read_bytes()
        for number, changed in enumerate(
            (kept[:-1], kept + b"\0", kept[:9] + bytes([kept[9] ^ 1]) + kept[10:])
        ):
            path.write_bytes(changed)
            report = verify(record, tmp_path / f"t{at}-{number}", rich)
            assert {code[:2] for code in failed(report)} & {"L1", "L2"} or not report.readable, path
            assert report.exit_code() in (1, 2)
        path.write_bytes(kept)


def test_an_older_checkpoint_is_an_older_record_and_never_more(rich, tmp_path):
    """Whoever shows an old tree shows a record with less in it: sums are then missing, and not other."""
    report = verify(rich.folder, tmp_path / "w", rich)
    entries = log_of(rich.folder)

    def cut(draft):
        place = draft.at(draft.one("wave"))
        del draft.entries[place:]

    found, older = codes_after(rich, tmp_path, cut)
    assert found == set()
    assert older.size < report.size == len(entries)
    assert older.counts["T7.6"].verdict is Status.NOT_RUN
    assert older.exit_code(strict=True) == 1


def test_parts_of_another_round_fail(rich, tmp_path):
    """Card list, root and transcript of the run-off in the place of those of the first round."""
    for name, kind, codes in (
        ("list", "cards", {"C1"}),
        ("file", "root", {"K10.2", "T6.2"}),
        ("transcript", "ceremony", {"K10.1"}),
    ):

        def swap(draft, name=name, kind=kind):
            later = draft.one(kind, vote="simulation/2/0")
            draft.one(kind, vote="simulation/1/0")[name] = later[name]

        found, _ = codes_after(rich, tmp_path / kind, swap)
        assert found & codes, (kind, found)
