"""What a device is: its vote and station, cards, keys, and how it signs (`spec/station.md` §2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from dauys import _core
from dauys.crypto.ballots import BallotElection, BallotStyle, Encryptor, Opening
from dauys.crypto.framing import framed_hash
from dauys.station.faults import StationError
from dauys.station.keeping.secrets import DeviceKeys

Word = Literal["cast", "challenged"]


@dataclass(frozen=True, slots=True)
class Card:
    """A card that was opened in the booth: its secret (16 bytes), `s₁`, hash and name."""

    secret: bytes = field(repr=False)
    s1: bytes
    hash: bytes
    name: str


@dataclass(frozen=True)
class Device:
    """One device in one vote. `cards`: hashes of its cards, 64 bytes each, in the order of the list."""

    vote_id: str
    station: str
    id: str
    election: BallotElection
    cards: tuple[bytes, ...]
    keys: DeviceKeys = field(repr=False)

    @cached_property
    def places(self) -> Mapping[bytes, int]:
        """Place of each card in the list."""
        return {card: place for place, card in enumerate(self.cards)}

    @cached_property
    def sigma_root(self) -> bytes:
        """The root over the values of all cards that stands in *open*."""
        return _core.sigma_tree(self.keys.coin, list(self.cards), 0)[0]

    @cached_property
    def _signer(self) -> _core.NoteKey:
        return _core.NoteKey.from_seed(self.keys.seed)

    def card(self, letters: str) -> Card:
        """Return the card that a voter shows or types. Raises StationError J2.2 for any other."""
        try:
            secret = _core.read_card_letters(letters)
        except _core.CoreError as error:
            raise StationError("J2.2", found="other letters", expected="the letters of a card") from error
        s1, card_hash, name = _core.card_of(self.vote_id, self.id, secret)
        if card_hash not in self.places:
            raise StationError("J2.2", found="a card of elsewhere", expected=f"a card of {self.id}")
        return Card(secret, s1, card_hash, name)

    def style(self, name: str) -> BallotStyle:
        """Return a ballot style. Raises KeyError."""
        return {one.id: one for one in self.election.styles}[name]

    def encryptor(self, style: str) -> Encryptor:
        """Return what makes ballots of a style; costly, to be kept."""
        return Encryptor(self.election, self.vote_id, self.id, style)

    def opening(self, style: str, card: Card, options: bytes, ballot_hash: bytes) -> Opening:
        """Return what a challenge prints and the log keeps (`spec/ballots.md` §10)."""
        leaf = self.places[card.hash]
        _, sigma, path = _core.sigma_tree(self.keys.coin, list(self.cards), leaf)
        positions = self.positions(style, options)
        return Opening(style, positions, card.secret, sigma, leaf, tuple(path), ballot_hash)

    def positions(self, style: str, options: bytes) -> bytes:
        """Return `m`, bytes 0 and 1: of every contest its options, then its blanks, filled from the left."""
        found, at = bytearray(), 0
        for place in self.style(style).contests:
            contest = self.election.contests[place]
            own = options[at : at + contest.options]
            blanks = contest.limit - sum(own)
            found += own + bytes(int(blank < blanks) for blank in range(contest.limit))
            at += contest.options
        return bytes(found)

    def sign_part1(self, card: Card, ballot_hash: bytes) -> bytes:
        """Return the signature of part 1 of a receipt (`spec/record.md` §9)."""
        return self._signer.sign(framed_hash("receipt1", self.election.root, self.id, card.hash, ballot_hash))

    def sign_part2(self, ballot_hash: bytes, word: Word, tree: tuple[int, bytes]) -> bytes:
        """Return the signature of part 2; `tree` is the newest size and root (`spec/record.md` §9)."""
        size, root = tree[0].to_bytes(8, "little"), tree[1]
        digest = framed_hash("receipt2", self.election.root, self.id, ballot_hash, word, size, root)
        return self._signer.sign(digest)


def opening_fields(opening: Opening) -> dict[str, object]:
    """Return an opening as an entry of the log has it (`spec/record.md` §4)."""
    return {
        "ballot": opening.ballot_hash.hex(),
        "choices": "".join(map(str, opening.choices)),
        "leaf": opening.leaf,
        "path": [node.hex() for node in opening.path],
        "secret": opening.secret.hex(),
        "sigma": opening.sigma.hex(),
        "style": opening.style,
    }


def options_of(limits: Sequence[tuple[int, int]], chosen: Sequence[Sequence[int]]) -> bytes:
    """Return one byte 0 or 1 per option. `limits`: options and limit of each contest; `chosen`: their places.

    Raises StationError J2.5 for an option there is not, twice the same, or more than the limit.
    """
    row = bytearray()
    for (options, limit), own in zip(limits, chosen, strict=True):
        if len(set(own)) != len(own) or len(own) > limit or not all(0 <= one < options for one in own):
            raise StationError("J2.5", found=list(own), expected=f"at most {limit} of {options} options")
        row += bytes(int(place in own) for place in range(options))
    return bytes(row)
