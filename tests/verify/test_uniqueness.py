"""Cards, names and `R` over a whole vote: on disk as in memory, and what is taken off the sums."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from made_devices import ELECTION, ROOT, VOTE, Device, Made, ballot, digest, forged, make

from dauys.crypto.ballots import verify_ballots
from dauys.crypto.tally_files import set_hash
from dauys.record.book import open_record
from dauys.verify.contents import Hooks
from dauys.verify.counted import COUNTED_WIDTH, Counted, CountedFile, set_hash_of
from dauys.verify.uniqueness import (
    CARD_WIDTH,
    POINT_WIDTH,
    CardClash,
    Kind,
    NameClash,
    Records,
    Spot,
    card_record,
    judge_cards,
    judge_points,
    merged,
    point_record,
)
from dauys.verify.vote import Gathering, judge
from dauys.verify.workers import ThreadWorkers


def records(folder: Path, width: int, rows: list[bytes], memory: int = 1 << 20) -> Records:
    made = Records(width, folder, f"r{len(list(folder.iterdir()))}", memory)
    for row in rows:
        made.add(row)
    return made


@pytest.mark.parametrize("memory", [1, 200, 3000, 1 << 20])
def test_groups_are_the_same_on_disk_and_in_memory(tmp_path, memory: int) -> None:
    draw = random.Random(5)
    rows = [bytes(draw.randrange(4) for _ in range(2)) + draw.randbytes(42) for _ in range(300)]
    made = records(tmp_path, POINT_WIDTH, rows, memory)
    assert b"".join(made.in_order()) == b"".join(sorted(rows))
    groups = list(records(tmp_path, POINT_WIDTH, rows, memory).sharing(12))
    expected: dict[int, list[bytes]] = {}
    for row in sorted(rows):
        expected.setdefault(int.from_bytes(row[:2], "big") >> 4, []).append(row)
    assert groups == [group for _, group in sorted(expected.items()) if len(group) > 1]


def test_records_are_whole(tmp_path) -> None:
    with pytest.raises(ValueError, match="whole records"):
        Records(44, tmp_path, "x").add(bytes(45))
    assert list(Records(44, tmp_path, "x").sharing(256)) == []


def test_blocks_are_merged_in_order() -> None:
    sources = [iter([b"ac", b"eg"]), iter([b"b", b"d", b"f"]), iter([])]
    assert b"".join(merged(sources, 1)) == b"abcdefg"


S1 = bytes(range(16))


def test_a_card_ends_once(tmp_path) -> None:
    same, other = bytes(32), bytes([1] * 32)
    rows = [
        card_record(S1, 0, Kind.BALLOT, 5, same),
        card_record(S1, 0, Kind.BALLOT, 9, same),
        card_record(b"b" * 16, 0, Kind.BALLOT, 6, same),
        card_record(b"b" * 16, 0, Kind.BALLOT, 7, other),
        card_record(b"c" * 16, 0, Kind.BALLOT, 8, same),
        card_record(b"c" * 16, 0, Kind.CHALLENGE, 20, same),
        card_record(b"d" * 16, 0, Kind.BALLOT, 1, same),
        card_record(b"d" * 15 + b"e", 1, Kind.ENDED, 1, same),
    ]
    found = list(judge_cards(records(tmp_path, CARD_WIDTH, rows)))
    one, two = Spot(0, 5, Kind.BALLOT), Spot(0, 9, Kind.BALLOT)
    assert found[0] == CardClash(S1, (one, two), (), (two,))
    excluded = [(clash.excluded, clash.copies) for clash in found[1:3] if isinstance(clash, CardClash)]
    assert excluded == [
        ((Spot(0, 6, Kind.BALLOT), Spot(0, 7, Kind.BALLOT)), ()),
        ((Spot(0, 8, Kind.BALLOT),), ()),
    ]
    assert found[3] == NameClash(b"d" * 16, (Spot(0, 1, Kind.BALLOT), Spot(1, 1, Kind.ENDED)))
    assert len(found) == 4


def test_names_differ_by_their_first_60_bits(tmp_path) -> None:
    near = S1[:7] + bytes([S1[7] ^ 0x10]) + S1[8:]
    rows = [card_record(S1, 0, Kind.BALLOT, 1, S1 * 2), card_record(near, 1, Kind.BALLOT, 1, S1 * 2)]
    assert list(judge_cards(records(tmp_path, CARD_WIDTH, rows))) == []


B, C = Kind.BALLOT, Kind.CHALLENGE
SHARED: dict[str, tuple[list[tuple[int, int, Kind]], dict[int, int], set[tuple[int, int]]]] = {
    "two in one wave": ([(0, 1, B), (1, 1, B)], {0: 1, 1: 1}, {(0, 1), (1, 1)}),
    "the later one": ([(0, 1, B), (1, 1, B)], {0: 1, 1: 2}, {(1, 1)}),
    "two later ones": ([(0, 1, B), (1, 1, B), (2, 1, B)], {0: 1, 1: 2, 2: 3}, {(1, 1), (2, 1)}),
    "two first ones": ([(0, 1, B), (0, 2, B), (2, 1, B)], {0: 1, 2: 3}, {(0, 1), (0, 2), (2, 1)}),
    "in no wave": ([(0, 1, B), (1, 1, B)], {}, {(0, 1), (1, 1)}),
    "one in no wave": ([(0, 1, B), (1, 1, B)], {1: 4}, {(0, 1)}),
    "challenge of the same wave": ([(0, 1, B), (1, 1, C)], {0: 1, 1: 1}, {(0, 1)}),
    "challenge of an earlier wave": ([(0, 1, B), (1, 1, C)], {0: 2, 1: 1}, {(0, 1)}),
    "challenge of a later wave": ([(0, 1, B), (1, 1, C)], {0: 1, 1: 2}, set()),
    "challenges alone": ([(0, 1, C), (1, 1, C)], {0: 1, 1: 2}, set()),
}


@pytest.mark.parametrize("name", SHARED)
def test_what_shares_a_point(tmp_path, name: str) -> None:
    spots, waves, excluded = SHARED[name]
    rows = [point_record(S1 * 2, device, kind, index) for device, index, kind in spots]
    rows.append(point_record(bytes(32), 7, B, 3))
    (clash,) = judge_points(records(tmp_path, POINT_WIDTH, rows), waves, set())
    assert {(spot.device, spot.index) for spot in clash.excluded} == excluded
    assert len(clash.spots) == len(spots)


def test_a_copy_is_no_second_ballot(tmp_path) -> None:
    rows = [point_record(S1 * 2, 0, B, 1), point_record(S1 * 2, 0, B, 2)]
    assert list(judge_points(records(tmp_path, POINT_WIDTH, rows), {}, {(0, 2)})) == []


@dataclass(frozen=True)
class Judged:
    gathering: Gathering
    counted: Counted
    codes: dict[str, list[int | None]]


def judged(made: Made, waves: Mapping[int, int] | None = None, *, whole: bool = True) -> Judged:
    folder = made.folder.parent / "work"
    folder.mkdir()
    with open_record(str(made.folder)) as record:
        gathering, counted = judge(
            record,
            made.tasks,
            {VOTE: ELECTION},
            waves or {},
            workers=ThreadWorkers(1),
            folder=folder,
            hooks=Hooks(),
            whole=whole,
        )
    codes: dict[str, list[int | None]] = {}
    for _, number, remark in gathering.found:
        codes.setdefault(f"{remark.status} {remark.code}", []).append(number)
    return Judged(gathering, counted, codes)


def expected_sum(device: str, box: list[bytes]) -> tuple[int, bytes, tuple[bytes, ...], bytes]:
    total = verify_ballots(ELECTION, device, box).sums[0]
    signed = set_hash(ROOT.root, "unit", "list", (digest(device, one) for one in box))
    return total.ballots, total.a, total.e, signed


def found_sum(counted: Counted, *devices: str) -> tuple[int, bytes, tuple[bytes, ...], bytes]:
    total = counted.sums_of(VOTE, "unit", devices, "list")
    assert total is not None
    return total.ballots, total.a, total.e, total.set_hash


HONEST = [ballot("a", card, "both", card % 2) for card in range(40)]


def test_honest_devices_are_counted(tmp_path) -> None:
    found = judged(make(tmp_path, Device("a"), Device("b", style="short"), Device("c", style="other")))
    assert found.codes == {}
    passed = found.gathering.passed
    assert (passed["C3"], passed["C4"], passed["C5"]) == (1, 1, 1)
    assert found_sum(found.counted, "a") == expected_sum("a", HONEST)
    short = [ballot("b", card, "short", card % 2) for card in range(40)]
    both = found.counted.sums_of(VOTE, "unit", ("a", "b", "c"), "list")
    assert both
    assert both.ballots == 80
    names = [digest("a", one) for one in HONEST] + [digest("b", one) for one in short]
    assert both.set_hash == set_hash(ROOT.root, "unit", "list", names)
    sums = [found.counted.sums_of(VOTE, "unit", (device,), "list") for device in ("a", "b")]
    parts = [(one.ballots, one.a, list(one.e)) for one in sums if one]
    rest = (0, bytes(32), [bytes(32)] * 2)
    assert ELECTION.core.merge([[part, rest] for part in parts])[0] == (both.ballots, both.a, list(both.e))
    north = found.counted.sums_of(VOTE, "unit", ("b",), "north")
    assert north
    assert (north.ballots, north.a) == (0, bytes(32))
    assert [found.counted.ballots(VOTE, name, "list") for name in "abcd"] == [40, 40, 0, 0]
    assert found.counted.sums_of(VOTE, "unit", ("a", "nobody"), "list") is None
    assert found.counted.sums_of(VOTE, "unit", ("a",), "south") is None


def test_a_byte_identical_repeat_counts_once(tmp_path) -> None:
    found = judged(make(tmp_path, Device("a", boxed=lambda box: [*box, box[3], box[3]])))
    assert found.codes == {"failed C3": [0]}
    assert found_sum(found.counted, "a") == expected_sum("a", HONEST)
    assert set(found.counted.devices[VOTE, "a"].excluded.values()) == {"C3"}
    assert len(found.counted.devices[VOTE, "a"].excluded) == 2


def test_two_ballots_of_one_card_are_both_excluded(tmp_path) -> None:
    again = ballot("a", 3, "both", 0)
    assert again != HONEST[3]
    found = judged(make(tmp_path, Device("a", boxed=lambda box: [*box, again])))
    assert found.codes == {"failed C3": [0]}
    assert found_sum(found.counted, "a") == expected_sum("a", HONEST[:3] + HONEST[4:])


def test_a_ballot_of_a_card_that_ended_otherwise_is_excluded(tmp_path) -> None:
    cast = ballot("a", 40, "short", 1)
    found = judged(make(tmp_path, Device("a", boxed=lambda box: [*box, cast])))
    # Card 40 is the one of the test challenge, which opens the same ballot: card and R stand twice.
    assert found.codes == {"failed C3": [0], "failed C4": [0]}
    assert found_sum(found.counted, "a") == expected_sum("a", HONEST)


def test_a_ballot_without_a_card_of_the_list_is_not_counted(tmp_path) -> None:
    stray = ballot("a", 99)
    made = make(tmp_path, Device("a", boxed=lambda box: [*box, stray]))
    found = judged(made)
    contents = found.gathering.outcomes[0].contents
    assert contents
    assert [remark.code for remark in contents.remarks if remark.status == "failed"] == ["C2"]
    assert found_sum(found.counted, "a") == expected_sum("a", HONEST)
    assert list(found.counted.devices[VOTE, "a"].excluded.values()) == ["C2"]


@pytest.mark.parametrize(
    ("waves", "left"), [({0: 1, 1: 1}, (39, 39)), ({0: 1, 1: 2}, (40, 39)), ({0: 2, 1: 1}, (39, 40))]
)
def test_one_point_in_two_devices(tmp_path, waves: dict[int, int], left: tuple[int, int]) -> None:
    devices = [
        Device(name, boxed=lambda box, name=name: [*box[:-1], forged(name, 39, 77)]) for name in ("a", "b")
    ]
    found = judged(make(tmp_path, *devices), waves)
    assert found.codes == {"failed C4": [0]}
    counts = tuple(found_sum(found.counted, name)[0] for name in ("a", "b"))
    assert counts == left
    kept = [*HONEST[:-1], *([forged("a", 39, 77)] if left[0] == 40 else [])]
    assert found_sum(found.counted, "a") == expected_sum("a", kept)


def test_a_part_of_a_vote_says_nothing_of_the_whole(tmp_path) -> None:
    found = judged(make(tmp_path, Device("a", boxed=lambda box: [*box, box[3]])), whole=False)
    assert found.codes == {"failed C3": [0], "not_run C4": [None], "not_run C5": [None]}
    assert not found.counted.whole


def test_one_device_in_one_vote_makes_no_clash_in_another_order(tmp_path) -> None:
    one = judged(make(tmp_path / "one", Device("a"), Device("b", ballots=50, cards=70)))
    assert found_sum(one.counted, "a", "b") == found_sum(one.counted, "b", "a")


def test_sets_over_many_devices_are_read_in_pieces(tmp_path) -> None:
    draw = random.Random(3)
    file = CountedFile(tmp_path)
    names: list[bytes] = []
    for device in range(5):
        rows = [draw.randbytes(64) for _ in range(400)]
        names += rows
        file.add(device, [(1).to_bytes(4, "big") + row for row in rows] + [bytes(COUNTED_WIDTH)])
    found = set_hash_of(bytes(64), "u", "c", 2000, file.hashes(range(5), [1]))
    assert found == set_hash(bytes(64), "u", "c", names)
    assert file.ballots(2, [1]) == 400
    assert file.ballots(2, [0, 1]) == 401
    file.drop(2, [bytes(COUNTED_WIDTH)])
    assert file.ballots(2, [0, 1]) == 400
    file.remove()


def test_nothing_is_unique_over_a_vote_of_which_a_log_is_missing(tmp_path) -> None:
    made = make(tmp_path, Device("a"), Device("b"))
    (made.folder / "device" / "1-0" / "b" / "checkpoint").unlink()
    found = judged(made)
    assert found.codes == {"not_run C4": [None], "not_run C5": [None]}
    assert {code: found.gathering.passed.get(code) for code in ("C3", "C4", "C5")} == {
        "C3": 1,
        "C4": None,
        "C5": None,
    }
    assert found_sum(found.counted, "a") == expected_sum("a", HONEST)
