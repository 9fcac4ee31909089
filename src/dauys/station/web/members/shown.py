"""What the members' pages show, as plain facts: no page asks the journal itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import segno
from markupsafe import Markup

from dauys.domain.text import Language
from dauys.station.day.book import Difference
from dauys.station.day.protocols import BLANK, PAPER_LINES, ContestForm
from dauys.station.day.windows import Phase
from dauys.station.keeping.closing import Sum
from dauys.station.web.members.room import Next, Room
from dauys.words import Words, group_digits

#: Where members are led to.
PAGES: Final[Mapping[Next, str]] = {
    "broken": "/members/incident",
    "single": "/members/incident?kind=single",
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
class Field:
    """One number that is asked for. `name`: of the input; `number`: on the ballot or the form."""

    name: str
    number: str
    label: str


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


def bare(*facts: str | None) -> bool:
    """Return whether facts are numbers, times and names of devices: words stand in one language alone."""
    words = [word for one in facts for word in re.split(r"[\s,]+", one or "-")]
    return all(any(letter.isdigit() for letter in word) for word in words)


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


def apart(found: Iterable[Sum]) -> str:
    """Return numbers that do not add up as a form holds them: what it decides is decided of these alone."""
    return " ".join(f"{one.what}:{one.found}:{one.total}" for one in found)


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


def named_differences(
    room: Room, what: str, found: Iterable[Difference], words: Words
) -> list[tuple[str, int | None, int | None]]:
    """Return differences between two people with the labels of their fields."""
    labels = {f.name: f"{g.title}: {f.label}" for g in groups(room, what, words) for f in g.fields}
    return [(labels[one.field], one.first, one.second) for one in found]
