"""Elections in districts and lands, read from an election file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from dauys.formats.count_lists import all_votes, check_known, if_fine, list_rules
from dauys.formats.count_rules import Party, Sheet, check_sums, method_of, tally_of, threshold_of
from dauys.formats.fields import INFO, MOST_SEATS, Fields, keys
from dauys.formats.yaml_nodes import Mapping as YamlMapping
from dauys.formats.yaml_nodes import Scalar
from dauys.systems.apportion import Method
from dauys.systems.biproportional import DoubleProportion
from dauys.systems.count import (
    BiproportionalElection,
    District,
    DistrictElection,
    Election,
    LevelledElection,
)
from dauys.systems.divisors import Divisor, HighestAverages
from dauys.systems.levelling import Land, LevelledHouse
from dauys.systems.outcomes import Count

_PART = INFO | keys("name votes seats population registered voted valid invalid direct_seats")
_APPORTION = INFO | keys("name quota divisor by quota_base remainder_rule")


def _parts(sheet: Sheet, key: str, home: Fields) -> tuple[list[tuple[Fields, str, dict[str, Count]]], Sheet]:
    """Return the parts of the country with their votes, and the sheet with the sums as votes of lists."""
    parts: list[tuple[Fields, str, dict[str, Count]]] = []
    first: dict[str, int] = {}
    rows = home.children(key)
    if not rows and home.get(key) is None:
        home.missing(key)
    parties = sheet.parties or _parties_of(rows)
    known = {party.name for party in parties}
    for fields in rows:
        fields.only(_PART, lambda key: key.startswith("official_"))
        name = fields.text("name", required=True) or ""
        if name in first:
            sheet.top.log.add("E2.2", fields.line, found=name, expected=str(first[name]))
        first.setdefault(name, fields.line)
        parts.append((fields, name, _numbers(sheet, fields, "votes", known)))
    summed = [_with_sum(sheet, party, parts) for party in parties]
    return parts, replace(sheet, parties=summed)


def _parties_of(rows: list[Fields]) -> list[Party]:
    """Return the lists that districts name, where the file has no `parties`."""
    names: dict[str, int] = {}
    for fields in rows:
        votes = fields.child("votes")
        for key, _ in votes.node.items if votes else ():
            names.setdefault(key.text, key.line)
    return [Party(name, line, None) for name, line in names.items()]


def _numbers(sheet: Sheet, fields: Fields, key: str, known: set[str]) -> dict[str, Count]:
    """Return counts by list; null is no votes there."""
    found: dict[str, Count] = {}
    node = fields.get(key)
    if not isinstance(node, YamlMapping):
        if node is not None:
            fields.wrong(fields.name_of(key), node, "mapping")
        elif key == "votes":
            fields.missing(key)
        return found
    for name, value in node.items:
        check_known(sheet, name, known)
        if isinstance(value, Scalar) and value.kind == "null":
            continue
        count = fields.counted(f"{fields.name_of(key)}.{name.text}", value)
        if key == "direct_seats" and isinstance(count, Fraction):
            fields.wrong(f"{fields.name_of(key)}.{name.text}", value, "whole")
            continue
        if key == "direct_seats" and count is not None and count > MOST_SEATS:
            sheet.top.log.add("E1.7", value.line, found=str(count), expected=str(MOST_SEATS))
            continue
        if count is not None:
            found[name.text] = count
    return found


def _with_sum(sheet: Sheet, party: Party, parts: list[tuple[Fields, str, dict[str, Count]]]) -> Party:
    total = sum(votes.get(party.name, 0) for _, _, votes in parts)
    if party.votes is None:
        return replace(party, votes=total)
    if party.votes != total and not sheet.partial:
        sheet.top.log.add("E2.4", party.line, key=party.name, found=str(party.votes), expected=str(total))
    return party


def _district_seats(
    sheet: Sheet, parts: list[tuple[Fields, str, dict[str, Count]]]
) -> tuple[dict[str, int], int]:
    """Return the seats of every district and of all, with a fault where they do not add up (E2.8)."""
    seats = {name: fields.seats("seats", required=True) or 0 for fields, name, _ in parts}
    total, said = sum(seats.values()), sheet.method.seats("seats")
    if said is not None and said != total and not sheet.top.log.problems:
        line = sheet.method.line_of("seats")
        sheet.top.log.add("E2.8", line, key="method.seats", found=str(said), expected=str(total))
    return seats, total


def in_districts(sheet: Sheet) -> Election | None:
    """Return lists seated in districts, or None where faults leave nothing to count."""
    parts, sheet = _parts(sheet, "districts", sheet.top)
    check_sums(sheet, all_votes(sheet.parties), sheet.top.line_of("parties"))
    apportionment = sheet.method.child("district_apportionment")
    upper: Method | None = None
    sizes: dict[str, Count] = {}
    seats: dict[str, int] = {}
    if apportionment is None:
        seats, total = _district_seats(sheet, parts)
    else:
        apportionment.only(_APPORTION)
        upper = method_of(apportionment)
        sizes = _sizes(apportionment, parts)
        total = sheet.method.seats("seats", required=True) or 0
    rules = list_rules(sheet, total)
    districts = tuple(
        District(name, votes, seats.get(name), sizes.get(name), fields.votes("valid") or sum(votes.values()))
        for fields, name, votes in parts
    )
    return if_fine(
        sheet,
        lambda: DistrictElection(
            tally_of(sheet.parties, sheet.totals, partial=sheet.partial), rules, districts, upper
        ),
    )


def _sizes(apportionment: Fields, parts: list[tuple[Fields, str, dict[str, Count]]]) -> dict[str, Count]:
    """Return what districts get their seats by: their valid votes, or the figure that `by` speaks of."""
    by = (apportionment.text("by") or "valid votes").lower()
    words = {
        "population": ("population", "inhabitants", "census"),
        "registered": ("registered", "electors", "eligible"),
        "valid": ("valid", "votes"),
        "voted": ("voted", "cast", "turnout"),
    }
    key = next((key for key, names in words.items() if any(name in by for name in names)), None)
    if key is None:
        node = apportionment.get("by")
        if node is not None:
            apportionment.wrong("by", node, "word", "words", words=", ".join(words))
        return {}
    sizes: dict[str, Count] = {}
    for fields, name, votes in parts:
        given = fields.votes(key, required=key != "valid")
        sizes[name] = sum(votes.values()) if given is None else given
    return sizes


def double_proportion(sheet: Sheet) -> Election | None:
    """Return lists seated in all districts at once, or None where faults leave nothing to count."""
    parts, sheet = _parts(sheet, "districts", sheet.top)
    check_sums(sheet, all_votes(sheet.parties), sheet.top.line_of("parties"))
    seats, _ = _district_seats(sheet, parts)
    divisor = sheet.method.word("divisor", [d.value for d in Divisor if d is not Divisor.HUNTINGTON_HILL])
    if divisor is None and sheet.method.get("divisor") is None:
        sheet.method.missing("divisor")
    shares = {key: sheet.method.share(key) for key in ("quorum_any_district", "quorum_total")}
    flags = {key: sheet.method.flag(key) for key in ("weight_votes", "round_strength")}
    lists = [party.name for party in sheet.parties if not party.aggregate]

    def make() -> Election:
        contest = DoubleProportion(
            votes={name: {n: votes.get(n, 0) for n in lists} for _, name, votes in parts},
            district_seats=seats,
            divisor=Divisor(divisor or Divisor.SAINTE_LAGUE),
            weight_votes=flags["weight_votes"],
            round_strength=flags["round_strength"],
            quorum_any_district=shares["quorum_any_district"],
            quorum_total=shares["quorum_total"],
            lists=lists,
        )
        return BiproportionalElection(contest, sheet.tie_rule())

    return if_fine(sheet, make)


def levelled(sheet: Sheet) -> Election | None:
    """Return a house levelled over lands, or None where faults leave nothing to count."""
    home = (
        sheet.top if sheet.top.get("lands") is not None or sheet.method.get("lands") is None else sheet.method
    )
    parts, sheet = _parts(sheet, "lands", home)
    check_sums(sheet, all_votes(sheet.parties), sheet.top.line_of("parties"))
    known = {party.name for party in sheet.parties}
    direct = {name: _numbers(sheet, fields, "direct_seats", known) for fields, name, _ in parts}
    won = {n: sum(int(seats.get(n, 0)) for seats in direct.values()) for n in known}
    sheet = replace(sheet, parties=[replace(party, direct_seats=won[party.name]) for party in sheet.parties])
    house_start = _first_whole("house_start", sheet) or sheet.method.seats("seats", required=True) or 0
    method = method_of(sheet.method, default=Divisor.SAINTE_LAGUE)
    if method is not None and not isinstance(method, HighestAverages):
        sheet.top.log.add(
            "E2.9", sheet.method.line_of("quota"), key="method.quota", found="levelling_by_land"
        )
    threshold = threshold_of(sheet.method, sheet.parties, sheet.totals, partial=sheet.partial)
    waiver = sheet.top.whole("direct_seat_waiver")
    if threshold is not None and waiver is not None:
        threshold = replace(threshold, waiver_seats=waiver)
    people = {name: fields.whole("population", required=True) or 0 for fields, name, _ in parts}
    _need_whole(sheet, parts)

    def make() -> Election:
        lands = [
            Land(
                name,
                people[name],
                {n: int(count) for n, count in votes.items()},
                {n: int(count) for n, count in direct[name].items()},
            )
            for _, name, votes in parts
        ]
        tally = tally_of(sheet.parties, sheet.totals, partial=sheet.partial)
        divisor = method.divisor if isinstance(method, HighestAverages) else Divisor.SAINTE_LAGUE
        return LevelledElection(
            LevelledHouse(tally, lands, house_start, threshold, divisor), sheet.tie_rule()
        )

    return if_fine(sheet, make)


def _first_whole(key: str, sheet: Sheet) -> int | None:
    top = sheet.top.seats(key)
    return top if top is not None else sheet.method.seats(key)


def _need_whole(sheet: Sheet, parts: list[tuple[Fields, str, dict[str, Count]]]) -> None:
    """Note votes of lands that are no whole numbers: law levels ballots, not weights."""
    for fields, _, votes in parts:
        for name, count in votes.items():
            if not isinstance(count, int):
                line = fields.line_of("votes")
                facts = {"key": f"{fields.name_of('votes')}.{name}", "kind": "whole"}
                sheet.top.log.add("E1.2", line, found=str(count), expected="whole", **facts)
