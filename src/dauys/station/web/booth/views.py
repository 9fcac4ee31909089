"""The one page of a booth, and its forms.

Whatever is asked, by whichever tab, twice or from an old page: the answer is the page that the session is at.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse

from dauys.domain.text import LANGUAGES
from dauys.station.web import common
from dauys.station.web.booth.room import Chosen, Room
from dauys.station.web.booth.rooms import Rooms
from dauys.station.web.booth.sight import sight


def booth(request: HttpRequest) -> HttpResponse:
    """Show where the session is; take a touch."""
    rooms: Rooms = request.services.rooms
    room = rooms.room(request.terminal.number)
    if request.method == "POST":
        _take(request, rooms, room)
        return HttpResponseRedirect("/booth/")
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET", "POST"])
    rooms.tick()
    with room.lock:
        if room.phase() == "wait":
            request.terminal.language = LANGUAGES[0]  # that of the voter before is nobody's business
        name, facts = sight(rooms, room, request.terminal.language)
        answer = common.page(request, f"booth/{name}.html", "booth", stamp=_stamp(rooms, room), **facts)
        room.message, room.code = ("", "") if name != "stopped" else (room.message, room.code)
        return common.pad(answer)


def state(request: HttpRequest) -> HttpResponse:
    """Say whether the page on the screen is old, and nothing else."""
    rooms: Rooms = request.services.rooms
    rooms.tick()
    room = rooms.room(request.terminal.number)
    return JsonResponse({"stamp": _stamp(rooms, room), "left": rooms.left(room)})


def touch(request: HttpRequest) -> HttpResponse:
    """Note that somebody is there, while nothing is sent."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    rooms: Rooms = request.services.rooms
    rooms.touch(rooms.room(request.terminal.number))
    return HttpResponse(status=204)


def _take(request: HttpRequest, rooms: Rooms, room: Room) -> None:
    """Do what a form says, once: its token is used up before anything is done.

    The booth is held from the token to the end: a page drawn between them would have the next token, and show
    the step before.
    """
    form, terminal = request.POST, request.terminal
    with room.lock:
        if not terminal.take(form.get("token", "")):
            if not terminal.sent_twice(form.get("token", "")):
                room.message = "over" if room.phase() in ("wait", "done") else "earlier"
            return
        act, _, value = form.get("do", "").partition(":")
        chosen = _chosen(rooms, room, form.getlist("choice"))
        if act in ("language", "begin") and value in LANGUAGES:
            terminal.language = value
        if act == "language":
            rooms.look(room, "", chosen)
        elif act == "look":
            rooms.look(room, value, chosen)
        elif act == "card":
            rooms.act(room, act, form.get("letters", ""))
        else:
            rooms.act(room, act, value, chosen)


def _chosen(rooms: Rooms, room: Room, marked: list[str]) -> Chosen:
    """Return the options marked, by place; empty for a blank, None for nothing or what is no option."""
    if marked == ["blank"]:
        return ()
    if room.phase() != "choose":
        return None
    options = len(rooms.texts.contests()[room.at].options)
    places = {int(one) for one in marked if one.isdecimal() and one.isascii()}
    if not places or len(places) != len(marked) or max(places) >= options:
        return None
    return tuple(sorted(places))


def _stamp(rooms: Rooms, room: Room) -> str:
    """Return what changes whenever the page would be another one."""
    phase = rooms.page(room)
    return f"{phase} {room.turn}" + (" ready" if phase == "wait" and rooms.ready() else "")
