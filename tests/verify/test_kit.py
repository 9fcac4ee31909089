"""The kit of a station as a file: what it says, who signed it, and one spelling."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from forged_records import log_of
from made_kits import STATION, VOTE, made_kit, spec_of

from dauys.crypto.ballots import Encryptor, verify_ballots
from dauys.crypto.shapes import canonical
from dauys.record.book import open_record
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.note import parse_note
from dauys.record.proof import TlogProof
from dauys.record.reader import LogReader
from dauys.verify.kit import read_kit
from dauys.verify.kit_file import MAX_KIT, Manifest, encode_kit

VECTORS = Path(__file__).parents[2] / "spec" / "vectors" / "kit"


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
    for index, data in enumerate(log_of(kits.made.folder)):
        value = json.loads(data)
        if value["kind"] == kind and value.get("vote", vote) == vote:
            return index, data
    raise LookupError(kind)


def added(kits, kind, vote=VOTE):
    """A change that adds an entry of the record with its proof, as it stands there."""
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
