"""Makes spec/vectors/group.json: hash, weights, generators, decoding, and the one rule for signatures.

python make_group_vectors.py ../vectors/group.json
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from group import IDENTITY, B, P, Point, Q, decode, framed, generator, weights

ORIGIN = "made by spec/reference/make_group_vectors.py from spec/ballots.md §2 alone"


def edwards(point):
    """The Ed25519 encoding of an affine point."""
    inverse = pow(point.z, -1, P)
    x, y = point.x * inverse % P, point.y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def edwards_base():
    """The base point of Ed25519."""
    y = 4 * pow(5, -1, P) % P
    square = (y * y - 1) * pow(-121665 * pow(121666, -1, P) * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    return Point(P - x if x & 1 else x, y)


def times(number, point):
    """A multiple on the curve itself."""
    total = IDENTITY
    for bit in bin(number)[2:]:
        total += total
        if bit == "1":
            total += point
    return total


def signatures():
    """Keys and signatures that libraries disagree on."""
    base, message, secret, nonce = edwards_base(), b"dauys", 7, 11
    key, torsion = edwards(times(secret, base)), Point(0, P - 1)

    def signed(point_r, encoded_key, nonce=nonce, secret=secret):
        r = edwards(point_r)
        k = int.from_bytes(hashlib.sha512(r + encoded_key + message).digest(), "little") % Q
        return r, (nonce + k * secret) % Q

    def row(name, key, r, s, expect, why):  # noqa: PLR0917 - a row of a table
        signature = (r + s.to_bytes(32, "little")).hex()
        told = {"name": name, "key": key.hex(), "message": message.hex(), "signature": signature}
        return told | {"expect": expect, "why": why}

    r, s = signed(times(nonce, base), key)
    yield row("good", key, r, s, "ok", "an honest signature")
    yield row("s-not-reduced", key, r, s + Q, "signature", "S plus the order")
    yield row("other-s", key, r, s ^ 1, "signature", "S changed")
    small = edwards(torsion)
    yield row("key-small-order", small, *signed(times(nonce, base), small, secret=0), "key", "A of order 2")
    one = edwards(IDENTITY)
    yield row("key-identity", one, *signed(times(nonce, base), one, secret=0), "key", "A is the identity")
    unreduced = (1 + P).to_bytes(32, "little")
    yield row(
        "key-not-canonical",
        unreduced,
        *signed(times(nonce, base), unreduced, secret=0),
        "key",
        "y not below p",
    )
    r_small, s_small = signed(IDENTITY, key, nonce=0)
    yield row("r-small-order", key, r_small, s_small, "signature", "R is the identity")
    k = int.from_bytes(hashlib.sha512(unreduced + key + message).digest(), "little") % Q
    yield row("r-not-canonical", key, unreduced, k * secret % Q, "signature", "R not below p")
    mixed = edwards(times(secret, base) + torsion)
    r, s = signed(times(nonce, base), mixed)
    while int.from_bytes(hashlib.sha512(r + mixed + message).digest(), "little") % Q % 2 == 0:
        nonce += 1
        r, s = signed(times(nonce, base), mixed, nonce=nonce)
    yield row("cofactor", mixed, r, s, "signature", "holds only after multiplying by the cofactor")


def refusals():
    """Encodings of points and scalars."""
    at = [2, 4, 6, 8, 10, 12]
    off = next(s for s in at if not is_point(s.to_bytes(32, "little")))
    for name, data, expect in (
        ("identity", bytes(32), "ok"),
        ("base", B.encode(), "ok"),
        ("negative", (1).to_bytes(32, "little"), "point"),
        ("not-reduced", (P + 2).to_bytes(32, "little"), "point"),
        ("top-bit", bytes(31) + b"\x80", "point"),
        ("off-curve", off.to_bytes(32, "little"), "point"),
        ("short", B.encode()[:31], "length"),
        ("long", B.encode() + b"\0", "length"),
    ):
        yield {"name": name, "bytes": data.hex(), "expect": expect}


def is_point(data):
    """Whether bytes decode."""
    try:
        decode(data)
    except Exception as refused:
        if refused.args not in {("point",), ("length",)}:
            raise
        return False
    return True


def main(path):
    """Write the file."""
    parts = [b"", b"a", bytes(range(200))]
    told = {
        "schema": "dauys/vectors/group/1",
        "origin": ORIGIN,
        "hashes": [
            {"use": "test", "parts": [p.hex() for p in parts[:n]], "hash": framed("test", *parts[:n]).hex()}
            for n in range(4)
        ],
        "weights": [
            {"use": "rho", "seed": bytes(64).hex(), "weights": [str(w) for w in weights("rho", bytes(64), 6)]}
        ],
        "generators": [
            {"name": name, "index": index, "point": generator(name, index).encode().hex()}
            for name, index in (("U", 0), ("V", 0), ("G", 0), ("G", 1), ("G", 511), ("Gp", 0), ("Gp", 1))
        ],
        "points": list(refusals()),
        "signatures": list(signatures()),
    }
    path.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
