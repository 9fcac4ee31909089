"""The definition of one election: what `election.yaml` and the tables it names say (spec/election.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from dauys.domain.places import Constituency, Device, DeviceKind, Region, Station
from dauys.domain.text import Text


@dataclass(frozen=True, slots=True)
class Party:
    """A party or bloc with a list, or one that only nominates candidates (`list_order` is None then).

    `list_order`: place in the order of registration of the lists, from 1; ties of remainders may rest on it.
    `code`: two letters per language, shown wherever its colour is. Colours are RRGGBB for light and dark
    pages.
    """

    id: str
    name: Text
    short: Text
    code: Text
    colour_light: str
    colour_dark: str
    list_order: int | None
    bloc_members: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate of a constituency; `party` None means self-nominated."""

    id: str
    name: Text
    constituency: str
    party: str | None
    registered: date | None = None


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A lot drawn or a decision taken, fed back into the count. `order`: names, the first wins first."""

    at: str
    order: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A result that was published: it counts, for each protocol, the newest version received by `as_of`."""

    id: str
    round: int
    status: Literal["preliminary", "final"]
    as_of: datetime
    reason: Text
    document: Text | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Generator:
    """The generator of synthetic rows: a name in `dauys.simulate`, its seed, and the tables it can make.

    A table that it makes is generated where its file is missing; a file that is there is always used.
    """

    name: str
    seed: int
    makes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContestRule:
    """How one kind of contest is voted. `limit`: marks a ballot may carry; an unused mark is a blank.

    With `approval` the limit is the number of options. `against_all` adds an option of that id at the end.
    `rounds`: the rounds in which the contest can be held.
    """

    kind: Literal["list", "constituency", "other"]
    limit: int = 1
    approval: bool = False
    against_all: bool = False
    rounds: tuple[int, ...] = (1,)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a ballot can be marked for, other than a list or a candidate."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Contest:
    """One contest with its options in the order of the ballot; `blanks` equals `limit`."""

    id: str
    kind: Literal["list", "constituency", "other"]
    options: tuple[str, ...]
    limit: int

    @property
    def blanks(self) -> int:
        """Marks that a ballot may leave unused."""
        return self.limit


@dataclass(frozen=True, slots=True)
class OtherContest:
    """A contest that is neither for lists nor for a constituency, such as a question put to the people."""

    id: str
    title: Text
    options: tuple[Option, ...]
    rule: ContestRule


@dataclass(frozen=True, slots=True)
class BallotStyle:
    """What one ballot holds: contest ids in order; `constituency` stands for that of the station."""

    id: str
    contests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeat vote ordered for some units, with the same lists; its vote id is election/round/number."""

    round: int
    number: int
    day: date
    stations: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class DeviceRule:
    """Devices of each electronic station where no table of devices names them."""

    main: int = 1
    carried: int = 0
    reserve: int = 0


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """Stations whose electronic ballots may be tallied together, so that no small one stands alone."""

    id: str
    stations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tallying:
    """How electronic ballots are grouped for the tally. `group_by`: the unit stations merge in by default."""

    group_by: Literal["station", "constituency", "region"] = "constituency"
    groups: tuple[MergeGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class NightStep:
    """One step of the night: local clock time of `day` days after the day of voting."""

    step: str
    at: time
    day: int = 0


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who signs: a commission, the log, a witness or a trustee. `key`: Ed25519, 64 hex digits."""

    id: str
    name: Text
    level: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signs what. A witness is a log cosigner that an observer runs, and nothing else."""

    commissions: tuple[Signer, ...] = ()
    log: Signer | None = None
    witnesses: tuple[Signer, ...] = ()


@dataclass(frozen=True, slots=True)
class Trustees:
    """The members numbered from 1 in order, and how many of them open a tally: 2 <= threshold <= members."""

    members: tuple[Signer, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class Event:
    """A duty of the calendar that was done: when, on what evidence, and after which source.

    `outlet`: the medium that carried an announcement; without one nothing counts as announced.
    """

    code: str
    done: datetime
    evidence: Text
    source: str | None = None
    outlet: Text | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact of this file was read. `confidence`: `primary`, `secondary` or `derived`."""

    id: str
    url: str
    about: Text
    confidence: Literal["primary", "secondary", "derived"]


@dataclass(frozen=True, slots=True)
class Targets:
    """Totals that generated rows are made to add up to. The count never reads them.

    `first_round`, `second_round`: constituencies won, by party id or `independents`.
    """

    list_votes: Mapping[str, int] = field(default_factory=dict)
    invalid_ballots: int | None = None
    ballots_cast: int | None = None
    registered: int | None = None
    stations: int | None = None
    electronic_stations: int | None = None
    candidates: int | None = None
    first_round: Mapping[str, int] = field(default_factory=dict)
    second_round: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Election:
    """One election with its people and places. Stations may come from a generator and then are empty here.

    `parameters` maps paths such as `list.threshold_base` to declared values, on top of the preset of `law`.
    `set_aside` maps a protocol key written station/contest/round/channel/version to the reference of a
    decision.
    """

    id: str
    title: Text
    law: str
    rehearsal: bool
    days: Mapping[int, date]
    time_zone: str
    list_seats: int
    parameters: Mapping[str, str]
    parties: tuple[Party, ...]
    regions: tuple[Region, ...]
    constituencies: tuple[Constituency, ...]
    candidates: tuple[Candidate, ...]
    stations: tuple[Station, ...]
    publications: tuple[Publication, ...]
    decisions: tuple[RecordedDecision, ...] = ()
    generator: Generator | None = None
    official: tuple[str, ...] = ()
    synthetic: tuple[str, ...] = ()
    set_aside: Mapping[str, str] = field(default_factory=dict)
    independents: Party | None = None
    languages: tuple[str, ...] = ("kk", "ru", "en")
    files: Mapping[str, str] = field(default_factory=dict)
    opens: time = time(7)
    closes: time = time(20)
    called: date | None = None
    contest_rules: tuple[ContestRule, ...] = (ContestRule("list"), ContestRule("constituency", rounds=(1, 2)))
    other_contests: tuple[OtherContest, ...] = ()
    ballot_styles: tuple[BallotStyle, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    devices: tuple[Device, ...] = ()
    device_rule: DeviceRule = DeviceRule()
    turnout_readings: tuple[time, ...] = ()
    tallying: Tallying = Tallying()
    night: tuple[NightStep, ...] = ()
    trustees: Trustees | None = None
    signers: Signers = Signers()
    events: tuple[Event, ...] = ()
    sources: tuple[Source, ...] = ()
    targets: Targets = Targets()

    def vote_id(self, round_number: int, repeat: int = 0) -> str:
        """Return the id of one vote, which everything cryptographic of that day is bound to."""
        return f"{self.id}/{round_number}/{repeat}"

    def day_of(self, vote: str) -> date | None:
        """Return the day of a vote: of a repeat its own; None where this election has no such vote."""
        own, number, repeat = vote.split("/") if vote.count("/") == 2 else ("", "", "")
        if own != self.id or not number.isdigit():
            return None
        if repeat == "0":
            return self.days.get(int(number))
        found = (one.day for one in self.repeats if (str(one.round), str(one.number)) == (number, repeat))
        return next(found, None)

    def contests(self, round_number: int = 1) -> tuple[Contest, ...]:
        """Return the contests that can be held in a round: the lists, the constituencies, the others.

        Every candidate is an option here; who is in a run-off is decided by the count, not by this file.
        """
        rules = {r.kind: r for r in self.contest_rules}
        found: list[Contest] = []
        lists = sorted((p for p in self.parties if p.list_order is not None), key=lambda p: p.list_order or 0)
        if (rule := rules.get("list")) and round_number in rule.rounds and lists:
            found.append(_contest("list", rule, [p.id for p in lists]))
        if (rule := rules.get("constituency")) and round_number in rule.rounds:
            by_place: dict[str, list[str]] = {c.id: [] for c in self.constituencies}
            for candidate in self.candidates:
                by_place.setdefault(candidate.constituency, []).append(candidate.id)
            found.extend(_contest(place, rule, ids) for place, ids in by_place.items())
        for other in self.other_contests:
            if round_number in other.rule.rounds:
                found.append(_contest(other.id, other.rule, [o.id for o in other.options]))
        return tuple(found)

    def styles(self, round_number: int = 1) -> tuple[BallotStyle, ...]:
        """Return what ballots of a round hold, one style for each constituency where a style names it.

        A style `x` becomes `x-c16` in constituency c16. Contests not held in the round are left out, and so
        are styles that have none left.
        """
        held = {c.id for c in self.contests(round_number)}
        found: list[BallotStyle] = []
        for style in self.ballot_styles:
            own = [c.id for c in self.constituencies] if "constituency" in style.contests else [None]
            for place in own:
                names = [place if c == "constituency" and place else c for c in style.contests]
                contests = tuple(c for c in names if c in held)
                if contests:
                    found.append(BallotStyle(f"{style.id}-{place}" if place else style.id, contests))
        return tuple(found)

    def devices_of(self, station: Station) -> tuple[Device, ...]:
        """Return the devices of a station: those of the table or, without one, as many as the rule says."""
        if not station.electronic:
            return ()
        if self.devices:
            return tuple(d for d in self.devices if d.station == station.id)
        rule = self.device_rule
        kinds: tuple[tuple[DeviceKind, str, int], ...] = (
            ("main", "m", rule.main),
            ("carried", "b", rule.carried),
            ("reserve", "r", rule.reserve),
        )
        return tuple(
            Device(f"{station.id}-{letter}{n}", station.id, kind)
            for kind, letter, count in kinds
            for n in range(1, count + 1)
        )

    def style_of(self, station: Station) -> BallotStyle | None:
        """Return the style, as the file names it, that a station's voters get: the first that fits.

        A station without a constituency gets the first style that does not name `constituency`.
        """
        for style in self.ballot_styles:
            if station.constituency is not None or "constituency" not in style.contests:
                return style
        return None


AGAINST_ALL = "against-all"


def _contest(name: str, rule: ContestRule, options: list[str]) -> Contest:
    ids = (*options, AGAINST_ALL) if rule.against_all else tuple(options)
    return Contest(name, rule.kind, ids, max(len(ids), 1) if rule.approval else rule.limit)
