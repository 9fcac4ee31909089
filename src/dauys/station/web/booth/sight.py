"""Which page a booth shows, and the facts on it. No page gets a ballot, its code or a card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from dauys.domain.text import LANGUAGES, Language
from dauys.station.web.booth.room import Room
from dauys.station.web.booth.rooms import ASK, LEAVE, Rooms
from dauys.station.web.booth.texts import ContestText
from dauys.words import Words

Facts = dict[str, Any]
#: Up to so many options stand in one, in two columns; more in three, so that none is below the others' fold.
ONE_COLUMN, TWO_COLUMNS = 4, 10


def sight(rooms: Rooms, room: Room, language: Language) -> tuple[str, Facts]:
    """Return the name of the page and what it needs."""
    name = rooms.page(room)
    facts: Facts = {
        "room": room,
        "texts": rooms.texts,
        "here": ("step.question" if name == "question" else f"step.{name}"),
        "each": [(one, Words(one, "booth").say) for one in LANGUAGES],
        "languages": LANGUAGES,
        "code": ("" if name == "stopped" else room.code) or ("J1.2" if name == "broken" else ""),
        "message": room.message,
        "minutes": int(ASK // 60),
        "seconds": round(rooms.left(room) or LEAVE),
    }
    own = _OWN.get(name)
    return name, facts | (own(rooms, room, language) if own else {})


def _wait(rooms: Rooms, _: Room, __: Language) -> Facts:
    return {"ready": rooms.ready()}


def _choose(rooms: Rooms, room: Room, language: Language) -> Facts:
    contests = rooms.texts.contests()
    contest = contests[room.at]
    marked = room.chosen[room.at]
    return {
        "contest": contest,
        "columns": columns(contest),
        "marked": marked or (),
        "blank": marked == (),
        "told": told(contest, marked, language),
        "number": room.at + 1,
        "count": len(contests),
    }


def _answers(rooms: Rooms, room: Room, language: Language) -> Facts:
    pairs = list(zip(rooms.texts.contests(), room.chosen, strict=True))
    return {"answers": [_answer(one, chosen, language) for one, chosen in pairs], "count": len(pairs)}


def _answer(contest: ContestText, chosen: tuple[int, ...] | None, language: Language) -> Facts:
    """Return one contest with the options chosen in it, none for a blank."""
    return {
        "contest": contest,
        "options": [contest.options[place] for place in chosen or ()],
        "told": told(contest, chosen, language),
    }


def columns(contest: ContestText) -> list[list[tuple[int, Any]]]:
    """Return the options with their places, down one column after the other."""
    options = list(enumerate(contest.options))
    count = 1 if len(options) <= ONE_COLUMN else 2 if len(options) <= TWO_COLUMNS else 3
    ends = [-(-len(options) * column // count) for column in range(count + 1)]
    return [options[start:end] for start, end in pairwise(ends)]


def told(contest: ContestText, chosen: tuple[int, ...] | None, language: Language) -> str:
    """Return what is chosen in words: numbers and names; nothing for a blank."""
    options = [contest.options[place] for place in chosen or ()]
    return "; ".join(f"{one.number}, {one.name.get(language)}" for one in options)


_OWN: Mapping[str, Callable[[Rooms, Room, Language], Facts]] = {
    "wait": _wait,
    "choose": _choose,
    "review": _answers,
    "slips": _answers,
}
