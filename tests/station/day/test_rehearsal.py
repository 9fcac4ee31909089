"""The test of logic and accuracy: a deck that tells options apart, a ledger that can enter no log."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_device import STYLE, FakeGlass, seeded

from dauys.crypto.ballots import verify_ballots
from dauys.station.day.deck import SlipCount, count_deck, make_deck
from dauys.station.day.rehearsal import rehearse

contests = st.integers(1, 14).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))


@settings(deadline=None)
@given(st.lists(contests, min_size=1, max_size=4))
def test_every_option_has_its_own_number(shapes):
    deck = make_deck(shapes)
    assert count_deck(deck.ballots, shapes) == deck.expected
    for place, (options, limit) in enumerate(shapes):
        counts = deck.expected[place]
        numbers = [*counts.options, counts.blanks]
        assert len(set(numbers)) == options + 1
        assert min(numbers) > 0
        for ballot in deck.ballots:
            assert len(ballot[place]) == len(set(ballot[place])) <= limit


def test_more_than_one_mark_is_used_where_it_may():
    deck = make_deck([(6, 3)])
    assert Counter(len(ballot[0]) for ballot in deck.ballots)[3] > 0


@pytest.fixture
def rehearsal(place):
    with place.open() as bench:
        glass = FakeGlass()
        yield bench, rehearse(bench.booths.device, STYLE, seeded("deck"), lambda _: glass), glass


def test_a_run_prints_what_the_deck_says(rehearsal):
    _, test, glass = rehearsal
    assert test.before.holds
    steps = []
    test.run(progress=lambda at, of: steps.append((at, of)))
    printed = [told[1] for what, told in glass.printed if what == "slips"]
    options = test.device.election.contests[test.device.style(STYLE).contests[0]].options
    assert count_deck(printed, [(options, 1)]) == test.deck.expected
    assert steps[-1] == (len(test.deck.ballots),) * 2
    assert test.after().counts["test"] == len(test.deck.ballots)
    assert [told for what, told in glass.printed if what == "mark"] == ["void"] * len(printed)


def test_the_ledger_of_the_vote_holds_nothing_of_it(rehearsal):
    bench, test, _ = rehearsal
    rows, tree = list(bench.journal.rows()), bench.opened.log.tree()
    test.run()
    assert list(bench.journal.rows()) == rows
    assert bench.opened.log.tree() == tree
    assert test.booths.journal.records is None
    assert test.booths.journal.database.filename == ""


def test_a_ballot_of_the_test_is_none_of_the_vote(rehearsal):
    bench, test, _ = rehearsal
    own = bench.booths.device
    assert not set(test.device.cards) & set(own.cards)
    assert (test.device.keys.seed, test.device.keys.coin) != (own.keys.seed, own.keys.coin)
    made = test.booths._encryptor(STYLE)
    ballot = made.encrypt(bytes(16), bytes(32), bytes(test.device.election.contests[0].options))
    assert not verify_ballots(own.election, test.device.id, [ballot], threads=1).faults
    assert verify_ballots(own.election, own.id, [ballot], threads=1).faults


def test_slips_that_were_swapped_are_named(rehearsal):
    _, test, _ = rehearsal
    right = test.deck.expected[0]
    swapped = SlipCount((right.options[1], right.options[0], *right.options[2:]), right.blanks + 1)
    assert test.differences((right,)) == []
    assert test.differences((swapped,)) == [
        (0, 0, 2, 1),
        (0, 1, 1, 2),
        (0, None, right.blanks + 1, right.blanks),
    ]
