"""Forms and pages of the members: each form taken once, each page with what stands on all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from dauys.domain.text import LANGUAGES, Language
from dauys.station.day.people import Decision, decision
from dauys.station.faults import StationError
from dauys.station.keeping.closing import Sum
from dauys.station.web import common
from dauys.station.web.members import shown
from dauys.station.web.members.room import Room, Said
from dauys.words import Words

Act = Callable[[Room, HttpRequest], str]
"""Does what a form asks and returns the address that comes next. Raises StationError."""


def language(request: HttpRequest) -> HttpResponse:
    """Set the language of this screen, and stay where it was."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    wanted = request.POST.get("language", "")
    if request.terminal.take(request.POST.get("token", "")) and wanted in LANGUAGES:
        request.terminal.language = wanted
    back = request.POST.get("back", "")
    return HttpResponseRedirect(back if back.startswith("/members/") else "/members/")


def take(request: HttpRequest, act: Act) -> HttpResponse:
    """Do what a form says, once; where it cannot be done, its page says why and keeps what was typed."""
    room: Room = request.services.members
    form, number = request.POST, request.terminal.number
    with room.lock:
        if not request.terminal.take(form.get("token", "")):
            if not request.terminal.sent_twice(form.get("token", "")):
                room.said[number] = Said("old")
            return HttpResponseRedirect(request.path)
        room.notice = ""
        try:
            where = act(room, request)
        except StationError as error:
            room.said[number] = Said("", error, {name: form.getlist(name) for name in form})
            return HttpResponseRedirect(request.get_full_path())
        room.said[number] = Said(room.notice)
    return HttpResponseRedirect(where)


def asked(request: HttpRequest) -> Decision | None:
    """Return the decision of a form, None where no reason was typed."""
    reason = request.POST.get("reason", "")
    return decision(request.POST.getlist("name"), reason) if reason.strip() else None


def accepted(request: HttpRequest, apart: Sequence[Sum]) -> Decision | None:
    """Return what a form decided of numbers that do not add up, None where it showed others than these."""
    return asked(request) if request.POST.get("apart") == shown.apart(apart) else None


def names_of(request: HttpRequest) -> list[str]:
    """Return the names typed in a form."""
    return [str(one) for one in request.POST.getlist("name")]


def numbers(names: tuple[str, ...], request: HttpRequest) -> dict[str, int | None]:
    """Return what was typed. Raises StationError J3.7 where a field holds no number, or none at all."""
    values, wrong = shown.typed(names, request.POST)
    if wrong or None in values.values():
        missing = sum(one is None for one in values.values())
        raise StationError("J3.7", found=f"{missing} without a number", expected="numbers", hint="number")
    return values


def members_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
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


def show(
    request: HttpRequest, template: str, here: str, fault: StationError | None = None, **facts: Any
) -> HttpResponse:
    """Draw a page of the members with what stands on each: what comes next, media, errors, what was typed.

    `fault`: what is wrong with the page itself, where its last form was taken.
    """
    room: Room = request.services.members
    own = common.words(request, "members", "site", "booth")
    with room.lock:
        said = room.said.pop(request.terminal.number, Said())
        error = said.error or fault
        return common.page(
            request,
            f"members/{template}.html",
            "members",
            "site",
            "booth",
            room=room,
            here=here,
            next=room.next(),
            error=error,
            told="" if error is None else told(error, own.language),
            bare=shown.bare,
            notice=said.notice,
            typed=said.typed,
            then=shown.PAGES.get(room.next(), "/members/step"),
            now=room.now(),
            digits=shown.digits,
            article=lambda text: shown.article(text, own),
            path=request.path,
            **facts,
        )


def told(error: StationError, language: Language) -> str:
    """Return what an error says to members: that of its hint, of its code, or that of papers and stations."""
    own = Words(language, "members", "site", "booth")
    code, problem = error.code, error.problem
    for key in (f"error.{code}.{problem.hint}", f"error.{code}"):
        if own.has(key):
            return own.say(key)
    others = Words(language, "papers", "station")
    facts = {"found": problem.found, "expected": problem.expected, "printer": "–"} | dict(problem.facts)
    return others.say(code, **facts) if others.has(code) else own.say("error.other")
