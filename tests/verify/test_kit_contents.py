"""What stands in a kit: proved in the log, of one piece, and made of a record that has it."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from contextlib import suppress

import pytest
from forged_records import forge
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from made_kits import STATION, VOTE, extract_of, made_kit

from dauys import _core
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.errors import InputError
from dauys.formats.voters import parse_extract
from dauys.record.faults import LogError
from dauys.record.policy import parse_policy
from dauys.verify.kit import read_kit

# --- the log ---------------------------------------------------------------------------------------------


def other_entry(files):
    index = max(int(name[6:-5]) for name in files if name.startswith("entry/"))
    value = json.loads(files[f"entry/{index}.json"])
    value["at"] = value["at"].replace("2004", "2005")
    files[f"entry/{index}.json"] = canonical(value)


def proof_of_another(files):
    own = sorted(name for name in files if name.startswith("proof/"))
    files[own[1]] = files[own[2]]


def with_extra(files):
    files["proof/0"] = files["proof/0"].replace(b"\nindex", b"\nextra AAAA\nindex", 1)


def no_cosignatures(files):
    for name in files:
        if name.startswith("proof/"):
            head, _, lines = files[name].rpartition(b"\n\n")
            kept = [line for line in lines.splitlines(keepends=True) if b"witness" not in line]
            files[name] = head + b"\n\n" + b"".join(kept)


def two_checkpoints(files):
    lines = files["proof/0"].splitlines(keepends=True)
    files["proof/0"] = b"".join(line for line in lines if b"witness-1" not in line)


@pytest.mark.parametrize(
    "change",
    [
        other_entry,
        proof_of_another,
        with_extra,
        no_cosignatures,
        two_checkpoints,
        lambda files: files.update(policy=b"quorum none\nnonsense\n"),
        lambda files: files.update({"proof/0": b"nothing"}),
        lambda files: files.update({"entry/0.json": b"{}"}),
    ],
)
def test_entries_stand_in_the_log_as_the_policy_asks(kits, refused, change):
    assert refused(kits.forge(change))[0].code == "W1.7"


def test_a_policy_of_another_log(kits, refused):
    other = kits.made.parties.badge(1).verifier.encode()
    text = f"log {other}\nquorum none\n".encode()
    assert refused(kits.forge(lambda files: files.update(policy=text)))[0].code == "W1.7"


def witnesses_alone(kits):
    """A policy that names no log."""
    lines = kits.packed.files["policy"].splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b"log "))


def test_a_policy_may_leave_the_log_to_the_definition(kits):
    path = kits.forge(lambda files: files.update(policy=witnesses_alone(kits)))
    assert read_kit(path, kits.key).policy.logs == ()


def test_the_log_of_the_definition_has_signed_whatever_the_policy_asks(kits, refused):
    def change(files):
        files["policy"] = witnesses_alone(kits)
        for name in files:
            if name.startswith("proof/"):
                lines = files[name].splitlines(keepends=True)
                kept = [one for one in lines if b"/log " not in one]
                assert len(kept) == len(lines) - 1
                files[name] = b"".join(kept)

    assert refused(kits.forge(change))[0].code == "W1.7"


# --- what fits together ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("station", "vote", "code"),
    [
        ("0001", VOTE, "W1.8"),
        ("0009", VOTE, "W1.9"),
        (STATION, "simulation/2/0", "W1.8"),
        (STATION, "another/1/0", "W1.8"),
    ],
)
def test_a_kit_of_another_station_or_vote(kits, refused, station, vote, code):
    assert refused(kits.forge(station=station, vote=vote))[0].code == code


def test_a_device_of_elsewhere(kits):
    kit = read_kit(kits.write(kits.data), kits.key)
    with pytest.raises(InputError) as caught:
        kit.device("0001-m1")
    assert caught.value.problems[0].code == "W1.9"


def forged_kit(kits, scene, tmp_path, change):
    """A kit of a record whose log somebody wrote anew: only what a kit itself says can refuse it."""
    record = forge(kits.made, tmp_path / "forged", change)
    return made_kit(kits.made, scene.election, tmp_path / "work", record=record)


def other_root(draft):
    entry = draft.one("root")
    draft.change_file(entry["file"], lambda v: v.update(definition="00" * 64))


def cards_unsorted(draft):
    entry = draft.one("cards", device="0002-m1")
    draft.change_file(entry["list"], lambda v: v["cards"].reverse())


def cards_unsorted_with_their_hash(draft):
    cards_unsorted(draft)
    entry = draft.one("cards", device="0002-m1")
    hashes = [bytes.fromhex(card) for card in draft.json(entry["list"])["cards"]]
    digest = _core.card_list_hash(VOTE, "0002-m1", hashes).hex()
    draft.change_file(entry["list"], lambda v: v.update(hash=digest))
    entry["hash"] = digest


def cards_of_another_device(draft):
    entry = draft.one("cards", device="0002-m1")
    entry["list"] = draft.one("cards", device="0001-m1")["list"]


def hash_of_cards(draft):
    draft.one("cards", device="0002-m1")["hash"] = "00" * 64


def count_of_cards(draft):
    draft.one("cards", device="0002-m1")["count"] += 1


def no_row(draft):
    ref = draft.one("register")["stations"]
    data = (draft.folder / ref["path"]).read_bytes()
    draft.put(ref, b"".join(line for line in data.splitlines(True) if not line.startswith(b"0002")))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (other_root, "W1.10"),
        (cards_unsorted, "W1.8"),
        (cards_unsorted_with_their_hash, "W1.8"),
        (cards_of_another_device, "W1.8"),
        (hash_of_cards, "W1.8"),
        (count_of_cards, "W1.8"),
        (no_row, "W1.8"),
    ],
)
def test_a_record_that_does_not_fit_together_gives_no_kit(kits, scene, tmp_path, change, code):
    with pytest.raises(InputError) as caught:
        forged_kit(kits, scene, tmp_path, change)
    assert caught.value.problems[0].code == code


def root_of_another_definition(draft):
    other_root(draft)
    entry = draft.one("root")
    data = (draft.folder / entry["file"]["path"]).read_bytes()
    entry["root"] = framed_hash("root", data).hex()


def root_of_another_vote(draft):
    entry = draft.one("root")
    draft.change_file(entry["file"], lambda v: v.update(vote_id="simulation/2/0"))
    data = (draft.folder / entry["file"]["path"]).read_bytes()
    entry["root"] = framed_hash("root", data).hex()


def fewer_options(draft):
    entry = draft.one("root")
    draft.change_file(entry["file"], lambda v: v["contests"][0].update(options=2))
    data = (draft.folder / entry["file"]["path"]).read_bytes()
    entry["root"] = framed_hash("root", data).hex()


def other_style(draft):
    entry = draft.one("root")
    draft.change_file(
        entry["file"], lambda v: v.update(styles=[{"contests": ["c2", "list"], "id": "all-c2"}])
    )
    data = (draft.folder / entry["file"]["path"]).read_bytes()
    entry["root"] = framed_hash("root", data).hex()


@pytest.mark.parametrize(
    "change", [other_root, root_of_another_definition, root_of_another_vote, fewer_options, other_style]
)
def test_a_station_looks_at_the_root_itself(kits, scene, tmp_path, monkeypatch, change):
    """A commission that checks nothing makes a kit of a record that does not hold."""
    monkeypatch.setattr("dauys.verify.kit_make._refuse_failures", lambda *_: None)
    with pytest.raises(InputError) as caught:
        forged_kit(kits, scene, tmp_path, change)
    assert caught.value.problems[0].code == "W1.8"


# --- the register ----------------------------------------------------------------------------------------


def test_the_extract_is_the_one_that_was_frozen(kits, refused):
    def one_less(files):
        files["register.extract"] = b"".join(files["register.extract"].splitlines(True)[:-1])

    assert refused(kits.forge(one_less))[0].code == "W2.5"

    def other_salt(files):
        files["register.extract"] = b"00" * 32 + files["register.extract"][64:]

    assert refused(kits.forge(other_salt))[0].code == "W2.5"


def test_the_extract_has_as_many_voters_as_are_registered(kits, scene, tmp_path):
    extract = extract_of(kits.made, scene.election)
    less = b"".join(extract.splitlines(True)[:-1])
    digest = parse_extract(less, "less").hash

    def change(draft):
        ref = draft.one("register")["stations"]
        data = (draft.folder / ref["path"]).read_bytes()
        old = parse_extract(extract, "old").hash
        draft.put(ref, data.replace(old.encode(), digest.encode()))

    record = forge(kits.made, tmp_path / "forged", change)
    with pytest.raises(InputError) as caught:
        made_kit(kits.made, scene.election, tmp_path / "work", record=record, extract=less)
    assert [p.code for p in caught.value.problems] == ["W2.3"]


# --- what the record lacks -------------------------------------------------------------------------------


def shortened(kits, tmp_path, kind):
    """The record as it was before the first entry of a kind."""

    def change(draft):
        del draft.entries[draft.at(draft.one(kind)) :]

    return forge(kits.made, tmp_path / "short", change)


@pytest.mark.parametrize("kind", ["root", "register", "cards"])
def test_the_record_is_not_there_yet(kits, scene, tmp_path, kind):
    record = shortened(kits, tmp_path, kind)
    with pytest.raises(InputError) as caught:
        made_kit(kits.made, scene.election, tmp_path / "work", record=record, vote=None, extract=b"")
    (fault,) = caught.value.problems
    assert (fault.code, fault.found) == ("W1.10", "nothing")


def test_a_kit_is_made_before_anything_is_installed(kits, scene, tmp_path):
    record = shortened(kits, tmp_path, "installation")
    with pytest.raises(InputError):
        # The record is played device by device: the list of the second station comes after this.
        made_kit(kits.made, scene.election, tmp_path / "work", record=record)
    first = made_kit(
        kits.made, scene.election, tmp_path / "first", record=record, station="0001",
        extract=extract_of(kits.made, scene.election, station="0001"),
    )  # fmt: skip
    assert first.kit.devices[0].id == "0001-m1"


def test_a_record_with_a_changed_file_gives_no_kit(kits, scene, tmp_path):
    record = tmp_path / "record"
    shutil.copytree(kits.made.folder, record)
    path = record / "files/definition/stations.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(InputError) as caught:
        made_kit(kits.made, scene.election, tmp_path / "work", record=record)
    assert {p.facts["reason"] for p in caught.value.problems} >= {"L8.6"}
    assert {p.code for p in caught.value.problems} == {"W1.10"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"station": "0009", "extract": b""}, "W1.9"),
        ({"vote": "simulation/3/0", "extract": b""}, "W1.10"),
        ({"policy": b"nonsense"}, None),
        ({"commission": "nobody"}, "W1.3"),
    ],
)
def test_an_order_that_cannot_be(kits, scene, tmp_path, more, code):
    with pytest.raises((InputError, LogError)) as caught:
        made_kit(kits.made, scene.election, tmp_path / "work", **more)
    if code is None:
        assert caught.value.code == "L4.2"
    else:
        assert caught.value.problems[0].code == code


def test_without_a_policy_the_one_of_the_definition_is_taken(kits, scene, tmp_path):
    kit = made_kit(kits.made, scene.election, tmp_path / "work").kit
    assert kit.policy.quorum == "kit"
    assert kit.policy.groups["kit"].threshold == 2
    given = (kits.made.folder.parent / "policy").read_bytes()
    with_own = made_kit(kits.made, scene.election, tmp_path / "other", policy=given).kit
    assert with_own.policy == parse_policy(given)


def result_of_other_form(draft):
    draft.change_file(draft.one("result")["file"], lambda v: v.update(constituencies={"c2": {}}))


def result_without_the_two(draft):
    for entry in draft.all("result"):
        draft.change_file(entry["file"], lambda v: v["constituencies"]["c2"].update(run_off=["c2-a"]))


@pytest.mark.parametrize(
    ("change", "code"), [(result_of_other_form, "W1.10"), (result_without_the_two, "W1.8")]
)
def test_a_run_off_without_two_options_gives_no_kit(kits, scene, tmp_path, change, code):
    record = forge(kits.made, tmp_path / "forged", change)
    with pytest.raises(InputError) as caught:
        made_kit(kits.made, scene.election, tmp_path / "work", record=record, vote="simulation/2/0")
    assert caught.value.problems[0].code == code


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_change_of_any_byte_ends_in_anything_but_a_refusal(kits, data):
    """Somebody with the commission's key changes bytes of one file, and signs."""
    path = data.draw(st.sampled_from(sorted(kits.packed.files)))
    old = kits.packed.files[path]
    at = data.draw(st.integers(0, len(old) - 1))
    end = data.draw(st.integers(at, min(len(old), at + 4)))
    new = old[:at] + data.draw(st.binary(max_size=4)) + old[end:]
    assume(new != old)
    changed = kits.forge(lambda files: files.update({path: new}))
    if path == "policy":
        # A comment of a policy may say anything, and a name in it may be another.
        with suppress(InputError):
            read_kit(changed, kits.key)
        return
    with pytest.raises(InputError):
        read_kit(changed, kits.key)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.integers(0, 1 << 20), new=st.integers(1, 255))
def test_no_change_of_the_file_goes_unnoticed(kits, at, new):
    data = bytearray(kits.data)
    data[at % len(data)] ^= new
    with pytest.raises(InputError):
        read_kit(kits.write(bytes(data)), kits.key)


def test_a_kit_is_a_zip_file_that_any_program_opens(kits):
    with zipfile.ZipFile(io.BytesIO(kits.data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert names[:2] == ["kit.json", "kit.sig"]
    assert names[2:] == sorted(names[2:])
    assert "register.extract" in names
