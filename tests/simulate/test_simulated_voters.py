"""Invented voters: as many as are registered, the same for a seed, and plainly no register."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from dauys.domain.election import Repeat
from dauys.formats.voters import Allowed, encode_voters, parse_extract, read_voters
from dauys.record.book import open_record
from dauys.simulate.record import simulate_record
from dauys.simulate.scene import scene_of_seed
from dauys.simulate.voters import make_extract, make_voters

SEED = 7
VOTE = "simulation/1/0"
DAY = date(2004, 9, 19)


@pytest.fixture(scope="module")
def scene():
    return scene_of_seed(2, 40, SEED)


def test_as_many_as_are_registered_and_every_row_is_good(scene, tmp_path):
    station = scene.election.stations[0]
    voters = make_voters(station, DAY, SEED)
    assert len(voters) == station.registered
    assert [voter.number for voter in voters] == list(range(1, len(voters) + 1))
    path = tmp_path / "voters.csv"
    path.write_bytes(encode_voters(voters))
    assert read_voters(path, Allowed(DAY, {"c1", "c2"})) == voters
    assert all(a.name_kk <= b.name_kk for a, b in pairwise(voters))


def test_they_say_that_they_are_invented(scene):
    voters = make_voters(scene.election.stations[0], DAY, SEED)
    assert all(voter.address.startswith("SIMULATION, ") for voter in voters)


def test_names_come_in_both_scripts_of_the_law_and_all_ages(scene):
    voters = make_voters(scene.election.stations[1], DAY, SEED)
    assert {letter for voter in voters for letter in voter.name_kk.casefold()} >= set("әғқөұүі")
    assert not any(set(voter.name_ru.casefold()) & set("әғқңөұүі") for voter in voters)
    ages = [(DAY - voter.born).days / 365.25 for voter in voters]
    assert 18 <= min(ages) < 20
    assert max(ages) > 75
    assert all(len(voter.name_kk.split()) == 3 for voter in voters)


def test_a_seed_gives_the_same_voters_and_another_others(scene):
    one, other = scene.election.stations
    assert make_voters(one, DAY, SEED) == make_voters(one, DAY, SEED)
    assert make_voters(one, DAY, SEED) != make_voters(one, DAY, SEED + 1)
    assert make_voters(one, DAY, SEED)[0] != make_voters(other, DAY, SEED)[0]


def test_some_have_taken_a_certificate(scene):
    voters = make_voters(replace(scene.election.stations[0], registered=2500), DAY, SEED)
    taken = [voter.certificate for voter in voters if voter.certificate]
    assert 0 < len(taken) < len(voters) / 20
    assert len(set(taken)) == len(taken)


def test_the_record_freezes_what_the_seed_gives(scene, tmp_path):
    made = simulate_record(tmp_path / "out", scene, SEED)
    for vote in (VOTE, "simulation/2/0"):
        path = made.record / "files" / vote[11:].replace("/", "-") / "register.csv"
        rows = {row[0]: row[1:] for row in csv.reader(path.read_text().splitlines())}
        for station in scene.stations(int(vote[11])):
            extract = make_extract(scene.election, station, vote, SEED)
            assert rows[station.id] == [str(station.registered), extract.hash]
            assert parse_extract(extract.encode(), "extract", Allowed(DAY)) == extract
    with open_record(str(made.record)) as record:
        assert record.checkpoint()


def test_each_vote_has_a_salt_of_its_own(scene):
    station = scene.election.stations[1]
    first = make_extract(scene.election, station, VOTE, SEED)
    second = make_extract(scene.election, station, "simulation/2/0", SEED)
    assert first.salt != second.salt
    assert first.hash != second.hash


def test_voters_of_a_repeat_are_18_on_its_own_day(scene):
    day = DAY.replace(year=DAY.year + 1)
    repeat = Repeat(1, 1, day, (scene.election.stations[1].id,), "decision 7")
    election = replace(scene.election, repeats=(repeat,))
    extract = make_extract(election, election.stations[1], "simulation/1/1", SEED)
    assert extract.voters == make_voters(election.stations[1], day, SEED)
    with pytest.raises(KeyError):
        make_extract(election, election.stations[1], "simulation/1/2", SEED)
