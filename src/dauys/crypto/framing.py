"""The one hash of the protocol, signatures over it, and fingerprints read aloud (spec/trustees.md)."""

from __future__ import annotations

from collections.abc import Iterable

from dauys import _core

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"

Part = bytes | str | int


def framed_hash(usage: str, *parts: Part) -> bytes:
    """Return the 64 bytes of `H(dauys/v1/<usage>, parts…)`: text as ASCII, integers as u32 little-endian."""
    return _core.framed_hash(usage, [_bytes(part) for part in parts])


def holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether an Ed25519 signature holds by the strict rule."""
    try:
        _core.verify_signature(key, message, signature)
    except _core.CoreError:
        return False
    return True


def fingerprint(digest: bytes) -> str:
    """Return the words and digits of a 64-byte hash: `lusab-babad 4471 gutih-tugad 0932`.

    **Source:** spec/trustees.md §6; words as in proquints (Wilkerson 2009).
    """
    found = framed_hash("fingerprint", digest)
    return " ".join(_group(found[start : start + 8]) for start in (0, 8))


def proquints(data: bytes) -> list[str]:
    """Return bytes as words of five letters that can be spoken, two bytes each (Wilkerson 2009)."""
    return [_word(int.from_bytes(data[start : start + 2], "big")) for start in range(0, len(data), 2)]


def _group(eight: bytes) -> str:
    words = "-".join(proquints(eight[:4]))
    return f"{words} {int.from_bytes(eight[4:], 'big') % 10_000:04}"


def _word(bits: int) -> str:
    letters: Iterable[str] = (
        _CONSONANTS[bits >> 12 & 15],
        _VOWELS[bits >> 10 & 3],
        _CONSONANTS[bits >> 6 & 15],
        _VOWELS[bits >> 4 & 3],
        _CONSONANTS[bits & 15],
    )
    return "".join(letters)


def _bytes(part: Part) -> bytes:
    if isinstance(part, int):
        return part.to_bytes(4, "little")
    return part.encode("ascii") if isinstance(part, str) else part
