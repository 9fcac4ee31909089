"""What a desk's page shows: facts alone, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from babel.dates import format_date
from markupsafe import Markup, escape

from dauys.domain.text import Language
from dauys.domain.voters import Voter
from dauys.station.desk.facts import Standing
from dauys.station.desk.search import Hit, Span, cut
from dauys.station.web.desk.room import DeskRoom
from dauys.station.web.desk.rooms import DeskRooms

Facts = dict[str, Any]
#: Entries of a page; whoever has more types another letter.
SHOWN: Final = 30
#: Reasons and troubles that are chosen instead of typed.
REASONS: Final = ("other_way", "wrong_voter", "left")
TROUBLES: Final = ("spelling", "marked", "missing", "dead")


def sight(rooms: DeskRooms, room: DeskRoom, language: Language) -> Facts:
    """Return everything that the page needs."""
    opened = rooms.register.get(room.opened) if room.opened else None
    panel = room.panel
    return {
        "room": room,
        "about": rooms.about,
        "head": head(rooms),
        "found": found(rooms, room),
        "voter": _voter(rooms, room.opened, opened, language) if opened else None,
        "panel": panel,
        "last": list(room.last),
        "kept": room.kept,
        "wrong": room.wrong,
        "reasons": REASONS,
        "troubles": TROUBLES,
        "carried": rooms.journal.carried,
        "visits": _visits(rooms) if rooms.journal.carried and panel == "mobile" else [],
        "away": _away(rooms) if panel == "mobile" and not opened else [],
        "cases": _cases(rooms) if panel == "cases" else [],
        "waiting": rooms.queue.waiting(),
    }


def head(rooms: DeskRooms) -> Facts:
    """Return the numbers of the page's head. None is what is not known."""
    journal = rooms.journal
    counts = journal.counts()
    broken = journal.broken is not None
    return {
        "media": "stopped" if broken else "both" if journal.records is not None else "one",
        "open": rooms.is_open(),
        "on_paper": rooms.on_paper(),
        "voted": counts.voted,
        "listed": counts.registered + counts.additions,
        "registered": counts.registered,
        "additions": counts.additions,
        "paper": counts.paper,
        "electronic": counts.electronic,
        "away": counts.away,
        "cases": counts.open_cases,
        "queue": rooms.queue.minutes(),
        "time": rooms.now().strftime("%H:%M"),
    }


def found(rooms: DeskRooms, room: DeskRoom) -> Facts:
    """Return what the search found: rows, how many there are in all, and whether anything was asked."""
    hits = rooms.register.search(room.query)
    shown = hits[:SHOWN]
    standings = rooms.journal.standings() if shown else {}
    rows = [_row(rooms, hit, standings) for hit in shown]
    return {"rows": rows, "count": len(hits), "asked": bool(room.query.strip()), "shown": len(shown)}


def state(rooms: DeskRooms, key: str, standings: Mapping[str, Standing]) -> str:
    """Return what stands by a voter: a state, `certificate` for one of before the day, else `free`."""
    standing = standings.get(key)
    if standing is not None:
        return standing.state
    voter = rooms.register.get(key)
    return "certificate" if voter and voter.number and rooms.journal.certificate(key) else "free"


def _row(rooms: DeskRooms, hit: Hit, standings: Mapping[str, Standing]) -> Facts:
    voter = hit.voter
    return {
        "key": hit.key,
        "kk": _marked(voter.name_kk, hit.kk),
        "ru": _marked(voter.name_ru, hit.ru) if voter.name_ru != voter.name_kk else "",
        "born": f"{voter.born:%d.%m.%Y}",
        "born_hit": hit.born,
        "number_hit": hit.number,
        "address": voter.address,
        "state": state(rooms, hit.key, standings),
    }


def _marked(name: str, spans: tuple[Span, ...]) -> Markup:
    def wrap(piece: str, on: bool) -> str:
        return f"<mark>{escape(piece)}</mark>" if on else str(escape(piece))

    return Markup(cut(name, spans, wrap))  # noqa: S704  # every piece is escaped


def _voter(rooms: DeskRooms, key: str, voter: Voter, language: Language) -> Facts:
    journal = rooms.journal
    standing = journal.standing(key)
    district = rooms.about.districts.get(voter.district) or rooms.about.place
    return {
        "key": key,
        "added": not voter.number,
        "kk": voter.name_kk,
        "ru": voter.name_ru if voter.name_ru != voter.name_kk else "",
        "born": _long(voter.born, language),
        "address": voter.address,
        "district": district.get(language) if district else "",
        "certificate": voter.certificate if not voter.number else journal.certificate(key),
        "state": state(rooms, key, {key: standing} if standing else {}),
        "visited": not journal.carried or key in journal.visits(),
        "times": journal.times_again(key),
        "cases": sum(1 for fact in journal.cases() if fact.body["voter"] == key),
    }


def _long(day: date, language: Language) -> str:
    # Not the day behind the month, as in America.
    return str(format_date(day, "long", locale="en_GB" if language == "en" else language))


def _away(rooms: DeskRooms) -> list[Facts]:
    standings = rooms.journal.standings().values()
    keys = sorted((one.voter for one in standings if one.state == "away"), key=_in_order)
    return [_named(rooms, key) for key in keys]


def _visits(rooms: DeskRooms) -> list[Facts]:
    """Return whom a carried device was sent to, and what the desk of the station has to be told."""
    standings = rooms.journal.standings()
    visits = sorted(rooms.journal.visits(), key=_in_order)
    return [_named(rooms, key) | {"voted": key in standings} for key in visits]


def _cases(rooms: DeskRooms) -> list[Facts]:
    """Return the open cases, in the order of voters, not of time."""
    cases = sorted(rooms.journal.cases(), key=lambda fact: (_in_order(fact.body["voter"]), fact.id))
    return [
        _named(rooms, fact.body["voter"]) | {"id": fact.id.hex(), "words": fact.body["words"]}
        for fact in cases
    ]


def _named(rooms: DeskRooms, key: str) -> Facts:
    voter = rooms.register.get(key)
    return {"key": key, "name": voter.name_kk if voter else ""}


def _in_order(key: str) -> tuple[bool, int, str]:
    return (not key.isdecimal(), int(key) if key.isdecimal() else 0, key)
