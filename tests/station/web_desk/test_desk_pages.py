"""The pages of desks: each step once, of the right screen, refused in words (`spec/desk.md` §7)."""

from __future__ import annotations

import ast
import re
import threading
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pytest
from booth_bench import letters

from dauys.domain.text import LANGUAGES
from dauys.station.desk.facts import Newcomer
from dauys.station.faults import StationError
from dauys.words import Words

STATION = Path(__file__).parents[3] / "src/dauys/station"


@pytest.fixture
def client(opened):
    found = opened.client()
    found.look()
    return found


def said(client):
    found = re.search(r'class="said bad".*?class="code">([^<]*)<', client.page, re.DOTALL)
    return found[1] if found else ""


def test_a_voter_is_found_opened_and_marked(opened, client):
    client.send("find", q="абен")
    assert "<mark>Әбен</mark>ов" in client.page
    assert "<mark>Абен</mark>ов" in client.page
    client.send("open:417")
    assert client.offers("mark:electronic")
    client.send("mark:electronic")
    assert not client.offers("mark:electronic")
    assert opened.journal.admitted() == 1
    assert [fact.body["voter"] for fact in opened.journal.facts("mark")] == ["417"]


def test_the_mark_of_a_desk_lets_one_session_begin(opened, client):
    booths = opened.services.booths
    with pytest.raises(StationError, match=r"J2\.1"):
        booths.begin(1, "majilis")
    client.send("find", q="417")
    client.send("mark:electronic")
    session = booths.begin(1, "majilis")
    booths.show_card(session, letters(1))
    with pytest.raises(StationError, match=r"J2\.1"):
        booths.begin(2, "majilis")


def test_enter_twice_marks_once(opened, client):
    client.send("find", q="417")
    form = {"token": client.hidden("token"), "voter": "417", "do": "mark:paper"}
    for _ in range(3):
        client.ask("/desk/", form)
        assert client.status == 302
    assert len(list(opened.journal.facts("mark"))) == 1
    client.look()
    assert said(client) == ""
    assert client.offers("next")


def test_an_old_page_is_refused_in_words(opened, client):
    client.send("find", q="417")
    old = {"token": client.hidden("token"), "voter": "417", "do": "mark:paper"}
    client.send("panel:help")
    client.send("close")
    client.ask("/desk/", old)
    client.look()
    assert said(client) == "J4.11"
    assert list(opened.journal.facts()) == []


def test_a_page_of_another_voter_marks_nobody(opened, client):
    client.send("find", q="417")
    client.ask("/desk/", {"token": client.hidden("token"), "voter": "88", "do": "mark:paper"})
    client.look()
    assert said(client) == "J4.11"
    assert list(opened.journal.facts()) == []


def test_forms_without_the_token_of_the_step_change_nothing(opened, client):
    client.send("find", q="417")
    for form in ({}, {"do": "mark:paper"}, {"token": "0" * 32, "do": "mark:paper", "voter": "417"}):
        client.ask("/desk/", form)
        assert client.status == 302
        assert list(opened.journal.facts()) == []


def test_forms_of_other_sites_are_refused(opened, client):
    client.send("find", q="417")
    form = {"token": client.hidden("token"), "voter": "417", "do": "mark:paper"}
    client.ask("/desk/", form, HTTP_ORIGIN="http://elsewhere")
    assert client.status == 403
    assert list(opened.journal.facts()) == []


def test_acts_that_no_button_has(opened, client):
    for do in ("", "mark", "mark:card", "nothing:1", "_mark:paper", "spoil:9", "settle:zz", "open:5000",
               "bring:x", "panel:../x", "mark:paper:electronic"):  # fmt: skip
        client.send("find", q="417")
        client.send(do)
        assert client.status == 200, do
        assert list(opened.journal.facts()) == [], do


def test_a_booth_sees_no_desk_and_a_desk_no_booth(opened, client):
    booth = opened.client(role="booth")
    for path in ("/desk/", "/desk/find", "/desk/state"):
        for form in (None, {"q": "абен"}):
            assert "Әбенов" not in booth.ask(path, form)
            assert booth.status == 403
    client.ask("/booth/")
    assert client.status == 403
    client.cookie = "0" * 64
    for path in ("/desk/", "/desk/find", "/desk/state"):
        assert "Әбенов" not in client.ask(path, {"q": "абен"})
        assert client.status == 403


def test_other_methods(client):
    for method in ("PUT", "DELETE", "PATCH"):
        client.ask("/desk/", REQUEST_METHOD=method)
        assert client.status == 405


def test_no_address_has_a_voter_in_it(opened, client):
    # A browser keeps a history of addresses with times: who came when.
    client.send("find", q="абен")
    client.send("open:417")
    assert not re.findall(r'(?:href|action)="[^"]*(?:[?]|417)', client.page)
    client.ask("/desk/find")
    assert client.status == 405
    assert "no-store" in client.headers["Cache-Control"]


def test_what_is_typed_is_found_without_a_step(opened, client):
    token = client.hidden("token")
    for other in ({}, {"token": ""}, {"token": "0" * 32}):
        assert "Әбен" not in client.ask("/desk/find", {"q": "aben", **other})
        assert client.status == 409
    part = client.ask("/desk/find", {"q": "aben", "token": token})
    assert re.findall(r'value="open:(\d+)"', part) == ["417", "418", "419", "1102"]
    client.look()
    assert client.hidden("token") == token
    assert 'value="aben"' in client.page


def test_what_was_typed_is_text_and_nothing_else(client):
    client.send("find", q='"><script>alert(1)</script>')
    assert "<script>alert" not in client.page
    client.send("panel:add")
    client.send("add", name="<b>x", born="31.02.1990", address="&", proof="1")
    assert said(client) == "J4.12"
    assert 'value="&lt;b&gt;x"' in client.page


def test_names_of_the_list_are_text(opened, client):
    odd = Newcomer("Аты <i>жоқ</i> & Co", date(1970, 1, 1), "<b>", proof='"')
    key = opened.journal.add(odd, date(2004, 9, 19))
    opened.rooms.register.add(key, opened.journal.added()[key])
    client.send("find", q="аты")
    assert client.offers(f"open:{key}")
    assert "<i>" not in client.page
    assert client.page.count("&lt;i&gt;жоқ") >= 2  # in the list and beside it
    assert ">&lt;b&gt;<" in client.page


def test_undo_needs_the_thing_in_hand_and_a_reason(opened, client):
    client.send("find", q="417")
    client.send("mark:electronic")
    client.send("panel:undo")
    client.send("undo", reason="x")
    assert said(client) == "J4.5"
    client.send("undo", returned="card")
    assert said(client) == "J3.7"
    assert "checked" in client.page
    assert opened.journal.admitted() == 1
    client.send("undo", returned="card", why="Қағаз қалайды")
    assert opened.journal.admitted() == 0
    assert client.offers("mark:paper")
    [fact] = opened.journal.facts("undone")
    assert fact.body["reason"] == "Қағаз қалайды"


def test_a_mark_whose_voter_has_voted_is_not_undone_and_the_page_says_why(opened, client):
    opened.journal.unused = lambda: nullcontext(False)
    client.send("find", q="417")
    client.send("mark:electronic")
    client.send("panel:undo")
    client.send("undo", returned="card", why="Қағаз қалайды")
    assert said(client) == "J4.5"
    assert "кабинада немесе дауыс берген" in client.page
    assert 'value="Қағаз қалайды"' in client.page
    assert opened.journal.admitted() == 1


def test_somebody_is_added_and_votes(opened, client):
    client.send("panel:add")
    fields = {"name": "Омаров Бекзат", "born": "6.5.1970", "address": "Абай 1", "proof": "куәлік 7"}
    client.send("add", **(fields | {"born": "6.5.70"}))
    assert said(client) == "J4.12"
    client.send("add", **fields)
    assert said(client) == ""
    client.send("mark:paper")
    assert (opened.journal.counts().additions, opened.journal.counts().paper) == (1, 1)
    client.send("next")
    client.send("find", q="omarov")
    assert not client.offers("mark:paper")
    client.send("panel:add")
    client.send("add", **fields)
    assert said(client) == "J4.7"


def test_certificates_presented_issued_and_back(opened, client):
    client.send("panel:certificate")
    fields = {"name": "Келген Қонақ", "born": "06.05.1970", "address": "?", "certificate": "Z-1"}
    client.send("add", **fields)
    assert opened.journal.counts().certificates == 1
    client.send("next")
    client.send("find", q="1102")
    assert not client.offers("mark:paper")
    client.send("panel:certificate")
    client.send("back", certificate="KZ 155")
    assert said(client) == "J4.2"
    client.send("back", certificate="KZ 0155")
    assert client.offers("mark:paper")
    client.send("find", q="417")
    client.send("panel:certificate")
    client.send("issue", certificate="KZ-9")
    assert not client.offers("mark:paper")


def test_mobile_voting_locks_and_comes_back(opened, client):
    client.send("find", q="88")
    client.send("panel:mobile")
    client.send("send", device="0312-c", name="Омарова Қ.", name2="омарова қ.")
    assert said(client) == "J3.7"
    client.send("send", device="0312-c", name="Омарова Қ.", name2="Ким Т.")
    assert not client.offers("mark:paper")
    client.send("next")
    client.send("panel:mobile")
    client.send("open:88")
    client.send("bring:not")
    assert client.offers("mark:paper")


def test_cases_tests_again_spoiled_and_the_queue(opened, client):
    client.send("find", q="417")
    client.send("panel:case")
    client.send("case", reason="Қате")
    client.send("mark:paper")
    client.send("spoil:2")
    client.send("find", q="418")
    client.send("mark:electronic")
    client.send("panel:again")
    client.send("again", name="Омарова Қ.")
    client.send("panel:test")
    client.send("test", name="Али Б.")
    client.send("panel:cases")
    [case] = opened.journal.cases()
    client.send(f"settle:{case.id.hex()}", **{f"why-{case.id.hex()}": "түзетілді"})
    client.send("panel:queue")
    client.send("queue", waiting="x")
    assert said(client) == "J4.13"
    client.send("queue", waiting="12")
    counts = opened.journal.counts()
    assert (counts.cases, counts.open_cases, counts.spoiled) == (1, 0, {2: 1})
    assert (counts.readmitted, counts.tests, opened.journal.admitted()) == (1, 1, 3)
    assert opened.rooms.queue.waiting() == 12


def test_two_desks_work_on_one_list(opened):
    one, two = opened.client(1), opened.client(2)
    for client in (one, two):
        client.send("find", q="417")
        assert client.offers("mark:paper")
    one.send("mark:paper")
    two.send("mark:electronic")
    assert said(two) == "J4.1"
    assert opened.journal.admitted() == 0
    assert opened.journal.counts().voted == 1


def test_two_desks_press_at_the_same_moment(opened):
    pair = [opened.client(1), opened.client(2)]
    for client in pair:
        client.send("find", q="417")
    start = threading.Barrier(2)

    def press(client, channel):
        start.wait()
        client.send(f"mark:{channel}")

    threads = [
        threading.Thread(target=press, args=one) for one in zip(pair, ("paper", "electronic"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said(client) for client in pair) == ["", "J4.1"]
    assert opened.journal.counts().voted == 1


def test_nobody_is_marked_while_voting_is_not_open(opened, client):
    opened.is_open[0] = False
    client.send("find", q="417")
    client.send("mark:paper")
    assert said(client) == "J3.1"
    assert list(opened.journal.facts()) == []


def test_on_paper_alone_nobody_is_admitted(opened, client):
    client.send("find", q="417")
    client.send("mark:electronic")
    opened.on_paper[0] = True
    client.send("again", name="Омарова Қ.")
    assert said(client) == "J4.15"
    client.send("find", q="88")
    assert not client.offers("mark:electronic")
    client.send("mark:electronic")
    assert said(client) == "J4.15"
    client.send("mark:paper")
    assert (opened.journal.admitted(), opened.journal.counts().paper) == (1, 1)


def test_an_observer_whose_test_broke_off_is_admitted_again(opened, client):
    client.send("panel:test")
    client.send("test_again", name="Али Б.", name2="Омарова Қ.")
    assert said(client) == "J4.6"
    client.send("test", name="Али Б.")
    client.send("panel:test")
    client.send("test_again", name="Али Б.", name2="Омарова Қ.")
    counts = opened.journal.counts()
    assert (counts.tests, counts.readmitted, counts.admitted) == (1, 1, 2)


def test_a_medium_that_fails_is_said_and_nothing_is_taken(opened, client):
    def fail(_):
        raise OSError(28, "No space left on device")

    opened.journal.records.force = fail
    client.send("find", q="417")
    client.send("mark:paper")
    assert said(client) == "J1.3"
    assert Words("kk", "desk").say("media.stopped") in client.text()
    client.send("mark:electronic")
    assert said(client) == "J1.2"
    assert [error.code for error in opened.booths.errors] == ["J1.3", "J1.2"]


def test_each_page_speaks_each_language(client):
    for language in LANGUAGES:
        while f'lang="{language}"' not in client.page:
            client.send("language:")
        for panel in ("add", "undo", "certificate", "mobile", "case", "cases", "help", "queue", "test"):
            client.send(f"panel:{panel}")
            assert client.status == 200, panel
            assert f'lang="{language}"' in client.page


def test_the_head_has_numbers_and_no_name(opened, client):
    client.send("find", q="417")
    client.send("mark:paper")
    told = client.ask("/desk/state")
    assert "*1*" in told
    assert "11:08" in told
    assert "Әбен" not in told
    assert "417" not in told


def test_a_carried_device_marks_whom_it_is_sent_to(opened, client):
    opened.journal.carried = True
    client.send("find", q="417")
    assert not client.offers("mark:electronic")
    client.send("mark:electronic")
    assert said(client) == "J4.14"
    client.send("visit")
    client.send("mark:electronic")
    client.send("next")
    client.send("find", q="88")
    client.send("visit")
    client.send("next")
    client.send("panel:mobile")
    told = Words("kk", "desk")
    assert f"88 Қасымова Әлия: {told.say('bring.not')}" in client.text()
    assert f"417 Әбенов Нұрлан Серікұлы: {told.say('bring.voted')}" in client.text()


def test_every_code_of_the_desk_has_a_sentence_in_each_language():
    spec = (STATION.parents[2] / "spec/desk.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"J4\.\d+", spec.partition("## 8. Codes")[2]))
    sources = [*(STATION / "desk").glob("*.py"), *(STATION / "web/desk").glob("*.py")]
    used = {code for one in sources for code in re.findall(r'"(J4\.\d+)"', one.read_text(encoding="utf-8"))}
    assert used == codes
    for language in LANGUAGES:
        assert [code for code in codes if not Words(language, "desk").has(f"error.{code}")] == []


# The wall between desk and booth


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    plain = [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    return set(named + plain)


def test_desks_import_nothing_of_cards_and_booths_nothing_of_names():
    kept = "device_log|journal|journal_view|kept|sealing"
    own = rf"session|device|keeping\.({kept})|papers|printer|web\.booth"
    cards = re.compile(rf"dauys\.(_core|crypto|record|station\.({own}))\b")
    names = re.compile(r"dauys\.(domain\.voters|formats\.voters|station\.(desk|web\.desk))\b")
    desk = [*(STATION / "desk").glob("*.py"), *(STATION / "web/desk").glob("*.py")]
    # What a station is put together from names everything once.
    desk = [one for one in desk if one.name != "of_station.py"]
    core = ("session", "keeping/journal", "keeping/journal_view", "keeping/kept", "device")
    booth = [STATION / f"{name}.py" for name in core]
    booth += [*(STATION / "web/booth").glob("*.py"), *(STATION / "papers").glob("*.py")]
    assert len(desk) > 12
    assert len(booth) > 12
    assert {(one.name, name) for one in desk for name in _imports(one) if cards.match(name)} == set()
    assert {(one.name, name) for one in booth for name in _imports(one) if names.match(name)} == set()


def test_no_data_of_one_is_in_the_other(opened, client):
    client.send("find", q="417")
    client.send("mark:electronic")
    client.send("panel:undo")
    client.send("undo", returned="card", why="Себебі бар")
    client.send("mark:electronic")
    booths = opened.services.booths
    session = booths.begin(1, "majilis")
    booths.show_card(session, letters(1))
    card = session.card
    booths.show_slips(session, [[0], [1]])
    booths.confirm(session)
    booths.cast(session)

    def dump(database):
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in tables}

    desk, booth = str(dump(opened.journal.database)), str(dump(booths.journal.database))
    assert "417" in desk
    for secret in (card.hash, card.secret):
        assert repr(secret)[2:-1] not in desk
        assert secret.hex() not in desk
    for told in ("Әбенов", "Нұрлан", "Себебі", "1961", '"voter"'):
        assert told not in booth
    pages = opened.client(role="booth").ask("/booth/")
    assert "Әбенов" not in pages


def test_no_time_and_no_order_is_kept(opened, client):
    for number in ("419", "88", "702", "417"):
        client.send("next")
        client.send("find", q=number)
        client.send("mark:paper")
    columns = [
        row[1]
        for table in ("fact", "standing", "added", "again", "settled")
        for row in opened.journal.database.execute(f"PRAGMA table_info({table})")
    ]
    assert not {"at", "time", "rowid", "sequence"} & set(columns)
    bodies = [set(fact.body) for fact in opened.journal.facts()]
    assert bodies == [{"channel", "voter"}] * 4
    ids = [fact.id for fact in opened.journal.facts()]
    assert ids == sorted(ids)
