"""Start password and key stick, and what is kept under both (`spec/station.md` §2).

Neither opens anything alone. What they open is named by its use, so that no key serves two ends.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from dauys.crypto.framing import framed_hash
from dauys.record.disk import Disk
from dauys.station.faults import StationError, at

STICK_FILE: Final = "dauys-key"
NONCE: Final = 12
_COST: Final = 2**15
_ABOUT: Final = b"dauys/station/keys/1"

Random = Callable[[int], bytes]
"""Returns so many fresh random bytes."""


@dataclass(frozen=True, slots=True)
class StartKeys:
    """The keys that password and stick open, 32 bytes each."""

    journal: bytes = field(repr=False)
    desk: bytes = field(repr=False)
    records: bytes = field(repr=False)
    keys: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """What the device signs and encrypts with: seed of its Ed25519 key, coin key, 32 bytes each."""

    seed: bytes = field(repr=False)
    coin: bytes = field(repr=False)


def start_keys(password: str, stick: bytes, salt: bytes, vote_id: str, device: str) -> StartKeys:
    """Return the keys of one device in one vote. `stick`: 32 bytes, `salt`: 16."""
    text = unicodedata.normalize("NFKC", password).strip().encode()
    secret = Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(text)
    own = {
        name: framed_hash(f"station-{name}", secret, stick, vote_id, device)[:32]
        for name in ("journal", "desk", "records", "keys")
    }
    return StartKeys(**own)


def stick_mark(stick: bytes) -> str:
    """Return what `station.json` says of a key stick: enough to tell another one, nothing to find it by."""
    return framed_hash("stick", stick)[:8].hex()


def write_stick(folder: Path, random: Random) -> bytes:
    """Make a key stick in a folder that has none, and return its 32 bytes. Raises StationError J1.1."""
    path = folder / STICK_FILE
    if path.exists():
        raise StationError(
            "J1.1", found="a key stick", expected="an empty stick", place=at(path), hint="stick"
        )
    secret = random(32)
    # Durable before anything is closed under it: a stick is pulled out as soon as the program ends.
    Disk().place(path, secret.hex().encode() + b"\n")
    return secret


def read_stick(folder: Path) -> bytes:
    """Return the 32 bytes of a key stick. Raises StationError J1.1 where it is none."""
    path = folder / STICK_FILE
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise StationError(
            "J1.1", found="nothing", expected="a key stick", place=at(path), hint="password"
        ) from error
    if len(secret) != 32:
        raise StationError("J1.1", found=f"{len(secret)} bytes", expected="32 bytes", place=at(path))
    return secret


def seal_keys(keys: DeviceKeys, key: bytes, random: Random) -> bytes:
    """Return the bytes of `keys.sealed`."""
    nonce = random(NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, keys.seed + keys.coin, _ABOUT)


def open_keys(data: bytes, key: bytes, path: Path) -> DeviceKeys:
    """Return the keys in `keys.sealed`. Raises StationError J1.1 where password or stick is another."""
    try:
        clear = ChaCha20Poly1305(key).decrypt(data[:NONCE], data[NONCE:], _ABOUT)
    except (InvalidTag, ValueError) as error:
        raise StationError(
            "J1.1",
            found="another password or stick",
            expected="those of this device",
            place=at(path),
            hint="password",
        ) from error
    return DeviceKeys(clear[:32], clear[32:])
