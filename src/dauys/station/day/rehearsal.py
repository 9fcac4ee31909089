"""The test of logic and accuracy: a ledger in memory alone, that can enter no log (`spec/day.md` §4).

Its device has another name, fresh keys and cards: a ballot made here verifies under no device of the vote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import apsw

from dauys import _core
from dauys.crypto.ballots import Committed, open_challenged
from dauys.station.day.day import Zero, zero
from dauys.station.day.deck import Deck, SlipCount, make_deck
from dauys.station.device import Device
from dauys.station.faults import StationError
from dauys.station.keeping.database import JOURNAL
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.secrets import DeviceKeys, Random
from dauys.station.session import Booths, Glass

#: What makes the name of a rehearsing device another one.
SUFFIX = "-test"
_NO_TREE = (0, bytes(32))


@dataclass(frozen=True)
class Rehearsal:
    """One run of the deck: device of the test, its booths, its cards as letters, and what must come out."""

    device: Device
    booths: Booths
    cards: tuple[str, ...] = field(repr=False)
    style: str
    deck: Deck
    before: Zero

    def run(self, terminal: int = 1, progress: Callable[[int, int], None] = lambda _, __: None) -> None:
        """Vote the deck; each ballot is challenged, rebuilt from its opening, and compared with the choice.

        Raises StationError J3.9 for a ballot that holds anything else.
        """
        committed = Committed(
            self.device.vote_id, self.device.id, self.device.sigma_root, len(self.device.cards)
        )
        for place, chosen in enumerate(self.deck.ballots):
            session = self.booths.begin(terminal, self.style, test=True)
            self.booths.show_card(session, self.cards[place])
            self.booths.show_slips(session, chosen)
            self.booths.confirm(session)
            opening = self.booths.challenge(session)
            try:
                open_challenged(self.device.election, committed, opening)
            except _core.CoreError as error:
                raise StationError("J3.9", found=str(error), expected="a ballot that rebuilds") from error
            if opening.choices != self.positions(chosen):
                raise StationError("J3.9", found="other choices", expected="those of the deck")
            progress(place + 1, len(self.deck.ballots))

    def positions(self, chosen: tuple[tuple[int, ...], ...]) -> bytes:
        """Return what a ballot of the deck must hold."""
        row = bytearray()
        for place, own in zip(self.device.style(self.style).contests, chosen, strict=True):
            row += bytes(int(at in own) for at in range(self.device.election.contests[place].options))
        return self.device.positions(self.style, bytes(row))

    def after(self) -> Zero:
        """Return what this ledger holds; that of the vote still holds nothing."""
        return zero(self.booths.journal)

    def differences(self, counted: tuple[SlipCount, ...]) -> list[tuple[int, int | None, int, int]]:
        """Return contest, option (None: blanks), counted and expected, wherever slips are not as expected."""
        found: list[tuple[int, int | None, int, int]] = []
        for contest, (own, told) in enumerate(zip(counted, self.deck.expected, strict=True)):
            pairs = zip(own.options, told.options, strict=True)
            found += [(contest, at, one, other) for at, (one, other) in enumerate(pairs) if one != other]
            if own.blanks != told.blanks:
                found.append((contest, None, own.blanks, told.blanks))
        return found


def rehearse(device: Device, style: str, random: Random, printers: Callable[[int], Glass]) -> Rehearsal:
    """Return a test of a device that has voted nothing: everything in it is new, and nothing is on a disk."""
    contests = [device.election.contests[place] for place in device.style(style).contests]
    deck = make_deck([(one.options, one.limit) for one in contests])
    secrets = [random(16) for _ in deck.ballots]
    name = f"{device.id}{SUFFIX}"
    hashes = tuple(sorted(_core.card_of(device.vote_id, name, secret)[1] for secret in secrets))
    own = replace(device, id=name, cards=hashes, keys=DeviceKeys(random(32), random(32)))
    database = apsw.Connection(":memory:")
    database.execute(JOURNAL)
    journal = Journal(database, None, random)
    journal.note("single", {})  # nothing here is to outlive the program
    booths = Booths(own, journal, lambda: len(deck.ballots), lambda: _NO_TREE, printers)
    letters = tuple(_core.card_letters(secret) for secret in secrets)
    return Rehearsal(own, booths, letters, style, deck, zero(journal))
