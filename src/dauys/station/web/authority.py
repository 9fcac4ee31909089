"""The authority of a station, kept sealed on its first medium: booths that trust it need not do so again.

A start after a cut of the power would otherwise leave every booth with a certificate that nobody trusts.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from dauys.station.faults import StationError, at
from dauys.station.keeping.folders import write_durably
from dauys.station.keeping.secrets import NONCE, Random
from dauys.station.web.certificates import Pair, make_authority

FILE: Final = "tls.sealed"
_ABOUT: Final = b"dauys/station/tls/1"


def kept_authority(
    folder: Path, key: bytes, random: Random, *, device: str, hosts: list[str], now: datetime
) -> Pair:
    """Return the authority of a device for these addresses: the one kept in the folder, or a new one.

    `key`: 32 bytes, of the start keys. For other addresses a new one is made, which booths have to trust.
    Raises StationError J1.1 where the file is under another key.
    """
    path = folder / FILE
    if path.exists():
        kept = _open(path, key)
        if kept["hosts"] == hosts:
            return Pair(kept["certificate"].encode(), kept["key"].encode())
    made = make_authority(device, hosts, now)
    told = {"certificate": made.certificate.decode(), "hosts": hosts, "key": made.key.decode()}
    nonce = random(NONCE)
    write_durably(path, nonce + ChaCha20Poly1305(key).encrypt(nonce, json.dumps(told).encode(), _ABOUT))
    return made


def _open(path: Path, key: bytes) -> dict[str, Any]:
    data = path.read_bytes()
    try:
        found: dict[str, Any] = json.loads(ChaCha20Poly1305(key).decrypt(data[:NONCE], data[NONCE:], _ABOUT))
    except InvalidTag as error:
        raise StationError(
            "J1.1", found="another key", expected="that of this device", place=at(path)
        ) from error
    return found
