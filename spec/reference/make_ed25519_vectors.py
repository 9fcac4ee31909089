"""Makes spec/vectors/ed25519: signatures on which libraries differ, and what the strict rule says of them.

    python make_ed25519_vectors.py ../vectors/ed25519

Forged signatures satisfy every equation that the named fault leaves them: only the rule refuses them.
The bytes do not change from run to run.
"""

from __future__ import annotations

import hashlib
import json
import sys
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import trustees as t

ORIGIN = "made by spec/reference/make_ed25519_vectors.py from RFC 8032 and the strict rule of spec/ballots.md"
RFC = "RFC 8032 §7.1, test 2"
RFC_KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
RFC_SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
SECRET, NONCE = t.hs("ed25519-vector", "a"), t.hs("ed25519-vector", "r")
LARGE = t.times(SECRET, t.ED_BASE)
KEY = t.ed_encode(LARGE)
R_POINT = t.times(NONCE, t.ED_BASE)
SIGN = 1 << 255


def on_curve(y):
    """A point with this y, or None."""
    square, x = t.sqrt_ratio((y * y - 1) % t.P, (t.D * y * y + 1) % t.P)
    return (x, y % t.P, 1, x * y % t.P) if square else None


def small_order():
    """A point of order 8: the group order times a point of the whole curve."""
    for y in count(2):
        point = on_curve(y)
        if point is not None:
            torsion = t.times(t.Q, point)
            if t.ed_encode(t.times(4, torsion)) != t.ed_encode(t.ZERO):
                return torsion
    raise AssertionError


EIGHT = small_order()


def wire(number):
    """32 bytes of a y with its sign bit, reduced or not."""
    return number.to_bytes(32, "little")


def challenge(r, key, message):
    """k."""
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % t.Q


def sign(r, nonce, key, secret, message):
    """R and S, where the logarithms of both without their parts of small order are known."""
    return r + wire((nonce + challenge(r, key, message) * secret) % t.Q)


def message_where(r, key, wanted):
    """The first message whose k modulo 8 is as wanted."""
    for number in count():
        message = f"message {number}".encode()
        if wanted(challenge(r, key, message) % 8):
            return message
    raise AssertionError


def keys():
    """Keys that are refused before any equation, and one of mixed order that is not."""
    r = t.ed_encode(R_POINT)
    for order in (1, 2, 4, 8):
        key = t.ed_encode(t.times(8 // order, EIGHT))
        message = message_where(r, key, lambda k: k == 0)
        yield (
            f"key-order-{order}",
            "key",
            f"A has order {order}",
            key,
            message,
            sign(r, NONCE, key, 0, message),
        )
    for name, key, why in (
        ("identity-unreduced", wire(t.P + 1), "A is the identity with y = p + 1"),
        ("identity-signed", wire(1 | SIGN), "A is the identity with the sign bit set"),
        ("order-2-signed", wire(t.P - 1 | SIGN), "A has order 2 and the sign bit set"),
        ("order-4-unreduced", wire(t.P), "A has order 4 with y = p"),
    ):
        message = message_where(r, key, lambda k: k == 0)
        yield f"key-{name}", "key", why, key, message, sign(r, NONCE, key, 0, message)
    low = next(y for y in range(2, 19) if on_curve(y))
    yield (
        "key-unreduced",
        "key",
        "A of large order with y + p",
        wire(low + t.P),
        b"m",
        sign(r, NONCE, KEY, SECRET, b"m"),
    )
    off = next(y for y in count(2) if on_curve(y) is None)
    yield "key-off-curve", "key", "A is no point", wire(off), b"m", sign(r, NONCE, KEY, SECRET, b"m")
    mixed = t.ed_encode(t.add(LARGE, EIGHT))
    message = message_where(r, mixed, lambda k: k == 0)
    signed = sign(r, NONCE, mixed, SECRET, message)
    yield "key-mixed-holds", "ok", "A has a part of order 8 that k cancels", mixed, message, signed
    message = message_where(r, mixed, lambda k: k % 2 == 1)
    signed = sign(r, NONCE, mixed, SECRET, message)
    yield "cofactored-a", "signature", "holds only times 8: A has a part of order 8", mixed, message, signed


def nonces():
    """`R` as it must not be."""
    message = b"message"
    mixed = t.ed_encode(t.add(R_POINT, EIGHT))
    yield (
        "cofactored-r",
        "signature",
        "holds only times 8: R has a part of order 8",
        KEY,
        message,
        sign(mixed, NONCE, KEY, SECRET, message),
    )
    for name, r, why in (
        ("identity", wire(1), "R is the identity"),
        ("identity-unreduced", wire(t.P + 1), "R is the identity with y = p + 1"),
        ("identity-signed", wire(1 | SIGN), "R is the identity with the sign bit set"),
    ):
        yield f"r-{name}", "signature", why, KEY, message, sign(r, 0, KEY, SECRET, message)
    key = t.ed_encode(t.add(LARGE, EIGHT))
    for order in (2, 4, 8):
        r = t.ed_encode(t.times(8 // order, EIGHT))
        message = message_where(r, key, lambda k, part=8 // order: (k + part) % 8 == 0)
        why = f"R has order {order}; holds without the factor 8, as A has a part that cancels it"
        yield f"r-order-{order}", "signature", why, key, message, sign(r, 0, key, SECRET, message)


def others(good):
    """`S`, lengths and what is signed."""
    r, s = good[:32], int.from_bytes(good[32:], "little")
    message = b"message"
    for name, number, why in (
        ("plus-order", s + t.Q, "S + q"),
        ("plus-15-orders", s + 15 * t.Q, "S + 15q: high bits set"),
        ("all-ones", 2**256 - 1, "S = 2²⁵⁶ − 1"),
        ("plus-1", (s + 1) % t.Q, "S + 1"),
    ):
        yield f"s-{name}", "signature", why, KEY, message, r + wire(number)
    yield "other-message", "signature", "another message", KEY, b"massage", good
    yield "other-key", "signature", "another key", t.ed_public(bytes(32)), message, good
    yield "length-key", "length", "a key of 31 bytes", KEY[:31], message, good
    yield "length-signature", "length", "a signature of 63 bytes", KEY, message, good[:63]
    yield "length-trailing", "length", "a byte after the signature", KEY, message, good + b"\0"


def main(folder):
    """Write all files."""
    folder.mkdir(parents=True, exist_ok=True)
    good = sign(t.ed_encode(R_POINT), NONCE, KEY, SECRET, b"message")
    rfc = (
        "rfc-8032",
        "ok",
        "a published signature",
        bytes.fromhex(RFC_KEY),
        b"\x72",
        bytes.fromhex(RFC_SIGNATURE),
    )
    made = [rfc, ("good", "ok", "a good signature", KEY, b"message", good), *keys(), *nonces(), *others(good)]
    for name, word, why, key, message, signature in made:
        text = {"expect": word, "why": why, "origin": RFC if name == "rfc-8032" else ORIGIN}
        text |= {"key": key.hex(), "message": message.hex(), "signature": signature.hex()}
        (folder / f"{name}.json").write_text(
            json.dumps(text, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
