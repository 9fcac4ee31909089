"""The public check of a ceremony: honesty passes, every change and every known attack is named."""

from __future__ import annotations

import base64
import json

import pytest
from forge import Forge, copy_of, number_from, ref, scalars

from dauys import _core
from dauys.crypto.board import Board
from dauys.crypto.ceremony_files import parse_plan, parse_signed, parse_transcript
from dauys.crypto.trustees import check_transcript, judge_complaint


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in check_transcript(data).problems]


@pytest.fixture(scope="module")
def honest():
    forge = Forge()
    return forge, forge.transcript()


def test_honest_ceremony_passes_here_and_in_the_reference(honest):
    forge, value = honest
    data = ref.rfc8785(value)
    report = check_transcript(data)
    assert report.problems == ()
    assert not report.anchored
    assert report.keys is not None
    assert ref.check_transcript(data) is None
    keys = [ref.encode(ref.mul(sum(forge.x[d][i][0] for d in forge.x), ref.BASE)) for i in range(forge.m)]
    assert list(report.keys.keys) == keys
    secret = sum(forge.share(d, 2)[1] for d in forge.x)
    assert report.keys.verification[2][1] == ref.encode(ref.mul(secret, ref.BASE))


def test_keys_of_the_definition_anchor_it(honest):
    forge, value = honest
    data = ref.rfc8785(value)
    keys = [ref.ed_public(seed) for seed in forge.seeds.values()]
    assert check_transcript(data, keys).anchored
    assert check_transcript(data, keys).problems == ()
    faults = check_transcript(data, [keys[0], keys[2], keys[1]]).problems
    assert [(fault.code, fault.facts["trustee"]) for fault in faults] == [("K2.4", 2), ("K2.4", 3)]


#: Each field of each file, how it is changed, and the code that must name it first.
MUTATIONS = [
    ("plan.vote_id", "test/2/0", "K1.3"),
    ("plan.vote_id", "test", "K1.3"),
    ("plan.trustees", 2, "K1.5"),
    ("plan.trustees", 65, "K1.6"),
    ("plan.threshold", 3, "K5.2"),
    ("plan.threshold", 1, "K1.6"),
    ("plan.opens", "2004-09-19T07:00:00+05:00", "K8.1"),
    ("plan.opens", "2004-09-19T07:00:00", "K1.7"),
    ("plan.minimum", 4, "K8.1"),
    ("plan.minimum", 0, "K1.7"),
    ("plan.contests[0].id", "other", "K8.1"),
    ("plan.contests[0].id", "a b", "K1.7"),
    ("plan.contests[0].limit", 2, "K8.1"),
    ("plan.contests[0].limit", 0, "K1.7"),
    ("plan.contests[0].limit", 3, "K1.7"),
    ("plan.contests[0].options", 3, "K5.2"),
    ("plan.contests[0].first", 1, "K1.7"),
    ("plan.contests", [], "K1.7"),
    ("plan.schema", "dauys/plan/2", "K1.2"),
    ("schema", "dauys/transcript/2", "K1.2"),
    ("attempt", 2, "K1.4"),
    ("attempt", 0, "K1.4"),
    ("attempt", -1, "K1.2"),
    ("members[1].name", "Somebody", "K2.2"),
    ("members[1].name", "a\nb", "K1.2"),
    ("members[1].number", 3, "K1.5"),
    ("members[1].vote_id", "test/2/0", "K1.3"),
    ("members[1].key", "00" * 32, "K2.1"),
    ("members[1].key", "01" + "00" * 31, "K2.1"),
    ("members[1].key", "00" * 31, "K1.2"),
    ("members[1].signature", "00" * 64, "K2.2"),
    ("recipients[1].recipient", "age1", "K3.1"),
    ("recipients[1].number", 1, "K1.5"),
    ("recipients[1].attempt", 2, "K1.4"),
    ("recipients[1].vote_id", "test/2/0", "K1.3"),
    ("recipients[1].signature", "00" * 64, "K3.2"),
    ("commits[1].commitment", "11" * 64, "K4.1"),
    ("commits[1].number", 1, "K1.5"),
    ("commits[1].attempt", 2, "K1.4"),
    ("commits[1].vote_id", "test/2/0", "K1.3"),
    ("commits[1].signature", "00" * 64, "K4.1"),
    ("reveals[1].number", 1, "K1.5"),
    ("reveals[1].attempt", 2, "K1.4"),
    ("reveals[1].vote_id", "test/2/0", "K1.3"),
    ("reveals[1].signature", "00" * 64, "K5.1"),
    ("reveals[1].reveal.commitments[0][0]", "00" * 32, "K5.1"),
    ("reveals[1].reveal.possession.w", "00" * 32, "K5.1"),
    ("reveals[1].reveal.possession.y", "00" * 32, "K5.1"),
    ("reveals[1].reveal.shares.1", "YWdl", "K5.1"),
    ("reveals[1].reveal.shares.1", "YWd", "K1.2"),
    ("signatures[1].transcript", "22" * 64, "K8.1"),
    ("signatures[1].number", 1, "K1.5"),
    ("signatures[1].attempt", 2, "K1.4"),
    ("signatures[1].vote_id", "test/2/0", "K1.3"),
    ("signatures[1].signature", "00" * 64, "K8.2"),
    ("extra", 1, "K1.2"),
    ("members[1].extra", 1, "K1.2"),
]


@pytest.mark.parametrize(("path", "new", "code"), MUTATIONS, ids=[f"{m[0]}-{m[2]}" for m in MUTATIONS])
def test_every_field_changed_is_named(honest, path, new, code):
    value = copy_of(honest[1])
    *steps, last = path.replace("]", "").replace("[", ".").split(".")
    target = value
    for step in steps:
        target = target[int(step)] if isinstance(target, list) else target[step]
    key = int(last) if isinstance(target, list) else last
    target[key] = new
    found = codes(ref.rfc8785(value))
    assert found, path
    assert found[0] == code, found


def test_every_leaf_is_covered_by_some_check(honest):
    """Flip one character of every text and add one to every number: nothing passes."""
    data = ref.rfc8785(honest[1])

    def leaves(value, path=()):
        if isinstance(value, dict):
            for key in value:
                yield from leaves(value[key], (*path, key))
        elif isinstance(value, list):
            for place in range(len(value)):
                yield from leaves(value[place], (*path, place))
        elif value is not None:
            yield path, value

    paths = list(leaves(json.loads(data)))
    assert len(paths) > 60
    for path, old in paths:
        value = json.loads(data)
        target = value
        for step in path[:-1]:
            target = target[step]
        if isinstance(old, int):
            target[path[-1]] = old + 1
        else:
            target[path[-1]] = old[:-1] + ("0" if old[-1] != "0" else "1")
        assert codes(ref.rfc8785(value)), path


def test_missing_files_are_named(honest):
    for kind, code in (("members", "K2.3"), ("recipients", "K3.3"), ("commits", "K4.2"), ("reveals", "K5.9")):
        value = copy_of(honest[1])
        value[kind].pop()
        assert codes(ref.rfc8785(value))[0] == code
    value = copy_of(honest[1])
    value["signatures"].pop()
    assert codes(ref.rfc8785(value)) == ["K8.3"]


def test_form_is_checked_before_anything_else(honest):
    data = ref.rfc8785(honest[1])
    for bad in (
        b"",
        b"{}",
        b"[]",
        b"\xff",
        data + b"\n",
        b" " + data,
        data[:-1],
        b"[" * 100_000,
        b"1" * 5000,
    ):
        assert codes(bad)[0] in ("K1.1", "K1.2"), bad[:10]
    twice = data.replace(b'{"attempt":1,', b'{"attempt":1,"attempt":1,', 1)
    assert codes(twice) == ["K1.1"]


# --- known attacks, everything else signed as it should be ---


def both(forge: Forge) -> str:
    """The first code, which the product and the reference must agree on."""
    data = forge.bytes()
    found = codes(data)
    assert found
    assert ref.check_transcript(data) == found[0]
    return found[0]


def test_possession_with_weights_that_do_not_depend_on_the_commitments():
    """Trustee 2 cancels the others' keys: h_1 = 777·h_0, which would make every ballot readable."""
    forge = Forge()
    h0 = sum(forge.x[d][0][0] for d in (1, 2, 3))
    others = sum(forge.x[d][1][0] for d in (1, 3))
    forge.x[2][1][0] = (777 * h0 - others) % ref.Q

    def cheat(inner):
        # The maker knows only the sum under fixed weights 1, 1, so it proves that; the verifier hashes them.
        w = number_from("cheat")
        flat = [bytes.fromhex(point) for row in inner["commitments"] for point in row]
        w_bytes = ref.encode(ref.mul(w, ref.BASE))
        e = ref.possession_challenge(forge.head, 2, flat, w_bytes)
        y = (w + e * sum(row[0] for row in forge.x[2])) % ref.Q
        inner["possession"] = {"w": w_bytes.hex(), "y": y.to_bytes(32, "little").hex()}

    forge.inner_changes[2] = cheat
    assert both(forge) == "K5.6"


@pytest.mark.parametrize(
    "head", [("test/2/0", 1, 3, 2, 2), ("test/1/0", 2, 3, 2, 2), ("test/1/0", 1, 3, 3, 2)]
)
def test_possession_of_another_vote_or_attempt(head):
    forge = Forge()

    def replay(inner):
        w = number_from("w", 2)
        flat = [bytes.fromhex(point) for row in inner["commitments"] for point in row]
        e = ref.possession_challenge(head, 2, flat, bytes.fromhex(inner["possession"]["w"]))
        y = (w + sum(pow(e, i + 1, ref.Q) * row[0] for i, row in enumerate(forge.x[2]))) % ref.Q
        inner["possession"]["y"] = y.to_bytes(32, "little").hex()

    forge.inner_changes[2] = replay
    assert both(forge) == "K5.6"


def test_copied_reveal_of_another_trustee():
    forge = Forge()
    copied = forge.inner(1)
    copied["shares"] = {"1": copied["shares"]["2"], "3": copied["shares"]["3"]}
    forge.inner_changes[2] = lambda inner: inner.update(copied)
    assert both(forge) == "K5.6"


def test_copied_commitment():
    """Trustee 2 signs what trustee 1 committed to, hoping to publish the same reveal later."""
    forge, seen = Forge(), {}
    forge.changes["commit", 1] = seen.update
    forge.changes["commit", 2] = lambda file: file.update(commitment=seen["commitment"])
    assert both(forge) == "K4.2"


def test_reveal_is_not_what_was_committed_to():
    forge = Forge()
    forge.changes["reveal", 2] = lambda file: file.update(reveal=forge.inner(2) | {"shares": {}})
    assert both(forge) == "K5.2"


@pytest.mark.parametrize("width", [1, 3])
def test_another_number_of_coefficients(width):
    forge = Forge()
    forge.x[2] = [[number_from(2, i, at) for at in range(width)] for i in range(forge.m)]
    assert both(forge) == "K5.3"


def test_a_key_too_many():
    forge = Forge()
    forge.x[2].append([number_from("more", at) for at in range(forge.t)])
    assert both(forge) == "K5.3"


def test_commitment_that_is_no_point():
    forge = Forge()
    forge.inner_changes[2] = lambda inner: inner["commitments"][1].__setitem__(0, "01" + "00" * 31)
    assert both(forge) == "K5.4"


@pytest.mark.parametrize(("key", "data"), [("w", b"\x01" + bytes(31)), ("y", ref.Q.to_bytes(32, "little"))])
def test_possession_that_cannot_be_read(key, data):
    forge = Forge()
    forge.inner_changes[2] = lambda inner: inner["possession"].__setitem__(key, data.hex())
    assert both(forge) == "K5.5"


@pytest.mark.parametrize(
    "change", [lambda shares: shares.pop("1"), lambda shares: shares.update({"2": shares["1"]})]
)
def test_shares_for_the_wrong_trustees(change):
    forge = Forge()
    forge.inner_changes[2] = lambda inner: change(inner["shares"])
    assert both(forge) == "K5.7"


def test_share_that_cannot_hold_the_keys():
    forge = Forge()
    short = base64.b64encode(_core.encrypt_to(forge.recipients[1], bytes(32))).decode()
    forge.inner_changes[2] = lambda inner: inner["shares"].update({"1": short})
    assert codes(forge.bytes()) == ["K5.8"]
    forge.inner_changes[2] = lambda inner: inner["shares"].update({"1": "YWdl"})
    assert both(forge) == "K5.8"


def test_keys_that_are_weak():
    def with_total(*totals):
        forge = Forge()
        for i, total in enumerate(totals):
            forge.x[3][i][0] = (total - forge.x[1][i][0] - forge.x[2][i][0]) % ref.Q
        return both(forge)

    assert with_total(0, 5) == "K7.1"
    assert with_total(1, 5) == "K7.1"
    assert with_total(5, ref.Q - 1) == "K7.1"
    assert with_total(5, 5) == "K7.2"
    assert with_total(5, ref.Q - 5) == "K7.2"


def test_verification_key_that_is_zero():
    forge = Forge()
    row = forge.x[3][0]
    share = sum(forge.share(d, 2)[0] for d in (1, 2)) + row[0]
    row[1] = -share * pow(2, -1, ref.Q) % ref.Q
    assert both(forge) == "K7.3"


def test_same_key_or_same_recipient_twice():
    forge = Forge()
    forge.seeds[3] = forge.seeds[1]
    assert both(forge) == "K2.3"
    forge = Forge()
    forge.recipients[3] = forge.recipients[1]
    assert both(forge) == "K3.3"


def test_signature_for_another_transcript():
    forge = Forge()
    forge.changes["signature", 3] = lambda file: file.update(transcript="33" * 64)
    assert both(forge) == "K8.1"
    report = check_transcript(forge.bytes())
    assert [fault.facts["trustee"] for fault in report.problems] == [3]


# --- complaints ---


def board_of(forge: Forge) -> Board:
    plan, attempt, lists = parse_transcript(forge.bytes())
    return Board(plan, attempt, {kind: dict(enumerate(files, 1)) for kind, files in lists.items()})


def judged(forge: Forge, data: bytes) -> list[tuple[str, object]]:
    complaint = parse_signed("complaint", data, "complaint-1-1.json")
    return [(fault.code, fault.facts["trustee"]) for fault in judge_complaint(board_of(forge), complaint)]


def wrong_share(forge: Forge, plain: bytes) -> None:
    cipher = base64.b64encode(_core.encrypt_to(forge.recipients[1], plain)).decode()
    forge.inner_changes[2] = lambda inner: inner["shares"].update({"1": cipher})


def test_a_true_complaint_names_the_maker():
    forge = Forge()
    share = forge.share(2, 1)
    wrong_share(forge, scalars([share[0], (share[1] + 1) % ref.Q]))
    assert check_transcript(forge.bytes()).problems == ()
    assert judged(forge, forge.complaint(1)) == [("K6.3", 2)]


def test_shares_for_another_trustee_or_of_bad_form():
    forge = Forge()
    wrong_share(forge, scalars(forge.share(2, 3)))
    assert judged(forge, forge.complaint(1)) == [("K6.3", 2)]
    forge = Forge()
    wrong_share(forge, ref.Q.to_bytes(32, "little") * 2)
    assert judged(forge, forge.complaint(1)) == [("K6.2", 2)]
    forge = Forge()
    foreign = base64.b64encode(_core.encrypt_to(forge.recipients[3], bytes(64))).decode()
    forge.inner_changes[2] = lambda inner: inner["shares"].update({"1": foreign})
    assert judged(forge, forge.complaint(1)) == [("K6.1", 2)]


def test_a_false_complaint_names_who_complained():
    forge = Forge()
    assert judged(forge, forge.complaint(1)) == [("K6.6", 1)]
    assert judged(forge, forge.complaint(1, forge.identities[2])) == [("K6.5", 1)]
    assert judged(forge, forge.complaint(1, "AGE-SECRET-KEY-1")) == [("K6.5", 1)]
    value = json.loads(forge.complaint(1))
    value["signature"] = "00" * 64
    assert judged(forge, ref.rfc8785(value)) == [("K6.4", 1)]


def test_plan_rules():
    plan = Forge().plan
    assert parse_plan(ref.rfc8785(plan)).quorum == 3
    for v, t, quorum in ((5, 3, 4), (3, 2, 3), (4, 2, 3), (7, 4, 6), (2, 2, 2)):
        found = parse_plan(ref.rfc8785(plan | {"trustees": v, "threshold": t}))
        assert found.quorum == quorum
        assert 2 * quorum - v >= t
