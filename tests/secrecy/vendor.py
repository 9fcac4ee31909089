"""Who has all the software of a machine and its keys, but not the cards: can he read votes from the record?

He knows signing seed, coin key K and so every σ, the program, and the journal in clear; of a card he knows
`s₁` and its hash. A ballot is rebuilt from guesses of what he lacks, the covered secret `s` or what it gives,
`s₂`, for each choice; where it is the one in the record, the vote is read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "spec" / "reference"))
import ballots as reference
from group import B, framed
from receipt_attacks import Score
from receipt_world import OPTIONS, OUTCOMES, STYLE, TOLD, VOTE, Voter, World, election, seeded

from dauys import _core
from dauys.crypto.ballots import Encryptor
from dauys.station.keeping.secrets import DeviceKeys

CONTESTS = [{"id": "one", "options": OPTIONS, "limit": 1, "first_key": 0}]


@dataclass(frozen=True)
class Vendor:
    """What the vendor knows of one device: its keys, and how to make ballots."""

    device: str
    keys: DeviceKeys

    def read(self, ballot: bytes) -> int | None:
        """Return the choice in a ballot, None where every attempt fails."""
        start = 2 + ballot[1]
        s1, point = ballot[start : start + 16], ballot[start + 16 : start + 48]
        found = self.from_secrets(ballot, self._secrets(s1))
        return self._from_seeds(s1, point) if found is None else found

    def from_secrets(self, ballot: bytes, secrets: list[bytes]) -> int | None:
        """Rebuild a ballot from guesses of the covered secret of its card, by the program itself."""
        encryptor = Encryptor(election(), VOTE, self.device, STYLE)
        for secret in secrets:
            for choice in range(OUTCOMES):
                row = bytes(int(place == choice) for place in range(OPTIONS))
                if encryptor.encrypt(secret, self.keys.coin, row) == ballot:
                    return choice
        return None

    def _from_seeds(self, s1: bytes, point: bytes) -> int | None:
        """Rebuild `R` of a ballot from guesses of `s₂`: what K gives is known, and each choice is tried."""
        made = reference.Election(TOLD | {"contests": CONTESTS, "styles": [{"id": STYLE, "contests": [0]}]})
        style = made.styles[STYLE]
        ctx = reference.context(made.root, self.device, STYLE, s1)
        for s2 in self._halves(s1):
            for choice in range(OUTCOMES):
                choices = reference.fill_blanks(style, [int(place == choice) for place in range(OPTIONS)])
                seed = framed("seed", s2, self._sigma(s1), ctx, bytes(choices))[:32]
                r = reference.draw(style, seed, ctx, choices)["r"]
                if (r * B).encode() == point:
                    return choice
        return None

    def _sigma(self, s1: bytes) -> bytes:
        return framed("sigma", self.keys.coin, self._hash(s1))[:32]

    def _hash(self, s1: bytes) -> bytes:
        return framed("card", VOTE.encode(), self.device.encode(), s1)

    def _secrets(self, s1: bytes) -> list[bytes]:
        """What a program could have used for a card's secret, of all that is known without it."""
        known = (s1, s1[::-1], self._hash(s1), self.keys.coin, self.keys.seed, self._sigma(s1), bytes(16))
        mixed = (framed("card1", VOTE.encode(), self.device.encode(), s1), framed("seed", self.keys.coin, s1))
        return [one[:16] for one in (*known, *mixed)]

    def _halves(self, s1: bytes) -> list[bytes]:
        vote, device = VOTE.encode(), self.device.encode()
        known = (
            framed("card2", vote, device, s1),
            framed("card2", vote, device, self.keys.coin, s1),
            self._hash(s1),
            self._sigma(s1),
            s1 + s1,
            bytes(32),
        )
        return [one[:32] for one in known]


def vendor_of(number: int) -> Vendor:
    """The vendor who made the device of a station."""
    name = f"dev-{number}"
    return Vendor(name, DeviceKeys(*(seeded(f"{name} {what}", 32) for what in ("seed", "coin"))))


def without_cards(voters: list[Voter]) -> Score:
    """How often the vendor names the choice of a ballot; where all fails he guesses."""
    right = 0
    for voter in voters:
        found = vendor_of(voter.station).read(voter.ballot)
        right += voter.choice == ((voter.place * 7) % OUTCOMES if found is None else found)
    return Score(right, len(voters), 1 / OUTCOMES)


def with_cards(voters: list[Voter]) -> Score:
    """The same, with the covered secrets: a card that was photographed, or kept by its printer."""
    found = [
        vendor_of(one.station).from_secrets(one.ballot, [one.receipts[-1].card.secret]) for one in voters
    ]
    right = sum(one == voter.choice for one, voter in zip(found, voters, strict=True))
    return Score(right, len(voters), 1 / OUTCOMES)


def searched(world: World, tries: int) -> int:
    """How many cards of the record are found by trying so many secrets at random: one in 2¹²⁸ is right."""
    name = f"dev-{world.voters[0].station}"
    numbers = {voter.receipts[-1].card.s1 for voter in world.voters if f"dev-{voter.station}" == name}
    secrets = (framed("try", at.to_bytes(8, "little"))[:16] for at in range(tries))
    return sum(_core.card_of(VOTE, name, secret)[0] in numbers for secret in secrets)


@contextmanager
def vendor_seed() -> Iterator[Any]:
    """A way to make ballots in which `s₂` follows from `s₁`: every check passes, and the vendor reads."""
    honest = reference.card

    def card(vote_id, device, secret):
        s1, _, digest = honest(vote_id, device, secret)
        return s1, framed("card2", vote_id.encode(), device.encode(), s1)[:32], digest

    reference.card = card
    try:
        yield reference
    finally:
        reference.card = honest


def sold(voter: Voter) -> bytes:
    """The ballot that a machine with the vendor's seed makes for a voter."""
    keys = vendor_of(voter.station).keys
    device, card = f"dev-{voter.station}", voter.receipts[-1].card
    made = reference.Election(TOLD | {"contests": CONTESTS, "styles": [{"id": STYLE, "contests": [0]}]})
    sigma = framed("sigma", keys.coin, card.hash)[:32]
    options = [int(place == voter.choice) for place in range(OPTIONS)]
    choices = reference.fill_blanks(made.styles[STYLE], options)
    with vendor_seed() as wrong:
        return wrong.encrypt(made, VOTE, device, STYLE, card.secret, sigma, choices)
