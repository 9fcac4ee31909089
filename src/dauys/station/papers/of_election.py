"""The contests of an election file as papers name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dauys.domain.election import AGAINST_ALL, Election
from dauys.domain.text import Text
from dauys.station.papers.facts import Choice, Contest, Listed
from dauys.station.papers.spoken import said


def listed(election: Election, contest: str, options: Sequence[str], limit: int, vote_id: str) -> Listed:
    """Return a contest of a vote with its options, by the ids that the root entry has.

    Of a run-off these are the two who are in it. Raises KeyError for an id that the file does not know.
    """
    names = _names(election)
    title, place = _title(election, contest)
    told = Contest(_vote(election, vote_id), title, len(options), limit, place)
    return Listed(told, tuple(Choice(at, names[option]) for at, option in enumerate(options, 1)))


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


def _vote(election: Election, vote_id: str) -> Text:
    """Return the election's title, with what makes this vote another one: its round, its repeat."""
    _, number, repeat = vote_id.split("/")
    title = election.title
    if number != "1":
        title = _filled("vote.runoff", title)
    if repeat != "0":
        title = _filled("vote.repeat", title, number=repeat)
    return title


def _filled(key: str, name: Text, **facts: object) -> Text:
    """Return a sentence that holds a name, each language with its own."""
    shown = {at: str(value) for at, value in facts.items()}
    kk, ru, en = (said(key, name=one, **shown) for one in (name.kk, name.ru, name.en))
    return Text(kk.kk, ru.ru, en.en)
