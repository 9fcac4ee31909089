"""Kazakhstan, Kurultai 2026: 145 seats by list in one nationwide constituency.

**Source:** the Constitution in force since 1 July 2026 for the number of seats and the single constituency.
The election law of 2026 was not read: threshold, its base, "against all" and the remainder rule are carried
over from 2023 and marked unverified.
"""

from __future__ import annotations

from dauys.systems.laws.kz_2004 import BASES, METHODS, QUOTAS, SYSTEMS, TIES
from dauys.systems.laws.kz_2023 import PARAMETERS_2023
from dauys.systems.laws.law import NONE, Parameter, Status, amend, make_law

READ, UNVERIFIED = Status.READ, Status.UNVERIFIED
# fmt: off
CHANGES = (
    Parameter("list.seats", "count", "145", "Constitution of 2026", READ),
    Parameter("list.method", "choice", "largest_remainder", "carried over", UNVERIFIED, METHODS),
    Parameter("list.threshold", "share", "0.05", "carried over", UNVERIFIED),
    Parameter("list.threshold_base", "choice", "valid_incl_against_all", "carried over", UNVERIFIED, BASES),
    Parameter("list.threshold_strict", "flag", "no", "carried over", UNVERIFIED),
    Parameter("list.quota", "choice", "hare", "carried over", UNVERIFIED, QUOTAS),
    Parameter("list.leftovers", "choice", "largest", "carried over", UNVERIFIED, ("largest", "most_votes")),
    Parameter("list.tie_rule", "choice", "earlier_registration", "carried over", UNVERIFIED, TIES),
    Parameter("list.runner_up", "choice", "admit", "carried over", UNVERIFIED, ("admit", NONE)),
    Parameter("list.against_all", "flag", "yes", "carried over", UNVERIFIED),
    Parameter("constituency.seats", "count", "0", "Constitution of 2026", READ),
    Parameter("constituency.system", "choice", NONE, "Constitution of 2026", READ, SYSTEMS),
    Parameter("constituency.against_all", "flag", "no", "Constitution of 2026", READ),
)
# fmt: on

# The rest of the law was carried over unread as well.
_CARRIED = tuple(
    Parameter(p.path, p.type, p.value, p.article, UNVERIFIED, p.choices, p.optional, p.readings)
    for p in PARAMETERS_2023
)
LAW = make_law("kz-2026", "Constitutional Law on elections of 2026 (not read)", amend(_CARRIED, CHANGES))
