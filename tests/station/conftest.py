"""A device that was made once; each test has its own copy."""

import shutil

import pytest
from small_device import Place


@pytest.fixture(scope="session")
def made_device(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("device"))
    place.make()
    with place.open():
        pass
    return place


@pytest.fixture
def place(made_device, tmp_path):
    """A device that was opened once, in a folder of this test."""
    shutil.copytree(made_device.folder, tmp_path / "device")
    return Place(tmp_path / "device")
