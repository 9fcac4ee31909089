"""What adds up, as members read it: equations in words and numbers, protocols beside one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dauys.domain.election import AGAINST_ALL
from dauys.domain.votes import Channel, Protocol
from dauys.station.day.book import Values
from dauys.station.day.protocols import BLANK, checks, findings, written
from dauys.station.day.sheets import sheets
from dauys.station.keeping.closing import Sum
from dauys.station.web.members.room import Room
from dauys.station.web.members.shown import named
from dauys.systems.protocol import EQUATIONS, VOTES, Check, Finding
from dauys.words import Words, group_digits

#: Lines that are shown of the three protocols beside one another.
_LINES: Final = (
    "registered",
    "additions",
    "ballots_issued",
    "ballots_not_returned",
    "ballots_cast",
    "invalid_ballots",
)


@dataclass(frozen=True, slots=True)
class Equation:
    """An equation as people read it: what it says in words, with its numbers, and whether it holds.

    `state`: passed, failed, not_run. `off`: by how much it fails.
    """

    code: str
    told: str
    figures: str
    state: str
    off: int = 0
    where: str = ""


def equations(room: Room, what: str, values: Values, words: Words) -> list[Equation]:
    """Return the equations over what is typed of `cards`, `slips` or `paper`."""
    if what == "cards":
        return [sum_of(one, words) for one in room.night.sums(values)]
    if what == "test":
        return _of_deck(room, values, words)
    protocols = room.night.protocols(
        room.now(), values if what == "slips" else None, values if what == "paper" else None
    )
    wanted = {"slips": (Channel.ELECTRONIC,), "paper": (Channel.PAPER, Channel.SUMMARY)}[what]
    return of_protocols(room, [one for one in protocols if one.channel in wanted], words)


def of_protocols(room: Room, protocols: Sequence[Protocol], words: Words) -> list[Equation]:
    """Return every equation of these protocols, and what does not agree between them."""
    forms = {one.id: one for one in room.contests}
    found = []
    for protocol in protocols:
        channel = words.say(f"channel.{protocol.channel.value}")
        where = f"{named(forms[protocol.contest], words.language)} · {channel}"
        form = forms[protocol.contest]
        lines = form.form(protocol.channel).lines | {VOTES}
        found += [_check(one, where, lines, words) for one in checks(protocol, form)]
    channels = {one.channel for one in protocols}
    if channels == set(Channel):
        rest = [one for one in findings(protocols, room.contests) if not one.code.startswith("P1.")]
        found += [_finding(one, words) for one in rest]
    return found


def _check(check: Check, where: str, lines: frozenset[str], words: Words) -> Equation:
    told, figures = written(check, lambda side: " + ".join(_term(one, words) for one in side if one in lines))
    if check.left is None or check.right is None:
        return Equation(check.code, told, figures, "not_run", 0, where)
    look = next(one for one in EQUATIONS if one.code == check.code).weight == "look"
    state = "look" if check.state == "failed" and look else check.state
    return Equation(check.code, told, figures, state, check.left - check.right, where)


def _term(name: str, words: Words) -> str:
    return words.say("sheet.valid") if name == VOTES else words.say(f"figure.{name}")


def _finding(one: Finding, words: Words) -> Equation:
    figures = "" if one.found is None else f"{group_digits(one.found)} ≠ {group_digits(one.expected or 0)}"
    return Equation(one.code, words.say(f"code.{one.code}"), figures, "failed", 0, one.contest)


def sum_of(one: Sum, words: Words) -> Equation:
    """Return an equation of *close* with its words."""
    kind = "cards" if one.what == "cards" else "counts"
    parts = " + ".join(words.say(f"{kind}.{name}") for name in one.parts)
    total = {"sessions": "counts.admitted", "tests": "equation.tests", "cards": "cards.received"}[one.what]
    sign = "=" if not one.missing else "≠"
    figures = f"{group_digits(one.total)} {sign} {' + '.join(map(group_digits, one.parts.values()))}"
    state = "failed" if one.missing else "passed"
    return Equation(one.what, f"{words.say(total)} = {parts}", figures, state, one.found - one.total)


def _of_deck(room: Room, values: Values, words: Words) -> list[Equation]:
    """Return whether the slips of each contest are as many as ballots of the deck; no more is told."""
    found = []
    for contest in room.contests:
        fields = [f"{contest.id}/{one}" for one in (*contest.options, BLANK)]
        missing = [one for one in fields if values.get(one) is None]
        total = sum(values.get(one) or 0 for one in fields)
        expected = room.test.of if room.test else 0
        state = "not_run" if missing else "passed" if total == expected else "failed"
        figures = "" if missing else f"{total} {'=' if total == expected else '≠'} {expected}"
        told = words.say("test.total")
        found.append(Equation("J3.9", told, figures, state, total - expected, named(contest, words.language)))
    return found


def table(room: Room, protocols: Sequence[Protocol], words: Words) -> list[dict[str, Any]]:
    """Return the three protocols of each contest beside one another, by line and option."""
    by = {(one.contest, one.channel): one for one in protocols}
    seals = room.night.seals()
    found = []
    for contest in room.contests:
        three = [by[contest.id, channel] for channel in (Channel.ELECTRONIC, Channel.PAPER, Channel.SUMMARY)]
        lines = [
            (words.say(f"figure.{name}"), [getattr(one.counts, name) for one in three]) for name in _LINES
        ]
        options = [
            (
                text.get(words.language),
                [one.counts.against_all if option == AGAINST_ALL else one.votes[option] for one in three],
            )
            for option, text in contest.options.items()
        ]
        pages = {one.channel.value: len(sheets(one, contest, room.signed_facts(), seals)) for one in three}
        told = {"contest": contest, "title": named(contest, words.language), "pages": pages}
        found.append(told | {"lines": lines, "options": options})
    return found
