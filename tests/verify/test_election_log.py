"""The election log: each of its checks fails where what it looks at is another (L8, K10)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from forged_records import Draft, Made, cosigned, failed, failed_in_log, forge, log_of, verify

from dauys.crypto.shapes import canonical
from dauys.record.checkpoint import Checkpoint, sign_checkpoint
from dauys.record.cosignature import COSIGNATURE
from dauys.record.keys import Signer
from dauys.record.merkle import leaf_hash, tree_root
from dauys.record.note import parse_note
from dauys.record.policy import parse_policy
from dauys.simulate.parties import Parties
from dauys.verify.report import Status

Change = Callable[[Draft], object]


def codes(made: Made, tmp_path: Path, change: Change) -> set[str]:
    """What fails in the election log after a change."""
    return failed_in_log(forge(made, tmp_path / "out", change), tmp_path / "work")


def test_a_record_that_holds(small_record, tmp_path) -> None:
    report = verify(small_record.folder, tmp_path / "work", small_record)
    assert not report.failures
    assert report.anchored
    assert report.witnesses == 3
    assert report.extra == ()
    assert report.exit_code() == 0
    assert report.exit_code(strict=True) == 1
    assert {"L8.1", "L8.2", "L8.10", "K10.4", "T7.5", "R1.4", "N6.1"} <= report.counts.keys()
    assert all(report.counts[code].verdict is Status.PASSED for code in ("L8.1", "L8.2", "N6.1", "T7.6"))


def test_a_forgery_without_a_change_holds(small_record, tmp_path) -> None:
    record = forge(small_record, tmp_path / "out", lambda draft: None)
    assert failed(verify(record, tmp_path / "work", small_record)) == set()


def test_without_anything_from_outside_nothing_is_anchored(small_record, tmp_path) -> None:
    report = verify(small_record.folder, tmp_path / "work")
    assert not report.anchored
    assert [report.counts[code].verdict for code in ("L8.1", "L8.2", "N6.1")] == [Status.NOT_RUN] * 3
    assert report.exit_code() == 0


def test_a_record_by_another_key_is_not_anchored(small_record, tmp_path) -> None:
    other = replace(small_record, parties=Parties(small_record.parties.election, 99))
    record = forge(other, tmp_path / "out", lambda draft: None)
    report = verify(record, tmp_path / "work", small_record)
    assert {"L8.1", "L8.2", "L8.4"} <= failed(report)
    assert not report.anchored


def test_a_policy_of_another_log_fails(small_record, tmp_path) -> None:
    other = Parties("other", 3).log.verifier.encode()
    policy = parse_policy(f"log {other}\nquorum none\n".encode())
    report = verify(small_record.folder, tmp_path / "work", policy=policy)
    assert {"L8.1", "L8.2"} <= failed(report)
    assert not report.anchored


def test_a_key_alone_anchors(small_record, tmp_path) -> None:
    key = small_record.parties.log.verifier
    report = verify(small_record.folder, tmp_path / "work", log_key=key)
    assert report.anchored
    assert report.counts["L8.1"].verdict is Status.PASSED
    assert report.counts["L8.2"].verdict is Status.NOT_RUN


def test_a_quorum_that_is_not_reached_fails(small_record, tmp_path) -> None:
    lines = [small_record.parties.log.verifier.encode()]
    watch = [Signer(f"new-{n}", COSIGNATURE, bytes([n]) * 32).verifier.encode() for n in (1, 2)]
    text = f"log {lines[0]}\nwitness a {watch[0]}\nwitness b {watch[1]}\ngroup g any a b\nquorum g\n"
    report = verify(small_record.folder, tmp_path / "work", policy=parse_policy(text.encode()))
    assert failed(report) == {"L8.2"}
    assert report.anchored
    assert report.witnesses == 0


def test_a_witness_that_signs_twice_is_one(small_record, tmp_path) -> None:
    record = forge(small_record, tmp_path / "out", lambda draft: None)
    note = parse_note((record / "checkpoint").read_bytes())
    again = small_record.parties.witness(1).cosign(note.text, 5)
    (record / "checkpoint").write_bytes(replace(note, signatures=(*note.signatures, again)).encode())
    assert verify(record, tmp_path / "work", small_record).witnesses == 3


def test_a_signature_in_the_name_of_a_known_key_fails(small_record, tmp_path) -> None:
    record = forge(small_record, tmp_path / "out", lambda draft: None)
    note = parse_note((record / "checkpoint").read_bytes())
    wrong = small_record.parties.log.sign("another text\n")
    (record / "checkpoint").write_bytes(replace(note, signatures=(wrong, *note.signatures[1:])).encode())
    report = verify(record, tmp_path / "work", small_record)
    assert "L8.1" in failed(report)
    assert not report.anchored
    assert report.counts["L8.2"].verdict is Status.NOT_RUN


@pytest.mark.parametrize("data", [b"", b"no note\n", b"\xff" * 60])
def test_without_a_log_there_is_no_verdict(small_record, tmp_path, data) -> None:
    record = shutil.copytree(small_record.folder, tmp_path / "record")
    (record / "checkpoint").write_bytes(data)
    assert verify(record, tmp_path / "work").exit_code() == 2
    (record / "checkpoint").unlink()
    assert verify(record, tmp_path / "again").exit_code() == 2


def test_a_tree_whose_edge_is_missing_has_no_verdict(small_record, tmp_path) -> None:
    record = shutil.copytree(small_record.folder, tmp_path / "record")
    shutil.rmtree(record / "tile" / "0")
    assert verify(record, tmp_path / "work").exit_code() == 2


def test_a_changed_byte_of_an_entry_fails(small_record, tmp_path) -> None:
    record = shutil.copytree(small_record.folder, tmp_path / "record")
    size = len(log_of(record))
    bundle = record / "tile" / "entries" / "000.p" / str(size)
    data = bytearray(bundle.read_bytes())
    data[40] ^= 1
    bundle.write_bytes(bytes(data))
    assert failed(verify(record, tmp_path / "work")) >= {"L2.6"}


def _drop(kind: str, **fields: object) -> Change:
    return lambda draft: draft.entries.remove(draft.one(kind, **fields))


def _twice(kind: str) -> Change:
    return lambda draft: draft.entries.insert(draft.at(draft.one(kind)) + 1, dict(draft.one(kind)))


def _to_end(kind: str) -> Change:
    def change(draft: Draft) -> None:
        entry = draft.one(kind)
        draft.entries.remove(entry)
        draft.entries.append(entry)

    return change


def _set(kind: str, /, **fields: object) -> Change:
    return lambda draft: draft.one(kind).update(fields)


def _after(kind: str, entry: dict[str, object]) -> Change:
    return lambda draft: draft.entries.insert(draft.at(draft.one(kind)) + 1, entry)


FORM: dict[str, Change] = {
    "unknown field": _set("turnout", more=1),
    "missing field": lambda draft: draft.one("turnout").pop("voters"),
    "wrong type": _set("turnout", voters="7"),
    "unknown kind": _set("turnout", kind="turn-out"),
    "not canonical": lambda d: d.entries.__setitem__(24, json.dumps(d.entries[24]).encode() + b" "),
    "not JSON": lambda draft: draft.entries.append(b"\x01\x02"),
    "deep": lambda draft: draft.entries.append(b"[" * 30000),
    "float": lambda draft: draft.entries.append(b'{"kind":"tally","wave":1.5}'),
    "date that is none": _set("turnout", at="2004-02-30T00:00:00+06:00"),
}


@pytest.mark.parametrize("name", FORM)
def test_an_entry_without_its_form_fails(small_record, tmp_path, name) -> None:
    assert "L8.3" in codes(small_record, tmp_path, FORM[name])


ORDER: dict[str, Change] = {
    "second ceremony": _twice("ceremony"),
    "second root": _twice("root"),
    "second register": _twice("register"),
    "second card list": _twice("cards"),
    "second installation": _twice("installation"),
    "second wave of one number": _twice("wave"),
    "second tally": _twice("tally"),
    "second signature of a trustee": _twice("wave-signature"),
    "second partial of a trustee": _twice("partial"),
    "second result of an id": _twice("result"),
    "second badge of an id": _twice("accreditation"),
    "no ceremony before the root": _to_end("ceremony"),
    "no root before installations": _to_end("root"),
    "no register before installations": _to_end("register"),
    "cards after the installation": _to_end("cards"),
    "installation after its checkpoints": _to_end("installation"),
    "signature after a partial": _to_end("wave-signature"),
    "partial after the tally": _to_end("partial"),
    "wave after what belongs to it": _to_end("wave"),
    "badge after its sighting": lambda draft: [_to_end("accreditation")(draft) for _ in range(3)],
    "a wave left out": _set("wave", number=2),
    "vote of another election": _set("turnout", vote="other/1/0"),
    "device that nobody installed": _set("checkpoint", device="ghost"),
    "reading of a device of another station": _set("turnout", station="0002"),
    "reading of such a device": lambda draft: draft.one("turnout")["devices"][0].update(device="ghost"),
}


@pytest.mark.parametrize("name", ORDER)
def test_an_entry_out_of_order_fails(small_record, tmp_path, name) -> None:
    assert "L8.5" in codes(small_record, tmp_path, ORDER[name])


def _rename(draft: Draft) -> None:
    ref = draft.one("definition")["keys"]
    value = draft.json(ref)
    value["log"] = Parties(draft.parties.election, 7).log.verifier.encode()
    draft.put(ref, value)


DEFINITION: dict[str, tuple[Change, str]] = {
    "no definition": (lambda draft: draft.entries.pop(0), "L8.4"),
    "a second one": (lambda draft: draft.entries.append(dict(draft.entries[0])), "L8.4"),
    "another key of the log": (_rename, "L8.4"),
    "keys without form": (lambda d: d.change_file(d.entries[0]["keys"], lambda v: v.pop("log")), "L8.8"),
    "keys that are no JSON": (lambda d: d.put(d.entries[0]["keys"], b"{"), "L8.8"),
    "no YAML": (lambda d: d.put(d.entries[0]["election"], b"\x00"), "L8.9"),
    "another id": (lambda d: _yaml(d, b'"id": "simulation"', b'"id": "another"'), "L8.9"),
    "results in advance": (
        lambda d: _yaml(
            d,
            b'"publications": []',
            b'"publications": [{"id": "p", "round": 1, "status": "final",'
            b' "as_of": "2004-09-20T09:00:00+06:00", "reason": {"kk": "a", "ru": "a", "en": "a"}}]',
        ),
        "L8.9",
    ),
    "a table that is not there": (lambda d: d.entries[0]["tables"].pop("stations"), "L8.9"),
    "a table with a bad row": (
        lambda d: d.put(d.entries[0]["tables"]["stations"], b"id,region\nx\n"),
        "L8.9",
    ),
}


def _yaml(draft: Draft, old: bytes, new: bytes) -> None:
    ref = draft.entries[0]["election"]
    data = (draft.folder / ref["path"]).read_bytes()
    assert old in data
    draft.put(ref, data.replace(old, new))


@pytest.mark.parametrize("name", DEFINITION)
def test_a_definition_that_cannot_be_used_fails(small_record, tmp_path, name) -> None:
    change, code = DEFINITION[name]
    found = codes(small_record, tmp_path, change)
    assert code in found


def test_a_file_that_is_gone_or_another_fails(small_record, tmp_path) -> None:
    record = shutil.copytree(small_record.folder, tmp_path / "record")
    paths = sorted(p for p in (record / "files").rglob("*") if p.is_file())
    for path in paths:
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    report = verify(record, tmp_path / "work", small_record)
    assert report.counts["L8.6"].failed == len(paths)
    assert report.exit_code() == 1
    for path in paths:
        path.unlink()
    report = verify(record, tmp_path / "again", small_record)
    assert report.counts["L8.6"].failed == len(paths)
    dependent = ("L8.4", "L8.9", "K10.1", "T1.1", "R1.1", "C1", "B1")
    assert not any(report.counts[code].passed for code in dependent if code in report.counts)


def test_a_path_has_one_hash(small_record, tmp_path) -> None:
    def change(draft: Draft) -> None:
        first, second = draft.all("notice")[:2]
        second["document"]["path"] = first["document"]["path"]

    assert codes(small_record, tmp_path, change) == {"L8.7"}


def test_forms_of_files(small_record, tmp_path) -> None:
    def change(draft: Draft) -> None:
        draft.change_file(draft.one("tally")["file"], lambda value: value.update(more=1))
        draft.change_file(draft.one("result")["file"], lambda value: value.pop("house"))
        draft.put(draft.one("root")["file"], b"[]")

    report = verify(forge(small_record, tmp_path / "out", change), tmp_path / "work", small_record)
    wrong = {one.where.file for one in report.findings if one.code == "L8.8"}
    assert len(wrong) == 3


def test_a_cosigned_tree_that_is_none_of_this_log_fails(small_record, tmp_path) -> None:
    entries = log_of(small_record.folder)
    parties = small_record.parties
    index = next(n for n, data in enumerate(entries) if json.loads(data)["kind"] == "cosigned")
    old = json.loads(entries[index])["note"]
    name = parties.log.verifier.name

    def signed(size: int, root: bytes, by: Parties = parties) -> str:
        return sign_checkpoint(Checkpoint(name, size, root), by.log).encode().decode()

    trees = {
        "of other entries": cosigned(parties, old, [b"{}", *entries[1:]][:3]),
        "of what comes later": signed(index + 1, tree_root(map(leaf_hash, entries[: index + 1]))),
        "by another key": signed(2, tree_root(map(leaf_hash, entries[:2])), Parties(parties.election, 5)),
        "of nothing, with another root": signed(0, bytes(32)),
        "no note": "x",
    }
    for number, (what, note) in enumerate(trees.items()):
        change = _set("cosigned", note=note, as_is=True)
        found = codes(small_record, tmp_path / str(number), change)
        assert found == {"L8.10"}, what


def test_entries_are_dated_by_the_earliest_cosignature(small_record, tmp_path) -> None:
    def change(draft: Draft) -> None:
        draft.entries = [entry for entry in draft.entries if entry["kind"] != "cosigned"]

    report = verify(forge(small_record, tmp_path / "out", change), tmp_path / "work", small_record)
    late = [one for one in report.findings if one.code == "N6.1"]
    assert {one.status for one in late} == {Status.FAILED}
    last = max(datetime.fromisoformat(json.loads(data)["at"]) for data in log_of(small_record.folder))
    assert {one.found for one in late} == {last.astimezone(UTC).isoformat()}


def test_a_cosignature_of_the_year_ten_thousand_is_no_time(small_record, tmp_path) -> None:
    record = forge(small_record, tmp_path / "out", lambda draft: None)
    note = parse_note((record / "checkpoint").read_bytes())
    far = [small_record.parties.witness(n).cosign(note.text, 2**63 - 1) for n in (1, 2, 3)]
    (record / "checkpoint").write_bytes(replace(note, signatures=(note.signatures[0], *far)).encode())
    report = verify(record, tmp_path / "work", small_record)
    assert not report.failures
    assert report.witnesses == 3


def test_extra_files_are_named_and_fail_nothing(small_record, tmp_path) -> None:
    record = shutil.copytree(small_record.folder, tmp_path / "record")
    for path in ("policy", "files/more.txt", "device/1-0/ghost/checkpoint"):
        (record / path).parent.mkdir(parents=True, exist_ok=True)
        (record / path).write_bytes(b"x")
    report = verify(record, tmp_path / "work", small_record)
    assert set(report.extra or ()) == {"policy", "files/more.txt", "device/1-0/ghost/checkpoint"}
    assert not report.failures


def test_a_policy_in_the_record_anchors_nothing(small_record, tmp_path) -> None:
    record = shutil.copytree(small_record.folder, tmp_path / "record")
    (record / "policy").write_text(small_record.parties.policy(3))
    assert not verify(record, tmp_path / "work").anchored


def test_canonical_entries_are_written_as_they_stood(small_record) -> None:
    assert all(canonical(json.loads(data)) == data for data in log_of(small_record.folder))
