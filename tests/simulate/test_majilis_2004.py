import hashlib
from collections import Counter
from dataclasses import astuple, replace

import pytest

from dauys.domain.votes import Channel
from dauys.errors import InputError
from dauys.simulate import majilis_2004
from dauys.simulate.fill import fill, generate

DIGEST = "c89094595e812064"


def test_the_targets_come_out_exactly(majilis):
    targets, stations = majilis.election.targets, majilis.election.stations
    assert len(stations) == targets.stations == 9480
    assert sum(s.electronic for s in stations) == targets.electronic_stations == 961
    assert len(majilis.election.candidates) == 512
    assert len({c.name.en for c in majilis.election.candidates}) == 512
    newest = {p.key: p for p in majilis.protocols}
    whole = [p for p in newest.values() if p.channel is not Channel.ELECTRONIC]
    electronic = {s.id for s in stations if s.electronic}
    lists = [
        p
        for p in whole
        if p.contest == "list" and (p.channel is Channel.SUMMARY or p.station not in electronic)
    ]
    assert len(lists) == 9480
    votes = Counter()
    for p in lists:
        votes.update(p.votes)
    assert votes == targets.list_votes
    assert sum(p.counts.ballots_cast for p in lists) == targets.ballots_cast
    assert sum(p.counts.invalid_ballots for p in lists) == targets.invalid_ballots
    assert sum(p.counts.registered + p.counts.additions for p in lists) == targets.registered


def test_stations_are_of_plausible_size(majilis):
    sizes = [s.registered for s in majilis.election.stations]
    assert min(sizes) >= 20
    assert max(sizes) <= 3000
    regions = Counter(s.region for s in majilis.election.stations)
    assert len(regions) == 16
    assert min(regions.values()) > 100


def test_every_party_stands_at_most_once_in_a_constituency(majilis):
    pairs = Counter((c.constituency, c.party) for c in majilis.election.candidates if c.party)
    assert set(pairs.values()) == {1}
    sizes = Counter(c.constituency for c in majilis.election.candidates)
    assert min(sizes.values()) >= 4
    assert max(sizes.values()) <= 11


def test_no_count_is_negative(majilis):
    for p in majilis.protocols:
        assert min(p.votes.values()) >= 0
        lines = [getattr(p.counts, f) for f in p.counts.__dataclass_fields__]
        assert all(n is None or n >= 0 for n in lines)


def test_same_seed_same_rows(majilis):
    """The digest was taken once; it must be the same on every machine and Python."""
    rows = (
        f"{p.station} {p.contest} {p.round} {p.channel.value} {p.version} {p.received.isoformat()} "
        f"{p.reason} {astuple(p.counts)} {sorted(p.votes.items())}\n"
        for p in majilis.protocols
    )
    text = "".join(rows)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == DIGEST


def test_another_seed_gives_other_rows_with_the_same_totals(majilis):
    rows = majilis_2004.generate(majilis.election, 7)
    assert rows.stations != majilis.election.stations
    assert sum(s.registered for s in rows.stations) == sum(s.registered for s in majilis.election.stations)


def test_wrong_generators_are_named(majilis):
    election = majilis.election
    for changed, code in (
        (replace(election, generator=None), "E5.1"),
        (replace(election, generator=replace(election.generator, name="nonsense")), "E5.2"),
        (replace(election, targets=replace(election.targets, first_round={"otan": 45})), "E5.3"),
    ):
        with pytest.raises(InputError) as caught:
            generate(changed, "election.yaml")
        assert [p.code for p in caught.value.problems] == [code]


def test_a_table_that_does_not_belong_to_the_generated_ones_is_refused(majilis, tmp_path):
    (tmp_path / "stations.csv").write_text("there")
    changed = replace(majilis.election, stations=majilis.election.stations[:-1])
    with pytest.raises(InputError) as caught:
        fill(changed, tmp_path, "election.yaml")
    assert caught.value.problems[0].code == "E5.4"
    assert caught.value.problems[0].place.file == str(tmp_path / "stations.csv")
