"""One record for all tests of the intake, and the logs of its devices."""

import pytest
from intake_world import World, entries, make_record, parcel_of, public, stages


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The real medium is not what is tested here: the model beside it knows what would be lost."""
    monkeypatch.setattr("os.fsync", lambda handle: None)


@pytest.fixture(scope="session")
def the_record(tmp_path_factory):
    """A record in which two devices are installed."""
    return make_record(tmp_path_factory.mktemp("intake-record") / "log", "m1", "m2", "long")


@pytest.fixture(scope="session")
def day(tmp_path_factory):
    """The uploads of the day of device m1: opened, after each of two batches, sealed."""
    folder = tmp_path_factory.mktemp("day")
    return [parcel_of(public(folder / str(size), "m1", entries()[:size])) for size in stages()]


@pytest.fixture
def world(tmp_path, the_record):
    """An intake that has received nothing."""
    (tmp_path / "world").mkdir()
    return World(tmp_path / "world", the_record)
