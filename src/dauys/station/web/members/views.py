"""Pages of the day: what to do next at the top, and a page for each thing that members do."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from dauys import _core
from dauys.station.day.day import zero
from dauys.station.day.minutes import FORMS, OF_STEPS, asked_for
from dauys.station.day.watch import minutes
from dauys.station.day.windows import Phase
from dauys.station.web import common
from dauys.station.web.members import acts, shown, sums
from dauys.station.web.members.forms import members_only, show, take
from dauys.station.web.members.room import Room
from dauys.station.web.terminals import ROLES
from dauys.verify.devices import spoken_code

#: What each step of the day is, and its phase.
STEPS: Final = {
    "install": Phase.INSTALLED,
    "check": Phase.CHECKED,
    "open": Phase.OPEN,
    "close": Phase.CLOSED,
}


@members_only
def home(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the day, and what comes next."""
    terminals = request.services.terminals
    screens = {role: len(terminals.all(role)) for role in ROLES}
    counts = None if room.destroyed else zero(room.night.day.journal).counts
    return show(
        request,
        "home",
        "home",
        steps=shown.steps(room),
        screens=screens,
        counts=counts,
        waiting=0 if room.destroyed else max(0, room.booths.free()),
        incidents=[] if room.destroyed else room.night.day.incidents(),
        clock=shown.clock,
    )


@members_only
def step(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the form of the step that is next; take it."""
    if request.method == "POST":
        return take(request, acts.step)
    what = room.next()
    phase = STEPS.get(what)
    if phase is None and what not in ("clock", "restart", "voting"):
        return home(request)
    phase = phase or (Phase.CLOSED if what == "voting" else Phase.MADE)
    window = room.window(phase)
    waiting, own = max(0, room.booths.free()), common.words(request, "members", "site")
    ends = phase is Phase.CLOSED and not waiting and not room.booths.sessions
    apart = room.night.apart() if ends else ()
    facts: dict[str, Any] = {
        "what": "close" if what == "voting" else what,
        "when": room.when(phase),
        "window": window,
        "moved_minutes": minutes(room.night.day.watch.moved()),
        "waiting": waiting,
        "apart": shown.apart(apart),
        "equations": [sums.sum_of(one, own) for one in apart],
        "on_paper": room.night.day.on_paper(),
        "zero": zero(room.night.day.journal),
        "owed": len(room.start.owed),
    }
    return show(request, "step", "home", **facts)


@members_only
def owed(request: HttpRequest, room: Room) -> HttpResponse:
    """Show which parts 2 this start owes, and print them; slips are marked only where two have seen them."""
    if request.method == "POST":
        return take(request, acts.owed)
    codes = [(one.card.hex(), _core.ballot_code(one.ballot), one.kind) for one in room.owed()]
    return show(request, "owed", "home", codes=codes, booths=request.services.terminals.all("booth"))


@members_only
def test(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the test of logic and accuracy; begin it; take its count."""
    if request.method == "POST":
        return take(request, acts.step if request.POST.get("step") else acts.test)
    own = common.words(request, "members", "site")
    book = room.test.book if room.test else None
    agreed = book.agreed("slips") if book else None
    apart = []
    if room.test is not None and agreed is not None:
        apart = room.test.rehearsal.differences(room.counted_test())
    return show(
        request,
        "test",
        "test",
        test=room.test,
        groups=shown.groups(room, "slips", own),
        entries=book.entries.get("slips", []) if book else [],
        differences=shown.named_differences(room, "slips", book.differences("slips") if book else (), own),
        agreed=agreed,
        apart=apart,
        what="test",
        equations=sums.equations(room, "test", {}, own) if room.test else [],
        window=room.window(Phase.TESTED),
        when=room.when(Phase.TESTED),
    )


@members_only
def incident(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the forms of incidents and what was minuted; take one."""
    if request.method == "POST":
        return take(request, acts.incident)
    kinds = [one for one in FORMS if one not in OF_STEPS]
    kind = request.GET.get("kind", "")
    chosen = kind if kind in kinds else ""
    asks = asked_for(chosen) if chosen else ()
    found = [] if room.destroyed else room.night.day.incidents()
    return show(
        request,
        "incident",
        "incident",
        kinds=kinds,
        kind=chosen,
        asks=asks,
        incidents=found,
        clock=shown.clock,
    )


@members_only
def reading(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the newest tree with its root in letters; take a reading."""
    if request.method == "POST":
        return take(request, acts.reading)
    size, root = room.night.day.log.tree()
    note = room.night.day.log.store.signed.note.encode().decode()
    return show(
        request,
        "reading",
        "reading",
        size=size,
        groups=spoken_code(root).split("-") if size else [],
        qr=shown.qr(note) if size else "",
        may=room.phase() is Phase.OPEN,
        turnout=room.turnout() if room.turnout is not None else None,
    )


@members_only
def screens(request: HttpRequest, room: Room) -> HttpResponse:
    """Show which screens are paired; give a code for another; test the printers."""
    if request.method == "POST" and request.POST.get("do") == "printers":
        return take(request, acts.printers)
    terminals = request.services.terminals
    code = role = ""
    number = 1
    if request.method == "POST":
        if request.terminal.take(request.POST.get("token", "")):
            role, text = request.POST.get("role", ""), request.POST.get("number", "1")
            number = int(text) if text.isdecimal() and text.isascii() and 0 < int(text) < 100 else 0
            if role in ROLES and number:
                code = terminals.invite(role, number)
        else:
            return take(request, lambda _, __: "/members/screens")
    return show(
        request,
        "screens",
        "screens",
        paired=[(one, terminals.all(one)) for one in ROLES],
        code=code,
        role=role,
        number=number,
        may_print=room.may_test_printers(),
    )
