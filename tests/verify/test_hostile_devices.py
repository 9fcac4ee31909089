"""Logs of devices made to harm: each ends in findings, soon, and with few of them kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_devices import ELECTION, VOTE, Device, Made, ballot, cards_of, device_key, make

from dauys import _core
from dauys.record.book import open_record
from dauys.record.checkpoint import Checkpoint, sign_checkpoint
from dauys.record.entries import FileRef
from dauys.verify.contents import Hooks
from dauys.verify.one_device import check_device
from dauys.verify.tasks import SHOWN, CardsAt, Notes, Outcome, Remark, Seal
from dauys.verify.vote import judge
from dauys.verify.workers import ThreadWorkers, size_of


def check(made: Made) -> Outcome:
    with open_record(str(made.folder)) as record:
        return check_device(record, made.tasks[0], None, Hooks())


def failures(outcome: Outcome) -> list[Remark]:
    told = outcome.contents.remarks if outcome.contents else ()
    return [remark for remark in (*outcome.remarks, *told) if remark.status == "failed"]


def claim(made: Made, size: int) -> Made:
    """Let the device sign that it has a tree of any size."""
    signer = device_key("a")
    note = sign_checkpoint(Checkpoint(signer.verifier.name, size, bytes(32)), signer).encode()
    (made.folder / "device" / "1-0" / "a" / "checkpoint").write_bytes(note)
    return Made(made.folder, (replace(made.tasks[0], seal=Seal(100, note.decode())),))


@pytest.mark.parametrize("size", [10**10, 2**62, 2**63 - 1])
def test_a_giant_claim_costs_a_look_at_the_edge(tmp_path, size: int) -> None:
    made = claim(make(tmp_path, Device("a")), size)
    outcome = check(made)
    assert [remark.code for remark in failures(outcome)] in (["L7.1"], ["L2.3"])
    assert size_of(made.tasks[0]) == size
    folder = tmp_path / "work"
    folder.mkdir()
    with open_record(str(made.folder)) as record:
        workers = ThreadWorkers(1)
        _, counted = judge(
            record, made.tasks, {VOTE: ELECTION}, {}, workers=workers, folder=folder, hooks=Hooks()
        )
    assert not counted.devices[VOTE, "a"].counts
    assert counted.sums_of(VOTE, "unit", ("a",), "list") is None


def tile(made: Made, name: str) -> Path:
    (file,) = [path for path in (made.folder / "device/1-0/a/tile" / name).rglob("*") if path.is_file()]
    return file


def test_a_bundle_that_never_ends(tmp_path) -> None:
    made = make(tmp_path, Device("a"))
    with tile(made, "entries").open("r+b") as file:
        file.truncate(10**10)
    assert [remark.code for remark in failures(check(made))] == ["L7.2"]


def test_a_link_to_elsewhere(tmp_path) -> None:
    made = make(tmp_path, Device("a"))
    file = tile(made, "entries")
    (tmp_path / "elsewhere").write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    assert [remark.code for remark in failures(check(made))] == ["L7.4"]


@pytest.mark.parametrize("cut", [0, 1, 40, 5000])
def test_a_bundle_that_is_cut(tmp_path, cut: int) -> None:
    made = make(tmp_path, Device("a"))
    data = tile(made, "entries").read_bytes()
    tile(made, "entries").write_bytes(data[:cut])
    assert [remark.code for remark in failures(check(made))] == ["L2.5"]


JUNK = {
    "ballots that are none": (b"\x01", "B1"),
    "ballots of a style of 255 letters": (b"\x01\xff" + b"a" * 300, "B3"),
    "empty entries": (b"", "L9.8"),
    "deep nesting": (b"[" * 60_000, "L9.8"),
    "a number that is none": (b'{"kind":"batch","ballots":NaN}', "L9.8"),
    "a key twice": (b'{"ballots":1,"ballots":1,"kind":"batch","number":0}', "L9.8"),
    "a number that has no end": (b'{"ballots":' + b"9" * 60_000 + b',"kind":"batch","number":0}', "L9.8"),
    "half a letter": (b'{"at":"\\ud800","kind":"incident","what":"x"}', "L9.8"),
    "bytes that are no text": (b"{\xff\xfe", "L9.8"),
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_is_named_and_then_only_counted(tmp_path, name: str) -> None:
    junk, code = JUNK[name]

    def spoil(entries: list[bytes]) -> list[bytes]:
        return [entries[0], *[junk] * 300, *entries[1:]]

    outcome = check(make(tmp_path, Device("a", change=spoil)))
    found = [remark for remark in failures(outcome) if remark.code == code]
    assert 1 <= len(found) <= SHOWN + 1
    if code.startswith("B"):
        assert (found[-1].more, found[-1].votes) == (200, 200)
        assert outcome.contents
        assert len(outcome.contents.excluded) == 300
    assert outcome.contents
    assert outcome.contents.sums[0][0] == 40


def test_a_ballot_of_a_giant_style_is_refused_before_any_arithmetic(tmp_path) -> None:
    big = ballot("a", 1) + bytes(60_000)
    outcome = check(make(tmp_path, Device("a", change=lambda entries: [entries[0], big, *entries[1:]])))
    assert "B1" in {remark.code for remark in failures(outcome)}


def test_one_ballot_a_thousand_times_is_one_finding(tmp_path) -> None:
    made = make(tmp_path, Device("a", cards=1100, boxed=lambda box: [*box, *[box[0]] * 1000]))
    folder = tmp_path / "work"
    folder.mkdir()
    with open_record(str(made.folder)) as record:
        workers = ThreadWorkers(1)
        gathering, counted = judge(
            record, made.tasks, {VOTE: ELECTION}, {}, workers=workers, folder=folder, hooks=Hooks()
        )
    assert [(remark.code, remark.votes) for _, _, remark in gathering.found] == [("C3", 1000)]
    assert counted.ballots(VOTE, "a", "list") == 40


def listed(made: Made, data: bytes, **changed: object) -> Made:
    """Let the election log name these bytes as the card list."""
    task = made.tasks[0]
    assert task.cards
    path = "files/1-0/other.json"
    (made.folder / path).write_bytes(data)
    cards = replace(task.cards, file=FileRef.for_bytes(path, data), **changed)
    return Made(made.folder, (replace(task, cards=cards),))


def reordered(data: bytes) -> bytes:
    told = json.loads(data)
    told["cards"][0], told["cards"][1] = told["cards"][1], told["cards"][0]
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def twice(data: bytes) -> bytes:
    told = json.loads(data)
    told["cards"].insert(0, told["cards"][0])
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


LISTS = {
    "nothing": lambda data: b"",
    "no list": lambda data: b'{"cards":"x"}',
    "cut": lambda data: data[:-1],
    "another device": lambda data: data.replace(b'"device":"a"', b'"device":"b"'),
    "another vote": lambda data: data.replace(b"small/1/0", b"small/2/0"),
    "one card less": lambda data: data.replace(data[10:141], b"", 1),
    "out of order": reordered,
    "a card twice": twice,
    "upper case": lambda data: data.replace(b"a", b"A", 1),
    "blanks": lambda data: data.replace(b":[", b": [", 1),
    "deep": lambda data: b'{"cards":' + b"[" * 100_000,
}


@pytest.mark.parametrize("name", LISTS)
def test_card_lists(tmp_path, name: str) -> None:
    made = make(tmp_path, Device("a"))
    outcome = check(listed(made, LISTS[name](cards_of("a", 60).encode())))
    assert "C1" in {remark.code for remark in failures(outcome)}


@pytest.mark.parametrize("change", [reordered, twice])
def test_a_list_out_of_order_is_refused_though_its_hash_is_the_one_of_the_log(tmp_path, change) -> None:
    told = json.loads(change(cards_of("a", 60).encode()))
    hashes = [bytes.fromhex(one) for one in told["cards"]]
    told["hash"] = _core.card_list_hash(VOTE, "a", hashes).hex()
    data = json.dumps(told, separators=(",", ":"), sort_keys=True).encode()
    made = listed(make(tmp_path, Device("a")), data, hash=bytes.fromhex(told["hash"]), count=len(hashes))
    assert [remark.code for remark in failures(check(made)) if remark.code == "C1"] == ["C1"]


@pytest.mark.parametrize("changed", [{"count": 59}, {"hash": bytes(64)}])
def test_a_card_list_is_the_one_of_the_log(tmp_path, changed: dict[str, object]) -> None:
    made = make(tmp_path, Device("a"))
    outcome = check(listed(made, cards_of("a", 60).encode(), **changed))
    assert "C1" in {remark.code for remark in failures(outcome)}


def test_without_a_card_list_no_ballot_counts_and_nothing_is_passed(tmp_path) -> None:
    made = make(tmp_path, Device("a"))
    for cards, reason in (
        (None, "no_cards"),
        (CardsAt(5, FileRef("files/x/y", "0" * 64, 9), bytes(64), 60), "L8.6"),
    ):
        outcome = check(Made(made.folder, (replace(made.tasks[0], cards=cards),)))
        assert outcome.contents
        assert outcome.contents.sums == {}
        told = {remark.code: remark.reason for remark in (*outcome.remarks, *outcome.contents.remarks)}
        assert told["C1"] == reason
        assert told["C2"] == "C1"
        assert "C2" not in outcome.contents.passed


def test_findings_beyond_a_hundred_are_added_up() -> None:
    notes = Notes()
    for place in range(250):
        notes.fail("B9", "x" * 500, "y", entry=place, votes=1)
    remarks = notes.remarks()
    assert len(remarks) == SHOWN + 1
    assert (remarks[-1].more, remarks[-1].votes) == (150, 150)
    assert len(remarks[0].found) == 200
