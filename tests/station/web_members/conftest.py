"""A device that was set up and never started; each test has its own copy."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from small_device import Place


@pytest.fixture(scope="session")
def set_up(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("set-up"))
    place.make()
    return place


@pytest.fixture
def fresh(set_up, tmp_path):
    """A device of this test that nobody has opened yet."""
    shutil.copytree(set_up.folder, tmp_path / "device")
    return Place(tmp_path / "device")
