"""What members do from the close of voting to the end of the night, form by form."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest

from dauys.station.day.a4 import pdf
from dauys.station.day.book import write_all
from dauys.station.day.loading import UNUSED, keep_sealed
from dauys.station.day.people import LONGEST_REASON, line
from dauys.station.day.sheets import sheets
from dauys.station.day.windows import Phase
from dauys.station.faults import StationError
from dauys.station.keeping.folders import SEALED
from dauys.station.web.members import shown
from dauys.station.web.members.forms import Act, accepted, asked, names_of, numbers
from dauys.station.web.members.room import Room


def count(what: str) -> Act:
    """Return what takes one person's count of cards, slips or paper."""

    def enter(room: Room, request: HttpRequest) -> str:
        if request.POST.get("do") == "again":
            room.night.book.again(what)
            return f"/members/count/{what}"
        values = numbers(room.night.fields(what), request)
        room.night.enter(what, request.POST.get("person", ""), values)
        if room.night.book.agreed(what) is None:
            room.notice = "entered"
            return f"/members/count/{what}"
        return "/members/seal" if what == "cards" else "/members/"

    return enter


def seal(room: Room, request: HttpRequest) -> str:
    """Seal the device, print its seal, or take what members typed back from the paper."""
    do = request.POST.get("do", "")
    if do == "compare":
        room.night.compare(request.POST.get("code", ""), names_of(request), room.night.day.watch.read())
        return "/members/"
    if do == "seal":
        room.night.seal(decided=asked(request), accepted=accepted(request, room.night.apart()))
    if room.prints is not None:
        room.prints.tree("seal", room.night.seal_note())
    return "/members/seal"


def devices(room: Room, request: HttpRequest) -> str:
    """Load another device from a folder, or minute that it was not used."""
    name, night = request.POST.get("device", ""), room.night
    if name not in night.others:
        raise StationError("J1.5", found=name, expected=", ".join(night.others))
    if night.book.minuted("signed") is not None:
        raise StationError("J3.4", found="signed protocols", expected="devices loaded before")
    if request.POST.get("do") == "unused":
        reason = line(request.POST.get("reason", ""), LONGEST_REASON, "reason")
        night.book.minute(UNUSED, room.now(), names_of(request), device=name, reason=reason)
        del night.others[name]
        return "/members/devices"
    folder = Path(request.POST.get("folder", "").strip())
    found = room.load(name, folder, request.POST.get("code", ""))
    keep_sealed(night.book, found)
    night.others[name] = found
    room.notice = "loaded"
    return "/members/devices"


def sign(room: Room, request: HttpRequest) -> str:
    """Write the protocols, signed by those present."""
    numbers, wrong = shown.typed(("copies",), request.POST)
    if wrong:
        raise StationError("J3.7", found="no number", expected="numbers", hint="number")
    made = room.night.publish(room.night.day.watch.read(), names_of(request), copies=numbers["copies"])
    forms, seals = {one.id: one for one in room.contests}, room.night.seals()
    for protocol in made:
        pages = sheets(protocol, forms[protocol.contest], room.signed_facts(), seals)
        for number, page in enumerate(pages, 1):
            name = f"{protocol.contest}-{protocol.channel.value}-{number}.pdf"
            write_all(room.night.book.folders, name, pdf(page))
    room.notice = "signed"
    return "/members/protocols"


def destroy(room: Room, request: HttpRequest) -> str:
    """Destroy the keys of the day, once somebody has said so in letters."""
    if request.POST.get("sure") != "yes":
        raise StationError("J3.6", found="no confirmation", expected="a confirmation", hint="sure")
    names = names_of(request)
    if room.phase() is Phase.SEALED:
        try:
            room.night.destroy(room.media, names, room.night.day.watch.read(), room.random)
        finally:
            # Without them nothing can be read; what a failing medium kept, the next start destroys.
            room.destroyed = not (room.media[0] / SEALED).exists()
    return "/members/"
