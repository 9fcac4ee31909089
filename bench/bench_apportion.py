"""Time `allocate` against PyPI votelib and apportionment, call by call in one run.

    python bench/bench_apportion.py [--json] [--runs N]

Each run times the libraries one after another on the same votes, so that a slow moment of the machine touches
all; the figures are medians over the runs, in microseconds for one call. Seats are compared before anything
is timed. Peers are the versions in requirements-bench.lock. Our side is the public function on a ready
`Tally`: exact, ties found, steps made only when read; `trace` is the same call with the steps made at once.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import statistics
import time
from collections.abc import Callable
from fractions import Fraction
from importlib.metadata import version

from dauys.systems.apportion import allocate
from dauys.systems.divisors import Divisor, HighestAverages
from dauys.systems.outcomes import Allocated, Base, Tally
from dauys.systems.quotas import LargestRemainder
from dauys.systems.thresholds import Threshold

Call = Callable[[], object]
BAR = {"lr_hare_10_of_10_at_7_per_cent": 3, "dhondt_630_of_50": 8, "sainte_lague_630_of_50": 8}
"""How many times faster than the faster peer a case has to be."""


def votes_small() -> dict[str, int]:
    """Ten lists of very different size, no two equal."""
    rnd = random.Random(5)
    drawn = sorted((int(rnd.paretovariate(0.6) * 50_000) for _ in range(10)), reverse=True)
    return {f"p{i}": min(v, 2_500_000) + i for i, v in enumerate(drawn)}


def votes_large() -> dict[str, int]:
    """Fifty lists as in a parliament without a threshold."""
    rnd = random.Random(6)
    return {f"p{i}": rnd.randrange(100_000, 30_000_000) for i in range(50)}


def cases() -> dict[str, dict[str, Call]]:
    """Calls by case and library; the seats of all libraries are equal, or AssertionError is raised."""
    import apportionment.methods as peer
    from votelib.evaluate.core import Conditioned
    from votelib.evaluate.proportional import HighestAverages as VotelibAverages
    from votelib.evaluate.proportional import LargestRemainder as VotelibRemainder
    from votelib.evaluate.threshold import RelativeThreshold

    small, large = votes_small(), votes_large()
    names, counts = list(small), list(small.values())
    bar = Threshold(Fraction(7, 100), Base.VALID)
    tally = Tally(small, valid=sum(counts))
    remainder = LargestRemainder()
    theirs = Conditioned(RelativeThreshold(Fraction(7, 100)), VotelibRemainder("hare"))
    found = {
        "lr_hare_10_of_10_at_7_per_cent": {
            "dauys": lambda: allocate(tally, 10, remainder, bar),
            "dauys_trace": lambda: allocate(tally, 10, remainder, bar, trace_now=True),
            "votelib": lambda: theirs.evaluate(small, 10),
            "apportionment": lambda: peer.compute(
                "hamilton", counts, 10, parties=names, threshold=0.07, verbose=False
            ),
        }
    }
    for key, divisor, votelib_name, peer_name in (
        ("dhondt_630_of_50", Divisor.DHONDT, "d_hondt", "dhondt"),
        ("sainte_lague_630_of_50", Divisor.SAINTE_LAGUE, "sainte_lague", "saintelague"),
    ):
        found[key] = _averages(large, divisor, VotelibAverages(votelib_name), peer, peer_name)
    for case in found.values():
        _agree(case)
    return found


def _averages(votes, divisor, votelib, peer, peer_name) -> dict[str, Call]:  # type: ignore[no-untyped-def]
    names, counts = list(votes), list(votes.values())
    tally, method = Tally(votes, valid=sum(counts)), HighestAverages(divisor)
    return {
        "dauys": lambda: allocate(tally, 630, method),
        "dauys_trace": lambda: allocate(tally, 630, method, trace_now=True),
        "votelib": lambda: votelib.evaluate(votes, 630),
        "apportionment": lambda: peer.compute(peer_name, counts, 630, parties=names, verbose=False),
    }


def _agree(case: dict[str, Call]) -> None:
    ours, traced = case["dauys"](), case["dauys_trace"]()
    assert isinstance(ours, Allocated)
    assert isinstance(traced, Allocated)
    assert traced.steps
    seats = dict(ours.seats)
    assert seats == traced.seats
    theirs = case["votelib"]()
    assert isinstance(theirs, dict)
    assert {name: theirs.get(name, 0) for name in seats} == seats
    listed = case["apportionment"]()
    assert isinstance(listed, list)
    assert [int(n) for n in listed] == list(seats.values())


def _loops(call: Call) -> int:
    """Return how many calls take about 20 ms."""
    loops = 1
    while True:
        start = time.perf_counter()
        for _ in range(loops):
            call()
        if time.perf_counter() - start > 0.02:
            return loops
        loops *= 2


def measure(case: dict[str, Call], runs: int) -> tuple[dict[str, float], float]:
    """Return median microseconds of one call by library, and how many times faster ours is than the faster
    peer.

    The libraries take turns; the factor is the median over the runs of the factor in each run.
    """
    loops = {name: _loops(call) for name, call in case.items()}
    times: dict[str, list[float]] = {name: [] for name in case}
    for _ in range(runs):
        for name, call in case.items():
            start = time.perf_counter()
            for _ in range(loops[name]):
                call()
            times[name].append((time.perf_counter() - start) / loops[name] * 1e6)
    factors = [
        min(theirs) / ours
        for ours, *theirs in zip(times["dauys"], times["votelib"], times["apportionment"], strict=True)
    ]
    return {name: statistics.median(values) for name, values in times.items()}, statistics.median(factors)


def main() -> None:
    """Print a table, or JSON with the same figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    rows = []
    for name, case in cases().items():
        times, ratio = measure(case, options.runs)
        rows.append(
            {
                "case": name,
                "microseconds": times,
                "times_faster": ratio,
                "bar": BAR[name],
                "met": ratio >= BAR[name],
            }
        )
    peers = {peer: version(peer) for peer in ("votelib", "apportionment")}
    if options.json:
        facts = {"python": platform.python_version(), "machine": platform.machine(), "runs": options.runs}
        print(json.dumps({**facts, "peers": peers, "cases": rows}, indent=1))
        return
    print(f"votelib {peers['votelib']}, apportionment {peers['apportionment']}; microseconds for one call")
    for row in rows:
        times = row["microseconds"]
        line = "  ".join(f"{name} {value:8.1f}" for name, value in times.items())
        print(f"{row['case']:32} {line}   {row['times_faster']:5.1f}× (bar {row['bar']}×)")


if __name__ == "__main__":
    main()
