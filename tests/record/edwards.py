"""A slow edwards25519 for vectors: what honest signers never make. **Source:** RFC 8032 §5.1, §6."""

from __future__ import annotations

import hashlib

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P,
    )


def times(n: int, point: Point) -> Point:
    out: Point = (0, 1)
    while n:
        if n & 1:
            out = add(out, point)
        point, n = add(point, point), n >> 1
    return out


def recover(y: int, sign: int) -> Point:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square
    return (x if x & 1 == sign else P - x, y)


def encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def number(data: bytes) -> int:
    return int.from_bytes(hashlib.sha512(data).digest(), "little") % Q


BASE = recover(4 * pow(5, -1, P) % P, 0)


def small_order_point() -> Point:
    """A point of order 8, found as any point times the order of the base."""
    y = 2
    while True:
        try:
            point = times(Q, recover(y, 0))
        except AssertionError:
            point = (0, 1)
        if times(4, point) != (0, 1):
            return point
        y += 1


def secret(seed: bytes) -> int:
    half = bytearray(hashlib.sha512(seed).digest()[:32])
    half[0] &= 248
    half[31] = half[31] & 127 | 64
    return int.from_bytes(half, "little")


def sign(seed: bytes, text: bytes, *, nonce: int, more_r: Point = (0, 1), key: bytes | None = None) -> bytes:
    """A signature with a chosen nonce, something added to R, and the key bytes that are hashed."""
    a = secret(seed)
    r = encode(add(times(nonce, BASE), more_r))
    k = number(r + (key or encode(times(a, BASE))) + text)
    return r + ((nonce + k * a) % Q).to_bytes(32, "little")
