"""A live station without its application: keys of its own, a log of its own, sealed and left in a folder."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dauys import _core
from dauys.crypto.ballots import Encryptor, ballot_hash
from dauys.crypto.framing import framed_hash
from dauys.record.keys import ED25519, Signer
from dauys.record.writer import create_device
from dauys.verify.kit import Kit, read_kit

COIN = b"\x55" * 32
TESTS = 5
EMPTY = 1


@dataclass
class LiveStations:
    """Plays stations: installs from the kit, casts the first `most` of the rows, seals."""

    folder: Path
    names: Sequence[str]
    most: int | None = None
    kits: dict[str, Kit] = field(default_factory=dict)
    cards: dict[str, Sequence[str]] = field(default_factory=dict)
    rows: dict[str, Sequence[bytes]] = field(default_factory=dict)

    @property
    def stations(self) -> frozenset[str]:
        return frozenset(self.names)

    def signer(self, station: str) -> Signer:
        return Signer(self.kits[station].devices[0].origin, ED25519, self.seed(station))

    @staticmethod
    def seed(station: str) -> bytes:
        return station.encode().ljust(32, b"\7")

    @staticmethod
    def secret(letters: str) -> bytes:
        return _core.read_card_letters(letters)

    def install(self, station: str, kit: Path, cards: Sequence[str]) -> dict[str, str]:
        self.kits[station], self.cards[station] = read_kit(kit, None), list(cards)
        own, device = self.kits[station], self.kits[station].devices[0]
        key = self.signer(station).verifier.encode()
        digest = framed_hash("installation", own.ballots.root, device.id, station, device.kind, key)
        signature = _core.NoteKey.from_seed(self.seed(station)).sign(digest)
        return {"key": key, "signature": signature.hex(), "software": "ab" * 32}

    def day(self, station: str, rows: Sequence[bytes]) -> Path:
        self.rows[station] = rows
        kit, device = self.kits[station], self.kits[station].devices[0]
        secrets = list(map(self.secret, self.cards[station]))
        random.Random(station).shuffle(secrets)
        encryptor = Encryptor(kit.ballots, kit.vote_id, device.id, kit.style)
        cast = list(rows[: self.most])
        ballots = encryptor.encrypt_many(COIN, list(zip(secrets, cast, strict=False)))
        ballots.sort(key=lambda ballot: ballot_hash(kit.ballots, device.id, ballot))
        ended = [self._ended(kit, encryptor, secret, rows[0]) for secret in secrets[len(cast) :][:1]]
        signer, store = self.signer(station), self.folder / station
        with create_device(store, signer) as log:
            log.append("open", **self._open(kit))
            log.append_ballots(ballots)
            log.append("batch", ballots=len(ballots), number=0)
            for fields in ended:
                log.append("ended", **fields)
            log.append("close", **self._close(kit, len(cast), len(secrets)))
            log.publish(signer)
        return store / "public"

    @staticmethod
    def _ended(kit: Kit, encryptor: Encryptor, secret: bytes, row: bytes) -> dict[str, object]:
        device = kit.devices[0].id
        digest = ballot_hash(kit.ballots, device, encryptor.encrypt(secret, COIN, row))
        s1 = _core.card_of(kit.vote_id, device, secret)[0]
        return {"ballot": digest.hex(), "s1": s1.hex(), "why": "abandoned"}

    @staticmethod
    def _open(kit: Kit) -> dict[str, object]:
        device = kit.devices[0]
        sigma = _core.sigma_tree(COIN, list(device.cards), 0)[0]
        return {
            "cards": device.list_hash.hex(), "device": device.id, "present": ["chair"],
            "root": kit.ballots.root.hex(), "sigma": sigma.hex(), "software": "ab" * 32,
            "station": kit.station, "vote": kit.vote_id, "zero": True,
        }  # fmt: skip

    @staticmethod
    def _close(kit: Kit, cast: int, cards: int) -> dict[str, object]:
        contests = len(kit.options)
        counts = dict.fromkeys(("additions", "challenged", "failed", "readmitted", "tests"), 0)
        counts |= {
            "abandoned": 1, "admitted": cast + 1 + EMPTY, "cast": cast, "checked_in": cast + 1 + EMPTY,
            "empty": EMPTY, "registered": len(kit.voters),
        }  # fmt: skip
        listed = {"missing": 0, "received": cards, "returned": 0, "spoiled": 0, "unused": cards - cast - 1}
        slips = {"accepted": cast * contests, "void": contests}
        styles = {kit.style: cast}
        return {"cards": listed, "counts": counts, "register": None, "slips": slips, "styles": styles}
