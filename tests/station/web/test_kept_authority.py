"""A booth that trusts its station trusts it after the next start as well."""

from __future__ import annotations

import os
import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from kit_station import Laptop, make

from dauys.station.drive.screen import Screen
from dauys.station.faults import StationError
from dauys.station.keeping.sealing import destroy
from dauys.station.web.authority import FILE, kept_authority
from dauys.station.web.runner import Address, running

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HOST = ["127.0.0.1"]


def test_the_authority_is_kept_sealed_and_destroyed_with_the_keys(tmp_path):
    key = bytes(range(32))
    first = kept_authority(tmp_path, key, os.urandom, device="d", hosts=HOST, now=NOW)
    assert kept_authority(tmp_path, key, os.urandom, device="d", hosts=HOST, now=NOW) == first
    assert b"PRIVATE KEY" not in (tmp_path / FILE).read_bytes()
    with pytest.raises(StationError, match=r"J1\.1"):
        kept_authority(tmp_path, bytes(32), os.urandom, device="d", hosts=HOST, now=NOW)
    other = kept_authority(tmp_path, key, os.urandom, device="d", hosts=["127.0.0.2"], now=NOW)
    assert other != first
    assert destroy(tmp_path, os.urandom) == [FILE]


def test_a_booth_goes_on_after_a_start(tmp_path, tmp_path_factory):
    made = make(tmp_path_factory.mktemp("tls"))
    laptop = Laptop(made, tmp_path)
    laptop.install()
    trust = None
    for _ in range(2):
        laptop.now = datetime.now(UTC).isoformat()
        with laptop.open() as station, running(station, Address("127.0.0.1", 0, loopback=False)) as pages:
            if trust is None:
                trust = ssl.create_default_context(cadata=pages.authority.certificate.decode())
            with Screen(pages.url, trust) as screen:
                assert screen.pair(pages.invite("booth", 1)).status == 200
    assert not list(tmp_path.rglob("*.pem"))
