"""What the forms of a desk do, by the name of the button (`spec/desk.md` §4).

Each act is given all that its form says; what it refuses it raises, before anything is changed. Whatever is
raised is said on the screen; what was typed stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal, cast

from dauys.station.desk.facts import Channel, Newcomer
from dauys.station.desk.search import typed_date
from dauys.station.faults import StationError
from dauys.station.web.desk.room import PANELS, DeskRoom
from dauys.station.web.desk.rooms import DeskRooms

Form = Mapping[str, str]
Act = Callable[[DeskRooms, DeskRoom, str, Form], None]
#: Acts that only members of this station's open day may do.
IN_THE_DAY: Final = ("mark", "again", "test", "test_again")


def act(rooms: DeskRooms, room: DeskRoom, name: str, value: str, form: Form) -> None:
    """Do what a button says. What is refused is said, and changes nothing."""
    with room.lock, _refusing(rooms, room, form):
        found = ACTS.get(name)
        if found is None or form.get("voter", "") != room.opened:
            # Another page than the one that the screen is at: never a mark on whom nobody sees.
            raise StationError("J4.11", found="another page", expected="the page shown")
        if name in IN_THE_DAY and not rooms.is_open():
            raise StationError("J3.1", found="not open", expected="open")
        if name in IN_THE_DAY and (name, value) != ("mark", "paper") and rooms.on_paper():
            raise StationError("J4.15", found="paper alone", expected="booths at work")
        found(rooms, room, value, form)


@contextmanager
def _refusing(rooms: DeskRooms, room: DeskRoom, form: Form) -> Iterator[None]:
    try:
        yield
    except StationError as error:
        if error.code.startswith("J1."):
            rooms.tell(error)
        room.quiet()
        room.code, room.wrong = error.code, error.problem.hint or ""
        room.kept = dict(form)


# Where the screen is


def _find(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    room.quiet()
    room.query, room.opened, room.panel = form.get("q", ""), "", ""
    hits = rooms.register.search(room.query)
    if len(hits) == 1:
        room.opened = hits[0].key


def _open(rooms: DeskRooms, room: DeskRoom, value: str, form: Form) -> None:
    if rooms.register.get(value) is None:
        raise StationError("J4.4", found="nobody", expected="a voter of this station")
    room.quiet()
    room.query = form.get("q", room.query)
    room.opened = value
    room.panel = room.panel if room.panel in ("undo", "mobile") else ""


def _close(_: DeskRooms, room: DeskRoom, *__: object) -> None:
    room.quiet()
    if room.panel:
        room.panel = ""
    else:
        room.query = room.opened = ""


def _next(_: DeskRooms, room: DeskRoom, *__: object) -> None:
    room.quiet()
    room.query = room.opened = room.panel = ""


def _panel(_: DeskRooms, room: DeskRoom, value: str, __: Form) -> None:
    room.quiet()
    room.panel = value if value in PANELS and value != room.panel else ""
    if room.panel in ("add", "test"):
        room.opened = ""


# Who votes


def _mark(rooms: DeskRooms, room: DeskRoom, value: str, _: Form) -> None:
    if value not in ("paper", "electronic"):
        raise StationError("J4.11", found="no channel", expected="paper or electronic")
    rooms.journal.mark(room.opened, cast(Channel, value))
    rooms.queue.served()
    room.mark(room.opened)
    room.done(value)


def _undo(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    returned = form.get("returned", "")
    if returned not in ("ballot", "card"):
        raise StationError("J4.5", found="nothing", expected="what was given back", hint="returned")
    reason = form.get("why", "").strip() or form.get("reason", "")
    rooms.journal.undo(room.opened, cast(Literal["ballot", "card"], returned), reason)
    room.done("undone")


def _again(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    room.done("again", turn=rooms.journal.readmit(room.opened, form.get("name", "")))


def _test(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    rooms.journal.test(form.get("name", ""))
    room.done("test")


def _test_again(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    room.done("again", turn=rooms.journal.test_again(form.get("name", ""), form.get("name2", "")))


def _spoil(rooms: DeskRooms, room: DeskRoom, value: str, _: Form) -> None:
    place = int(value) if value.isdecimal() else 0
    if not 0 < place <= len(rooms.about.ballots):
        raise StationError("J4.5", found=value, expected="a ballot of this station")
    rooms.journal.spoil(room.opened, place)
    room.done("spoiled")


# Who is on the list


def _add(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    born = typed_date(form.get("born", ""))
    if born is None:
        raise StationError("J4.12", found="no date", expected="14.03.1961", hint="born")
    one = Newcomer(
        form.get("name", ""),
        born,
        form.get("address", ""),
        form.get("proof", ""),
        form.get("certificate", ""),
    )
    key = rooms.journal.add(one, rooms.about.day)
    rooms.register.add(key, rooms.journal.added()[key])
    room.opened, room.query = key, ""
    room.done("presented" if one.certificate else "added")


def _issue(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    rooms.journal.issue(room.opened, form.get("certificate", ""))
    room.done("issued")


def _back(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    rooms.journal.take_back(room.opened, form.get("certificate", ""))
    room.done("back")


# Mobile voting, cases, queue


def _send(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    names = (form.get("name", ""), form.get("name2", ""))
    rooms.journal.send(room.opened, form.get("device", ""), names)
    room.done("sent")


def _visit(rooms: DeskRooms, room: DeskRoom, _: str, __: Form) -> None:
    rooms.journal.visit(room.opened)
    room.done("visit")


def _bring(rooms: DeskRooms, room: DeskRoom, value: str, _: Form) -> None:
    if value not in ("voted", "paper", "not"):
        raise StationError("J4.11", found="neither", expected="voted or not")
    rooms.journal.bring(room.opened, voted=value != "not", paper=value == "paper")
    room.done(f"brought.{value}")


def _case(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    reason = form.get("why", "").strip() or form.get("reason", "")
    rooms.journal.open_case(room.opened, reason)
    room.done("case")


def _settle(rooms: DeskRooms, room: DeskRoom, value: str, form: Form) -> None:
    try:
        case = bytes.fromhex(value)
    except ValueError:
        case = b""
    rooms.journal.settle(case, form.get(f"why-{value}", ""))
    room.done("settled")


def _queue(rooms: DeskRooms, room: DeskRoom, _: str, form: Form) -> None:
    try:
        rooms.queue.counted(int(form.get("waiting", "")))
    except ValueError as error:
        raise StationError("J4.13", found="no such number", expected="0…999", hint="waiting") from error
    room.done("queue")


ACTS: Final[Mapping[str, Act]] = {
    "find": _find,
    "open": _open,
    "close": _close,
    "next": _next,
    "panel": _panel,
    "mark": _mark,
    "undo": _undo,
    "again": _again,
    "test": _test,
    "test_again": _test_again,
    "spoil": _spoil,
    "add": _add,
    "issue": _issue,
    "back": _back,
    "send": _send,
    "bring": _bring,
    "visit": _visit,
    "case": _case,
    "settle": _settle,
    "queue": _queue,
}
