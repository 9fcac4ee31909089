"""A count as a page of text: what was counted, a table of the votes, and the answer last."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from rich import box
from rich.table import Table

from dauys.cli.render import console, number, percent
from dauys.formats.count_file import CountFile
from dauys.systems.count import (
    BiproportionalElection,
    Counted,
    DistrictElection,
    Election,
    LevelledElection,
    ListElection,
    MixedElection,
    PluralityElection,
    TwoRoundElection,
)
from dauys.systems.outcomes import Base, Count, Elected, NoDistribution, RunOff, Tally, Void
from dauys.systems.thresholds import HARE_QUOTA, Threshold, base_count
from dauys.words import Language, Words


def print_count(file: CountFile, counted: Counted, language: Language, *, quiet: bool) -> None:
    """Write one count to stdout: with `quiet` only the answer, one line for each seat, winner or tie."""
    words, out = Words(language, "count", "cli"), console()
    if not quiet:
        out.print(f"{file.title or file.id} · {file.id}" if file.title else file.id)
        tally, base = _votes(file.election)
        out.print(_table(tally, base, counted, words))
        bar = _bar(file.election, words)
        if bar:
            out.print(bar)
    for line in answer(counted, words):
        out.print(line)


def answer(counted: Counted, words: Words) -> list[str]:
    """Return the lines that a person came for."""
    lines = []
    if counted.seats is not None and not isinstance(counted.outcome, NoDistribution):
        won = sorted(
            ((n, name) for name, n in counted.seats.items() if n), key=lambda pair: (-pair[0], pair[1])
        )
        lines.append("  ".join(f"{name} {number(n, words)}" for n, name in won))
        lines.append(words.say("answer.seats", total=sum(counted.seats.values())))
    if counted.unfilled:
        lines.append(words.say("answer.unfilled", unfilled=counted.unfilled))
    if counted.outcome is not None:
        lines.append(_said(counted, words))
    for tie in counted.ties:
        lines.append(words.say("answer.tie", at=tie.at, tied=", ".join(sorted(tie.tied)), seats=tie.seats))
    return [line for line in lines if line]


def _said(counted: Counted, words: Words) -> str:
    match counted.outcome:
        case Elected(name, held):
            return words.say("answer.elected", round=str(held), names=name)
        case RunOff(names):
            key = "answer.runoff_open" if counted.ties else "answer.runoff"
            return words.say(key, names=", ".join(names) or "–")
        case Void(reason, held):
            return words.say("answer.void", round=str(held), reason=_reason(reason, words))
        case NoDistribution(reason):
            return words.say("answer.no_distribution", reason=_reason(reason, words))
    return ""


def _reason(reason: str, words: Words) -> str:
    key = f"reason.{reason}"
    return words.say(key) if words.has(key) else reason


def _votes(election: Election) -> tuple[Tally, Base]:
    """Return the votes to show and the base of their shares: that of the bar where there is one."""
    match election:
        case ListElection(tally, rules) | DistrictElection(tally, rules):
            threshold = rules.threshold
        case MixedElection(house):
            tally, threshold = house.tally, house.threshold
        case LevelledElection(levelled):
            tally, threshold = levelled.tally, levelled.threshold
        case BiproportionalElection(contest):
            votes: Mapping[str, Count] = {
                name: sum(row.get(name, 0) for row in contest.votes.values()) for name in contest.names
            }
            tally, threshold = Tally(votes), None
        case TwoRoundElection(rounds, majority):
            return rounds[-1].tally, majority.base if len(rounds) == 1 else Base.VALID
        case PluralityElection(held):
            return held.tally, Base.VALID if held.tally.valid is not None else Base.PARTY_VOTES
    return tally, threshold.base if threshold is not None else Base.PARTY_VOTES


def _threshold(election: Election) -> tuple[Threshold, Tally, int] | None:
    match election:
        case ListElection(tally, rules) | DistrictElection(tally, rules):
            found = rules.threshold, tally, rules.seats
        case MixedElection(house):
            found = house.threshold, house.tally, house.seats
        case LevelledElection(levelled):
            found = levelled.threshold, levelled.tally, levelled.house_start
        case _:
            return None
    threshold, tally, seats = found
    return None if threshold is None or threshold.share == 0 else (threshold, tally, seats)


def _bar(election: Election, words: Words) -> str | None:
    """Return the line that says what the bar is, of what, and in votes."""
    if isinstance(election, TwoRoundElection):
        return _majority(election, words)
    found = _threshold(election)
    if found is None:
        return None
    threshold, tally, seats = found
    base = base_count(tally, threshold.base)
    share = Fraction(1, max(seats, 1)) if threshold.share == HARE_QUOTA else Fraction(threshold.share)
    needed = share * base
    least = needed.numerator // needed.denominator + (1 if threshold.strict or needed.denominator != 1 else 0)
    base_words = f"{words.say(f'share_of.{threshold.base.value}')} ({number(base, words)})"
    return words.say("bar", share=f"{number(share * 100, words)} %", base=base_words, needed=least)


def _majority(election: TwoRoundElection, words: Words) -> str | None:
    """Return the line that says what an absolute majority is, while the first round is the last one held."""
    if len(election.rounds) > 1:
        return None
    named = election.majority.base
    base = base_count(election.rounds[0].tally, named)
    base_words = f"{words.say(f'share_of.{named.value}')} ({number(base, words)})"
    return words.say("majority", base=base_words, needed=int(base // 2 + 1))


def _table(tally: Tally, base: Base, counted: Counted, words: Words) -> Table:
    whole = base_count(tally, base) if _known(tally, base) else sum(tally.votes.values())
    shown = base if _known(tally, base) else Base.PARTY_VOTES
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(words.say("list" if counted.seats is not None else "candidate"), overflow="fold")
    table.add_column(words.say("votes"), justify="right", no_wrap=True)
    table.add_column(words.say(f"share_of.{shown.value}"), justify="right")
    if counted.seats is not None:
        table.add_column(words.say("seats"), justify="right", no_wrap=True)
    for name, votes in sorted(tally.votes.items(), key=lambda item: (-item[1], item[0])):
        row = [name, number(votes, words), percent(votes, whole, words)]
        if counted.seats is not None:
            row.append(number(counted.seats[name], words))
        table.add_row(*row)
    return table


def _known(tally: Tally, base: Base) -> bool:
    """Return whether the tally holds the base: one that decided nothing may be unknown."""
    if base is Base.PARTY_VOTES:
        return True
    if base is Base.VALID_INCL_AGAINST_ALL:
        return tally.valid is not None and tally.against_all is not None
    return {Base.CAST: tally.cast, Base.REGISTERED: tally.registered}.get(base, tally.valid) is not None
