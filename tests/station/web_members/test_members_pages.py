"""The members' pages by a client without a screen: the whole day, and what is refused."""

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape
from threading import Event, Thread

import booth_bench
import pytest
from django.test import Client
from members_bench import EVENING, NAMES, POLLS, cards_of, members, paper_of, slips_of, to_open
from small_device import PrinterStoppedError

from dauys.station.day.book import read_book
from dauys.station.day.loading import waiting_for
from dauys.station.day.people import decision
from dauys.station.day.protocols import Sealed
from dauys.station.day.windows import Phase
from dauys.station.faults import StationError
from dauys.station.web.members import room
from dauys.station.web.members.forms import told
from dauys.station.web.members.shown import bare
from dauys.station.web.settings import configure

configure()


PATHS = (
    *("", "step", "test", "incident", "reading", "screens", "seal", "protocols", "destroy", "owed"),
    *(
        "devices",
        "count/cards",
        "count/slips",
        "count/paper",
        "incident?kind=laptop",
        "incident?kind=nonsense",
    ),
)


class Screen:
    """A browser without scripts: gets pages, posts their forms with their tokens."""

    def __init__(self, own, cookie=None):
        self.own = own
        self.client = Client(raise_request_exception=True, headers={"host": "127.0.0.1"})
        self.client.cookies["terminal"] = own.cookie() if cookie is None else cookie
        self.page = ""

    def get(self, path, status=200):
        answer = self.client.get(path, **{"dauys.services": self.own.services})
        assert answer.status_code == status, path
        self.page = answer.content.decode() if "text" in answer["Content-Type"] else ""
        self.answer = answer
        return self.page

    def token(self):
        return re.search(r'name="token" value="([0-9a-f]+)"', self.page)[1]

    def post(self, path, token=None, **fields):
        if token is None:
            token = self.token()
        answer = self.client.post(path, {"token": token, **fields}, **{"dauys.services": self.own.services})
        if answer.status_code == 302:
            return self.get(answer["Location"])
        self.page, self.answer = answer.content.decode(), answer
        return self.page

    def send(self, path, **fields):
        """Get a page and post its form."""
        self.get(path)
        return self.post(path, **fields)

    @property
    def text(self):
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page)).split())


@pytest.fixture
def day(fresh):
    with members(fresh) as own:
        yield own, Screen(own)


def two(screen, path, values):
    for person in NAMES:
        screen.send(path, person=person, **values)


def morning(own, screen):
    """From the installation to the opening."""
    screen.get("/members/")
    screen.post("/members/language", language="en", back="/members/")
    assert "Install the device" in screen.text
    screen.send("/members/step", step="install", name=NAMES)
    assert own.room.phase() is Phase.INSTALLED
    screen.send("/members/test", do="run")
    wait_for_test(own)
    screen.get("/members/test")
    assert "ballots were opened and hold what was chosen" in screen.text
    expected = own.room.test.rehearsal.deck.expected
    values = {}
    for contest, counts in zip(own.room.contests, expected, strict=True):
        values |= dict(zip(contest.fields(), (*counts.options, counts.blanks), strict=True))
    screen.send("/members/test", do="list")
    two(screen, "/members/test", values)
    assert "The test holds" in screen.text
    screen.send("/members/test", step="test", name=NAMES)
    own.to(POLLS - timedelta(minutes=20))
    screen.send("/members/step", step="zero")
    screen.send("/members/step", step="check", name=NAMES)
    own.to(POLLS + timedelta(minutes=1))
    screen.send("/members/step", step="open", name=NAMES)
    assert own.room.phase() is Phase.OPEN
    assert "The vote is open." in screen.text


def test_a_whole_day_through_its_pages(day):
    own, screen = day
    morning(own, screen)
    own.vote(7)
    screen.send("/members/reading", do="take")
    assert "10:00, 14:00, 18:00" in screen.text
    assert "of 1 947" in screen.text
    assert [what for what, _ in own.printed] == ["deck", "tested", "zero", "open"]
    own.to(EVENING)
    screen.send("/members/step", step="close", name=NAMES)
    two(screen, "/members/count/cards", cards_of(own))
    assert "Seal of the log" in screen.text
    screen.send("/members/seal", do="seal")
    assert own.room.phase() is Phase.SEALED
    code = own.room.night.seal_code()
    for group in code.split("-"):
        assert group in screen.text
    screen.send("/members/seal", do="compare", code=code.lower(), name=NAMES)
    two(screen, "/members/count/slips", slips_of(own, 7))
    two(screen, "/members/count/paper", paper_of(own))
    screen.get("/members/protocols")
    assert "does not hold" not in screen.text
    screen.send("/members/protocols", name=NAMES, copies="six")
    assert "Every line needs a number" in screen.text
    screen.send("/members/protocols", name=NAMES, copies="6")
    assert own.room.night.book.minuted("signed")["facts"] == {"copies": 6}
    assert "Signed by" in screen.text
    screen.get("/members/paper/list/summary/1.pdf")
    assert screen.answer.content.startswith(b"%PDF")
    screen.send("/members/destroy", sure="yes", name=NAMES)
    assert own.room.destroyed
    assert "No incidents" not in screen.text
    for folder in own.room.media:
        assert not (folder / "keys.sealed").exists()
        for name in ("votes.csv", "list-electronic-1.pdf", "c16-summary-1.pdf"):
            assert (folder / "protocols" / name).exists()
    for path in PATHS:
        screen.get(f"/members/{path}", status=302 if path else 200)
    screen.get("/members/")
    assert "All is done" in screen.page
    assert own.errors == []


def wait_for_test(own):
    own.room.test.thread.join(60)
    assert own.room.test.ended


@pytest.mark.parametrize("phase", ["made", "open", "closed", "sealed"])
def test_every_page_at_every_time(fresh, phase):
    with members(fresh) as own:
        if phase == "sealed":
            to_seal(own)
        elif phase != "made":
            to_open(own)
        if phase == "closed":
            own.to(EVENING)
            own.room.night.day.close_polls(NAMES, own.room.booths)
        screen = Screen(own)
        for language in ("kk", "ru", "en"):
            screen.get("/members/")
            screen.post("/members/language", language=language, back="/members/")
            assert f'<html lang="{language}"' in screen.page
            for path in PATHS:
                assert screen.get(f"/members/{path}").count("<h1") == 1, path
        assert own.errors == []


def test_outside_its_time_a_reason_is_asked_for(fresh):
    with members(fresh, POLLS - timedelta(days=9)) as own:
        screen = Screen(own)
        assert 'name="reason"' in screen.get("/members/step")
        screen.post("/members/step", step="install", name=NAMES)
        assert 'role="alert"' in screen.page
        assert "J3.2" in screen.page
        assert 'value="Ким Т."' in screen.page
        assert own.room.phase() is Phase.MADE
        screen.post("/members/step", step="install", name=NAMES, reason="жол жабық болды")
        assert own.room.phase() is Phase.INSTALLED
        assert "жол жабық болды" in screen.page


def test_one_name_is_not_enough(day):
    own, screen = day
    screen.send("/members/step", step="install", name=["Ким Т.", "", ""])
    assert "J3.7" in screen.page
    assert own.room.phase() is Phase.MADE


def test_a_form_is_taken_once(day):
    own, screen = day
    screen.get("/members/incident?kind=booth")
    token = screen.token()
    fields = {"kind": "booth", "terminal": "2", "name": NAMES, "reason": "экран сынды"}
    screen.post("/members/incident?kind=booth", token=token, **fields)
    screen.post("/members/incident?kind=booth", token=token, **fields)
    assert len(own.room.night.day.incidents()) == 1
    screen.post("/members/incident?kind=booth", token="00" * 16, **fields)
    assert len(own.room.night.day.incidents()) == 1
    assert 'class="notice"' in screen.page


@pytest.mark.parametrize("role", ["booth", "desk"])
def test_another_role_is_refused(day, role):
    own, _ = day
    cookie = own.services.terminals.pair(own.services.terminals.invite(role, 1))
    screen = Screen(own, cookie)
    screen.get("/members/", status=403)
    assert "J6.2" in screen.page
    Screen(own, "").get("/members/", status=403)


def test_the_second_person_does_not_see_the_first_ones_numbers(day):
    own, screen = day
    to_open(own)
    own.to(EVENING)
    own.room.night.day.close_polls(NAMES, own.room.booths)
    screen.send("/members/count/cards", person="Ким Т.", **{**cards_of(own), "unused": 387, "spoiled": 13})
    screen.get("/members/count/cards")
    assert "Ким Т." in screen.page
    assert "387" not in screen.page
    screen.send("/members/count/cards", person="Сейітова А.", **cards_of(own))
    assert "387" in screen.page
    assert own.room.night.book.agreed("cards") is None


@pytest.mark.parametrize("typed", ["", "12a", "-1", "1.5", "1e3", "٣"])
def test_what_is_no_number_is_kept_and_named(day, typed):
    own, screen = day
    to_open(own)
    own.to(EVENING)
    own.room.night.day.close_polls(NAMES, own.room.booths)
    screen.send("/members/count/cards", person="Ким Т.", **{**cards_of(own), "unused": typed})
    assert "J3.7" in screen.page
    assert 'value="400"' in screen.page
    assert "cards" not in own.room.night.book.entries


def test_equations_as_they_are_typed(day):
    own, screen = day
    to_open(own)
    own.vote(3)
    own.to(EVENING)
    own.room.night.day.close_polls(NAMES, own.room.booths)
    screen.get("/members/count/cards")
    right = cards_of(own)
    for by, shown in ((0, 0), (-2, 1)):
        token = screen.token()
        page = screen.client.post(
            "/members/equations/cards", {"token": token, **right, "unused": right["unused"] + by},
            **{"dauys.services": own.services},
        ).content.decode()  # fmt: skip
        assert page.count('class="equation bad"') == shown
    assert own.room.night.book.entries == {}


def test_a_moved_clock_comes_first(day):
    own, screen = day
    own.set(timedelta(hours=-2))
    screen.get("/members/")
    assert own.room.next() == "clock"
    screen.send("/members/step", step="clock", name=NAMES, reason="батарея ауыстырылды")
    assert [one.kind for one in own.room.night.day.incidents()] == ["clock"]
    assert own.room.next() == "install"


def test_a_restart_is_minuted_before_anything_else(fresh):
    with members(fresh) as own:
        to_open(own)
        own.admitted[0] += 1
        session = own.room.booths.begin(1, "majilis")
        own.room.booths.show_card(session, booth_bench.letters(9))
        own.room.booths.show_slips(session, [[1], [1]])
        own.room.booths.confirm(session)
    with members(fresh, POLLS + timedelta(hours=2)) as own:
        assert own.room.next() == "restart"
        screen = Screen(own)
        screen.send("/members/step", step="restart", name=NAMES, reason="ток өшті")
        (told,) = own.room.night.day.incidents()
        assert (told.kind, told.facts["abandoned"], told.facts["void"]) == ("restart", "1", "2")
        assert own.room.next() == "voting"


def test_voters_who_left_are_ended_by_decision(day):
    own, screen = day
    to_open(own)
    own.admitted[0] += 2
    own.to(EVENING)
    screen.send("/members/step", step="close", name=NAMES)
    assert "J3.3" in screen.page
    screen.send("/members/step", step="unused", name=NAMES, reason="кетіп қалды")
    screen.send("/members/step", step="close", name=NAMES)
    assert own.room.phase() is Phase.CLOSED
    assert own.opened.journal.ended() == 2


def test_screens_are_paired_with_a_code_that_works(day):
    own, screen = day
    screen.send("/members/screens", role="booth", number="3")
    code = re.search(r"<span>([0-9A-Z]{4})</span> <span>([0-9A-Z]{4})</span>", screen.page)
    terminal = own.services.terminals.find(own.services.terminals.pair("".join(code.groups())))
    assert (terminal.role, terminal.number) == ("booth", 3)


def test_a_printer_that_stops_the_test_is_told(day):
    own, screen = day
    own.room.night.day.install(NAMES, own.room.act)
    own.glass.stops.add("part1")
    screen.send("/members/test", do="run")
    own.room.test.thread.join(60)
    screen.get("/members/test")
    assert own.room.test.code == "J6.5"
    assert len(own.errors) == 1
    own.glass.stops.clear()
    screen.send("/members/test", do="run")
    wait_for_test(own)


def test_no_page_names_a_card_or_a_choice_of_the_vote(day):
    own, screen = day
    to_open(own)
    own.vote(4)
    seen = "".join(screen.get(f"/members/{path}") for path in ("", "reading", "incident", "seal", "screens"))
    for ending in own.opened.journal.endings():
        assert ending.card.hex() not in seen
        assert ending.ballot.hex() not in seen


def test_there_are_no_pages_without_a_station(fresh):
    with members(fresh) as own:
        screen = Screen(own)
        own.services = replace(own.services, members=None)
        screen.get("/members/", status=404)


def to_seal(own):
    to_open(own)
    own.vote(3)
    own.to(EVENING)
    own.room.night.day.close_polls(NAMES, own.room.booths)
    for name in NAMES:
        own.room.night.enter("cards", name, cards_of(own))
    own.room.night.seal()
    own.room.night.compare(own.room.night.seal_code(), NAMES, EVENING)


def test_nothing_is_counted_before_every_device_is_loaded(day):
    own, screen = day
    to_seal(own)
    night = own.room.night
    night.others |= {"0312-b1": None, "0312-b2": None}
    assert own.room.next() == "devices"
    screen.get("/members/count/slips")
    assert "0312-b1" in screen.page
    assert 'name="person"' not in screen.page
    loaded = Sealed("0312-b1", night.seal_note(), {"counts": {"admitted": 5, "cast": 4}})
    typed = []
    own.room.load = lambda name, folder, code: typed.append(code) or replace(loaded, device=name)
    screen.get("/members/devices")
    assert 'name="code"' in screen.page
    screen.send("/members/devices", do="load", device="0312-b1", folder="/media/usb", code="B7QK-0M2X")
    assert typed == ["B7QK-0M2X"]
    screen.send("/members/devices", do="load", device="0312-b9", folder="/media/usb")
    assert "J1.5" in screen.page
    screen.send("/members/devices", do="unused", device="0312-b2", name=NAMES[:1], reason="шықпады")
    assert "J3.7" in screen.page
    screen.send("/members/devices", do="unused", device="0312-b2", name=NAMES, reason="шықпады")
    assert own.room.next() == "slips"
    assert night.protocols(EVENING)[0].counts.ballots_cast == 7
    assert waiting_for(["0312-b1", "0312-b2"], read_book(night.book.folders)) == {"0312-b1": loaded}


def test_the_desk_is_closed_only_when_all_adds_up(day):
    own, screen = day
    closed = []
    own.room.night.close_desk = lambda: closed.append(own.room.phase())
    to_open(own)
    own.to(EVENING)
    own.room.night.day.close_polls(NAMES, own.room.booths)
    two(screen, "/members/count/cards", {**cards_of(own), "unused": 1})
    screen.send("/members/seal", do="seal")
    assert "J3.5" in screen.page
    assert closed == []
    screen.send("/members/count/cards", do="again")
    two(screen, "/members/count/cards", cards_of(own))
    screen.send("/members/seal", do="seal")
    assert closed == [Phase.CLOSED]


def cut_before_part2(own):
    """A voter casts, and the power goes before part 2 is confirmed."""
    own.admitted[0] += 1
    session = own.room.booths.begin(1, "majilis")
    own.room.booths.show_card(session, booth_bench.letters(5))
    own.room.booths.show_slips(session, [[1], [1]])
    own.room.booths.confirm(session)
    own.glass.stops.add("mark")
    with pytest.raises(PrinterStoppedError):
        own.room.booths.cast(session)


@contextmanager
def owing(fresh):
    """A station whose power went between a ballot and its part 2, started again and minuted."""
    with members(fresh) as own:
        to_open(own)
        cut_before_part2(own)
    with members(fresh, POLLS + timedelta(hours=2)) as own:
        screen = Screen(own)
        screen.send("/members/step", step="restart", name=NAMES, reason="ток өшті")
        yield own, screen


@pytest.mark.parametrize("seen", [False, True])
def test_a_part_2_that_is_owed_is_printed_and_slips_marked_only_where_two_saw_them(fresh, seen):
    with owing(fresh) as (own, screen):
        assert own.room.next() == "owed"
        screen.get("/members/owed")
        card = re.search(r'name="card" value="([0-9a-f]+)"', screen.page)[1]
        if seen:
            screen.post("/members/owed", do="mark", card=card, terminal="1", name=NAMES[:1], reason="көрдік")
            assert "J3.7" in screen.page
            assert own.glass.printed == []
            screen.send("/members/owed", do="mark", card=card, terminal="1", name=NAMES, reason="көрдік")
        else:
            screen.post("/members/owed", do="print", card=card, terminal="1")
        assert own.glass.whats() == (["mark accepted", "part2"] if seen else ["part2"])
        assert own.room.next() == "voting"
        kinds = [one.kind for one in own.room.night.day.incidents()]
        assert kinds == (["restart", "slips"] if seen else ["restart"])
        assert card not in screen.get("/members/owed")
        assert own.glass.whats().count("part2") == 1


@pytest.mark.parametrize("do", ["print", "mark"])
def test_nothing_that_is_owed_is_printed_where_a_voter_is(fresh, do):
    """Part 2 is cut off: part 1 of whoever stands there, and its code, would come out with it undecided."""
    with owing(fresh) as (own, screen):
        own.admitted[0] += 1
        session = own.room.booths.begin(1, "majilis")
        own.room.booths.show_card(session, booth_bench.letters(6))
        own.room.booths.show_slips(session, [[1], [1]])
        own.room.booths.confirm(session)
        before = own.glass.whats()
        screen.get("/members/owed")
        card = re.search(r'name="card" value="([0-9a-f]+)"', screen.page)[1]
        screen.post("/members/owed", do=do, card=card, terminal="1", name=NAMES, reason="көрдік")
        assert "J3.3" in screen.page
        assert own.glass.whats() == before
        own.room.booths.cast(session)
        screen.post("/members/owed", do="print", card=card, terminal="1")
        assert own.glass.whats()[-1] == "part2"
        assert own.room.owed() == []


def test_every_start_in_the_middle_of_the_day_is_minuted(fresh):
    with members(fresh) as own:
        to_open(own)
        assert own.room.next() == "voting"
    with members(fresh, POLLS + timedelta(hours=2)) as own:
        assert own.room.next() == "restart"


def test_on_paper_alone_no_session_begins(day):
    own, screen = day
    to_open(own)
    own.admitted[0] += 1
    assert own.room.booths.free() == 1
    screen.send("/members/incident?kind=paper", kind="paper", name=NAMES, reason="екі принтер де сынды")
    assert own.room.booths.free() == 0
    with pytest.raises(StationError, match=r"^J2\.1"):
        own.room.booths.begin(1, "majilis")


def test_a_medium_that_fails_is_the_first_thing_to_be_seen(day):
    own, screen = day

    def fails(row):
        raise OSError(28, "No space left on device")

    own.opened.journal.records.append = fails
    screen.send("/members/step", step="install", name=NAMES)
    assert "J1.3" in screen.page
    assert own.room.next() == "broken"
    assert "/members/step" not in screen.get("/members/")
    screen.get("/members/")
    screen.post("/members/language", language="en", back="/members/")
    assert "Start the program anew" in screen.text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize(
    ("code", "hint"),
    [("J3.2", None), ("J3.3", "waiting"), ("J3.7", "number"), ("J7.1", None), ("J1.7", None), ("J9.9", None)],
)
def test_every_error_has_a_sentence(language, code, hint):
    error = StationError(code, found="1", expected="2", hint=hint, printer="receipts")
    assert len(told(error, language)) > 10


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_an_error_is_in_one_language(day, language):
    _, screen = day
    screen.get("/members/")
    screen.post("/members/language", language=language, back="/members/")
    screen.send("/members/step", step="install", name=NAMES[:1])
    alert = re.search(r'role="alert">(.*?)</div>', screen.page, re.DOTALL)[1]
    assert "(J3.7)" in alert
    assert "names" not in alert


@pytest.mark.parametrize(
    ("facts", "whether"),
    [
        (("12", "13"), True),
        (("2004-09-19T06:30:00+06:00", "0002-m2, 0002-m3"), True),
        (("1 names", "2 names"), False),
        (("early", "2004-09-19T06:30:00+06:00"), False),
        (("12", None), False),
    ],
)
def test_facts_that_are_words_are_not_shown(facts, whether):
    assert bare(*facts) is whether


def test_a_reading_stands_where_its_printer_stops(day):
    own, screen = day
    to_open(own)
    own.vote(70)

    def stops(moment, note):
        raise StationError("J7.1", found="no paper", expected="paper", printer="receipts")

    own.room.prints.tree = stops
    screen.send("/members/reading", do="take")
    assert "J7.1" in screen.page
    assert own.opened.log.tree()[0] == 1 + 38 + 1


def test_a_carried_device_ends_with_its_seal(day):
    own, screen = day
    to_seal(own)
    own.room.night.has_protocols = False
    assert own.room.next() == "destroy"
    screen.send("/members/destroy", sure="yes", name=NAMES)
    assert own.room.destroyed


def test_what_one_screen_typed_or_did_wrong_is_said_on_no_other(day):
    """Two count apart: the second would find the numbers of the first in the form."""
    own, screen = day
    to_open(own)
    own.to(EVENING)
    own.room.night.day.close_polls(NAMES, own.room.booths)
    terminals = own.services.terminals
    other = Screen(own, terminals.pair(terminals.invite("members", 2)))
    screen.get("/members/count/cards")
    form = {"token": screen.token(), "person": NAMES[0], "received": "397", "spoiled": "many"}
    screen.client.post("/members/count/cards", form, **{"dauys.services": own.services})
    assert "397" not in other.get("/members/count/cards")
    assert "J3.7" not in other.page
    assert 'value="397"' in screen.get("/members/count/cards")
    assert "J3.7" in screen.page


def test_a_chair_can_close_and_seal_with_numbers_that_do_not_add_up(day):
    own, screen = day
    to_open(own)
    own.vote(3)
    own.admitted[0] -= 1  # a mark was undone after its voter had cast
    own.to(EVENING)
    screen.get("/members/")
    screen.post("/members/language", language="en", back="/members/")
    assert "after voting is closed neither the desk nor a booth" in screen.get("/members/step")
    screen.post("/members/step", step="close", name=NAMES)
    assert "Sessions are not those admitted. 3; expected: 2 (J3.5)" in screen.text
    screen.post("/members/step", step="close", name=NAMES, reason="қате", apart="sessions:3:1")
    assert own.room.phase() is Phase.OPEN  # it was decided of other numbers
    screen.post("/members/step", step="close", name=NAMES, reason="қате", apart="sessions:3:2")
    assert own.room.phase() is Phase.CLOSED
    two(screen, "/members/count/cards", {**cards_of(own), "missing": 2})
    assert "Seal with these numbers" in screen.text
    assert "Count the cards again" in screen.text
    screen.send("/members/seal", do="seal")
    assert ("J3.5" in screen.page, own.room.phase()) == (True, Phase.CLOSED)
    (apart,) = re.findall(r'name="apart" value="([^"]*)"', screen.page)
    assert apart == "cards:402:400"
    screen.post("/members/seal", do="seal", name=NAMES, reason="екі карточка артық", apart=apart)
    assert own.room.phase() is Phase.SEALED
    facts = sorted((one.facts["what"], one.reason) for one in own.room.night.day.incidents())
    assert facts == [("cards", "екі карточка артық"), ("sessions", "қате")]
    screen.get("/members/")
    assert screen.text.count("Numbers that do not add up") == 2
    two(screen, "/members/count/slips", slips_of(own, 3))
    two(screen, "/members/count/paper", paper_of(own))
    assert "does not hold" in screen.get("/members/protocols")
    screen.send("/members/protocols", name=NAMES, copies="0")
    assert own.room.night.book.minuted("signed") is not None


def test_closing_early_accepts_no_numbers(day):
    own, screen = day
    to_open(own)
    own.vote(3)
    own.admitted[0] -= 1
    screen.get("/members/step")
    screen.post("/members/step", step="close", name=NAMES, reason="су тасқыны")
    assert ("J3.5" in screen.page, own.room.phase()) == (True, Phase.OPEN)
    assert own.room.night.day.incidents() == []


def test_sealing_late_asks_for_a_reason(day):
    own, screen = day
    to_open(own)
    own.to(EVENING)
    own.room.night.day.close_polls(NAMES, own.room.booths)
    two(screen, "/members/count/cards", cards_of(own))
    assert 'name="reason"' not in screen.get("/members/seal")
    own.to(EVENING + timedelta(hours=13))
    assert 'name="reason"' in screen.get("/members/seal")
    screen.post("/members/seal", do="seal", name=NAMES)
    assert ("J3.2" in screen.page, own.room.phase()) == (True, Phase.CLOSED)
    screen.post("/members/seal", do="seal", name=NAMES, reason="ток болмады")
    assert own.room.phase() is Phase.SEALED
    assert [(one.kind, dict(one.facts)) for one in own.room.night.day.incidents()] == [
        ("time", {"phase": "sealed"})
    ]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_what_does_not_add_up_is_said_in_every_language(day, language):
    own, screen = day
    to_open(own)
    own.vote(1)
    own.room.night.day.incident("paper", decision(NAMES, "x"))
    own.admitted[0] += 1
    own.to(EVENING + timedelta(hours=14))
    screen.get("/members/")
    screen.post("/members/language", language=language, back="/members/step")
    assert screen.page.count("<h1") == 1
    own.room.night.day.close_polls(
        NAMES, own.room.booths, None, own.room.night.desk(), accepted=decision(NAMES, "x")
    )
    two(screen, "/members/count/cards", {**cards_of(own), "missing": 1})
    for path in ("", "seal", "incident", "count/cards"):
        assert screen.get(f"/members/{path}").count("<h1") == 1
    assert own.errors == []


def test_printers_are_tested_from_the_page_of_screens_while_every_booth_is_empty(day):
    own, screen = day
    screen.get("/members/screens")
    assert 'value="printers"' in screen.page
    screen.send("/members/screens", do="printers")
    assert own.printed.count(("printers", None)) == 1
    to_open(own)
    own.admitted[0] += 1
    session = own.room.booths.begin(1, "majilis")
    screen.send("/members/screens", do="printers")
    assert "J3.3" in screen.page
    own.room.booths.show_card(session, booth_bench.letters(0))
    own.room.booths.show_slips(session, [[1], [1]])
    own.room.booths.confirm(session)
    own.room.booths.cast(session)
    own.printed.clear()
    screen.send("/members/screens", do="printers")
    assert own.printed == [("printers", None)]
    own.to(EVENING)
    own.room.night.day.close_polls(NAMES, own.room.booths)
    assert 'value="printers"' not in screen.get("/members/screens")
    screen.send("/members/screens", do="printers")
    assert "J3.4" in screen.page
    assert own.printed == [("printers", None)]


def test_printers_are_not_tested_while_the_test_of_the_deck_prints(day):
    own, screen = day
    own.room.test = room.Test(own.room.rehearse())
    going = Event()
    own.room.test.thread = Thread(target=going.wait, daemon=True)
    own.room.test.thread.start()
    screen.send("/members/screens", do="printers")
    assert "J3.3" in screen.page
    assert own.printed == []
    going.set()
    own.room.test.thread.join(60)
    screen.send("/members/screens", do="printers")
    assert own.printed == [("printers", None)]


def test_no_printer_is_tested_over_slips_that_a_start_owes(fresh):
    with members(fresh) as own:
        to_open(own)
        cut_before_part2(own)
    with members(fresh, POLLS + timedelta(hours=2)) as own:
        screen = Screen(own)
        screen.send("/members/screens", do="printers")
        assert "J3.3" in screen.page
        assert own.printed == []
