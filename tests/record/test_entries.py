"""Entries from bytes: whatever the bytes are, an entry of its form or a LogError, soon."""

from __future__ import annotations

import json
import random
import time
from contextlib import suppress

import pytest
from form_samples import sample
from hypothesis import given
from hypothesis import strategies as st

from dauys.crypto.shapes import canonical
from dauys.record.entries import (
    MAX_ENTRY,
    FileRef,
    encode_entry,
    files_of,
    is_ballot,
    parse_entry,
    parse_json,
)
from dauys.record.faults import LogError
from dauys.record.forms import kinds

CODES = {"election": "L8.3", "device": "L9.8"}


@pytest.mark.parametrize(("log", "kind"), [(log, kind) for log in CODES for kind in kinds(log)])
def test_what_is_written_is_read(log, kind):
    value = sample(log, kind)
    data = encode_entry(log, **value)
    entry = parse_entry(data, 7, log)
    assert (entry.index, entry.data) == (7, data)
    assert {"kind": entry.kind, **entry.fields} == value
    assert not is_ballot(data)


def test_our_own_mistakes_are_not_written():
    with pytest.raises(ValueError, match="evidence"):
        encode_entry("election", **{**sample("election", "notice"), "evidence": 7})
    with pytest.raises(ValueError, match="kind"):
        encode_entry("device", "notice")
    with pytest.raises(ValueError, match="bytes"):
        encode_entry("election", **{**sample("election", "decision"), "order": ["a" * 64] * 1000})


INCIDENT = {"at": "2004-09-19T20:00:00+06:00", "kind": "incident", "what": "x"}


def fault_of(data: bytes, log: str = "device") -> LogError:
    with pytest.raises(LogError) as caught:
        parse_entry(data, 3, log)
    assert caught.value.code == CODES[log]
    return caught.value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01ballot",
        b"null",
        b"[]",
        b"7",
        b"\xff\xfe",
        b"\xef\xbb\xbf" + canonical(INCIDENT),
        canonical(INCIDENT) + b"\n",
        b" " + canonical(INCIDENT),
        json.dumps(INCIDENT, indent=1).encode(),
        json.dumps(INCIDENT).encode("utf-16"),
        b'{"kind":"incident","what":"x","at":"2004-09-19T20:00:00+06:00"}',
        canonical(INCIDENT).replace(b'"what":"x"', b'"what":"x","what":"x"'),
        canonical(INCIDENT).replace(b'"x"', b'"\\ud800"'),
        canonical(INCIDENT).replace(b'"x"', b'"\xed\xa0\x80"'),
        canonical(INCIDENT).replace(b'"x"', b'"\\u0078"'),
        *(
            canonical(INCIDENT).replace(b'"x"', number)
            for number in (
                b"1.0",
                b"0.5",
                b"1e2",
                b"1e999",
                b"-0",
                b"NaN",
                b"Infinity",
                b"-Infinity",
                b"9007199254740993",
                b"9" * 5_000,
                b"9" * 60_000,
            )
        ),
    ],
)
def test_bytes_that_are_no_entry(data):
    assert fault_of(data).problem.place.file == "device log, entry 3"


def test_an_entry_of_another_form_names_its_field():
    fault = fault_of(canonical({**INCIDENT, "at": "yesterday"}))
    assert (fault.problem.facts["field"], fault.problem.found, fault.problem.expected) == (
        "at",
        "'yesterday'",
        "at",
    )


def test_an_entry_over_its_size_is_refused_before_it_is_parsed():
    assert fault_of(b'"' * (MAX_ENTRY + 1)).problem.expected == f"at most {MAX_ENTRY}"


def hidden(depth: int) -> bytes:
    """Brackets whose depth shows only where UTF-16 is read as such; in UTF-8 they stand in a string."""
    return ('{"a":"\u0122","b":' + "[" * depth).encode("utf-16")


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 65_000,
        b'{"a":' * 13_000,
        b'{"a":' + b"[" * 9 + b"]" * 9 + b"}",
        b'{"a":"\\"",' + b'"b":' + b"[" * 60_000,
        b'{"a":"\\\\",' + b'"b":' + b"[" * 60_000,
        b"]" * 30_000 + b"[" * 30_000,
        hidden(20_000),
    ],
)
def test_deep_nesting(data):
    fault_of(data)


def test_brackets_in_strings_are_no_nesting():
    for text in ("[" * 100, '"' + "[" * 100, "\\" + "{" * 100, '\\"' * 10 + "[" * 9):
        entry = parse_entry(canonical({**INCIDENT, "what": text}), 0, "device")
        assert entry.fields["what"] == text


def test_eight_levels_and_no_more():
    eight = b'{"a":' + b"[" * 7 + b"]" * 7 + b"}"
    assert parse_json(eight, "L8.8", "x")
    with pytest.raises(LogError, match="8 levels"):
        parse_json(b'{"a":' + b"[" * 8 + b"]" * 8 + b"}", "L8.8", "x")


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":[' + b"[]," * 3_000_000 + b"[]]}",
        b'{"a":[' + b"0," * 3_000_000 + b"0]}",
        b'{"a":[' + b"{}," * 1_500_000 + b"{}]}",
    ],
)
def test_a_small_file_that_would_take_gigabytes(data):
    with pytest.raises(LogError, match="more values"):
        parse_json(data, "L8.8", "x")


@pytest.mark.parametrize("data", [b'"' + b'\\"' * 4_000_000, b'"\\' * 4_000_000, b'"' * 8_000_001])
def test_unending_strings_take_time_of_their_length(data):
    # A search that begins anew at every quote would take hours.
    start = time.monotonic()
    with pytest.raises(LogError):
        parse_json(data, "L8.8", "x")
    assert time.monotonic() - start < 20


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_a_log_error(data):
    with pytest.raises(LogError):
        parse_entry(data, 0, "election")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
    max_leaves=20,
)


@given(st.sampled_from(sorted(kinds("election"))), st.data())
def test_any_value_in_any_field_is_read_or_refused(kind, data):
    value = sample("election", kind)
    key = data.draw(st.sampled_from(sorted(value)))
    raw = json.dumps({**value, key: data.draw(json_values)}, sort_keys=True, separators=(",", ":")).encode()
    with suppress(LogError):
        entry = parse_entry(raw, 0, "election")
        assert canonical({"kind": entry.kind, **entry.fields}) == raw


def test_every_changed_byte_is_read_as_it_stands_or_refused():
    chance = random.Random(5)
    good = encode_entry("election", **sample("election", "result"))
    for _ in range(3_000):
        data = bytearray(good)
        data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            entry = parse_entry(bytes(data), 0, "election")
        except LogError:
            continue
        assert canonical({"kind": entry.kind, **entry.fields}) == data


def test_references():
    ref = FileRef.for_bytes("files/a", b"abc")
    assert ref == FileRef.of(ref.as_json())
    assert (ref.size, ref.sha256[:8]) == (3, "ba7816bf")
    entry = parse_entry(encode_entry("election", **sample("election", "definition")), 0, "election")
    assert [(name, one.path) for name, one in files_of(entry)] == [
        (name, "files/1-0/root.json") for name in ("election", "keys", "tables.one")
    ]


def test_the_first_byte_tells_ballots():
    assert is_ballot(b"\x01rest")
    assert not is_ballot(b"")
    assert not is_ballot(b"{}")
