"""The small device of the other tests of a station serves here too, in memory: no power is cut here."""

import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "station"))


@pytest.fixture(scope="module")
def memory():
    """A folder in memory where there is one: thousands of forced writes would wait for a disk."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)
