"""Control equations of a station's protocols: facts about what does not add up, never a reason to refuse.

An equation is data: a code, an article, two sums of lines and their relation. A line that the form does not
have, or that holds no number, makes its equation *not run*, with why; only the lines "against all" and
"invalid" drop out of their sum where the form does not have them.

P1.1 electronic ballots issued = admissions to the booth · P1.2 issued = in the box + not returned ·
P1.3 in the box = votes (+ against all) + invalid · P1.4 received = issued + unused + spoiled ·
P1.5 in the box <= registered + additions · P1.6 issued <= registered + additions · P1.7 in the box <=
registered (more is lawful with additions: to be looked at) · P1.8 votes <= marks on valid ballots ·
P1.9 votes of one option <= valid ballots · P2.1 electronic + paper = summary, by line · P2.2 the same by
option · P2.3 one of the protocols is missing · P2.4 registered or additions differ between contests ·
P2.5 electronic ballots differ between contests of one ballot · P2.6 electronic protocol of a station without
electronic voting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dauys.domain.votes import Channel, Protocol

VOTES = "votes"
"""The sum of the votes of all options, as a term of an equation."""

State = Literal["passed", "failed", "not_run"]
Weight = Literal["broken", "look"]
_OPTIONAL = frozenset({"against_all", "invalid_ballots"})


@dataclass(frozen=True, slots=True)
class Equation:
    """`left` and `right` are names of lines of `Counts`, or `votes`; each side is their sum, in ballots.

    `weight` is `look` where a break is lawful and only to be looked at.
    """

    code: str
    article: str
    left: tuple[str, ...]
    relation: Literal["=", "<="]
    right: tuple[str, ...]
    channels: frozenset[Channel]
    weight: Weight = "broken"


_ALL = frozenset(Channel)
_PAPER = frozenset({Channel.PAPER})
_ELECTRONIC = frozenset({Channel.ELECTRONIC})
_WITH_REGISTER = frozenset({Channel.PAPER, Channel.SUMMARY})

# fmt: off
EQUATIONS = (
    Equation("P1.1", "Art. 50-2", ("ballots_issued",), "=", ("admissions",), _ELECTRONIC),
    Equation("P1.2", "Art. 43", ("ballots_issued",), "=", ("ballots_cast", "ballots_not_returned"), _ALL),
    Equation("P1.3", "Art. 43", ("ballots_cast",), "=", (VOTES, "against_all", "invalid_ballots"), _ALL),
    Equation("P1.4", "Art. 43", ("ballots_received",), "=",
             ("ballots_issued", "ballots_unused", "ballots_spoiled"), _PAPER),
    Equation("P1.5", "Art. 41, 43", ("ballots_cast",), "<=", ("registered", "additions"), _WITH_REGISTER),
    Equation("P1.6", "Art. 41, 43", ("ballots_issued",), "<=", ("registered", "additions"), _WITH_REGISTER),
    Equation("P1.7", "Art. 26, 41", ("ballots_cast",), "<=", ("registered",), _WITH_REGISTER, "look"),
)
# fmt: on
ARTICLES = {e.code: e.article for e in EQUATIONS} | {
    "P1.8": "Art. 43",
    "P1.9": "Art. 43",
    "P2.1": "Art. 43, 50-2",
    "P2.2": "Art. 43, 50-2",
    "P2.3": "Art. 43, 50-2",
    "P2.4": "Art. 43",
    "P2.5": "Art. 50-2",
    "P2.6": "Art. 50-1(4)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a protocol: the lines it has, and how many marks a ballot may carry."""

    channel: Channel
    lines: frozenset[str]
    limit: int = 1


def _lines(*names: str) -> frozenset[str]:
    return frozenset(names)


_BOX = ("ballots_issued", "ballots_not_returned", "ballots_cast", "invalid_ballots")
FORMS: Mapping[Channel, Form] = {
    Channel.PAPER: Form(
        Channel.PAPER,
        _lines(*_BOX, "registered", "additions", "ballots_received", "ballots_unused", "ballots_spoiled"),
    ),
    Channel.ELECTRONIC: Form(Channel.ELECTRONIC, _lines(*_BOX, "admissions")),
    Channel.SUMMARY: Form(Channel.SUMMARY, _lines(*_BOX, "registered", "additions")),
}
"""The forms of the reference election; a law with "against all" has that line on each of them as well."""


def form_for(channel: Channel, *, limit: int = 1, against_all: bool = False) -> Form:
    """Return the form of a channel, for a contest with so many marks and with or without "against all"."""
    lines = FORMS[channel].lines | ({"against_all"} if against_all else set())
    return Form(channel, lines, limit)


@dataclass(frozen=True, slots=True)
class Check:
    """One equation on one protocol. `why` says for `not_run` which lines there are not, or have no number."""

    code: str
    state: State
    left: int | None = None
    right: int | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not add up. `found`, `expected`: ballots or voters; `facts`: lines and options."""

    code: str
    article: str
    weight: Weight
    station: str
    contest: str
    round: int
    channel: Channel | None
    version: int | None
    found: int | None
    expected: int | None
    facts: Mapping[str, object] = field(default_factory=dict)


def run_equations(protocol: Protocol, form: Form) -> tuple[Check, ...]:
    """Return what every equation of the form's channel says about one protocol."""
    return tuple(_check(e, protocol, form) for e in _equations(form))


def _equations(form: Form) -> Iterator[Equation]:
    for equation in EQUATIONS:
        # With more than one mark a ballot, votes do not add up to ballots: P1.8 takes the place of P1.3.
        if form.channel in equation.channels and not (equation.code == "P1.3" and form.limit > 1):
            yield equation


def _check(equation: Equation, protocol: Protocol, form: Form) -> Check:
    missing: list[str] = []
    left = _sum(equation.left, protocol, form, missing)
    right = _sum(equation.right, protocol, form, missing)
    if missing:
        return Check(equation.code, "not_run", why=tuple(missing))
    holds = left == right if equation.relation == "=" else left <= right
    return Check(equation.code, "passed" if holds else "failed", left, right)


def _sum(terms: tuple[str, ...], protocol: Protocol, form: Form, missing: list[str]) -> int:
    total = 0
    counts = protocol.counts
    for term in terms:
        if term == VOTES:
            total += sum(protocol.votes.values())
            continue
        value: int | None = getattr(counts, term)
        if value is not None:
            total += value
        elif term in form.lines or term not in _OPTIONAL:
            missing.append(term)
    return total


def check_protocol(protocol: Protocol, form: Form) -> tuple[Finding, ...]:
    """Return what does not add up within one protocol, in order of codes.

    A number on a line that the form does not have counts all the same: nothing reported is left out.
    """
    found: list[Finding] = []
    for equation in _equations(form):
        check = _check(equation, protocol, form)
        if check.state == "failed":
            facts = {"left": equation.left, "relation": equation.relation, "right": equation.right}
            found.append(_finding(equation.code, protocol, check.left, check.right, facts, equation.weight))
    found.extend(_marks(protocol, form))
    return tuple(found)


def _marks(protocol: Protocol, form: Form) -> Iterator[Finding]:
    """Yield where an option, or all of them together, have more votes than valid ballots can carry."""
    if form.limit == 1 or protocol.counts.ballots_cast is None:
        return
    valid = protocol.counts.ballots_cast - (protocol.counts.invalid_ballots or 0)
    votes = sum(protocol.votes.values()) + (protocol.counts.against_all or 0)
    if votes > form.limit * valid:
        yield _finding("P1.8", protocol, votes, form.limit * valid, {"limit": form.limit})
    for option, count in protocol.votes.items():
        if count > valid:
            yield _finding("P1.9", protocol, count, valid, {"option": option})


def _finding(  # noqa: PLR0917 - the parts of a finding in their usual order
    code: str,
    protocol: Protocol,
    found: int | None,
    expected: int | None,
    facts: Mapping[str, object],
    weight: Weight = "broken",
) -> Finding:
    station, contest, round_number, channel = protocol.key
    return Finding(
        code,
        ARTICLES[code],
        weight,
        station,
        contest,
        round_number,
        channel,
        protocol.version,
        found,
        expected,
        facts,
    )


_SHARED_LINES = ("ballots_issued", "ballots_not_returned", "ballots_cast", "invalid_ballots", "against_all")


def check_station(protocols: Sequence[Protocol], *, electronic: bool) -> tuple[Finding, ...]:
    """Return what does not agree between the protocols of one station: one version of each, of any rounds.

    `electronic`: the station has electronic voting and owes three protocols for each contest. Raises
    ValueError where protocols of several stations or two versions of one protocol are given.
    """
    by_contest: dict[tuple[int, str], dict[Channel, Protocol]] = {}
    for p in protocols:
        channels = by_contest.setdefault((p.round, p.contest), {})
        if p.channel in channels or p.station != protocols[0].station:
            raise ValueError("one station, and one version of each of its protocols")
        channels[p.channel] = p
    found: list[Finding] = []
    for channels in by_contest.values():
        found.extend(_three(channels, electronic=electronic))
    if len(by_contest) > 1:
        found.extend(_same_register(by_contest))
        found.extend(_same_ballots(by_contest))
    return tuple(found)


def _three(channels: Mapping[Channel, Protocol], *, electronic: bool) -> Iterator[Finding]:
    some = next(iter(channels.values()))
    if not electronic:
        if Channel.ELECTRONIC in channels:
            yield _finding("P2.6", channels[Channel.ELECTRONIC], None, None, {})
        if Channel.PAPER not in channels:
            yield _absent(some, Channel.PAPER)
        return
    for channel in Channel:
        if channel not in channels:
            yield _absent(some, channel)
    if len(channels) == len(Channel):
        yield from _summed(*(channels[c] for c in (Channel.ELECTRONIC, Channel.PAPER, Channel.SUMMARY)))


def _absent(some: Protocol, channel: Channel) -> Finding:
    place = (some.station, some.contest, some.round)
    return Finding("P2.3", ARTICLES["P2.3"], "broken", *place, channel, None, None, None)


def _summed(electronic: Protocol, paper: Protocol, summary: Protocol) -> Iterator[Finding]:
    for line in _SHARED_LINES:
        parts = (getattr(electronic.counts, line), getattr(paper.counts, line))
        whole: int | None = getattr(summary.counts, line)
        if whole is not None and None not in parts and sum(parts) != whole:
            yield _finding("P2.1", summary, whole, sum(parts), {"line": line})
    for option in dict.fromkeys((*summary.votes, *electronic.votes, *paper.votes)):
        total = electronic.votes.get(option, 0) + paper.votes.get(option, 0)
        if summary.votes.get(option, 0) != total:
            yield _finding("P2.2", summary, summary.votes.get(option, 0), total, {"option": option})


_ByContest = Mapping[tuple[int, str], Mapping[Channel, Protocol]]


def _same_register(by_contest: _ByContest) -> Iterator[Finding]:
    """Yield where contests of one round say different numbers of voters; the first contest is the measure."""
    for line in ("registered", "additions"):
        for channel in (Channel.PAPER, Channel.SUMMARY):
            yield from _agree("P2.4", line, _of_channel(by_contest, channel))


def _same_ballots(by_contest: _ByContest) -> Iterator[Finding]:
    """Yield where one electronic ballot holds several contests and their numbers of ballots differ."""
    for line in ("admissions", "ballots_issued", "ballots_cast"):
        yield from _agree("P2.5", line, _of_channel(by_contest, Channel.ELECTRONIC))


def _of_channel(by_contest: _ByContest, channel: Channel) -> list[Protocol]:
    return [channels[channel] for channels in by_contest.values() if channel in channels]


def _agree(code: str, line: str, protocols: Iterable[Protocol]) -> Iterator[Finding]:
    measure: dict[int, tuple[int, str]] = {}
    for p in protocols:
        value: int | None = getattr(p.counts, line)
        if value is None:
            continue
        first, contest = measure.setdefault(p.round, (value, p.contest))
        if value != first:
            yield _finding(code, p, value, first, {"line": line, "contest": contest})
