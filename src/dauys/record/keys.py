"""Keys of logs, devices and witnesses: the public line, the secret line, and what they sign (`spec/log.md`
§3).

**Source:** c2sp.org/signed-note (key ids, verifier keys); the secret line is that of the Go package
`sumdb/note`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from dauys._core import NoteKey
from dauys.record.cosignature import COSIGNATURE, TIME_BYTES, cosigned_message
from dauys.record.faults import LogError
from dauys.record.note import KEY_ID_BYTES, NoteSignature, encode_base64, is_key_name, parse_base64

ED25519 = 0x01
KEY_BYTES = 32
_SECRET = "PRIVATE+KEY+"  # noqa: S105 (the prefix of a key line, no key)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key that can have signed: its name, how it signs (0x01 note, 0x04 cosignature), and 32 bytes."""

    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256 of `name ‖ 0A ‖ algorithm ‖ public`."""
        data = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return hashlib.sha256(data).digest()[:KEY_ID_BYTES]

    @property
    def is_witness(self) -> bool:
        """Whether the key makes cosignatures and not signatures of a log."""
        return self.algorithm == COSIGNATURE

    def encode(self) -> str:
        """Return the verifier key on one line: `name+keyid+base64`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.algorithm]) + self.public)}"

    def made(self, signature: NoteSignature) -> bool:
        """Whether a signature line says that it is by this key; the signature itself is not checked."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)


def parse_verifier_key(text: str) -> VerifierKey:
    """Return the key of a line `name+keyid+base64`. Raises LogError L3.3 for any other spelling."""
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise LogError("L3.3", found=ascii(text)[:100], expected="UTF-8") from error
    data = parse_base64(encoded, "L3.3")
    if len(data) != 1 + KEY_BYTES or data[0] not in (ED25519, COSIGNATURE) or not is_key_name(name):
        raise LogError("L3.3", found=text[:120], expected="NAME+KEYID+BASE64 of an Ed25519 key", hint="vkey")
    key = VerifierKey(name, data[0], data[1:])
    if key.encode() != text:
        raise LogError("L3.3", found=text[:120], expected=key.encode(), hint="vkey")
    return key


class Signer:
    """A secret key with its name. It signs notes (0x01) or cosigns checkpoints (0x04), never both."""

    def __init__(self, name: str, algorithm: int, seed: bytes) -> None:
        """Raises LogError L3.3 for a name or an algorithm that cannot be."""
        if not is_key_name(name) or algorithm not in (ED25519, COSIGNATURE) or len(seed) != KEY_BYTES:
            raise LogError("L3.3", found=f"{name} ({algorithm})", expected="a name, 1 or 4, and 32 bytes")
        self._key = NoteKey.from_seed(seed)
        self.verifier = VerifierKey(name, algorithm, self._key.public())

    def sign(self, text: str) -> NoteSignature:
        """Return the signature line of a note. Raises LogError L3.3 for a key of a witness."""
        if self.verifier.is_witness:
            raise LogError("L3.3", found="a key of a witness", expected="a key of a log", hint="key_kind")
        return self._signed(self._key.sign(text.encode()))

    def cosign(self, text: str, time: int) -> NoteSignature:
        """Return the cosignature of a checkpoint, whose text is given, at `time` in seconds since 1970.

        Raises LogError L3.3 for a key of a log, L4.1 for a time below 0 or above 2⁶³ − 1.
        """
        if not self.verifier.is_witness:
            raise LogError("L3.3", found="a key of a log", expected="a key of a witness", hint="key_kind")
        message = cosigned_message(time, text)
        return self._signed(time.to_bytes(TIME_BYTES, "big") + self._key.sign(message))

    def sign_hash(self, digest: bytes) -> bytes:
        """Return the bare signature of a framed hash, such as that of a kit, by a key that is no witness's.

        Raises LogError L3.3 for a key of a witness.
        """
        if self.verifier.is_witness:
            raise LogError("L3.3", found="a key of a witness", expected="another key", hint="key_kind")
        return self._key.sign(digest)

    def _signed(self, signature: bytes) -> NoteSignature:
        return NoteSignature(self.verifier.name, self.verifier.key_id, signature)


def encode_secret_key(name: str, algorithm: int, seed: bytes) -> str:
    """Return the line of a key file: `PRIVATE+KEY+name+keyid+base64`. It is a secret."""
    key_id = Signer(name, algorithm, seed).verifier.key_id.hex()
    return f"{_SECRET}{name}+{key_id}+{encode_base64(bytes([algorithm]) + seed)}"


def parse_secret_key(text: str) -> Signer:
    """Return the signer of a key file. Raises LogError L3.3, which never shows what was found."""
    name, _, rest = text.strip().removeprefix(_SECRET).partition("+")
    key_id, _, encoded = rest.partition("+")
    wrong = LogError(
        "L3.3", found="another text", expected="PRIVATE+KEY+NAME+KEYID+BASE64", hint="secret_key"
    )
    if not text.startswith(_SECRET):
        raise wrong
    try:
        data = parse_base64(encoded, "L3.3")
        signer = Signer(name, data[0], data[1:])
    except (LogError, IndexError):
        raise wrong from None
    if signer.verifier.key_id.hex() != key_id:
        raise wrong
    return signer
