"""Invented votes: tables of station and option with the totals that the plan and the targets ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dauys.domain.election import Election
from dauys.simulate.draws import Draws
from dauys.simulate.fit import add_up, fit_table, share_out
from dauys.simulate.nominations import Field
from dauys.simulate.places import Site
from dauys.simulate.plan import FIGURES, OPEN_RUNOFFS, SWAPPED
from dauys.simulate.turnout import ONLY_LIST, spread_cast


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of one contest and round in some stations: in the box, invalid, and for each option.

    `electronic`: ballots of the cast ones that were given electronically, alike for all contests of a round.
    """

    contest: str
    round: int
    options: tuple[str, ...]
    sites: list[Site]
    cast: list[int]
    invalid: list[int]
    votes: list[list[int]]
    electronic: list[int]


def electronic_ballots(sites: list[Site], cast: Sequence[int], round_number: int, seed: int) -> list[int]:
    """Return the electronic ballots of each station: 5 to 22 of 100 in electronic ones, else 0."""
    draws = Draws(seed, "electronic", round_number, sites[0].station.id if sites else "")
    shares = [draws.between(0.05, 0.22) for _ in sites]
    return [int(n * x) if s.station.electronic else 0 for s, n, x in zip(sites, cast, shares, strict=True)]


#: Strength of lists in towns, and in the stations that report late, against their national strength.
IN_TOWNS = {"otan": 0.84, "ak-zhol": 1.55, "asar": 1.3, "communists-dck": 1.4, "auyl": 0.5, "aist": 0.9}
WHEN_LATE = {"otan": 1.5, "ak-zhol": 0.22, "asar": 0.6, "communists-dck": 0.6}
IN_REGIONS = {
    "alc": {"otan": 0.8, "asar": 1.5, "ak-zhol": 1.3}, "ast": {"asar": 1.4, "ak-zhol": 1.2},
    "pav": {"ak-zhol": 1.8, "aist": 1.4}, "kos": {"aist": 2.2}, "akm": {"asar": 1.5, "aist": 1.5},
    "kar": {"communists-dck": 1.8, "aist": 1.3}, "sko": {"democratic": 2.5, "knpk": 1.5},
    "uko": {"otan": 1.25},
    "vko": {"communists-dck": 1.5, "knpk": 1.6}, "aty": {"ak-zhol": 1.4, "auyl": 1.6}, "zko": {"knpk": 1.7},
}  # fmt: skip


def _share_invalid(total: int, cast: Sequence[int], draws: Draws) -> list[int]:
    return share_out(total, [n * draws.between(0.4, 1.6) for n in cast])


def _noise(draws: Draws, spread: float) -> float:
    return max(1 + spread * draws.bell(), 0.08)


def list_table(
    election: Election, sites: list[Site], cast: list[int], electronic: list[int], seed: int
) -> Table:
    """Return the votes for lists; every total is that of the targets."""
    targets, draws = election.targets, Draws(seed, "lists")
    options = tuple(targets.list_votes)
    invalid = _share_invalid(targets.invalid_ballots or 0, cast, draws)
    rough = []
    for site in sites:
        regional = IN_REGIONS.get(site.station.region, {})
        line = []
        for party in options:
            weight = targets.list_votes[party] * regional.get(party, 1.0) * _noise(draws, 0.3)
            weight *= IN_TOWNS.get(party, 1.0) if site.kind == "town" else 1.0
            line.append(weight * (WHEN_LATE.get(party, 1.0) if site.late else 1.0))
        rough.append(line)
    valid = [c - i for c, i in zip(cast, invalid, strict=True)]
    votes = fit_table(valid, [targets.list_votes[p] for p in options], rough)
    return Table("list", 1, options, sites, cast, invalid, votes, electronic)


def first_round(
    field: Field, sites: list[Site], list_cast: list[int], electronic: list[int], seed: int
) -> Table:
    """Return the first round of one constituency, with the leader above or below half as planned."""
    draws = Draws(seed, "round1", field.seat.id)
    options = tuple(c.id for c in field.candidates)
    fixed = FIGURES.get(field.seat.number)
    total = fixed.cast if fixed else sum(list_cast) - int(sum(list_cast) * ONLY_LIST)
    fewer = share_out(sum(list_cast) - total, [float(n) for n in list_cast])
    cast = [a - b for a, b in zip(list_cast, fewer, strict=True)]
    invalid_total = fixed.invalid if fixed else int(total * draws.between(0.02, 0.034))
    columns = list(fixed.votes) if fixed else _first_votes(field, total, total - invalid_total, draws)
    invalid = _share_invalid(invalid_total, cast, draws)
    rough = [[c * _noise(draws, 0.25) for c in columns] for _ in sites]
    if field.seat.number == SWAPPED:
        _make_home(field, sites, rough)
    votes = fit_table([c - i for c, i in zip(cast, invalid, strict=True)], columns, rough)
    return Table(field.seat.id, 1, options, sites, cast, invalid, votes, electronic)


#: Of the stations in the swapped constituency, every so many belong to the home district of its winner.
HOME_EVERY = 9


def is_home(position: int, site: Site) -> bool:
    """Return whether the rows of two candidates were swapped in that station's first protocol."""
    return position % HOME_EVERY == 0 and not site.station.electronic and not site.late


def _make_home(field: Field, sites: list[Site], rough: list[list[float]]) -> None:
    otan = next(i for i, c in enumerate(field.candidates) if c.party == "otan")
    for position, site in enumerate(sites):
        if is_home(position, site):
            rough[position][field.winner] *= 2.4
            rough[position][otan] *= 0.4


def _first_votes(field: Field, cast: int, valid: int, draws: Draws) -> list[int]:
    count = len(field.candidates)
    others = [i for i in range(count) if i not in (field.first, field.second)]
    if field.seat.number == SWAPPED:
        return share_out(valid, _swapped_weights(field, valid / cast))
    while True:
        if field.seat.runoff:
            lead = draws.between(0.31, 0.48)
            second = draws.between(0.17, min(lead - 0.012, 0.36))
        else:
            lead = draws.between(0.504, 0.70)
            second = (valid / cast - lead) * draws.between(0.45, 0.75)
        votes = [0] * count
        votes[field.first], votes[field.second] = int(lead * cast), int(second * cast)
        weights = [draws.between(0.5, 1.0) * 0.72**k for k in range(len(others))]
        rest = share_out(valid - sum(votes), weights)
        if max(rest) < 0.96 * votes[field.second] and votes[field.second] < 0.98 * votes[field.first]:
            for i, n in zip(others, rest, strict=True):
                votes[i] = n
            return votes


def _swapped_weights(field: Field, valid_share: float) -> list[float]:
    """Return shares that give the winner a narrow majority of the ballots, and Otan nearly all else."""
    weights = [0.009] * len(field.candidates)
    otan = next(i for i, c in enumerate(field.candidates) if c.party == "otan")
    weights[field.winner] = 0.508
    weights[otan] = valid_share - 0.508 - 0.009 * (len(weights) - 2)
    return weights


def second_round(field: Field, sites: list[Site], seed: int) -> Table:
    """Return the run-off of one constituency; the stations that report later are fitted apart."""
    draws = Draws(seed, "round2", field.seat.id)
    pair = (field.first, field.second)
    rate = draws.between(0.42, 0.54)
    margin = draws.between(0.07, 0.24)
    cast, invalid, votes = [0] * len(sites), [0] * len(sites), [[0, 0] for _ in sites]
    for late in (False, True):
        group = [i for i, site in enumerate(sites) if site.late2 is late]
        members = [sites[i] for i in group]
        rough = [s.station.registered * rate * _noise(draws, 0.1) for s in members]
        total, bad, columns = _second_totals(field, pair, int(add_up(rough)), margin, draws, late=late)
        box = spread_cast_freely(total, members, rough)
        wrong = _share_invalid(bad, box, draws)
        weights = [[c * _noise(draws, 0.2) for c in columns] for _ in members]
        table = fit_table([c - i for c, i in zip(box, wrong, strict=True)], columns, weights)
        for i, c, w, v in zip(group, box, wrong, table, strict=True):
            cast[i], invalid[i], votes[i] = c, w, v if pair[0] < pair[1] else v[::-1]
    options = tuple(field.candidates[i].id for i in sorted(pair))
    electronic = electronic_ballots(sites, cast, 2, seed)
    return Table(field.seat.id, 2, options, sites, cast, invalid, votes, electronic)


def spread_cast_freely(total: int, sites: list[Site], rough: list[float]) -> list[int]:
    """Return ballots of stations in a run-off, where no station is crowded."""
    return spread_cast(total, [_plain(site) for site in sites], rough)


def _plain(site: Site) -> Site:
    return site if site.kind != "crowded" else Site(site.station, 0, "special", site.late, site.late2)


def _second_totals(
    field: Field, pair: tuple[int, int], total: int, margin: float, draws: Draws, *, late: bool
) -> tuple[int, int, list[int]]:
    """Return ballots, invalid ballots and votes of the two, in the order of the first round."""
    fixed = FIGURES.get(field.seat.number)
    if fixed and not late:
        return fixed.second_cast, fixed.second_invalid, list(fixed.second)
    bad = int(total * draws.between(0.014, 0.022))
    valid = total - bad
    lead = int(valid * margin)
    if field.seat.number in OPEN_RUNOFFS and not late:
        lead = OPEN_RUNOFFS[field.seat.number][2]
    if (valid - lead) % 2:
        bad, valid = bad + 1, valid - 1
    less = (valid - lead) // 2
    return total, bad, [less + lead, less] if pair[0] == field.winner else [less, less + lead]
