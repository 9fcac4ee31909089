"""What forms of the members' pages do; each once, by the token of its page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from dauys.domain.text import LANGUAGES, Language
from dauys.station.day.a4 import pdf
from dauys.station.day.book import write_all
from dauys.station.day.loading import UNUSED, keep_sealed
from dauys.station.day.minutes import DEVICES, FORMS
from dauys.station.day.people import LONGEST_REASON, Decision, decision, line
from dauys.station.day.sheets import sheets
from dauys.station.day.windows import Phase
from dauys.station.faults import StationError
from dauys.station.web import common
from dauys.station.web.booth.again import print_ending
from dauys.station.web.members import shown
from dauys.station.web.members.room import Room, Test
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
    form = request.POST
    with room.lock:
        if not request.terminal.take(form.get("token", "")):
            if not request.terminal.sent_twice(form.get("token", "")):
                room.notice = "old"
            return HttpResponseRedirect(request.path)
        room.notice, room.error, room.typed = "", None, {}
        try:
            where = act(room, request)
        except StationError as error:
            room.error = error
            room.typed = {name: form.getlist(name) for name in form}
            return HttpResponseRedirect(request.get_full_path())
    return HttpResponseRedirect(where)


def asked(request: HttpRequest) -> Decision | None:
    """Return the decision of a form, None where no reason was typed."""
    reason = request.POST.get("reason", "")
    return decision(request.POST.getlist("name"), reason) if reason.strip() else None


def names_of(request: HttpRequest) -> list[str]:
    """Return the names typed in a form."""
    return [str(one) for one in request.POST.getlist("name")]


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
        day.close_polls(names, room.booths, decided)
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
        book.enter("slips", request.POST.get("person", ""), _numbers(room.night.fields("slips"), request))
        room.notice = "entered"
    return "/members/test"


def count(what: str) -> Act:
    """Return what takes one person's count of cards, slips or paper."""

    def enter(room: Room, request: HttpRequest) -> str:
        if request.POST.get("do") == "again":
            room.night.book.again(what)
            return f"/members/count/{what}"
        values = _numbers(room.night.fields(what), request)
        room.night.enter(what, request.POST.get("person", ""), values)
        if room.night.book.agreed(what) is None:
            room.notice = "entered"
            return f"/members/count/{what}"
        return "/members/seal" if what == "cards" else "/members/"

    return enter


def _numbers(names: tuple[str, ...], request: HttpRequest) -> dict[str, int | None]:
    """Return what was typed. Raises StationError J3.7 where a field holds no number, or none at all."""
    values, wrong = shown.typed(names, request.POST)
    if wrong or None in values.values():
        missing = sum(one is None for one in values.values())
        raise StationError("J3.7", found=f"{missing} without a number", expected="numbers", hint="number")
    return values


def incident(room: Room, request: HttpRequest) -> str:
    """Minute an incident by its form."""
    kind = request.POST.get("kind", "")
    if kind not in FORMS or kind in ("time", "unused", "clock", "restart", "slips"):
        raise StationError("J3.7", found=kind, expected="a form", hint="form")
    decided = decision(names_of(request), request.POST.get("reason", ""))
    wanted = (*FORMS[kind], *(("device",) if kind in DEVICES else ()))
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


def seal(room: Room, request: HttpRequest) -> str:
    """Seal the device, print its seal, or take what members typed back from the paper."""
    do = request.POST.get("do", "")
    if do == "compare":
        room.night.compare(request.POST.get("code", ""), names_of(request), room.night.day.watch.read())
        return "/members/"
    if do == "seal":
        room.night.seal()
    if room.prints is not None:
        room.prints.tree("seal", room.night.seal_note())
    return "/members/seal"


def owed(room: Room, request: HttpRequest) -> str:
    """Print the part 2 that a start owes; mark its slips where two members say that they lie under the glass.

    Nothing else tells whose slips those are: a mark on another's would be a lie (`spec/station.md` §6).
    """
    form = request.POST
    wanted = {one.card.hex(): one.card for one in room.owed()}
    card, number = wanted.get(form.get("card", "")), form.get("terminal", "")
    if card is None or not (number.isdecimal() and number.isascii()):
        raise StationError("J3.7", found="no ballot or no booth", expected="one that is owed", hint="form")
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


def devices(room: Room, request: HttpRequest) -> str:
    """Load another device from a folder, or minute that it was not used."""
    name, night = request.POST.get("device", ""), room.night
    if name not in night.others:
        raise StationError("J1.5", found=name, expected=", ".join(night.others))
    if request.POST.get("do") == "unused":
        reason = line(request.POST.get("reason", ""), LONGEST_REASON, "reason")
        night.book.minute(UNUSED, room.now(), names_of(request), device=name, reason=reason)
        del night.others[name]
        return "/members/devices"
    folder = Path(request.POST.get("folder", "").strip())
    found = room.load(name, folder)
    keep_sealed(night.book, found)
    night.others[name] = found
    room.notice = "loaded"
    return "/members/devices"


def sign(room: Room, request: HttpRequest) -> str:
    """Write the protocols, signed by those present."""
    copies = shown.typed(("copies",), request.POST)[0]["copies"]
    made = room.night.publish(room.night.day.watch.read(), names_of(request), copies=copies)
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
        room.night.destroy(room.media, names, room.night.day.watch.read(), room.random)
        room.destroyed = True
    return "/members/"


def show(request: HttpRequest, template: str, here: str, status: int = 200, **facts: Any) -> HttpResponse:
    """Draw a page of the members with what stands on each: what comes next, media, errors, what was typed."""
    room: Room = request.services.members
    own = common.words(request, "members", "site", "booth")
    with room.lock:
        error, notice, kept = room.error, room.notice, room.typed
        room.error, room.notice, room.typed = None, "", {}
        return common.page(
            request,
            f"members/{template}.html",
            "members",
            "site",
            "booth",
            status=status,
            room=room,
            here=here,
            next=room.next(),
            error=error,
            told="" if error is None else told(error, own.language),
            notice=notice,
            typed={name: (values if isinstance(values, list) else [values]) for name, values in kept.items()},
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
