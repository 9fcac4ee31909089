"""What a ballot says: its contests and options in three languages, in the order of the ballot style."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dauys.crypto.ballots import BallotElection
from dauys.domain.text import Text
from dauys.station.faults import StationError

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

    def contests(self) -> tuple[ContestText, ...]:
        """Return the contests of this station's ballots."""
        return self.styles[self.style]

    def check(self, election: BallotElection) -> None:
        """Raise StationError J6.7 where the words are not those of the ballots that are encrypted here."""
        style = next((one for one in election.styles if one.id == self.style), None)
        contests = [election.contests[place] for place in style.contests] if style else []
        told = [(len(one.options), one.limit) for one in self.contests()]
        made = [(one.options, one.limit) for one in contests]
        if told != made:
            raise StationError("J6.7", found=told, expected=made)
