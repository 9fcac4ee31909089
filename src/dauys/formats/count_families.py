"""The families of elections that a file can name: which keys each takes, and the election they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dauys.formats.count_districts import double_proportion, in_districts, levelled
from dauys.formats.count_lists import one_constituency, two_tiers
from dauys.formats.count_rounds import one_round, two_rounds
from dauys.formats.count_rules import Sheet
from dauys.formats.fields import INFO, Fields, keys
from dauys.formats.yaml_nodes import Node, Scalar
from dauys.systems.count import (
    Election,
)
from dauys.systems.mixed import Overhang

_COMMON = INFO | keys("family name tie_rule")
_SEATS = keys("seats divisor quota remainder_rule quota_base")
_BAR = keys(
    "threshold threshold_base threshold_strict direct_seat_waiver",
    "if_only_one_passes runner_up_index runner_up_min_seats",
)
_LISTS = _COMMON | _SEATS | _BAR | {"apparentments", "max_seats_per_list"}
_TIERS = _COMMON | _SEATS | _BAR | {"independent_electorate_seats"}
_ROUNDS = _COMMON | {"against_all_voids", "seats"}

#: Keys of `method` that each family takes.
FAMILIES: Mapping[str, frozenset[str]] = {
    "list_pr": _LISTS,
    "mixed_parallel_list_part": _LISTS,
    "list_pr_districts": _LISTS | {"district_apportionment"},
    "mmp_overhang": _TIERS,
    "compensatory_floor": _TIERS,
    "levelling_by_land": _TIERS - {"independent_electorate_seats"} | {"house_start", "lands"},
    "biproportional": _COMMON
    | keys("divisor seats weight_votes round_strength quorum_any_district quorum_total"),
    "two_round": _ROUNDS | keys("majority_base qualify qualify_share min_share_of_registered second_round"),
    "plurality": _ROUNDS,
}
_ALL_KEYS = frozenset().union(*FAMILIES.values())

#: Keys beside `method` that decide something, and the families that take them.
_DECIDING: Mapping[str, tuple[str, ...]] = {
    "rounds": ("two_round", "plurality"),
    "districts": ("list_pr_districts", "biproportional"),
    "lands": ("levelling_by_land",),
    "house_start": ("levelling_by_land",),
    "direct_seat_waiver": ("levelling_by_land",),
    "parties": tuple(family for family in FAMILIES if family not in ("two_round", "plurality")),
}


def election_of(family: str, sheet: Sheet) -> Election | None:
    """Return the election of a family, or None where faults were noted that leave none to make."""
    _check_keys(family, sheet.method)
    for key, node in sheet.top.node.items:
        if family not in _DECIDING.get(key.text, (family,)) and not _says_nothing(node):
            sheet.top.log.add("E2.9", key.line, key=key.text, found=family)
    makers: Mapping[str, Callable[[Sheet], Election | None]] = {
        "list_pr_districts": in_districts,
        "mmp_overhang": lambda s: two_tiers(s, Overhang.ALLOW),
        "compensatory_floor": lambda s: two_tiers(s, Overhang.KEEP_AND_RECOMPUTE),
        "levelling_by_land": levelled,
        "biproportional": double_proportion,
        "two_round": two_rounds,
        "plurality": one_round,
    }
    return makers.get(family, one_constituency)(sheet)


def _check_keys(family: str, method: Fields) -> None:
    """Note keys that no family has (E1.3), and those of other families that would decide something (E2.9)."""
    method.only(_ALL_KEYS)
    for key, node in method.node.items:
        if key.text in _ALL_KEYS - FAMILIES[family] and not _says_nothing(node):
            method.log.add("E2.9", key.line, key=method.name_of(key.text), found=family)


def _says_nothing(node: Node) -> bool:
    if isinstance(node, Scalar):
        return node.kind == "null" or node.text.lower() in ("false", "0")
    return not node.items
