"""The one page of a desk, its forms, and what its script asks.

Its address never has a voter in it: a browser keeps a history, and that would be a list of voters with times.
"""

from __future__ import annotations

from hmac import compare_digest

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse

from dauys.domain.text import LANGUAGES
from dauys.station.web import common
from dauys.station.web.desk.acts import act
from dauys.station.web.desk.room import DeskRoom
from dauys.station.web.desk.rooms import DeskRooms
from dauys.station.web.desk.sight import found, head, sight

#: Sentences of the desk, and those that all pages share.
DOMAINS = ("desk", "booth")


def desk(request: HttpRequest) -> HttpResponse:
    """Show where the desk is; take a step."""
    rooms: DeskRooms = request.services.desk
    room = rooms.room(request.terminal.number)
    if request.method == "POST":
        _take(request, rooms, room)
        return HttpResponseRedirect("/desk/")
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET", "POST"])
    with room.lock:
        facts = sight(rooms, room, request.terminal.language)
        return common.page(request, "desk/page.html", *DOMAINS, **facts)


def find(request: HttpRequest) -> HttpResponse:
    """Give the list for what is being typed; nothing but the search is changed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    # Not used up, as nothing is done: but only the page that is shown may ask.
    if not compare_digest(request.POST.get("token", "").encode(), request.terminal.token.encode()):
        return HttpResponse(status=409)
    rooms: DeskRooms = request.services.desk
    room = rooms.room(request.terminal.number)
    rooms.find(room, request.POST.get("q", ""))
    return common.page(request, "desk/list.html", *DOMAINS, found=found(rooms, room), voter=None)


def state(request: HttpRequest) -> HttpResponse:
    """Say the numbers of the head, as words: no name is among them."""
    own = common.words(request, *DOMAINS)
    numbers = head(request.services.desk)
    queue = numbers["queue"]
    return JsonResponse(
        {
            "media": numbers["media"],
            "open": numbers["open"] and not numbers["on_paper"],
            "time": numbers["time"],
            "voted": own.say("head.voted", voted=numbers["voted"], registered=numbers["listed"]),
            "paper": own.say("head.paper", number=numbers["paper"]),
            "electronic": own.say("head.electronic", number=numbers["electronic"]),
            "queue": own.say("head.queue.none") if queue is None else own.say("head.queue", minutes=queue),
        }
    )


def _take(request: HttpRequest, rooms: DeskRooms, room: DeskRoom) -> None:
    """Do what a form says, once: its token is used up before anything is done."""
    form, terminal = request.POST, request.terminal
    token = form.get("token", "")
    if not terminal.take(token):
        if not terminal.sent_twice(token):
            rooms.old(room)
        return
    name, _, value = form.get("do", "").partition(":")
    if name == "language":
        following = LANGUAGES[(LANGUAGES.index(terminal.language) + 1) % len(LANGUAGES)]
        terminal.language = value if value in LANGUAGES else following
        return
    act(rooms, room, name, value, {field: form.get(field, "") for field in form})
