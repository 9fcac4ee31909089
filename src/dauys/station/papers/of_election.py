"""The contests of an election file as papers name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dauys.domain.election import AGAINST_ALL, Election
from dauys.domain.election import Contest as Voted
from dauys.domain.text import Text
from dauys.station.papers.facts import Choice, Contest, Listed, ReceiptHead
from dauys.station.papers.slip import room_for
from dauys.station.papers.spoken import said


def styles_of(
    election: Election,
    vote_id: str,
    runoff: Mapping[str, Sequence[str]] | None = None,
    *,
    test: bool = False,
) -> dict[str, tuple[Listed, ...]]:
    """Return the contests of every ballot style of a vote, as its slips name them.

    `runoff`: who stands in the constituencies of a run-off, by contest, as the count decided it; a style
    whose run-off is not told is left out. A `test` says so in the name of the vote: its slips are no slips of
    the vote. Raises KeyError for an id that the file does not know.
    """
    number = int(vote_id.split("/")[1])
    own = {contest.id: contest for contest in election.contests(number)}
    made = {
        name: listed(election, name, _options(one, number, runoff or {}), one.limit, vote_id, test=test)
        for name, one in own.items()
        if number == 1 or one.kind != "constituency" or name in (runoff or {})
    }
    return {
        style.id: tuple(made[name] for name in style.contests)
        for style in election.styles(number)
        if set(style.contests) <= set(made)
    }


def head_of(
    election: Election, vote_id: str, station: str, device: str, address: str, *, test: bool = False
) -> ReceiptHead:
    """Return what the receipts of a device begin with. `address`: where the record is to be looked at.

    Raises KeyError for a vote that is none of this election.
    """
    day = election.day_of(vote_id)
    if day is None:
        raise KeyError(vote_id)
    return ReceiptHead(_vote(election, vote_id, test=test), day, vote_id, station, device, address)


def listed(
    election: Election,
    contest: str,
    options: Sequence[str],
    limit: int,
    vote_id: str,
    *,
    test: bool = False,
) -> Listed:
    """Return a contest of a vote with its options, by the ids that the root entry has.

    Of a run-off these are the two who are in it. Raises KeyError for an id that the file does not know.
    """
    names = _names(election)
    title, place = _title(election, contest)
    own = tuple(Choice(at, names[option]) for at, option in enumerate(options, 1))
    told = Contest(_vote(election, vote_id, test=test), title, len(options), limit, place)
    return Listed(replace(told, room=room_for(own, limit, apart=told.apart)), own)


def _options(contest: Voted, number: int, runoff: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if number == 1 or contest.kind != "constituency":
        return contest.options
    against = [one for one in contest.options if one == AGAINST_ALL]
    return [*runoff[contest.id], *against]


def _names(election: Election) -> Mapping[str, Text]:
    found = {party.id: party.name for party in election.parties}
    found |= {candidate.id: candidate.name for candidate in election.candidates}
    found |= {option.id: option.name for other in election.other_contests for option in other.options}
    return found | {AGAINST_ALL: said("contest.against_all")}


def _title(election: Election, contest: str) -> tuple[Text, Text | None]:
    if contest == "list":
        return said("contest.list"), said("contest.nation")
    for place in election.constituencies:
        if place.id == contest:
            return said("contest.constituency"), _filled("contest.place", place.name, number=place.number)
    return {other.id: other.title for other in election.other_contests}[contest], None


def _vote(election: Election, vote_id: str, *, test: bool) -> Text:
    """Return the election's title, with what makes this vote another one: its round, its repeat."""
    _, number, repeat = vote_id.split("/")
    title = election.title
    if number != "1":
        title = _filled("vote.runoff", title)
    if repeat != "0":
        title = _filled("vote.repeat", title, number=repeat)
    return _filled("vote.test", title) if test else title


def _filled(key: str, name: Text, **facts: object) -> Text:
    """Return a sentence that holds a name, each language with its own."""
    shown = {at: str(value) for at, value in facts.items()}
    kk, ru, en = (said(key, name=one, **shown) for one in (name.kk, name.ru, name.en))
    return Text(kk.kk, ru.ru, en.en)
