"""Pages of the night: counts by two people, the seal, the protocols, and the end."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse

from dauys.domain.votes import Channel
from dauys.station.day.a4 import pdf as pdf_of
from dauys.station.day.book import Values
from dauys.station.day.loading import UNUSED
from dauys.station.day.protocols import tables
from dauys.station.day.sheets import sheets
from dauys.station.day.windows import Phase
from dauys.station.faults import StationError
from dauys.station.web import common
from dauys.station.web.members import evening, shown, sums
from dauys.station.web.members.forms import members_only, show, take
from dauys.station.web.members.room import Room, Said
from dauys.words import Words

COUNTED: Final = ("cards", "slips", "paper")


@members_only
def count(request: HttpRequest, room: Room, what: str) -> HttpResponse:
    """Show what one person is to count, with its equations; take it."""
    if what not in COUNTED:
        return common.missing(request)
    if request.method == "POST":
        return take(request, evening.count(what))
    wanted = Phase.CLOSED if what == "cards" else Phase.SEALED
    if what != "cards" and room.phase() is wanted and room.night.missing_devices():
        return devices(request)
    own = common.words(request, "members", "site")
    ready = room.phase() is wanted
    said = room.said.get(request.terminal.number, Said())
    values = dict(shown.typed(room.night.fields(what), {n: v[0] for n, v in said.typed.items()})[0])
    found, fault = _equations(room, what, values, own) if ready else ([], None)
    return show(
        request,
        "count",
        what,
        what=what,
        ready=ready,
        groups=shown.groups(room, what, own),
        entries=room.night.book.entries.get(what, []),
        differences=shown.named_differences(room, what, room.night.book.differences(what), own),
        agreed=room.night.book.agreed(what),
        fault=fault,
        equations=found,
    )


def _equations(
    room: Room, what: str, values: Values, own: Words
) -> tuple[list[sums.Equation], StationError | None]:
    try:
        return sums.equations(room, what, values, own), None
    except StationError as error:
        return [], error


@members_only
def live(request: HttpRequest, room: Room, what: str) -> HttpResponse:
    """Return the equations over what is typed so far; nothing is kept."""
    if request.method != "POST" or what not in (*COUNTED, "test") or room.destroyed:
        return common.missing(request)
    own = common.words(request, "members", "site")
    names = room.night.fields("slips" if what == "test" else what)
    values, _ = shown.typed(names, request.POST)
    found, _ = _equations(room, what, values, own)
    return common.page(request, "members/equations.html", "members", "site", equations=found)


@members_only
def seal(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the seal, or what is missing before it; make it; take the comparison."""
    if request.method == "POST":
        return take(request, evening.seal)
    own = common.words(request, "members", "site")
    sealed = room.phase() is Phase.SEALED and room.night.day.log.sealed()
    size = room.night.day.log.tree()[0]
    return show(
        request,
        "seal",
        "seal",
        sealed=sealed,
        size=size,
        groups=room.night.seal_code().split("-") if sealed else [],
        qr=shown.qr(room.night.seal_note().decode()) if sealed else "",
        agreed=room.night.book.agreed("cards"),
        apart="" if sealed else shown.apart(room.night.apart()),
        when="in_time" if room.phase() is not Phase.CLOSED else room.when(Phase.SEALED),
        compared=room.night.book.minuted("compared"),
        equations=[] if sealed else [sums.sum_of(one, own) for one in room.night.sums()],
        clock=shown.clock,
    )


@members_only
def devices(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the station's other devices; load one, or minute that it was not used."""
    if request.method == "POST":
        return take(request, evening.devices)
    unused = [one for one in room.night.book.minutes if one["what"] == UNUSED]
    return show(request, "devices", "protocols", others=sorted(room.night.others.items()), unused=unused)


@members_only
def protocols(request: HttpRequest, room: Room) -> HttpResponse:
    """Show the three protocols beside one another with their equations; take signatures."""
    if request.method == "POST":
        return take(request, evening.sign)
    own = common.words(request, "members", "site")
    ready = room.phase() is Phase.SEALED and not room.night.missing_devices()
    found = room.night.protocols(room.now()) if ready else []
    whole = ready and all(room.night.book.agreed(what) is not None for what in ("slips", "paper"))
    return show(
        request,
        "protocols",
        "protocols",
        ready=ready,
        whole=whole,
        contests=sums.table(room, found, own) if ready else [],
        equations=sums.of_protocols(room, found, own) if ready else [],
        signed=room.night.book.minuted("signed"),
        channels=[one.value for one in (Channel.ELECTRONIC, Channel.PAPER, Channel.SUMMARY)],
        missing=room.night.missing_devices(),
        clock=shown.clock,
    )


@members_only
def destroy(request: HttpRequest, room: Room) -> HttpResponse:
    """Show what is destroyed, and what remains; do it."""
    if request.method == "POST":
        return take(request, evening.destroy)
    return show(request, "destroy", "home", ready=room.next() == "destroy")


@members_only
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


@members_only
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
