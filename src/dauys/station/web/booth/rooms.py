"""Booths as their screens see them."""

from __future__ import annotations


class Rooms:
    """All booths of a station."""

    def tick(self) -> None:
        """End what is over."""
