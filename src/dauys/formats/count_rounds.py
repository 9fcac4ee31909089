"""Elections of one person in a file: `rounds` and their candidates, rules of majority and turnout."""

from __future__ import annotations

from collections.abc import Mapping

from dauys.formats.count_rules import BASES, Sheet, tie_rule_of
from dauys.formats.fields import INFO, Fields, keys
from dauys.systems.count import PluralityElection, TwoRoundElection
from dauys.systems.majority import Contest, Majority
from dauys.systems.outcomes import Base, Count, Tally
from dauys.systems.ties import TieRule

_ROUND = INFO | keys("registered voted invalid against_all valid min_turnout candidates")
_CANDIDATE = INFO | keys("name votes party bloc withdrawn registration age average_age")


def two_rounds(sheet: Sheet) -> TwoRoundElection | None:
    """Return an election in two rounds, of which the file may hold the first only."""
    method = sheet.method
    _check_one_seat(method)
    word = method.word("majority_base", BASES)
    if word is None and method.get("majority_base") is None:
        method.missing("majority_base")
    by_share = method.word("qualify", ("top2", "top2_or_share_of_registered"), "top2") != "top2"
    method.word("second_round", ("plurality",), "plurality")
    share = method.share("qualify_share", required=by_share)
    if share is not None and not by_share:
        method.log.add(
            "E2.9", method.line_of("qualify_share"), key="method.qualify_share", found="qualify: top2"
        )
    least = method.share("min_share_of_registered")
    rounds = sheet.top.children("rounds")
    held = [_contest(sheet, fields, alone=len(rounds) == 1) for fields in rounds]
    if not rounds:
        sheet.top.missing("rounds")
    elif word is not None:
        _check_base(sheet, held[0].tally, Base(word), registered=by_share or least is not None)
    if sheet.top.log.problems or word is None:
        return None
    return TwoRoundElection(
        tuple(held), Majority(sheet.totals.base(Base(word)), share if by_share else None, least)
    )


def one_round(sheet: Sheet) -> PluralityElection | None:
    """Return an election by plurality in one round."""
    _check_one_seat(sheet.method)
    rounds = sheet.top.children("rounds")
    if not rounds:
        sheet.top.missing("rounds")
        return None
    if len(rounds) > 1:
        sheet.top.log.add("E2.6", rounds[1].line, found=str(len(rounds)), expected="1", round=2)
    contest = _contest(sheet, rounds[0], alone=True)
    return None if sheet.top.log.problems else PluralityElection(contest)


def _check_one_seat(method: Fields) -> None:
    """Note a number of seats that is not one: these families elect one person (E2.9)."""
    seats = method.seats("seats")
    if seats not in (None, 1):
        method.log.add("E2.9", method.line_of("seats"), key="method.seats", found=str(seats))


def _check_base(sheet: Sheet, tally: Tally, base: Base, *, registered: bool) -> None:
    """Note totals that the majority of the first round needs and the file does not hold (E2.5)."""
    method, line = sheet.method, sheet.method.line_of("majority_base")
    known: Mapping[Base, tuple[Count | None, str]] = {
        Base.CAST: (tally.cast, "rounds[1].voted"),
        Base.REGISTERED: (tally.registered, "rounds[1].registered"),
        Base.VALID: (tally.valid, "rounds[1].valid"),
        Base.VALID_INCL_AGAINST_ALL: (
            tally.valid if tally.valid is None else tally.against_all,
            "rounds[1].valid" if tally.valid is None else "rounds[1].against_all",
        ),
    }
    count, total = known.get(base, (0, ""))
    if count is None:
        method.log.add("E2.5", line, found=base.value, key="method.majority_base", total=total)
    if registered and tally.registered is None and base is not Base.REGISTERED:
        key = "method.qualify_share" if method.get("qualify_share") else "method.min_share_of_registered"
        at = method.line_of(key.removeprefix("method."))
        method.log.add("E2.5", at, found="registered", key=key, total="rounds[1].registered")


def _contest(sheet: Sheet, fields: Fields, *, alone: bool) -> Contest:
    """Return one round; `alone` says that the totals of the file are those of this round."""
    fields.only(_ROUND, lambda key: key.startswith("official_"))
    totals, log = sheet.totals, fields.log
    votes, withdrawn, ties = _candidates(sheet, fields)
    registered = fields.whole("registered")
    cast, invalid = fields.whole("voted"), fields.whole("invalid")
    against_all, valid = fields.votes("against_all"), fields.votes("valid")
    if alone:
        cast = totals.voted if cast is None else cast
        invalid = totals.invalid if invalid is None else invalid
        against_all = totals.against_all if against_all is None else against_all
        valid = totals.valid if valid is None else valid
    mingled = valid is not None and totals.includes_against_all and against_all is None
    if valid is not None and totals.includes_against_all:
        valid -= against_all or 0
        against_all = against_all or 0
    options = sum(votes.values())
    if valid is None and not sheet.partial:
        valid = options
    if valid is not None and options != valid and (options > valid or not (sheet.partial or mingled)):
        code = "E2.7" if sheet.partial else "E2.4"
        log.add(code, fields.line, key=fields.name_of("valid"), found=str(options), expected=str(valid))
    known = (valid or 0) + (against_all or 0) + (invalid or 0)
    if cast is not None and known > cast:
        log.add(
            "E2.7", fields.line_of("voted"), key=fields.name_of("voted"), found=str(known), expected=str(cast)
        )
    min_turnout = fields.share("min_turnout")
    registered = totals.registered if registered is None else registered
    for name, value in (("voted", cast), ("registered", registered)):
        if min_turnout is not None and value is None:
            at = fields.line_of("min_turnout")
            log.add("E2.5", at, found=name, key=fields.name_of("min_turnout"), total=fields.name_of(name))
    return Contest(
        Tally({}) if log.problems else Tally(votes, valid, cast, registered, against_all, invalid),
        min_turnout,
        sheet.method.flag("against_all_voids"),
        withdrawn,
        ties,
    )


def _candidates(sheet: Sheet, fields: Fields) -> tuple[dict[str, Count], frozenset[str], TieRule]:
    votes: dict[str, Count] = {}
    first: dict[str, int] = {}
    withdrawn: set[str] = set()
    registration: dict[str, int | None] = {}
    age: dict[str, Count | None] = {}
    rows = fields.children("candidates")
    if not rows and fields.get("candidates") is None:
        fields.missing("candidates")
    for row in rows:
        row.only(_CANDIDATE, lambda key: key.startswith("official_"))
        name, count = row.text("name", required=True), row.votes("votes", required=True)
        if name is None or count is None:
            continue
        if name in first:
            fields.log.add("E2.2", row.line, found=name, expected=str(first[name]))
        first[name], votes[name] = row.line, count
        registration[name] = row.whole("registration")
        years = row.votes("age")
        age[name] = row.votes("average_age") if years is None else years
        if row.flag("withdrawn"):
            withdrawn.add(name)
    return votes, frozenset(withdrawn), tie_rule_of(sheet.method, registration, age)
