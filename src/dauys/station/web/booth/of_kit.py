"""The words of a kit's ballots, as voters read them on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from dauys.domain.election import AGAINST_ALL, Candidate, Election, Party
from dauys.domain.text import LANGUAGES, Text
from dauys.station.papers.facts import Listed
from dauys.station.web.booth.texts import ContestText, Kind, OptionText, VoteTexts
from dauys.verify.kit import Kit
from dauys.words import Words

_KINDS: Mapping[str, Kind] = {"list": "list", "constituency": "candidate", "other": "measure"}


def texts_of(kit: Kit, styles: Mapping[str, tuple[Listed, ...]], *, rehearsal: bool = False) -> VoteTexts:
    """Return what the booths of a station say. `styles`: the contests as papers name them."""
    election, listed = kit.election, styles[kit.style]
    kinds = {one.id: one.kind for one in election.contests(kit.round)}
    contests = tuple(
        _contest(election, own, kinds[name], kit.options[name])
        for own, name in zip(listed, kit.options, strict=True)
    )
    return VoteTexts(election.title, kit.station, {kit.style: contests}, kit.style, rehearsal)


def _contest(election: Election, own: Listed, kind: str, ids: tuple[str, ...]) -> ContestText:
    options = tuple(
        OptionText(str(choice.number), choice.name, _note(election, name))
        for choice, name in zip(own.options, ids, strict=True)
    )
    return ContestText(own.contest.title, _KINDS[kind], own.contest.limit, options, own.contest.place)


def _note(election: Election, option: str) -> Text | None:
    """Return what stands in small under a name: the parties of a bloc, or who nominated a candidate."""
    parties = {party.id: party for party in election.parties}
    found: Party | Candidate | None = parties.get(option)
    if option == AGAINST_ALL:
        return None
    if isinstance(found, Party):
        return _joined(found.bloc_members)
    found = next((one for one in election.candidates if one.id == option), None)
    if found is None:
        return None
    return parties[found.party].short if found.party else _said("option.self_nominated")


def _joined(names: tuple[Text, ...]) -> Text | None:
    if not names:
        return None
    return Text(*(" · ".join(one.get(language) for one in names) for language in LANGUAGES))


def _said(key: str) -> Text:
    return Text(*(Words(language, "booth").say(key) for language in LANGUAGES))
