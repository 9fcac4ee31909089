"""Kazakhstan, Majilis 2004: 10 seats by list at 7 %, 67 by absolute majority with a run-off.

**Source:** Constitutional Law "On Elections in the Republic of Kazakhstan" of 28 September 1995, No. 2464, as
amended on 14 April 2004, No. 545-II. Where the wording of 2004 could not be read, the text after the
amendments of 2007 stands in for it; `UNVERIFIED` marks what rests on neither text nor arithmetic, and
`DECLARED` what the law leaves to the election's own file.
"""

from __future__ import annotations

from dauys.systems.laws.law import NONE, Parameter, Reading, Status, Type, make_law

READ, COMPUTED, DECLARED, UNVERIFIED = Status.READ, Status.COMPUTED, Status.DECLARED, Status.UNVERIFIED
BASES = ("valid", "cast", "valid_incl_against_all", "party_votes", "registered")
METHODS = ("largest_remainder", "dhondt", "sainte_lague")
QUOTAS = ("hare", "droop", "hagenbach_bischoff")
TIES = ("earlier_registration", "lot", "more_votes")
SYSTEMS = ("two_round", "plurality", NONE)


def _p(path: str, type_: Type, value: str, article: str, status: Status, *readings: Reading,
       choices: tuple[str, ...] = (), optional: bool = False) -> Parameter:  # fmt: skip
    return Parameter(path, type_, value, article, status, choices, optional, readings)


# fmt: off
LIST = (
    _p("list.seats", "count", "10", "Art. 87", READ),
    _p("list.method", "choice", "largest_remainder", "Art. 97-1(3)", READ, choices=METHODS),
    _p("list.threshold", "share", "0.07", "Art. 97-1(1)", READ),
    # Worded "of those who took part in the voting"; the published percentages are over the votes for lists.
    _p("list.threshold_base", "choice", "valid", "Art. 97-1(1)", COMPUTED,
       Reading("valid", "Resolution No. 142/206 of 27 September 2004, as computed", COMPUTED),
       Reading("cast", "Art. 97-1(1), as worded", READ), choices=BASES),
    _p("list.threshold_strict", "flag", "no", "Art. 97-1(1)", READ),            # "seven per cent and more"
    _p("list.quota", "choice", "hare", "Art. 97-1(1)", READ, choices=QUOTAS),   # over the passing lists
    _p("list.leftovers", "choice", "largest", "Art. 97-1(3)", COMPUTED, choices=("largest", "most_votes")),
    _p("list.tie_rule", "choice", "earlier_registration", "Art. 97-1(4)", UNVERIFIED, choices=TIES),
    _p("list.runner_up", "choice", NONE, "Art. 97-1(2)", READ, choices=("admit", NONE)),   # since 2009
    _p("list.runner_up_index", "share", "0.7", "Art. 97-1(3)", READ),
    _p("list.runner_up_seats", "count", "2", "Art. 97-1(2)", READ),
    _p("list.against_all", "flag", "no", "Art. 37", UNVERIFIED),                # introduced in 2021
)
CONSTITUENCY = (
    _p("constituency.seats", "count", "67", "Art. 87", READ),
    _p("constituency.system", "choice", "two_round", "Art. 9(1)", READ, choices=SYSTEMS),
    _p("constituency.majority", "share", "0.5", "Art. 9(1)(2)", READ),          # more than this share
    _p("constituency.majority_base", "choice", "cast", "Art. 9(1)(2)", READ, choices=BASES),
    _p("constituency.runoff_candidates", "count", "2", "Art. 9(1)(2)", READ),
    _p("constituency.runoff_rule", "choice", "more_votes", "Art. 9(1)(2)", READ,
       choices=("more_votes", "majority")),
    _p("constituency.tie_rule", "choice", "lot", "Art. 9", UNVERIFIED, choices=("lot",)),
    _p("constituency.min_turnout", "share", "0", "Art. 9(1)(2)", UNVERIFIED),   # the quorum went in 1999
    _p("constituency.against_all", "flag", "no", "Art. 37", UNVERIFIED),
)
TURNOUT = (
    _p("turnout.numerator", "choice", "ballots_cast", "Art. 44(5)", COMPUTED,
       choices=("ballots_cast", "ballots_issued")),
)
COUNTING = (
    _p("count.starts", "clock", "20:00", "Art. 43(1)", READ),
    _p("count.hours", "count", "12", "Art. 43(1)", READ),
)
CALENDAR = (
    # "Not later than n days before": the n-th day before, or n whole days between as practised later.
    _p("calendar.register_to_station_days", "count", "20", "Art. 25", READ,
       Reading("20", "Art. 25, the twentieth day before", READ),
       Reading("21", "practice of 2023: 26 February for 19 March", COMPUTED)),
    _p("calendar.register_display_days", "count", "15", "Art. 26(1)", READ),
    _p("calendar.special_register_display_days", "count", "5", "Art. 26(1)", READ),
    _p("calendar.campaign_ends_days", "count", "1", "Art. 27", UNVERIFIED),     # at 0:00 of the eve
    _p("calendar.absentee_until", "clock", "18:00", "Art. 41", UNVERIFIED),
    _p("calendar.foreign_observers_days", "count", "5", "Art. 20-2", UNVERIFIED,
       Reading("5", "Art. 20-2, the fifth day before", UNVERIFIED),
       Reading("6", "practice of 2021 and 2023: 13 March for 19 March", COMPUTED)),
    _p("calendar.foreign_observers_until", "clock", "18:00", "Art. 20-2", UNVERIFIED),
    # The duty to announce is attributed to paragraph 5; no date stands in the part read. 37 days in 2005.
    _p("calendar.electronic_list_days", "count", NONE, "Art. 50-1(5)", UNVERIFIED,
       Reading(NONE, "Art. 50-1, as read", UNVERIFIED),
       Reading("37", "practice of 2005: list fixed on 28 October for 4 December", COMPUTED), optional=True),
    _p("calendar.equipment_installed_days", "count", "3", "Art. 50-1(5)", READ),
    # `within`: on one of the days of the window. `by`: not later than that many days before.
    _p("calendar.equipment_installed_reading", "choice", "within", "Art. 50-1(5)", READ,
       Reading("within", "Art. 50-1(5), 'within three days before'", READ),
       Reading("by", "press accounts, 'three days before'", UNVERIFIED), choices=("within", "by")),
    _p("calendar.system_check_minutes", "count", "30", "Art. 50-2(1)", READ),
    _p("calendar.protocol_to_centre_days", "count", "2", "Art. 94", READ),
    _p("calendar.runoff_months", "count", "2", "Art. 96", UNVERIFIED),
)
PUBLICATION = (
    _p("publication.results_days", "count", "10", "Art. 44(4)", READ),
    _p("publication.posting_days", "count", "2", "Art. 43(8)", READ),
    # The law wants every protocol posted; withholding a small station's figures is a declared choice.
    _p("publication.withhold_small", "flag", "no", "Art. 43(8)", DECLARED),
    _p("publication.privacy_minimum", "count", "30", "Art. 43(8)", DECLARED),
    _p("publication.marked_register", "flag", "no", "Art. 26", DECLARED),
)
AFTERWARDS = (
    _p("complaints.days", "count", "5", "Art. 49", UNVERIFIED),
    _p("complaints.at_once_within_days", "count", "5", "Art. 48(3), 49", READ),
    _p("complaints.check_days", "count", "3", "Art. 48(3)", READ),
    _p("media.prices_days", "count", "10", "Art. 28", READ),
    _p("media.reply_hours", "count", "24", "Art. 28", READ),
    _p("retention.media_months", "count", "12", "Art. 50-8", READ),
)
# fmt: on

PARAMETERS = LIST + CONSTITUENCY + TURNOUT + COUNTING + CALENDAR + PUBLICATION + AFTERWARDS
LAW = make_law(
    "kz-2004", "Constitutional Law No. 2464 of 28 September 1995, amended 14 April 2004", PARAMETERS
)
