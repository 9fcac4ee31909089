"""200 cuts of the power, every call of the system that can fail, and the stations that are built wrong.

10,000 cuts are `make powercut`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from beyond import run_calls

from dauys.station.drive.volume import why_not

HERE = Path(__file__).parent
CUTS = 200
PARTS = 4
pytestmark = pytest.mark.skipif(why_not() is not None, reason=f"the power cannot be cut here: {why_not()}")


def campaign(*arguments: str) -> str:
    """Run the campaign in a process of its own: it forks, and mounts."""
    command = [sys.executable, str(HERE / "campaign.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("seed", range(1, PARTS + 1))
def test_no_cut_loses_or_doubles_a_ballot(seed):
    told = campaign("--cuts", str(CUTS // PARTS), "--seed", str(seed), "--no-controls")
    assert f"\n{CUTS // PARTS} cuts: 0 lost, 0 doubled, " in told
    accepted, kills, second = map(
        int, re.search(r"(\d+) ballots accepted, (\d+) kills, (\d+) cuts", told).groups()
    )
    assert accepted > 100
    assert kills == CUTS // PARTS // 5
    assert second > 3


def test_every_station_that_is_built_wrong_is_caught():
    told = campaign("--cuts", "0", "--seed", "9")
    assert told.endswith("0 cuts: 0 lost, 0 doubled, 0 in doubt resolved, controls 9/9 caught\n")


@pytest.mark.xdist_group("calls")
def test_every_call_of_the_system_may_fail(tmp_path):
    told = run_calls(tmp_path)
    assert told["returncode"] == 0
    assert told["wrong"] == []
    assert told["calls"]["fdatasync"] >= 6
    assert told["calls"]["pwrite64"] >= 20
    assert min(told["runs"].values()) >= 6
    # Some calls are behind the acceptance, so that the observer saw part 2 in spite of them.
    assert 0 < told["accepted"] < sum(told["runs"].values())
    # The station that commits again after an error believes what the kernel has lost.
    assert told["caught"] >= 1
