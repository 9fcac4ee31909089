"""YAML read as nodes that remember their lines: the core schema of YAML 1.2, and nothing that can blow up.

Names come out as they are written: `NO`, `1.10`, `007` and `"null"` are text wherever text is asked for.
Refused: anchors and aliases, tags other than `!!str`, duplicate keys, more than one document, nesting over
50, files over 8 MB, anything but UTF-8, and NUL bytes. **Source:** YAML 1.2.2, chapter 10.3.

Codes: E1.1 syntax · E1.2 wrong kind of value · E1.3 unknown key · E1.4 missing key · E1.5 duplicate key ·
E1.6 not UTF-8 · E1.7 too large · E1.8 a feature of YAML that is refused · E1.9 the file cannot be opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from dauys.errors import InputError, Place, Problem

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 50
MAX_DIGITS = 40

Kind = Literal["text", "int", "number", "bool", "null"]
Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]

_CORE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("null", re.compile(r"~|null|Null|NULL|")),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("int", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    (
        "number",
        re.compile(
            r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
        ),
    ),
)
_CYRILLIC = re.compile(rb"[\xc0-\xff]{3}")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written. `kind` is what the core schema makes of it; a quoted value is always text."""

    text: str
    kind: Kind
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their nodes, in the order of the file; keys are always text and never twice."""

    items: tuple[tuple[Scalar, Node], ...]
    line: int

    def get(self, key: str) -> Node | None:
        """Return the node of a key, or None where the key is absent."""
        return next((node for scalar, node in self.items if scalar.text == key), None)


Node = Scalar | Sequence | Mapping


def read_yaml(path: Path, max_bytes: int = MAX_BYTES) -> Node:
    """Return the root node of a file. The size is looked at before anything is read. Raises InputError."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise _problem("E1.9", str(path), hint="not_a_file")
        if size > max_bytes:
            raise _problem(
                "E1.7", str(path), found=f"{size} bytes", expected=f"{max_bytes} bytes", hint="too_large"
            )
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        raise _problem("E1.9", str(path), found=error.strerror or type(error).__name__) from error
    return parse_yaml(data, str(path), max_bytes)


def parse_yaml(data: bytes, file: str, max_bytes: int = MAX_BYTES) -> Node:
    """Return the root node of the one document in these bytes. Raises InputError that names the line."""
    if len(data) > max_bytes:
        raise _problem(
            "E1.7", file, found=f"{len(data)} bytes", expected=f"{max_bytes} bytes", hint="too_large"
        )
    text = _decode(data, file)
    events = yaml.parse(text, Loader=yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)
    try:
        return _Builder(file).build(events)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _problem("E1.1", file, line, found=error.problem, hint=_syntax_hint(text, line)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else None
        raise _problem("E1.1", file, line, found=error.reason) from error


def plain(node: Node, file: str) -> Plain:
    """Return the tree as the JSON values it stands for. Raises InputError for fractions."""
    if isinstance(node, Mapping):
        return {key.text: plain(value, file) for key, value in node.items}
    if isinstance(node, Sequence):
        return [plain(item, file) for item in node.items]
    if node.kind == "number":
        raise _problem("E1.2", file, node.line, found=node.text, expected="integer", hint="quote_number")
    if node.kind == "int":
        return integer(node.text)
    if node.kind == "bool":
        return node.text.lower() == "true"
    return node.text if node.kind == "text" else None


def integer(text: str) -> int:
    """Return the integer that the core schema reads here; leading zeros are decimal."""
    return int(text, 0) if text[:2] in ("0x", "0o") else int(text)


def _problem(
    code: str,
    file: str,
    line: int | None = None,
    *,
    found: str | None = None,
    expected: str | None = None,
    hint: str | None = None,
) -> InputError:
    facts = {"found": found or "", "expected": expected or ""}
    return InputError([Problem(code, Place(file, line), found, expected, hint, facts)])


def _decode(data: bytes, file: str) -> str:
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        hint = "save_as_utf8" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else None
        raise _problem("E1.6", file, line, found="UTF-16" if hint else "NUL", expected="UTF-8", hint=hint)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        looks = "windows-1251" if _CYRILLIC.search(data) else f"byte 0x{data[error.start]:02X}"
        raise _problem("E1.6", file, line, found=looks, expected="UTF-8", hint="save_as_utf8") from error


def _syntax_hint(text: str, line: int | None) -> str | None:
    lines = text.split("\n")
    if (
        line
        and line <= len(lines)
        and "\t" in lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    ):
        return "tabs"
    return None


class _Builder:
    """Makes nodes out of the events of the parser, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.open: list[tuple[bool, int, list[Node]]] = []
        self.root: Node | None = None

    def build(self, events: Iterator[yaml.Event]) -> Node:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "several documents")
            elif isinstance(event, yaml.AliasEvent):
                self._refuse(event, f"*{event.anchor}")
            elif isinstance(event, yaml.NodeEvent):
                self._start(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._end()
        if self.root is None:
            raise _problem("E1.1", self.file, 1, found="an empty file")
        return self.root

    def _refuse(self, event: yaml.Event, found: str) -> None:
        raise _problem("E1.8", self.file, _line(event), found=found)

    def _start(self, event: yaml.NodeEvent) -> None:
        line = _line(event)
        if event.anchor is not None:
            self._refuse(event, f"&{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!", "tag:yaml.org,2002:str") or (
            tag and not isinstance(event, yaml.ScalarEvent)
        ):
            self._refuse(event, str(tag))
        if isinstance(event, yaml.ScalarEvent):
            self._put(Scalar(event.value, _kind(event), line))
            return
        if len(self.open) >= MAX_DEPTH:
            raise _problem(
                "E1.7", self.file, line, found=f"{MAX_DEPTH + 1} levels", expected=f"{MAX_DEPTH} levels"
            )
        self.open.append((isinstance(event, yaml.MappingStartEvent), line, []))

    def _end(self) -> None:
        is_mapping, line, nodes = self.open.pop()
        self._put(self._mapping(nodes, line) if is_mapping else Sequence(tuple(nodes), line))

    def _put(self, node: Node) -> None:
        if self.open:
            self.open[-1][2].append(node)
        else:
            self.root = node

    def _mapping(self, nodes: list[Node], line: int) -> Mapping:
        pairs: list[tuple[Scalar, Node]] = []
        first: dict[str, int] = {}
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise _problem("E1.8", self.file, key.line, found="a key that is not text")
            if key.text in first:
                raise _problem("E1.5", self.file, key.line, found=key.text, expected=str(first[key.text]))
            first[key.text] = key.line
            pairs.append((key, value))
        return Mapping(tuple(pairs), line)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _kind(event: yaml.ScalarEvent) -> Kind:
    """Return the kind by the core schema; `implicit[0]` says that the scalar is plain and has no tag."""
    if not event.implicit[0]:
        return "text"
    kind: Kind = next((kind for kind, pattern in _CORE if pattern.fullmatch(event.value)), "text")
    # A number of absurd length is a name or a mistake; reading it would cost more than it says.
    return "text" if kind in ("int", "number") and len(event.value) > MAX_DIGITS else kind
