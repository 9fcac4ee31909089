"""Whether what was found can change a seat or a run-off (`spec/checks.md` §1).

Of `n` ballots that a finding is about, each may be taken away, added, or have another vote in it. Then no
option's votes, and no total, differ by more than `n` from what was counted; *no* is said only where nothing
within those bounds gives another outcome, *yes* where moving `n` votes from one option to another does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import permutations
from math import floor

from dauys.domain.election import Election
from dauys.errors import DauysError
from dauys.systems.laws import Law
from dauys.systems.outcomes import Elected, RunOff, Tally
from dauys.systems.thresholds import base_count
from dauys.tabulate.contests import RoundResult, leaders
from dauys.tabulate.count import LIST, Count
from dauys.tabulate.lists import ListResult, ListRule, list_result_if
from dauys.verify.report import Effect, Finding, Status, Where

#: Codes that are about no vote: nothing they find changes a count.
NO_VOTES = ("N", "D", "L8.2", "L8.10", "L9.5", "L9.7", "C6.4", "C6.5", "T7.6", "P3.2")


def with_effects(findings: Iterable[Finding], count: Count | None) -> list[Finding]:
    """Return the findings; each that failed says what it can change of seats and run-offs in force."""
    judge = None if count is None else _Judge(count)
    return [
        replace(f, seats=pair[0], run_offs=pair[1])
        if f.status is Status.FAILED and (pair := _effect(f, judge))
        else f
        for f in findings
    ]


def _effect(finding: Finding, judge: _Judge | None) -> tuple[Effect, Effect]:
    if finding.code.startswith(NO_VOTES) or finding.votes == 0:
        return Effect.NO, Effect.NO
    if judge is None:
        return Effect.UNKNOWN, Effect.UNKNOWN
    votes = finding.votes if finding.votes is not None else judge.voters_at(finding.where)
    if votes is None:
        return Effect.UNKNOWN, Effect.UNKNOWN
    return judge.effect(votes, judge.contests_of(finding))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Outcomes in force, and what it takes to change them."""

    count: Count

    @property
    def election(self) -> Election:
        return self.count.election

    def voters_at(self, where: Where) -> int | None:
        """Return the voters of the station a finding is about: no more votes can be wrong there."""
        station = self.count.stations.get(where.station or "")
        return None if station is None else 2 * station.registered

    def contests_of(self, finding: Finding) -> list[str]:
        """Return the contests that a finding may be about."""
        if finding.contests is not None:
            return list(finding.contests)
        if finding.where.contest is not None:
            return [finding.where.contest]
        station = self.count.stations.get(finding.where.station or "")
        if station is None:
            return [LIST, *(c.id for c in self.election.constituencies)]
        return [LIST, station.constituency] if station.constituency else [LIST]

    def effect(self, votes: int, contests: Iterable[str]) -> tuple[Effect, Effect]:
        """Return what so many votes in these contests can change: seats, run-offs."""
        seats, run_offs = [Effect.NO], [Effect.NO]
        for contest in contests:
            if contest == LIST:
                seats.append(self._list_effect(votes))
                continue
            for number in (1, 2):
                snapshot = self.count.in_force(number)
                result = snapshot.rounds.get(contest) if snapshot else None
                if result is not None:
                    effect = round_effect(result, votes)
                    run_off = isinstance(result.outcome, RunOff)
                    (run_offs if run_off else seats).append(effect)
                    if run_off and effect is not Effect.NO:
                        seats.append(effect)
                    elif number == 1 and not run_off:
                        run_offs.append(effect)
        return _worst(seats), _worst(run_offs)

    def _list_effect(self, votes: int) -> Effect:
        first = self.count.in_force(1)
        if first is None or first.lists is None or first.list_totals is None:
            return Effect.NO
        lists = [p.id for p in sorted(self.election.parties, key=lambda p: p.list_order or 0) if p.list_order]
        return list_effect(self.count.law, lists, first.list_totals.tally(), first.lists, votes)


def _worst(effects: Iterable[Effect]) -> Effect:
    found = set(effects)
    return next((e for e in (Effect.YES, Effect.UNKNOWN) if e in found), Effect.NO)


def round_effect(result: RoundResult, votes: int) -> Effect:
    """Return whether `votes` ballots can change the winner or the two of a run-off.

    A ballot moved from one to another changes their difference by 2, and twice a leader's votes less the
    ballots cast by 2. A run-off of two options cannot be between others.
    """
    order = leaders(result.totals)
    counts = [result.totals.votes[name] for name in order]
    if result.outcome is None or len(counts) < 2:
        return Effect.UNKNOWN
    cast = result.totals.cast
    if isinstance(result.outcome, RunOff):
        safe = cast - 2 * counts[0] >= 2 * votes and (len(counts) == 2 or counts[1] - counts[2] > 2 * votes)
    elif isinstance(result.outcome, Elected):
        safe = (
            2 * counts[0] - cast > 2 * votes if result.base is not None else counts[0] - counts[1] > 2 * votes
        )
    else:
        return Effect.UNKNOWN
    return Effect.NO if safe else Effect.YES


def list_effect(law: Law, lists: list[str], tally: Tally, result: ListResult, votes: int) -> Effect:
    """Return whether `votes` ballots can change the seats of the lists."""
    if votes == 0 or _is_safe(law, tally, result, votes):
        return Effect.NO
    rule = ListRule.of(law, lists)
    for giver, taker in permutations(lists, 2):
        moved = min(votes, tally.votes[giver])
        other = dict(tally.votes)
        other[giver] -= moved
        other[taker] += moved
        try:
            found = list_result_if(rule, replace(tally, votes=other), ())
        except DauysError:
            continue
        if dict(found.seats) != dict(result.seats):
            return Effect.YES
    return Effect.UNKNOWN


def _is_safe(law: Law, tally: Tally, result: ListResult, n: int) -> bool:
    """Whether no votes and totals within `n` of the counted ones give other seats: a proof by intervals.

    For largest remainders by the Hare quota, the rule of the presets; of others nothing is proved.
    """
    known = law.value("list.method") == "largest_remainder" and law.value("list.quota") == "hare"
    if not known or result.ties or result.nothing or not result.passing:
        return False
    share = law.share("list.threshold") or Fraction(0)
    base = base_count(tally, law.base("list.threshold_base"))
    passing = set(result.passing)
    for name, count in tally.votes.items():
        if name in passing and count - n < share * (base + n):
            return False
        if name not in passing and count + n >= share * (base - n):
            return False
    return _same_quotas(result.seats, {name: tally.votes[name] for name in passing}, n)


def _same_quotas(seats: Mapping[str, int], votes: Mapping[str, int | Fraction], n: int) -> bool:
    """Whether whole quotas and the order of remainders are the same over the whole interval."""
    total, whole = sum(seats.values()), sum(votes.values())
    if whole <= n:
        return False
    low: dict[str, Fraction] = {
        name: Fraction(total * max(count - n, 0), whole + n) for name, count in votes.items()
    }
    high: dict[str, Fraction] = {
        name: Fraction(total * (count + n), whole - n) for name, count in votes.items()
    }
    if any(floor(low[name]) != floor(high[name]) for name in votes):
        return False
    with_bonus = [name for name in votes if seats.get(name, 0) > floor(low[name])]
    without = [name for name in votes if name not in with_bonus]
    least = min((low[name] - floor(low[name]) for name in with_bonus), default=None)
    most = max((high[name] - floor(low[name]) for name in without), default=None)
    return least is None or most is None or least > most
