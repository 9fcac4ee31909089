"""ristretto255, the framed hash, the generators a second time: plain Python, slow, no code of the product.

Written from spec/ballots.md §2 and RFC 9496. Not for secrets: nothing runs in constant time.
"""

from __future__ import annotations

import hashlib

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
I = pow(2, (P - 1) // 4, P)  # noqa: E741 - the name of the RFC


class Refused(Exception):  # noqa: N818 - it reads as the verdict it is
    """A check failed; the first argument is its word."""


def framed(use, *parts):
    """H: the 64 bytes of SHA-512 over framed parts."""
    tag = b"dauys/v1/" + use.encode("ascii")
    data = len(parts).to_bytes(8, "little")
    for part in (tag, *parts):
        data += len(part).to_bytes(8, "little") + part
    return hashlib.sha512(data).digest()


def framed_scalar(use, *parts):
    """Hs: the same, little-endian, modulo q."""
    return int.from_bytes(framed(use, *parts), "little") % Q


def index(number):
    """An index as it is hashed."""
    return number.to_bytes(4, "little")


def weights(use, seed, count):
    """128-bit numbers, four to a hash."""
    blocks = b"".join(framed(use, seed, index(block)) for block in range((count + 3) // 4))
    return [int.from_bytes(blocks[16 * k : 16 * k + 16], "little") for k in range(count)]


def negative(number):
    """Whether a field element is negative: odd."""
    return number % P % 2 == 1


def root_of_ratio(u, v):
    """SQRT_RATIO_M1 of RFC 9496 §4.2: whether u/v is a square, and the root."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    good, turned, turned_i = check == u % P, check == -u % P, check == -u * I % P
    if turned or turned_i:
        r = r * I % P
    return good or turned, (P - r if negative(r) else r)


ROOT_AD = root_of_ratio(-D - 1, 1)[1]
ROOT_AD = next(
    r
    for r in (ROOT_AD, P - ROOT_AD)
    if r == 25063068953384623474111414158702152701244531502492656460079210482610430750235
)
INVROOT_AD = 54469307008909316920995813868745141605393597292927456921205312896311721017578


class Point:
    """An element of ristretto255."""

    def __init__(self, x, y, z=1, t=None):
        self.x, self.y, self.z = x % P, y % P, z % P
        self.t = x * y % P if t is None else t % P

    def __add__(self, other):
        a, b = (self.y - self.x) * (other.y - other.x), (self.y + self.x) * (other.y + other.x)
        c, d = 2 * self.t * other.t * D, 2 * self.z * other.z
        e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
        return Point(e * f, g * h, f * g, e * h)

    def __neg__(self):
        return Point(-self.x, self.y, self.z, -self.t)

    def __sub__(self, other):
        return self + -other

    def __rmul__(self, scalar):
        total = IDENTITY
        for bit in bin(scalar % Q)[2:]:
            total += total
            if bit == "1":
                total += self
        return total

    def __eq__(self, other):
        return (self.x * other.y - self.y * other.x) % P == 0 or (
            self.y * other.y - self.x * other.x
        ) % P == 0

    def __hash__(self):
        return hash(self.encode())

    def encode(self):
        """RFC 9496 §4.3.2."""
        u1, u2 = (self.z + self.y) * (self.z - self.y) % P, self.x * self.y % P
        _, inverse = root_of_ratio(1, u1 * u2 * u2)
        d1, d2 = u1 * inverse % P, u2 * inverse % P
        z_inverse = d1 * d2 * self.t % P
        if negative(self.t * z_inverse):
            x, y, den = self.y * I % P, self.x * I % P, d1 * INVROOT_AD % P
        else:
            x, y, den = self.x, self.y, d2
        if negative(x * z_inverse):
            y = -y
        s = den * (self.z - y) % P
        return (P - s if negative(s) else s).to_bytes(32, "little")


IDENTITY = Point(0, 1)


def decode(data):
    """RFC 9496 §4.3.1."""
    if len(data) != 32:
        raise Refused("length")
    s = int.from_bytes(data, "little")
    if s >= P or negative(s):
        raise Refused("point")
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-(D * u1 * u1) - u2 * u2) % P
    square, inverse = root_of_ratio(1, v * u2 * u2)
    den_x = inverse * u2 % P
    den_y = inverse * den_x * v % P
    x = 2 * s * den_x % P
    x = P - x if negative(x) else x
    y = u1 * den_y % P
    if not square or negative(x * y) or y == 0:
        raise Refused("point")
    return Point(x, y)


def decode_scalar(data):
    """A scalar below q."""
    if len(data) != 32:
        raise Refused("length")
    number = int.from_bytes(data, "little")
    if number >= Q:
        raise Refused("scalar")
    return number


def half_map(data):
    """MAP of RFC 9496 §4.3.4."""
    t = int.from_bytes(data, "little") % 2**255 % P
    r = I * t * t % P
    u = (r + 1) * (1 - D * D) % P
    v = (-1 - r * D) * (r + D) % P
    square, s = root_of_ratio(u, v)
    c = -1
    if not square:
        s = s * t % P
        s = s if negative(s) else P - s
        c = r
    n = (c * (r - 1) * (D - 1) ** 2 - v) % P
    w0, w1, w2, w3 = 2 * s * v, n * ROOT_AD, 1 - s * s, 1 + s * s
    return Point(w0 * w3, w2 * w1, w1 * w3, w0 * w2)


def from_hash(data):
    """The one-way map: 64 bytes to an element."""
    return half_map(data[:32]) + half_map(data[32:])


def generator(name, number):
    """A generator whose logarithm nobody knows."""
    return from_hash(framed("generator", name.encode("ascii"), index(number)))


B = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
