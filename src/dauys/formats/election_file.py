"""`election.yaml` read into an `Election`, with the tables it names (spec/election.md).

First the form, by `schema/election.schema.json`; where it is sound, the meaning, by
`dauys.formats.election_rules`, and the tables together. Faults name the line of the file.

Codes: E1.2 wrong kind · E1.3 unknown key · E1.4 missing key · E1.10 out of form ·
E3.1 unknown parameter · E3.2 value of a parameter · E3.3 unknown law · E3.4 unknown name · E3.5 twice ·
E3.6 order of times · E3.7 does not fit the law · E3.8 files of a generator · E3.9 time zone.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from dauys.domain.election import Election
from dauys.errors import InputError, Place, Problem
from dauys.formats.csv_rows import Faults
from dauys.formats.election_build import build_election
from dauys.formats.election_rules import definition_problems
from dauys.formats.tables import (
    read_candidates,
    read_constituencies,
    read_devices,
    read_protocols,
    read_regions,
    read_stations,
)
from dauys.formats.yaml_nodes import Mapping as MappingNode
from dauys.formats.yaml_nodes import Node, Plain, Scalar, plain, read_yaml
from dauys.formats.yaml_nodes import Sequence as SequenceNode

ELECTION_FILE = "election.yaml"


def find_election(path: Path) -> Path:
    """Return the election file that a path means: the file itself, or `election.yaml` in the folder."""
    return path / ELECTION_FILE if path.is_dir() else path


def read_election(path: Path) -> Election:
    """Return the election that a file, or the `election.yaml` of a folder, defines.

    Candidates and stations are empty where their table is absent and the generator makes it. Protocols are
    read by `dauys.formats.tables.read_protocols`. Raises InputError with every fault found.
    """
    path = find_election(path)
    root = read_yaml(path)
    raw = _check_form(root, str(path))
    tables = _Tables(raw, path.parent)
    rows = tables.read()
    problems = [locate(p, root, str(path)) for p in definition_problems(raw, path.parent)]
    if problems:
        tables.faults.problems[:0] = problems
        tables.faults.finish()
    election = build_election(raw, **rows)
    if tables.faults.problems and not tables.unreadable and election.stations and "protocols" in raw["files"]:
        # Nobody should mend the stations only to hear of the protocols afterwards.
        try:
            read_protocols(election, path.parent)
        except InputError as error:
            tables.faults.problems.extend(error.problems)
    tables.faults.finish()
    return election


class _Tables:
    """The tables of the definition; a faulty one is still read to its end, and so are those that need it."""

    def __init__(self, raw: dict[str, Any], folder: Path) -> None:
        self.raw, self.folder = raw, folder
        self.faults = Faults(str(folder))
        self.unreadable: set[str] = set()

    def path(self, kind: str) -> Path | None:
        name = self.raw["files"].get(kind)
        if name is None:
            return None
        path = self.folder / name
        made = kind in self.raw.get("generator", {}).get("makes", ())
        return None if made and not path.exists() else path

    def table(self, kind: str, reader: Any, *known: Any, needs: Collection[str] = ()) -> tuple[Any, ...]:
        """Return the rows of a table. Where one that it needs cannot be read at all, it is left unread."""
        path = self.path(kind)
        if path is None or self.unreadable & set(needs):
            return ()
        try:
            rows: tuple[Any, ...] = reader(path, *known, faults=self.faults)
        except InputError as error:
            self.faults.problems.extend(error.problems)
            self.unreadable.add(kind)
            return ()
        return rows

    def read(self) -> dict[str, tuple[Any, ...]]:
        """Return the rows of the five tables, whole or not; what is wrong is in `faults`."""
        regions = self.table("regions", read_regions)
        region_ids = {r.id for r in regions}
        places = self.table("constituencies", read_constituencies, region_ids, needs=("regions",))
        by_id = {c.id: c for c in places}
        need = ("regions", "constituencies")
        parties = {p["id"] for p in self.raw["parties"]}
        candidates = self.table("candidates", read_candidates, by_id, parties, needs=need)
        stations = self.table("stations", read_stations, region_ids, by_id, needs=need)
        by_station = {s.id: s for s in stations}
        devices = (
            self.table("devices", read_devices, by_station, needs=(*need, "stations")) if stations else ()
        )
        return {
            "regions": regions,
            "constituencies": places,
            "candidates": candidates,
            "stations": stations,
            "devices": devices,
        }


@lru_cache(maxsize=1)
def election_schema() -> dict[str, Any]:
    """Return the JSON schema of election files, the same bytes as `spec/election.schema.json`."""
    text = (files("dauys.formats") / "schema" / "election.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _check_form(root: Node, file: str) -> dict[str, Any]:
    """Return the plain values of the file. Raises InputError with every break of the schema."""
    problems: list[Problem] = []
    raw = _plain(root, file, problems)
    if not isinstance(raw, dict):
        raise InputError([locate(_wrong_kind((), _short(raw), ["object"]), root, file)])
    for error in Draft202012Validator(election_schema()).iter_errors(raw):
        problems.extend(locate(p, root, file) for p in _schema_problems(error))
    if problems:
        problems.sort(key=lambda p: p.place.line or 0)
        raise InputError(problems)
    return raw


def _plain(node: Node, file: str, problems: list[Problem]) -> Plain:
    if isinstance(node, MappingNode):
        return {key.text: _plain(value, file, problems) for key, value in node.items}
    if isinstance(node, SequenceNode):
        return [_plain(item, file, problems) for item in node.items]
    if node.kind == "number":
        problem = _wrong_kind((), node.text, ["integer"], "quote_number")
        problems.append(replace(problem, place=Place(file, node.line)))
        return node.text
    return plain(node, file)


def _facts(found: str = "", expected: str = "", nearest: str = "", path: str = "") -> dict[str, str]:
    return {"found": found, "expected": expected, "nearest": nearest, "path": path, "key": path or expected}


#: What a kind of the schema is called in the locale files.
_KINDS = {
    "object": "mapping",
    "array": "list",
    "string": "text",
    "boolean": "flag",
    "integer": "whole",
    "null": "null",
}


def _wrong_kind(at: Sequence[str], found: str, kinds: Sequence[str], hint: str | None = None) -> Problem:
    """Return the fault E1.2, whose fact `kind` is a word of the locale files."""
    names = [_KINDS[kind] for kind in kinds]
    problem = _problem("E1.2", at, found, ", ".join(names), hint)
    return replace(problem, facts={**problem.facts, "kind": names[0]})


def _schema_problems(error: ValidationError) -> Iterator[Problem]:
    """Yield the facts of one break of the schema; the place is its path of keys."""
    at = tuple(str(part) for part in error.absolute_path)
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "additionalProperties":
            yield from _unknown_keys(at, value, list(schema["properties"]))
        case "required":
            # One error comes for each missing key; its message alone says which.
            key = next(k for k in rule if k not in value and error.message.startswith(repr(k)))
            missing = _problem("E1.4", at, None, key)
            yield replace(missing, facts={**missing.facts, "key": ".".join((*at, key))})
        case "type":
            kinds = [rule] if isinstance(rule, str) else list(rule)
            quote = "string" in kinds and isinstance(value, int | bool | None)
            yield _wrong_kind(at, _short(value), kinds, "quote_text" if quote else None)
        case "enum" | "const":
            choices = [str(c) for c in (rule if error.validator == "enum" else [rule])]
            near = difflib.get_close_matches(str(value), choices, 1)
            yield _problem("E1.10", at, _short(value), ", ".join(choices), "nearest" if near else None, *near)
        case "uniqueItems":
            yield _problem("E3.5", at, ", ".join(map(str, value)))
        case "pattern":
            yield _problem("E1.10", at, _short(value), _form(schema, str(rule)))
        case _:
            yield _problem("E1.10", at, _short(value), f"{error.validator} {rule}")


def _unknown_keys(at: tuple[str, ...], value: dict[str, Any], known: list[str]) -> Iterator[Problem]:
    for key in value:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            yield _problem("E1.3", (*at, key), key, None, "nearest" if near else None, *near)


_FORMS = {"moment": "2004-09-19T20:00+06:00", "date": "2004-09-19", "clock": "07:00", "colour": "2B62C4"}


def _form(schema: Any, pattern: str) -> str:
    definitions = election_schema()["$defs"]
    for name, sample in _FORMS.items():
        if definitions[name] == schema:
            return sample
    return "a-z 0-9 -" if schema == definitions["id"] else pattern


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= 60 else f"{text[:59]}…"


def _problem(  # noqa: PLR0917 - the parts of a problem in their usual order
    code: str,
    at: Sequence[str],
    found: str | None,
    expected: str | None = None,
    hint: str | None = None,
    near: str = "",
) -> Problem:
    path = ".".join(at)
    facts = _facts(found or "", expected or "", near, path)
    return Problem(code, Place(path="\0".join(at)), found, expected, hint, facts)


def locate(problem: Problem, root: Node, file: str) -> Problem:
    """Return the problem with the file and line that its path of keys (parted by NUL) leads to."""
    at = (problem.place.path or "").split("\0")
    place = Place(file, _line(root, at), path=".".join(at))
    return Problem(problem.code, place, problem.found, problem.expected, problem.hint, problem.facts)


def _line(node: Node, at: Sequence[str]) -> int:
    line = node.line
    for part in at:
        found: Node | None = None
        if isinstance(node, MappingNode):
            key: Scalar | None = next((k for k, _ in node.items if k.text == part), None)
            found = node.get(part)
            line = key.line if key else line
        elif isinstance(node, SequenceNode) and part.isdigit() and int(part) < len(node.items):
            found = node.items[int(part)]
            line = found.line
        if found is None:
            return line
        node = found
    return line
