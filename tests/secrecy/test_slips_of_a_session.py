"""What a printer under glass is told: style and choice, and nothing of voter, language, terminal or time.

That the papers are the same byte for byte is tested with the papers.
"""

from __future__ import annotations

import inspect
import itertools
import typing

import pytest
from small_device import STYLE, FakeGlass, Place, choice, letters

from dauys.station.printer.glass import PaperGlass
from dauys.station.session import Booths, Glass


class Told:
    """A printer that keeps every word that it is told, and when."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[object, ...], dict[str, object]]] = []

    def __getattr__(self, name):
        return lambda *args, **more: self.calls.append((name, args, more))

    def shown(self):
        return [(args, more) for name, args, more in self.calls if name == "show"]


@pytest.fixture
def device(memory):
    place = Place(memory / "device")
    if not place.folder.exists():
        place.folder.mkdir()
        place.make()
    return place


def flat(value) -> list[object]:
    return [one for part in value for one in flat(part)] if isinstance(value, tuple | list) else [value]


def test_slips_are_told_style_and_choice_alone(device):
    """Over terminals, after a rejection, as a test of observers, early or late: the same call."""
    told = {terminal: Told() for terminal in (1, 2, 3)}
    with device.open() as bench:
        bench.booths.printers = told.__getitem__
        bench.desk.admitted += 9
        for number, (terminal, test) in enumerate(itertools.product(told, (False, True))):
            session = bench.booths.begin(terminal, STYLE, test=test)
            bench.booths.show_card(session, letters(number))
            for _ in range(2):
                bench.booths.show_slips(session, choice(2))
                bench.booths.reject(session)
            bench.booths.leave(session)
    shown = [call for one in told.values() for call in one.shown()]
    assert len(shown) == 12
    assert {repr(call) for call in shown} == {repr(((STYLE, tuple(map(tuple, choice(2)))), {}))}
    [style, *places] = flat(shown[0][0])
    assert style == STYLE
    assert all(type(place) is int for place in places)


def test_no_argument_could_carry_anything_else():
    for kind in (Glass, PaperGlass, FakeGlass):
        assert list(inspect.signature(kind.show).parameters) == ["self", "style", "chosen"]
        assert list(inspect.signature(kind.mark).parameters) == ["self", "word"]
    hints = typing.get_type_hints(Glass.show)
    assert str(hints["chosen"]) == "collections.abc.Sequence[collections.abc.Sequence[int]]"
    steps = (Booths.begin, Booths.show_card, Booths.show_slips, Booths.confirm, Booths.cast)
    names = {name for step in steps for name in inspect.signature(step).parameters}
    assert names == {"self", "terminal", "style", "test", "session", "letters", "chosen"}


def test_before_the_decision_the_code_is_told_to_part_1_alone(device):
    """Neither what a step returns nor another print holds `H(ballot)`, nor does the session show it."""
    told = Told()
    with device.open() as bench:
        bench.booths.printers = lambda _: told
        bench.desk.admitted += 1
        session = bench.booths.begin(1, STYLE)
        given = [bench.booths.show_card(session, letters(50))]
        given += [bench.booths.show_slips(session, choice(1)), bench.booths.confirm(session)]
        digest, shown = session.digest, repr(session)
        [intent] = bench.journal.intents()
        before = list(told.calls)
        bench.booths.cast(session)
    assert len(digest) == 64
    assert intent.ballot == digest
    assert [name for name, _, _ in before] == ["show", "part1"]
    assert [name for name, args, _ in before if digest in args] == ["part1"]
    assert given[1:] == [None, None]
    for text in (repr(given), shown):
        assert digest.hex() not in text
        assert repr(digest) not in text
    assert (session.digest, session.ballot, session.chosen, session.card) == (b"", b"", (), None)
