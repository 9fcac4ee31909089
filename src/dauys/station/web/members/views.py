"""The pages of the members of a station: what to do next at the top, and a page for each thing they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from dauys import _core
from dauys.domain.votes import Channel
from dauys.station.day.a4 import pdf as pdf_of
from dauys.station.day.book import Values
from dauys.station.day.day import zero
from dauys.station.day.loading import UNUSED
from dauys.station.day.minutes import DEVICES, FORMS
from dauys.station.day.protocols import tables
from dauys.station.day.sheets import sheets
from dauys.station.day.watch import minutes
from dauys.station.day.windows import Phase
from dauys.station.faults import StationError
from dauys.station.web import common
from dauys.station.web.members import acts, shown
from dauys.station.web.members.room import Room
from dauys.verify.devices import spoken_code
from dauys.words import Words

#: What each step of the day is, and its phase.
STEPS: Final = {
    "install": Phase.INSTALLED,
    "check": Phase.CHECKED,
    "open": Phase.OPEN,
    "close": Phase.CLOSED,
}
COUNTED: Final = ("cards", "slips", "paper")


def _room(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the members' room; without one there are no such pages."""

    def answer(request: HttpRequest, **parts: Any) -> HttpResponse:
        room = request.services.members
        if not isinstance(room, Room):
            return common.missing(request)
        if request.method not in ("GET", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        if room.destroyed and request.path != "/members/":
            return HttpResponseRedirect("/members/")  # nothing can be read any more
        return view(request, room, **parts)

    return answer


@_room
def home(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the day, and what comes next."""
    terminals = request.services.terminals
    screens = {role: len(terminals.all(role)) for role in ("booth", "desk", "members")}
    counts = None if room.destroyed else zero(room.night.day.journal).counts
    return acts.show(
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


@_room
def step(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the form of the step that is next; take it."""
    if request.method == "POST":
        return acts.take(request, acts.step)
    what = room.next()
    phase = STEPS.get(what)
    if phase is None and what not in ("clock", "restart", "voting"):
        return home(request)
    phase = phase or (Phase.CLOSED if what == "voting" else Phase.MADE)
    window = room.window(phase)
    facts: dict[str, Any] = {
        "what": "close" if what == "voting" else what,
        "when": room.when(phase),
        "window": window,
        "moved_minutes": minutes(room.night.day.watch.moved()),
        "waiting": max(0, room.booths.free()),
        "zero": zero(room.night.day.journal),
        "owed": len(room.start.owed),
    }
    return acts.show(request, "step", "home", **facts)


@_room
def owed(request: HttpRequest, room: Room) -> HttpResponse:
    """Show which parts 2 this start owes, and print them; slips are marked only where two have seen them."""
    if request.method == "POST":
        return acts.take(request, acts.owed)
    codes = [(one.card.hex(), _core.ballot_code(one.ballot), one.kind) for one in room.owed()]
    return acts.show(request, "owed", "home", codes=codes, booths=request.services.terminals.all("booth"))


@_room
def test(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the test of logic and accuracy; begin it; take its count."""
    if request.method == "POST":
        return acts.take(request, acts.step if request.POST.get("step") else acts.test)
    own = common.words(request, "members", "site")
    book = room.test.book if room.test else None
    agreed = book.agreed("slips") if book else None
    apart = []
    if room.test is not None and agreed is not None:
        apart = room.test.rehearsal.differences(room.counted_test())
    return acts.show(
        request,
        "test",
        "test",
        test=room.test,
        groups=shown.groups(room, "slips", own),
        entries=book.entries.get("slips", []) if book else [],
        differences=_named(room, "slips", book.differences("slips") if book else (), request),
        agreed=agreed,
        apart=apart,
        what="test",
        equations=shown.equations(room, "test", {}, own) if room.test else [],
        window=room.window(Phase.TESTED),
        when=room.when(Phase.TESTED),
    )


def _named(room: Room, what: str, found: object, request: HttpRequest) -> list[tuple[str, object, object]]:
    own = common.words(request, "members", "site")
    labels = {f.name: f"{g.title}: {f.label}" for g in shown.groups(room, what, own) for f in g.fields}
    return [(labels[one.field], one.first, one.second) for one in found]  # type: ignore[attr-defined]


@_room
def incident(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the forms of incidents and what was minuted; take one."""
    if request.method == "POST":
        return acts.take(request, acts.incident)
    kinds = [one for one in FORMS if one not in ("time", "unused", "clock", "restart", "slips")]
    kind = request.GET.get("kind", "")
    chosen = kind if kind in kinds else ""
    asks = (*FORMS.get(chosen, ()), *(("device",) if chosen in DEVICES else ()))
    found = [] if room.destroyed else room.night.day.incidents()
    return acts.show(
        request,
        "incident",
        "incident",
        kinds=kinds,
        kind=chosen,
        asks=asks,
        incidents=found,
        clock=shown.clock,
    )


@_room
def reading(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the newest tree with its root in letters; take a reading."""
    if request.method == "POST":
        return acts.take(request, acts.reading)
    size, root = room.night.day.log.tree()
    note = room.night.day.log.store.signed.note.encode().decode()
    return acts.show(
        request,
        "reading",
        "reading",
        size=size,
        groups=spoken_code(root).split("-") if size else [],
        qr=shown.qr(note) if size else "",
        may=room.phase() is Phase.OPEN,
        turnout=room.turnout() if room.turnout is not None else None,
    )


@_room
def screens(request: HttpRequest, room: Room) -> HttpResponse:  # noqa: ARG001
    """Show which screens are paired; give a code for another."""
    terminals = request.services.terminals
    code = role = ""
    number = 1
    if request.method == "POST":
        if request.terminal.take(request.POST.get("token", "")):
            role, text = request.POST.get("role", ""), request.POST.get("number", "1")
            number = int(text) if text.isdecimal() and text.isascii() and 0 < int(text) < 100 else 0
            if role in ("booth", "desk", "members") and number:
                code = terminals.invite(role, number)
        else:
            return acts.take(request, lambda _, __: "/members/screens")
    paired = [(one, terminals.all(one)) for one in ("booth", "desk", "members")]
    return acts.show(request, "screens", "screens", paired=paired, code=code, role=role, number=number)


@_room
def count(request: HttpRequest, room: Room, what: str) -> HttpResponse:
    """Show what one person is to count, with its equations; take it."""
    if what not in COUNTED:
        return common.missing(request)
    if request.method == "POST":
        return acts.take(request, acts.count(what))
    wanted = Phase.CLOSED if what == "cards" else Phase.SEALED
    if what != "cards" and room.phase() is wanted and room.night.missing_devices():
        return devices(request)
    own = common.words(request, "members", "site")
    ready = room.phase() is wanted
    values = dict(shown.typed(room.night.fields(what), {n: v[0] for n, v in room.typed.items()})[0])
    return acts.show(
        request,
        "count",
        what,
        what=what,
        ready=ready,
        groups=shown.groups(room, what, own),
        entries=room.night.book.entries.get(what, []),
        differences=_named(room, what, room.night.book.differences(what), request),
        agreed=room.night.book.agreed(what),
        equations=_equations(room, what, values, own) if ready else [],
    )


def _equations(room: Room, what: str, values: Values, own: Words) -> list[shown.Equation]:
    try:
        return shown.equations(room, what, values, own)
    except StationError as error:
        room.error = room.error or error
        return []


@_room
def live(request: HttpRequest, room: Room, what: str) -> HttpResponse:
    """Return the equations over what is typed so far; nothing is kept."""
    if request.method != "POST" or what not in (*COUNTED, "test") or room.destroyed:
        return common.missing(request)
    own = common.words(request, "members", "site")
    names = room.night.fields("slips" if what == "test" else what)
    values, _ = shown.typed(names, request.POST)
    found = _equations(room, what, values, own)
    return common.page(request, "members/equations.html", "members", "site", equations=found)


@_room
def seal(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the seal, or what is missing before it; make it; take the comparison."""
    if request.method == "POST":
        return acts.take(request, acts.seal)
    own = common.words(request, "members", "site")
    sealed = room.phase() is Phase.SEALED
    size = room.night.day.log.tree()[0]
    return acts.show(
        request,
        "seal",
        "seal",
        sealed=sealed,
        size=size,
        groups=room.night.seal_code().split("-") if sealed else [],
        qr=shown.qr(room.night.seal_note().decode()) if sealed else "",
        agreed=room.night.book.agreed("cards"),
        compared=room.night.book.minuted("compared"),
        equations=[] if sealed else [shown.sum_of(one, own) for one in room.night.sums()],
        clock=shown.clock,
    )


@_room
def devices(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the station's other devices; load one, or minute that it was not used."""
    if request.method == "POST":
        return acts.take(request, acts.devices)
    unused = [one for one in room.night.book.minutes if one["what"] == UNUSED]
    return acts.show(request, "devices", "protocols", others=sorted(room.night.others.items()), unused=unused)


@_room
def protocols(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the three protocols beside one another with their equations; take signatures."""
    if request.method == "POST":
        return acts.take(request, acts.sign)
    own = common.words(request, "members", "site")
    ready = room.phase() is Phase.SEALED and not room.night.missing_devices()
    found = room.night.protocols(room.now()) if ready else []
    whole = ready and all(room.night.book.agreed(what) is not None for what in ("slips", "paper"))
    return acts.show(
        request,
        "protocols",
        "protocols",
        ready=ready,
        whole=whole,
        contests=shown.table(room, found, own) if ready else [],
        equations=shown.of_protocols(room, found, own) if ready else [],
        signed=room.night.book.minuted("signed"),
        channels=[one.value for one in (Channel.ELECTRONIC, Channel.PAPER, Channel.SUMMARY)],
        missing=room.night.missing_devices(),
        clock=shown.clock,
    )


@_room
def destroy(request: HttpRequest, room: Room) -> HttpResponse:
    """Show what is destroyed, and what remains; do it."""
    if request.method == "POST":
        return acts.take(request, acts.destroy)
    return acts.show(request, "destroy", "home", ready=room.next() == "destroy")


@_room
def pdf(request: HttpRequest, room: Room, contest: str, channel: str, number: int) -> HttpResponse:
    """Give one page of a protocol on A4."""
    try:
        made = room.night.protocols(room.now())
        seals = room.night.seals()
    except StationError:
        return common.missing(request)
    own = next((one for one in made if (one.contest, one.channel.value) == (contest, channel)), None)
    if own is None:
        return common.missing(request)
    form = next(one for one in room.contests if one.id == contest)
    pages = sheets(own, form, room.signed_facts(), seals)
    if not 1 <= number <= len(pages):
        return common.missing(request)
    response = HttpResponse(pdf_of(pages[number - 1]), content_type="application/pdf")
    name = f"{own.station}-{contest}-{channel}-{number}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["X-Pages"] = str(len(pages))
    return response


@_room
def table(request: HttpRequest, room: Room, name: str) -> HttpResponse:
    """Give a table of the protocols as they stand."""
    try:
        made = room.night.protocols(room.now())
    except StationError:
        return common.missing(request)
    found = tables(made)
    if name not in found:
        return common.missing(request)
    response = HttpResponse(found[name], content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
