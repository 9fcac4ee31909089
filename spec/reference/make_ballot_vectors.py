"""Makes spec/vectors/ballots: honest ballots, and one file for every way of cheating that must be noticed.

    python make_ballot_vectors.py ../vectors/ballots

Every forger below does what it can without breaking the group or the hash; `why` says what it leaves out.
The bytes do not change from run to run.
"""

# ruff: noqa: ARG001, PLR0917 - hooks of one kind take the same arguments, needed or not

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ballots as b
from group import B, D, P, Q, decode, framed, framed_scalar, generator, root_of_ratio, weights

ORIGIN = "made by spec/reference/make_ballot_vectors.py from spec/ballots.md alone"
VOTE, DEVICE = "vectors/1/0", "01-001-a"
COIN_KEY = bytes(range(32))
CONTESTS = [
    {"id": "one", "options": 3, "limit": 1, "first_key": 0},
    {"id": "two", "options": 3, "limit": 2, "first_key": 3},
    {"id": "list", "options": 13, "limit": 1, "first_key": 6},
    {"id": "seat", "options": 9, "limit": 1, "first_key": 19},
    {"id": "pair", "options": 5, "limit": 2, "first_key": 0},
    {"id": "half", "options": 2, "limit": 1, "first_key": 3},
]
STYLES = [
    {"id": "short", "contests": [0]},
    {"id": "twin", "contests": [0]},
    {"id": "both", "contests": [0, 1]},
    {"id": "majilis", "contests": [2, 3]},
    {"id": "pair", "contests": [4]},
    {"id": "split", "contests": [0, 5]},
]
SECRETS = [framed_scalar("vector-key", bytes([k])) for k in range(28)]
TOLD = {
    "schema": "dauys/vectors/ballots/1",
    "origin": ORIGIN,
    "vote_id": VOTE,
    "device": DEVICE,
    "root": framed("root", b"vectors").hex(),
    "contests": CONTESTS,
    "styles": STYLES,
    "keys": [(x * B).encode().hex() for x in SECRETS],
}
ELECTION = b.Election(TOLD)


def secret(number):
    """The card with this number."""
    return framed("vector-card", bytes([number]))[:16]


def sigma_of(number):
    """The device's value for it."""
    return framed("sigma", COIN_KEY, b.card(VOTE, DEVICE, secret(number))[2])[:32]


def honest(style, options, number=0):
    """An honest ballot."""
    choices = b.fill_blanks(ELECTION.styles[style], options)
    return b.encrypt(ELECTION, VOTE, DEVICE, style, secret(number), sigma_of(number), choices)


def prove(style_id, choices, **cheat):
    """The prover of §6 with hooks. Each hook replaces one step."""
    style = ELECTION.styles[style_id]
    s1, s2, _ = b.card(VOTE, DEVICE, secret(0))
    ctx = b.context(cheat.get("root", ELECTION.root), DEVICE, style_id, s1)
    told = bytes(m % 256 for m in choices)
    coins = b.draw(style, framed("seed", s2, sigma_of(0), ctx, told)[:32], ctx, told)
    coins["a"] = cheat.get("masks", lambda a: a)(coins["a"])
    r, c, p, q = b.statement(ELECTION, style, choices, coins)
    r, c, p, q = cheat.get("points", lambda *x: x)(r, c, p, q)
    first = cheat.get("first", b.first_hash)(ctx, r, c, p, q)
    rho = cheat.get("rho", weights)("rho", first, style.n)
    if "late" in cheat:
        r, c, p, q = cheat["late"](r, c, p, q, rho, coins)
    t = b.announce(ELECTION, style, rho, coins)
    t = cheat.get("t", lambda t, *_: t)(t, rho, coins)
    second = cheat.get("second", lambda e, t: framed_scalar("second", e, t.encode()))(first, t)
    sent = b.answers(style, choices, coins, second)
    if "last" in cheat:
        r, c, p, q, t = cheat["last"](r, c, p, q, t, rho, coins, second, sent)
    return b.wire(style_id, s1, [r, *c, p, q, t], sent)


def leave_out(name):
    """A first hash without one of its parts."""
    return lambda ctx, r, c, p, q: framed(
        "first",
        *([] if name == "ctx" else [ctx]),
        *([] if name == "R" else [r.encode()]),
        *(x.encode() for place, x in enumerate(c) if not (name == "C" and place == 0)),
        *([] if name == "P" else [p.encode()]),
        *([] if name == "Q" else [q.encode()]),
    )


def joined(ctx, r, c, p, q):
    """A first hash over parts joined without lengths."""
    return framed("first", ctx + b"".join(x.encode() for x in (r, *c, p, q)))


def solve_q(r, c, p, q, t, rho, coins, e, sent):
    """After c is known, Q is what equation (1) asks for."""
    f = [*sent[:3], (e - sum(sent[:3])) % Q]
    g = [generator("G", j) for j in range(4)]
    g2 = [generator("Gp", j) for j in range(4)]
    left = b.total(
        [sent[-1], sent[-2], *f, *(x * (e - x) for x in f)], [generator("U", 0), generator("V", 0), *g, *g2]
    )
    return r, c, p, left - e * p, t


def solve_t(r, c, p, q, t, rho, coins, e, sent):
    """After c is known, T is what equation (2) asks for."""
    key = B + b.total(rho, ELECTION.keys[:3])
    left = sent[-2] * key + sum(w * f for w, f in zip(rho, sent, strict=False)) * B
    return r, c, p, q, left - e * (r + b.total(rho, c))


def stuffed(place=0, votes=999):
    """A ciphertext that holds more votes than are committed."""
    return lambda r, c, p, q: (r, [*c[:place], c[place] + votes * B, *c[place + 1 :]], p, q)


def hide_in_r(r, c, p, q, rho, coins):
    """R takes up what the stuffed ciphertext is too much; needs R after rho."""
    return r - 999 * rho[0] * B, c, p, q


def hide_in_p(r, c, p, q, rho, coins):
    """With every secret key, another r in the slot of V explains the sum; needs P after rho."""
    key = 1 + sum(w * x for w, x in zip(rho, SECRETS, strict=False))
    shift = 999 * rho[0] * pow(key, -1, Q)
    coins["r"] = (coins["r"] + shift) % Q
    return r, c, p + shift * generator("V", 0), q


def edit(data, at, new):
    """Bytes with some replaced."""
    return data[:at] + new + data[at + len(new) :]


def bits_and_sums():
    """Choices that no contest allows, proved as well as can be."""
    half = (Q + 1) // 2
    yield from {
        "bits-2-minus-1": ("short", [2, -1, 0, 0], "a vote of 2 and one of -1"),
        "bits-5-minus-4": ("short", [5, -4, 0, 0], "5 and -4"),
        "bits-half-half": ("short", [half, half, 0, 0], "one half each"),
        "bits-last-implied": ("short", [-1, 0, 0, 2], "the implied last position is no bit"),
        "bits-blank-minus-1": ("short", [1, 1, 0, -1], "two options and a blank of -1"),
        "bits-blank-2": ("short", [-1, 0, 0, 2], "a blank of 2 and an option of -1"),
        "sum-zero": ("short", [0, 0, 0, 0], "nothing chosen and the blank empty"),
        "sum-overvote": ("short", [1, 1, 0, 0], "two of one"),
        "sum-limit-2": ("both", [1, 0, 0, 0, 1, 1, 1, 0, 0], "three of two"),
        "sum-moved": ("both", [1, 1, 0, 0, 1, 0, 0, 0, 0], "one contest has what the other lacks"),
    }.items()


def bad_proofs():
    """Everything the equations must notice: name, ballot, word, why."""
    for name, (style, choices, why) in bits_and_sums():
        yield name, prove(style, choices), "vector", why
    one = [0, 1, 0, 0]
    u, g2 = generator("U", 0), generator("Gp", 0)
    for name, extra, why in (("b", B, "B"), ("u", u, "U, which no trustee can decrypt"), ("gp", g2, "G'_0")):
        cheat = lambda r, c, p, q, extra=extra: (r, [c[0] + extra, *c[1:]], p, q)  # noqa: E731
        yield f"link-plus-{name}", prove("short", one, points=cheat), "link", f"C_0 plus {why}"
    swap = lambda r, c, p, q: (r, [c[1], c[0], c[2]], p, q)  # noqa: E731
    yield "link-swapped", prove("short", one, points=swap), "link", "C_0 and C_1 in each other's place"
    other = lambda r, c, p, q: (r + B, [x + k for x, k in zip(c, ELECTION.keys, strict=False)], p, q)  # noqa: E731
    yield (
        "link-other-r",
        prove("short", one, points=other),
        "link",
        "R and C use r + 1, the slot of V holds r",
    )
    yield "link-stuffed", prove("short", one, points=stuffed()), "link", "C_0 holds 999 votes more"
    yield from fiat_shamir(one)
    fold = lambda r, c, p, q: (r, c, p, q - B)  # noqa: E731
    both = prove("short", one, points=fold, t=lambda t, *_: t + B)
    yield (
        "batch-cancel-inside",
        both,
        "vector",
        "errors of B in (1) and of -B in (2): cancel under one weight",
    )
    for name, sign in (("plus", 1), ("minus", -1)):
        shifted = prove("short", one, t=lambda t, *_, sign=sign: t + sign * B)
        yield (
            f"batch-cancel-{name}",
            shifted,
            "link",
            "an error of B here is cancelled by the other file's of -B",
        )


def fiat_shamir(one):
    """Provers that leave something out of a hash, and use what that allows."""
    yield (
        "late-r",
        prove("short", one, points=stuffed(), first=leave_out("R"), late=hide_in_r),
        "vector",
        "R after rho",
    )
    late_p = prove("short", one, points=stuffed(), first=leave_out("P"), late=hide_in_p)
    yield "late-p", late_p, "vector", "P after rho, with all secret keys: 1,000 votes"
    late_q = prove("short", [2, -1, 0, 0], first=leave_out("Q"), last=solve_q)
    yield "late-q", late_q, "vector", "Q after c: 2 and -1"
    late_t = prove(
        "short", one, points=stuffed(), second=lambda e, _t: framed_scalar("second", e), last=solve_t
    )
    yield "late-t", late_t, "vector", "T after c: 999 votes more"
    yield (
        "folded-t",
        prove("short", one, points=stuffed(), late=hide_in_r),
        "vector",
        "R changed after it was hashed",
    )
    for part in ("ctx", "C"):
        yield (
            f"first-without-{part.lower()}",
            prove("short", one, first=leave_out(part)),
            "vector",
            f"{part} not hashed",
        )
    yield "first-unframed", prove("short", one, first=joined), "vector", "parts joined without their lengths"
    tag = lambda *x: framed("frist", x[0], *(y.encode() for y in (x[1], *x[2], x[3], x[4])))  # noqa: E731
    yield "first-wrong-tag", prove("short", one, first=tag), "vector", "another tag"
    second = lambda _e, t: framed_scalar("second", t.encode())  # noqa: E731
    yield "second-without-e1", prove("short", one, second=second), "vector", "c does not depend on e1"
    cut = lambda e, t: framed_scalar("second", e[:32], t.encode())  # noqa: E731
    yield "second-cut-e1", prove("short", one, second=cut), "vector", "e1 cut to 32 bytes"
    off = lambda use, e, n: weights(use, e, n + 1)[1:]  # noqa: E731
    yield "rho-off-by-one", prove("short", one, rho=off), "link", "weights from 1"
    twice = lambda use, e, n: [weights(use, e, 1)[0]] * n  # noqa: E731
    yield "rho-one-for-all", prove("short", one, rho=twice), "link", "one weight for all positions"
    free = lambda _use, _e, n: [1 << k for k in range(n)]  # noqa: E731
    yield "rho-not-hashed", prove("short", one, rho=free), "link", "weights known before"


def encodings(good):
    """Changes of single fields of a good ballot of style short."""
    at = 2 + 5 + 16
    fields = [("r", at), ("c0", at + 32), ("p", at + 128), ("q", at + 160), ("t", at + 192)]
    for name, place in fields:
        point = decode(good[place : place + 32])
        yield f"point-moved-{name}", edit(good, place, (point + B).encode()), None, "plus B"
    yield "point-unreduced", edit(good, at + 32, (P + 2).to_bytes(32, "little")), "point", "not below p"
    yield "point-negative", edit(good, at + 32, (1).to_bytes(32, "little")), "point", "odd"
    yield "point-top-bit", edit(good, at + 63, bytes([good[at + 63] | 128])), "point", "bit 255 set"
    off = next(s for s in range(2, 99, 2) if b.verdict(decode, s.to_bytes(32, "little")) != "ok")
    yield "point-off-curve", edit(good, at + 32, off.to_bytes(32, "little")), "point", "no such point"
    scalars = at + 7 * 32
    for name, value in (("q", Q), ("q-plus-1", Q + 1), ("all-ones", 2**256 - 1)):
        yield f"scalar-{name}", edit(good, scalars, value.to_bytes(32, "little")), "scalar", "not reduced"
    for name, place in (("f0", 0), ("f1", 1), ("f2", 2), ("z", 3), ("y", 4)):
        number = int.from_bytes(good[scalars + 32 * place :][:32], "little")
        changed = ((number + 1) % Q).to_bytes(32, "little")
        yield f"scalar-moved-{name}", edit(good, scalars + 32 * place, changed), "vector", "plus 1"
    yield "r-identity", edit(good, at, bytes(32)), "identity", "R is the identity"
    yield (
        "length-one-c-more",
        good[: at + 32] + good[at + 32 : at + 64] + good[at + 32 :],
        "length",
        "a point too many",
    )
    yield "length-one-c-less", good[: at + 32] + good[at + 64 :], "length", "a point too few"
    yield "length-one-f-more", good[:scalars] + bytes(32) + good[scalars:], "length", "an answer too many"
    yield "length-one-f-less", good[:scalars] + good[scalars + 32 :], "length", "an answer too few"
    yield "length-trailing", good + b"\0", "length", "a byte after the end"
    yield "length-empty", b"", "length", "no bytes"
    yield "format-2", b"\2" + good[1:], "format", "another format"
    yield "format-json", b"{" + good[1:], "format", "JSON"
    yield "style-unknown", edit(good, 2, b"shore"), "style", "no such style"
    yield (
        "style-twin",
        bytes([1, 4]) + b"twin" + good[7:],
        "vector",
        "read as another style of the same shape",
    )
    yield "card-changed", edit(good, 7, bytes([good[7] ^ 1])), "vector", "moved to another card"


def hints_of(ballot, style):
    """For each point the I of RFC 9496 §4.3.1, as a side file holds it."""
    at, found = 2 + len(style) + 16, []
    for place in range(ELECTION.styles[style].n + 4):
        s = int.from_bytes(ballot[at + 32 * place :][:32], "little")
        u1, u2 = (1 - s * s) % P, (1 + s * s) % P
        found.append(root_of_ratio(1, (-(D * u1 * u1) - u2 * u2) * u2 * u2)[1])
    return found


def joined_hints(numbers):
    """The bytes of a side file."""
    return b"".join((number % 2**256).to_bytes(32, "little") for number in numbers)


def side_files():
    """Hints change no verdict; ten points, so that eight are decoded at once."""
    good = honest("both", [0, 1, 0, 0, 0, 1], 4)
    right = hints_of(good, "both")
    yield "hints-right", good, joined_hints(right), "ok", "every hint holds"
    wrong = [right[0], right[1] + 1, *right[2:]]
    yield "hints-wrong", good, joined_hints(wrong), "ok", "one hint is no root"
    yield "hints-negated", good, joined_hints([P - hint for hint in right]), "ok", "the other root"
    yield "hints-short", good, joined_hints(right)[:100], "ok", "three hints and four bytes"
    yield "hints-missing", good, b"", "ok", "no hints"
    top = [right[0] | 1 << 255, *right[1:]]
    yield "hints-top-bit", good, joined_hints(top), "ok", "a hint that is no field element"
    yield "hints-other-ballot", good, joined_hints(right[::-1]), "ok", "hints in the wrong order"
    at = 2 + 4 + 16 + 32
    off = next(s for s in range(2, 99, 2) if b.verdict(decode, s.to_bytes(32, "little")) != "ok")
    none = edit(good, at, off.to_bytes(32, "little"))
    yield "hints-no-point", none, joined_hints(right), "point", "a hint makes no point of what is none"
    moved = edit(good, at, (decode(good[at : at + 32]) + B).encode())
    yield "hints-moved", moved, joined_hints(hints_of(moved, "both")), "vector", "hints of a moved point"


def key_sets():
    """Keys with a relation that everybody sees."""
    keys = TOLD["keys"]
    minus = (-decode(bytes.fromhex(keys[0]))).encode().hex()
    yield "keys-identity", [bytes(32).hex(), *keys[1:]], "identity", "a key is the identity"
    yield "keys-equal", [keys[0], keys[0], *keys[2:]], "keys", "two keys are equal"
    yield "keys-opposite", [keys[0], minus, *keys[2:]], "keys", "two keys are opposite"
    yield "keys-base", [B.encode().hex(), *keys[1:]], "keys", "a key is B"
    yield "keys-minus-base", [(-B).encode().hex(), *keys[1:]], "keys", "a key is -B"


def tree(leaves):
    """RFC 6962 root."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    cut = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(leaves[:cut]) + tree(leaves[cut:])).digest()


def path(leaves, at):
    """RFC 6962 path."""
    if len(leaves) == 1:
        return []
    cut = 1 << (len(leaves) - 1).bit_length() - 1
    if at < cut:
        return [*path(leaves[:cut], at), tree(leaves[cut:]).hex()]
    return [*path(leaves[cut:], at - cut), tree(leaves[:cut]).hex()]


def openings():
    """Challenges: one that holds, and those that must not."""
    hashes = sorted(b.card(VOTE, DEVICE, secret(k))[2] for k in range(5))
    values = [framed("sigma", COIN_KEY, card)[:32] for card in hashes]
    leaves = [framed("leaf", *pair) for pair in zip(hashes, values, strict=True)]
    TOLD["sigma_root"], TOLD["cards"] = tree(leaves).hex(), len(leaves)
    at = hashes.index(b.card(VOTE, DEVICE, secret(0))[2])
    choices = b.fill_blanks(ELECTION.styles["both"], [0, 1, 0, 0, 0, 0])

    def opened(choices, sigma=values[at], made=None, **other):
        made = made or b.encrypt(ELECTION, VOTE, DEVICE, "both", secret(0), sigma, choices)
        return {
            "style": "both",
            "choices": bytes(choices).hex(),
            "secret": secret(0).hex(),
            "sigma": sigma.hex(),
            "leaf": at,
            "path": path(leaves, at),
            "ballot_hash": b.ballot_hash(ELECTION, DEVICE, made).hex(),
        } | other

    good = opened(choices)
    yield "opening-good", good, "ok", "an honest challenge"
    right = [*choices[:-2], 0, 1] if sum(choices[4:7]) == 1 else [*choices[:7], 1, 1]
    single = b.fill_blanks(ELECTION.styles["both"], [0, 1, 0, 1, 0, 0])
    right = [*single[:7], 0, 1]
    yield "opening-blanks", opened(right), "blanks", "a blank filled from the right"
    yield "opening-overvote", good | {"choices": bytes([1, *choices[1:]]).hex()}, "choice", "two of one"
    yield "opening-short", good | {"choices": bytes(choices[:-1]).hex()}, "length", "a position is missing"
    yield "opening-style", good | {"style": "none"}, "style", "no such style"
    free = opened(choices, sigma=framed("vendor", secret(0))[:32])
    yield "opening-free-seed", free, "sigma", "a vendor's own value in the seed: everything rebuilds"
    yield "opening-leaf", good | {"leaf": (at + 1) % 5}, "sigma", "another leaf"
    yield "opening-path", good | {"path": good["path"][:-1]}, "sigma", "a short path"
    rigged = prove("both", choices, masks=lambda a: [(a[0] + 1) % Q, (a[1] - 1) % Q, *a[2:]])
    yield (
        "opening-rigged-mask",
        opened(choices, made=rigged),
        "rebuild",
        "right r and m, but a_0 tells the vendor m_0",
    )
    other = b.fill_blanks(ELECTION.styles["both"], [1, 0, 0, 0, 0, 0])
    yield (
        "opening-other-vote",
        opened(choices) | {"choices": bytes(other).hex()},
        "rebuild",
        "another choice encrypted",
    )


def files():
    """All vectors by name."""
    good = honest("short", [0, 1, 0])
    yield (
        "example",
        {"ballot": good.hex(), "code": b.code(b.ballot_hash(ELECTION, DEVICE, good))},
        "ok",
        "§1 of the text",
    )
    last = honest("majilis", [*[0] * 12, 1, *[0] * 8, 1], 1)
    yield "last-option", {"ballot": last.hex()}, "ok", "the last option of both contests"
    yield "limit-2", {"ballot": honest("both", [1, 0, 0, 1, 0, 1], 2).hex()}, "ok", "two of three"
    yield (
        "undervote",
        {"ballot": honest("both", [0, 0, 0, 0, 1, 0], 3).hex()},
        "ok",
        "blanks fill from the left",
    )
    for name, ballot, word, why in (*bad_proofs(), *encodings(good)):
        yield name, {"ballot": ballot.hex()}, word, why
    for name, ballot, hints, word, why in side_files():
        yield name, {"ballot": ballot.hex(), "hints": hints.hex()}, word, why
    split = honest("split", [0, 1, 0, 1, 0], 4)
    merged = bytes([1, 4]) + b"pair" + split[7:]
    yield "style-merged", {"ballot": merged.hex()}, "length", "two contests read as one with limit 2"
    yield (
        "other-root",
        {"ballot": good.hex(), "root": framed("root", b"other").hex()},
        "vector",
        "another vote",
    )
    rehearsal = prove("short", [0, 1, 0, 0], root=framed("rehearsal-root", b"vectors"))
    yield "rehearsal", {"ballot": rehearsal.hex()}, "vector", "a rehearsal ballot"
    yield "other-device", {"ballot": good.hex(), "device": "01-001-b"}, "vector", "another device's box"
    for name, keys, word, why in key_sets():
        yield name, {"keys": keys}, word, why
    for name, opening, word, why in openings():
        yield name, {"opening": opening}, word, why


def main(folder):
    """Write all files; where the word is left open, the reference says which equation fails."""
    folder.mkdir(parents=True, exist_ok=True)
    made = list(files())
    (folder / "election.json").write_text(json.dumps(TOLD, indent=1) + "\n")
    for name, vector, word, why in made:
        found = word or b.judge(TOLD, ELECTION, vector)
        text = {"expect": found, "why": why, "origin": ORIGIN} | vector
        (folder / f"{name}.json").write_text(json.dumps(text, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
