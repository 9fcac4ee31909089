"""Makes spec/vectors/waves: waves, ledgers, quorums and boxes, and one file for every way of cheating.

    python make_wave_vectors.py ../vectors/waves

The bytes do not change from run to run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ballots as b
import trustees as t
from group import B, framed, framed_scalar, weights

ORIGIN = "made by spec/reference/make_wave_vectors.py from spec/trustees.md and spec/ballots.md"
VOTE, COIN_KEY = "vectors/1/0", bytes(range(32))
SEEDS = [framed("vector-trustee", bytes([d]))[:32] for d in range(1, 6)]
SECRETS = [[framed_scalar("vector-coefficient", bytes([i, at])) for at in range(3)] for i in range(3)]


def public(scalar):
    """The encoded multiple of B."""
    return (scalar * B).encode().hex()


ENTRY = {
    "schema": "dauys/root/1",
    "vote_id": VOTE,
    "trustees": 5,
    "threshold": 3,
    "contests": [{"id": "one", "first": 0, "options": 3, "limit": 1}],
    "styles": [{"id": "short", "contests": ["one"]}],
    "keys": [public(row[0]) for row in SECRETS],
    "verification": [
        [public(sum(x * d**at for at, x in enumerate(row))) for row in SECRETS] for d in range(1, 6)
    ],
    "transcript": framed("vector-transcript").hex(),
    "definition": framed("vector-definition").hex(),
}
ROOT = framed("root", t.rfc8785(ENTRY))
PLAN = {
    "schema": "dauys/plan/1",
    "vote_id": VOTE,
    "trustees": 5,
    "threshold": 3,
    "contests": ENTRY["contests"],
    "opens": None,
    "minimum": 2,
}
COMMON = {"entry": ENTRY, "plan": PLAN, "signing": [t.ed_public(seed).hex() for seed in SEEDS]}
ELECTION = b.Election(
    {
        "root": ROOT.hex(),
        "keys": ENTRY["keys"],
        "contests": [{"id": "one", "options": 3, "limit": 1, "first_key": 0}],
        "styles": [{"id": "short", "contests": [0]}],
    }
)
DEVICES = {"0411": ["0411-a", "0411-b"], "0412": ["0412-a"]}


def ballot(device, card, option, r=None):
    """A ballot whose every check passes; `r` replaces the coin of that name."""
    style = ELECTION.styles["short"]
    choices = b.fill_blanks(style, [int(place == option) for place in range(3)])
    s1, s2, card_hash = b.card(VOTE, device, framed("vector-card", bytes([card]))[:16])
    ctx = b.context(ROOT, device, "short", s1)
    sigma = framed("sigma", COIN_KEY, card_hash)[:32]
    coins = b.draw(style, framed("seed", s2, sigma, ctx, bytes(choices))[:32], ctx, choices)
    coins["r"] = coins["r"] if r is None else r
    points = b.statement(ELECTION, style, choices, coins)
    first = b.first_hash(ctx, *points)
    announced = b.announce(ELECTION, style, weights("rho", first, style.n), coins)
    answers = b.answers(style, choices, coins, framed_scalar("second", first, announced.encode()))
    r_point, c, p, q = points
    return b.wire("short", s1, [r_point, *c, p, q, announced], answers)


def honest_boxes():
    """Five ballots in three boxes."""
    cards = iter(range(5))
    return {
        device: [ballot(device, next(cards), option) for option in options]
        for device, options in (("0411-a", (0, 1)), ("0411-b", (0,)), ("0412-a", (2, 2)))
    }


def hashes(boxes, devices):
    """H(ballot) of everything in these boxes."""
    return [b.ballot_hash(ELECTION, device, data) for device in devices for data in boxes.get(device, ())]


def unit(name, devices, ballots):
    """One unit of a wave."""
    listed = [{"id": device, "root": "ab" * 32, "size": 50} for device in devices]
    signed = t.set_hash(ROOT, name, "one", ballots).hex()
    return {
        "id": name,
        "devices": listed,
        "contests": [{"id": "one", "set": signed, "ballots": len(ballots)}],
    }


def wave(*units, number=1):
    """A wave entry."""
    return {
        "schema": "dauys/wave/1",
        "vote_id": VOTE,
        "root": ROOT.hex(),
        "wave": number,
        "units": list(units),
    }


def wave_of(boxes, **changed):
    """The wave over these boxes; `changed`: hashes that replace those of a unit."""
    units = [unit(name, devices, hashes(boxes, devices)) for name, devices in DEVICES.items()]
    for name, other in changed.items():
        place = list(DEVICES).index(name[1:])
        units[place] = unit(name[1:], DEVICES[name[1:]], other)
    return wave(*units)


def signature(d, entry, signer=None):
    """A trustee's signature of a wave."""
    digest = framed("wave", bytes.fromhex(entry["root"]), t.rfc8785(entry))
    return {
        "schema": "dauys/wave-signature/1",
        "vote_id": VOTE,
        "wave": entry["wave"],
        "wave_hash": digest.hex(),
        "number": d,
        "signature": t.ed_sign(SEEDS[(signer or d) - 1], digest).hex(),
    }


def waves(boxes):
    """Single waves, and pairs of waves that one trustee is asked to sign."""
    own = {name: hashes(boxes, devices) for name, devices in DEVICES.items()}
    good = wave_of(boxes)
    yield "wave-honest", "passed", "an honest wave", {"kind": "wave", "wave": good}
    twice = wave(good["units"][0], unit("0412", ["0411-b", "0412-a"], own["0412"]))
    yield "wave-overlapping", "T1.5", "0411-b is in two units", {"kind": "wave", "wave": twice}
    same = wave(unit("0411", ["0411-a", "0411-a"], own["0411"]))
    yield "wave-device-twice", "T1.5", "a device twice in one unit", {"kind": "wave", "wave": same}
    again = wave(good["units"][0], good["units"][0])
    yield "wave-unit-twice", "T1.5", "a unit twice", {"kind": "wave", "wave": again}
    small = wave(good["units"][0], unit("0412", ["0412-a"], own["0412"][:1]))
    yield "wave-below-minimum", "T1.8", "a sum over one ballot", {"kind": "wave", "wave": small}
    for name, word, why, second in (
        ("same", "passed", "the same entry again", good),
        ("later", "passed", "other devices", wave(unit("0500", ["0500-a"], own["0412"]), number=2)),
        (
            "device-twice",
            "T3.1",
            "0411-a in a second wave, in another unit",
            wave(unit("0500", ["0411-a"], own["0411"]), number=2),
        ),
        (
            "one-less",
            "T3.1",
            "the same devices, a set without one ballot",
            wave(unit("0411", DEVICES["0411"], own["0411"][1:]), number=2),
        ),
        (
            "sum-twice",
            "T3.2",
            "other devices, the same unit and contest",
            wave(unit("0411", ["0411-x"], own["0411"][1:]), number=2),
        ),
    ):
        yield f"ledger-{name}", word, why, {"kind": "ledger", "waves": [good, second]}


def quorums(boxes):
    """Signatures beside a wave; four of five are the quorum, three open a sum."""
    good = wave_of(boxes)
    less = wave_of(boxes, _0411=hashes(boxes, DEVICES["0411"])[1:])
    signed = [signature(d, good) for d in range(1, 6)]
    for name, word, why, files in (
        ("four", "passed", "four of five", signed[:4]),
        ("only-t", "T2.2", "three, as many as open a sum", signed[:3]),
        ("twice", "T2.3", "three, one of them twice", [*signed[:3], signed[2]]),
        ("stranger", "T2.3", "three and a trustee 6", [*signed[:3], signature(6, good, 5)]),
        ("zero", "T2.3", "three and a trustee 0", [*signed[:3], signature(0, good, 5)]),
        (
            "other-set",
            "T2.4",
            "the fourth signed a set without one ballot",
            [*signed[:3], signature(4, less)],
        ),
        ("forged", "T2.1", "trustee 3 signs for trustee 4", [*signed[:3], signature(4, good, 3)]),
    ):
        yield f"quorum-{name}", word, why, {"kind": "quorum", "wave": good, "signatures": files}


def boxes_and_sets(boxes):
    """Boxes beside the wave that was signed for."""
    first, second = boxes["0411-a"], boxes["0412-a"]
    card_twice = boxes | {"0411-a": [*first, ballot("0411-a", 0, 2)]}
    r = framed_scalar("vector-r")
    near = boxes | {"0411-a": [*first, ballot("0411-a", 7, 0, r), ballot("0411-a", 8, 0, r)]}
    far = boxes | {
        "0411-a": [*first, ballot("0411-a", 7, 0, r)],
        "0412-a": [*second, ballot("0412-a", 8, 0, r)],
    }
    own = hashes(boxes, DEVICES["0411"])
    broken = boxes | {"0411-a": [first[0], first[1][:-1] + bytes([first[1][-1] ^ 1])]}
    foreign = boxes | {"0412-a": [*second, first[0]]}
    good = wave_of(boxes)
    for name, word, why, held, signed in (
        ("honest", "passed", "every sum is the one signed for", boxes, good),
        ("order", "passed", "ballots in another order", boxes | {"0411-a": first[::-1]}, good),
        ("left-out", "T5.4", "one ballot is not in the box", boxes | {"0411-a": first[:1]}, good),
        (
            "added",
            "T5.4",
            "one ballot too many in the box",
            boxes | {"0412-a": [*second, ballot("0412-a", 9, 1)]},
            good,
        ),
        ("left-out-of-set", "T5.4", "one ballot is not in the set", boxes, wave_of(boxes, _0411=own[1:])),
        (
            "doubled-in-set",
            "T5.4",
            "one ballot twice in the set",
            boxes,
            wave_of(boxes, _0411=[*own, own[0]]),
        ),
        ("doubled", "T5.5", "one ballot twice in box and set", boxes | {"0411-a": [*first, first[0]]}, None),
        ("card-twice", "T5.5", "two choices on one card", card_twice, None),
        ("r-twice", "T5.5", "two cards of one device with the same R", near, None),
        ("r-twice-far", "T5.5", "two devices and units with the same R", far, None),
        ("broken", "T5.5", "a ballot with a wrong answer", broken, None),
        ("other-device", "T5.5", "a copy of another device's ballot", foreign, None),
        ("no-box", "T5.6", "a device without a box", {k: v for k, v in boxes.items() if k != "0411-b"}, good),
    ):
        told = {device: [data.hex() for data in box] for device, box in held.items()}
        yield f"boxes-{name}", word, why, {"kind": "boxes", "wave": signed or wave_of(held), "boxes": told}


def main(folder):
    """Write all files."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"origin": ORIGIN} | COMMON, indent=1)
    (folder / "common.json").write_text(text + "\n", encoding="utf-8")
    boxes = honest_boxes()
    for name, word, why, vector in (*waves(boxes), *quorums(boxes), *boxes_and_sets(boxes)):
        value = {"expect": word, "why": why, "origin": ORIGIN} | vector
        (folder / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
