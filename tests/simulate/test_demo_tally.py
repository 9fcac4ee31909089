"""The encrypted rehearsal: choices that add up, keys, ballots, sums that agree, and one that is noticed."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from click.testing import CliRunner

from dauys.cli.demo import command
from dauys.simulate import ballots
from dauys.simulate.ballots import StationVotes, choices

EXAMPLE = "examples/majilis-2004"


def votes_of(rows: Sequence[bytes], start: int, options: int) -> tuple[int, ...]:
    return tuple(sum(row[start + i] for row in rows) for i in range(options))


def test_choices_give_the_votes_of_each_contest_and_blanks_for_the_rest():
    station = StationVotes("0001", "0001-m1", "c16", 12, {"list": (5, 0, 6), "c16": (3, 2)})
    rows = choices(station, 7)
    assert len(rows) == 12
    assert votes_of(rows, 0, 3) == (5, 0, 6)
    assert votes_of(rows, 3, 2) == (3, 2)
    assert all(sum(row[:3]) <= 1 and sum(row[3:]) <= 1 for row in rows)


def test_choices_of_two_contests_are_drawn_apart_and_the_seed_fixes_them():
    station = StationVotes("0001", "0001-m1", "c16", 40, {"list": (20, 20), "c16": (20, 20)})
    rows = choices(station, 1)
    assert rows == choices(station, 1)
    assert rows != choices(station, 2)
    assert len(set(rows)) == 4


def test_stations_are_the_largest_of_different_constituencies(majilis):
    election, protocols = majilis.election, majilis.protocols
    found = ballots.stations_of(election, protocols, 5, 30)
    assert len(found) == 5
    assert len({one.constituency for one in found}) == 5
    assert [one.ballots for one in found] == sorted((one.ballots for one in found), reverse=True)
    largest = max(one.ballots for one in ballots.stations_of(election, protocols, 67, 30))
    assert found[0].ballots == largest
    assert all(one.ballots >= sum(votes) for one in found for votes in one.votes.values())


def play(monkeypatch: pytest.MonkeyPatch, majilis, request: pytest.FixtureRequest, *arguments: str):
    small = [
        StationVotes("0003", "0003-m1", "c1", 40, {"list": (20, 5, 5, 3, 2, 1, 1, 1, 1, 0), "c1": (30, 9)}),
        StationVotes(
            "0099", "0099-m1", "c2", 31, {"list": (0, 0, 0, 0, 0, 0, 0, 0, 0, 31), "c2": (11, 10, 9)}
        ),
    ]
    monkeypatch.setattr("dauys.cli.demo.fill", lambda *_: majilis)
    monkeypatch.setattr(ballots, "stations_of", lambda *_: small)
    folder = str(request.config.rootpath / EXAMPLE)
    return CliRunner().invoke(command, ["tally", folder, *arguments], catch_exceptions=False)


def test_opened_sums_equal_what_was_voted(monkeypatch, majilis, request):
    result = play(monkeypatch, majilis, request, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["differences"] == []
    assert (told["ballots"], told["signed_by"], told["opened_by"]) == (71, [1, 2, 3, 4], [3, 4, 5])
    totals = {(t["station"], t["contest"]): (t["votes"], t["blanks"]) for t in told["totals"]}
    assert totals["0003", "list"] == ([20, 5, 5, 3, 2, 1, 1, 1, 1, 0], 1)
    assert totals["0099", "c2"] == ([11, 10, 9], 1)
    assert len(totals) == 4


def test_one_vote_that_was_turned_is_noticed(monkeypatch, majilis, request):
    honest = ballots.choices

    def turned(station: StationVotes, seed: int) -> list[bytes]:
        rows = honest(station, seed)
        at = next(i for i, row in enumerate(rows) if any(row[:10]))
        chosen = rows[at].index(1)
        rows[at] = bytes(int(i == (chosen + 1) % 10) for i in range(10)) + rows[at][10:]
        return rows

    monkeypatch.setattr(ballots, "choices", turned)
    result = play(monkeypatch, majilis, request, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert {(d["station"], d["contest"]) for d in told["differences"]} == {("0003", "list"), ("0099", "list")}


def test_a_ballot_that_was_changed_stops_the_tally(monkeypatch, majilis, request):
    honest = ballots.encrypt

    def changed(*arguments) -> list[bytes]:
        made = honest(*arguments)
        made[3] = made[3][:-1] + bytes([made[3][-1] ^ 1])
        return made

    monkeypatch.setattr(ballots, "encrypt", changed)
    with pytest.raises(Exception, match=r"T5\.5"):
        play(monkeypatch, majilis, request, "--json")
