"""Pages of a real kit: the words of its ballots, and the station that the runner puts behind an address."""

from __future__ import annotations

import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from kit_station import Laptop, make

from dauys.domain.text import LANGUAGES
from dauys.station.faults import StationError
from dauys.station.program import ballots_of
from dauys.station.web.booth.of_kit import texts_of
from dauys.station.web.runner import Address, running


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    one = Laptop(make(tmp_path_factory.mktemp("booth-kit")), tmp_path_factory.mktemp("booth-laptop"))
    one.install()
    return one


@pytest.fixture(scope="module")
def station(laptop):
    with laptop.open() as opened:
        yield opened


def test_the_words_are_those_of_the_ballots_in_every_language(station):
    told = texts_of(station.kit, ballots_of(station.kit))
    told.check(station.device.election)
    assert [one.kind for one in told.contests()] == ["list", "candidate"]
    for contest in told.contests():
        assert [one.number for one in contest.options] == [str(n + 1) for n in range(len(contest.options))]
        for language in LANGUAGES:
            names = [one.name.get(language) for one in contest.options]
            assert all(names)
            assert len(set(names)) == len(names)
    candidates = told.contests()[1]
    assert candidates.place is not None
    assert all(one.note is not None for one in candidates.options)


def test_words_of_other_ballots_are_refused(station):
    told = texts_of(station.kit, ballots_of(station.kit))
    other = type(told)(told.title, told.station, {told.style: told.contests()[:1]}, told.style)
    with pytest.raises(StationError) as found:
        other.check(station.device.election)
    assert found.value.code == "J6.7"


def test_the_runner_answers_to_its_own_names_with_the_clock_of_the_station(station):
    with running(station, Address("127.0.0.1", 0)) as served:
        assert served.url.startswith("http://127.0.0.1:")
        assert served.authority is None
        services = served.services
        assert services.rooms.clock is station.clocks.monotonic or services.rooms.clock() == (
            station.clocks.monotonic()
        )
        port = urlsplit(served.url).port
        for host, status in ((f"127.0.0.1:{port}", 403), (f"elsewhere.example:{port}", 403)):
            connection = HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", "/booth/", headers={"Host": host, "Accept-Language": "en"})
            answer = connection.getresponse()
            text = answer.read().decode()
            connection.close()
            assert answer.status == status
            assert ("What is this screen for?" in text) is host.startswith("127"), host
            assert ("J6.3" in text) is host.startswith("elsewhere"), host


def test_off_the_laptop_there_is_an_authority_for_that_address_alone(station):
    with running(station, Address("127.0.0.2", 0, loopback=False)) as served:
        assert served.url.startswith("https://127.0.0.2:")
        assert served.services.hosts == {"127.0.0.2"}
        assert served.authority is not None
        assert served.services.authority == served.authority.certificate
        assert b"PRIVATE" not in served.services.authority
