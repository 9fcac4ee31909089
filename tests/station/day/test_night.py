"""From the close of voting to the destruction of keys: nothing in another order, nothing by one person."""

import json
from datetime import timedelta
from errno import ENOSPC

import pytest
from small_device import CARDS, DEVICE, PASSWORD, STATION, STYLE, seeded
from test_day_steps import NAMES, POLLS, TWO, Clocks, make, opened_day

from dauys.domain.text import Text
from dauys.domain.votes import Channel
from dauys.station.day.book import read_book
from dauys.station.day.media import replace_second
from dauys.station.day.night import Night
from dauys.station.day.protocols import BLANK, ContestForm, Sealed, findings
from dauys.station.day.windows import Phase, Window
from dauys.station.faults import StationError
from dauys.station.keeping.closing import DeskCount
from dauys.station.keeping.folders import Media

COUNTED = ("Омарова Қ.", "Ким Т.")
EVENING = POLLS + timedelta(hours=13, minutes=5)


def contest(bench):
    place = bench.booths.device.style(STYLE).contests[0]
    own = bench.booths.device.election.contests[place]
    options = {f"o{at}": Text(f"о{at}", f"о{at}", f"o{at}") for at in range(own.options)}
    return ContestForm("list", Text("т", "с", "l"), options)


def night(bench, clocks, day=None, others=None):
    day = day or make(bench, clocks)
    media = bench.opened.log.second.parent
    book = read_book((media / "first", media / "second"))
    desk = lambda: DeskCount(90, 1, bench.desk.admitted, 0, 0)  # noqa: E731
    return Night(day, book, (contest(bench),), desk, 1, others or {})


def both(own, what, values):
    for person in COUNTED:
        own.enter(what, person, values)


CARD_FIELDS = {"received": CARDS, "returned": 0, "spoiled": 1, "unused": CARDS - 6, "missing": 0}


def closed(bench, clocks):
    day = opened_day(bench, clocks)
    for number in range(5):
        bench.vote(number)
    clocks.to(EVENING)
    day.close_polls(NAMES, bench.booths)
    return night(bench, clocks, day)


def slips_of(own):
    """Choices 0…3 and a blank, as `small_device.choice` has them."""
    options = [f"list/{name}" for name in own.contests[0].options]
    counts = dict.fromkeys((*options, f"list/{BLANK}"), 0)
    for number in range(4):
        counts[options[number % len(options)]] += 1
    return counts | {f"list/{BLANK}": 1}


PAPER = {
    "ballots_received": 60, "ballots_issued": 40, "ballots_unused": 19, "ballots_spoiled": 1,
    "ballots_not_returned": 0, "ballots_cast": 40,
}  # fmt: skip


def paper_of(own):
    options = [f"list/{name}" for name in own.contests[0].options]
    votes = dict.fromkeys(options, 0) | {options[0]: 39, f"list/{BLANK}": 1}
    return {f"list:{name}": count for name, count in PAPER.items()} | votes


def code(raised):
    return raised.value.code


def test_the_whole_night(place):
    clocks = Clocks()
    with place.open() as bench:
        own = closed(bench, clocks)
        assert [one.missing for one in own.sums(CARD_FIELDS)] == [0, 0, 0]
        both(own, "cards", CARD_FIELDS)
        size, root = own.seal()
        assert own.day.phase() is Phase.SEALED
        both(own, "slips", slips_of(own))
        both(own, "paper", paper_of(own))
        protocols = own.publish(EVENING, NAMES)
        assert [p.channel for p in protocols] == [Channel.ELECTRONIC, Channel.PAPER, Channel.SUMMARY]
        assert findings(protocols, own.contests) == []
        assert protocols[0].counts.ballots_cast == 5
        own.compare(own.seal_code().lower().replace("-", " "), NAMES, EVENING)
        folders = own.book.folders
        gone = own.destroy((), NAMES, EVENING, seeded("gone"))
    assert gone == []
    for folder in folders:
        files = sorted(one.name for one in (folder / "protocols").iterdir())
        assert files == ["book.json", "minutes.json", "protocols.csv", "votes.csv"]
        told = json.loads((folder / "protocols" / "minutes.json").read_bytes())
        assert [one["phase"] for one in told["phases"]][-1] == "closed"
    assert folders[0].joinpath("protocols/votes.csv").read_text().startswith("station,contest,round,channel")
    assert size > 0
    assert root


def test_no_box_is_opened_before_the_seal(place):
    clocks = Clocks()
    with place.open() as bench:
        own = closed(bench, clocks)
        for what, values in (("slips", slips_of(own)), ("paper", paper_of(own))):
            with pytest.raises(StationError) as raised:
                own.enter(what, "Ким Т.", values)
            assert code(raised) == "J3.1"
        for step in (own.seal_code, own.seal_note, lambda: own.protocols(EVENING)):
            with pytest.raises(StationError) as raised:
                step()
            assert code(raised) == "J3.1"


def test_cards_are_counted_only_after_voting(place):
    clocks = Clocks()
    with place.open() as bench:
        own = night(bench, clocks, opened_day(bench, clocks))
        with pytest.raises(StationError) as raised:
            own.enter("cards", "Ким Т.", CARD_FIELDS)
        assert code(raised) == "J3.1"


@pytest.mark.parametrize(("field", "by"), [("unused", -1), ("unused", 1), ("received", 1), ("missing", 1)])
def test_the_number_that_is_missing_is_named(place, field, by):
    clocks = Clocks()
    with place.open() as bench:
        own = closed(bench, clocks)
        wrong = {**CARD_FIELDS, field: CARD_FIELDS[field] + by}
        assert own.sums(wrong)[-1].missing == (by if field == "received" else -by)
        both(own, "cards", wrong)
        with pytest.raises(StationError) as raised:
            own.seal()
        assert (code(raised), raised.value.problem.hint) == ("J3.5", "close_cards")
        assert own.day.phase() is Phase.CLOSED


def test_no_seal_of_one_persons_count(place):
    clocks = Clocks()
    with place.open() as bench:
        own = closed(bench, clocks)
        own.enter("cards", "Ким Т.", CARD_FIELDS)
        own.enter("cards", "ким т.", CARD_FIELDS)
        with pytest.raises(StationError) as raised:
            own.seal()
        assert code(raised) == "J3.6"


def test_sums_before_anything_is_counted(place):
    clocks = Clocks()
    with place.open() as bench:
        own = closed(bench, clocks)
        assert [one.what for one in own.sums()] == ["sessions", "tests"]
        assert [one.what for one in own.sums({**CARD_FIELDS, "unused": None})] == ["sessions", "tests"]


def sealed(bench, clocks, others=None):
    own = closed(bench, clocks)
    both(own, "cards", CARD_FIELDS)
    own.seal()
    own.others = others or {}
    return own


def test_nothing_is_counted_while_a_device_is_not_loaded(place):
    clocks = Clocks()
    with place.open() as bench:
        own = sealed(bench, clocks, {f"{STATION}-b1": None})
        assert own.missing_devices() == [f"{STATION}-b1"]
        with pytest.raises(StationError) as raised:
            own.protocols(EVENING)
        assert (code(raised), raised.value.problem.hint) == ("J3.3", "devices")
        for what, values in (("slips", slips_of(own)), ("paper", paper_of(own))):
            with pytest.raises(StationError) as raised:
                own.enter(what, COUNTED[0], values)
            assert (code(raised), raised.value.problem.hint) == ("J3.3", "devices")
        own.others = {f"{STATION}-b1": Sealed(f"{STATION}-b1", b"", {"counts": {"admitted": 7, "cast": 6}})}
        assert own.protocols(EVENING)[0].counts.ballots_cast == 11


@pytest.mark.parametrize("typed", ["", "0000-0000-0000-0000-0000", None])
def test_the_seal_is_typed_from_the_paper(place, typed):
    clocks = Clocks()
    with place.open() as bench:
        own = sealed(bench, clocks)
        wrong = own.seal_code()[:-1] if typed is None else typed
        with pytest.raises(StationError) as raised:
            own.compare(wrong, NAMES, EVENING)
        assert code(raised) == "J3.6"
        assert own.book.minuted("compared") is None


def test_keys_stay_until_seal_and_protocols_are_safe(place):
    clocks = Clocks()
    with place.open() as bench:
        own = sealed(bench, clocks)
        for done in (False, True):
            if done:
                own.compare(own.seal_code(), NAMES, EVENING)
            with pytest.raises(StationError) as raised:
                own.destroy((place.media.first,), NAMES, EVENING, seeded("x"))
            assert code(raised) == "J3.6"
            assert (place.media.first / "keys.sealed").exists()


def test_after_a_restart_the_seal_is_the_same(place):
    clocks = Clocks()
    with place.open() as bench:
        own = sealed(bench, clocks)
        tree, told = own.day.log.tree(), own.seal_code()
    with place.open() as bench:
        own = night(bench, clocks)
        assert own.seal() == tree
        assert own.seal_code() == told
        assert own.book.agreed("cards") == CARD_FIELDS


def test_a_new_second_medium_takes_the_place_of_a_lost_one(place):
    clocks = Clocks()
    with place.open() as bench:
        opened_day(bench, clocks)
        for number in range(3):
            bench.vote(number)
    alone = Media(place.media.first, None, rehearsal=True)
    with place.open(alone) as bench:
        make(bench, clocks).incident("single", TWO)
        bench.vote(3)
        make(bench, clocks).incident("replaced", TWO)
    third = Media(place.media.first, place.folder / "third", rehearsal=True)
    third.second.mkdir()
    facts = json.loads((place.media.first / "station.json").read_bytes())
    assert facts["device"] == DEVICE
    replace_second(third, place.stick, PASSWORD, seeded("third"))
    with pytest.raises(StationError) as raised:
        replace_second(third, place.stick, PASSWORD, seeded("again"))
    assert code(raised) == "J1.5"
    with place.open(third) as bench:
        rows = sorted(one["id"] for one in bench.journal.rows())
        assert bench.opened.decided.to_second == len(rows)
        bench.vote(4)
    with place.open(third) as bench:
        assert bench.journal.count("cast") == 5
        assert bench.opened.decided.to_second == 0


def test_without_the_decision_an_empty_medium_is_a_stale_one(place):
    clocks = Clocks()
    with place.open() as bench:
        opened_day(bench, clocks)
        bench.vote(1)
    third = Media(place.media.first, place.folder / "third", rehearsal=True)
    third.second.mkdir()
    replace_second(third, place.stick, PASSWORD, seeded("third"))
    with pytest.raises(StationError) as raised, place.open(third):
        pass
    assert code(raised) == "J1.7"


def test_a_carried_device_brings_its_log_and_makes_no_protocol(place):
    clocks = Clocks()
    with place.open() as bench:
        own = sealed(bench, clocks)
        own.has_protocols = False
        with pytest.raises(StationError) as raised:
            own.destroy((), NAMES, EVENING, seeded("x"))
        assert code(raised) == "J3.6"
        own.compare(own.seal_code(), NAMES, EVENING)
        assert own.destroy((), NAMES, EVENING, seeded("x")) == []


@pytest.mark.parametrize("full", ["first", "second"])
def test_a_disk_that_is_full_at_the_seal_makes_no_seal(place, full, monkeypatch):
    """What stands in the log then is an older tree: read out as the seal, it would cost the last batch."""
    clocks = Clocks()

    def no_room(*_):
        raise OSError(ENOSPC, "No space left on device")

    with place.open() as bench:
        own = closed(bench, clocks)
        both(own, "cards", CARD_FIELDS)
        if full == "first":
            monkeypatch.setattr(bench.opened.log.store, "append", no_room)
        else:
            monkeypatch.setattr("dauys.station.keeping.device_log.copy_log", no_room)
        with pytest.raises(StationError) as raised:
            own.seal()
        assert code(raised) == ("J1.2" if full == "first" else "J1.3")
        assert own.day.journal.broken is not None
        steps = (
            own.seal_code,
            own.seals,
            lambda: own.compare("", NAMES, EVENING),
            lambda: own.enter("slips", COUNTED[0], slips_of(own)),
            lambda: own.destroy((), NAMES, EVENING, seeded("gone")),
        )
        for step in steps:
            with pytest.raises(StationError) as raised:
                step()
            assert code(raised) == "J3.1"
    monkeypatch.undo()
    with place.open() as bench:
        own = night(bench, clocks)
        assert own.seal() == bench.opened.log.tree()
        assert bench.opened.log.tree()[0] == 8  # open, five ballots, batch, close
        assert own.seal_code()


def test_a_seal_that_is_refused_closes_no_desk(place):
    clocks, closed_desk = Clocks(), []
    with place.open() as bench:
        own = closed(bench, clocks)
        own.close_desk = lambda: closed_desk.append(1)
        own.day.windows = {Phase.SEALED: Window("Art. 43(1)", EVENING + timedelta(hours=1))}
        both(own, "cards", CARD_FIELDS | {"unused": CARD_FIELDS["unused"] - 1})
        (apart,) = own.apart()
        assert (apart.what, apart.found, apart.total) == ("cards", CARDS - 1, CARDS)
        for decisions, expected in (({}, "J3.5"), ({"decided": TWO}, "J3.5"), ({"accepted": TWO}, "J3.2")):
            with pytest.raises(StationError) as raised:
                own.seal(**decisions)
            assert (code(raised), closed_desk, own.day.incidents()) == (expected, [], [])
        own.seal(decided=TWO, accepted=TWO)
        assert (closed_desk, own.apart()) == ([1], ())
        kept = json.loads((own.book.folders[1] / "protocols" / "minutes.json").read_bytes())["incidents"]
        assert {one["kind"] for one in kept} == {"time", "sums"}


def test_protocols_of_a_device_that_does_not_add_up_show_it(place):
    """A mark was undone after its voter had cast: more were cast than admitted."""
    clocks = Clocks()
    with place.open() as bench:
        own = closed(bench, clocks)
        own.desk = lambda: DeskCount(90, 1, bench.desk.admitted - 1, 0, 0)
        both(own, "cards", CARD_FIELDS)
        own.seal(accepted=TWO)
        both(own, "slips", slips_of(own))
        both(own, "paper", paper_of(own))
        protocols = own.publish(EVENING, NAMES)
        counts = protocols[0].counts
        assert (counts.admissions, counts.ballots_cast, counts.ballots_not_returned) == (4, 5, 0)
        assert {one.code for one in findings(protocols, own.contests)} == {"P1.2"}
        assert sum(protocols[0].votes.values()) == 4
