"""Makes spec/vectors/trustees: an honest ceremony and tally, and a file for every way of cheating.

    python tests/trustees/make_trustee_vectors.py [name…]

Without names all are written. The age files in it are random by their format, so no two runs give the same
bytes; every run gives the same verdicts.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forge import Forge, copy_of, number_from, ref, scalars

from dauys import _core

FOLDER = Path(__file__).parents[2] / "spec" / "vectors" / "trustees"
ORIGIN = "made by tests/trustees/make_trustee_vectors.py with spec/reference/trustees.py"
ROOT = bytes(range(64))


def write(name: str, expect: str, why: str, **values: Any) -> None:
    """Write one vector, if all are wanted or this one is."""
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    text = json.dumps(
        {"expect": expect, "why": why, "origin": ORIGIN, **values}, indent=1, ensure_ascii=False
    )
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def ceremony(name: str, expect: str, why: str, change: Callable[[Forge], None]) -> None:
    """Write a transcript in which one thing is wrong and everything else is signed."""
    forge = Forge()
    change(forge)
    write(f"ceremony-{name}", expect, why, kind="transcript", transcript=forge.transcript())


def inner(number: int, change: Callable[[dict[str, Any]], None]) -> Callable[[Forge], None]:
    """Return a change to what a trustee reveals."""
    return lambda forge: forge.inner_changes.__setitem__(number, change)


def file(kind: str, number: int, **values: Any) -> Callable[[Forge], None]:
    """Return a change to a file before it is signed."""
    return lambda forge: forge.changes.__setitem__((kind, number), lambda value: value.update(values))


def called_zero(forge: Forge) -> None:
    """Give trustee 1 the number 0 before it signs its key."""
    forge.changes["member", 1] = lambda value: value.update(number=0)


def possession(head: tuple[Any, ...], number: int) -> Callable[[Forge], None]:
    """Return a proof of possession made for another head or another trustee."""

    def set_change(forge: Forge) -> None:
        def change(value: dict[str, Any]) -> None:
            flat = [bytes.fromhex(point) for row in value["commitments"] for point in row]
            e = ref.possession_challenge(head, number, flat, bytes.fromhex(value["possession"]["w"]))
            powers = sum(pow(e, i + 1, ref.Q) * row[0] for i, row in enumerate(forge.x[2]))
            value["possession"]["y"] = ((number_from("w", 2) + powers) % ref.Q).to_bytes(32, "little").hex()

        forge.inner_changes[2] = change

    return set_change


def related_keys(forge: Forge) -> None:
    """Make h_1 = 777·h_0 and prove a sum with weights that do not depend on the commitments."""
    h0 = sum(forge.x[d][0][0] for d in (1, 2, 3))
    forge.x[2][1][0] = (777 * h0 - sum(forge.x[d][1][0] for d in (1, 3))) % ref.Q

    def change(value: dict[str, Any]) -> None:
        flat = [bytes.fromhex(point) for row in value["commitments"] for point in row]
        e = ref.possession_challenge(forge.head, 2, flat, bytes.fromhex(value["possession"]["w"]))
        y = (number_from("w", 2) + e * sum(row[0] for row in forge.x[2])) % ref.Q
        value["possession"]["y"] = y.to_bytes(32, "little").hex()

    forge.inner_changes[2] = change


def key_totals(*totals: int) -> Callable[[Forge], None]:
    """Return a change after which the position keys have these logarithms."""

    def change(forge: Forge) -> None:
        for i, total in enumerate(totals):
            forge.x[3][i][0] = (total - forge.x[1][i][0] - forge.x[2][i][0]) % ref.Q

    return change


def coefficients(width: int) -> Callable[[Forge], None]:
    """Return a change after which trustee 2 has another number of coefficients."""
    return lambda forge: forge.x.__setitem__(
        2, [[number_from(2, i, at) for at in range(width)] for i in range(forge.m)]
    )


def same_commitment(forge: Forge) -> None:
    """Let trustee 2 sign the commitment of trustee 1."""
    seen: dict[str, Any] = {}
    forge.changes["commit", 1] = seen.update
    forge.changes["commit", 2] = lambda value: value.update(commitment=seen["commitment"])


def ceremonies() -> None:
    """Write all vectors of transcripts."""
    honest = Forge()
    value = honest.transcript()
    secrets = {
        "seeds": {str(d): seed.hex() for d, seed in honest.seeds.items()},
        "coefficients": {str(d): [[str(c) for c in row] for row in rows] for d, rows in honest.x.items()},
        "identities": {str(d): text for d, text in honest.identities.items()},
    }
    write(
        "ceremony-honest",
        "passed",
        "an honest ceremony",
        kind="transcript",
        transcript=value,
        secrets=secrets,
    )
    split = copy_of(value)
    split["plan"]["contests"][0]["limit"] = 2
    write(
        "ceremony-other-plan", "K8.1", "the plan changed after signing", kind="transcript", transcript=split
    )
    missing = copy_of(value)
    missing["signatures"].pop()
    write(
        "ceremony-two-signatures", "K8.3", "one trustee did not sign", kind="transcript", transcript=missing
    )
    for name, expect, why, change in (
        ("related-keys", "K5.6", "possession with weights not over F, h_1 = 777·h_0", related_keys),
        ("other-vote", "K5.6", "possession of another vote", possession(("test/2/0", 1, 3, 2, 2), 2)),
        ("other-attempt", "K5.6", "possession of another attempt", possession(("test/1/0", 2, 3, 2, 2), 2)),
        ("other-trustee", "K5.6", "possession of another trustee", possession(("test/1/0", 1, 3, 2, 2), 1)),
        ("copied-commitment", "K4.2", "trustee 2 commits to what trustee 1 committed to", same_commitment),
        ("other-reveal", "K5.2", "a reveal not committed to", file("commit", 2, commitment="11" * 64)),
        ("t-plus-1", "K5.3", "one coefficient too many", coefficients(3)),
        ("t-minus-1", "K5.3", "one coefficient too few", coefficients(1)),
        (
            "no-point",
            "K5.4",
            "a commitment that is no point",
            inner(2, lambda v: v["commitments"][1].__setitem__(0, "01" + "00" * 31)),
        ),
        (
            "no-scalar",
            "K5.5",
            "y is the group order",
            inner(2, lambda v: v["possession"].update(y=ref.Q.to_bytes(32, "little").hex())),
        ),
        ("share-missing", "K5.7", "no share for trustee 1", inner(2, lambda v: v["shares"].pop("1"))),
        (
            "share-no-age",
            "K5.8",
            "a share that is no age file",
            inner(2, lambda v: v["shares"].update({"1": "YWdl"})),
        ),
        ("number-zero", "K1.5", "trustee 1 is called 0", called_zero),
        (
            "share-for-zero",
            "K1.2",
            "a share for trustee 0, which is the secret itself",
            inner(2, lambda v: v["shares"].update({"0": v["shares"]["1"]})),
        ),
        ("key-identity", "K7.1", "a position key is the identity", key_totals(0, 5)),
        ("key-base", "K7.1", "a position key is B", key_totals(1, 5)),
        ("key-minus-base", "K7.1", "a position key is −B", key_totals(5, ref.Q - 1)),
        ("keys-equal", "K7.2", "two position keys are equal", key_totals(5, 5)),
        ("keys-opposite", "K7.2", "two position keys are opposite", key_totals(5, ref.Q - 5)),
        (
            "other-transcript",
            "K8.1",
            "a signature of another transcript",
            file("signature", 3, transcript="33" * 64),
        ),
        ("weak-key", "K2.1", "a signing key of small order", file("member", 2, key="01" + "00" * 31)),
    ):
        ceremony(name, expect, why, change)


def complaints() -> None:
    """Write a complaint of each kind; `trustee` is who is at fault."""

    def one(name: str, verdict: tuple[str, int], why: str, plain: bytes | None, identity: int = 1) -> None:
        expect, trustee = verdict
        forge = Forge()
        if plain is not None:
            cipher = base64.b64encode(_core.encrypt_to(forge.recipients[1], plain)).decode()
            forge.inner_changes[2] = lambda value: value["shares"].update({"1": cipher})
        transcript = forge.transcript()
        told = json.loads(forge.complaint(1, forge.identities[identity]))
        values = {"kind": "complaint", "transcript": transcript, "complaint": told, "trustee": trustee}
        write(f"complaint-{name}", expect, why, **values)

    base = Forge()
    share = base.share(2, 1)
    one(
        "wrong-share", ("K6.3", 2), "a share that does not agree", scalars([share[0], (share[1] + 1) % ref.Q])
    )
    one("other-share", ("K6.3", 2), "the share of trustee 3", scalars(base.share(2, 3)))
    one("no-scalar", ("K6.2", 2), "a scalar that is the group order", ref.Q.to_bytes(32, "little") * 2)
    one("false", ("K6.6", 1), "all shares agree", None)
    one("foreign", ("K6.5", 1), "the identity of another trustee", None, 2)


def partials() -> None:
    """Write partial decryptions of one sum with two options, over the keys of the forge."""
    forge = Forge()
    secrets = {
        d: [sum(forge.share(m, d)[i] for m in forge.x) % ref.Q for i in range(forge.m)] for d in forge.x
    }
    y = {d: [ref.encode(ref.mul(s, ref.BASE)) for s in row] for d, row in secrets.items()}
    r, votes = number_from("r"), [3, 4]
    a = ref.encode(ref.mul(r, ref.BASE))
    totals = [sum(forge.x[d][i][0] for d in forge.x) for i in range(forge.m)]
    e = [ref.encode(ref.mul(r * s + n, ref.BASE)) for s, n in zip(totals, votes, strict=True)]
    ballots = [ref.h("test", n) for n in range(9)]
    signed = ref.set_hash(ROOT, "0412", "list", ballots)
    wave = ref.h("wave", ROOT, b"{}")
    context = (ROOT, wave, "0412", "list", signed)

    def one(name: str, expect: str, why: str, part: tuple[Any, ...], **over: Any) -> None:
        d_points, w1, w2, z = part
        values = {
            "kind": "partial",
            "root": ROOT.hex(),
            "wave_hash": wave.hex(),
            "unit": "0412",
            "contest": "list",
            "set": signed.hex(),
            "number": 1,
            "verification": [key.hex() for key in y[1]],
            "a": a.hex(),
            "d": [point.hex() for point in d_points],
            "w1": w1.hex(),
            "w2": w2.hex(),
            "z": z.hex(),
        }
        write(f"partial-{name}", expect, why, **(values | over))

    good = {d: ref.prove_partial(context, d, secrets[d], a, number_from("w", d)) for d in secrets}
    d_points, w1, w2, z = good[1]
    one("honest", "passed", "an honest partial decryption", good[1])
    one("swapped", "T4.9", "two options swapped", ([d_points[1], d_points[0]], w1, w2, z))
    one("other-trustee", "T4.9", "the one of trustee 2", good[2])
    one("other-unit", "T4.9", "made for another unit", good[1], unit="0413")
    one("other-set", "T4.9", "made for another set", good[1], set="00" * 64)
    one("other-wave", "T4.9", "made for another wave", good[1], wave_hash="00" * 64)
    one("other-root", "T4.9", "made for a rehearsal", good[1], root="00" * 64)
    one("other-sum", "T4.9", "A of another sum", good[1], a=ref.encode(ref.mul(r + 1, ref.BASE)).hex())
    one("identity", "T4.6", "A is the identity", good[1], a="00" * 32)
    one("too-few", "T4.7", "one D too few", (d_points[:1], w1, w2, z))
    one("no-point", "T4.8", "W₁ is no point", (d_points, b"\x01" + bytes(31), w2, z))
    one("no-scalar", "T4.8", "z is the group order", (d_points, w1, w2, ref.Q.to_bytes(32, "little")))
    wrong = [
        ref.add(ref.decode(d_points[0]), ref.decode(a)),
        ref.add(ref.decode(d_points[1]), ref.neg(ref.decode(a))),
    ]
    lie = [ref.encode(point) for point in wrong]
    w = number_from("w", 1)
    seed = ref.h("tally", *context, a, 1, *y[1], *lie)
    c = ref.hs("tally2", seed, w1, w2)
    forged = ((w + c * sum(secrets[1])) % ref.Q).to_bytes(32, "little")
    one("fixed-weights", "T4.9", "errors that cancel under weights not over D", (lie, w1, w2, forged))
    shared = {
        "kind": "combine",
        "ballots": 9,
        "e": [point.hex() for point in e],
        "parts": {str(d): [point.hex() for point in good[d][0]] for d in (1, 3)},
        "set_of": [digest.hex() for digest in ballots],
        "root": ROOT.hex(),
        "set": signed.hex(),
    }
    write("combine-honest", "passed", "two of three", totals=votes, **shared)
    few = shared | {"parts": {"1": shared["parts"]["1"]}}  # type: ignore[index]
    write("combine-too-few", "T5.2", "one of three opens nothing", **few)
    whole = [ref.encode(ref.mul(x * r % ref.Q, ref.BASE)).hex() for x in totals]
    zero = shared | {"parts": {"0": whole, "1": few["parts"]["1"]}}
    write("combine-number-zero", "T4.2", "a trustee 0, who would open everything alone", **zero)
    write("combine-too-many-votes", "T5.2", "more votes than ballots", **(shared | {"ballots": 3}))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    ceremonies()
    complaints()
    partials()
