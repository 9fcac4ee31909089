"""The kit of a station: made out of a record, read with every check, refused for each thing that is wrong."""

from __future__ import annotations

import base64
import io
import json
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from forged_records import forge
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from made_kits import SEED, STATION, VOTE, Kits, extract_of, kits_of, made_kit

from dauys import _core
from dauys.crypto.ballots import Encryptor, verify_ballots
from dauys.crypto.cards import list_cards
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.errors import InputError
from dauys.formats.voters import parse_extract
from dauys.record.keys import ED25519, encode_secret_key
from dauys.record.policy import parse_policy
from dauys.simulate.record_vote import VotePlay
from dauys.simulate.scene import scene_of_seed
from dauys.verify.kit import read_kit
from dauys.verify.kit_file import MAX_KIT
from dauys.verify.kit_secrets import MARKS

VECTORS = Path(__file__).parents[2] / "spec" / "vectors" / "kit"


@pytest.fixture(scope="module")
def scene():
    return scene_of_seed(2, 40, SEED)


@pytest.fixture(scope="module")
def kits(small_record, scene, tmp_path_factory) -> Kits:
    return kits_of(small_record, scene.election, tmp_path_factory.mktemp("kits"))


@pytest.fixture
def refused(kits):
    """The problems of a kit that is refused."""

    def read(path, key=None):
        with pytest.raises(InputError) as caught:
            read_kit(path, kits.key if key is None else key)
        return caught.value.problems

    return read


def spec_of(scene, number=1):
    play = VotePlay(None, scene, None, SEED, number, b"")
    station, device = next(pair for pair in play.devices() if pair[0].id == STATION)
    return play.spec(station, device)


# --- what a station reads --------------------------------------------------------------------------------


def test_a_kit_says_what_a_station_must_know(kits, scene):
    kit = read_kit(kits.write(kits.data), kits.key)
    assert (kit.vote_id, kit.station, kit.version, kit.style) == (VOTE, STATION, 1, "all-c2")
    assert kit.options == {"list": ("sun", "moon", "star"), "c2": ("c2-a", "c2-b", "c2-d")}
    assert kit.opens.isoformat() == "2004-09-19T07:00:00+06:00"
    assert kit.closes.isoformat() == "2004-09-19T20:00:00+06:00"
    assert kit.election == scene.election
    assert len(kit.voters) == 220 == scene.election.stations[1].registered
    assert (kit.commission, kit.commission_key) == ("centre", kits.key)
    assert kit.log_key == kits.made.parties.log.verifier
    assert kit.policy == kits.made.policy or kit.policy.logs == kits.made.policy.logs
    assert kit.simulation.startswith("SIMULATION")
    (device,) = kit.devices
    assert (device.id, device.kind) == ("0002-m1", "main")
    assert device.origin == "simulation.invalid/simulation/1/0/device/0002-m1"
    assert device.cards == spec_of(scene).card_list().hashes
    assert kit.device("0002-m1") is device


def test_names_of_voters_are_not_shown_where_a_kit_is_printed(kits):
    kit = read_kit(kits.write(kits.data), kits.key)
    assert kit.voters[0].name_kk not in repr(kit)
    assert kit.voters[0].name_kk not in repr(kits.packed)


def test_ballots_are_made_with_what_the_kit_says(kits, scene):
    kit, spec = read_kit(kits.write(kits.data), kits.key), spec_of(scene)
    made = Encryptor(kit.ballots, kit.vote_id, "0002-m1", kit.style).encrypt(
        spec.cards()[0], spec.coin_key, bytes([1, 0, 0, 0, 1, 0])
    )
    assert verify_ballots(kit.ballots, "0002-m1", [made]).faults == ()


def test_the_same_input_gives_the_same_bytes(kits, scene, tmp_path):
    again = made_kit(kits.made, scene.election, tmp_path / "work")
    assert again.data == kits.data
    assert again.kit.fingerprint == kits.packed.manifest.fingerprint
    assert len(again.kit.fingerprint) == 24


@pytest.mark.parametrize("changed", [{"version": 2}, {"commission": "c2"}, {"policy": b"quorum"}])
def test_another_input_gives_another_fingerprint(kits, scene, tmp_path, changed):
    if "policy" in changed:
        changed["policy"] = kits.packed.files["policy"] + b"# a line more\n"
    made = made_kit(kits.made, scene.election, tmp_path / "work", **changed)
    assert made.kit.fingerprint != kits.packed.manifest.fingerprint


def test_a_run_off_has_the_two_who_are_in_it(kits, scene, tmp_path):
    kit = made_kit(kits.made, scene.election, tmp_path / "work", vote="simulation/2/0").kit
    assert kit.options == {"c2": ("c2-a", "c2-b")}
    assert kit.opens.isoformat() == "2004-10-03T07:00:00+06:00"
    assert len(kit.ballots.contests) == 1


def test_without_a_key_the_one_in_the_kit_is_taken(kits):
    assert read_kit(kits.write(kits.data), None).commission_key == kits.key


def test_the_vector_reads_as_it_says():
    told = json.loads((VECTORS / "small.json").read_text(encoding="utf-8"))
    kit = read_kit(VECTORS / "small.zip", bytes.fromhex(told["commission_key"]))
    found = {
        "station": kit.station,
        "vote": kit.vote_id,
        "fingerprint": kit.fingerprint,
        "sha256": kit.sha256,
        "root": kit.ballots.root.hex(),
        "style": kit.style,
        "devices": {device.id: len(device.cards) for device in kit.devices},
        "voters": len(kit.voters),
        "register": kit.extract_hash,
        "opens": kit.opens.isoformat(),
    }
    assert found == {name: value for name, value in told.items() if name in found}


# --- who signed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("commission", ["centre", "c2"])
def test_the_centre_or_a_commission_above_the_station_signs(kits, commission):
    key = kits.made.parties.commission(commission).public()
    assert read_kit(kits.forge(signer=commission), key).commission == commission


@pytest.mark.parametrize(
    ("signer", "commission"),
    [("0002", "0002"), ("c1", "c1"), ("0001", "0001"), ("c1", "centre"), ("centre", "nobody")],
    ids=["itself", "of elsewhere", "another station", "in the name of another", "unknown"],
)
def test_nobody_else_signs(kits, refused, signer, commission):
    key = kits.made.parties.commission(commission).public()
    assert refused(kits.forge(signer=signer, commission=commission), key)[0].code == "W1.3"


def test_the_expected_key_must_be_the_one(kits, refused):
    other = kits.made.parties.commission("c2").public()
    (fault,) = refused(kits.write(kits.data), other)
    assert (fault.code, fault.found, fault.expected) == ("W1.3", kits.key.hex(), other.hex())


@pytest.mark.parametrize("at", [0, 31, 32, 63])
def test_a_changed_signature_fails(kits, refused, at):
    signature = bytearray(kits.packed.signature)
    signature[at] ^= 1
    data = kits.data.replace(kits.packed.signature.hex().encode(), signature.hex().encode())
    # The checksum of the zip file is mended too: it is no defence.
    files = {**kits.packed.files}
    from dauys.verify.kit_file import encode_kit

    assert refused(kits.write(data))[0].code == "W1.1"
    path = kits.write(encode_kit(kits.packed.manifest, bytes(signature), files))
    assert refused(path)[0].code == "W1.3"


# --- the file --------------------------------------------------------------------------------------------


def deflated(other, files):
    for name, data in files.items():
        other.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def dated(other, files):
    for name, data in files.items():
        other.writestr(zipfile.ZipInfo(name, (2004, 9, 1, 0, 0, 0)), data)


def in_a_folder(other, files):
    for name, data in files.items():
        other.writestr(zipfile.ZipInfo(f"kit/{name}", (1980, 1, 1, 0, 0, 0)), data)


def backwards(other, files):
    for name, data in reversed(files.items()):
        other.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)


@pytest.mark.parametrize("pack", [deflated, dated, in_a_folder, backwards])
def test_a_kit_packed_again_is_refused(kits, refused, pack):
    assert refused(kits.zipped(pack))[0].code == "W1.6"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: b"#!/bin/sh\n" + d,
        lambda d: d[:-2] + b"\x05\x00later",
        lambda d: d[: d.index(b"PK\x01\x02")] + b"hidden" + d[d.index(b"PK\x01\x02") :],
    ],
    ids=["before", "comment", "between"],
)
def test_nothing_lies_around_the_files(kits, refused, change):
    assert refused(kits.write(change(kits.data)))[0].code in {"W1.6", "W1.1"}


def encrypted(data):
    at = data.index(b"PK\x01\x02")
    return data[: at + 8] + b"\x01" + data[at + 9 :]


def symlink(data):
    at = data.index(b"PK\x01\x02")
    return data[: at + 38] + (0o120777 << 16).to_bytes(4, "little") + data[at + 42 :]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"no zip file",
        lambda d: d[:-30],
        lambda d: d[: len(d) // 2],
        encrypted,
        symlink,
        lambda d: d.replace(b"kit.json", b"kit.jsox"),
        lambda d: d.replace(b"kit.sig", b"kit.sik"),
    ],
    ids=["empty", "text", "cut", "half", "encrypted", "link", "no manifest", "no signature"],
)
def test_what_is_no_kit_is_named(kits, refused, change):
    assert refused(kits.write(change(kits.data)))[0].code == "W1.1"


def test_a_kit_that_is_not_there_or_is_a_folder(kits, refused, tmp_path):
    assert refused(tmp_path / "nothing.zip")[0].code == "W1.1"
    assert refused(tmp_path)[0].code == "W1.1"


def test_a_file_too_large_is_not_read_to_its_end(kits, refused, tmp_path):
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        file.truncate(MAX_KIT + 1)
    (fault,) = refused(path)
    assert (fault.code, fault.facts["reason"]) == ("W1.1", "L7.2")


def test_a_bomb_is_not_unpacked(kits, refused):
    def pack(other, files):
        for name, data in files.items():
            other.writestr(name, b"0" * 20_000_000 if name == "kit.json" else data, zipfile.ZIP_DEFLATED)

    (fault,) = refused(kits.zipped(pack))
    assert (fault.code, fault.facts["reason"]) == ("W1.1", "L7.2")


def test_many_files_or_a_path_twice(kits, refused):
    def many(other, files):
        for name, data in (*files.items(), *((f"a{at}", b"") for at in range(1001))):
            other.writestr(name, data)

    assert refused(kits.zipped(many))[0].code == "W1.1"

    def twice(other, files):
        for name, data in (*files.items(), *files.items()):
            other.writestr(name, data)

    with pytest.warns(UserWarning, match="Duplicate name"):
        path = kits.zipped(twice)
    assert refused(path)[0].code == "W1.1"


# --- manifest and files ----------------------------------------------------------------------------------


def manifest_with(kits, change):
    """The kit with another manifest, well signed, packed as it should be."""
    from dauys.verify.kit_file import Manifest, encode_kit

    value = json.loads(kits.packed.manifest.data)
    data = change(value) or canonical(value)
    manifest = Manifest("centre", STATION, VOTE, 1, data)
    signature = kits.made.parties.commission("centre").sign(manifest.digest)
    return kits.write(encode_kit(manifest, signature, kits.packed.files))


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.pop("version") and None,
        lambda v: v.update(version=0),
        lambda v: v.update(schema="dauys/kit/2"),
        lambda v: v.update(kind="trustee"),
        lambda v: v.update(more=1),
        lambda v: v.update(station=7),
        lambda v: v.update(vote="simulation/one/0"),
        lambda v: v["files"].reverse(),
        lambda v: v["files"].append(v["files"][-1]),
        lambda v: json.dumps(v).encode(),
        lambda _: b"[]",
        lambda _: b"[" * 100_000,
    ],
)
def test_a_manifest_has_one_form(kits, refused, change):
    assert refused(manifest_with(kits, change))[0].code == "W1.2"


def test_a_path_that_leads_outside(kits, refused):
    path = manifest_with(kits, lambda v: v["files"].insert(0, {**v["files"][0], "path": "../kit"}))
    (fault,) = refused(path)
    assert (fault.code, fault.facts["reason"]) == ("W1.1", "L7.4")


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v["files"].pop(),
        lambda v: v["files"].insert(0, {**v["files"][0], "path": "aa"}),
        lambda v: v["files"][0].update(sha256="00" * 32),
        lambda v: v["files"][0].update(size=v["files"][0]["size"] + 1),
    ],
    ids=["extra", "missing", "hash", "size"],
)
def test_files_are_those_of_the_manifest(kits, refused, change):
    assert refused(manifest_with(kits, lambda v: change(v) and None))[0].code == "W1.4"


def entry_of(kits, kind, vote=VOTE):
    """Index of the first entry of a kind in the record, and its bytes."""
    from forged_records import log_of

    for index, data in enumerate(log_of(kits.made.folder)):
        value = json.loads(data)
        if value["kind"] == kind and value.get("vote", vote) == vote:
            return index, data
    raise LookupError(kind)


def added(kits, kind, vote=VOTE):
    """A change that adds an entry of the record with its proof, as it stands there."""
    from dauys.record.book import open_record
    from dauys.record.checkpoint import parse_checkpoint
    from dauys.record.note import parse_note
    from dauys.record.proof import TlogProof
    from dauys.record.reader import LogReader

    index, data = entry_of(kits, kind, vote)

    def change(files):
        with open_record(str(kits.made.folder)) as record:
            note = parse_note(record.checkpoint())
            checkpoint = parse_checkpoint(note.text)
            reader = LogReader(record.source, checkpoint.size, checkpoint.root)
            files[f"entry/{index}.json"] = data
            files[f"proof/{index}"] = TlogProof(index, reader.inclusion_proof(index), note).encode()
            value = json.loads(data)
            for name in ("file", "stations", "list", "transcript"):
                if name in value:
                    files[value[name]["path"]] = (kits.made.folder / value[name]["path"]).read_bytes()

    return change


def without(kits, kind):
    def change(files):
        index, data = next(
            (int(name[6:-5]), data)
            for name, data in files.items()
            if name.startswith("entry/") and json.loads(data)["kind"] == kind
        )
        del files[f"entry/{index}.json"], files[f"proof/{index}"]
        value = json.loads(data)
        for name in ("file", "stations", "list"):
            if name in value:
                del files[value[name]["path"]]

    return change


@pytest.mark.parametrize("kind", ["root", "register", "cards"])
def test_an_entry_that_a_station_needs_is_not_there(kits, refused, kind):
    assert refused(kits.forge(without(kits, kind)))[0].code == "W1.8"


@pytest.mark.parametrize(
    ("kind", "vote"), [("ceremony", VOTE), ("result", VOTE), ("turnout", VOTE), ("root", "simulation/2/0")]
)
def test_other_entries_have_no_place_in_a_kit(kits, refused, kind, vote):
    found = refused(kits.forge(added(kits, kind, vote)))
    assert found[0].code == "W1.8"


@pytest.mark.parametrize("name", ["note.txt", "files/definition/more.csv", "entry/x.json", "device.key"])
def test_other_files_have_no_place_in_a_kit(kits, refused, name):
    (fault,) = refused(kits.forge(lambda files: files.update({name: b"more"})))
    assert (fault.code, fault.found) == ("W1.4", "a file")


@pytest.mark.parametrize("name", ["policy", "register.extract", "proof/0"])
def test_a_file_that_belongs_there_is_not(kits, refused, name):
    (fault,) = refused(kits.forge(lambda files: files.pop(name)))
    assert (fault.code, fault.found) == ("W1.4", "nothing")


@pytest.mark.parametrize("name", ["files/definition/stations.csv", "files/1-0/root.json"])
def test_files_are_those_of_the_entries(kits, refused, name):
    assert refused(kits.forge(lambda files: files.update({name: files[name] + b" "})))[0].code == "W1.4"


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


# --- secrets ---------------------------------------------------------------------------------------------

PLANTED = {
    "signing key of a log, witness or commission": encode_secret_key("a/b", ED25519, b"\7" * 32).encode(),
    "age identity": b"AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
    "age identity with a plugin": b"AGE-PLUGIN-YUBIKEY-1QQQQQQQQ",
    "age file": b"age-encryption.org/v1",
    "trustee's secret": b"dauys/trustee-secret/1",
    "PEM private key": b"-----BEGIN ENCRYPTED PRIVATE KEY-----",
    "SSH private key": b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
    "PuTTY private key": b"PuTTY-User-Key-File-3: ssh-ed25519",
    "PGP private key": b"-----BEGIN PGP PRIVATE KEY BLOCK-----",
    "minisign or signify key": b"untrusted comment: minisign encrypted secret key",
    "Ed25519 private key in DER": base64.b64encode(
        bytes.fromhex("302e020100300506032b657004220420") + b"\7" * 32
    ),
    "JSON web key": b'{"crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}',
}


def planted(text: bytes, path: str = "policy"):
    """A secret in a comment of the policy: all else of the kit holds."""

    def change(files):
        files[path] += b"# " + text + b"\n"

    return change


def test_a_comment_alone_is_no_reason_to_refuse(kits):
    path = kits.forge(planted(b"made on 2004-09-01 by the centre; PRIVATE KEY is a word"))
    assert read_kit(path, kits.key).station == STATION


def test_every_mark_has_its_example():
    assert PLANTED.keys() == MARKS.keys()


#: Base64 has one case; of all other marks the case of letters does not matter.
ONE_CASE = {"JSON web key", "Ed25519 private key in DER", "SSH private key"}
WRITTEN = [(what, bytes) for what in PLANTED]
WRITTEN += [(what, bytes.swapcase) for what in PLANTED if what not in ONE_CASE]


@pytest.mark.parametrize(("what", "turn"), WRITTEN)
def test_private_keys_are_found_whoever_signed(kits, refused, what, turn):
    found = refused(kits.forge(planted(turn(PLANTED[what]))))
    assert {(one.code, one.hint) for one in found} == {("W1.5", "make_again")}
    assert what in {one.found for one in found}


def test_a_finding_never_shows_the_secret(kits):
    with pytest.raises(InputError) as caught:
        read_kit(kits.forge(planted(PLANTED["age identity"])), kits.key)
    assert "QQQQ" not in str(caught.value) + repr(caught.value.problems)


@pytest.mark.parametrize("form", ["raw", "hex", "hex and a line end", "HEX"])
def test_thirty_two_bytes_alone_are_a_key(kits, refused, form):
    seed = b"\x81" * 32
    data = {
        "raw": seed,
        "hex": seed.hex().encode(),
        "hex and a line end": seed.hex().encode() + b"\n",
        "HEX": seed.hex().upper().encode(),
    }
    found = refused(kits.forge(lambda files: files.update({"dauys-key": data[form]})))
    assert [(one.code, one.found) for one in found] == [("W1.5", "32 bytes alone")]


def seeds(kits):
    parties = kits.made.parties
    return {
        "commission": parties.secret("commission", "centre"),
        "station": parties.secret("commission", "0001"),
        "log": parties.secret("log"),
        "witness": parties.secret("witness", 2),
    }


@pytest.mark.parametrize("whose", ["commission", "station", "log", "witness"])
@pytest.mark.parametrize(
    "form",
    [
        lambda s: s.hex(),
        lambda s: s.hex().upper(),
        lambda s: (b"\0" * 32 + s).hex(),
        lambda s: base64.b64encode(s).decode(),
        lambda s: base64.urlsafe_b64encode(s).decode().rstrip("="),
        lambda s: base64.b64encode(b"\1" + s).decode(),
    ],
    ids=["hex", "HEX", "behind others", "base64", "url", "note key"],
)
def test_the_seed_of_a_key_that_the_kit_names_is_found(kits, refused, whose, form):
    (fault,) = refused(kits.forge(planted(form(seeds(kits)[whose]).encode())))
    assert (fault.code, fault.found) == ("W1.5", "seed of a key that the kit names")


@pytest.mark.parametrize("form", ["letters", "together", "small", "hex"])
def test_the_secret_of_a_card_is_found(kits, refused, scene, form):
    secret = spec_of(scene).cards()[7]
    letters = _core.card_letters(secret)
    text = {
        "letters": letters,
        "together": letters.replace("-", ""),
        "small": letters.lower(),
        "hex": secret.hex(),
    }[form]
    (fault,) = refused(kits.forge(planted(text.encode())))
    assert (fault.code, fault.found) == ("W1.5", "secret of a card")


def test_a_card_of_elsewhere_is_nobodys_secret_here(kits):
    other = _core.card_letters(b"\5" * 16)
    assert list_cards(VOTE, "0002-m1", [b"\5" * 16]).hashes[0] not in spec_of_hashes(kits)
    assert read_kit(kits.forge(planted(other.encode())), kits.key).station == STATION


def spec_of_hashes(kits):
    return read_kit(kits.write(kits.data), kits.key).device("0002-m1").cards


def test_a_kit_with_a_secret_is_not_made_either(kits, scene, tmp_path):
    policy = kits.packed.files["policy"] + b"# " + PLANTED["age identity"] + b"\n"
    with pytest.raises(InputError) as caught:
        made_kit(kits.made, scene.election, tmp_path / "work", policy=policy)
    assert caught.value.problems[0].code == "W1.5"


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
    from dauys.record.faults import LogError

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
