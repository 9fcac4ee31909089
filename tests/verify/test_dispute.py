"""A voter's receipt against the record: every cell of the table of `spec/checks.md` §4."""

from __future__ import annotations

import json
import shutil

import pytest

from dauys import _core
from dauys._core import NoteKey
from dauys.crypto.framing import framed_hash
from dauys.errors import InputError
from dauys.record.book import open_record
from dauys.simulate.record_vote import VotePlay
from dauys.simulate.scene import scene_of_seed
from dauys.verify.dispute import _settled, decide, settle_card, settle_receipt
from dauys.verify.options import Options
from dauys.verify.search import Found, What

VOTE, DEVICE = "simulation/1/0", "0001-m1"

TABLE = [
    # part 1, part 2, found, counted, rebuilds, verdict, exit
    (True, "cast", What.BALLOT, True, False, "counted", 0),
    (None, "cast", What.BALLOT, True, False, "counted", 0),
    (True, "cast", What.BALLOT, False, False, "excluded", 1),
    (True, "cast", What.CHALLENGE, False, True, "convicted", 1),
    (True, "cast", What.ENDED, False, False, "convicted", 1),
    (True, "cast", What.NOTHING, False, False, "convicted", 1),
    (False, "cast", What.NOTHING, False, False, "convicted", 1),
    (True, "challenged", What.CHALLENGE, False, True, "opened", 0),
    (True, "challenged", What.CHALLENGE, False, False, "convicted", 1),
    (True, "challenged", What.BALLOT, True, False, "convicted", 1),
    (None, "challenged", What.ENDED, False, False, "convicted", 1),
    (True, "challenged", What.NOTHING, False, False, "convicted", 1),
    (True, None, What.BALLOT, True, False, "counted", 0),
    (True, None, What.CHALLENGE, False, True, "opened", 0),
    (True, None, What.ENDED, False, False, "not_counted", 0),
    (True, None, What.NOTHING, False, False, "convicted", 1),
    (False, None, What.BALLOT, True, False, "no_evidence", 1),
    (None, None, What.NOTHING, False, False, "no_evidence", 1),
]


@pytest.mark.parametrize("row", TABLE)
def test_every_cell(row):
    one, two, found, counted, rebuilds, verdict, code = row
    assert decide(one, two, found, counted=counted, rebuilds=rebuilds) == (verdict, code)


@pytest.fixture(scope="module")
def spec():
    """The device of the first station in round 1: its cards, its key, what it cast."""
    scene = scene_of_seed(2, 40, 3)
    play = VotePlay(None, scene, None, 3, 1, b"")
    station, device = next(play.devices())
    return play.spec(station, device)


@pytest.fixture(scope="module")
def root(small_record):
    return (small_record.folder / "files" / "1-0" / "root.json").read_bytes()


def ballots_of(small_record):
    from dauys.record.checkpoint import parse_checkpoint
    from dauys.record.note import parse_note
    from dauys.record.reader import LogReader

    with open_record(str(small_record.folder)) as record:
        source = record.device(VOTE, DEVICE)
        shown = parse_checkpoint(parse_note(source.read("checkpoint", 10_000)).text)
        reader = LogReader(source, shown.size, shown.root)
        return list(reader.entries()), shown


def receipt(spec, root_hash: bytes, digest: bytes, s1: bytes, word: str | None, **changes: object) -> bytes:
    key = NoteKey.from_seed(spec.key_seed)
    card = framed_hash("card", VOTE, DEVICE, s1)
    first = key.sign(framed_hash("receipt1", root_hash, DEVICE, card, digest))
    second = None
    if word is not None:
        tree = (9).to_bytes(8, "little"), bytes(32)
        signed = key.sign(framed_hash("receipt2", root_hash, DEVICE, digest, word, *tree))
        second = {
            "ballot": digest.hex(),
            "root": bytes(32).hex(),
            "signature": signed.hex(),
            "size": 9,
            "word": word,
        }
    value = {
        "device": DEVICE,
        "part1": {"ballot": digest.hex(), "s1": s1.hex(), "signature": first.hex()},
        "part2": second,
        "schema": "dauys/receipt/1",
        "vote_id": VOTE,
    }
    return json.dumps(value | changes, sort_keys=True, separators=(",", ":")).encode()


@pytest.fixture
def settle(small_record, tmp_path):
    def run(data: bytes, folder=None):
        work = tmp_path / f"work{len(list(tmp_path.iterdir()))}"
        work.mkdir()
        options = Options(bytes(32), work, policy=small_record.policy, workers=1)
        with open_record(str(folder or small_record.folder)) as record:
            return settle_receipt(record, options, data)

    return run


@pytest.fixture(scope="module")
def held(small_record, root):
    """`(H(ballot), s1)` of a cast ballot, a challenge and an ended session of the record."""
    from dauys.crypto.ballots import ballot_hash
    from dauys.crypto.boxes import ROOT, RootEntry
    from dauys.crypto.shapes import parse_canonical

    entry = RootEntry(parse_canonical(root, "root", ROOT, ("T6.1", "T6.1")), root)
    election = entry.election()
    entries, _ = ballots_of(small_record)
    found = {"root": entry.root}
    for _, data in entries:
        if data[:1] == b"\x01" and "cast" not in found:
            s1 = data[2 + data[1] : 18 + data[1]]
            found["cast"] = (ballot_hash(election, DEVICE, data), s1)
        elif data[:1] != b"\x01":
            value = json.loads(data)
            if value["kind"] == "challenge" and "challenged" not in found:
                secret = bytes.fromhex(value["opening"]["secret"])
                s1 = _core.card_of(VOTE, DEVICE, secret)[0]
                found["challenged"] = (bytes.fromhex(value["opening"]["ballot"]), s1)
            elif value["kind"] == "ended":
                found["ended"] = (bytes.fromhex(value["ballot"]), bytes.fromhex(value["s1"]))
    return found


@pytest.mark.parametrize(
    "case",
    [
        ("cast", "cast", "counted"),
        ("cast", None, "counted"),
        ("cast", "challenged", "convicted"),
        ("challenged", "challenged", "opened"),
        ("challenged", "cast", "convicted"),
        ("ended", None, "not_counted"),
        ("ended", "cast", "convicted"),
    ],
)
def test_receipts_of_a_real_record(settle, spec, held, case):
    what, word, verdict = case
    digest, s1 = held[what]
    settled = settle(receipt(spec, held["root"], digest, s1, word))
    assert (settled.verdict, settled.anchored) == (verdict, True)


def test_a_lost_ballot_convicts_and_a_forged_receipt_proves_nothing(settle, spec, held):
    digest, s1 = bytes(64), held["cast"][1]
    assert settle(receipt(spec, held["root"], digest, s1, "cast")).verdict == "convicted"
    forged = json.loads(receipt(spec, held["root"], digest, s1, None))
    forged["part1"]["signature"] = "00" * 64
    data = json.dumps(forged, sort_keys=True, separators=(",", ":")).encode()
    assert settle(data).verdict == "no_evidence"
    other = receipt(spec, held["root"], digest, s1, None, device="0009-m1")
    assert settle(other).verdict == "no_evidence"


@pytest.mark.parametrize(
    "case",
    [("cast", "cast", "counted"), ("ended", "cast", "convicted"), ("challenged", "challenged", "opened")],
)
def test_part_2_alone_is_enough(settle, spec, held, case):
    what, word, verdict = case
    digest, s1 = held[what]
    value = json.loads(receipt(spec, held["root"], digest, s1, word)) | {"part1": None}
    alone = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    assert settle(alone).verdict == verdict
    value["part2"]["signature"] = "00" * 64
    forged = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    assert settle(forged).verdict == "no_evidence"
    value["part2"] = None
    with pytest.raises(InputError, match=r"E1\.10"):
        settle(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())


def test_no_receipt_is_refused(settle):
    for data in (b"{}", b"", b"\xff", b'{"schema":"dauys/receipt/1"}'):
        with pytest.raises(InputError, match=r"E1\.10"):
            settle(data)


def test_card_and_code_must_both_match(small_record, tmp_path, held):
    digest, s1 = held["cast"]
    name, code = _core.card_name(s1), _core.ballot_code(digest)

    def run(name, code):
        work = tmp_path / f"w{len(list(tmp_path.iterdir()))}"
        work.mkdir()
        with open_record(str(small_record.folder)) as record:
            return settle_card(record, Options(bytes(32), work, workers=1), name, code).verdict

    assert run(name, code) == "match"
    assert run(name.lower(), None) == "match"
    assert run(name, "0" * 20) == "clash"
    assert run("ZZZZ-ZZZZ-ZZZZ", code) == "not_there"


def test_nobody_is_convicted_by_a_log_that_cannot_be_read(settle, small_record, spec, held, tmp_path):
    lost = receipt(spec, held["root"], bytes(64), held["cast"][1], "cast")
    copy = tmp_path / "copy"
    shutil.copytree(small_record.folder, copy)
    bundle = next(
        p for p in (copy / "device" / "1-0" / DEVICE / "tile" / "entries").rglob("*") if p.is_file()
    )
    bundle.write_bytes(bundle.read_bytes()[:-1])
    assert (settle(lost, copy).verdict, settle(lost, copy).exit_code) == ("no_verdict", 2)
    shutil.rmtree(copy / "device" / "1-0" / DEVICE)
    assert settle(lost, copy).verdict == "no_verdict"
    (copy / "checkpoint").unlink()
    settled = settle(lost, copy)
    assert (settled.verdict, settled.exit_code, settled.anchored) == ("no_verdict", 2, False)


def test_a_card_is_not_missing_where_a_log_cannot_be_read(small_record, tmp_path):
    copy, work = tmp_path / "copy", tmp_path / "work"
    shutil.copytree(small_record.folder, copy)
    shutil.rmtree(copy / "device" / "1-0" / DEVICE)
    work.mkdir()
    with open_record(str(copy)) as record:
        settled = settle_card(record, Options(bytes(32), work, workers=1), "ZZZZ-ZZZZ-ZZZZ", None)
    assert (settled.verdict, settled.exit_code) == ("no_verdict", 2)


def test_before_the_seal_nothing_is_missing_yet():
    found = Found(What.NOTHING)
    assert _settled(found, None, (VOTE, DEVICE), (True, "cast"), anchored=True).verdict == "no_verdict"
    assert _settled(found, None, (VOTE, DEVICE), (False, None), anchored=True).verdict == "no_evidence"
