"""The log of another device: taken when it is sealed and its own, refused otherwise."""

import pytest
from small_device import DEVICE
from test_day_steps import Clocks, opened_day
from test_night import sealed

from dauys.record.keys import ED25519, Signer
from dauys.station.day.loading import load_sealed
from dauys.station.faults import StationError


def code(raised):
    return raised.value.code


def test_a_sealed_log_from_the_second_medium(place):
    clocks = Clocks()
    with place.open() as bench:
        own = sealed(bench, clocks)
        key, expected = bench.opened.log.signer.verifier, own.seals()[0]
    assert load_sealed(DEVICE, place.media.second / "log", key) == expected
    assert expected.fields["counts"]["cast"] == 5


def test_a_log_that_is_not_sealed(place):
    with place.open() as bench:
        opened_day(bench, Clocks())
        key = bench.opened.log.signer.verifier
    with pytest.raises(StationError) as raised:
        load_sealed(DEVICE, place.media.second / "log", key)
    assert (code(raised), raised.value.problem.found) == ("J3.1", "open")


def test_a_log_of_another_key_or_none(place, tmp_path):
    with place.open() as bench:
        sealed(bench, Clocks())
        name = bench.opened.log.signer.verifier.name
    other = Signer(name, ED25519, bytes(32)).verifier
    for folder in (place.media.second / "log", tmp_path):
        with pytest.raises(StationError) as raised:
            load_sealed(DEVICE, folder, other)
        assert code(raised) == "J1.4"
