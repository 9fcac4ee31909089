"""What a verification is asked to do, and who is told how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dauys.record.keys import VerifierKey
from dauys.record.policy import Policy
from dauys.verify.cache import Cache
from dauys.verify.report import CHAPTERS


@dataclass(frozen=True, slots=True)
class Options:
    """What comes from outside the record. `weight_seed`: 32 fresh bytes, unknown to whoever made ballots.

    `chapters` are letters; `station` leaves out all devices but this station's and those of its unit.
    `work` is an empty folder for what does not fit into memory. `workers` None: as many as there are
    processors.
    """

    weight_seed: bytes = field(repr=False)
    work: Path
    policy: Policy | None = None
    log_key: VerifierKey | None = None
    chapters: frozenset[str] = frozenset(CHAPTERS)
    station: str | None = None
    workers: int | None = None
    dask: str | None = None
    cache: Cache | None = None

    @property
    def anchored(self) -> bool:
        """Whether a key of the election log came from outside."""
        return self.log_key is not None or (self.policy is not None and bool(self.policy.logs))

    def wants(self, chapter: str) -> bool:
        """Whether a chapter was asked for."""
        return chapter in self.chapters


class Progress(Protocol):
    """Who is told how far a verification is."""

    def begin(self, chapter: str, total: int | None) -> None:
        """A chapter begins; `total` steps, None where it is not known."""
        ...

    def advance(self, count: int) -> None:
        """So many steps more are done."""
        ...

    def end(self, chapter: str) -> None:
        """The chapter is done."""
        ...


class Silent:
    """Tells nobody."""

    def begin(self, chapter: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, count: int) -> None:
        """Say nothing."""

    def end(self, chapter: str) -> None:
        """Say nothing."""
