"""What is printed again after a printer stopped in the middle of an ending (`spec/station.md` §4.6, §6).

The ending is on both media by then; nothing here changes it.
"""

from __future__ import annotations

import json

from dauys.crypto.ballots import Opening
from dauys.station.keeping.kept import Ending
from dauys.station.session import Booths


def print_ending(booths: Booths, terminal: int, card: bytes, *, mark: bool) -> None:
    """Print what this card's session still owes: mark, opening of a challenge, part 2, in this order.

    `mark` only where members see that its slips are still under this glass, unmarked. Raises StationError
    J1.2 after an error: what a commit that failed left in sight may be on no medium.
    """
    booths.journal.require()
    ending = booths.journal.ending(card)
    if ending is None or all(one.card != card for one in booths.journal.owed()):
        return
    glass = booths.printers(terminal)
    if mark:
        glass.mark("accepted" if ending.kind == "cast" else "void")
    if ending.kind != "cast":
        glass.opening(opening_of(ending))
    booths.print_part2(terminal, card, ending.ballot, ending.kind)


def opening_of(ending: Ending) -> Opening:
    """Return the opening that the journal kept of a challenge."""
    told = json.loads(ending.body)
    return Opening(
        told["style"],
        bytes(map(int, told["choices"])),
        bytes.fromhex(told["secret"]),
        bytes.fromhex(told["sigma"]),
        told["leaf"],
        tuple(bytes.fromhex(node) for node in told["path"]),
        bytes.fromhex(told["ballot"]),
    )
