"""Who may send this: looked at before a byte is taken (`spec/intake.md` §4, 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from dauys.crypto.framing import holds
from dauys.intake.faults import IntakeError
from dauys.intake.known import Directory, Installed, Known
from dauys.intake.manifest import Manifest, signed_digest
from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint
from dauys.record.faults import LogError
from dauys.record.keys import VerifierKey

T = TypeVar("T")


class Senders:
    """Looks up senders; who is not known is looked for once more in the record as it is now."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def installed(self, manifest: Manifest) -> Installed:
        """Return the device that a log or sighting is of. Raises IntakeError U1.3."""
        name = (manifest.vote, manifest.of)
        return self._find(lambda known: known.devices.get(name), f"device {manifest.of} in {manifest.vote}")

    def check(self, manifest: Manifest) -> OpenedCheckpoint | None:
        """Return the checkpoint of a log or sighting, which the right keys signed; None for a protocol.

        Raises IntakeError U1.3 where somebody is not known, U1.4 where a signature is missing or fails.
        """
        if manifest.kind == "protocol":
            self._check_protocol(manifest)
            return None
        keys = [self.installed(manifest).key]
        if manifest.kind == "sighting":
            badge = manifest.fields["badge"]
            keys.append(self._find(lambda known: known.badges.get(badge), f"badge {badge}"))
        return open_note(manifest, keys)

    def _check_protocol(self, manifest: Manifest) -> None:
        station, signer = manifest.of, manifest.fields["signer"]
        self._find(
            lambda known: station if station in known.stations.get(manifest.vote, ()) else None,
            f"station {station} in {manifest.vote}",
        )
        if signer is None:
            return
        key = self._find(lambda known: _signing_key(known, manifest, signer), f"signer {signer} of {station}")
        check_signature(manifest, key)

    def _find(self, look: Callable[[Known], T | None], wanted: str) -> T:
        found = look(self._directory.known)
        if found is None:
            found = look(self._directory.refresh())
        if found is None:
            raise IntakeError(
                "U1.3", found=wanted, expected="one that the record knows", hint="not_installed"
            )
        return found


def _signing_key(known: Known, manifest: Manifest, signer: str) -> bytes | None:
    """Return the key of a device of this station, or of a commission."""
    device = known.devices.get((manifest.vote, signer))
    if device is not None and device.station == manifest.of:
        return device.key.public
    return known.commissions.get(signer)


def check_signature(manifest: Manifest, key: bytes) -> None:
    """Return where the key signed the manifest of a protocol. Raises IntakeError U1.4."""
    try:
        signature = bytes.fromhex(manifest.fields["signature"])
    except ValueError:
        signature = b""
    if not holds(key, signed_digest(manifest.fields), signature):
        signer = manifest.fields["signer"]
        raise IntakeError("U1.4", found="another signature", expected=f"one by {signer}")


def open_note(manifest: Manifest, keys: Sequence[VerifierKey]) -> OpenedCheckpoint:
    """Return the checkpoint of a note that holds the lines of exactly these keys, in this order.

    One tree has one note: another line, or another order, would be another upload of the same thing. Raises
    IntakeError U1.4.
    """
    expected = ", ".join(key.name for key in keys)
    try:
        opened = open_checkpoint(manifest.note, keys, keys[0].name)
    except LogError as error:
        raise IntakeError("U1.4", found=error.problem.found, expected=expected) from error
    lines = opened.note.signatures
    if len(lines) != len(keys) or not all(key.made(line) for key, line in zip(keys, lines, strict=True)):
        raise IntakeError("U1.4", found=", ".join(line.name for line in lines), expected=expected)
    return opened
