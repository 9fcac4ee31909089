"""What the pages work on. It is given to the application with each request, never kept in a module."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dauys.station.faults import StationError
from dauys.station.session import Booths
from dauys.station.web.terminals import Terminals

if TYPE_CHECKING:
    from dauys.station.web.booth.rooms import Rooms
    from dauys.station.web.booth.texts import VoteTexts
    from dauys.station.web.desk.rooms import DeskRooms


def tell(error: BaseException) -> None:
    """Say on the laptop's own terminal what failed, without anything that a message may hold of a vote."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at else "?"
    code = f"{error.code} " if isinstance(error, StationError) else ""
    sys.stderr.write(f"{code}{type(error).__name__} at {where}\n")


@dataclass(frozen=True)
class Services:
    """One station at work. `hosts`: by which it may be asked, without a port; none for any.

    `authority`: the certificate that browsers have to trust, PEM, empty without TLS.
    """

    booths: Booths
    texts: VoteTexts
    terminals: Terminals
    rooms: Rooms
    desk: DeskRooms | None = None
    members: Any = None
    hosts: frozenset[str] = frozenset()
    authority: bytes = b""
    tell: Callable[[BaseException], None] = field(default=tell)
