"""A tiny election: two lists, two constituencies, five stations, one of them electronic."""

from datetime import UTC, date, datetime, timedelta

from dauys.domain.election import Candidate, Election, Party, Publication
from dauys.domain.places import Constituency, Region, Station
from dauys.domain.text import Text
from dauys.domain.votes import Channel, Counts, Protocol
from dauys.systems import laws
from dauys.tabulate.count import count_election

NIGHT = datetime(2024, 1, 1, 20, tzinfo=UTC)
LAW = {"list.seats": "4", "constituency.seats": "2", "list.threshold": "0.05"}


def text(name):
    return Text(name, name, name)


def election(**changes):
    names = ("sun", "moon")
    facts = {
        "id": "small",
        "title": text("Small"),
        "law": "kz-2004",
        "rehearsal": True,
        "days": {1: date(2024, 1, 1), 2: date(2024, 1, 15)},
        "time_zone": "UTC",
        "list_seats": 4,
        "parameters": LAW,
        "parties": tuple(
            Party(n, text(n), text(n), text(n[:2]), "112233", "445566", i) for i, n in enumerate(names, 1)
        ),
        "regions": (Region("north", text("North"), 0, 0),),
        "constituencies": (
            Constituency("c1", 1, text("One"), "north"),
            Constituency("c2", 2, text("Two"), "north"),
        ),
        "candidates": tuple(
            Candidate(f"{c}-{n}", text(f"{c} {n}"), c, "sun" if n == 1 else None)
            for c in ("c1", "c2")
            for n in (1, 2, 3)
        ),
        "stations": tuple(
            Station(f"s{n}", text(f"Station {n}"), "north", "c1" if n < 4 else "c2", n == 3, 100, "UTC")
            for n in range(1, 6)
        ),
        "publications": (
            Publication("first", 1, "preliminary", NIGHT + timedelta(hours=2), text("early")),
            Publication("last", 1, "final", NIGHT + timedelta(days=3), text("all")),
        ),
        "independents": Party(
            "independents", text("self"), text("self"), text("In"), "000000", "ffffff", None
        ),
    }
    return Election(**(facts | changes))


def paper(station, contest, votes, hours=1, *, version=1, channel=Channel.PAPER, round_number=1, **lines):
    """A protocol whose figures add up unless `lines` says otherwise."""
    cast = sum(votes.values()) + lines.get("invalid_ballots", 0)
    counts = {
        "ballots_issued": cast,
        "ballots_not_returned": 0,
        "ballots_cast": cast,
        "invalid_ballots": 0,
        "registered": 100,
        "additions": 0,
        "ballots_received": 200,
        "ballots_unused": 200 - cast,
        "ballots_spoiled": 0,
    }
    if channel is Channel.SUMMARY:
        counts = {
            k: v
            for k, v in counts.items()
            if k not in ("ballots_received", "ballots_unused", "ballots_spoiled")
        }
    if channel is Channel.ELECTRONIC:
        counts = {
            k: counts[k]
            for k in ("ballots_issued", "ballots_not_returned", "ballots_cast", "invalid_ballots")
        }
        counts["admissions"] = cast
    reason = "recount" if version > 1 else None
    at = NIGHT + timedelta(hours=hours)
    return Protocol(
        station, contest, round_number, channel, version, at, Counts(**(counts | lines)), votes, reason
    )


def in_full(station, contest, votes, part, hours=1):
    """The three protocols of the electronic station; `part` of the votes is electronic."""
    rest = {o: n - part[o] for o, n in votes.items()}
    lines = {"registered": None, "additions": None}
    return [
        paper(station, contest, part, hours, channel=Channel.ELECTRONIC),
        paper(station, contest, rest, hours, **lines),
        paper(station, contest, votes, hours, channel=Channel.SUMMARY),
    ]


def first_round(c1=(60, 20, 10), c2=(30, 31, 20)):
    """All protocols of round 1; the tuples are the votes in each station of the two constituencies."""
    rows = []
    for n in range(1, 6):
        seat, votes = ("c1", c1) if n < 4 else ("c2", c2)
        contests = {
            "list": {"sun": 50, "moon": 30},
            seat: {f"{seat}-{i}": v for i, v in enumerate(votes, 1)},
        }
        for contest, given in contests.items():
            part = dict.fromkeys(given, 6 // len(given))
            rows += in_full("s3", contest, given, part) if n == 3 else [paper(f"s{n}", contest, given)]
    return rows


def count(protocols, changed=None, as_of=None, **parameters):
    chosen = changed or election()
    law = laws.load(chosen.law).with_parameters({**chosen.parameters, **parameters})
    return count_election(chosen, law, protocols, as_of)
