"""All devices of a record together: outcomes, uniqueness over each vote, exclusions taken off the sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from dauys import _core
from dauys.crypto.ballots import BallotElection, SumTuple
from dauys.record.book import Record
from dauys.record.faults import LogError
from dauys.record.reader import LogReader
from dauys.record.tiles import WIDTH
from dauys.verify.cards import read_cards
from dauys.verify.contents import BLOCK, Hooks
from dauys.verify.counted import COUNTED_WIDTH, Counted, CountedFile, DeviceCount
from dauys.verify.tasks import SHOWN, DeviceTask, Notes, Outcome, Remark
from dauys.verify.uniqueness import (
    CARD_WIDTH,
    POINT_WIDTH,
    CardClash,
    NameClash,
    PointClash,
    Records,
    Spot,
    judge_cards,
    judge_points,
)
from dauys.verify.workers import Workers, parcels_of, size_of

#: Places that a finding over the whole vote names.
SHOWN_SPOTS: Final = 4

Clash = CardClash | NameClash | PointClash


@dataclass(slots=True)
class Gathering:
    """What came of all devices so far."""

    tasks: Sequence[DeviceTask]
    elections: Mapping[str, BallotElection | None]
    folder: Path
    file: CountedFile
    passed: dict[str, int] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    cards: dict[str, Records] = field(default_factory=dict)
    points: dict[str, Records] = field(default_factory=dict)
    sums: dict[int, dict[int, SumTuple]] = field(default_factory=dict)
    excluded: dict[int, dict[int, str]] = field(default_factory=dict)
    #: Findings over the whole vote, each with the number of the device that it is about, if one.
    found: list[tuple[str, int | None, Remark]] = field(default_factory=list)

    def take(self, outcome: Outcome) -> None:
        """Take the outcome of a device; its blocks go to disk."""
        task = self.tasks[outcome.number]
        contents = outcome.contents
        for passed in (outcome.passed, contents.passed if contents else {}):
            for code, count in passed.items():
                self.passed[code] = self.passed.get(code, 0) + count
        if contents is not None:
            cards = self._records(self.cards, "cards", CARD_WIDTH, task.vote)
            points = self._records(self.points, "points", POINT_WIDTH, task.vote)
            for block in contents.cards:
                cards.add(block)
            for block in contents.points:
                points.add(block)
            if outcome.counts:
                self.file.add(task.number, contents.counted)
                self.sums[task.number] = dict(contents.sums)
            self.excluded[task.number] = dict(contents.excluded)
            contents = replace(contents, cards=(), points=(), counted=())
        self.outcomes[task.number] = replace(outcome, contents=contents)

    def _records(self, kept: dict[str, Records], name: str, width: int, vote: str) -> Records:
        if vote not in kept:
            kept[vote] = Records(width, self.folder, f"{name}-{len(kept)}")
        return kept[vote]

    def fail(self, code: str, found: str, expected: str, spot: Spot, votes: int) -> None:
        """Note something that does not hold over the whole vote, at the first place that it is about."""
        task = self.tasks[spot.device]
        remark = Remark("failed", code, found[:200], expected, entry=spot.index, votes=votes)
        self.found.append((task.vote, spot.device, remark))

    def judge_vote(self, vote: str, waves: Mapping[int, int], *, whole: bool) -> dict[int, set[int]]:
        """Look at what must be unique in a vote; return the ballots that do not count, by device.

        Of a vote that is not there as a whole only the cards of each device can be looked at.
        """
        out: dict[int, set[int]] = {}
        copies = self._judge_cards(vote, out, whole=whole)
        missing = self._missing(vote) if whole else "station"
        if missing:
            for code in ("C4", "C5"):
                self.found.append((vote, None, Remark("not_run", code, reason=missing)))
        if not whole:
            return out
        found = 0
        for clash in judge_points(self._records(self.points, "points", POINT_WIDTH, vote), waves, copies):
            found += 1
            self._exclude("C4", clash.excluded, out)
            named = ", ".join(map(self._named, clash.spots[:SHOWN_SPOTS]))
            self._fail_some("C4", found, f"R {clash.point.hex()[:16]}…: {named}", "once", clash)
        if not found and not missing:
            self.passed["C4"] = self.passed.get("C4", 0) + 1
        return out

    def _missing(self, vote: str) -> str | None:
        """Return why uniqueness over a vote cannot be passed: the log of a device was not read."""
        for task in self.tasks:
            if task.vote == vote and not task.left_out and self.outcomes[task.number].contents is None:
                return "no_seal" if task.seal is None else "L9.3"
        return None

    def _judge_cards(self, vote: str, out: dict[int, set[int]], *, whole: bool) -> set[tuple[int, int]]:
        """Look at cards and their names (C3, C5); return byte-identical repeats."""
        copies: set[tuple[int, int]] = set()
        found = {"C3": 0, "C5": 0}
        for clash in judge_cards(self._records(self.cards, "cards", CARD_WIDTH, vote)):
            code = "C5" if isinstance(clash, NameClash) else "C3"
            if code == "C5" and not whole:
                continue
            found[code] += 1
            named = ", ".join(map(self._named, clash.spots[:SHOWN_SPOTS]))
            self._fail_some(code, found[code], f"card {_core.card_name(clash.s1)}: {named}", "once", clash)
            if isinstance(clash, CardClash):
                self._exclude("C3", (*clash.excluded, *clash.copies), out)
                copies.update((spot.device, spot.index) for spot in clash.copies)
        for code, count in found.items():
            if not count and (code == "C3" or (whole and not self._missing(vote))):
                self.passed[code] = self.passed.get(code, 0) + 1
        return copies

    def _fail_some(self, code: str, place: int, found: str, expected: str, clash: Clash) -> None:
        """Note a clash as one of the first of its code; of more the last one keeps the number."""
        votes = len(clash.excluded) if not isinstance(clash, NameClash) else 0
        if isinstance(clash, CardClash):
            votes += len(clash.copies)
        if place <= SHOWN:
            self.fail(code, found, expected, clash.spots[0], votes)
            return
        for at in range(len(self.found) - 1, -1, -1):
            vote, number, remark = self.found[at]
            if remark.code == code:
                more = replace(remark, more=remark.more + 1, votes=(remark.votes or 0) + votes)
                self.found[at] = (vote, number, more)
                return

    def _named(self, spot: Spot) -> str:
        return f"{self.tasks[spot.device].device} {spot.kind.name.lower()} {spot.index}"

    def _exclude(self, code: str, spots: Iterable[Spot], out: dict[int, set[int]]) -> None:
        for spot in spots:
            self.excluded.setdefault(spot.device, {}).setdefault(spot.index, code)
            out.setdefault(spot.device, set()).add(spot.index)

    def take_off(self, record: Record, number: int, indexes: set[int]) -> None:
        """Take ballots that do not count off the sums and hashes of their device."""
        if number not in self.sums:
            return
        task, outcome = self.tasks[number], self.outcomes[number]
        election = self.elections[task.vote]
        if election is None or outcome.size is None or outcome.root is None:
            return
        try:
            log = LogReader(record.device(task.vote, task.device), outcome.size, outcome.root)
            cards = read_cards(record, task, Notes())
            for ballots, places in _ballots_at(log, sorted(indexes)):
                found = _core.examine_ballots(
                    election.core, (task.vote, task.device), cards, ballots, number, places
                )
                own = self.sums[number]
                for place, part in enumerate(found.sums):
                    if part[0]:
                        own[place] = _core.subtract_sums([own[place]], [part])[0]
                width = COUNTED_WIDTH
                blocks = range(0, len(found.counted), width)
                self.file.drop(number, [found.counted[at : at + width] for at in blocks])
        except LogError as error:
            # Read a moment ago, and now it is another: then nothing of it counts.
            del self.sums[number]
            self.outcomes[number] = replace(outcome, counts=False)
            remark = Remark("failed", error.code, str(error.problem.found), str(error.problem.expected))
            self.found.append((task.vote, number, remark))

    def counted(self, *, whole: bool) -> Counted:
        """Return what was found, after everything was taken and judged."""
        devices = {}
        for task in self.tasks:
            outcome = self.outcomes[task.number]
            devices[task.vote, task.device] = _device(task, outcome, self.excluded.get(task.number, {}))
        return Counted(devices, self.elections, self.sums, self.file, whole)


def _device(task: DeviceTask, outcome: Outcome, excluded: Mapping[int, str]) -> DeviceCount:
    contents = outcome.contents
    return DeviceCount(
        number=task.number,
        vote=task.vote,
        device=task.device,
        station=task.station,
        sealed=outcome.sealed,
        counts=outcome.counts,
        size=outcome.size,
        root=outcome.root,
        ballots=contents.ballots if contents else 0,
        open=contents.open if contents else None,
        close=contents.close if contents else None,
        outsiders=outcome.outsiders,
        excluded=excluded,
    )


def _ballots_at(log: LogReader, indexes: Sequence[int]) -> Iterator[tuple[list[bytes], list[int]]]:
    """Yield the entries at these places in blocks; each bundle is read once."""
    ballots: list[bytes] = []
    places: list[int] = []
    bundle, at = (), -1  # type: tuple[bytes, ...], int
    for index in indexes:
        if index // WIDTH != at:
            at = index // WIDTH
            bundle = log.bundle(at)
        ballots.append(bundle[index % WIDTH])
        places.append(index)
        if len(ballots) >= BLOCK:
            yield ballots, places
            ballots, places = [], []
    if ballots:
        yield ballots, places


def judge(
    record: Record,
    tasks: Sequence[DeviceTask],
    elections: Mapping[str, BallotElection | None],
    waves: Mapping[int, int],
    *,
    workers: Workers,
    folder: Path,
    hooks: Hooks,
    whole: bool = True,
) -> tuple[Gathering, Counted]:
    """Return what the logs of all devices hold. `folder` is empty, and what is put there may go afterwards.

    `waves`: the wave that names a device, by its number. `whole`: the tasks are all devices of the record.
    Raises Stopped, WorkerError.
    """
    gathering = Gathering(tasks, elections, folder, CountedFile(folder))
    largest = sorted(tasks, key=lambda task: -size_of(task))
    for outcomes in workers.run(parcels_of(largest, size_of), hooks):
        for outcome in outcomes:
            gathering.take(outcome)
    for vote in dict.fromkeys(task.vote for task in tasks):
        for number, indexes in sorted(gathering.judge_vote(vote, waves, whole=whole).items()):
            gathering.take_off(record, number, indexes)
    return gathering, gathering.counted(whole=whole)
