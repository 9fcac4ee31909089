"""The three protocols of a station, from what was counted, and what does not add up in them.

The equations are those of `dauys.systems.protocol`; here only numbers find their lines.
**Source:** spec/protocols.md §2, §5; Constitutional Law on Elections, Art. 43, 50-2.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dauys.domain.election import AGAINST_ALL
from dauys.domain.text import Text
from dauys.domain.votes import Channel, Counts, Protocol
from dauys.formats.results_out import PROTOCOL_COLUMNS, VOTE_COLUMNS, protocol_rows, vote_rows
from dauys.systems.protocol import (
    EQUATIONS,
    Check,
    Finding,
    Form,
    check_protocol,
    check_station,
    form_for,
    run_equations,
)
from dauys.words import group_digits

BLANK: Final = "blank"
"""The field of slips with no choice, and of invalid paper ballots."""
#: The lines of the paper protocol that are typed for each contest.
PAPER_LINES: Final = (
    "ballots_received",
    "ballots_issued",
    "ballots_unused",
    "ballots_spoiled",
    "ballots_not_returned",
    "ballots_cast",
)
_SUMMED: Final = ("ballots_issued", "ballots_not_returned", "ballots_cast", "invalid_ballots", "against_all")


@dataclass(frozen=True, slots=True)
class ContestForm:
    """A contest as protocols have it: its options by id, one against all among them, as on the ballot."""

    id: str
    title: Text
    options: Mapping[str, Text]
    limit: int = 1
    place: Text | None = None

    @property
    def against_all(self) -> bool:
        """Whether the ballot has an option against all."""
        return AGAINST_ALL in self.options

    def form(self, channel: Channel) -> Form:
        """Return the form of this contest's protocol."""
        return form_for(channel, limit=self.limit, against_all=self.against_all)

    def fields(self) -> tuple[str, ...]:
        """Return what is counted of this contest by hand: each option, then blanks."""
        return tuple(f"{self.id}/{option}" for option in (*self.options, BLANK))


@dataclass(frozen=True, slots=True)
class Head:
    """What all protocols of a station say of themselves."""

    station: str
    round: int
    received: datetime


@dataclass(frozen=True, slots=True)
class Voters:
    """Voters of the station: on the list at the freeze, and added on the day."""

    registered: int
    additions: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """One device at its close: the signed checkpoint, and the fields of *close*."""

    device: str
    note: bytes
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """All that a station counted. `closes`: fields of *close* of its devices; `slips`, `paper`: by field."""

    voters: Voters
    closes: Sequence[Mapping[str, Any]]
    slips: Mapping[str, int | None]
    paper: Mapping[str, int | None]


def slip_fields(contests: Iterable[ContestForm]) -> tuple[str, ...]:
    """Return the fields of a hand count of slips."""
    return tuple(field for contest in contests for field in contest.fields())


def paper_fields(contests: Iterable[ContestForm]) -> tuple[str, ...]:
    """Return the fields of a count of paper ballots."""
    return tuple(
        field
        for contest in contests
        for field in (*(f"{contest.id}:{name}" for name in PAPER_LINES), *contest.fields())
    )


def electronic(
    head: Head,
    contests: Sequence[ContestForm],
    closes: Sequence[Mapping[str, Any]],
    slips: Mapping[str, int | None],
) -> list[Protocol]:
    """Return version 1 of the electronic protocol of each contest: what the slips say.

    `closes`: the fields of *close* of every device of the station that was installed. `slips`: by field.
    """
    counts = [one["counts"] for one in closes]
    admitted, cast = (sum(int(one[name]) for one in counts) for name in ("admitted", "cast"))
    lines = {
        "admissions": admitted,
        "ballots_issued": admitted,
        "ballots_not_returned": max(0, admitted - cast),  # more cast than admitted: P1.2 says so
        "ballots_cast": cast,
    }
    return [_protocol(head, contest, Channel.ELECTRONIC, lines, slips) for contest in contests]


def paper(
    head: Head, contests: Sequence[ContestForm], voters: Voters, counted: Mapping[str, int | None]
) -> list[Protocol]:
    """Return the paper protocol of each contest from what was typed."""
    shared = {"registered": voters.registered, "additions": voters.additions}
    return [
        _protocol(
            head,
            contest,
            Channel.PAPER,
            shared | {name: counted.get(f"{contest.id}:{name}") for name in PAPER_LINES},
            counted,
        )
        for contest in contests
    ]


def summary(ours: Protocol, theirs: Protocol, voters: Voters) -> Protocol:
    """Return the sum of the electronic and the paper protocol of one contest."""
    lines = {name: _sum(getattr(ours.counts, name), getattr(theirs.counts, name)) for name in _SUMMED}
    counts = Counts(registered=voters.registered, additions=voters.additions, **lines)
    votes = {option: ours.votes[option] + theirs.votes[option] for option in ours.votes}
    return Protocol(
        ours.station, ours.contest, ours.round, Channel.SUMMARY, 1, theirs.received, counts, votes
    )


def three(head: Head, contests: Sequence[ContestForm], counted: Counted) -> list[Protocol]:
    """Return all protocols of a station: electronic, paper, summary, of each contest in turn."""
    found = []
    ours = electronic(head, contests, counted.closes, counted.slips)
    theirs = paper(head, contests, counted.voters, counted.paper)
    for one, other in zip(ours, theirs, strict=True):
        found += [one, other, summary(one, other, counted.voters)]
    return found


def findings(protocols: Sequence[Protocol], contests: Iterable[ContestForm]) -> list[Finding]:
    """Return all that does not add up, within protocols and between them."""
    forms = {one.id: one for one in contests}
    own = [f for p in protocols for f in check_protocol(p, forms[p.contest].form(p.channel))]
    return [*own, *(check_station(protocols, electronic=True) if protocols else ())]


def checks(protocol: Protocol, contest: ContestForm) -> tuple[Check, ...]:
    """Return what every equation of one protocol says, also those that hold or cannot be looked at yet."""
    return run_equations(protocol, contest.form(protocol.channel))


def written(check: Check, side: Callable[[Iterable[str]], str]) -> tuple[str, str]:
    """Return an equation in words, and in figures if there are both. `side`: the words of its lines."""
    equation = next(one for one in EQUATIONS if one.code == check.code)
    relation = "≤" if equation.relation == "<=" else "="
    told = f"{side(equation.left)} {relation} {side(equation.right)}"
    if check.left is None or check.right is None:
        return told, ""
    sign = relation if check.state == "passed" else "≠" if relation == "=" else ">"
    return told, f"{group_digits(check.left)} {sign} {group_digits(check.right)}"


def tables(protocols: Sequence[Protocol]) -> dict[str, bytes]:
    """Return `protocols.csv` and `votes.csv` of these protocols (`spec/protocols.md` §4)."""
    columns = tuple(name for name in PROTOCOL_COLUMNS if name != "counted")
    return {
        "protocols.csv": _table(columns, protocol_rows(protocols)),
        "votes.csv": _table(VOTE_COLUMNS, vote_rows(protocols)),
    }


def _table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def _protocol(
    head: Head,
    contest: ContestForm,
    channel: Channel,
    lines: Mapping[str, int | None],
    counted: Mapping[str, int | None],
) -> Protocol:
    """Return a protocol; an option whose number is not typed yet has 0 votes, and `invalid` stays open."""
    whole = all(counted.get(field) is not None for field in contest.fields())
    votes = {
        option: counted.get(f"{contest.id}/{option}") or 0
        for option in contest.options
        if option != AGAINST_ALL
    }
    against = counted.get(f"{contest.id}/{AGAINST_ALL}") if contest.against_all else None
    blank = counted.get(f"{contest.id}/{BLANK}") if whole else None
    counts = Counts(**lines, invalid_ballots=blank, against_all=against)
    return Protocol(head.station, contest.id, head.round, channel, 1, head.received, counts, votes)


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
