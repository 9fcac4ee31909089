"""Encrypted ballots beside their peers, on the same ballot and the same processor core, in one run.

    bench/peers/run.sh [--json] [--rounds N]

Every round times Dauys, ElectionGuard-python and Belenios one after another, all held on one core; figures
and ratios are medians over the rounds. Within a round a peer counts with the processor time of its fastest
ballot, Dauys with the median of nine runs by the clock, so that a busy machine favours the peers. The ballot
is 13 choose 1 and 9 choose 1 everywhere. A peer that is not installed is told as *not run*.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BAR = 2000
"""How many times faster than ElectionGuard-python verification has to be."""


@dataclass(frozen=True)
class Cost:
    """What one ballot costs: seconds on one core, and bytes as it is published."""

    encrypt: float
    verify: float
    bytes: int


def told_by(command: list[str]) -> dict[str, object]:
    """The JSON that a program prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def dauys() -> Cost:
    """Dauys on the cores that this process may use."""
    told = told_by([str(ROOT / ".venv/bin/dauys"), "bench", "ballots", "--seconds", "1", "--json"])
    cores = told["cores"]
    return Cost(cores / told["encrypt_per_second"], cores / told["verify_per_second"], told["ballot_bytes"])


def electionguard() -> Cost:
    """ElectionGuard-python 1.4.0, in its environment."""
    told = told_by([str(ROOT / ".venv-peers/bin/python"), str(HERE / "electionguard_ballots.py"), "3"])
    return fastest(told)


def belenios() -> Cost:
    """The program `belenios-tool` with its 2048-bit group, as Debian ships it."""
    return fastest(told_by([sys.executable, str(HERE / "belenios_ballots.py"), "8"]))


def fastest(told: dict[str, object]) -> Cost:
    """The fastest ballot that a peer measured."""
    return Cost(min(told["encrypt_seconds"]), min(told["verify_seconds"]), told["ballot_bytes"])


@contextmanager
def on_one_core() -> Iterator[None]:
    """Hold this process, and all that it starts, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def peers() -> dict[str, Callable[[], Cost]]:
    """What can be run here."""
    found = {"dauys": dauys, "electionguard": electionguard}
    if shutil.which("belenios-tool"):
        found["belenios"] = belenios
    return found


def middle_of(costs: list[Cost]) -> Cost:
    """The medians over the rounds."""
    rows = zip(*((cost.encrypt, cost.verify, cost.bytes) for cost in costs), strict=True)
    return Cost(*(statistics.median(row) for row in rows))


def ratio_of(ours: list[Cost], theirs: list[Cost], what: str) -> float:
    """How many times as much a peer takes, the median over the rounds."""
    pairs = zip(ours, theirs, strict=True)
    return statistics.median(getattr(their, what) / getattr(our, what) for our, their in pairs)


def report(rounds: dict[str, list[Cost]], machine: Cost) -> dict[str, object]:
    """Everything that was measured."""
    ours = rounds["dauys"]
    ratios = {
        name: {what: ratio_of(ours, theirs, what) for what in ("encrypt", "verify", "bytes")}
        for name, theirs in rounds.items()
        if name != "dauys"
    }
    cores = len(os.sched_getaffinity(0))
    return {
        "rounds": len(ours),
        "processor": platform.processor() or platform.machine(),
        "one_core": {name: asdict(middle_of(costs)) for name, costs in rounds.items()},
        "ratios": ratios,
        "verify_ratio_by_round": [
            their.verify / our.verify for our, their in zip(ours, rounds["electionguard"], strict=True)
        ],
        "all_cores": {"cores": cores, "verify_per_second": cores / machine.verify},
        "bar": BAR,
    }


def show(told: dict[str, object]) -> None:
    """Print the figures for a person."""
    print(f"medians of {told['rounds']} rounds, one core, 13 choose 1 and 9 choose 1")
    print(f"{'':<15}{'encrypt, ms':>13}{'verify, ms':>13}{'bytes':>10}{'verify, times':>15}")
    for name, cost in told["one_core"].items():
        times = told["ratios"].get(name, {}).get("verify")
        tail = f"{times:>15,.0f}" if times else ""
        encrypt, verify, size = 1e3 * cost["encrypt"], 1e3 * cost["verify"], cost["bytes"]
        print(f"{name:<15}{encrypt:>13.3f}{verify:>13.3f}{size:>10.0f}{tail}")
    if "belenios" not in told["one_core"]:
        print("belenios: not run, there is no belenios-tool here (Debian: apt-get install belenios-tool)")
    every = told["all_cores"]
    print(f"dauys on all {every['cores']} cores: {every['verify_per_second']:,.0f} ballots verified a second")
    reached = told["ratios"]["electionguard"]["verify"]
    verdict = "reached" if reached >= BAR else "NOT reached"
    print(f"bar: {BAR:,} times ElectionGuard-python on verification: {reached:,.0f}, {verdict}")


def main() -> int:
    """Run all rounds; 1 if the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    rounds: dict[str, list[Cost]] = {name: [] for name in peers()}
    with on_one_core():
        for _ in range(asked.rounds):
            for name, run in peers().items():
                rounds[name].append(run())
    told = report(rounds, dauys())
    if asked.json:
        print(json.dumps(told, indent=2))
    else:
        show(told)
    return 0 if told["ratios"]["electionguard"]["verify"] >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
