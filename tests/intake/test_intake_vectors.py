"""Every vector of spec/vectors/intake gives its verdict, and the files are what their maker makes."""

from __future__ import annotations

import json

import make_intake_vectors
import pytest

from dauys.intake.faults import STATUS, IntakeError
from dauys.intake.manifest import parse_manifest
from dauys.intake.receipt import check_receipt
from dauys.intake.senders import check_signature, open_note
from dauys.record.keys import parse_verifier_key

FOLDER = make_intake_vectors.FOLDER
MANIFESTS = json.loads((FOLDER / "manifests.json").read_text())
RECEIPTS = json.loads((FOLDER / "receipts.json").read_text())


def verdict(function, *args):
    try:
        function(*args)
    except IntakeError as error:
        return error.code
    return "ok"


def judge(data: bytes) -> None:
    manifest = parse_manifest(data)
    device, badge = (parse_verifier_key(MANIFESTS["keys"][name]) for name in ("device", "badge"))
    if manifest.kind == "protocol":
        if not manifest.unsigned:
            check_signature(manifest, bytes.fromhex(MANIFESTS["keys"]["signer"]))
    else:
        open_note(manifest, [device, badge] if manifest.kind == "sighting" else [device])


@pytest.mark.parametrize("vector", MANIFESTS["vectors"], ids=lambda v: v["name"])
def test_manifests(vector):
    data = vector["manifest"].encode()
    assert verdict(judge, data) == vector["expect"]
    if "id" in vector:
        assert parse_manifest(data).id == vector["id"]


@pytest.mark.parametrize("vector", RECEIPTS["vectors"], ids=lambda v: v["name"])
def test_receipts(vector):
    key = parse_verifier_key(RECEIPTS["key"])
    assert verdict(check_receipt, vector["receipt"].encode(), key) == vector["expect"]


def test_the_files_are_what_their_maker_makes():
    made = make_intake_vectors.files()
    assert {name: (FOLDER / name).read_bytes() for name in made} == made
    assert {p.name for p in FOLDER.iterdir()} == {*made, "README.md"}


def test_the_codes_are_those_of_the_page():
    page = (FOLDER.parents[1] / "intake.md").read_text()
    rows = [line.split("|")[1:3] for line in page.split("\n") if line.startswith("| U1.")]
    listed = {code.strip(): int(status) for code, status in rows if status.strip()}
    assert listed == dict(STATUS)
