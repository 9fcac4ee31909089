"""Media of a desk, made once; each test has its own copy."""

import shutil

import pytest
from desk_bench import desk_of, made
from small_device import Place


@pytest.fixture(scope="session")
def made_desk(made_device, tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk") / "device"
    shutil.copytree(made_device.folder, folder)
    return made(Place(folder))


@pytest.fixture
def desk_place(made_desk, tmp_path):
    shutil.copytree(made_desk.folder, tmp_path / "device")
    return Place(tmp_path / "device")


@pytest.fixture
def desk(desk_place):
    with desk_of(desk_place) as opened:
        yield opened
