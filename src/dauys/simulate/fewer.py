"""A scene in which some stations have fewer ballots on machines, and as many more on paper.

What was voted stays what it was: totals of a station, and so every result, are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dauys.domain.election import AGAINST_ALL
from dauys.domain.votes import Channel, Counts, Protocol
from dauys.simulate.draws import Draws
from dauys.simulate.reported import options_of
from dauys.simulate.scene import Scene, joined


def with_fewer_ballots(scene: Scene, most: Mapping[str, int], seed: int) -> Scene:
    """Return the scene with at most so many electronic ballots at each of these stations in round 1.

    Which ballots stay electronic is drawn, contest by contest. Raises KeyError for a station that does not
    vote electronically then, ValueError for no ballot at all.
    """
    electronic, ballots = dict(scene.electronic), dict(scene.ballots)
    moved: dict[tuple[str, str, int], tuple[int, ...]] = {}
    for station, count in most.items():
        if count < 1:
            raise ValueError(f"{count} ballots at {station}")
        before = ballots[station, 1]
        ballots[station, 1] = min(count, before)
        for key, votes in scene.electronic.items():
            if (key[0], key[2]) == (station, 1):
                kept = _drawn(votes, before, ballots[station, 1], Draws(seed, "fewer", *key))
                electronic[key] = kept
                moved[key] = tuple(a - b for a, b in zip(votes, kept, strict=True))
    papers = tuple(
        _with_more(scene, paper, moved[key], scene.ballots[key[0], key[2]] - ballots[key[0], key[2]])
        if (key := (paper.station, paper.contest, paper.round)) in moved and paper.channel is Channel.PAPER
        else paper
        for paper in scene.protocols
    )
    return replace(scene, electronic=electronic, ballots=ballots, protocols=papers)


def _drawn(votes: tuple[int, ...], ballots: int, count: int, draws: Draws) -> tuple[int, ...]:
    """Return votes by option of `count` out of `ballots` ballots; those beyond the votes are blank."""
    marks = [option for option, number in enumerate(votes) for _ in range(number)]
    marks += [len(votes)] * (ballots - len(marks))
    kept = draws.sample(marks, count)
    return tuple(kept.count(option) for option in range(len(votes)))


def _with_more(scene: Scene, paper: Protocol, votes: tuple[int, ...], ballots: int) -> Protocol:
    """Return a paper protocol with ballots more that were on machines."""
    by_option = dict(zip(options_of(scene, paper.contest, paper.round), votes, strict=True))
    against = by_option.pop(AGAINST_ALL, None)
    counts = Counts(
        ballots_issued=ballots,
        ballots_not_returned=0,
        ballots_cast=ballots,
        invalid_ballots=ballots - sum(votes),
        against_all=against,
    )
    return joined(paper, replace(paper, counts=counts, votes=by_option))
