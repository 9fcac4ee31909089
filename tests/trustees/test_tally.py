"""Waves, ledger, partial decryptions and totals, with sums whose votes are known."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from forge import number_from, ref
from trustee_people import ROOT, People, plan_bytes

from dauys.crypto import stick as steps
from dauys.crypto import stick_tally as night
from dauys.crypto import tally
from dauys.crypto.ledger import Ledger
from dauys.crypto.stick import Stick
from dauys.crypto.tally_files import (
    VerifiedSum,
    encode_wave,
    parse_partial,
    parse_wave,
    rehearsal_root,
    set_hash,
)
from dauys.errors import InputError

VOTES = {
    ("0411", "c0"): [3, 0, 5, *[0] * 10],
    ("0411", "c1"): [4, 2, 1, *[0] * 6],
    ("0412", "c0"): [40, *[0] * 12],
}
BALLOTS = {("0411", "c0"): 9, ("0411", "c1"): 7, ("0412", "c0"): 40}
DEVICES = {"0411": ["0411-a", "0411-b"], "0412": ["0412-a"]}
BEFORE = datetime.fromisoformat("2004-09-18T12:00:00+05:00")


def make_sums(keys, votes=VOTES, root=ROOT, ballots=BALLOTS):
    """Sums with these votes under the keys of the ceremony."""
    found = []
    for (unit, contest), counts in votes.items():
        first = keys.plan.contest(contest).first
        r = number_from("r", unit, contest)
        points = [ref.decode(key) for key in keys.keys[first : first + len(counts)]]
        e = [
            ref.encode(ref.add(ref.mul(r, h), ref.mul(n, ref.BASE)))
            for h, n in zip(points, counts, strict=True)
        ]
        hashes = [ref.h("test", unit, contest, n) for n in range(ballots[unit, contest])]
        signed = set_hash(root, unit, contest, hashes)
        found.append(
            VerifiedSum(unit, contest, signed, len(hashes), ref.encode(ref.mul(r, ref.BASE)), tuple(e))
        )
    return found


def make_wave(sums, number=1, root=ROOT, devices=DEVICES):
    units = []
    for unit in sorted({one.unit for one in sums}):
        contests = [
            {"id": one.contest, "set": one.set_hash.hex(), "ballots": one.ballots}
            for one in sums
            if one.unit == unit
        ]
        listed = [{"id": name, "root": "ab" * 32, "size": 50} for name in devices[unit]]
        units.append({"id": unit, "devices": listed, "contests": contests})
    return encode_wave("test/1/0", root, number, units)


@pytest.fixture(scope="module")
def finished():
    """Five trustees after their ceremony; tests copy what they change."""
    people = People.make(plan_bytes(), 5)
    return people, people.hold_ceremony()


@pytest.fixture
def people(finished):
    done = finished[0]
    for secret in done.secrets.values():
        secret.set_note("ledger", b"")
    return People(done.plan, done.count, done.secrets, dict(done.table))


@pytest.fixture(scope="module")
def keys(finished):
    return finished[1]


@pytest.fixture(scope="module")
def sums(keys):
    return make_sums(keys)


def code_of(call, *args):
    with pytest.raises(InputError) as caught:
        call(*args)
    return caught.value.problems[0].code


def sign_all(people, number=1, who=(1, 2, 3, 4)):
    for trustee in who:
        people.table |= night.sign_wave(people.stick(trustee), number).files


def test_four_sign_and_any_three_open(people, keys, sums):
    people.table["wave-1.json"] = make_wave(sums)
    sign_all(people)
    for trustee in (1, 2, 3, 4, 5):
        outcome = night.decrypt(people.stick(trustee), 1, sums)
        assert outcome.problems == ()
        people.table |= outcome.files
    wave = night.read_wave(people.stick(1), keys, 1)
    files = [parse_partial(people.table[f"partial-1-{d}.json"], "x") for d in range(1, 6)]
    for three in itertools.combinations(files, 3):
        report = tally.combine(wave, keys, sums, three)
        assert report.problems == ()
        assert {(t.unit, t.contest): list(t.votes) for t in report.totals} == VOTES
        assert [t.blanks for t in report.totals] == [1, 0, 0]
        assert report.totals[0].trustees == tuple(file.number for file in three)
    assert night.totals(people.stick(2), 1, sums).problems == ()


def test_the_reference_opens_the_same(people, keys, sums):
    people.table["wave-1.json"] = make_wave(sums)
    sign_all(people)
    wave = night.read_wave(people.stick(1), keys, 1)
    parts: dict[int, list[bytes]] = {}
    for trustee in (2, 3, 5):
        data = night.decrypt(people.stick(trustee), 1, sums).files[f"partial-1-{trustee}.json"]
        part = parse_partial(data, "x").sums[1]
        context = (ROOT, wave.digest, "0411", "c1", sums[1].set_hash)
        y = list(keys.contest_keys(trustee, "c1"))
        proof = (list(part.d), part.w1, part.w2, part.z)
        assert ref.check_partial(context, trustee, y, part.a, proof) is None
        assert ref.check_partial(context, 1, y, part.a, proof) == "T4.9"
        parts[trustee] = list(part.d)
    assert ref.combine(parts, list(sums[1].e), 7) == VOTES["0411", "c1"]
    assert wave.digest == ref.h("wave", ROOT, people.table["wave-1.json"])
    hashes = [ref.h("test", "0411", "c1", n) for n in reversed(range(7))]
    assert sums[1].set_hash == ref.set_hash(ROOT, "0411", "c1", hashes)


# --- waves ---


def change(data, path, new):
    value = json.loads(data)
    target = value
    *way, last = path
    for step in way:
        target = target[step]
    target[last] = new
    return ref.rfc8785(value)


WAVE_CHANGES = [
    (("schema",), "dauys/wave/2", "T1.2"),
    (("vote_id",), "test/2/0", "T1.3"),
    (("root",), "00" * 64, "T1.3"),
    (("root",), "00" * 63, "T1.2"),
    (("wave",), 2, "T1.4"),
    (("wave",), 0, "T1.4"),
    (("units",), [], "T1.5"),
    (("units", 0, "id"), "0412", "T1.5"),
    (("units", 0, "id"), "9", "T1.5"),
    (("units", 0, "devices"), [], "T1.5"),
    (("units", 0, "devices", 0, "id"), "0411-b", "T1.5"),
    (("units", 0, "devices", 1, "id"), "0412-a", "T1.5"),
    (("units", 0, "devices", 0, "size"), 0, "T1.6"),
    (("units", 0, "devices", 0, "root"), "ab" * 31, "T1.2"),
    (("units", 0, "contests"), [], "T1.5"),
    (("units", 0, "contests", 0, "id"), "c9", "T1.5"),
    (("units", 0, "contests", 1, "id"), "c9", "T1.7"),
    (("units", 0, "contests", 0, "ballots"), 5, "T1.8"),
    (("units", 0, "contests", 0, "ballots"), 0, "T1.8"),
    (("units", 0, "contests", 0, "set"), "ab" * 63, "T1.2"),
    (("more",), 1, "T1.2"),
]


@pytest.mark.parametrize(("path", "new", "code"), WAVE_CHANGES, ids=[f"{c[0]}-{c[2]}" for c in WAVE_CHANGES])
def test_every_fault_of_a_wave_is_named(keys, sums, path, new, code):
    data = change(make_wave(sums), path, new)
    try:
        faults = tally.check_wave(parse_wave(data, "wave-1.json"), keys.plan, ROOT, 1)
    except InputError as error:
        faults = list(error.problems)
    assert faults[0].code == code


def test_wave_bytes_are_canonical(sums):
    assert code_of(parse_wave, make_wave(sums) + b"\n", "wave-1.json") == "T1.1"


def test_quorum_is_four_of_five(people, keys, sums):
    people.table["wave-1.json"] = make_wave(sums)
    sign_all(people, who=(1, 2, 3))
    assert code_of(night.decrypt, people.stick(1), 1, sums) == "T2.2"
    outcome = night.sign_wave(people.stick(5), 1)
    assert outcome.next == "decrypt"
    people.table |= outcome.files
    assert night.decrypt(people.stick(4), 1, sums).files


@pytest.mark.parametrize(
    ("path", "new", "code"),
    [
        (("signature",), "00" * 64, "T2.1"),
        (("number",), 3, "T2.3"),
        (("number",), 6, "T2.3"),
        (("number",), 5, "T2.1"),
        (("wave_hash",), "00" * 64, "T2.4"),
        (("wave",), 2, "T2.4"),
        (("vote_id",), "test/2/0", "T2.4"),
        (("schema",), "dauys/wave/1", "T1.2"),
    ],
)
def test_every_field_of_a_wave_signature(people, sums, path, new, code):
    people.table["wave-1.json"] = make_wave(sums)
    sign_all(people, who=(1, 2, 3, 4))
    name = "wave-1-signature-4.json"
    people.table[name] = change(people.table[name], path, new)
    found = code_of(night.decrypt, people.stick(1), 1, sums)
    assert found == code


def test_ledger_is_for_ever(people, sums):
    people.table["wave-1.json"] = make_wave(sums)
    sign_all(people, who=(1,))
    stick = people.stick(1)
    # The same entry again is the same signature, not another.
    assert night.sign_wave(stick, 1).files == {
        k: v for k, v in people.table.items() if k in ("wave-1-signature-1.json",)
    }
    # A set that leaves one ballot out, with the same devices.
    other = [replace(sums[0], set_hash=bytes(64), ballots=8), *sums[1:]]
    again = Stick(stick.secret, {**people.table, "wave-2.json": make_wave(other, 2)})
    assert code_of(night.sign_wave, again, 2) == "T3.1"
    # Other devices, but a unit and contest that were signed for.
    elsewhere = make_wave(other, 2, devices={"0411": ["x"], "0412": ["y"]})
    again = Stick(stick.secret, {**people.table, "wave-2.json": elsewhere})
    assert code_of(night.sign_wave, again, 2) == "T3.2"
    # Another root.
    foreign = make_wave([replace(sums[2], unit="0500")], 2, bytes(64), {"0500": ["z"]})
    again = Stick(stick.secret, {**people.table, "wave-2.json": foreign})
    assert code_of(night.sign_wave, again, 2) == "T1.3"
    # A later wave of other devices is fine.
    later = make_wave([replace(sums[2], unit="0500")], 2, devices={"0500": ["z"]})
    again = Stick(stick.secret, {**people.table, "wave-2.json": later})
    assert night.sign_wave(again, 2).files
    ledger = Ledger.parse(stick.secret.note("ledger"))
    assert set(ledger.devices) == {"0411-a", "0411-b", "0412-a", "z"}
    assert Ledger.parse(ledger.encode()) == ledger


def test_two_sets_for_one_unit_never_both_reach_a_quorum(people, sums):
    """n = 5, t = 3, two liars: trustee 3 is shown one set, trustee 4 the same less a ballot."""
    first, second = (
        make_wave(sums),
        make_wave([replace(sums[0], set_hash=bytes(64), ballots=8), *sums[1:]], 1),
    )
    liars = (1, 2)
    signed = {first: [], second: []}
    for shown, honest in ((first, (3,)), (second, (4, 5))):
        for trustee in (*liars, *honest):
            if trustee in liars:
                people.secrets[trustee].set_note("ledger", b"")
            stick = Stick(people.secrets[trustee], {**people.table, "wave-1.json": shown})
            signed[shown].append(night.sign_wave(stick, 1).files)
    in_force = []
    for shown, files in signed.items():
        stick = Stick(
            people.secrets[1],
            {**people.table, "wave-1.json": shown, **{k: v for f in files for k, v in f.items()}},
        )
        wave = parse_wave(shown, "wave-1.json")
        faults = tally.check_wave_signatures(wave, night.keys_of(stick), night.wave_signatures(stick, wave))
        in_force.append(not faults)
    assert in_force == [False, True]
    # With a quorum of t both would be in force, and the difference opens one ballot.
    assert [len(files) >= 3 for files in signed.values()] == [True, True]


def test_decrypting_enters_the_ledger_too(people, sums):
    people.table["wave-1.json"] = make_wave(sums)
    sign_all(people)
    night.decrypt(people.stick(5), 1, sums)
    other = Stick(people.secrets[5], {**people.table, "wave-2.json": make_wave(sums, 2)})
    assert code_of(night.sign_wave, other, 2) == "T3.1"


def test_only_the_sums_that_were_signed_for(people, sums):
    people.table["wave-1.json"] = make_wave(sums)
    sign_all(people)
    stick = people.stick(1)
    for wrong in (
        [replace(sums[0], set_hash=bytes(64)), *sums[1:]],
        [replace(sums[0], ballots=8), *sums[1:]],
        [replace(sums[0], unit="0413"), *sums[1:]],
        sums[1:],
        [*sums, sums[0]],
        [sums[1], sums[0], sums[2]],
    ):
        assert code_of(night.decrypt, stick, 1, wrong) == "T5.4"
    zero = [replace(sums[0], a=bytes(32)), *sums[1:]]
    assert code_of(night.decrypt, stick, 1, zero) == "T4.6"


# --- partial decryptions ---


@pytest.fixture(scope="module")
def opened(finished, sums):
    done, keys = finished
    for secret in done.secrets.values():
        secret.set_note("ledger", b"")
    people = People(done.plan, done.count, done.secrets, dict(done.table))
    people.table["wave-1.json"] = make_wave(sums)
    sign_all(people)
    files = {}
    for d in (1, 2, 3, 4):
        files |= night.decrypt(people.stick(d), 1, sums).files
    return parse_wave(people.table["wave-1.json"], "wave-1.json"), keys, files, people


def resigned(opened, d, path, new):
    """A trustee's own lie: changed, and signed by that trustee."""
    wave, _, files, people = opened
    value = json.loads(change(files[f"partial-1-{d}.json"], path, new))
    signed = ref.h("partial", ROOT, wave.digest, d, ref.rfc8785(value["sums"]))
    value["signature"] = people.secrets[d].sign(signed).hex()
    return ref.rfc8785(value)


LIES = [
    (("sums", 0, "set"), "00" * 64, "T4.5"),
    (("sums", 0, "a"), "00" * 32, "T4.6"),
    (("sums", 0, "a"), ref.encode(ref.BASE).hex(), "T4.6"),
    (("sums", 0, "unit"), "0412", "T4.4"),
    (("sums", 0, "contest"), "c1", "T4.4"),
    (("sums",), [], "T4.4"),
    (("sums", 0, "d"), [], "T4.7"),
    (("sums", 0, "d", 3), ref.encode(ref.BASE).hex(), "T4.9"),
    (("sums", 0, "d", 3), "01" + "00" * 31, "T4.8"),
    (("sums", 0, "w1"), ref.encode(ref.BASE).hex(), "T4.9"),
    (("sums", 0, "w2"), ref.encode(ref.BASE).hex(), "T4.9"),
    (("sums", 0, "w1"), "01" + "00" * 31, "T4.8"),
    (("sums", 0, "w2"), "ff" * 32, "T4.8"),
    (("sums", 0, "z"), "01" + "00" * 31, "T4.9"),
    (("sums", 0, "z"), ref.Q.to_bytes(32, "little").hex(), "T4.8"),
]


@pytest.mark.parametrize(("path", "new", "code"), LIES, ids=[f"{c[0]}-{c[2]}" for c in LIES])
def test_a_lying_trustee_is_named_and_skipped(opened, sums, path, new, code):
    wave, keys, files, _ = opened
    lie = parse_partial(resigned(opened, 2, path, new), "partial-1-2.json")
    others = [parse_partial(files[f"partial-1-{d}.json"], "x") for d in (1, 3, 4)]
    report = tally.combine(wave, keys, sums, [lie, *others])
    assert [(fault.code, fault.facts["trustee"]) for fault in report.problems] == [(code, 2)]
    assert {(t.unit, t.contest): list(t.votes) for t in report.totals} == VOTES
    few = tally.combine(wave, keys, sums, [lie, *others[:2]])
    assert few.totals == ()
    assert [fault.code for fault in few.problems] == [code, "T5.1"]


@pytest.mark.parametrize(
    ("path", "new", "code"),
    [
        (("signature",), "00" * 64, "T4.2"),
        (("number",), 3, "T4.2"),
        (("number",), 9, "T4.2"),
        (("wave",), 2, "T4.3"),
        (("wave_hash",), "00" * 64, "T4.3"),
        (("vote_id",), "test/2/0", "T4.3"),
        (("sums", 0, "z"), "01" + "00" * 31, "T4.2"),
        (("schema",), "dauys/partial/2", "T4.1"),
        (("more",), 1, "T4.1"),
    ],
)
def test_what_a_trustee_did_not_sign_convicts_nobody(opened, sums, path, new, code):
    wave, keys, files, _ = opened
    data = change(files["partial-1-2.json"], path, new)
    try:
        faults = tally.check_partial(wave, keys, parse_partial(data, "x"), sums)
    except InputError as error:
        faults = list(error.problems)
    assert faults[0].code == code


def test_swaps_between_options_trustees_and_units(opened, sums):
    wave, keys, files, _ = opened
    value = json.loads(files["partial-1-2.json"])["sums"]
    other = json.loads(files["partial-1-3.json"])["sums"]
    points = value[0]["d"]
    swapped = [points[1], points[0], *points[2:]]
    for path, new in (
        (("sums", 0, "d"), swapped),
        (("sums", 0, "d"), other[0]["d"]),
        (("sums", 0, "d"), value[2]["d"]),
    ):
        lie = parse_partial(resigned(opened, 2, path, new), "x")
        assert [fault.code for fault in tally.check_partial(wave, keys, lie, sums)] == ["T4.9"]


def test_weights_come_from_the_points(opened, sums):
    """Errors that cancel under weights known beforehand (1 and 1) do not cancel under the real ones."""
    wave, keys, files, _ = opened
    part = json.loads(files["partial-1-2.json"])["sums"][0]
    a = ref.decode(bytes.fromhex(part["a"]))
    d = [ref.decode(bytes.fromhex(point)) for point in part["d"]]
    d[0], d[1] = ref.add(d[0], a), ref.add(d[1], ref.neg(a))
    lie = resigned(opened, 2, ("sums", 0, "d"), [ref.encode(point).hex() for point in d])
    assert [f.code for f in tally.check_partial(wave, keys, parse_partial(lie, "x"), sums)] == ["T4.9"]


def test_totals_out_of_bounds(keys, people):
    """More votes than ballots, and fewer than none, are no totals."""
    for counts, codes in (
        ([9, *[0] * 12], []),
        ([10, *[0] * 12], ["T5.2"]),
        ([-1, *[0] * 12], ["T5.2"]),
        ([9, 1, *[0] * 11], ["T5.3"]),
    ):
        for secret in people.secrets.values():
            secret.set_note("ledger", b"")
        table = People(people.plan, people.count, people.secrets, dict(people.table))
        sums = make_sums(keys, {("0411", "c0"): counts})
        table.table["wave-1.json"] = make_wave(sums)
        sign_all(table)
        for trustee in (1, 2, 3):
            table.table |= night.decrypt(table.stick(trustee), 1, sums).files
        assert [fault.code for fault in night.totals(table.stick(1), 1, sums).problems] == codes


def test_small_log():
    for n in (0, 1, 2047, 2048, 12_345):
        point = ref.encode(ref.mul(n, ref.BASE))
        assert tally.small_log(point, 20_000) == n
        assert tally.small_log(point, n) == n
        assert n == 0 or tally.small_log(point, n - 1) is None


# --- rehearsal ---


def test_rehearsal_with_every_subset(people, keys):
    entry = b'{"kind":"root"}'
    root = rehearsal_root(entry)
    sums = make_sums(keys, root=root)
    wave = parse_wave(make_wave(sums, root=root), "rehearsal.json")
    for trustee in range(1, 6):
        people.table |= night.rehearse(people.stick(trustee), entry, wave, sums, BEFORE).files
    files, unread = night.partial_files(people.stick(1), "rehearsal", 1)
    assert unread == []
    assert night.every_subset(keys, wave, sums, files) == (10, ())


def test_rehearsal_is_refused_when_it_could_be_an_oracle(people, keys, sums):
    entry = b'{"kind":"root"}'
    root = rehearsal_root(entry)
    own = make_sums(keys, root=root)
    wave = parse_wave(make_wave(own, root=root), "rehearsal.json")
    opens = datetime.fromisoformat(keys.plan.opens)
    assert code_of(night.rehearse, people.stick(1), entry, wave, own, opens) == "K9.6"
    real = parse_wave(make_wave(sums), "wave-1.json")
    assert code_of(night.rehearse, people.stick(1), entry, real, sums, BEFORE) == "T1.3"
    assert night.rehearse(people.stick(1), entry, wave, own, opens - timedelta(seconds=1)).files
    people.table["wave-1.json"] = make_wave(sums)
    sign_all(people, who=(1,))
    assert code_of(night.rehearse, people.stick(1), entry, wave, own, BEFORE) == "K9.6"


def test_nobody_decrypts_before_the_ceremony_is_done(sums):
    people = People.make(plan_bytes(), 5)
    people.table["wave-1.json"] = make_wave(sums)
    assert code_of(night.sign_wave, people.stick(1), 1) == "K9.2"
    people.all_do(steps.recipients)
    assert code_of(night.sign_wave, people.stick(1), 1) == "K9.2"
