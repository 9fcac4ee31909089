"""Fields of a mapping read one by one, every fault noted with its line, so that all are told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction

from dauys.errors import InputError, Place, Problem
from dauys.formats.yaml_nodes import Mapping, Node, Scalar, Sequence, integer
from dauys.systems.outcomes import Count

_DECIMAL = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?|\.[0-9]{1,30}")
_QUOTIENT = re.compile(r"[0-9]{1,30}/[1-9][0-9]{0,29}")
_GROUPED = re.compile(r"[0-9]{1,3}([ \u00a0\u202f\u2009,._'][0-9]{3})+")


MOST_SEATS = 100_000


def keys(*lines: str) -> frozenset[str]:
    """Return the words of some lines as a set of keys."""
    return frozenset(word for line in lines for word in line.split())


#: Keys that may stand in any mapping: they tell something and decide nothing.
INFO = keys("title date notes note comment article source sources source_urls confidence")


@dataclass(slots=True)
class Log:
    """The faults of one file, as they are found."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        code: str,
        line: int | None,
        *,
        found: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
        **facts: object,
    ) -> None:
        """Note one fault; `facts` fill its sentence."""
        self.problems.append(Problem(code, Place(self.file, line), found, expected, hint, facts))

    def stop_if_any(self) -> None:
        """Pass if nothing was found wrong; else raise InputError with every fault, in order of lines."""
        if self.problems:
            raise InputError(sorted(self.problems, key=lambda problem: problem.place.line or 0))


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping and the path to it, read key by key. A key whose value is null counts as absent."""

    node: Mapping
    path: str
    log: Log

    @property
    def line(self) -> int:
        """The line on which the mapping starts."""
        return self.node.line

    def name_of(self, key: str) -> str:
        """Return the key with its path, for messages."""
        return f"{self.path}.{key}" if self.path else key

    def get(self, key: str) -> Node | None:
        """Return the node of a key, or None where it is absent or null."""
        node = self.node.get(key)
        return None if isinstance(node, Scalar) and node.kind == "null" else node

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the mapping where the key is absent."""
        return next((scalar.line for scalar, _ in self.node.items if scalar.text == key), self.line)

    def only(self, known: Collection[str], free: Callable[[str], bool] = lambda _: False) -> None:
        """Note every key that is not known, with the nearest that is (E1.3)."""
        for key, _ in self.node.items:
            if key.text not in known and not free(key.text):
                near = get_close_matches(key.text, sorted(known), 1, 0.6)
                hint = "nearest_key" if near else None
                self.log.add("E1.3", key.line, found=self.name_of(key.text), hint=hint, nearest="".join(near))

    def missing(self, key: str) -> None:
        """Note that a key is needed (E1.4)."""
        self.log.add("E1.4", self.line, key=self.name_of(key))

    def wrong(self, key: str, node: Node, kind: str, hint: str | None = None, **facts: object) -> None:
        """Note that a value is not what the key asks for (E1.2); `kind` is a word of the locale files."""
        found = node.text if isinstance(node, Scalar) else {Sequence: "[…]", Mapping: "{…}"}[type(node)]
        self.log.add("E1.2", node.line, found=found, expected=kind, hint=hint, key=key, kind=kind, **facts)

    def text(self, key: str, *, required: bool = False) -> str | None:
        """Return a name or word, exactly as written: `null`, `NO` and `1.10` are names here."""
        node = self.node.get(key)
        if isinstance(node, Scalar) and (node.text or node.kind == "text"):
            if required and not node.text.strip():
                self.wrong(self.name_of(key), node, "name")
                return None
            return node.text
        if node is not None and not isinstance(node, Scalar):
            self.wrong(self.name_of(key), node, "name")
        elif required:
            self.missing(key)
        return None

    def word(self, key: str, words: Collection[str], default: str | None = None) -> str | None:
        """Return one of the words, the default where the key is absent."""
        node = self.get(key)
        if node is None:
            return default
        if isinstance(node, Scalar) and node.text in words:
            return node.text
        near = get_close_matches(node.text, sorted(words), 1, 0.5) if isinstance(node, Scalar) else []
        hint = "nearest_word" if near else "words"
        self.wrong(
            self.name_of(key), node, "word", hint, nearest="".join(near), words=", ".join(sorted(words))
        )
        return default

    def flag(self, key: str) -> bool:
        """Return whether the key says true; absent is false."""
        node = self.get(key)
        if node is None:
            return False
        if not isinstance(node, Scalar) or node.kind != "bool":
            self.wrong(self.name_of(key), node, "flag")
            return False
        return node.text.lower() == "true"

    def whole(self, key: str, *, required: bool = False) -> int | None:
        """Return a number of people, ballots or seats: an integer, never negative (E2.3)."""
        node = self.get(key)
        if node is None:
            if required:
                self.missing(key)
            return None
        value = self.counted(self.name_of(key), node)
        if isinstance(value, Fraction):
            self.wrong(self.name_of(key), node, "whole")
            return None
        return value

    def seats(self, key: str, *, required: bool = False) -> int | None:
        """Return a number of seats; one that no house has is a fault (E1.7), not hours of counting."""
        value = self.whole(key, required=required)
        if value is not None and value > MOST_SEATS:
            self.log.add("E1.7", self.line_of(key), found=str(value), expected=str(MOST_SEATS))
            return None
        return value

    def votes(self, key: str, *, required: bool = False) -> Count | None:
        """Return a number of votes, exact also where it is a decimal."""
        node = self.get(key)
        if node is None:
            if required:
                self.missing(key)
            return None
        return self.counted(self.name_of(key), node)

    def counted(self, key: str, node: Node) -> Count | None:
        """Return the number of votes in a node: an int, or a Fraction where it is no whole number."""
        text = node.text if isinstance(node, Scalar) else ""
        if isinstance(node, Scalar) and node.kind == "int":
            return self._not_negative(key, node, integer(text))
        if _DECIMAL.fullmatch(text):
            exact = Fraction(text)
            return exact.numerator if exact.denominator == 1 else exact
        if text.startswith("-") and _DECIMAL.fullmatch(text[1:]):
            return self._not_negative(key, node, -Fraction(text[1:]))
        grouped = _GROUPED.fullmatch(text)
        hint = "no_grouping" if grouped else None
        self.wrong(key, node, "number", hint, plain=re.sub(r"\D", "", text))
        return None

    def _not_negative(self, key: str, node: Node, value: Count) -> Count | None:
        if value < 0:
            self.log.add("E2.3", node.line, found=str(value), key=key)
            return None
        return value

    def share(self, key: str, *, required: bool = False) -> Fraction | None:
        """Return a share between 0 and 1, written as a decimal (`'0.07'`) or a quotient (`1/8`)."""
        node = self.get(key)
        if node is None:
            if required:
                self.missing(key)
            return None
        text = node.text.strip() if isinstance(node, Scalar) else ""
        if _DECIMAL.fullmatch(text) or _QUOTIENT.fullmatch(text):
            value = Fraction(text)
            if value <= 1:
                return value
        meant = share_as_meant(text)
        decimal, per_cent = meant or ("", "")
        hint = "share" if meant else None
        self.wrong(self.name_of(key), node, "share", hint, decimal=decimal, per_cent=per_cent)
        return None

    def child(self, key: str) -> Fields | None:
        """Return the mapping of a key."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node, Mapping):
            return Fields(node, self.name_of(key), self.log)
        self.wrong(self.name_of(key), node, "mapping")
        return None

    def items(self, key: str) -> list[Node]:
        """Return the nodes of a list; none where the key is absent."""
        node = self.get(key)
        if node is None:
            return []
        if isinstance(node, Sequence):
            return list(node.items)
        self.wrong(self.name_of(key), node, "list")
        return []

    def children(self, key: str) -> list[Fields]:
        """Return the mappings of a list."""
        found = []
        for place, node in enumerate(self.items(key), 1):
            path = f"{self.name_of(key)}[{place}]"
            if isinstance(node, Mapping):
                found.append(Fields(node, path, self.log))
            else:
                self.wrong(path, node, "mapping")
        return found

    def names(self, key: str) -> list[Scalar]:
        """Return the names of a list, with their lines."""
        return self.scalars(self.name_of(key), self.items(key))

    def scalars(self, path: str, nodes: Collection[Node]) -> list[Scalar]:
        """Return the nodes that are names; note the others."""
        for node in nodes:
            if not isinstance(node, Scalar):
                self.wrong(path, node, "name")
        return [node for node in nodes if isinstance(node, Scalar)]


def share_as_meant(text: str) -> tuple[str, str] | None:
    """Return how a share was most likely meant: the decimal to write, and the per cent that it is."""
    number = text.strip().removesuffix("%").strip().replace(",", ".")
    if not _DECIMAL.fullmatch(number):
        return None
    value = Fraction(number)
    per_cent = value if value > 1 or text.strip().endswith("%") else value * 100
    return _decimal(per_cent / 100), _decimal(per_cent)


def _decimal(value: Fraction) -> str:
    digits = next((d for d in range(40) if (value * 10**d).denominator == 1), 40)
    whole, rest = divmod(int(value * 10**digits), 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)
