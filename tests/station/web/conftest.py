"""A booth of a device that was made once, and its screen."""

import pytest
from booth_bench import bench
from booth_screen import Screen


@pytest.fixture
def where(place):
    with bench(place) as made:
        yield made


@pytest.fixture
def screen(where):
    return Screen(where)
