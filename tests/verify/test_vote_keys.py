"""Keys of a vote, and what was public when: each check fails where what it looks at is another (K, N6.1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from forged_records import Draft, Value, failed, forge, verify

from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.verify.keys import TRANSCRIPT_CHECKS
from dauys.verify.report import Status

Change = Callable[[Draft], object]


def _root(change: Callable[[Value], object]) -> Change:
    """Change `root.json`, and say the root that its bytes now have."""

    def apply(draft: Draft) -> None:
        entry = draft.one("root")
        draft.change_file(entry["file"], change)
        entry["root"] = framed_hash("root", canonical(draft.json(entry["file"]))).hex()

    return apply


def _keys(change: Callable[[Value], object]) -> Change:
    return lambda draft: draft.change_file(draft.entries[0]["keys"], change)


def _transcript(change: Callable[[Value], object]) -> Change:
    return lambda draft: draft.change_file(draft.one("ceremony")["transcript"], change)


KEYS: dict[str, tuple[Change, str]] = {
    "no ceremony": (lambda d: d.entries.remove(d.one("ceremony")), "K10.1"),
    "another transcript hash": (lambda d: d.one("ceremony").update(hash="0" * 128), "K10.1"),
    "the transcript of another vote": (
        lambda d: d.one("ceremony").update(transcript=d.all("ceremony")[1]["transcript"]),
        "K10.1",
    ),
    "no JSON": (lambda d: d.put(d.one("ceremony")["transcript"], b"{"), "K1.1"),
    "another form": (_transcript(lambda v: v.pop("plan")), "K1.2"),
    "attempt 0": (_transcript(lambda v: v.update(attempt=0)), "K1.4"),
    "a trustee left out": (_transcript(lambda v: v["members"].pop()), "K2.3"),
    "a signature left out": (_transcript(lambda v: v["signatures"].pop()), "K8.3"),
    "a commitment left out": (_transcript(lambda v: v["commits"].pop()), "K4.2"),
    "another trustee": (_keys(lambda v: v["trustees"][0].update(key="58" + "66" * 31)), "K2.4"),
    "a trustee more": (
        _keys(lambda v: v["trustees"].append({**v["trustees"][0], "number": 9})),
        "K10.3",
    ),
    "no root": (lambda d: d.entries.remove(d.one("root")), "K10.2"),
    "another root": (lambda d: d.one("root").update(root="0" * 128), "K10.2"),
    "another definition": (_root(lambda v: v.update(definition="0" * 128)), "K10.2"),
    "another key in the root": (_root(lambda v: v["keys"].reverse()), "T6.2"),
    "a root of another form": (_root(lambda v: v.pop("keys")), "L8.8"),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_that_are_others_fail(small_record, tmp_path, name) -> None:
    change, code = KEYS[name]
    report = verify(forge(small_record, tmp_path / "out", change), tmp_path / "work", small_record)
    found = failed(report)
    if code == "K10.3":
        # The number of keys is not that of the trustees: nothing else can hold either.
        assert found & {"K10.3", "K2.4", "K2.3"}
    else:
        assert code in found
    if not code.startswith("L"):
        # What the ceremony should have given is not there: no ballot passes.
        assert report.counts["K10.4"].not_run


def test_a_ceremony_that_fails_passes_no_check_of_a_transcript(small_record, tmp_path) -> None:
    def change(draft: Draft) -> None:
        for entry in draft.all("ceremony"):
            draft.change_file(entry["transcript"], lambda value: value["signatures"].pop())

    report = verify(forge(small_record, tmp_path / "out", change), tmp_path / "work", small_record)
    assert not any(report.counts[code].passed for code in TRANSCRIPT_CHECKS if code in report.counts)
    assert report.counts["K10.3"].verdict is Status.NOT_RUN


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v["styles"][0].update(contests=v["styles"][0]["contests"][:1]),
        lambda v: v["styles"][0].update(id="zz"),
    ],
)
def test_styles_are_those_of_the_definition(small_record, tmp_path, change) -> None:
    report = verify(forge(small_record, tmp_path / "out", _root(change)), tmp_path / "work", small_record)
    assert "K10.4" in failed(report)


def _late(kind: str) -> Change:
    """Cosignatures before the day are taken out, so that only those after it show anything."""

    def change(draft: Draft) -> None:
        first = draft.at(draft.one(kind))
        draft.entries = [
            entry for index, entry in enumerate(draft.entries) if entry["kind"] != "cosigned" or index < first
        ]

    return change


@pytest.mark.parametrize("kind", ["installation", "cards", "register"])
def test_what_was_shown_after_the_day_was_not_published_in_time(small_record, tmp_path, kind) -> None:
    report = verify(forge(small_record, tmp_path / "out", _late(kind)), tmp_path / "work", small_record)
    assert failed(report) == {"N6.1"}
