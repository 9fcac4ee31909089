"""A simulated election in which one station is the real program: from its kit to a record that verifies."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest
from kit_station import DEVICE, PEOPLE, STATION, VOTE, Laptop, Made, vote

from dauys.record.book import open_record
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.note import parse_note
from dauys.record.policy import parse_policy
from dauys.record.reader import LogReader
from dauys.simulate.fewer import with_fewer_ballots
from dauys.simulate.live import LiveDay
from dauys.simulate.record import simulate_record
from dauys.simulate.scene import scene_of_seed
from dauys.station.day.people import decision
from dauys.station.keeping.closing import CardCount
from dauys.verify.options import Options, Silent
from dauys.verify.report import Status
from dauys.verify.run import verify_record
from dauys.verify.workers import ThreadWorkers

SEED = 5
BALLOTS = 34


@dataclass
class RealStation:
    """One live station: set up from its kit, a day with a restart, readings, challenges, sealed."""

    folder: Path
    cards: list[str] = field(default_factory=list)
    laptop: Laptop | None = None
    stations: frozenset[str] = frozenset({STATION})

    def install(self, station: str, kit: Path, cards: Sequence[str]) -> dict[str, str]:
        assert station == STATION
        self.cards = list(cards)
        random.Random(SEED).shuffle(self.cards)
        self.folder.mkdir()
        self.laptop = Laptop(Made(self.folder, None, kit, None, tuple(cards)), self.folder)
        return self.laptop.install().fields

    def day(self, station: str, rows: Sequence[bytes]) -> LiveDay:
        laptop = self.laptop
        half, log = len(rows) // 2, laptop.media.second / "log"
        with laptop.open() as one:
            laptop.begin(one)
            shown = [("open", (log / "checkpoint").read_bytes())]
            self._vote(one, rows[:half], voters=range(1, half + 1))
            laptop.at("12:00")
            one.read()
            shown.append(("reading", (log / "checkpoint").read_bytes()))
        laptop.at("12:40")
        with laptop.open() as one:
            self._vote(one, rows[half:], voters=range(half + 1, len(rows) + 1))
            one.desk.readmit("1", PEOPLE[0])
            vote(one, self.cards.pop(), chosen(one.kit, rows[0]), "challenge")
            self._close(one, len(rows) + 1)
        return LiveDay(log, tuple(shown))

    def _close(self, one, used: int) -> None:
        self.laptop.at("20:05")
        one.day.close_polls(PEOPLE, one.booths)
        one.seal(CardCount(used + len(self.cards), 0, 0, len(self.cards), 0))

    def _vote(self, one, rows, voters) -> None:
        for number, row in zip(voters, rows, strict=True):
            one.desk.mark(str(number), "electronic")
            vote(one, self.cards.pop(), chosen(one.kit, row))


class Apart(RealStation):
    """One whose numbers do not add up: a test that was open when paper went on, and a card that is gone."""

    def _close(self, one, used: int) -> None:
        two = decision(PEOPLE, "nobody knows why")
        one.desk.test("Observer")
        one.day.incident("paper", two)
        self.laptop.at("20:05")
        one.day.close_polls(PEOPLE, one.booths, None, one.desk.count(), accepted=two)
        one.seal(CardCount(used + len(self.cards), 0, 0, len(self.cards) - 1, 0), accepted=two)


def chosen(kit, row: bytes) -> list[list[int]]:
    """A row of choices as a booth takes it: of each contest the places that are chosen."""
    found, at = [], 0
    for options in kit.options.values():
        found.append([place for place in range(len(options)) if row[at + place]])
        at += len(options)
    return found


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("live-day")
    scene = with_fewer_ballots(scene_of_seed(2, 40, SEED), {STATION: BALLOTS}, SEED)
    live = RealStation(folder / "laptop")
    return simulate_record(folder / "out", scene, SEED, live=live), live


def report_of(made, work):
    work.mkdir()
    here = patch("dauys.verify.run.local_workers", lambda *_: nullcontext(ThreadWorkers(1)))
    with open_record(str(made.record)) as record, here:
        policy = parse_policy(made.policy.read_bytes())
        return verify_record(record, Options(bytes(32), work, policy=policy), Silent()).report


def test_a_record_with_a_real_station_verifies(played, tmp_path):
    report = report_of(played[0], tmp_path / "work")
    assert [finding for finding in report.findings if finding.status is Status.FAILED] == []
    for code in ("S1.1", "S1.2", "T7.4", "T7.5", "P3.3", "C2", "C6.1", "C6.2", "B12", "B13", "L9.8", "L9.4"):
        assert report.counts[code].passed > 0, code


def test_what_the_station_showed_through_the_day_stands_in_the_record(played):
    made, _ = played
    with open_record(str(made.record)) as record:
        shown = parse_checkpoint(parse_note(record.checkpoint()).text)
        entries = [data for _, data in LogReader(record.source, shown.size, shown.root).entries()]
    own = [e for e in map(json.loads, entries) if e["kind"] == "checkpoint" and e["device"] == DEVICE]
    sizes = [(e["what"], int(e["note"].split("\n")[1])) for e in own if e["vote"] == VOTE]
    assert sizes == [("open", 1), ("reading", 1), ("seal", 1 + BALLOTS + 1 + 1 + 1)]


def test_nothing_secret_of_the_station_stands_in_the_record(played):
    made, live = played
    public = b"".join(path.read_bytes() for path in made.record.rglob("*") if path.is_file())
    assert live.laptop.installed.password.encode() not in public
    assert (live.laptop.stick / "dauys-key").read_bytes().strip() not in public
    voters = (made.record.parent / "private" / STATION / "voters.csv").read_text().splitlines()
    assert all(line.split(",")[1].encode() not in public for line in voters[1:20])
    assert f"{VOTE}/device/{DEVICE}".encode() in public


def test_a_station_whose_numbers_do_not_add_up_is_found_and_its_ballots_count(played, tmp_path):
    scene = with_fewer_ballots(scene_of_seed(2, 40, SEED), {STATION: BALLOTS}, SEED)
    made = simulate_record(tmp_path / "out", scene, SEED, live=Apart(tmp_path / "laptop"))
    report, whole = report_of(made, tmp_path / "work"), report_of(played[0], tmp_path / "whole")
    failed = [finding for finding in report.findings if finding.status is Status.FAILED]
    found = {(one.code, one.where.device, one.found) for one in failed}
    assert found == {
        ("C6.1", DEVICE, "admitted 36, came 35, ended 35"),
        ("C6.2", DEVICE, "received 124, used 35, left 88"),
    }
    assert all(one.seats is not None and one.run_offs is not None for one in failed)
    for code in ("S1.1", "S1.2", "T7.4", "T7.5", "P3.4", "C2", "R1.1", "L9.3", "L9.4"):
        assert report.counts[code].passed == whole.counts[code].passed > 0, code
