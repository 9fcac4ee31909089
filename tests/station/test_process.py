"""What a station's process could leave behind."""

from __future__ import annotations

import subprocess
import sys

from dauys.station.process import swaps

ASK = """
import ctypes, resource
from dauys.station.process import leave_nothing
leave_nothing()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def test_no_dump_is_written():
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "(0, 0) 0"


def test_swap_is_named_and_compressed_memory_is_none(tmp_path):
    table = tmp_path / "swaps"
    table.write_text(
        "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2 partition 1 0 -2\n/dev/zram0 partition 1 0 100\n"
    )
    assert swaps(table) == ["/dev/sda2"]
    assert swaps(tmp_path / "none") == []
