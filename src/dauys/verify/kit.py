"""The kit that a polling station is set up from: everything it needs to know, and no secret key.

**Source:** spec/kit.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dauys.crypto.ballots import BallotElection
from dauys.domain.election import Election
from dauys.domain.places import Station
from dauys.domain.voters import Voter
from dauys.record.keys import VerifierKey
from dauys.record.policy import Policy
from dauys.verify.kit_contents import Contents, KitDevice, contents_of
from dauys.verify.kit_file import Packed, open_kit, refuse


@dataclass(frozen=True, slots=True)
class Kit:
    """What a station knows before its day. Everything has been checked against everything else.

    `style`: of the station's ballots, an id of `ballots`. `options`: of each contest of that style the ids of
    its options in ballot order. `opens`, `closes`: of the vote, in the zone of the station. `fingerprint`:
    5 × 4 letters, to be compared aloud. `sha256`: of the kit's bytes, in hex. `extract_hash`: SHA-256 of the
    register extract, as the record froze it. `simulation`: None, or what the definition says of its keys.
    """

    vote_id: str
    station: str
    version: int
    election: Election
    ballots: BallotElection
    style: str
    options: Mapping[str, tuple[str, ...]]
    devices: tuple[KitDevice, ...]
    voters: tuple[Voter, ...] = field(repr=False)
    extract_hash: str
    opens: datetime
    closes: datetime
    commission: str
    commission_key: bytes
    log_key: VerifierKey
    policy: Policy
    fingerprint: str
    sha256: str
    simulation: str | None

    @property
    def round(self) -> int:
        """The round of the vote, from 1."""
        return int(self.vote_id.split("/")[1])

    @property
    def place(self) -> Station:
        """The station as the election file has it."""
        return next(one for one in self.election.stations if one.id == self.station)

    def device(self, name: str) -> KitDevice:
        """Return a device of the station. Raises InputError W1.9 for any other."""
        for device in self.devices:
            if device.id == name:
                return device
        raise refuse("W1.9", "kit", name, ", ".join(one.id for one in self.devices))


def read_kit(path: Path, commission_key: bytes | None) -> Kit:
    """Return the kit in a file, of which everything holds that can be checked without the record.

    `commission_key`: the 32 bytes of the Ed25519 key that must have signed, known from outside. Without one,
    None, the key is the one that the kit names, and only its fingerprint, compared aloud, says whose it is.
    Raises InputError with W1.x, and W2.x for the register.
    """
    packed = open_kit(path)
    contents = contents_of(packed, str(path))
    _check_signature(packed, contents, commission_key, str(path))
    return Kit(
        vote_id=packed.manifest.vote,
        station=packed.manifest.station,
        version=packed.manifest.version,
        election=contents.election,
        ballots=contents.ballots,
        style=contents.style,
        options=contents.options,
        devices=contents.devices,
        voters=contents.extract.voters,
        extract_hash=contents.extract.hash,
        opens=contents.opens,
        closes=contents.closes,
        commission=packed.manifest.commission,
        commission_key=contents.commission_key,
        log_key=contents.log_key,
        policy=contents.policy,
        fingerprint=packed.manifest.fingerprint,
        sha256=packed.sha256,
        simulation=contents.simulation,
    )


def _check_signature(packed: Packed, contents: Contents, key: bytes | None, name: str) -> None:
    """Check who signed (W1.3): the commission that the manifest names, with its key of `keys.json`."""
    named = contents.commission_key
    if key is not None and key != named:
        raise refuse("W1.3", name, named.hex(), key.hex(), sentence="W1.3.key")
    if not packed.signed_by(named):
        raise refuse("W1.3", name, "another signature", f"one by {packed.manifest.commission}")
