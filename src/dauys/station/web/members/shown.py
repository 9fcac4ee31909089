"""What the members' pages show, as plain facts: no page asks the journal itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import segno
from markupsafe import Markup

from dauys.domain.election import AGAINST_ALL
from dauys.domain.text import Language
from dauys.domain.votes import Channel, Protocol
from dauys.station.closing import Sum
from dauys.station.day.book import Values
from dauys.station.day.protocols import BLANK, PAPER_LINES, ContestForm, checks, findings
from dauys.station.day.sheets import sheets
from dauys.station.day.windows import Phase
from dauys.station.web.members.room import Next, Room
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


#: Where members are led to.
PAGES: Final[Mapping[Next, str]] = {
    "broken": "/members/incident",
    "owed": "/members/owed",
    "test": "/members/test",
    "voting": "/members/reading",
    "cards": "/members/count/cards",
    "seal": "/members/seal",
    "compare": "/members/seal",
    "devices": "/members/devices",
    "slips": "/members/count/slips",
    "paper": "/members/count/paper",
    "sign": "/members/protocols",
    "destroy": "/members/destroy",
    "done": "/members/",
}


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


@dataclass(frozen=True, slots=True)
class Field:
    """One number that is asked for. `name`: of the input; `number`: on the ballot or the form."""

    name: str
    number: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A phase in the list of the day. `state`: done, now or later."""

    phase: str
    state: str
    at: str
    present: str
    decided: str
    opens: str
    due: str
    article: str


def steps(room: Room) -> list[Step]:
    """Return the phases of the day, done or to come."""
    minuted = {one.phase: one for one in room.night.day.minuted()} if not room.destroyed else {}
    reached = room.phase()
    order = list(Phase)[1:]
    found = []
    for phase in order:
        own, window = minuted.get(phase), room.window(phase)
        done = order.index(phase) < (order.index(reached) + 1 if reached in order else 0)
        state = "done" if done else "now" if phase is reached.next else "later"
        found.append(
            Step(
                phase.value,
                state,
                clock(own.at) if own else "",
                ", ".join(own.present) if own else "",
                own.decision.reason if own and own.decision else "",
                _moment(window.opens) if window and window.opens else "",
                _moment(window.due) if window and window.due else "",
                window.article if window else "",
            )
        )
    return found


def clock(at: str) -> str:
    """Return a half hour that was minuted, as people write it."""
    return _moment(datetime.fromisoformat(at))


def digits(number: int | None) -> str:
    """Return a count as people read it; a dash where there is none."""
    return "–" if number is None else group_digits(number)


def article(text: str, words: Words) -> str:
    """Return an article of the law in the language of the page."""
    return words.say("word.article", number=text.removeprefix("Art. "))


def _moment(moment: datetime) -> str:
    return moment.strftime("%d.%m. %H:%M")


def qr(text: str) -> Markup:
    """Return a QR code as a drawing for a page."""
    rows = [bytes(row) for row in segno.make_qr(text, error="m", mode="byte").matrix]
    size = len(rows) + 8
    path = "".join(
        f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return Markup(  # noqa: S704  # numbers alone
        f'<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="QR">'
        f'<rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path fill="#000" shape-rendering="crispEdges" d="{path}"/></svg>'
    )


# What is typed


def groups(room: Room, what: str, words: Words) -> list[Group]:
    """Return the fields of `cards`, `slips`, `paper` or `test`, as they are asked for."""
    if what == "cards":
        names = room.night.fields("cards")
        own = tuple(Field(n, str(at), words.say(f"cards.{n}")) for at, n in enumerate(names, 1))
        return [Group(words.say("sheet.cards"), own)]
    found = []
    for contest in room.contests:
        title = named(contest, words.language)
        if what == "paper":
            lines = tuple(
                Field(f"{contest.id}:{name}", str(at), words.say(f"figure.{name}"))
                for at, name in enumerate(PAPER_LINES, 1)
            )
            found.append(Group(f"{title} · {words.say('count.lines')}", lines))
        found.append(Group(title, _options(contest, words, blank="invalid" if what == "paper" else "blank")))
    return found


def _options(contest: ContestForm, words: Words, *, blank: str) -> tuple[Field, ...]:
    own = [
        Field(f"{contest.id}/{option}", str(at), name.get(words.language))
        for at, (option, name) in enumerate(contest.options.items(), 1)
    ]
    return (*own, Field(f"{contest.id}/{BLANK}", "–", words.say(f"sheet.{blank}")))


def named(contest: ContestForm, language: Language) -> str:
    """Return a contest with its place."""
    title = contest.title.get(language)
    return title if contest.place is None else f"{title}. {contest.place.get(language)}"


def typed(names: Iterable[str], form: Mapping[str, str]) -> tuple[dict[str, int | None], list[str]]:
    """Return the numbers of a form, None where nothing stands, and the fields that hold no number.

    Blanks of any kind between digits are left out, as people write thousands.
    """
    found: dict[str, int | None] = {}
    wrong = []
    for name in names:
        text = "".join(form.get(name, "").split())
        if not text:
            found[name] = None
        elif text.isascii() and text.isdigit() and len(text) <= 9:
            found[name] = int(text)
        else:
            found[name] = None
            wrong.append(name)
    return found, wrong


# What adds up


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
    equation = next(one for one in EQUATIONS if one.code == check.code)
    relation = "≤" if equation.relation == "<=" else "="
    left, right = (
        " + ".join(_term(one, words) for one in side if one in lines)
        for side in (equation.left, equation.right)
    )
    if check.left is None or check.right is None:
        return Equation(check.code, f"{left} {relation} {right}", "", "not_run", 0, where)
    sign = relation if check.state == "passed" else "≠" if relation == "=" else ">"
    state = "look" if check.state == "failed" and equation.weight == "look" else check.state
    figures = f"{group_digits(check.left)} {sign} {group_digits(check.right)}"
    return Equation(check.code, f"{left} {relation} {right}", figures, state, check.left - check.right, where)


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
    found = sum(one.parts.values())
    sign = "=" if not one.missing else "≠"
    figures = f"{group_digits(one.total)} {sign} {' + '.join(map(group_digits, one.parts.values()))}"
    state = "failed" if one.missing else "passed"
    return Equation(one.what, f"{words.say(total)} = {parts}", figures, state, found - one.total)


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
            (words.say(f"figure.{name}"), [getattr(one.counts, name) for one in three])
            for name in (
                "registered",
                "additions",
                "ballots_issued",
                "ballots_not_returned",
                "ballots_cast",
                "invalid_ballots",
            )
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
