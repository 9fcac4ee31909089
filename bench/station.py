"""How long people wait at a station: two desks, four booths, real pages, both media forced to a real disk.

    python bench/station.py [--minutes 15] [--people 60] [--folder DIR] [--json]

60 check-ins a minute, half of them electronic. Measured from the client: the mark at the desk; from *all
correct* until the page says that part 1 is printed; from *cast* until it says that part 2 is. The printers
are simulated ones that draw what they got into files, in the station's process. Bars: p99 of a check-in
300 ms, of each part 1.5 s. The station is the one with most electronic ballots of examples/majilis-2004; its
two media are two folders of DIR, which should be on a real disk.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path

from dauys.formats.election_file import find_election
from dauys.simulate.kits import write_kits
from dauys.simulate.record import simulate_record
from dauys.simulate.scene import scene_of_folder
from dauys.station.drive.day import StationDay
from dauys.station.drive.laptop import Laptop
from dauys.station.drive.load import Load, Measured, Pace, crowd, quantile
from dauys.verify.kit import read_kit

EXAMPLE = Path(__file__).parents[1] / "examples" / "majilis-2004"
SEED = 2004
DESKS, BOOTHS = 2, 4
BARS = {"check_ins": 0.3, "part1": 1.5, "part2": 1.5}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=Path("target/bench-station"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    laptop, day = _station(given.folder)
    try:
        day.morning()
        laptop.at((day.kit.opens + timedelta(hours=1)).isoformat())
        told = laptop.start()
        pace = Pace(given.people, given.minutes)
        people = list(crowd(day.kit, pace, 1, SEED))
        codes = told["codes"]
        load = Load(told["url"], codes["desk"][:DESKS], codes["booth"], day.cards, _tell)
        measured = load.run(people, pace)
        laptop.stop()
    finally:
        laptop.leave()
    figures = _figures(measured)
    print(json.dumps(figures) if given.json else _text(figures))
    return int(any(figures[f"{name}_p99"] > bar for name, bar in BARS.items()))


def _station(folder: Path) -> tuple[Laptop, StationDay]:
    scene = scene_of_folder(EXAMPLE, find_election(EXAMPLE), 8, 30)
    print("making a record", file=sys.stderr)
    simulate_record(folder / "record", scene, SEED)
    station = max(scene.stations(1), key=lambda one: scene.ballots[one.id, 1])
    (files,) = write_kits(folder / "record", scene, SEED, [station.id])
    kit = read_kit(files.kit, files.commission_key)
    printers = [f"folder:{folder / 'papers' / str(number)}" for number in range(BOOTHS)]
    laptop = Laptop.make(folder / "laptop", files.device, files.kit, printers, cuttable=False)
    laptop.install((kit.opens - timedelta(days=2)).isoformat())
    cards = files.cards.read_text(encoding="utf-8").split()
    return laptop, StationDay(laptop, kit, cards, lambda what, _: print(what, file=sys.stderr), SEED)


def _tell(done: int) -> None:
    if done % 60 == 0:
        print(f"{done} checked in", file=sys.stderr)


def _figures(measured: Measured) -> dict[str, float]:
    found: dict[str, float] = {"seconds": measured.seconds, "people": len(measured.check_ins)}
    for name in ("late", "check_ins", "part1", "part2"):
        values = getattr(measured, name)
        found |= {f"{name}_median": quantile(values, 0.5), f"{name}_p99": quantile(values, 0.99)}
    found["ballots"] = len(measured.part2)
    return found


def _text(figures: dict[str, float]) -> str:
    lines = [
        f"{figures['people']:.0f} people, {figures['ballots']:.0f} ballots in {figures['seconds']:.0f} s"
    ]
    for name in ("late", "check_ins", "part1", "part2"):
        half, most = (1000 * figures[f"{name}_{which}"] for which in ("median", "p99"))
        bar = f", bar {1000 * BARS[name]:.0f}" if name in BARS else ""
        lines.append(f"{name}: median {half:.0f} ms, p99 {most:.0f} ms{bar}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
