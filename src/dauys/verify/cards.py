"""Cards of a device: the list (C1) and what `close` counts of them (C6). **Source:** spec/cards.md §4–5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dauys._core import CardSet
from dauys.crypto.cards import SCHEMA
from dauys.record.book import Record
from dauys.record.faults import LogError
from dauys.verify.tasks import CardsAt, DeviceTask, Notes

#: Test challenges that observers should make at a device.
TESTS: Final = 5
CLOSE_CHECKS: Final = ("C6.1", "C6.2", "C6.3", "C6.4", "C6.5")


def read_cards(record: Record, task: DeviceTask, notes: Notes) -> CardSet | None:
    """Return the card list of a device, None where there is none that can be read; notes C1."""
    if task.cards is None:
        notes.not_run("no_cards", "C1")
        return None
    try:
        data = record.file(task.cards.file)
    except LogError as error:
        # Whether a committed file is there is L8.6, said of all of them in one place.
        notes.not_run(error.code, "C1")
        return None
    return _parse(data, task, task.cards, notes)


def _parse(data: bytes, task: DeviceTask, at: CardsAt, notes: Notes) -> CardSet | None:
    found = CardSet.read(data)
    rest = data[found[1] :] if found else data[-400:]
    expected = (
        f',"device":"{task.device}","hash":"{at.hash.hex()}","schema":"{SCHEMA}","vote_id":"{task.vote}"}}'
    )
    where = {"logged": at.entry, "file": at.file.path}
    if found is None or rest != expected.encode():
        notes.fail("C1", rest[:200].decode("ascii", "replace"), expected, **where)
        return found[0] if found and found[0].ascends() else None
    cards = found[0]
    if not cards.ascends():
        notes.fail("C1", "out of order", "ascending, none twice", **where)
        # Looking a card up needs the order.
        return None
    listed = (cards.list_hash(task.vote, task.device), len(cards))
    good = listed == (at.hash, at.count)
    found_text = f"{listed[1]} cards, {listed[0].hex()}"
    notes.check("C1", holds=good, found=found_text, expected=f"{at.count} cards, {at.hash.hex()}", **where)
    return cards


@dataclass(slots=True)
class Endings:
    """How sessions of a device ended, counted from its log. `styles`: cast ballots by style id."""

    cast: int = 0
    challenged: int = 0
    tests: int = 0
    failed: int = 0
    abandoned: int = 0
    styles: Mapping[str, int] | None = None

    @property
    def printed(self) -> int:
        """Part 1s of receipts that were printed: one for each session that reached an ending."""
        return self.cast + self.challenged + self.failed + self.tests + self.abandoned


def check_close(
    close: Mapping[str, Any], entry: int, ended: Endings, listed: int | None, notes: Notes
) -> None:
    """Check what `close` says against itself and the log: C6.1 to C6.5. `listed`: cards of the list."""
    counts, cards = close["counts"], close["cards"]
    came = counts["checked_in"] + counts["readmitted"] + counts["tests"]
    names = ("cast", "challenged", "failed", "tests", "abandoned", "empty")
    went = sum(counts[name] for name in names)
    where = {"entry": entry}
    holds = counts["admitted"] == came == went
    found = f"admitted {counts['admitted']}, came {came}, ended {went}"
    notes.check("C6.1", holds=holds, found=found, expected="three equal numbers", field="counts", **where)
    _check_cards(counts, cards, listed, notes, entry)
    _check_counted(close, ended, notes, entry)
    most = max(2, ended.printed // 100)
    notes.check(
        "C6.4", holds=ended.abandoned <= most, found=ended.abandoned, expected=f"at most {most}", **where
    )
    if ended.tests < TESTS:
        notes.look("C6.5", ended.tests, f"at least {TESTS}", **where)
    else:
        notes.passed_one("C6.5")


def _check_cards(
    counts: Mapping[str, int], cards: Mapping[str, int], listed: int | None, notes: Notes, entry: int
) -> None:
    used = sum(counts[name] for name in ("cast", "challenged", "failed", "tests", "abandoned"))
    left = sum(cards[name] for name in ("returned", "spoiled", "unused", "missing"))
    received = cards["received"]
    where = {"entry": entry, "field": "cards"}
    if listed is None:
        notes.not_run("no_cards", "C6.2")
    elif received != listed:
        notes.fail("C6.2", f"received {received}", f"{listed} in the list", **where)
    else:
        found = f"received {received}, used {used}, left {left}"
        notes.check(
            "C6.2", holds=received == used + left, found=found, expected="received = used + left", **where
        )


def _check_counted(close: Mapping[str, Any], ended: Endings, notes: Notes, entry: int) -> None:
    counts = close["counts"]
    expected = {name: getattr(ended, name) for name in ("cast", "challenged", "failed", "tests", "abandoned")}
    said = {name: counts[name] for name in expected}
    holds = said == expected
    wrong = abs(said["cast"] - expected["cast"])
    notes.check("C6.3", holds=holds, found=said, expected=expected, entry=entry, field="counts", votes=wrong)
    styles = {style: count for style, count in close["styles"].items() if count}
    own = {style: count for style, count in (ended.styles or {}).items() if count}
    if styles != own:
        notes.fail("C6.3", styles, own, entry=entry, field="styles")
