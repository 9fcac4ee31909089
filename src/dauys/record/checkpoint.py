"""Checkpoints: what a log says of its size and root, and who signed it (`spec/log.md` §3).

**Source:** c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dauys._core import CoreError, verify_ed25519
from dauys.record.cosignature import cosigned_message, split_cosignature
from dauys.record.faults import LogError
from dauys.record.keys import Signer, VerifierKey
from dauys.record.merkle import HASH_BYTES, MAX_SIZE
from dauys.record.note import (
    Note,
    NoteSignature,
    encode_base64,
    is_key_name,
    parse_base64,
    parse_decimal,
    parse_note,
    parse_signature_line,
    parse_text,
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's origin, its size in entries, its root. Our logs write no extension lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed, with its last newline."""
        return "".join(
            f"{line}\n" for line in (self.origin, self.size, encode_base64(self.root), *self.extensions)
        )


@dataclass(frozen=True, slots=True)
class Signed:
    """A checked signature of a checkpoint; `time` is that of a cosignature, in seconds since 1970."""

    key: VerifierKey
    time: int | None


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint whose signatures by known keys all hold; lines of unknown keys in `note` say nothing."""

    checkpoint: Checkpoint
    note: Note
    signed: tuple[Signed, ...]

    def signed_by(self, key: VerifierKey) -> bool:
        """Whether this key signed."""
        return any(s.key == key for s in self.signed)


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint of a note's text. Raises LogError L3.6 for any text but the one encoding."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise LogError("L3.6", found=text[:120], expected="origin, size and root, a line each")
    root = parse_base64(lines[2], "L3.6")
    if len(root) != HASH_BYTES:
        raise LogError("L3.6", found=f"{len(root)} bytes", expected=f"{HASH_BYTES} bytes")
    return Checkpoint(lines[0], parse_decimal(lines[1], "L3.6", MAX_SIZE), root, tuple(lines[3:-1]))


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> Note:
    """Return the note of a checkpoint with its first signature. It is the caller who must never sign a fork.

    Raises LogError L3.7 where the name of the key is not the origin.
    """
    if checkpoint.origin != signer.verifier.name or not is_key_name(checkpoint.origin):
        raise LogError("L3.7", found=checkpoint.origin, expected=signer.verifier.name)
    text = checkpoint.text()
    return Note(text, (signer.sign(text),))


def verify_signature(key: VerifierKey, text: str, signature: NoteSignature) -> int | None:
    """Return where the signature holds: None for a signature of a log, the time of a cosignature.

    Raises LogError L3.4 where it does not, L4.1 where it has another form.
    """
    if key.is_witness:
        time, blob = split_cosignature(signature.signature)
        message = cosigned_message(time, text)
    else:
        time, blob, message = None, signature.signature, text.encode()
    try:
        verify_ed25519(key.public, message, blob)
    except CoreError as error:
        raise LogError(
            "L3.4", found=str(error), expected=f"a signature by {key.name}", name=key.name
        ) from error
    return time


def open_checkpoint(data: bytes, keys: Iterable[VerifierKey], origin: str | None = None) -> OpenedCheckpoint:
    """Return a checkpoint that at least one of the keys signed, and none of them wrongly.

    Raises LogError L3.1, L3.2, L3.6 for bytes that are none, L3.4 where a known key's signature fails, L3.5
    where no known key signed, L3.7 for another origin than `origin`.
    """
    note = parse_note(data)
    checkpoint = parse_checkpoint(note.text)
    if origin is not None and checkpoint.origin != origin:
        raise LogError("L3.7", found=checkpoint.origin, expected=origin)
    known = tuple(keys)
    signed = tuple(
        Signed(key, verify_signature(key, note.text, signature))
        for signature in note.signatures
        for key in known
        if key.made(signature)
    )
    if not signed:
        raise LogError("L3.5", found=", ".join(s.name for s in note.signatures)[:200], expected=_names(known))
    return OpenedCheckpoint(checkpoint, note, signed)


def parse_cosignature_lines(data: bytes) -> tuple[NoteSignature, ...]:
    """Return the signature lines of a witness's answer. Raises LogError L3.1 or L3.2."""
    text = parse_text(data, "L3.1")
    if not text.endswith("\n"):
        raise LogError("L3.1", found=text[-60:], expected="lines that end")
    return tuple(map(parse_signature_line, text[:-1].split("\n")))


def _names(keys: Sequence[VerifierKey]) -> str:
    return ", ".join(key.name for key in keys) or "a known key"
