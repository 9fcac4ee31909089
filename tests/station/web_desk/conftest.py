"""Desks and booths of one station: their benches are those of their own tests."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "desk"))
sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from desk_bench import made
from desk_pages import desks
from small_device import Place


@pytest.fixture(scope="session")
def made_with_desk(made_device, tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk") / "device"
    shutil.copytree(made_device.folder, folder)
    return made(Place(folder))


@pytest.fixture
def opened(made_with_desk, tmp_path):
    shutil.copytree(made_with_desk.folder, tmp_path / "device")
    with desks(Place(tmp_path / "device")) as found:
        yield found
