"""Ballot cards: what is published of them, from secrets that are given. `spec/cards.md` is the authority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import rfc8785

from dauys import _core

SECRET_BYTES: Final = 16
SCHEMA: Final = "dauys/cards/1"


@dataclass(frozen=True, slots=True)
class CardList:
    """The cards of one device as the log holds them: card hashes of 64 bytes, in ascending order."""

    vote_id: str
    device: str
    hashes: tuple[bytes, ...]

    @property
    def list_hash(self) -> bytes:
        """The 64 bytes that stand in the log. **Source:** cards.md §3."""
        return _core.card_list_hash(self.vote_id, self.device, list(self.hashes))

    def encode(self) -> bytes:
        """Return the file, in RFC 8785 form. **Source:** cards.md §4."""
        return rfc8785.dumps(
            {
                "cards": [card.hex() for card in self.hashes],
                "device": self.device,
                "hash": self.list_hash.hex(),
                "schema": SCHEMA,
                "vote_id": self.vote_id,
            }
        )


class CardNameError(ValueError):
    """Two cards of one vote would have the same name; `names` lists them. Draw all again."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"{len(self.names)} names twice")


def list_cards(vote_id: str, device: str, secrets: Iterable[bytes]) -> CardList:
    """Return the list of a device's cards; the secrets are in no part of it."""
    return CardList(vote_id, device, tuple(sorted(_core.card_of(vote_id, device, s)[1] for s in secrets)))


def check_names(vote_id: str, secrets: Iterable[tuple[str, bytes]]) -> None:
    """Refuse pairs of device and secret that give one card name twice. Raises CardNameError."""
    names = Counter(_core.card_of(vote_id, device, secret)[2] for device, secret in secrets)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise CardNameError(twice)


def is_sound(cards: CardList) -> bool:
    """Whether the list is in ascending order without a repeat: check C1, but for the log."""
    return all(one < other for one, other in zip(cards.hashes, cards.hashes[1:], strict=False))
