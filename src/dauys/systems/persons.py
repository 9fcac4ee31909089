"""From seats to persons: the order of a list, quotas for groups, vacancies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Quota:
    """At least `share` of the seats of a list, rounded up, go to members of a group where it has them."""

    group: str
    share: Fraction

    def needed(self, seats: int) -> int:
        """Return the number of seats that the group must have of so many."""
        return -((-self.share * seats).__floor__())


@dataclass(frozen=True, slots=True)
class Seated:
    """Who takes the seats, in list order, and how many seats nobody on the list can take."""

    persons: tuple[str, ...]
    vacant: int = 0


def seat_persons(
    order: Sequence[str],
    seats: int,
    groups: Mapping[str, Collection[str]] | None = None,
    quotas: Sequence[Quota] = (),
) -> Seated:
    """Return who of a closed list takes its seats: the first in order, changed as little as the quotas ask.

    `groups` names the members of each group. Where the first in order hold too few of a group, the last of
    them who belongs to no group that would then be short gives way to the next on the list who belongs to it.
    Quotas are met in the order given; one that the rest of the list cannot meet stays short. Seats beyond the
    list are vacant. Raises ValueError for a negative number of seats, a name twice on the list, or a quota
    for a group without members.
    **Source:** Kazakhstan, Constitutional Law on Elections, art. 97-1 as amended 2020–2021 (women, youth,
    persons with disabilities at 30 per cent of seats, as reported); the replacement from the end of the list
    is this library's reading of it.
    """
    if seats < 0:
        raise ValueError(f"the number of seats cannot be negative: {seats}")
    if len(set(order)) != len(order):
        raise ValueError("a name stands twice on the list")
    members = {name: frozenset(people) for name, people in (groups or {}).items()}
    for quota in quotas:
        if quota.group not in members:
            raise ValueError(f"a quota is set for {quota.group!r}, of whom no members are named")
    chosen = list(order[:seats])
    waiting = list(order[seats:])
    for number in range(len(quotas)):
        _fulfil(quotas[: number + 1], members, chosen, waiting)
    inside = set(chosen)
    return Seated(tuple(name for name in order if name in inside), seats - len(chosen))


def _fulfil(
    quotas: Sequence[Quota], members: Mapping[str, frozenset[str]], chosen: list[str], waiting: list[str]
) -> None:
    """Exchange the last in order for the next of the last quota's group, never hurting a quota before it."""
    quota, size = quotas[-1], len(chosen)
    group = members[quota.group]

    def short(names: Sequence[str], of: Quota) -> int:
        return max(of.needed(size) - sum(name in members[of.group] for name in names), 0)

    for enters in [name for name in waiting if name in group]:
        if not short(chosen, quota):
            return
        for leaves in [name for name in reversed(chosen) if name not in group]:
            after = [name for name in chosen if name != leaves] + [enters]
            if all(short(after, other) <= short(chosen, other) for other in quotas):
                chosen[:] = after
                waiting.remove(enters)
                break


def fill_vacancy(order: Sequence[str], seated: Collection[str], gone: Collection[str] = ()) -> str | None:
    """Return the next on the list who is neither seated nor gone, or None: then the seat stays vacant.

    `gone` are those who resigned, died, were struck off or declined before.
    **Source:** Kazakhstan, Constitutional Law on Elections, art. 97-1 and 100 (next on the list; a list that
    is used up leaves the seat vacant to the next election).
    """
    return next((name for name in order if name not in seated and name not in gone), None)
