"""Media of a desk; each test has its own."""

import pytest
from desk_bench import desk_of, made


@pytest.fixture
def desk_place(place):
    return made(place)


@pytest.fixture
def desk(desk_place):
    with desk_of(desk_place) as opened:
        yield opened
