"""What voters, other screens and other sites may try at a booth: refused with words, and nothing is lost."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

import apsw
import pytest
from booth_bench import CARDS, LISTS, PEOPLE, bench, kinds, letters
from booth_screen import STAMP, TOKEN, Screen
from django.test import Client

sys.path.insert(0, str(Path(__file__).parents[1] / "desk"))
from desk_bench import desk_of, made

from dauys.station.faults import StationError
from dauys.station.keeping.closing import CardCount, close_fields
from dauys.station.web.terminals import TRIES, Terminal

# Cards and admissions


def test_a_foreign_card_or_none_is_refused_and_the_next_one_taken(screen):
    screen.to("card")
    for typed in (letters(CARDS + 1), "", "ABCD", "қазақ", letters(1)[:-1], letters(1) + "A"):
        screen.post(form={"token": screen.token(), "do": "card", "letters": typed})
        text = screen.text()
        assert "belongs to another device" in text
        assert "J2.2" in text, typed
    assert screen.touch("card", letters=letters(1)) == "choose"


def test_a_used_card_is_refused(where, screen):
    screen.to("done")
    screen.touch("finish")
    screen.to("card")
    screen.post(form={"token": screen.token(), "do": "card", "letters": letters(1)})
    assert "This card has been used already." in screen.text()
    assert kinds(where) == ["cast"]


def test_two_booths_never_have_one_card(where, screen):
    screen.to("choose")
    other = Screen(where, 2)
    other.to("card")
    other.post(form={"token": other.token(), "do": "card", "letters": letters(1)})
    assert "This card is in another booth right now." in other.text()
    assert screen.phase() == "choose"


def test_nobody_begins_who_was_not_admitted(where, screen):
    assert screen.buttons() == []
    screen.post(form={"token": screen.token(), "do": "begin:en"})
    assert screen.phase() == "wait"
    assert where.services.booths.sessions == {}
    where.admitted[0] += 1
    first, second = screen, Screen(where, 2)
    assert first.touch("begin:en") == "card"
    second.post(form={"token": second.token(), "do": "begin:en"})
    assert second.phase() == "wait"


def test_a_refusal_of_an_admission_is_said(where, screen):
    where.admitted[0] += 1
    screen.text()
    token = screen.token()
    where.admitted[0] -= 1
    screen.post(form={"token": token, "do": "begin:en"})
    assert "J2.1" in screen.text()


def test_the_desk_admits_nobody_after_three_challenges(place):
    """A booth does not know who stands in it: the desk counts, and a booth without admission stays closed."""
    made(place)
    with desk_of(place) as desk, bench(place) as where:
        where.services.booths.admitted = desk.admitted
        screen = Screen(where)
        desk.mark("417", "electronic")
        for number in range(4):
            where.admitted[0] = 0
            assert screen.to("decide", card=number) == "decide"
            assert screen.touch("test", "yes", "finish") == "wait"
            if number < 3:
                assert desk.readmit("417", "Омарова") == number + 1
        with pytest.raises(StationError) as fourth:
            desk.readmit("417", "Омарова")
        assert fourth.value.code == "J4.6"
        assert kinds(where) == ["challenge"] * 4
        assert screen.buttons() == []
        assert "check-in desk first" in screen.text()


def test_a_voter_who_says_to_be_an_observer_does_not_upset_the_close(place):
    """One touch, by anybody: the device could never be sealed."""
    made(place)
    with desk_of(place) as desk, bench(place) as where:
        where.services.booths.tests = lambda: desk.counts().tests
        screen = Screen(where)
        for admit, card in ((lambda: desk.mark("417", "electronic"), 1), (lambda: desk.test("Омарова"), 2)):
            admit()
            assert screen.to("decide", card=card) == "decide"
            assert screen.touch("test", "observers", "finish") == "wait"
        assert kinds(where) == ["challenge", "test"]
        fields = close_fields(where.journal, desk.count(), CardCount(2, 0, 0, 0, 0))
        assert (fields["counts"]["challenged"], fields["counts"]["tests"]) == (1, 1)


# Requests of yesterday, of other tabs and of other sites


def test_a_request_sent_again_is_done_once(where, screen):
    screen.to("decide")
    token = screen.token()
    for _ in range(3):
        screen.post(form={"token": token, "do": "cast"})
    assert kinds(where) == ["cast"]
    assert where.glass().whats() == ["slips", "part1", "mark accepted", "part2"]
    assert screen.phase() == "done"


def test_a_request_of_an_old_page_changes_nothing_and_says_so(where, screen):
    screen.to("review")
    old = screen.token()
    screen.touch("print")
    screen.touch("right")
    screen.post(form={"token": old, "do": "cast"})
    text = screen.text()
    assert "That page was an old one" in text
    assert kinds(where) == []
    screen.touch("cast")
    screen.post(form={"token": old, "do": "begin:en"})
    assert "session is over" in screen.text()


def test_back_to_an_old_page_and_send_it(where, screen):
    """The back button shows a page from before; what it sends is not taken."""
    screen.to("choose")
    old = screen.token()
    screen.touch("next", choice="6")
    screen.touch("next", choice="1")
    screen.post(form={"token": old, "do": "next", "choice": "0"})
    assert screen.phase() == "review"
    assert where.rooms.room(1).chosen == [(6,), (1,)]


def test_of_two_tabs_the_first_that_touches_is_taken(where, screen):
    screen.to("choose")
    left = right = screen.token()
    screen.post(form={"token": left, "do": "next", "choice": "6"})
    screen.post(form={"token": right, "do": "next", "choice": "0"})
    assert where.rooms.room(1).chosen == [(6,), None]


def test_a_finger_that_touches_twice_at_the_same_moment(where, screen):
    screen.to("decide")
    token = screen.token()
    clients = [screen.client, *(Client(**{"dauys.services": where.services}) for _ in range(5))]
    for one in clients[1:]:
        one.cookies["terminal"] = screen.client.cookies["terminal"].value
    threads = [
        threading.Thread(target=one.post, args=("/booth/", {"token": token, "do": "cast"})) for one in clients
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert where.errors == []
    assert kinds(where) == ["cast"]
    assert where.glass().whats() == ["slips", "part1", "mark accepted", "part2"]
    text = screen.text()
    assert "old one" not in text
    assert "That session is over" not in text


def test_a_page_drawn_in_the_middle_of_a_touch_brings_no_choice_into_another_contest(
    where, screen, monkeypatch
):
    """Two tabs: one draws and sends its page while the other has given its token, and done nothing yet."""
    screen.to("choose")
    first, take = screen.token(), Terminal.take
    other = Client(**{"dauys.services": where.services})
    other.cookies["terminal"] = screen.client.cookies["terminal"].value

    def send() -> None:
        token = TOKEN.search(other.get("/booth/").content.decode())[1]
        other.post("/booth/", {"token": token, "do": "next", "choice": "6"})

    tab = threading.Thread(target=send)

    def slow(self, token):
        taken = take(self, token)
        if token == first:
            tab.start()
            tab.join(1)
        return taken

    monkeypatch.setattr(Terminal, "take", slow)
    screen.post(form={"token": first, "do": "next", "choice": "0"})
    tab.join()
    assert where.rooms.room(1).chosen[0] == (0,)
    assert where.rooms.room(1).chosen[1] is None  # 6 is an option of the first contest alone


def test_the_token_of_another_screen_opens_nothing(where, screen):
    screen.to("decide")
    other = Screen(where, 2)
    for token in ("", other.token(), "0" * 32, "қ"):
        screen.post(form={"token": token, "do": "cast"})
    assert kinds(where) == []


OWN = {"HTTP_HOST": "testserver", "HTTP_ORIGIN": "http://testserver"}


def test_a_form_of_another_site_is_refused(where, screen):
    screen.to("decide")
    for origin in (
        "https://elsewhere.example", "null", "http://testserver:81", "https://testserver"
    ):  # fmt: skip
        form = {"token": screen.token(), "do": "cast"}
        answer = screen.post(form=form, HTTP_HOST="testserver", HTTP_ORIGIN=origin)
        assert (answer.status_code, b"J6.3" in answer.content) == (403, True), origin
        assert kinds(where) == []
    answer = screen.post(form={"token": screen.token(), "do": "cast"}, **OWN)
    assert (answer.status_code, kinds(where)) == (302, ["cast"])


def test_a_name_of_elsewhere_that_leads_here_is_refused(where, screen):
    for host, status in [
        ("10.0.0.1", 200),
        ("10.0.0.1:8443", 200),
        ("elsewhere.example", 403),
        ("elsewhere.example:8443", 403),
        ("10.0.0.1.elsewhere.example", 403),
        ("", 403),
    ]:
        own = replace(where.services, hosts=frozenset({"10.0.0.1"}))
        client = Client(**{"dauys.services": own})
        client.cookies["terminal"] = screen.client.cookies["terminal"].value
        for path in ("/booth/", "/booth/state", "/assets/tokens.css"):
            assert client.get(path, HTTP_HOST=host).status_code == status, path


# Screens that are not booths, and codes


def test_a_screen_of_one_role_does_not_see_another(where):
    for role, path in (
        ("booth", "/desk/"),
        ("booth", "/members/"),
        ("desk", "/booth/"),
        ("members", "/booth/"),
        ("desk", "/booth/state"),
    ):
        answer = Screen(where, 7, role).get(path)
        assert (answer.status_code, b"J6.2" in answer.content) == (403, True)


def test_a_screen_that_is_not_paired_sees_no_page(where):
    for cookie in ["", "0" * 64, "é"]:
        for path in ["/booth/", "/booth/state", "/desk/", "/members/"]:
            where.admitted[0] += 1
            client = Client(**{"dauys.services": where.services}, HTTP_ACCEPT_LANGUAGE="en")
            client.cookies["terminal"] = cookie
            answer = client.get(path)
            assert answer.status_code == 403
            assert "What is this screen for?" in answer.content.decode()
            assert client.post("/booth/", {"do": "begin:en"}).status_code == 403
            assert where.services.booths.sessions == {}


def test_codes_work_once_for_a_while_and_not_for_guessers(where):
    terminals = where.services.terminals
    client = Client(**{"dauys.services": where.services})
    code = terminals.invite("booth", 1)
    answer = client.post("/pair", {"code": code.lower().replace("-", " ")})
    cookie = answer.cookies["terminal"]
    assert (answer.status_code, cookie["httponly"], cookie["samesite"]) == (302, True, "Strict")
    assert client.post("/pair", {"code": code}).status_code == 403
    late = terminals.invite("booth", 2)
    where.now[0] += 601
    assert client.post("/pair", {"code": late}).status_code == 403
    good = terminals.invite("booth", 3)
    for _ in range(TRIES):
        with pytest.raises(StationError):
            terminals.pair("WRONG")
    assert client.post("/pair", {"code": good}).status_code == 403


def test_a_stranger_who_types_nonsense_keeps_no_screen_from_being_paired(where):
    code = where.services.terminals.invite("booth", 1)
    stranger, screen = (Client(**{"dauys.services": where.services}) for _ in range(2))
    for number in range(50):
        assert stranger.post("/pair", {"code": f"WRONG{number}"}).status_code == 403
    assert screen.post("/pair", {"code": code}).status_code == 302


def test_a_screen_that_is_paired_anew_lets_the_old_one_go(where, screen):
    Screen(where, 1)
    assert screen.get().status_code == 403


@pytest.mark.parametrize("phase", ["choose", "review", "slips", "decide"])
def test_a_screen_that_takes_the_place_of_a_booth_learns_nothing_of_its_voter(where, screen, phase):
    """A code for a booth that is in use, by mistake or not: else the choice is on the other screen."""
    screen.to(phase)
    client = Client(**{"dauys.services": where.services})
    client.post("/pair", {"code": where.services.terminals.invite("booth", 1)})
    page = client.get("/booth/").content.decode()
    assert STAMP.search(page)[1] == "done"
    assert not any(name in page for row in (LISTS[6], PEOPLE[1]) for name in row[:3])
    assert kinds(where) == (["abandoned"] if phase == "decide" else [])
    assert where.services.booths.sessions == {}
    assert screen.get().status_code == 403


# What is no request of a page


def test_what_no_page_says_does_nothing(where, screen):
    screen.to("choose")
    acts = ("", "_finish", "__class__", "act", "begin", "begin:xx", "change:9", "change:²", "look:session",
            "look:lock", "language:xx", "cast", "again", "mark")  # fmt: skip
    for do in acts:
        answer = screen.post(form={"token": screen.token(), "do": do, "choice": "6"})
        assert (answer.status_code, screen.phase(), where.rooms.room(1).at) == (302, "choose", 0), do
    assert kinds(where) == []
    assert screen.touch("next", choice="6") == "choose"
    assert screen.touch("next", choice="1") == "review"


def test_what_is_no_option_is_no_choice(where, screen):
    screen.to("choose")
    for choice in ("10", "-1", "x", "٣", ["1", "1"], ["blank", "1"], ["1", "2"], ""):
        screen.post(form={"token": screen.token(), "do": "next", "choice": choice})
        assert where.rooms.room(1).at == 0
        assert 'role="alert"' in screen.text(), choice


def test_methods_addresses_and_bodies_that_are_not_ours(screen):
    screen.to("choose")
    assert screen.client.delete("/booth/").status_code == 405
    assert screen.client.get("/booth/touch").status_code == 405
    for path in ("/booth/x", "/booth/../desk/", "/assets/../settings.py", "/assets/booth/room.py", "/admin/"):
        assert screen.get(path).status_code == 404, path
    answer = screen.post(form={"token": screen.token(), "do": "next", "letters": "x" * 100_000})
    assert answer.status_code == 404
    assert screen.phase() == "choose"


def test_every_answer_forbids_what_a_booth_must_not_do(where, screen):
    screen.to("done")
    screen.get("/booth/state")
    screen.get("/nothing")
    screen.get("/desk/")
    for answer in screen.told:
        headers = answer.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in headers
        assert not answer.cookies


# Media that fail


def test_a_medium_that_is_full_or_cannot_be_written_to(where, screen):
    """Whatever stops a commit: nothing is cast, nothing printed, and the booth calls members."""
    screen.to("decide")

    def full(point: str) -> None:
        if point == "committing":
            raise apsw.FullError("database or disk is full")

    where.journal.points = full
    screen.post(form={"token": screen.token(), "do": "cast"})
    text = screen.text()
    assert "waits for a new start" in text
    assert "J1.2" in text
    assert where.glass().whats() == ["slips", "part1"]
    where.journal.points = lambda _: None
    for act in ("cast", "test", "again"):
        screen.post(form={"token": screen.token(), "do": act})
    assert (screen.phase(), kinds(where)) == ("broken", [])


@pytest.mark.parametrize("error", [apsw.ReadOnlyError, apsw.IOError])
@pytest.mark.parametrize("act", ["print", "right"])
def test_a_read_only_medium_stops_every_step_before_it_prints(where, screen, error, act):
    screen.to({"print": "review", "right": "slips"}[act])
    before = where.glass().whats()

    def failing(point: str) -> None:
        if point == "committing":
            raise error("attempt to write a readonly database")

    where.journal.points = failing
    screen.post(form={"token": screen.token(), "do": act})
    assert (screen.phase(), where.glass().whats()) == ("broken", before)
    assert [one.code for one in where.errors] == ["J1.2"]


def test_a_second_medium_that_is_full_keeps_the_vote_and_prints_nothing(where, screen, monkeypatch):
    screen.to("decide")

    def full(row: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(where.journal.records, "append", full)
    screen.post(form={"token": screen.token(), "do": "cast"})
    assert (screen.phase(), where.glass().whats()) == ("broken", ["slips", "part1"])
    assert kinds(where) == ["cast"]  # on one medium: a new start decides, and prints part 2
    where.admitted[0] += 1
    other = Screen(where, 2)
    assert (other.phase(), other.touch("begin:en")) == ("broken", "broken")
    assert "қайта қосуды күтіп тұр" in other.text()


def test_what_nobody_foresaw_calls_a_member_without_a_fact(where, screen, monkeypatch):
    def bad(*_: object) -> None:
        raise ZeroDivisionError("secret 7")

    monkeypatch.setattr(where.services.booths, "show_card", bad)
    screen.to("card")
    answer = screen.post(form={"token": screen.token(), "do": "card", "letters": letters(1)})
    text = answer.content.decode()
    assert (answer.status_code, "secret" in text, "call a member" in text) == (500, False, True)
    assert [type(one) for one in where.errors] == [ZeroDivisionError]
    assert screen.phase() == "card"
