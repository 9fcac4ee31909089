"""JSON files that are signed: RFC 8785 bytes of exactly the shape a specification shows."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import rfc8785

from dauys.errors import InputError, Place, Problem

#: `int`, `name`, `text`, `text?` (or null), `id`, `vote`, `base64`, `hexN` (N bytes), `=word` (that word), a
#: list of one shape, a mapping of keys to shapes, or {"#": shape}: keys are decimal numbers.
Shape = str | list[Any] | dict[str, Any]

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
VOTE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}(?:/[A-Za-z0-9._-]{1,64}){2}")
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}")


def canonical(value: object) -> bytes:
    """Return the RFC 8785 bytes of a JSON value."""
    return rfc8785.dumps(value)  # type: ignore[arg-type]  # its own recursive JSON type; checked by rfc8785 at run time


def parse_canonical(data: bytes, name: str, shape: Shape, codes: tuple[str, str]) -> dict[str, Any]:
    """Return the value of a file whose bytes are canonical and whose shape is exactly this one.

    Raises InputError: the first of `codes` for bytes that are no canonical JSON, the second for other faults.
    """
    place = Place(file=name)
    try:
        value = json.loads(data)
        same = canonical(value) == data
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        same = False
    if not same:
        raise InputError([Problem(codes[0], place, expected="RFC 8785 JSON")])
    faults = [
        Problem(codes[1], Place(file=name, path=path), found=found, expected=expected)
        for path, found, expected in misfits(shape, value, "")
    ]
    if faults:
        raise InputError(faults)
    return dict(value)


def misfits(shape: Shape, value: object, path: str) -> Iterator[tuple[str, str, str]]:
    """Yield path, what was found and what was expected, for everything that does not have the shape."""
    if isinstance(shape, str):
        if not _fits(shape, value):
            yield path, _shown(value), shape
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield path, _shown(value), "list"
            return
        for place, item in enumerate(value):
            yield from misfits(shape[0], item, f"{path}[{place}]")
    else:
        yield from _misfits_of_mapping(shape, value, path)


def _misfits_of_mapping(shape: Mapping[str, Any], value: object, path: str) -> Iterator[tuple[str, str, str]]:
    if not isinstance(value, dict):
        yield path, _shown(value), "object"
        return
    if "#" in shape:
        for key, item in value.items():
            if _NUMBER.fullmatch(key):
                yield from misfits(shape["#"], item, f"{path}.{key}")
            else:
                yield path, key, "number"
        return
    for key in sorted(shape.keys() - value.keys()):
        yield f"{path}.{key}".lstrip("."), "nothing", "a value"
    for key in sorted(value.keys() - shape.keys()):
        yield f"{path}.{key}".lstrip("."), "unknown key", "nothing"
    for key in shape.keys() & value.keys():
        yield from misfits(shape[key], value[key], f"{path}.{key}".lstrip("."))


def _fits(shape: str, value: object) -> bool:
    if shape == "int":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 32
    if not isinstance(value, str):
        return shape == "text?" and value is None
    if shape.startswith("="):
        return value == shape[1:]
    if shape.startswith("hex"):
        return re.fullmatch(f"(?:[0-9a-f]{{2}}){{{shape[3:]}}}", value) is not None
    if shape == "base64":
        return _is_base64(value)
    pattern = {"id": ID, "vote": VOTE_ID, "name": _NAME}.get(shape)
    return pattern.fullmatch(value) is not None if pattern else True


def _is_base64(value: str) -> bool:
    try:
        return base64.b64encode(base64.b64decode(value, validate=True)).decode() == value
    except (binascii.Error, ValueError):
        return False


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
