"""The closed table of checks: every code that a report may hold, and those of the browser's verifier.

**Source:** checks.md §2, with log.md §11, trustees.md §4, §5 and §9, ballots.md §7 and §10, cards.md §5,
protocols.md §5 and election.md §8, whose codes it takes over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

#: By group: the last numbers of its codes. `B` has no groups.
_GROUPS: Final[dict[str, int]] = {
    "L1": 3, "L2": 7, "L3": 7, "L4": 4, "L7": 6, "L8": 10, "L9": 9,
    "K1": 7, "K2": 4, "K3": 3, "K4": 2, "K5": 9, "K6": 6, "K7": 3, "K8": 3, "K10": 4,
    "C6": 5,
    "T1": 8, "T2": 4, "T3": 2, "T4": 9, "T5": 6, "T6": 5, "T7": 6,
    "S1": 2,
    "P1": 9, "P2": 7, "P3": 5,
    "R1": 5,
    "N1": 6, "N2": 4, "N3": 5, "N4": 1, "N5": 1, "N6": 1,
}  # fmt: skip
_SINGLE: Final[dict[str, int]] = {"B": 13, "C": 5, "D": 5}
#: Groups and codes that the browser's verifier does not run; where a group is named, all of it.
_NOT_IN_BROWSER: Final = frozenset(
    {"L8.8", "L8.9", "L8.10", "C5", "C6.5", "T6", "T7.1", "T7.3", "T7.6", "K", "P", "R", "N", "D"}
)


def _codes() -> Iterator[str]:
    for group, last in _GROUPS.items():
        yield from (f"{group}.{number}" for number in range(1, last + 1))
    for letter, last in _SINGLE.items():
        yield from (f"{letter}{number}" for number in range(1, last + 1))


def _in_browser(code: str) -> bool:
    return not {code, code.partition(".")[0], code[:1]} & _NOT_IN_BROWSER


#: Every code, and whether the browser's verifier runs it.
CODES: Final[dict[str, bool]] = {code: _in_browser(code) for code in _codes()}
