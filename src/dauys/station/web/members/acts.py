"""What members do in the course of the day, form by form."""

from __future__ import annotations

from django.http import HttpRequest

from dauys.station.day.minutes import FORMS, OF_STEPS, asked_for
from dauys.station.day.people import decision
from dauys.station.faults import StationError
from dauys.station.web.booth.again import print_ending
from dauys.station.web.members.forms import accepted, asked, names_of, numbers
from dauys.station.web.members.room import Room, Test


def step(room: Room, request: HttpRequest) -> str:
    """Take the step of the day that is next: the form says which it means."""
    what, names, decided = request.POST.get("step", ""), names_of(request), asked(request)
    day = room.night.day
    if what == "install":
        day.install(names, room.act, decided)
    elif what == "test":
        expected, counted = tested(room).rehearsal.deck.expected, room.counted_test()
        day.tested(names, expected, counted, decided)
        room.test = None
        if room.prints is not None:
            room.prints.tested(counted, expected)
    elif what == "check":
        day.checked(names, decided)
    elif what == "zero" and room.prints is not None:
        room.prints.zero()
        room.notice = "printed"
        return "/members/step"
    elif what == "open":
        day.open(names, room.software, decided)
        room.notice = "opened"
        return "/members/reading"
    elif what == "close":
        desk = room.night.desk()
        day.close_polls(names, room.booths, decided, desk, accepted=accepted(request, day.apart(desk)))
    elif what == "unused" and decided is not None:
        day.end_unused(room.booths, decided)
        return "/members/step"
    else:
        _decide(room, what, names, request)
    return "/members/"


def _decide(room: Room, what: str, names: list[str], request: HttpRequest) -> None:
    """Minute what members decided of a clock or a restart."""
    decided = decision(names, request.POST.get("reason", ""))
    if what == "clock":
        room.night.day.accept_clock(decided)
    elif what == "restart":
        room.night.day.restarted(decided, room.start)
        room.minuted_start = True
    else:
        raise StationError("J3.1", found=what, expected=room.next())


def tested(room: Room) -> Test:
    """Return the test. Raises StationError J3.9 while it was not run to its end."""
    if room.test is None or not room.test.ended:
        raise StationError("J3.9", found="no test", expected="a test that was run", hint="run")
    return room.test


def test(room: Room, request: HttpRequest) -> str:
    """Begin the test, or take one person's count of its slips."""
    if request.POST.get("do") == "run":
        room.begin_test()
        return "/members/test"
    if request.POST.get("do") == "list" and room.prints is not None:
        room.prints.deck(tested(room).rehearsal.deck)
        room.notice = "printed"
        return "/members/test"
    book = tested(room).book
    if request.POST.get("do") == "again":
        book.again("slips")
    else:
        book.enter("slips", request.POST.get("person", ""), numbers(room.night.fields("slips"), request))
        room.notice = "entered"
    return "/members/test"


def incident(room: Room, request: HttpRequest) -> str:
    """Minute an incident by its form."""
    kind = request.POST.get("kind", "")
    if kind not in FORMS or kind in OF_STEPS:
        raise StationError("J3.7", found=kind, expected="a form", hint="form")
    decided = decision(names_of(request), request.POST.get("reason", ""))
    wanted = asked_for(kind)
    facts = {name: request.POST.get(name, "").strip() for name in wanted}
    if not all(facts.values()):
        raise StationError("J3.7", found="an empty field", expected=", ".join(wanted), hint="form")
    room.night.day.incident(kind, decided, facts)
    room.notice = "minuted"
    return "/members/incident"


def reading(room: Room, request: HttpRequest) -> str:
    """Take a reading, or print the tree once more."""
    if request.POST.get("do") == "take":
        room.take_reading()
        room.notice = "read"
    if room.prints is not None:
        moment = "open" if room.night.day.log.tree()[0] == 1 else "reading"
        room.prints.tree(moment, room.night.day.log.store.signed.note.encode())
    return "/members/reading"


def printers(room: Room, _: HttpRequest) -> str:
    """Print the printer test on every printer of the station."""
    room.test_printers()
    room.notice = "printed"
    return "/members/screens"


def owed(room: Room, request: HttpRequest) -> str:
    """Print the part 2 that a start owes; mark its slips where two members say that they lie under the glass.

    Nothing else tells whose slips those are: a mark on another's would be a lie (`spec/station.md` §6).
    Raises StationError J3.3 while a voter is in that booth: part 2 is cut off, and part 1 of theirs with it.
    """
    form = request.POST
    wanted = {one.card.hex(): one.card for one in room.owed()}
    card, number = wanted.get(form.get("card", "")), form.get("terminal", "")
    if card is None or not (number.isdecimal() and number.isascii()):
        raise StationError("J3.7", found="no ballot or no booth", expected="one that is owed", hint="form")
    room.booths.require_empty(int(number))
    mark = form.get("do") == "mark"
    if mark:
        decided = decision(names_of(request), form.get("reason", ""))
        room.night.day.incident("slips", decided, {"terminal": int(number)})
    try:
        print_ending(room.booths, int(number), card, mark=mark)
    except KeyError as error:
        raise StationError("J3.7", found=number, expected="a booth", hint="form") from error
    room.notice = "printed"
    return "/members/owed" if room.owed() else "/members/"
