"""Setting a device up from its kit: keys made here, password and stick, the act of installation.

**Source:** spec/station.md §2; Constitutional Law on Elections, Art. 50-1(5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dauys import _core
from dauys.crypto.framing import proquints
from dauys.crypto.shapes import canonical
from dauys.record.entries import encode_entry
from dauys.record.keys import ED25519, Signer
from dauys.station.desk.folders import make_desk
from dauys.station.device import Device
from dauys.station.faults import StationError, at
from dauys.station.keeping.folders import Facts, Media, make_media, read_told, write_durably
from dauys.station.keeping.secrets import DeviceKeys, Random, start_keys, stick_mark, write_stick
from dauys.station.software import software_hash
from dauys.verify.devices import installation_hash, spoken_code
from dauys.verify.kit import Kit, read_kit

KIT: Final = "kit.zip"
#: What goes into the election log, once those present have signed the act.
INSTALLATION: Final = "installation.json"
_SHAPE: Final = {
    "device": "id",
    "key": "text",
    "signature": "hex64",
    "software": "hex32",
    "station": "id",
    "type": "text",
    "vote": "vote",
}
#: Words of a start password, 16 bits each: half of them for each of two members.
WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class Installed:
    """A device that was set up. `fields`: of its *installation* entry but `at` and `present`.

    `password`: to be split between two members, kept by nobody else, and here only to be shown once.
    """

    fields: dict[str, Any]
    password: str = field(repr=False)

    @property
    def halves(self) -> tuple[str, str]:
        """The two halves of the password."""
        words = self.password.split()
        return " ".join(words[: WORDS // 2]), " ".join(words[WORDS // 2 :])


def install(
    path: Path, name: str, media: Media, stick: Path, random: Random, *, key: bytes | None = None
) -> Installed:
    """Set a device up from the kit in a file. `key`: of the commission that signed it, 32 bytes.

    The device's keys, the start password and the key stick are made here and leave the media only in the
    hands of members. Raises InputError W1.x, W2.x of the kit, StationError J1.x where a medium is not empty.
    """
    kit = read_kit(path, key)
    listed = kit.device(name)
    # Looked at first: a stick that was written for nothing is a stick that is refused the next time.
    media.require_empty()
    password = " ".join(proquints(random(2 * WORDS)))
    keys = DeviceKeys(random(32), random(32))
    secret, salt = write_stick(stick, random), random(16)
    facts = Facts(name, kit.sha256, listed.origin, salt.hex(), kit.station, stick_mark(secret), kit.vote_id)
    start = start_keys(password, secret, salt, kit.vote_id, name)
    fields = installation_fields(kit, Device(kit.vote_id, kit.station, name, kit.ballots, listed.cards, keys))
    for folder in media.folders:
        write_durably(folder / KIT, path.read_bytes())
        write_durably(folder / INSTALLATION, canonical(fields))
    make_desk(media, start, random)
    make_media(media, facts, keys, start, random)
    return Installed(fields, password)


def installation_fields(kit: Kit, device: Device) -> dict[str, Any]:
    """Return what a device says of itself in the act: its key, signed by it, and the hash of its software."""
    listed = kit.device(device.id)
    key = Signer(listed.origin, ED25519, device.keys.seed).verifier.encode()
    digest = installation_hash(kit.ballots.root, device.id, kit.station, listed.kind, key)
    return {
        "device": device.id,
        "key": key,
        "signature": _core.NoteKey.from_seed(device.keys.seed).sign(digest).hex(),
        "software": software_hash().hex(),
        "station": kit.station,
        "type": listed.kind,
        "vote": kit.vote_id,
    }


def key_code(key: str) -> str:
    """Return the code of a device's key, for the act on paper. **Source:** spec/day.md §3."""
    return spoken_code(sha256(key.encode()).digest())


def read_own_kit(media: Media, facts: Facts) -> Kit:
    """Return the kit that a device was set up from. Raises StationError J1.5 where it is another one."""
    path = media.first / KIT
    kit = read_kit(path, None)
    if kit.sha256 != facts.kit:
        raise StationError("J1.5", found=kit.sha256, expected=facts.kit, place=at(path))
    return kit


def act(fields: dict[str, Any], moment: str, present: list[str]) -> bytes:
    """Return the *installation* entry of the act: RFC 3339 `moment`, and who was present."""
    return encode_entry("election", "installation", **fields, at=moment, present=present)


def installation_of(medium: Path) -> dict[str, Any]:
    """Return what a medium says that its device is. Raises StationError J1.5."""
    return read_told(medium / INSTALLATION, _SHAPE)
