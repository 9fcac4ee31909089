"""Ballots a second time: plain Python, slow, no code shared with the product. Written from spec/ballots.md.

python ballots.py ../vectors/ballots        checks every vector of the folder
"""

from __future__ import annotations

import hashlib
import json
import sys
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from group import (
    IDENTITY,
    B,
    Q,
    Refused,
    decode,
    decode_scalar,
    framed,
    framed_scalar,
    generator,
    index,
    weights,
)

FORMAT = 1
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
generator = cache(generator)


class Style:
    """The places of a style's positions."""

    def __init__(self, ident, contests):
        self.id, self.parts, self.places, self.keys, self.n_all = ident, [], [], [], 0
        for contest in contests:
            options, limit, first = contest["options"], contest["limit"], contest["first_key"]
            self.parts.append((self.n_all, options, limit))
            self.places += range(self.n_all, self.n_all + options)
            self.keys += range(first, first + options)
            self.n_all += options + limit
        self.n = len(self.places)


class Election:
    """Root, styles and keys."""

    def __init__(self, told):
        self.root = bytes.fromhex(told["root"])
        self.keys = [decode(bytes.fromhex(key)) for key in told["keys"]]
        self.styles = {
            style["id"]: Style(style["id"], [told["contests"][place] for place in style["contests"]])
            for style in told["styles"]
        }
        seen = []
        for key in self.keys:
            if key == IDENTITY:
                raise Refused("identity")
            if any(key == other for other in (B, -B, *seen)):
                raise Refused("keys")
            seen += [key, -key]


def total(scalars, points):
    """The sum of multiples, four bits of all scalars at a time."""
    tables = []
    for point in points:
        table = [IDENTITY]
        for _ in range(15):
            table.append(table[-1] + point)
        tables.append(table)
    digits = [f"{scalar % Q:064x}" for scalar in scalars]
    result = IDENTITY
    for place in range(64):
        for _ in range(4):
            result += result
        for table, digit in zip(tables, digits, strict=True):
            if digit[place] != "0":
                result += table[int(digit[place], 16)]
    return result


def context(root, device, style, s1):
    """ctx."""
    return framed("context", root, device.encode(), style.encode(), s1)


def fill_blanks(style, options):
    """All positions from the options; blanks from the left."""
    choices, at = [], 0
    for _, count, limit in style.parts:
        own = list(options[at : at + count])
        at += count
        blanks = limit - sum(own)
        choices += own + [1] * blanks + [0] * (limit - blanks)
    return choices


def card(vote_id, device, secret):
    """s1, s2 and the card hash."""
    vote, place = vote_id.encode(), device.encode()
    s1 = framed("card1", vote, place, secret)[:16]
    return s1, framed("card2", vote, place, secret)[:32], framed("card", vote, place, s1)


def draw(style, seed, ctx, choices):
    """All coins by name."""
    m = bytes(choices)

    def coin(name, number=0):
        return framed_scalar("coin", seed, ctx, m, name.encode(), index(number))

    coins = {name: coin(name) for name in ("r", "beta", "gamma", "w")}
    a = []
    for start, options, limit in style.parts:
        own = [coin("a", start + place) for place in range(options + limit - 1)]
        a += [*own, -sum(own) % Q]
    return coins | {"a": a}


def statement(election, style, choices, coins):
    """R, C, P, Q of an honest prover."""
    a, r = coins["a"], coins["r"]
    encrypted = [
        r * election.keys[key] + choices[place] * B
        for key, place in zip(style.keys, style.places, strict=True)
    ]
    g = [generator("G", j) for j in range(style.n_all)]
    g2 = [generator("Gp", j) for j in range(style.n_all)]
    u, v = generator("U", 0), generator("V", 0)
    p = total(
        [coins["beta"], r, *choices, *(x * (1 - 2 * m) for x, m in zip(a, choices, strict=True))],
        [u, v, *g, *g2],
    )
    q = total([coins["gamma"], coins["w"], *a, *(-x * x for x in a)], [u, v, *g, *g2])
    return r * B, encrypted, p, q


def first_hash(ctx, r, c, p, q):
    """e1."""
    return framed("first", ctx, r.encode(), *(point.encode() for point in c), p.encode(), q.encode())


def announce(election, style, rho, coins):
    """T."""
    key = B + total(rho, [election.keys[k] for k in style.keys])
    return (
        coins["w"] * key
        + sum(weight * coins["a"][place] for weight, place in zip(rho, style.places, strict=True)) * B
    )


def answers(style, choices, coins, c):
    """The answers that are sent: f, z, y."""
    sent = []
    for start, options, limit in style.parts:
        sent += [(c * choices[j] + coins["a"][j]) % Q for j in range(start, start + options + limit - 1)]
    return [*sent, (c * coins["r"] + coins["w"]) % Q, (c * coins["beta"] + coins["gamma"]) % Q]


def wire(style_id, s1, points, scalars):
    """The bytes of a ballot."""
    body = b"".join(point.encode() for point in points) + b"".join(x.to_bytes(32, "little") for x in scalars)
    return bytes([FORMAT, len(style_id)]) + style_id.encode() + s1 + body


def encrypt(election, vote_id, device, style_id, secret, sigma, choices):  # noqa: PLR0917 - what the page lists
    """A ballot from card secret, sigma and all choices."""
    style = election.styles[style_id]
    s1, s2, _ = card(vote_id, device, secret)
    ctx = context(election.root, device, style_id, s1)
    coins = draw(style, framed("seed", s2, sigma, ctx, bytes(choices))[:32], ctx, choices)
    r, encrypted, p, q = statement(election, style, choices, coins)
    first = first_hash(ctx, r, encrypted, p, q)
    t = announce(election, style, weights("rho", first, style.n), coins)
    c = framed_scalar("second", first, t.encode())
    return wire(style_id, s1, [r, *encrypted, p, q, t], answers(style, choices, coins, c))


def take_apart(election, data):
    """Style, s1, points as bytes, scalars as bytes: checks B1 to B3."""
    if not data:
        raise Refused("length")
    if data[0] != FORMAT:
        raise Refused("format")
    if len(data) < 2 or len(data) < 2 + data[1]:
        raise Refused("length")
    end = 2 + data[1]
    style = election.styles.get(data[2:end].decode("latin-1"))
    if style is None:
        raise Refused("style")
    points, scalars = style.n + 4, style.n_all - len(style.parts) + 2
    if len(data) != end + 16 + 32 * (points + scalars):
        raise Refused("length")
    parts = [data[at : at + 32] for at in range(end + 16, len(data), 32)]
    return style, data[end : end + 16], parts[:points], parts[points:]


def verify(election, device, data):
    """Checks B1 to B9; raises Refused with the word of the first that fails."""
    style, s1, encoded, numbers = take_apart(election, data)
    points = [decode(part) for part in encoded]
    sent = [decode_scalar(part) for part in numbers]
    if points[0] == IDENTITY:
        raise Refused("identity")
    r, enc, (p, q, t) = points[0], points[1:-3], points[-3:]
    first = framed("first", context(election.root, device, style.id, s1), *encoded[:-1])
    rho = weights("rho", first, style.n)
    c = framed_scalar("second", first, encoded[-1])
    if c == 0:
        raise Refused("challenge")
    f, at = [], 0
    for _, options, limit in style.parts:
        own = sent[at : at + options + limit - 1]
        at += len(own)
        f += [*own, (c * limit - sum(own)) % Q]
    z, y = sent[at:]
    g = [generator("G", j) for j in range(style.n_all)]
    g2 = [generator("Gp", j) for j in range(style.n_all)]
    left = total([y, z, *f, *(x * (c - x) for x in f)], [generator("U", 0), generator("V", 0), *g, *g2])
    if left != c * p + q:
        raise Refused("vector")
    key = B + total(rho, [election.keys[k] for k in style.keys])
    left = z * key + sum(weight * f[place] for weight, place in zip(rho, style.places, strict=True)) * B
    if left != c * (r + total(rho, enc)) + t:
        raise Refused("link")


def ballot_hash(election, device, data):
    """H(ballot)."""
    style, s1, encoded, numbers = take_apart(election, data)
    return framed(
        "ballot", election.root, data[:1], device.encode(), style.id.encode(), s1, *encoded, *numbers
    )


def code(data, letters=20):
    """Groups of five bits as letters, four to a group."""
    bits = "".join(f"{byte:08b}" for byte in data)
    text = "".join(LETTERS[int(bits[5 * k : 5 * k + 5], 2)] for k in range(letters))
    return "-".join(text[k : k + 4] for k in range(0, letters, 4))


def open_challenged(election, told, opening):
    """Checks B10 to B13."""
    style = election.styles.get(opening["style"])
    if style is None:
        raise Refused("style")
    choices, secret, sigma = (bytes.fromhex(opening[name]) for name in ("choices", "secret", "sigma"))
    if len(choices) != style.n_all:
        raise Refused("length")
    for start, options, limit in style.parts:
        own = choices[start : start + options + limit]
        if max(own) > 1 or sum(own) != limit:
            raise Refused("choice")
    if fill_blanks(style, [choices[place] for place in style.places]) != list(choices):
        raise Refused("blanks")
    _, _, card_hash = card(told["vote_id"], told["device"], secret)
    node = hashlib.sha256(b"\0" + framed("leaf", card_hash, sigma)).digest()
    place, last = opening["leaf"], told["cards"] - 1
    for other in map(bytes.fromhex, opening["path"]):
        if place % 2 or place == last:
            node = hashlib.sha256(b"\1" + other + node).digest()
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + other).digest()
        place, last = place // 2, last // 2
    if last != 0 or node.hex() != told["sigma_root"]:
        raise Refused("sigma")
    made = encrypt(election, told["vote_id"], told["device"], opening["style"], secret, sigma, choices)
    if ballot_hash(election, told["device"], made).hex() != opening["ballot_hash"]:
        raise Refused("rebuild")
    return made


def verdict(check, *args):
    """The word of a check: ok, or why not."""
    try:
        check(*args)
    except Refused as refused:
        return refused.args[0]
    return "ok"


def judge(told, election, vector):
    """The verdict on one vector file."""
    if "keys" in vector:
        return verdict(Election, told | {"keys": vector["keys"]})
    if "opening" in vector:
        return verdict(open_challenged, election, told, vector["opening"])
    if "root" in vector:
        election = Election(told | {"root": vector["root"]})
    return verdict(verify, election, vector.get("device", told["device"]), bytes.fromhex(vector["ballot"]))


def main(folder):
    """Judge every vector of a folder; the exit code is 1 if one differs from what it expects."""
    told = json.loads((folder / "election.json").read_text())
    election, wrong, count = Election(told), 0, 0
    for path in sorted(folder.glob("*.json")):
        vector = json.loads(path.read_text())
        if "expect" in vector:
            count += 1
            found = judge(told, election, vector)
            if found != vector["expect"]:
                wrong += 1
                print(path.name, "expected", vector["expect"], "found", found)
    print(count, "vectors,", wrong, "differ")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
