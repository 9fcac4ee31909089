"""Values of every type of `entries.json`: one that fits, and several that do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dauys.record.forms import load_forms
from dauys.record.keys import ED25519, Signer

KEY = Signer("example.test/small/log", ED25519, b"\x01" * 32).verifier.encode()
FILE = {"path": "files/1-0/root.json", "sha256": "0a" * 32, "size": 3}
AT = "2004-09-19T20:15:00+06:00"

GOOD: dict[str, object] = {
    "at": AT,
    "clock": "23:59",
    "count": 0,
    "number": 1,
    "flag": False,
    "file": FILE,
    "hex16": "0f" * 16,
    "hex32": "0f" * 32,
    "hex64": "0f" * 64,
    "id": "a-1_b.C",
    "key": KEY,
    "note": "example.test/log\n0\n47DEQ\n\n— example.test/log AAAA\n",
    "text": "Сайлау учаскесі, 12 адам.",
    "vote": "small/1/0",
}

BAD: dict[str, list[object]] = {
    "at": [
        "2004-09-19T20:15:00",
        "2004-09-19T20:15+06:00",
        "2004-09-19T20:15:00.5+06:00",
        "2004-09-19T20:15:00Z",
        "2004-13-19T20:15:00+06:00",
        "2004-02-30T20:15:00+06:00",
        "2004-09-19T24:00:00+06:00",
        "2004-09-19T20:15:00+24:00",
        "0999-09-19T20:15:00+06:00",
        "9999-09-19T20:15:00+06:00",
        "2004-09-19T20:15:0٠+06:00",
        AT + "\n",
        0,
    ],
    "clock": ["24:00", "7:00", "07:60", "07:00\n", "٠7:00", 7],
    "count": [-1, 1 << 53, True, "1", 1.0],
    "number": [0, 1 << 31, True, "1"],
    "flag": [0, 1, "true"],
    "file": [
        "files/a",
        {**FILE, "more": 1},
        {"path": "files/a", "sha256": "0a" * 32},
        {**FILE, "size": -1},
        {**FILE, "size": 268_435_457},
        {**FILE, "size": True},
        {**FILE, "sha256": "0A" * 32},
        {**FILE, "sha256": "0a" * 31},
        *(
            {**FILE, "path": path}
            for path in (
                "",
                "files",
                "files/",
                "/files/a",
                "tile/0/000",
                "files/../checkpoint",
                "files/.a",
                "files/a//b",
                "files/a\n",
                "files/a/b/c/d/e/f",
                "files/ä",
                "files/a b",
                "files\\a",
                "files/" + "a" * 129,
                "files" + f"/{'a' * 120}" * 5,
                7,
                None,
            )
        ),
    ],
    "hex16": ["0f" * 15, "0F" * 16, "0f" * 16 + "\n", 15],
    "hex32": ["0f" * 31, "0G" * 32, "0f" * 33],
    "hex64": ["0f" * 32, ""],
    "id": ["", "-a", ".a", "a/b", "a" * 65, "ä", "a\n", 1],
    "key": ["", KEY + " ", KEY[:-4], "a+00000000+AAAA", "a" * 1001, "\ud800", 1],
    "note": ["", "a\tb", "a\r\n", "a" * 20_001, "\ud800", 1],
    "text": ["", "a\nb", "\x00", "\x7f", "\x85", "a" * 2_001, "\ud800", 1],
    "vote": ["small", "small/1", "small/0/0", "small/1/00", "small/1/0/", "small/1/-1", "/1/0", 1],
}


def good(of: str, name: str, objects: Mapping[str, Any]) -> object:
    """Return a value of a type; `name` is where the fields of an object stand in the table."""
    if of.startswith("?"):
        return good(of[1:], name, objects)
    if of.startswith("["):
        return [good(of[1:-1], name, objects)]
    if of.startswith("{"):
        return {"one": good(of[1:-1], name, objects)}
    if of == "object":
        return {key: good(below, f"{name}.{key}", objects) for key, below in objects[name].items()}
    if of.startswith("word:"):
        return of[5:].rpartition("|")[2]
    return GOOD[of]


def bad(of: str, name: str, objects: Mapping[str, Any]) -> list[object]:
    """Return values that are not of a type, each wrong in one place."""
    if of.startswith("?"):
        return [one for one in bad(of[1:], name, objects) if one is not None]
    if of.startswith("["):
        return ["x", {}, None, *([one] for one in bad(of[1:-1], name, objects))]
    if of.startswith("{"):
        fits = good(of[1:-1], name, objects)
        return [[], None, {"": fits}, {"a/b": fits}, *({"one": one} for one in bad(of[1:-1], name, objects))]
    if of == "object":
        fits = good(of, name, objects)
        assert isinstance(fits, dict)
        fewer = [{k: v for k, v in fits.items() if k != key} for key in fits]
        wrong = [
            {**fits, key: one}
            for key, below in objects[name].items()
            for one in bad(below, f"{name}.{key}", objects)
        ]
        return [[], None, "x", {**fits, "more": 0}, *fewer, *wrong]
    if of.startswith("word:"):
        return ["", of[5:] + "|", of[5:].upper(), 0, None]
    return [None, [], {}, *BAD[of]]


def sample(log: str, kind: str) -> dict[str, object]:
    """Return an entry of a kind that has its form."""
    forms = load_forms()
    fields = {key: good(of, f"{kind}.{key}", forms["objects"]) for key, of in forms[log][kind].items()}
    return {"kind": kind, **fields}
