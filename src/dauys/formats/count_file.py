"""An election file read into one election that can be counted; `docs/reference/count.md` describes the file.

Every fault is told at once, with its line. Official answers (`seats` of parties, `expected`, `official_*`,
`checks`) are never looked at: a file without them counts the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dauys.errors import InputError, Place, Problem
from dauys.formats.count_families import FAMILIES, election_of
from dauys.formats.count_rules import Party, Sheet, Totals
from dauys.formats.fields import INFO, Fields, Log, keys
from dauys.formats.yaml_nodes import Mapping as YamlMapping
from dauys.formats.yaml_nodes import Node as YamlNode
from dauys.formats.yaml_nodes import parse_yaml, read_yaml
from dauys.systems.count import Election
from dauys.systems.outcomes import Decision

#: Keys that say something about an election and decide nothing.
TELLING = INFO | keys("country year date title sources source_urls confidence checks expected single_mandate")
TOP = TELLING | keys(
    "id method parties totals districts rounds lands decisions",
    "partial_votes house_start direct_seat_waiver",
)
PARTY = INFO | keys(
    "name votes seats bloc bloc_members exempt aggregate threshold registration",
    "electorate_seats constituency_seats_min",
    "average_age",
)
TOTALS = INFO | keys("registered voted invalid against_all valid valid_includes_against_all")
DECISION = INFO | keys("at order reference")


@dataclass(frozen=True, slots=True)
class CountFile:
    """What an election file says: its id and title, the election, and the decisions recorded for it.

    `lines` tells where things stand that can turn out wrong only in the count: `rounds[2]`, `decision:AT`.
    """

    id: str
    title: str | None
    election: Election
    decisions: tuple[Decision, ...]
    lines: Mapping[str, int] = field(default_factory=dict)


def read_count_file(path: Path) -> CountFile:
    """Return the election of a file. Raises InputError with every fault found."""
    return _read(read_yaml(path), str(path))


def parse_count_file(data: bytes, file: str) -> CountFile:
    """Return the election in these bytes; `file` names them in errors. Raises InputError."""
    return _read(parse_yaml(data, file), file)


def _read(root: YamlNode, file: str) -> CountFile:
    log = Log(file)
    if not isinstance(root, YamlMapping):
        raise InputError(
            [Problem("E1.2", Place(file, root.line), "…", "mapping", facts={"key": file, "kind": "mapping"})]
        )
    top = Fields(root, "", log)
    top.only(TOP, _is_official)
    identity = top.text("id", required=True)
    method = top.child("method")
    if method is None:
        if top.get("method") is None:
            top.missing("method")
        log.stop_if_any()
        raise AssertionError("an absent method was noted")
    family = method.word("family", FAMILIES)
    if family is None and method.get("family") is None:
        method.missing("family")
    sheet = Sheet(
        top=top,
        method=method,
        parties=_parties(top),
        totals=_totals(top),
        partial=top.flag("partial_votes"),
    )
    decisions = _decisions(top)
    election = election_of(family, sheet) if family else None
    log.stop_if_any()
    if election is None or identity is None:
        raise AssertionError("a file without faults is an election")
    return CountFile(identity, top.text("title"), election, decisions, _lines(top))


def _lines(top: Fields) -> dict[str, int]:
    lines = {f"rounds[{place}]": fields.line for place, fields in enumerate(top.children("rounds"), 1)}
    return lines | {f"decision:{fields.text('at')}": fields.line for fields in top.children("decisions")}


def _is_official(key: str) -> bool:
    return key.startswith("official_")


def _parties(top: Fields) -> list[Party]:
    parties: list[Party] = []
    first: dict[str, int] = {}
    for fields in top.children("parties"):
        fields.only(PARTY, _is_official)
        name = fields.text("name", required=True)
        if name is None:
            continue
        if name in first:
            top.log.add("E2.2", fields.line, found=name, expected=str(first[name]))
            continue
        first[name] = fields.line
        parties.append(
            Party(
                name=name,
                line=fields.line,
                votes=fields.votes("votes"),
                said=fields.get("votes") is not None,
                bloc=fields.flag("bloc"),
                exempt=fields.flag("exempt"),
                aggregate=fields.flag("aggregate"),
                threshold=fields.share("threshold"),
                direct_seats=fields.seats("electorate_seats") or 0,
                floor=fields.seats("constituency_seats_min") or 0,
                registration=fields.whole("registration"),
                average_age=fields.votes("average_age"),
            )
        )
    return parties


def _totals(top: Fields) -> Totals:
    fields = top.child("totals")
    if fields is None:
        return Totals()
    fields.only(TOTALS, _is_official)
    totals = Totals(
        registered=fields.whole("registered"),
        voted=fields.whole("voted"),
        invalid=fields.whole("invalid"),
        against_all=fields.votes("against_all"),
        valid=fields.votes("valid"),
        includes_against_all=fields.flag("valid_includes_against_all"),
    )
    alone = totals.valid_alone()
    known = (alone or 0) + (totals.against_all or 0) + (totals.invalid or 0)
    if alone is not None and alone < 0:
        line, found = fields.line_of("against_all"), str(totals.against_all)
        fields.log.add("E2.7", line, key="totals.against_all", found=found, expected=str(totals.valid))
    elif totals.voted is not None and known > totals.voted:
        fields.log.add(
            "E2.7", fields.line_of("voted"), key="totals", found=str(known), expected=str(totals.voted)
        )
    return totals


def _decisions(top: Fields) -> tuple[Decision, ...]:
    decisions = []
    for fields in top.children("decisions"):
        fields.only(DECISION)
        at, reference = fields.text("at", required=True), fields.text("reference", required=True)
        if fields.get("order") is None:
            fields.missing("order")
        order = tuple(scalar.text for scalar in fields.names("order"))
        if at is not None and reference is not None:
            decisions.append(Decision(at, order, reference))
    return tuple(decisions)
