"""The secrecy suite in full: a table of figures; exit code 1 where one misses its bar.

python tests/secrecy/full.py [order] [images] [program] [receipts] [vendor] [--stations N] [--voters N]
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "station"))

import vendor
from canary_day import Night, day
from canary_station import CanaryStation, as_json
from order_figures import ALARM, figure
from order_stations import BUILDS as STATIONS
from order_stations import Day, merged, naming, simulate
from program_day import ProgramDay, program_day
from receipt_attacks import Score, attacks, learners
from receipt_world import BUILDS, VOTERS, vote
from test_canaries import BY_CHANCE, leave_a_file, leave_times, own, secret_marks
from test_receipts_prove_nothing import BREAKS

from dauys.crypto.ballots import verify_ballots
from dauys.station.drive.volume import why_not
from dauys.station.keeping import database

SEEDS = (1, 2, 3)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, what came out, what must come out, and whether it did."""

    what: str
    found: str
    bar: str
    good: bool | None


def order(stations: int, _: int) -> Iterator[Row]:
    """Stations as they are, and a tenth as many of each wrong build."""
    for name, build in STATIONS.items():
        honest = name == "as it is"
        with _memory() as folder:
            count = stations if honest else max(3, stations // 10)
            days = [simulate(folder / str(seed), seed, build) for seed in range(count)]
        views = {view: figure(seen) for view, seen in merged(days).items()}
        told = sorted(view for view, one in views.items() if one.tells)
        if honest:
            yield from _honest_order(days, views)
        elif name == "batches of ten":
            found = sum(map(naming, days)) / count
            yield Row(
                f"order, {name}: a ballot is named", f"p = {found:.3f}", "caught: p > 0.02", found > 0.02
            )
        else:
            yield Row(f"order, {name}", f"told by {', '.join(told)}", "caught", bool(told))


def _honest_order(days: Sequence[Day], views) -> Iterator[Row]:
    ballots = sum(len(one.casts) for one in days)
    z = max(abs(one.z) for one in views.values())
    steps = max(abs(one.steps) for one in views.values())
    yield Row(
        f"order given the batch: {len(views)} views, {len(days)} stations, {ballots:,} ballots",
        f"largest |z| {z:.2f} of rank, {steps:.2f} of steps",
        f"|z| < {ALARM:.0f}",
        max(z, steps) < ALARM,
    )
    entries = views["log: order of entries"]
    yield Row("  of entries in the log", f"ρ = {entries.rho:+.4f}, z = {entries.z:+.2f}", "", None)
    smallest = min(len(batch) for one in days for batch in one.batches)
    yield Row("  smallest batch", str(smallest), "≥ 32", smallest >= 32)
    found = max(map(naming, days))
    mean = sum(map(naming, days)) / len(days)
    yield Row(
        "  a ballot is named by the clock", f"p = {mean:.4f}, at most {found:.4f}", "≤ 0.02", found <= 0.02
    )


def images(*_: int) -> Iterator[Row]:
    """Raw images of both media; needs root."""
    if (why := why_not()) is not None:
        yield Row("raw images", f"not run: {why}", "run", False)
        return
    with _memory() as folder:
        night = day(folder / "right")
        yield from _secrets(night)
        yield from _times(night, "raw images")
        washed = day(folder / "washed", washed=True, most=1)
        yield Row(
            "  after the file systems' journals were written over",
            f"{washed.told_times(washed.after)} of {len(washed.station.calls)} decisions told to the moment",
            "0",
            washed.told_times(washed.after) == 0,
        )
        yield from _wrong_images(folder / "wrong")


def _secrets(night: Night) -> Iterator[Row]:
    size = sum(one.size for one in (*night.before, *night.after)) / 1e6
    yield Row("raw images: bytes that are not zero", f"{size:.1f} MB in four images", "", None)
    for what, marks in secret_marks(night.station).items():
        hits = [len(night.search(one, marks)) for one in (night.before, night.after)]
        found = f"{hits[0]} before, {hits[1]} after close, of {len(marks):,} marks"
        yield Row(f"  {what}", found, "0, 0", hits == [0, 0])
    station = night.station
    marks = station.choices("challenge") + station.card_marks("challenge")
    before, after = (night.search(one, marks) for one in (night.before, night.after))
    forms = sorted({one.mark.name for one in after})
    yield Row(
        "  challenges",
        f"{len(before)} before; after as the log has them: {', '.join(forms)}",
        "0",
        not before,
    )
    hits = [len(night.search(one, night.sealed_pages)) for one in (night.before, night.after)]
    found = f"{hits[0]} before, {hits[1]} after, of {len(night.sealed_pages):,} pieces"
    yield Row("  encrypted files, overwritten", found, "0 after", hits[1] == 0 < hits[0])


def _times(night: Night, what: str) -> Iterator[Row]:
    for name, taken in (("before", night.before), ("after", night.after)):
        told = night.moments(taken)
        long, short = (len(own(told, short=one)) for one in (False, True))
        areas = Counter(one.area for one in told if one.area != "data")
        found = f"{long} written by programs, {short} by chance; by the file system {sum(areas.values()):,}"
        yield Row(
            f"{what}: times of the day, {name} close", found, "0 by programs", not long and short < BY_CHANCE
        )
    found = f"{night.told_times(night.after)} of {len(night.station.calls)} decisions told to the moment"
    yield Row("  old inodes in the file systems' journals", found, "stated, see the wash", None)


def _wrong_images(folder: Path) -> Iterator[Row]:
    keep, database._keep_log = database._keep_log, lambda _: None

    def plant(station: CanaryStation) -> None:
        leave_a_file(station)
        leave_times(station)

    try:
        wrong = day(folder, plant=plant, most=1)
    finally:
        database._keep_log = keep
    hits = len(wrong.search(wrong.after, wrong.station.choices("cast")))
    told = f"{len(as_json(wrong.station.told[0]))} bytes of JSON, removed"
    yield Row(f"images, a choice in a removed file ({told})", f"{hits} forms found", "caught", hits > 0)
    logs = [one for one in wrong.search(wrong.after, wrong.sealed_pages) if one.mark.kind == "journal.db-wal"]
    yield Row("images, write-ahead logs removed at close", f"{len(logs)} frames found", "caught", bool(logs))
    times = own(wrong.moments(wrong.after), short=False)
    yield Row("images, times kept beside ballots", f"{len(times)} found", "caught", bool(times))


def program(*_: int) -> Iterator[Row]:
    """Whole days of the real program, one with a cut of the power, one that is built wrong; needs root."""
    if (why := why_not()) is not None:
        yield Row("the real program", f"not run: {why}", "run", False)
        return
    for name, more in DAYS.items():
        with _memory() as folder:
            day = program_day(folder / "day", **more)
            yield from _program(f"the program{name}", day, "plant" in more)


#: What is different about each day of the real program.
DAYS: dict[str, dict[str, int]] = {
    "": {},
    ", power cut": {"cut_after": 30},
    ", asked and logged": {"plant": True},
}


def _program(what: str, day: ProgramDay, planted: bool) -> Iterator[Row]:
    for name, some in day.secret.items():
        hits = [len(day.search(one, some)) for one in (day.before, day.after)]
        found = f"{hits[0]} before, {hits[1]} after close, of {len(some):,} marks"
        yield Row(f"{what}, {day.casts} cast: {name}", found, "0, 0", hits == [0, 0])
    before, after = (day.search(one, day.cards) for one in (day.before, day.after))
    public = {one.mark.kind for one in after} == day.opened and {one.mark.name for one in after} == {"hex"}
    found = (
        f"{len(before)} before; after those of {len(day.opened)} challenges, and {len(after)} marks in all"
    )
    yield _wanted(f"{what}: cards", found, not before and public, planted)
    times = [len(day.moments(one)) for one in (day.before, day.after)]
    found = f"{times[0]} before, {times[1]} after close"
    yield _wanted(f"{what}: times at which people voted", found, times == [0, 0], planted)


def _wanted(what: str, found: str, good: bool, planted: bool) -> Row:
    """A row that must be good, or, where something was planted, must not."""
    return Row(what, found, "caught" if planted else "none", good is not planted)


def receipts(_: int, voters: int) -> Iterator[Row]:
    """Ten thousand voters, every attack; and each wrong build, three times."""
    count = -(-voters // VOTERS)
    honest = vote(BUILDS["as it is"], count)
    for name, score in (attacks(honest, BUILDS["as it is"]) | learners(honest)).items():
        yield Row(f"receipts of {score.guesses:,}: {name}", _rate(score), f"{score.base} inside", score.holds)
    for name, breaks in BREAKS.items():
        found = []
        for seed in SEEDS:
            world = vote(BUILDS[name], min(count, 20), seed)
            learned = breaks.startswith("learned")
            found.append((learners(world, 30) if learned else attacks(world, BUILDS[name]))[breaks])
        rates = ", ".join(f"{one.rate:.3f}" for one in found)
        yield Row(
            f"receipts, {name}: {breaks}",
            f"{rates} ({found[0].base})",
            "caught",
            all(o.proves for o in found),
        )


def reads(*_: int) -> Iterator[Row]:
    """The vendor, with and without cards."""
    world = vote(BUILDS["as it is"], 2, seed=3)
    some = world.voters[:100]
    read = sum(vendor.vendor_of(one.station).read(one.ballot) is not None for one in some)
    yield Row(f"vendor, all keys, no cards: {len(some)} ballots", f"{read} read", "0", read == 0)
    score = vendor.without_cards(some)
    yield Row("  and guesses", _rate(score), f"{score.base} inside", score.holds)
    tries = 1_000_000
    found = vendor.searched(world, tries)
    yield Row(f"  cards found in {tries:,} random secrets", str(found), "0", found == 0)
    score = vendor.with_cards(world.voters)
    yield Row(
        f"vendor, with the cards: {score.guesses} ballots",
        f"{score.rate:.1%} read",
        "caught: 100 %",
        score.rate == 1,
    )
    sold = [dataclasses.replace(one, ballot=vendor.sold(one)) for one in some[:25]]
    faults = verify_ballots(vendor.election(), "dev-0", [one.ballot for one in sold]).faults
    score = vendor.without_cards(sold)
    found = f"{len(faults)} faults in verification, {score.rate:.0%} read"
    yield Row("vendor, a seed that lacks the covered secret", found, "caught: 100 %", score.rate == 1)


PARTS: dict[str, Callable[[int, int], Iterator[Row]]] = {
    "order": order,
    "images": images,
    "program": program,
    "receipts": receipts,
    "vendor": reads,
}


def _rate(score: Score) -> str:
    low, high = score.interval
    return f"{score.rate:.4f} [{low:.4f}, {high:.4f}]"


def _memory() -> tempfile.TemporaryDirectory:
    shared = Path("/dev/shm")
    return _Folder(dir=shared if shared.is_dir() else None)


class _Folder(tempfile.TemporaryDirectory):
    def __enter__(self) -> Path:
        return Path(super().__enter__())


def main(arguments: Sequence[str]) -> int:
    """Run the parts that are named, or all, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--stations", type=int, default=200)
    parser.add_argument("--voters", type=int, default=10_000)
    told = parser.parse_args(arguments)
    missed = 0
    for part in told.parts or PARTS:
        for row in PARTS[part](told.stations, told.voters):
            verdict = {True: "good", False: "MISSED", None: ""}[row.good]
            missed += row.good is False
            print(" | ".join((row.what, row.found, row.bar, verdict)), flush=True)
    print(f"{missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
