"""The trustees' mathematics a second time: plain Python, slow, no code shared with the product.

Written from spec/trustees.md and RFC 9496, RFC 8032. It checks transcripts and tallies; it cannot open age
files, so complaints are not judged here. Not for secrets: nothing runs in constant time. Run it on a file:

    python trustees.py transcript.json
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


# --- Ed25519 curve in extended coordinates (X, Y, Z, T) ---


def add(one, two):
    """The sum of two points (Hisil et al. 2008, unified)."""
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = two
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


ZERO = (0, 1, 1, 0)


def mul(k, point):
    """k times a point of prime order."""
    result = ZERO
    for bit in bin(k % Q)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def neg(point):
    """The opposite point."""
    x, y, z, t = point
    return -x % P, y, z, -t % P


def total(points):
    """The sum of points."""
    result = ZERO
    for point in points:
        result = add(result, point)
    return result


# --- ristretto255 (RFC 9496 §4) ---


def is_negative(x):
    """RFC 9496 §4.1: the low bit."""
    return x % P & 1 == 1


def magnitude(x):
    """RFC 9496 §4.1: CT_ABS."""
    return -x % P if is_negative(x) else x % P


def sqrt_ratio(u, v):
    """(was square, root) as SQRT_RATIO_M1 of RFC 9496 §4.2."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped, flipped_i = check == u % P, check == -u % P, check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, magnitude(r)


def decode(data):
    """The point of 32 canonical bytes, or ValueError."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or is_negative(s):
        raise ValueError("point")
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square, invsqrt = sqrt_ratio(1, v * u2 * u2 % P)
    x = magnitude(2 * s * invsqrt * u2)
    y = u1 * invsqrt * invsqrt * u2 * v % P
    t = x * y % P
    if not square or is_negative(t) or y == 0:
        raise ValueError("point")
    return x, y, 1, t


INVSQRT_A_MINUS_D = sqrt_ratio(1, (-1 - D) % P)[1]


def encode(point):
    """RFC 9496 §4.3.2."""
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    _, invsqrt = sqrt_ratio(1, u1 * u2 * u2 % P)
    den1, den2 = invsqrt * u1 % P, invsqrt * u2 % P
    z_inv = den1 * den2 * t % P
    if is_negative(t * z_inv):
        x, y, den = y * SQRT_M1 % P, x * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    else:
        den = den2
    if is_negative(x * z_inv):
        y = -y % P
    return magnitude(den * (z - y)).to_bytes(32, "little")


def equal(one, two):
    """Equality of ristretto255 elements."""
    return encode(one) == encode(two)


BASE = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))


def scalar(data):
    """A canonical scalar, or ValueError."""
    value = int.from_bytes(data, "little")
    if len(data) != 32 or value >= Q:
        raise ValueError("scalar")
    return value


# --- hash ---


def h(usage, *parts):
    """H(dauys/v1/usage, parts)."""
    tag = b"dauys/v1/" + usage.encode()
    body = len(parts).to_bytes(8, "little") + len(tag).to_bytes(8, "little") + tag
    for part in parts:
        data = part.to_bytes(4, "little") if isinstance(part, int) else part
        data = data.encode() if isinstance(data, str) else data
        body += len(data).to_bytes(8, "little") + data
    return hashlib.sha512(body).digest()


def hs(usage, *parts):
    """Hs(dauys/v1/usage, parts)."""
    return int.from_bytes(h(usage, *parts), "little") % Q


def weights(usage, seed, count):
    """128-bit weights, four to a hash."""
    found = []
    for block in range((count + 3) // 4):
        data = h(usage, seed, block)
        found += [int.from_bytes(data[at : at + 16], "little") for at in range(0, 64, 16)]
    return found[:count]


# --- Ed25519, the strict rule ---


def ed_decode(data):
    """A point of canonical bytes that is not of small order, or ValueError."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if len(data) != 32 or y >= P:
        raise ValueError("key")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    square, x = sqrt_ratio(u, v)
    if not square or (x == 0 and sign):
        raise ValueError("key")
    x = -x % P if x & 1 != sign else x
    point = (x, y, 1, x * y % P)
    eight = point
    for _ in range(3):
        eight = add(eight, eight)
    if eight[0] % P == 0:
        raise ValueError("key")
    return point


ED_BASE_Y = 4 * pow(5, P - 2, P) % P
ED_BASE = ed_decode(ED_BASE_Y.to_bytes(32, "little"))


def times(k, point):
    """k times a point of the whole curve: k is not reduced."""
    result = ZERO
    for bit in bin(k)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def signed(key, message, signature):
    """The strict verdict on a signature."""
    try:
        a, r, s = ed_decode(key), ed_decode(signature[:32]), scalar(signature[32:])
    except ValueError:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = times(s, ED_BASE), add(r, times(k, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def ed_sign(seed, message):
    """RFC 8032 §5.1.6, for vectors with published keys."""
    digest = hashlib.sha512(seed).digest()
    a = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    key = ed_public(seed)
    r = int.from_bytes(hashlib.sha512(digest[32:] + message).digest(), "little") % Q
    r_bytes = ed_encode(times(r, ED_BASE))
    k = int.from_bytes(hashlib.sha512(r_bytes + key + message).digest(), "little") % Q
    return r_bytes + ((r + k * a) % Q).to_bytes(32, "little")


def ed_public(seed):
    """The public key of a seed."""
    a = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little") & (1 << 254) - 8 | 1 << 254
    return ed_encode(times(a, ED_BASE))


def ed_encode(point):
    """RFC 8032 §5.1.2."""
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


# --- the ceremony ---


def rfc8785(value):
    """Enough of RFC 8785 for these files: ASCII keys, integers, no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def possession_challenge(head, d, f, w):
    """The challenge e of the proof of possession."""
    return hs("pop", *head, d, *f, w)


def check_transcript(data):  # noqa: PLR0911, PLR0912  the order of the table, line by line
    """The code of the first fault, or None. K1.2 and K5.8 are checked by what follows from them only."""
    value = json.loads(data)
    if rfc8785(value) != data:
        return "K1.1"
    plan, attempt = value["plan"], value["attempt"]
    v, t, vote = plan["trustees"], plan["threshold"], plan["vote_id"]
    m = max(c["first"] + c["options"] for c in plan["contests"])
    if not 2 <= t <= v <= 64:
        return "K1.6"
    head = (vote, attempt, v, t, m)
    steps = [value[kind] for kind in ("members", "recipients", "commits", "reveals", "signatures")]
    for step in steps:
        if [file["number"] for file in step] != list(range(1, v + 1)):
            return "K1.5"
    members, recipients, commits, reveals, signatures = steps
    keys = [bytes.fromhex(file["key"]) for file in members]

    def bad_signature(file, message):
        return not signed(keys[file["number"] - 1], message, bytes.fromhex(file["signature"]))

    for file in members:
        d, name = file["number"], file["name"].encode()
        try:
            ed_decode(keys[d - 1])
        except ValueError:
            return "K2.1"
        if file["vote_id"] != vote:
            return "K1.3"
        if bad_signature(file, h("member", vote, d, keys[d - 1], name)):
            return "K2.2"
    if len(set(keys)) != v:
        return "K2.3"
    for file in (*recipients, *commits, *reveals, *signatures):
        if file["vote_id"] != vote:
            return "K1.3"
        if file["attempt"] != attempt:
            return "K1.4"
    for file in recipients:
        if bad_signature(file, h("recipient", vote, attempt, file["number"], file["recipient"])):
            return "K3.2"
    listed = [file["recipient"] for file in recipients]
    if len(set(listed)) != v:
        return "K3.3"
    for file in commits:
        if bad_signature(file, bytes.fromhex(file["commitment"])):
            return "K4.1"
    if len({file["commitment"] for file in commits}) != v:
        return "K4.2"
    all_f = []
    for file, commit in zip(reveals, commits, strict=True):
        code, f = check_reveal(head, file, commit, listed, bad_signature)
        if code:
            return code
        all_f.append(f)
    h_points, y_points = public_keys(head, all_f)
    code = check_keys(h_points, y_points)
    if code:
        return code
    digest = h(
        "transcript",
        *head,
        rfc8785(plan),
        *keys,
        *listed,
        *(bytes.fromhex(file["commitment"]) for file in commits),
        *(rfc8785(file["reveal"]) for file in reveals),
    )
    for file in signatures:
        if bytes.fromhex(file["transcript"]) != digest:
            return "K8.1"
        if bad_signature(file, digest):
            return "K8.2"
    return None


def check_reveal(head, file, commit, recipients, bad_signature):  # noqa: PLR0911  as above
    """The code of the first fault of a reveal, and its commitments by key."""
    vote, attempt, v, t, m = head
    d, inner = file["number"], rfc8785(file["reveal"])
    if bad_signature(file, h("reveal", vote, attempt, d, inner)):
        return "K5.1", None
    if bytes.fromhex(commit["commitment"]) != h("commit", *head, d, h("recipients", *recipients), inner):
        return "K5.2", None
    rows = file["reveal"]["commitments"]
    if len(rows) != m or any(len(row) != t for row in rows):
        return "K5.3", None
    joined = [bytes.fromhex(text) for row in rows for text in row]
    try:
        f = [decode(data) for data in joined]
    except ValueError:
        return "K5.4", None
    try:
        w_bytes = bytes.fromhex(file["reveal"]["possession"]["w"])
        w, y = decode(w_bytes), scalar(bytes.fromhex(file["reveal"]["possession"]["y"]))
    except ValueError:
        return "K5.5", None
    e = possession_challenge(head, d, joined, w_bytes)
    right = total([w, *(mul(pow(e, i + 1, Q), f[i * t]) for i in range(m))])
    if not equal(mul(y, BASE), right):
        return "K5.6", None
    shares = file["reveal"]["shares"]
    if set(shares) != {str(other) for other in range(1, v + 1) if other != d}:
        return "K5.7", None
    if not all(base64.b64decode(text).startswith(b"age-encryption.org/v1\n") for text in shares.values()):
        return "K5.8", None
    return None, [f[i * t : (i + 1) * t] for i in range(m)]


def public_keys(head, all_f):
    """(h_i, {d: Y_{d,i}})."""
    _, _, v, t, m = head
    sums = [[total([f[i][at] for f in all_f]) for at in range(t)] for i in range(m)]
    y = {
        d: [total([mul(pow(d, at, Q), sums[i][at]) for at in range(t)]) for i in range(m)]
        for d in range(1, v + 1)
    }
    return [row[0] for row in sums], y


def check_keys(h_points, y_points):
    """The code of the first fault of the keys, or None."""
    seen = set()
    for point in h_points:
        code = encode(point)
        if code in (encode(ZERO), encode(BASE), encode(neg(BASE))):
            return "K7.1"
        if code in seen:
            return "K7.2"
        seen |= {code, encode(neg(point))}
    if any(equal(y, ZERO) for row in y_points.values() for y in row):
        return "K7.3"
    return None


# --- the tally ---


def set_hash(root, unit, contest, ballots):
    """S of a unit and contest."""
    return h("set", root, unit, contest, *sorted(ballots))


def check_partial(context, d, y_bytes, a_bytes, part):
    """The code of the first fault of a partial decryption (D…, W₁, W₂, z as bytes), or None."""
    d_bytes, w1_bytes, w2_bytes, z_bytes = part
    if a_bytes == bytes(32):
        return "T4.6"
    if len(d_bytes) != len(y_bytes):
        return "T4.7"
    try:
        a, w1, w2, z = decode(a_bytes), decode(w1_bytes), decode(w2_bytes), scalar(z_bytes)
        ds, ys = [decode(x) for x in d_bytes], [decode(x) for x in y_bytes]
    except ValueError:
        return "T4.8"
    e = h("tally", *context, a_bytes, d, *y_bytes, *d_bytes)
    mu = weights("mu", e, len(ys))
    c = hs("tally2", e, w1_bytes, w2_bytes)
    left_y = add(w1, mul(c, total(mul(k, y) for k, y in zip(mu, ys, strict=True))))
    left_d = add(w2, mul(c, total(mul(k, x) for k, x in zip(mu, ds, strict=True))))
    return None if equal(mul(z, BASE), left_y) and equal(mul(z, a), left_d) else "T4.9"


def prove_partial(context, d, secrets, a_bytes, w):
    """D, W₁, W₂, z as bytes, with this w; for vectors."""
    a = decode(a_bytes)
    d_bytes = [encode(mul(s, a)) for s in secrets]
    y_bytes = [encode(mul(s, BASE)) for s in secrets]
    w1, w2 = encode(mul(w, BASE)), encode(mul(w, a))
    e = h("tally", *context, a_bytes, d, *y_bytes, *d_bytes)
    mu = weights("mu", e, len(secrets))
    z = (w + hs("tally2", e, w1, w2) * sum(k * s for k, s in zip(mu, secrets, strict=True))) % Q
    return d_bytes, w1, w2, z.to_bytes(32, "little")


def lagrange(numbers):
    """Coefficients at 0 by trustee; ValueError for a trustee 0."""
    found = {}
    if 0 in numbers:
        raise ValueError("numbers")
    for d in numbers:
        over = under = 1
        for other in numbers:
            if other != d:
                over, under = over * other % Q, under * (other - d) % Q
        found[d] = over * pow(under, Q - 2, Q) % Q
    return found


def combine(parts, e_bytes, ballots):
    """Totals by option from {d: D…} and E…; ValueError where a total is not between 0 and ballots."""
    factors = lagrange(list(parts))
    totals = []
    for i, e in enumerate(e_bytes):
        taken = total(mul(factors[d], decode(part[i])) for d, part in parts.items())
        point, n = add(decode(e), neg(taken)), 0
        while not equal(point, mul(n, BASE)):
            n += 1
            if n > ballots:
                raise ValueError("logarithm")
        totals.append(n)
    return totals


if __name__ == "__main__":
    verdict = check_transcript(Path(sys.argv[1]).read_bytes())
    print(verdict or "passed")
    sys.exit(1 if verdict else 0)
