"""The codebook: every column and key of the data files, with type and unit.

The meaning of each is a sentence of the locale files, under the key that stands last here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Field(NamedTuple):
    """One column or key. `unit` is empty where there is none; `key` names its meaning."""

    name: str
    type: str
    unit: str
    key: str


CODEBOOK_COLUMNS = ("file", "field", "type", "unit", "meaning_kk", "meaning_ru", "meaning_en")

FIELDS: dict[str, tuple[Field, ...]] = {
    "results.json": (
        Field("schema", "text", "", "schema"),
        Field("election", "object", "", "election"),
        Field("parties", "list", "", "parties"),
        Field("state", "object", "", "state"),
        Field("turnout", "object", "", "turnout"),
        Field("turnout.voted", "integer", "voters", "turnout.voted"),
        Field("turnout.registered", "integer", "voters", "turnout.registered"),
        Field("turnout.additions", "integer", "voters", "turnout.additions"),
        Field("turnout.numerator", "text", "", "turnout.numerator"),
        Field("turnout.readings", "list", "", "turnout.readings"),
        Field("list", "object", "", "list"),
        Field("list.seats", "object", "seats", "list.seats"),
        Field("list.votes", "object", "votes", "list.votes"),
        Field("list.valid_votes", "integer", "votes", "list.valid_votes"),
        Field("list.threshold", "object", "", "list.threshold"),
        Field("list.shares", "object", "", "list.shares"),
        Field("list.quota", "fraction", "votes", "list.quota"),
        Field("list.steps", "list", "", "list.steps"),
        Field("list.needs_decision", "list", "", "list.needs_decision"),
        Field("list.sensitivity", "list", "", "list.sensitivity"),
        Field("list.other_rules", "list", "", "list.other_rules"),
        Field("constituencies", "object", "", "constituencies"),
        Field("constituencies.decided_first_round", "integer", "seats", "constituencies.decided_first_round"),
        Field("constituencies.runoff", "integer", "seats", "constituencies.runoff"),
        Field(
            "constituencies.decided_second_round", "integer", "seats", "constituencies.decided_second_round"
        ),
        Field("house", "object", "seats", "house"),
        Field("house_rows", "list", "seats", "house_rows"),
        Field("history", "list", "", "history"),
        Field("findings", "object", "", "findings"),
    ),
    "constituencies.json": (
        Field("id", "id", "", "id"),
        Field("number", "integer", "", "number"),
        Field("name", "object", "", "name"),
        Field("region", "id", "", "region"),
        Field("registered", "integer", "voters", "registered_freeze"),
        Field("rounds", "list", "", "rounds"),
        Field("winner", "object", "", "winner"),
        Field("can_change", "yes/no", "", "can_change"),
    ),
    "regions.json": (
        Field("id", "id", "", "id"),
        Field("name", "object", "", "name"),
        Field("short", "object", "", "short"),
        Field("column", "integer", "tiles", "column"),
        Field("row", "integer", "tiles", "row"),
        Field("width", "integer", "tiles", "width"),
        Field("constituencies", "list", "", "constituencies_ids"),
        Field("stations", "integer", "stations", "stations"),
        Field("electronic", "integer", "stations", "electronic_count"),
        Field("registered", "integer", "voters", "registered_freeze"),
        Field("ballots_cast", "integer", "ballots", "ballots_cast"),
        Field("list_votes", "object", "votes", "list_votes"),
    ),
    "stations.csv": (
        Field("station", "id", "", "station"),
        Field("name_kk", "text", "", "name_kk"),
        Field("name_ru", "text", "", "name_ru"),
        Field("name_en", "text", "", "name_en"),
        Field("region", "id", "", "region"),
        Field("constituency", "id", "", "constituency"),
        Field("electronic", "yes/no", "", "electronic"),
        Field("time_zone", "text", "", "time_zone"),
        Field("registered", "integer", "voters", "registered_freeze"),
    ),
    "electronic_stations.csv": (
        Field("station", "id", "", "station"),
        Field("name_kk", "text", "", "name_kk"),
        Field("name_ru", "text", "", "name_ru"),
        Field("name_en", "text", "", "name_en"),
        Field("region", "id", "", "region"),
        Field("constituency", "id", "", "constituency"),
        Field("electronic", "yes/no", "", "electronic"),
        Field("time_zone", "text", "", "time_zone"),
        Field("registered", "integer", "voters", "registered_freeze"),
    ),
    "protocols.csv": (
        Field("station", "id", "", "station"),
        Field("contest", "id", "", "contest"),
        Field("round", "integer", "", "round"),
        Field("channel", "text", "", "channel"),
        Field("version", "integer", "", "version"),
        Field("received", "time", "", "received"),
        Field("reason", "text", "", "reason"),
        Field("counted", "yes/no", "", "counted"),
        Field("registered", "integer", "voters", "registered"),
        Field("additions", "integer", "voters", "additions"),
        Field("ballots_received", "integer", "ballots", "ballots_received"),
        Field("ballots_issued", "integer", "ballots", "ballots_issued"),
        Field("ballots_unused", "integer", "ballots", "ballots_unused"),
        Field("ballots_spoiled", "integer", "ballots", "ballots_spoiled"),
        Field("admissions", "integer", "voters", "admissions"),
        Field("ballots_not_returned", "integer", "ballots", "ballots_not_returned"),
        Field("ballots_cast", "integer", "ballots", "ballots_cast"),
        Field("invalid_ballots", "integer", "ballots", "invalid_ballots"),
        Field("against_all", "integer", "votes", "against_all"),
    ),
    "votes.csv": (
        Field("station", "id", "", "station"),
        Field("contest", "id", "", "contest"),
        Field("round", "integer", "", "round"),
        Field("channel", "text", "", "channel"),
        Field("version", "integer", "", "version"),
        Field("option", "id", "", "option"),
        Field("votes", "integer", "votes", "votes"),
    ),
    "results.csv": (
        Field("station", "id", "", "station"),
        Field("region", "id", "", "region"),
        Field("constituency", "id", "", "constituency"),
        Field("contest", "id", "", "contest"),
        Field("round", "integer", "", "round"),
        Field("option", "id", "", "option"),
        Field("name_en", "text", "", "option_name"),
        Field("party", "id", "", "party"),
        Field("votes", "integer", "votes", "votes"),
    ),
    "findings.json": (
        Field("code", "text", "", "code"),
        Field("station", "id", "", "station"),
        Field("contest", "id", "", "contest"),
        Field("round", "integer", "", "round"),
        Field("channel", "text", "", "channel"),
        Field("version", "integer", "", "version"),
        Field("found", "integer", "", "found"),
        Field("expected", "integer", "", "expected"),
        Field("facts", "object", "", "facts"),
        Field("article", "text", "", "article"),
        Field("weight", "text", "", "weight"),
        Field("treatment", "text", "", "treatment"),
        Field("decision", "text", "", "decision"),
    ),
    "nist.json": (Field("@type", "text", "", "@type"),),
    "codebook.csv": (
        Field("file", "text", "", "file"),
        Field("field", "text", "", "field"),
        Field("type", "text", "", "type"),
        Field("unit", "text", "", "unit"),
        Field("meaning_kk", "text", "", "meaning_kk"),
        Field("meaning_ru", "text", "", "meaning_ru"),
        Field("meaning_en", "text", "", "meaning_en"),
    ),
}


def codebook_rows(meaning: Callable[[str, str], str]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of `codebook.csv`; `meaning(language, key)` gives the words."""
    for file, fields in FIELDS.items():
        for field in fields:
            words = (meaning(language, field.key) for language in ("kk", "ru", "en"))
            yield (file, field.name, field.type, field.unit, *words)
