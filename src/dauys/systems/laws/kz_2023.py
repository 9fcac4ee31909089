"""Kazakhstan, Majilis 2023: 69 seats by list at 5 % with "against all" in the base, 29 by plurality.

**Source:** the same Constitutional Law as amended until 2022; official results of 19 March 2023, whose shares
are of the votes for lists and "against all" together (6,366,441), without invalid ballots.
"""

from __future__ import annotations

from dauys.systems.laws.kz_2004 import BASES, PARAMETERS, SYSTEMS
from dauys.systems.laws.law import NONE, Parameter, Status, amend, make_law

READ, COMPUTED, UNVERIFIED = Status.READ, Status.COMPUTED, Status.UNVERIFIED
# fmt: off
CHANGES = (
    Parameter("list.seats", "count", "69", "Art. 87", READ),
    Parameter("list.threshold", "share", "0.05", "Art. 97-1(1)", READ),
    Parameter("list.threshold_base", "choice", "valid_incl_against_all", "Art. 97-1(1)", COMPUTED, BASES),
    Parameter("list.against_all", "flag", "yes", "Art. 37", READ),
    # Admission of the runner-up dates from 2009 and was not seen repealed.
    Parameter("list.runner_up", "choice", "admit", "Art. 97-1(2)", UNVERIFIED, ("admit", NONE)),
    Parameter("constituency.seats", "count", "29", "Art. 87", READ),
    Parameter("constituency.system", "choice", "plurality", "Art. 9", UNVERIFIED, SYSTEMS),
    Parameter("constituency.majority_base", "choice", "valid_incl_against_all", "Art. 9", UNVERIFIED, BASES),
    Parameter("constituency.against_all", "flag", "yes", "Art. 37", READ),
    Parameter("turnout.numerator", "choice", "ballots_issued", "Art. 44(5)", COMPUTED,
              ("ballots_cast", "ballots_issued")),                        # 54.21 % against 52.90 % cast
    # Whole days between, as the commission counted: 26 February and 13 March for 19 March.
    Parameter("calendar.register_to_station_days", "count", "21", "Art. 25", COMPUTED),
    Parameter("calendar.foreign_observers_days", "count", "6", "Art. 20-2", COMPUTED),
    Parameter("calendar.foreign_observers_until", "clock", "18:00", "Art. 20-2", READ),
)
# fmt: on

PARAMETERS_2023 = amend(PARAMETERS, CHANGES)
LAW = make_law(
    "kz-2023", "Constitutional Law No. 2464 of 28 September 1995, amended to 2022", PARAMETERS_2023
)
