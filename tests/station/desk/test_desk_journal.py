"""Each voter votes once, and the numbers that booths and protocols need (`spec/desk.md` §3–4)."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import apsw
import pytest
from desk_bench import DAY, SOMEBODY, VOTERS, desk_of, with_certificate

from dauys.domain.voters import Voter
from dauys.station.faults import StationError

MEMBERS = ("Омарова Қ.", "Ким Т.")


def raises(code):
    return pytest.raises(StationError, match=rf"^{code}[: ]")


@pytest.mark.parametrize("first", ["paper", "electronic"])
@pytest.mark.parametrize("second", ["paper", "electronic"])
def test_a_voter_is_marked_once_across_both_channels(desk, first, second):
    desk.mark("417", first)
    with raises("J4.1"):
        desk.mark("417", second)
    assert desk.counts().voted == 1
    assert desk.admitted() == (first == "electronic")
    assert [fact.body["channel"] for fact in desk.facts("mark")] == [first]


def test_the_database_itself_keeps_a_voter_from_two_marks(desk, monkeypatch):
    monkeypatch.setattr(desk, "_may_vote", lambda voter: None)
    desk.mark("417", "paper")
    with raises("J4.1"):
        desk.mark("417", "electronic")
    assert desk.broken is None
    assert desk.counts().voted == 1


def test_nobody_of_another_station(desk):
    with raises("J4.4"):
        desk.mark("5000", "paper")
    with raises("J4.4"):
        desk.open_case("5000", "?")


def test_two_desks_at_once_mark_nobody_twice(desk_place):
    voters = [Voter(n, f"Сайлаушы {n}", f"Избиратель {n}", date(1970, 1, 1), "1") for n in range(1, 61)]
    refused: list[str] = []
    with desk_of(desk_place, voters=voters) as desk:
        start = threading.Barrier(4)

        def work(channel):
            start.wait()
            for voter in voters:
                try:
                    desk.mark(str(voter.number), channel)
                except StationError as error:
                    refused.append(error.code)

        threads = [threading.Thread(target=work, args=(c,)) for c in ("paper", "electronic") * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counts = desk.counts()
        assert refused == ["J4.1"] * 180
        assert counts.voted == len(list(desk.facts("mark"))) == 60
        assert desk.admitted() == counts.electronic
        assert len(desk.records.read().rows) == 60


def test_one_desk_waits_while_the_other_one_writes(desk, monkeypatch):
    real, written = desk.records.append, []
    second = threading.Thread(target=lambda: desk.mark("418", "electronic"))

    def append(row):
        written.append(row)
        if len(written) == 1:
            second.start()
            second.join(0.5)
            written.append("the first is on its way")
        real(row)

    monkeypatch.setattr(desk.records, "append", append)
    desk.mark("417", "paper")
    second.join()
    assert written[1] == "the first is on its way"
    assert (len(written), desk.broken, desk.counts().voted) == (3, None, 2)


def test_no_mark_is_undone_where_every_admission_was_used(desk):
    """The booths say one bit: whoever was admitted has begun or cast."""
    unused, asked = [False], []

    @contextmanager
    def booths():
        asked.append(1)
        yield unused[0]

    desk.unused = booths
    desk.mark("417", "electronic")
    desk.mark("418", "paper")
    with raises("J4.5") as raised:
        desk.undo("417", "card", "wants paper")
    assert raised.value.problem.hint == "used"
    assert (desk.admitted(), list(desk.facts("undone"))) == (1, [])
    desk.undo("418", "ballot", "left")
    unused[0] = True
    desk.undo("417", "card", "wants paper")
    assert (desk.admitted(), len(asked)) == (0, 3)


def test_undo_is_against_what_was_given_with_a_reason_and_deletes_nothing(desk):
    desk.mark("417", "electronic")
    with raises("J4.5"):
        desk.undo("417", "ballot", "wants paper")
    with raises("J3.7"):
        desk.undo("417", "card", "  ")
    assert desk.admitted() == 1
    desk.undo("417", "card", "wants paper")
    assert desk.admitted() == 0
    desk.mark("417", "paper")
    with raises("J4.5"):
        desk.undo("417", "card", "again")
    desk.undo("417", "ballot", "left")
    with raises("J4.5"):
        desk.undo("417", "ballot", "left")
    counts = desk.counts()
    assert (counts.voted, counts.undone_paper, counts.undone_electronic) == (0, 1, 1)
    assert len(list(desk.facts("mark"))) == 2
    assert sorted(fact.body["reason"] for fact in desk.facts("undone")) == ["left", "wants paper"]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM fact",
        "UPDATE fact SET body = '{}'",
        "DELETE FROM standing",
        "UPDATE standing SET state = 'paper'",
    ],
)
def test_history_cannot_be_changed_by_sql(desk, sql):
    desk.mark("417", "electronic")
    with pytest.raises(apsw.ConstraintError, match=r"J1\.6"):
        desk.database.execute(sql)
    assert desk.admitted() == 1


def test_an_observer_whose_test_broke_off_is_admitted_again(desk):
    with raises("J4.6"):
        desk.test_again("Али Б.", MEMBERS[0])
    desk.test("Али Б.")
    assert [desk.test_again("Али Б.", MEMBERS[0]) for _ in range(3)] == [1, 2, 3]
    with raises("J4.6"):
        desk.test_again("Али Б.", MEMBERS[0])
    counted = desk.count()
    # One test and three readmissions: tests that end stay as many as tests that were admitted.
    assert (counted.tests, counted.readmitted, desk.admitted()) == (1, 3, 4)


def test_a_voter_is_admitted_again_thrice_by_a_member(desk):
    with raises("J4.6"):
        desk.readmit("417", MEMBERS[0])
    desk.mark("417", "electronic")
    assert [desk.readmit("417", MEMBERS[0]) for _ in range(3)] == [1, 2, 3]
    with raises("J4.6"):
        desk.readmit("417", MEMBERS[0])
    with raises("J3.7"):
        desk.readmit("417", "")
    with pytest.raises(apsw.ConstraintError):
        desk.database.execute("INSERT INTO again VALUES ('417', 4)")
    assert desk.admitted() == 4
    desk.mark("88", "paper")
    with raises("J4.6"):
        desk.readmit("88", MEMBERS[0])


def test_the_shared_number_is_the_sum_that_close_asks_for(desk):
    desk.mark("417", "electronic")
    desk.mark("418", "electronic")
    desk.mark("88", "paper")
    desk.undo("418", "card", "changed mind")
    desk.readmit("417", MEMBERS[0])
    desk.test("Али Б.")
    key = desk.add(SOMEBODY, DAY)
    desk.mark(key, "electronic")
    found = desk.count()
    assert (found.registered, found.additions, found.checked_in) == (6, 1, 2)
    assert (found.readmitted, found.tests) == (1, 1)
    assert found.admitted == desk.admitted() == desk.counts().admitted == 4


def test_additions_are_a_list_of_their_own_each_person_once(desk):
    key = desk.add(SOMEBODY, DAY)
    assert key.startswith("+")
    assert key not in desk.voters
    assert desk.added()[key].name_kk == SOMEBODY.name
    with raises("J4.7"):
        desk.add(replace(SOMEBODY, name="OMAROV  Bekzat Talgatuly", address="elsewhere"), DAY)
    for name in ("Абенов Нурлан Серикович", "Әбенов Нұрлан Серікұлы", "abenov nurlan serikuly"):
        with raises("J4.7"):
            desk.add(replace(SOMEBODY, name=name, born=date(1961, 3, 14)), DAY)
    with raises("J3.7"):
        desk.add(replace(SOMEBODY, name="Жаңа Адам", proof=""), DAY)
    with raises("J4.9"):
        desk.add(replace(SOMEBODY, name="Жас Бала", born=date(1986, 9, 20)), DAY)
    desk.mark(key, "paper")
    with raises("J4.1"):
        desk.mark(key, "electronic")
    assert (desk.counts().additions, desk.counts().registered) == (1, len(VOTERS))
    desk.add(replace(SOMEBODY, name="Ересек", born=date(1986, 9, 19)), DAY)


def test_a_certificate_is_presented_once(desk):
    desk.add(with_certificate("AB 12-7"), DAY)
    with raises("J4.8"):
        desk.add(replace(with_certificate("ab127"), name="Another"), DAY)
    with raises("J4.8"):
        desk.add(with_certificate("KZ-0155"), DAY)
    assert desk.counts().certificates == 1


def test_a_voter_with_a_certificate_votes_elsewhere_unless_it_comes_back(desk):
    for channel in ("paper", "electronic"):
        with raises("J4.2"):
            desk.mark("1102", channel)
    with raises("J4.2"):
        desk.take_back("1102", "KZ-0156")
    assert desk.counts().issued == 1
    desk.take_back("1102", "kz 0155")
    assert desk.counts().issued == 0
    desk.mark("1102", "paper")
    desk.issue("417", "KZ-0200")
    with raises("J4.2"):
        desk.mark("417", "paper")
    with raises("J4.2"):
        desk.issue("417", "KZ-0201")
    assert desk.counts().issued == 1
    desk.take_back("417", "KZ-0200")
    desk.issue("417", "KZ-0202")
    desk.mark("88", "paper")
    with raises("J4.1"):
        desk.issue("88", "KZ-0203")


def test_a_voter_who_is_visited_is_locked_at_the_desk(desk):
    with raises("J3.7"):
        desk.send("88", "0312-c", ["Омарова Қ."])
    desk.send("88", "0312-c", MEMBERS)
    desk.send("417", "0312-c", MEMBERS)
    with raises("J4.3"):
        desk.mark("88", "paper")
    assert desk.counts().away == 2
    desk.bring("88", voted=True)
    desk.bring("417", voted=False)
    with raises("J4.1"):
        desk.mark("88", "electronic")
    with raises("J4.3"):
        desk.bring("88", voted=True)
    desk.mark("417", "electronic")
    counts = desk.counts()
    desk.send("419", "0312-c", MEMBERS)
    desk.bring("419", voted=True, paper=True)
    with raises("J4.1"):
        desk.mark("419", "electronic")
    assert desk.counts().paper == 1
    desk.undo("419", "ballot", "came back unmarked")
    # The session of a visited voter was admitted by the carried device, not by this one.
    assert (counts.mobile, counts.away, counts.voted, desk.admitted()) == (1, 0, 2, 1)


def test_a_carried_device_marks_only_whom_it_is_sent_to(desk_place):
    with desk_of(desk_place, carried=True) as carried:
        with raises("J4.14"):
            carried.mark("88", "electronic")
        carried.visit("88")
        with raises("J4.14"):
            carried.visit("88")
        with raises("J4.2"):
            carried.visit("1102")
        carried.mark("88", "electronic")
        assert carried.admitted() == 1
    with desk_of(desk_place, carried=True) as carried:
        assert carried.visits() == {"88"}
    with desk_of(desk_place) as desk, raises("J4.14"):
        desk.visit("417")


def test_a_case_stops_nobody_and_is_settled_once(desk):
    case = desk.open_case("417", "Әкесінің аты қате")
    desk.open_case("", "Тізімде жоқ")
    desk.mark("417", "paper")
    assert desk.counts().open_cases == 2
    desk.settle(case, "түзетілді")
    with raises("J4.10"):
        desk.settle(case, "again")
    assert (desk.counts().cases, desk.counts().open_cases) == (2, 1)
    assert [fact.body["voter"] for fact in desk.cases()] == [""]


def test_spoiled_ballots_are_counted_by_contest(desk):
    with raises("J4.5"):
        desk.spoil("417", 1)
    desk.mark("417", "paper")
    desk.spoil("417", 1)
    desk.spoil("417", 2)
    desk.spoil("417", 2)
    assert desk.counts().spoiled == {1: 1, 2: 2}
    assert desk.counts().paper == 1


def test_after_close_nothing_is_added(desk):
    desk.mark("417", "paper")
    desk.close()
    desk.close()
    with raises("J3.4"):
        desk.mark("88", "paper")
    with pytest.raises(apsw.ConstraintError, match=r"J3\.4"):
        desk.database.execute("INSERT INTO fact VALUES (randomblob(16), 'mark', '{}')")
    assert desk.counts().voted == 1
