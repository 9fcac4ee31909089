"""Whether what was found can change a seat or a run-off (`spec/checks.md` §1).

Of `n` ballots that a finding is about, each may be taken away, added, or have another vote in it. Then no
option's votes, and no total, differ by more than `n` from what was counted; *no* is said only where nothing
within those bounds gives another outcome, *yes* where moving `n` votes from one option to another does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from math import floor
from typing import Final

from dauys.domain.election import Election
from dauys.domain.votes import Channel, Protocol
from dauys.errors import DauysError
from dauys.systems.laws import Law
from dauys.systems.outcomes import Base, Elected, RunOff, Tally
from dauys.systems.thresholds import base_count
from dauys.tabulate.contests import RoundResult, leaders, round_result_if
from dauys.tabulate.count import LIST, Count
from dauys.tabulate.lists import ListResult, ListRule, list_result_if
from dauys.tabulate.totals import Totals
from dauys.verify.report import Effect, Finding, Status, Where

#: Codes that are about no vote: nothing they find changes a count.
NO_VOTES: Final = ("N", "D", "L9.7", "C6.5")
#: What was published differs from what the law gives: that is a seat, or a run-off, by itself.
PUBLISHED: Final = {
    ("R1.2", None): (Effect.YES, Effect.NO),
    ("R1.3", "winner"): (Effect.YES, Effect.NO),
    ("R1.3", "run_off"): (Effect.YES, Effect.YES),
    ("R1.4", None): (Effect.YES, Effect.NO),
}


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
    published = PUBLISHED.get((finding.code, finding.where.field))
    if published is not None:
        return published
    if judge is None:
        return Effect.UNKNOWN, Effect.UNKNOWN
    votes = finding.votes if finding.votes is not None else judge.voters_at(finding.where)
    if votes is None:
        return Effect.UNKNOWN, Effect.UNKNOWN
    return judge.effect(votes, judge.contests_of(finding))


class _Judge:
    """Outcomes in force, and what it takes to change them."""

    def __init__(self, count: Count) -> None:
        self.count = count
        self.reported = _reported(count)
        self.known: dict[tuple[str, int, int], Effect] = {}

    @property
    def election(self) -> Election:
        return self.count.election

    def voters_at(self, where: Where) -> int | None:
        """Return how many votes can be wrong at most where a finding names a station, None where it does not.

        That many were counted there; and that many voters there are, additions of the day included, which
        are taken to be no more than those on the list.
        """
        station = self.count.stations.get(where.station or "")
        return None if station is None else max(2 * station.registered, self.reported.get(station.id, 0))

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
                seats.append(self._known(LIST, 1, votes))
                continue
            for number in (1, 2):
                snapshot = self.count.in_force(number)
                result = snapshot.rounds.get(contest) if snapshot else None
                if result is not None:
                    effect = self._known(contest, number, votes)
                    run_off = isinstance(result.outcome, RunOff)
                    (run_offs if run_off else seats).append(effect)
                    if run_off and effect is not Effect.NO:
                        seats.append(effect)
                    elif number == 1 and not run_off:
                        run_offs.append(effect)
        return _worst(seats), _worst(run_offs)

    def _known(self, contest: str, number: int, votes: int) -> Effect:
        key = (contest, number, votes)
        if key not in self.known:
            self.known[key] = self._found(contest, number, votes)
        return self.known[key]

    def _found(self, contest: str, number: int, votes: int) -> Effect:
        snapshot, law = self.count.in_force(number), self.count.law
        if contest != LIST:
            return Effect.NO if snapshot is None else round_effect(law, snapshot.rounds[contest], votes)
        if snapshot is None or snapshot.lists is None or snapshot.list_totals is None:
            return Effect.NO
        lists = [p.id for p in sorted(self.election.parties, key=lambda p: p.list_order or 0) if p.list_order]
        return list_effect(law, lists, snapshot.list_totals.tally(), snapshot.lists, votes)


def _reported(count: Count) -> dict[str, int]:
    """Return the most ballots that the protocols of each station speak of, in one contest and round."""
    channels: dict[tuple[str, str, int], dict[Channel, int]] = {}
    for (station, contest, number, channel), chain in count.archive.chains.items():
        channels.setdefault((station, contest, number), {})[channel] = max(map(_ballots, chain))
    most: dict[str, int] = {}
    for (station, _, _), own in channels.items():
        parts = own.get(Channel.ELECTRONIC, 0) + own.get(Channel.PAPER, 0)
        most[station] = max(most.get(station, 0), parts, own.get(Channel.SUMMARY, 0))
    return most


def _ballots(protocol: Protocol) -> int:
    lines = protocol.counts
    known = sum(protocol.votes.values()) + (lines.invalid_ballots or 0) + (lines.against_all or 0)
    return max(known, lines.ballots_cast or 0)


def _worst(effects: Iterable[Effect]) -> Effect:
    found = set(effects)
    return next((e for e in (Effect.YES, Effect.UNKNOWN) if e in found), Effect.NO)


def round_effect(law: Law, result: RoundResult, votes: int) -> Effect:
    """Return whether `votes` ballots can change the winner or the two of a run-off.

    A ballot moved from one to another changes their difference by 2, and twice a leader's votes less the
    base of a majority by 2; where the base is of registered voters, that may be another by 1 as well.
    *Yes* is said where such a change was found.
    """
    if votes == 0 or _round_is_safe(law, result, votes):
        return Effect.NO
    before = _told(result.outcome)
    for totals in _moved(result.totals, votes):
        try:
            other = round_result_if(law, result.round, totals, ())
        except DauysError:
            continue
        if _told(other.outcome) != before:
            return Effect.YES
    return Effect.UNKNOWN


def _round_is_safe(law: Law, result: RoundResult, n: int) -> bool:
    """Whether no votes and totals within `n` of the counted ones give another outcome."""
    if result.outcome is None or len(result.totals.votes) < 2:
        return False
    tally = result.totals.tally()
    turnout = law.share("constituency.min_turnout")
    if turnout:
        cast, registered = base_count(tally, Base.CAST), base_count(tally, Base.REGISTERED)
        if cast - n < turnout * (registered + n):
            return False
    counts = sorted(tally.votes.values(), reverse=True)
    change = 3 * n if result.base is Base.REGISTERED else 2 * n
    above = None if result.base_votes is None else 2 * counts[0] - result.base_votes
    if isinstance(result.outcome, RunOff):
        pair = len(counts) == 2 or counts[1] - counts[2] > 2 * n
        return above is not None and above <= -change and pair
    if isinstance(result.outcome, Elected):
        return counts[0] - counts[1] > 2 * n if above is None else above > change
    return False


def _moved(totals: Totals, n: int) -> Iterator[Totals]:
    """Yield totals in which `n` ballots are otherwise, each as near to another outcome as can be."""
    order = leaders(totals)
    if not order:  # a definition may leave a constituency without a candidate
        return
    for taker, givers in ((1, order[:1]), (0, order[1:]), (2, order[1:2]), (2, order[3:] + order[1:2])):
        if taker >= len(order):
            continue
        other, left = dict(totals.votes), n
        for giver in givers:
            moved = min(left, other[giver])
            other[giver] -= moved
            other[order[taker]] += moved
            left -= moved
        yield replace(totals, votes=other)
    most = totals.votes[order[0]]
    gone = min(n, most)
    yield replace(totals, votes={**totals.votes, order[0]: most - gone}, cast=totals.cast - gone)


def _told(outcome: object) -> tuple[object, ...]:
    """Return what of an outcome is a seat or a run-off."""
    names = getattr(outcome, "names", ())
    return type(outcome), getattr(outcome, "name", None), frozenset(names)


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
