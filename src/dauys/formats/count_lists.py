"""Lists in one constituency and houses of two tiers, read from an election file."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from dauys.formats.count_rules import Party, Sheet, check_sums, method_of, tally_of, threshold_of
from dauys.formats.yaml_nodes import Scalar, Sequence
from dauys.systems.apportion import Method
from dauys.systems.count import (
    Election,
    ListElection,
    ListRules,
    MixedElection,
)
from dauys.systems.divisors import Divisor, HighestAverages
from dauys.systems.mixed import Compensation, Overhang
from dauys.systems.outcomes import Count
from dauys.systems.quotas import LargestRemainder


def one_constituency(sheet: Sheet) -> Election | None:
    """Return lists in one constituency, or None where faults leave nothing to count."""
    _need_votes(sheet)
    if not sheet.parties:
        return None
    check_sums(sheet, all_votes(sheet.parties), sheet.top.line_of("parties"))
    rules = list_rules(sheet, sheet.method.seats("seats", required=True))
    return if_fine(
        sheet, lambda: ListElection(tally_of(sheet.parties, sheet.totals, partial=sheet.partial), rules)
    )


def if_fine(sheet: Sheet, make: Callable[[], Election]) -> Election | None:
    """Return the election, made only where nothing is wrong: values of the library refuse what is."""
    return None if sheet.top.log.problems else make()


def _need_votes(sheet: Sheet) -> None:
    if not sheet.parties and not sheet.top.log.problems:
        sheet.top.missing("parties")
    for party in sheet.parties:
        if not party.said:
            sheet.top.log.add("E1.4", party.line, key="votes")


def all_votes(parties: list[Party]) -> Count:
    """Return the votes of all lists together."""
    return sum(party.votes or 0 for party in parties)


def list_rules(sheet: Sheet, seats: int | None) -> ListRules:
    """Return the rules that all lists share; `seats` is read before, as families name it differently."""
    method = method_of(sheet.method)
    _check_method(sheet, method)
    return ListRules(
        seats=seats or 0,
        method=method or HighestAverages(Divisor.DHONDT),
        threshold=threshold_of(sheet.method, sheet.parties, sheet.totals, partial=sheet.partial),
        caps=sheet.method.seats("max_seats_per_list"),
        apparentments=_apparentments(sheet),
        ties=sheet.tie_rule(),
    )


def _check_method(sheet: Sheet, method: Method | None) -> None:
    """Note a quota of valid votes whose number is not known, and an index on quotas where there are none."""
    fields = sheet.method
    if isinstance(method, LargestRemainder) and method.quota_base == "valid":
        if sheet.partial and sheet.totals.valid is None:
            fields.log.add("E2.5", fields.line_of("quota_base"), found="valid", key="method.quota_base",
                           total="totals.valid")  # fmt: skip
    elif isinstance(method, HighestAverages) and fields.text("if_only_one_passes") == "admit_runner_up":
        line = fields.line_of("if_only_one_passes")
        fields.log.add("E2.9", line, key="method.if_only_one_passes", found="highest_averages")


def _apparentments(sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    known = {party.name for party in sheet.parties}
    groups = []
    seen: dict[str, int] = {}
    for node in sheet.method.items("apparentments"):
        if not isinstance(node, Sequence):
            sheet.method.wrong("method.apparentments", node, "list")
            continue
        group = sheet.method.scalars("method.apparentments", node.items)
        for name in group:
            check_known(sheet, name, known)
            if name.text in seen:
                sheet.top.log.add("E2.2", name.line, found=name.text, expected=str(seen[name.text]))
            seen[name.text] = name.line
        groups.append(tuple(name.text for name in group))
    return tuple(groups)


def check_known(sheet: Sheet, name: Scalar, known: set[str]) -> None:
    """Note a name that is no list of the file (E2.1), with the nearest that is."""
    if name.text not in known:
        near = get_close_matches(name.text, sorted(known), 1, 0.6)
        hint = "nearest_name" if near else None
        sheet.top.log.add("E2.1", name.line, found=name.text, hint=hint, nearest="".join(near))


def two_tiers(sheet: Sheet, overhang: Overhang) -> Election | None:
    """Return a house in which constituency seats count, or None where faults leave nothing to count."""
    _need_votes(sheet)
    check_sums(sheet, all_votes(sheet.parties), sheet.top.line_of("parties"))
    rules = list_rules(sheet, sheet.method.seats("seats", required=True))
    outside = sheet.method.seats("independent_electorate_seats") or 0

    def make() -> Election:
        house = Compensation(
            tally_of(sheet.parties, sheet.totals, partial=sheet.partial),
            rules.seats,
            {party.name: max(party.direct_seats, party.floor) for party in sheet.parties},
            rules.method,
            overhang,
            rules.threshold,
            outside,
        )
        return MixedElection(house, rules.ties)

    return if_fine(sheet, make)
