"""The fields of entries and files of a record, as `entries.json` lists them (`spec/record.md` §2).

The table is data: the writer, the verifier and the table of tampering read the same one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, Final, Literal

from dauys.record.faults import LogError
from dauys.record.keys import parse_verifier_key
from dauys.record.sources import MAX_PATH

Log = Literal["election", "device"]

ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
VOTE: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})/([1-9][0-9]{0,2})/(0|[1-9][0-9]{0,2})")
_HOUR = r"(?:[01][0-9]|2[0-3])"
# Years 1000 to 2999: a moment in any of them can be moved to another offset and still be one.
_AT = re.compile(rf"[12][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}T{_HOUR}(?::[0-5][0-9]){{2}}[+-]{_HOUR}:[0-5][0-9]")
_CLOCK = re.compile(rf"{_HOUR}:[0-5][0-9]")
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,2000}")
_NOTE = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]{1,20000}")
_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
FILE_PATH: Final = re.compile(rf"(?=.{{1,{MAX_PATH}}}\Z)files(?:/{_PART}){{1,5}}")
MAX_COUNT: Final = (1 << 53) - 1
MAX_NUMBER: Final = (1 << 31) - 1
#: Bytes of a committed file, at most.
MAX_FILE: Final = 268_435_456
#: Misfits that are named; a file of a million faults needs no list of a million.
MAX_MISFITS: Final = 100


@dataclass(frozen=True, slots=True)
class Misfit:
    """One place that does not have its form: the path inside the value, what was found, what was expected."""

    path: str
    found: str
    expected: str


@cache
def load_forms() -> Mapping[str, Any]:
    """Return the table of fields, the bytes of `spec/entries.json`."""
    return dict(json.loads(files("dauys.record").joinpath("entries.json").read_bytes()))


def kinds(log: Log) -> Mapping[str, Mapping[str, str]]:
    """Return the kinds of entries of a log, each with its fields and their types."""
    found: Mapping[str, Mapping[str, str]] = load_forms()[log]
    return found


def misfits_of_entry(value: object, log: Log) -> list[Misfit]:
    """Return what about an entry is not of the form of its kind; nothing where it fits.

    The first hundred are named.
    """
    if not isinstance(value, dict):
        return [Misfit("", _shown(value), "object")]
    kind = value.get("kind")
    fields = kinds(log).get(kind) if isinstance(kind, str) else None
    if fields is None:
        return [Misfit("kind", _shown(kind), "a kind of this log")]
    rest = {key: item for key, item in value.items() if key != "kind"}
    return list(islice(_object(fields, rest, kind or "", "", load_forms()["objects"]), MAX_MISFITS))


def files_of_entry(kind: str, fields: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every committed file that an entry of the election log names: its field, and the reference.

    The table says which fields are files, not their looks: votes of options called `path`, `sha256` and
    `size` are none. The entry has its form.
    """
    for name, of in kinds("election")[kind].items():
        value = fields[name]
        if of in ("file", "?file") and value is not None:
            yield name, value
        elif of == "{file}":
            yield from ((f"{name}.{key}", item) for key, item in value.items())


def misfits_of_file(name: str, value: object) -> list[Misfit]:
    """Return what about a committed file is not of its form: `keys`, `tally` or `result`; as above."""
    forms = load_forms()["files"]
    return list(islice(_object(forms[name], value, name, "", forms), MAX_MISFITS))


def _object(
    fields: Mapping[str, str], value: object, name: str, path: str, objects: Mapping[str, Any]
) -> Iterator[Misfit]:
    if not isinstance(value, dict):
        yield Misfit(path, _shown(value), "object")
        return
    for key in sorted(fields.keys() - value.keys()):
        yield Misfit(_below(path, key), "nothing", fields[key])
    for key in sorted(value.keys() - fields.keys()):
        yield Misfit(_below(path, str(key)[:64]), "unknown field", "nothing")
    for key in sorted(fields.keys() & value.keys()):
        yield from _value(fields[key], value[key], f"{name}.{key}", _below(path, key), objects)


def _value(kind: str, value: object, name: str, path: str, objects: Mapping[str, Any]) -> Iterator[Misfit]:
    if kind.startswith("?"):
        if value is not None:
            yield from _value(kind[1:], value, name, path, objects)
    elif kind.startswith("["):
        yield from _list(kind[1:-1], value, name, path, objects)
    elif kind.startswith("{"):
        yield from _mapping(kind[1:-1], value, name, path, objects)
    elif kind == "object":
        yield from _object(objects[name], value, name, path, objects)
    elif not _fits(kind, value):
        yield Misfit(path, _shown(value), kind)


def _list(kind: str, value: object, name: str, path: str, objects: Mapping[str, Any]) -> Iterator[Misfit]:
    if not isinstance(value, list):
        yield Misfit(path, _shown(value), "list")
        return
    for place, item in enumerate(value):
        yield from _value(kind, item, name, f"{path}[{place}]", objects)


def _mapping(kind: str, value: object, name: str, path: str, objects: Mapping[str, Any]) -> Iterator[Misfit]:
    if not isinstance(value, dict):
        yield Misfit(path, _shown(value), "object")
        return
    for key, item in value.items():
        if not ID.fullmatch(key):
            yield Misfit(path, _shown(key), "id")
        else:
            yield from _value(kind, item, name, _below(path, key), objects)


def _fits(kind: str, value: object) -> bool:
    if kind.startswith("word:"):
        return isinstance(value, str) and value in kind[5:].split("|")
    return _TESTS[kind](value)


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _whole(low: int, high: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_at(value: object) -> bool:
    if not isinstance(value, str) or not _AT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_key(value: object) -> bool:
    if not isinstance(value, str) or len(value) > 1000:
        return False
    try:
        parse_verifier_key(value)
    except LogError:
        return False
    return True


def _is_file(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"path", "sha256", "size"}
        and _matches(FILE_PATH)(value["path"])
        and _TESTS["hex32"](value["sha256"])
        and _whole(0, MAX_FILE)(value["size"])
    )


_TESTS: Final[Mapping[str, Callable[[object], bool]]] = {
    "at": _is_at,
    "clock": _matches(_CLOCK),
    "count": _whole(0, MAX_COUNT),
    "number": _whole(1, MAX_NUMBER),
    "flag": lambda value: isinstance(value, bool),
    "file": _is_file,
    "hex16": _matches(re.compile("[0-9a-f]{32}")),
    "hex32": _matches(re.compile("[0-9a-f]{64}")),
    "hex64": _matches(re.compile("[0-9a-f]{128}")),
    "id": _matches(ID),
    "key": _is_key,
    "note": _matches(_NOTE),
    "text": _matches(_TEXT),
    "vote": _matches(VOTE),
}


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(value: object) -> str:
    """Return a short text; what is large is not written out first to be cut then."""
    if isinstance(value, dict | list):
        return f"{'object' if isinstance(value, dict) else 'list'} of {len(value)}"
    text = repr(value[:60]) if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
