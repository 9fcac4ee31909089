"""Secrets that must never be in a station kit: private keys, seeds of known keys, secrets of cards.

A kit goes through many hands and is copied freely; keys of a device are made on the device. Looked for is
what programs write as private keys, and what would be the secret of something that the kit names in public.
**Source:** spec/kit.md §4.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dauys import _core

#: How private keys begin, in text or bytes, whatever the case of letters.
MARKS: Final[Mapping[str, bytes]] = {
    "signing key of a log, witness or commission": rb"PRIVATE\+KEY\+",
    "age identity": rb"AGE-SECRET-KEY-",
    "age identity with a plugin": rb"AGE-PLUGIN-[A-Z0-9+._-]+-1",
    "age file": rb"age-encryption\.org/v1|BEGIN AGE ENCRYPTED FILE",
    "trustee's secret": rb"dauys/trustee-secret/",
    "PEM private key": rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY",
    "SSH private key": rb"openssh-key-v1\x00|b3BlbnNzaC1rZXktdjE",
    "PuTTY private key": rb"PuTTY-User-Key-File-",
    "PGP private key": rb"BEGIN PGP PRIVATE KEY",
    "minisign or signify key": rb"(?:minisign|signify)[a-z ]* secret key",
    "Ed25519 private key in DER": rb"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65[\x6e\x70]\x04\x22\x04\x20"
    rb"|MC4CAQAwBQYDK2Vw|302e020100300506032b65[67][e0]04220420",
    "JSON web key": rb"\"d\"\s*:\s*\"[A-Za-z0-9_-]{43}\"",
}
_MARKS = {what: re.compile(mark, re.IGNORECASE) for what, mark in MARKS.items()}
SEED: Final = 32
_HEX_SEED = re.compile(rb"\s*(?:[0-9a-f]{2}){32}\s*", re.IGNORECASE)
_HEX = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32,}(?![0-9a-f])", re.IGNORECASE)
#: Of 32 or 33 bytes, a kind and a seed; or of 64, a seed and its public key, as most libraries write it.
_BASE64 = re.compile(
    rb"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{43,44}|[A-Za-z0-9+/_-]{86})(?![A-Za-z0-9+/_-])"
)
_CARD = re.compile(rb"(?<![0-9A-Z])(?:[0-9A-Z]{4}[ -]?){6}[0-9A-Z]{4}(?![0-9A-Z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Public:
    """What the kit names in public: Ed25519 keys, and card hashes (64 bytes) by device of one vote."""

    vote: str
    keys: Collection[bytes]
    cards: Mapping[str, Collection[bytes]]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that was found, never what it says: the file, and what it is."""

    path: str
    what: str


def find_secrets(files: Mapping[str, bytes], public: Public) -> Iterator[Secret]:
    """Yield every secret in the files, each kind once a file."""
    for path, data in files.items():
        found = {*_marked(data), *_files_of_key(data)}
        if public.keys or public.cards:
            found |= {*_counterparts(data, public)}
        yield from (Secret(path, what) for what in sorted(found))


def _marked(data: bytes) -> Iterator[str]:
    yield from (what for what, mark in _MARKS.items() if mark.search(data))


def _files_of_key(data: bytes) -> Iterator[str]:
    """Yield what a file as a whole is: 32 bytes, as they are or in hex, are a seed or a key stick."""
    if len(data) == SEED or _HEX_SEED.fullmatch(data):
        yield "32 bytes alone"


def _counterparts(data: bytes, public: Public) -> Iterator[str]:
    """Yield what is the secret of a public key or of a card that the kit names."""
    known = set(public.keys)
    cards = {device: set(own) for device, own in public.cards.items()}
    for token in _HEX.finditer(data):
        raw = bytes.fromhex(token[0][: len(token[0]) // 2 * 2].decode())
        yield from _seed_or_card(raw, known, cards, public.vote)
        if len(token[0]) > 2 * SEED and len(token[0]) % (2 * SEED):
            # Behind a kind, or whatever else stands before it.
            yield from _seed(bytes.fromhex(token[0][-2 * SEED :].decode()), known)
    for token in _BASE64.finditer(data):
        raw = _decoded(token[0])
        yield from _seed(raw[:SEED], known)
        yield from _seed(raw[-SEED:], known)
    for token in _CARD.finditer(data):
        try:
            secret = _core.read_card_letters(token[0].decode())
        except _core.CoreError:
            continue
        yield from _card(secret, cards, public.vote)


def _seed_or_card(
    raw: bytes, known: Collection[bytes], cards: Mapping[str, Collection[bytes]], vote: str
) -> Iterator[str]:
    for at in range(0, len(raw) - SEED + 1, SEED):
        yield from _seed(raw[at : at + SEED], known)
    if len(raw) == SEED // 2:
        yield from _card(raw, cards, vote)


def _seed(raw: bytes, known: Collection[bytes]) -> Iterator[str]:
    if len(raw) == SEED and raw not in known and _core.NoteKey.from_seed(raw).public() in known:
        yield "seed of a key that the kit names"


def _card(secret: bytes, cards: Mapping[str, Collection[bytes]], vote: str) -> Iterator[str]:
    if any(_core.card_of(vote, device, secret)[1] in own for device, own in cards.items()):
        yield "secret of a card"


def _decoded(token: bytes) -> bytes:
    text = token.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""
