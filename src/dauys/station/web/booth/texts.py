"""What a ballot says: its contests and options in three languages, in the order of the ballot style."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dauys.domain.text import Text

Kind = Literal["list", "candidate", "measure"]


@dataclass(frozen=True, slots=True)
class OptionText:
    """One option. `number`: as on the ballot; `note`: what stands under the name in small, if anything."""

    number: str
    name: Text
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class ContestText:
    """One contest. `kind` chooses the words of the question; `place`: where it is voted, if it is a place."""

    title: Text
    kind: Kind
    limit: int
    options: tuple[OptionText, ...]
    place: Text | None = None


@dataclass(frozen=True, slots=True)
class VoteTexts:
    """A vote as its voters read it. `styles`: the contests of each ballot style, in its order."""

    title: Text
    station: str
    styles: dict[str, tuple[ContestText, ...]]
    style: str
    rehearsal: bool = False
