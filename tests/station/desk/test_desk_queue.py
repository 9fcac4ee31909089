"""The queue meter knows rates, and forgets (`spec/desk.md` §6)."""

import pytest

from dauys.station.desk.queue import WINDOW, Queue


def test_minutes_come_from_people_who_wait_and_the_rate():
    now = [0.0]
    queue = Queue(lambda: now[0])
    assert (queue.minutes(), queue.waiting()) == (None, None)
    queue.counted(12)
    assert queue.minutes() is None  # nobody was served yet: a rate is not known, and not zero
    for _ in range(4):
        now[0] += 60.0
        queue.served()
    assert queue.waiting() == 8
    assert queue.minutes() == 6  # four in three minutes
    queue.counted(0)
    assert queue.minutes() == 0


def test_what_was_long_ago_is_forgotten():
    now = [0.0]
    queue = Queue(lambda: now[0])
    for _ in range(5):
        queue.served()
    queue.counted(5)
    assert queue.minutes() is not None
    now[0] += WINDOW + 1
    assert queue.minutes() is None


@pytest.mark.parametrize("number", [-1, 1000])
def test_numbers_that_no_queue_has(number):
    with pytest.raises(ValueError):
        Queue(lambda: 0.0).counted(number)
