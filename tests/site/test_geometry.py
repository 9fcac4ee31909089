import pytest

from dauys.site.geometry import RADIUS, hemicycle, map_box, tiles_across


@pytest.mark.parametrize("seats", [1, 2, 5, 9, 10, 77, 98, 145, 150])
def test_every_seat_has_a_place_of_its_own(seats):
    dots = hemicycle(seats)
    assert len(dots) == seats
    for i, a in enumerate(dots):
        for b in dots[i + 1 :]:
            assert (a.x - b.x) ** 2 + (a.y - b.y) ** 2 > (1.2 * RADIUS) ** 2


def test_seats_are_ordered_from_left_to_right():
    angles = [round(d.angle, 6) for d in hemicycle(77)]
    assert angles == sorted(angles)
    assert hemicycle(77)[0].x < 0 < hemicycle(77)[-1].x


@pytest.mark.parametrize(
    ("count", "width", "expected"),
    [
        (1, None, 1),
        (3, None, 3),
        (4, None, 2),
        (5, None, 5),
        (7, None, 4),
        (8, None, 4),
        (3, 4, 3),
        (5, 5, 5),
        (8, 4, 4),
    ],
)
def test_blocks_of_tiles(count, width, expected):
    assert tiles_across(count, width) == expected


def test_the_box_holds_every_region():
    regions = [
        {"column": 3, "row": 1, "constituencies": list("abcd")},
        {"column": 0, "row": 0, "constituencies": ["e"]},
    ]
    assert map_box(regions) == (5 * 42, 3 * 42 + 24)
