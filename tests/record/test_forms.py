"""Every kind of entry and every form of a file, each field missing, unknown and wrong, from the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from form_samples import GOOD, bad, good, sample

from dauys.record.forms import files_of_entry, kinds, load_forms, misfits_of_entry, misfits_of_file

SPEC = Path(__file__).parents[2] / "spec"
FORMS = load_forms()
KINDS = [(log, kind) for log in ("election", "device") for kind in FORMS[log]]
FIELDS = [(log, kind, key, of) for log, kind in KINDS for key, of in FORMS[log][kind].items()]
FILES = [name for name in FORMS["files"] if "." not in name]


def test_the_table_of_the_program_is_that_of_the_specification():
    package = Path(__file__).parents[2] / "src" / "dauys" / "record" / "entries.json"
    assert package.read_bytes() == (SPEC / "entries.json").read_bytes()


def test_every_type_of_the_table_has_a_test():
    assert {one for one in FORMS["types"] if one.isalnum()} - {"object"} == GOOD.keys()


@pytest.mark.parametrize(("log", "kind"), KINDS)
def test_an_entry_of_each_kind_fits(log, kind):
    value = sample(log, kind)
    assert misfits_of_entry(value, log) == []
    other = "device" if log == "election" else "election"
    assert [one.path for one in misfits_of_entry(value, other)] == ["kind"]


@pytest.mark.parametrize(("log", "kind"), KINDS)
def test_a_field_too_many(log, kind):
    found = misfits_of_entry({**sample(log, kind), "more": None}, log)
    assert [(one.path, one.found, one.expected) for one in found] == [("more", "unknown field", "nothing")]


@pytest.mark.parametrize(("log", "kind", "key", "of"), FIELDS)
def test_a_field_that_is_missing(log, kind, key, of):
    value = sample(log, kind)
    del value[key]
    assert [(one.path, one.found, one.expected) for one in misfits_of_entry(value, log)] == [
        (key, "nothing", of)
    ]


@pytest.mark.parametrize(("log", "kind", "key", "of"), FIELDS)
def test_a_field_of_another_type(log, kind, key, of):
    for wrong in bad(of, f"{kind}.{key}", FORMS["objects"]):
        found = misfits_of_entry({**sample(log, kind), key: wrong}, log)
        assert [one.path.partition(".")[0].partition("[")[0] for one in found[:1]] == [key], wrong
        assert all(len(one.found) <= 64 for one in found)


@pytest.mark.parametrize(("log", "kind", "key", "of"), FIELDS)
def test_null_where_it_may_stand(log, kind, key, of):
    if of.startswith("?"):
        assert misfits_of_entry({**sample(log, kind), key: None}, log) == []


@pytest.mark.parametrize("value", [None, [], "x", 1, {}, {"kind": None}, {"kind": []}, {"kind": "nonsense"}])
@pytest.mark.parametrize("log", ["election", "device"])
def test_what_is_no_entry_at_all(log, value):
    assert len(misfits_of_entry(value, log)) == 1


@pytest.mark.parametrize("name", FILES)
def test_files_of_each_form(name):
    table = FORMS["files"]
    value = good("object", name, table)
    assert misfits_of_file(name, value) == []
    for wrong in bad("object", name, table):
        assert misfits_of_file(name, wrong) != [], wrong


def test_of_a_file_full_of_faults_a_hundred_are_named():
    value = {"schema": "dauys/tally/1", "totals": [0] * 10_000, "vote_id": "small/1/0", "wave": 1}
    found = misfits_of_file("tally", value)
    assert [one.path for one in found] == [f"totals[{i}]" for i in range(100)]


def test_what_was_found_is_short_however_large_it_is():
    value = {**sample("election", "notice"), "evidence": ["x" * 60_000] * 2, "outlet": "x" * 60_000}
    assert [(one.path, len(one.found) <= 60) for one in misfits_of_entry(value, "election")] == [
        ("evidence", True),
        ("outlet", True),
    ]


def test_files_are_those_of_the_table_and_not_what_looks_like_one():
    named = {kind: list(files_of_entry(kind, sample("election", kind))) for kind in kinds("election")}
    assert {kind: [name for name, _ in found] for kind, found in named.items() if found} == {
        "definition": ["election", "keys", "tables.one"],
        "ceremony": ["transcript"],
        "root": ["file"],
        "register": ["stations"],
        "cards": ["list"],
        "notice": ["document"],
        "wave": ["file"],
        "wave-signature": ["file"],
        "partial": ["file"],
        "tally": ["file"],
        "result": ["file"],
        "software": ["file"],
    }
    votes = {"path": 1, "sha256": 2, "size": 3}
    assert list(files_of_entry("protocol", {**sample("election", "protocol"), "votes": votes})) == []
    assert list(files_of_entry("notice", {**sample("election", "notice"), "document": None})) == []
