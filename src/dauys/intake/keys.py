"""The intake's key: an ordinary note key that signs framed hashes (`spec/intake.md` §6)."""

from __future__ import annotations

from dataclasses import dataclass

from dauys._core import NoteKey
from dauys.intake.faults import IntakeError
from dauys.record.keys import ED25519, VerifierKey, parse_secret_key
from dauys.record.note import parse_base64


@dataclass(frozen=True, slots=True)
class IntakeKey:
    """Signs receipts. `verifier` is what others check them with."""

    verifier: VerifierKey
    _key: NoteKey

    def sign(self, digest: bytes) -> bytes:
        """Return the signature over the 64 bytes of an `H`."""
        return self._key.sign(digest)


def key_of_seed(name: str, seed: bytes) -> IntakeKey:
    """Return the key of 32 secret bytes."""
    key = NoteKey.from_seed(seed)
    return IntakeKey(VerifierKey(name, ED25519, key.public()), key)


def parse_intake_key(text: str) -> IntakeKey:
    """Return the key of a key file, `PRIVATE+KEY+NAME+KEYID+BASE64`.

    Raises LogError L3.3 for another text, which is never shown, IntakeError U1.18 for a key of a witness.
    """
    signer = parse_secret_key(text)
    if signer.verifier.algorithm != ED25519:
        raise IntakeError("U1.18", found="a key of a witness", expected="a key that signs", hint="intake_key")
    # The line was just found sound: PRIVATE, KEY, name, id, then algorithm and seed, which may hold a plus.
    seed = parse_base64(text.strip().split("+", 4)[4], "L3.3")[1:]
    return key_of_seed(signer.verifier.name, seed)
