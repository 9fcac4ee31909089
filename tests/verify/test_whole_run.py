"""A whole verification: chapters, progress, and that no record, whatever is in it, ends it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forged_records import Draft, failed, forge, log_of, verify

from dauys.record.book import open_record
from dauys.verify.options import Options
from dauys.verify.report import CHAPTERS, Status
from dauys.verify.run import verify_record


class Steps:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.seen: list[str] = []

    def begin(self, chapter: str, total: int | None) -> None:
        self.open.append(chapter)

    def advance(self, count: int) -> None:
        assert self.open, "steps outside a chapter"

    def end(self, chapter: str) -> None:
        assert self.open.pop() == chapter
        self.seen.append(chapter)


def steps_of(record: Path, work: Path) -> Steps:
    work.mkdir()
    steps = Steps()
    with open_record(str(record)) as source:
        verify_record(source, Options(bytes(32), work, workers=1), steps)
    return steps


def test_chapters_begin_and_end_in_their_order(small_record, tmp_path) -> None:
    steps = steps_of(small_record.folder, tmp_path / "work")
    assert not steps.open
    assert steps.seen == ["L", "K", "B", "T", "P", "R", "N", "D"]


def test_chapters_end_also_without_a_definition(small_record, tmp_path) -> None:
    record = forge(small_record, tmp_path / "out", lambda draft: draft.entries.pop(0))
    assert not steps_of(record, tmp_path / "work").open


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_one_chapter_alone(small_record, tmp_path, chapter) -> None:
    report = verify(small_record.folder, tmp_path / "work", small_record, chapters=frozenset(chapter))
    assert {code[0] for code in report.counts} == {chapter}
    assert not report.failures


def test_a_simulation_says_so(small_record, tmp_path) -> None:
    report = verify(small_record.folder, tmp_path / "work", chapters=frozenset("L"))
    assert report.simulation


def _values(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and key in a value, but kinds."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key != "kind":
            yield value, key
            yield from _values(item)


def _odd(draw: random.Random, value: Any, others: list[Any]) -> Any:
    """Another value: one from elsewhere, a large one, an empty one, one of another type."""
    if isinstance(value, bool) or value is None:
        return draw.choice([True, "x", 0, {}])
    if isinstance(value, int):
        return draw.choice([0, value + 1, 99, 2**31 - 1, 2**53 - 1, "1"])
    if isinstance(value, str):
        return draw.choice(["x", value[::-1], value[:-1], "9" * len(value), "simulation/9/0", *others])
    return draw.choice([[], {}, value * 2 if isinstance(value, list) else {**value, "more": 1}, *others])


def _hostile(seed: int) -> Any:
    def change(draft: Draft) -> None:
        draw = random.Random(seed)
        for _ in range(4):
            kind = draw.choice(sorted({entry["kind"] for entry in draft.entries} - {"cosigned"}))
            entry = draw.choice(draft.all(kind))
            place, key = draw.choice(list(_values(entry)))
            others = [e[key] for e in draft.entries if isinstance(key, str) and key in e]
            match draw.randrange(5):
                case 0:
                    draft.entries.remove(entry)
                case 1:
                    draft.entries.insert(draw.randrange(len(draft.entries)), copy.deepcopy(entry))
                case 2 if isinstance(entry.get("file"), dict):
                    _hostile_file(draw, draft, entry["file"])
                case _:
                    place[key] = copy.deepcopy(_odd(draw, place[key], others))

    return change


def _hostile_file(draw: random.Random, draft: Draft, ref: dict[str, Any]) -> None:
    try:
        value = json.loads((draft.folder / ref["path"]).read_bytes())
        place, key = draw.choice(list(_values(value)))
    except (OSError, ValueError, KeyError, IndexError):
        return
    place[key] = _odd(draw, place[key], [])
    draft.put(ref, value)


@pytest.mark.parametrize("seed", range(24))
def test_no_record_ends_a_verification(small_record, tmp_path, seed) -> None:
    """Whoever has all keys may write anything: it is found, or it changes nothing."""
    record = forge(small_record, tmp_path / "out", _hostile(seed))
    report = verify(record, tmp_path / "work", small_record)
    assert report.readable
    assert json.dumps(report.as_json())
    if failed(report):
        assert report.exit_code() == 1
    for finding in report.findings:
        if finding.status is Status.NOT_RUN:
            assert finding.reason


@pytest.mark.parametrize("seed", range(12))
def test_no_torn_tree_ends_a_verification(small_record, tmp_path, seed) -> None:
    """Any file of the newest tree, cut, flipped, made longer or gone, is found under a code."""
    record = forge(small_record, tmp_path / "out", lambda draft: None)
    draw, size = random.Random(seed), f"000.p/{len(log_of(record))}"
    path = record / draw.choice(["checkpoint", f"tile/0/{size}", f"tile/entries/{size}"])
    data = bytearray(path.read_bytes())
    match seed % 4:
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(data[: draw.randrange(len(data))])
        case 2:
            path.write_bytes(data + bytes(draw.randrange(1, 300)))
        case _:
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
            path.write_bytes(data)
    report = verify(record, tmp_path / "work", small_record)
    assert failed(report)
    assert report.exit_code() in (1, 2)
