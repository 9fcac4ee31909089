"""What is printed is what verifiers read: payload, paper, picture, text, verdict."""

from __future__ import annotations

import json

import pytest
from paper_facts import BALLOT, HEAD, LIST, PATRIOTS, ROOT, SIGNATURE, contest, opening
from read_back import codes_in, in_node

from dauys import _core
from dauys._core import NoteKey
from dauys.crypto.ballots import ballot_hash
from dauys.crypto.boxes import ROOT as ROOT_SHAPE
from dauys.crypto.boxes import RootEntry
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import parse_canonical
from dauys.record.book import open_record
from dauys.record.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint, sign_checkpoint
from dauys.record.keys import ED25519, Signer
from dauys.record.note import parse_note
from dauys.record.policy import parse_policy
from dauys.record.reader import LogReader
from dauys.simulate.record import simulate_record
from dauys.simulate.record_vote import VotePlay
from dauys.simulate.scene import scene_of_seed
from dauys.station.faults import StationError
from dauys.station.papers.facts import Tree
from dauys.station.papers.members import tree_paper
from dauys.station.papers.of_election import head_of
from dauys.station.papers.payload import opening_text, part1_text, part2_text, receipt_of
from dauys.station.papers.receipt import opening as opening_paper
from dauys.station.papers.receipt import receipt_ended, receipt_part1, receipt_part2
from dauys.station.papers.sheet import module_of
from dauys.verify.dispute import settle_receipt
from dauys.verify.options import Options

VOTE, DEVICE, SEED = "simulation/1/0", "0001-m1", 3


@pytest.fixture(scope="module")
def scene():
    return scene_of_seed(2, 40, SEED)


@pytest.fixture(scope="module")
def record(scene, tmp_path_factory):
    out = tmp_path_factory.mktemp("receipts") / "out"
    simulate_record(out, scene, SEED)
    return out


@pytest.fixture(scope="module")
def held(record):
    """Root of the vote, and `(H(ballot), s1)` of a cast ballot, a challenge and an ended session."""
    data = (record / "public" / "files" / "1-0" / "root.json").read_bytes()
    entry = RootEntry(parse_canonical(data, "root", ROOT_SHAPE, ("T6.1", "T6.1")), data)
    found: dict = {"root": entry.root}
    with open_record(str(record / "public")) as book:
        source = book.device(VOTE, DEVICE)
        shown = parse_checkpoint(parse_note(source.read("checkpoint", 10_000)).text)
        entries = [data for _, data in LogReader(source, shown.size, shown.root).entries()]
    for data in entries:
        if data[:1] == b"\x01":
            s1 = data[2 + data[1] : 18 + data[1]]
            found.setdefault("cast", (ballot_hash(entry.election(), DEVICE, data), s1))
            continue
        value = json.loads(data)
        if value["kind"] == "challenge":
            told = value["opening"]
            s1 = _core.card_of(VOTE, DEVICE, bytes.fromhex(told["secret"]))[0]
            found["challenged"] = (bytes.fromhex(told["ballot"]), s1)
        elif value["kind"] == "ended":
            found["ended"] = (bytes.fromhex(value["ballot"]), bytes.fromhex(value["s1"]))
    return found


@pytest.fixture(scope="module")
def printed(scene, held):
    """The receipt of a ballot as papers: part 1, then part 2 where there is a word."""
    play = VotePlay(None, scene, None, SEED, 1, b"")
    spec = play.spec(*next(iter(play.devices())))
    key = NoteKey.from_seed(spec.key_seed)
    head = head_of(scene.election, VOTE, "0001", DEVICE, "results.example")

    def papers(what: str, word: str | None):
        digest, s1 = held[what]
        card = framed_hash("card", VOTE, DEVICE, s1)
        first = key.sign(framed_hash("receipt1", held["root"], DEVICE, card, digest))
        found = [receipt_part1(head, s1=s1, ballot=digest, signature=first)]
        if word is not None:
            size = (9).to_bytes(8, "little")
            second = key.sign(framed_hash("receipt2", held["root"], DEVICE, digest, word, size, ROOT))
            found.append(receipt_part2(head, ballot=digest, word=word, signature=second, tree=Tree(9, ROOT)))
        return found

    return papers


@pytest.mark.parametrize(
    "case",
    [("cast", "cast", "counted"), ("challenged", "challenged", "opened"), ("ended", None, "not_counted")],
)
def test_a_printed_receipt_is_settled_by_the_record(printed, record, tmp_path, case):
    what, word, verdict = case
    texts = codes_in(printed(what, word))
    assert None not in texts
    options = Options(bytes(32), tmp_path, policy=parse_policy((record / "policy").read_bytes()), workers=1)
    with open_record(str(record / "public")) as book:
        settled = settle_receipt(book, options, receipt_of(*texts))
    assert (settled.verdict, settled.anchored) == (verdict, True)


def test_codes_hold_the_texts_that_were_put_in():
    told = opening()
    wanted = [
        part1_text(HEAD, BALLOT[:16], BALLOT, SIGNATURE),
        part2_text(HEAD, BALLOT, "cast", SIGNATURE, Tree(43, ROOT)),
        opening_text(told),
        None,
    ]
    papers = [
        receipt_part1(HEAD, s1=BALLOT[:16], ballot=BALLOT, signature=SIGNATURE),
        receipt_part2(HEAD, ballot=BALLOT, word="cast", signature=SIGNATURE, tree=Tree(43, ROOT)),
        opening_paper(told, [(LIST, [PATRIOTS]), (LIST, [])]),
        receipt_ended(),
    ]
    assert codes_in(papers) == wanted


def test_the_verifier_in_a_browser_takes_card_and_code_from_part_1():
    [text] = codes_in([receipt_part1(HEAD, s1=BALLOT[:16], ballot=BALLOT, signature=SIGNATURE)])
    found = in_node(f"readReceipt({json.dumps(text)})")
    assert found == {"name": _core.card_name(BALLOT[:16]), "code": _core.ballot_code(BALLOT)}


def test_an_opening_can_be_read_whatever_its_length():
    """Also where its code would be of version 23, which the reader of browsers has wrong."""
    told = [opening(nodes) for nodes in (0, 6, 8, 9, 10, 11, 12)]
    papers = [opening_paper(one, [(LIST, [PATRIOTS])]) for one in told]
    assert codes_in(papers) == [opening_text(one) for one in told]


def test_an_opening_that_is_too_long_for_the_paper_is_refused():
    with pytest.raises(StationError, match=r"J7\.8"):
        opening_paper(opening(12, 1500), [(LIST, [PATRIOTS])])
    with pytest.raises(StationError, match=r"J7\.8"):
        opening_paper(opening(12, 3000), [(LIST, [PATRIOTS])])
    assert module_of(115) == 5
    assert module_of(116) == module_of(144) == 4


def test_parts_of_two_receipts_are_no_receipt():
    one = part1_text(HEAD, BALLOT[:16], BALLOT, SIGNATURE)
    two = part2_text(HEAD, BALLOT, "cast", SIGNATURE, Tree(43, ROOT))
    assert receipt_of(one, two) == receipt_of(two, one)
    assert receipt_of(one) == one.encode()
    with pytest.raises(ValueError, match="one receipt"):
        receipt_of(one, two.replace("0312-1", "0312-2"))
    with pytest.raises(ValueError, match="one receipt"):
        receipt_of()


def test_a_seal_is_read_from_its_paper_and_its_signature_holds():
    signer = Signer("results.example/majilis/1/0/device/0312-1", ED25519, bytes(32))
    note = sign_checkpoint(Checkpoint(signer.verifier.name, 1234, ROOT), signer).encode()
    [text] = codes_in([tree_paper(HEAD, "seal", note)])
    assert text is not None
    opened = open_checkpoint(text.encode(), (signer.verifier,))
    assert (opened.checkpoint.size, opened.checkpoint.root) == (1234, ROOT)


def test_a_choice_stands_on_an_opening_and_on_no_part_of_a_receipt(monkeypatch):
    """Every word given to the pen: names of options are on the opening alone."""
    from dauys.station.papers.sheet import Sheet

    drawn: list[str] = []
    write = Sheet._write

    def watched(sheet, line, face, x):
        drawn.append(line)
        write(sheet, line, face, x)

    monkeypatch.setattr(Sheet, "_write", watched)
    listed = contest(3)
    opening_paper(opening(), [(listed.contest, [listed.options[1]])])
    assert "2. Атау 2" in drawn
    drawn.clear()
    receipt_part1(HEAD, s1=BALLOT[:16], ballot=BALLOT, signature=SIGNATURE)
    receipt_part2(HEAD, ballot=BALLOT, word="cast", signature=SIGNATURE, tree=Tree(43, ROOT))
    assert drawn
    assert not [line for line in drawn if "Атау" in line]
