"""The house: who has how many seats, by list and by round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dauys.tabulate.count import INDEPENDENTS, Count


@dataclass(frozen=True, slots=True)
class HouseRow:
    """The seats of one party or of the independents."""

    party: str
    list: int
    round1: int
    round2: int

    @property
    def total(self) -> int:
        """All seats."""
        return self.list + self.round1 + self.round2


def house(count: Count) -> tuple[HouseRow, ...]:
    """Return the seats by size, equal ones in the order of the parties, independents last.

    A constituency counts for the round that decided it; seats that wait for a decision or a run-off are not
    in it.
    """
    first, second = count.in_force(1), count.in_force(2)
    lists: Mapping[str, int] = first.lists.seats if first and first.lists else {}
    won = [count.by_party(count.winners(s)) if s else {} for s in (first, second)]
    order = [*(p.id for p in count.election.parties), INDEPENDENTS]
    rows = [HouseRow(p, lists.get(p, 0), won[0].get(p, 0), won[1].get(p, 0)) for p in order]
    return tuple(
        sorted(
            (r for r in rows if r.total),
            key=lambda r: (r.party == INDEPENDENTS, -r.total, order.index(r.party)),
        )
    )
