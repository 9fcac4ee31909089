"""The quick look at RFC 8785 form says what the library says."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from dauys.record.entries import is_canonical
from dauys.record.entries import parse_json as parse
from dauys.record.faults import LogError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def slow(value: object, data: bytes) -> bool:
    try:
        return rfc8785.dumps(value) == data
    except (ValueError, rfc8785.CanonicalizationError):
        return False


def quick(value: object, data: bytes) -> bool:
    try:
        return is_canonical(value, data)
    except (ValueError, rfc8785.CanonicalizationError):
        return False


@given(VALUES, st.booleans(), st.booleans(), st.sampled_from([(",", ":"), (", ", ":")]))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_quick_and_slow_agree(
    value: object, ascii_only: bool, in_order: bool, marks: tuple[str, str]
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, sort_keys=in_order, separators=marks)
    data = text.encode("utf-8", "surrogatepass")
    assert quick(value, data) == slow(value, data)


@pytest.mark.parametrize(
    "text",
    [
        r'{"a":"\u0041"}',
        r'{"a":"\ud800"}',
        r'{"a":"\u001F"}',
        r'{"a":"\/"}',
        '{"a":-0}',
        '{"a":1e2}',
        '{"a":9007199254740992}',
        '{"a":-9007199254740992}',
        '{"b":1,"a":1}',
        '{"a":1,"a":1}',
        '{"a":NaN}',
        '{"a": 1}',
        '{"a":1}\n',
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(LogError):
        parse(text.encode(), "L8.3", "x")


@pytest.mark.parametrize(
    "text", [r'{"a":"\u001f\n\\\""}', '{"a":9007199254740991,"b":"9007199254740993"}', '{"":{}}']
)
def test_the_one_spelling_is_taken(text: str) -> None:
    assert parse(text.encode(), "L8.3", "x") == json.loads(text)
