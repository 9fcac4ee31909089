"""The journal of the check-in desk: each voter votes once, by whichever channel, or holds a certificate.

Every step is one transaction of `desk.db`, in which a fact is kept and what it changes stands, and then one
record of `desk.records`. **Source:** spec/desk.md §3–4; Constitutional Law on Elections, Art. 26, 41, 42.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import Any, Final, Literal

import apsw

from dauys.domain.voters import Voter
from dauys.station.day.people import line, present
from dauys.station.desk.effects import insert
from dauys.station.desk.facts import Channel, Fact, Newcomer, Standing
from dauys.station.desk.newcomers import LONGEST, newcomer_body, plain, require_new
from dauys.station.desk.tables import AGAIN
from dauys.station.desk.view import DeskView, key_of
from dauys.station.faults import StationError
from dauys.station.keeping.records import RecordFile
from dauys.station.keeping.secrets import Random
from dauys.station.keeping.writing import ID, Points, Writing

#: What has to be in a member's hand before a mark is undone.
RETURNED: Final = {"paper": "ballot", "electronic": "card"}
Check = Callable[[], None]
Unused = Callable[[], AbstractContextManager[bool]]
"""Lets no session begin or end meanwhile, and says whether an admission is unused."""


@contextmanager
def _always() -> Iterator[bool]:
    yield True


class DeskJournal(DeskView, Writing):
    """The only writer of the desk's database and records. Not frozen: it is the state of the desk.

    `carried`: of a device that is carried to voters: it marks only those whom it was sent to. `unused`: holds
    the booths still and says whether any admission is unused; None where nobody asks them.
    """

    def __init__(
        self,
        database: apsw.Connection,
        records: RecordFile | None,
        random: Random,
        voters: Iterable[Voter],
        points: Points = lambda _: None,
        *,
        carried: bool = False,
        unused: Unused | None = None,
    ) -> None:
        super().__init__(database, records, random, points)
        self.carried, self.unused = carried, unused
        self.voters: Mapping[str, Voter] = {str(one.number): one for one in voters}

    # Who votes

    def mark(self, voter: str, channel: Channel) -> None:
        """Mark that a voter votes: once, across both channels. Raises StationError J4.1–J4.4, J4.14."""

        def check() -> None:
            self._may_vote(voter)
            if self.carried and voter not in self.visits():
                raise StationError("J4.14", found="another voter", expected="one whom this device is sent to")

        self._keep("mark", {"channel": channel, "voter": voter}, check, "J4.1")

    def undo(self, voter: str, returned: Literal["ballot", "card"], reason: str) -> None:
        """Undo a mark against the unmarked ballot or the closed card. Nothing is deleted.

        Raises StationError J4.5: nothing can be undone, another thing was returned, or no admission is
        unused, so that this voter has begun or cast; J3.7 without a reason.
        """
        said = line(reason, LONGEST, "reason")
        booths = self.unused or _always
        # The booths first: one that begins a session holds them, and reads this desk.
        with booths() as unused, self._lock:
            found = self._standing(voter, ("paper", "electronic"), "J4.5")
            if RETURNED[found.state] != returned:
                raise StationError("J4.5", found=returned, expected=RETURNED[found.state])
            if found.state == "electronic" and not unused:
                raise StationError("J4.5", found="used", expected="an unused admission", hint="used")
            body = {"about": found.fact.hex(), "channel": found.state, "reason": said, "voter": voter}
            self._keep("undone", body)

    def readmit(self, voter: str, member: str) -> int:
        """Admit a voter again whose session ended without a ballot; return the how manieth time it is.

        Raises StationError J4.6: not checked in electronically, or thrice already.
        """
        who = line(member, LONGEST, "name")
        with self._lock:
            self._standing(voter, ("electronic",), "J4.6")
            times = self.times_again(voter)
            if times >= AGAIN:
                raise StationError("J4.6", found=times, expected=f"at most {AGAIN}")
            self._keep("readmitted", {"member": who, "voter": voter}, unique="J4.6")
            return times + 1

    def test(self, observer: str) -> None:
        """Admit an observer's test."""
        self._keep("test", {"observer": line(observer, LONGEST, "name")})

    def test_again(self, observer: str, member: str) -> int:
        """Admit an observer again whose test broke off: a readmission, so that tests that ended stay tests.

        Return the how manieth time it is. Raises StationError J4.6: no test of theirs, or thrice already.
        """
        name, who = line(observer, LONGEST, "name"), line(member, LONGEST, "name")
        with self._lock:
            key, begun = f"observer {name}", self._by_body("test", "observer").get(name, 0)
            times = self.times_again(key)
            if not begun or times >= AGAIN:
                raise StationError("J4.6", found=times if begun else "no test", expected=f"at most {AGAIN}")
            self._keep("readmitted", {"member": who, "voter": key}, unique="J4.6")
            return times + 1

    def spoil(self, voter: str, ballot: int) -> None:
        """Note that a voter's paper ballot was spoiled, cancelled and replaced. `ballot`: its place, from 1.

        Raises StationError J4.5 where the voter has no paper ballots.
        """
        with self._lock:
            self._standing(voter, ("paper",), "J4.5")
            self._keep("spoiled", {"ballot": ballot, "voter": voter})

    # Who is on the list

    def add(self, one: Newcomer, day: date) -> str:
        """Put somebody on the separate list of today, and return their key.

        `day`: of voting. Raises StationError J3.7 for a missing text, J4.7 where the person is on the list or
        added already, J4.8 where the certificate was presented already, J4.9 for somebody too young.
        """
        body = newcomer_body(one, day)
        with self._lock:
            require_new(self, body)
            return key_of(self._keep("added", body, unique="J4.7"))

    def issue(self, voter: str, number: str) -> None:
        """Note that a voter took a certificate and votes elsewhere. Raises StationError as `mark` does."""
        body = {"number": line(number, LONGEST, "certificate"), "voter": voter}
        self._keep("certificate", body, lambda: self._may_vote(voter), "J4.1")

    def take_back(self, voter: str, number: str) -> None:
        """Take a certificate that was issued here back: its voter may vote here. Raises StationError J4.2."""
        with self._lock:
            held = self.certificate(voter)
            if not held or plain(held) != plain(number):
                raise StationError(
                    "J4.2", found="another number" if held else "none", expected="the one issued"
                )
            standing = self.standing(voter)
            about = standing.fact.hex() if standing is not None else ""
            self._keep("certificate back", {"about": about, "number": held, "voter": voter})

    # Mobile voting

    def send(self, voter: str, device: str, members: Iterable[str]) -> None:
        """Lock a voter whom two members visit with a carried device. Raises StationError as `mark` does."""
        body = {"device": line(device, LONGEST, "device"), "members": list(present(members)), "voter": voter}
        self._keep("mobile", body, lambda: self._may_vote(voter), "J4.1")

    def visit(self, voter: str) -> None:
        """Note on a carried device that it is sent to a voter, whom the desk of the station has locked.

        Raises StationError J4.14 on another device and for a voter noted before, and what `mark` raises.
        """
        if not self.carried:
            raise StationError("J4.14", found="no carried device", expected="a carried device")
        self._keep("visit", {"voter": voter}, lambda: self._may_vote(voter), "J4.14")

    def bring(self, voter: str, *, voted: bool, paper: bool = False) -> None:
        """Note what came of a visit, when the carried device is back. `paper`: with ballots of this station.

        Raises StationError J4.3.
        """
        with self._lock:
            found = self._standing(voter, ("away",), "J4.3")
            self._keep(
                "mobile back", {"about": found.fact.hex(), "paper": paper, "voted": voted, "voter": voter}
            )

    # What is wrong with an entry

    def open_case(self, voter: str, words: str) -> bytes:
        """Open a case on an entry, or on none where `voter` is empty, and return its id. It blocks nobody."""
        body = {"voter": voter, "words": line(words, LONGEST, "reason")}
        return self._keep("case", body, lambda: self._require_known(voter) if voter else None)

    def settle(self, case: bytes, words: str) -> None:
        """Note what members decided in a case. Raises StationError J4.10 where it is none that is open."""
        with self._lock:
            if case not in {one.id for one in self.cases()}:
                raise StationError("J4.10", found="no open case", expected="an open case")
            body = {"about": case.hex(), "words": line(words, LONGEST, "reason")}
            self._keep("settled", body, unique="J4.10")

    def close(self) -> None:
        """Let nothing be added any more. Doing it twice changes nothing."""
        with self._lock:
            if not any(self.facts("closed")):
                self._keep("closed", {"admitted": self.admitted()})

    # How it is kept

    def take(self, facts: Sequence[Fact]) -> None:
        """Take facts that the other medium has and this one lacks, with what they change (restart)."""
        self._write(lambda db: insert(db, sorted(facts, key=lambda fact: fact.kind == "closed")))

    def alone(self) -> None:
        """Note that members go on with one medium: later starts let the other lack facts."""
        if not any(self.facts("single")):
            self._keep("single", {})

    def _keep(
        self, kind: str, body: dict[str, Any], check: Check | None = None, unique: str = "J1.6"
    ) -> bytes:
        fact = Fact(self.random(ID), kind, body)

        def write(db: apsw.Connection) -> None:
            if check is not None:
                check()
            insert(db, [fact])

        self._write(write, fact.row(), unique)
        return fact.id

    def _may_vote(self, voter: str) -> None:
        self._require_known(voter)
        standing = self.standing(voter)
        if standing is not None and standing.state != "certificate":
            code = "J4.3" if standing.state == "away" else "J4.1"
            raise StationError(code, found=standing.state, expected="not yet voted")
        if self.certificate(voter):
            raise StationError("J4.2", found="a certificate", expected="none issued")

    def _require_known(self, voter: str) -> None:
        if not self.knows(voter):
            raise StationError("J4.4", found="nobody", expected="a voter of this station")

    def _standing(self, voter: str, states: tuple[str, ...], code: str) -> Standing:
        found = self.standing(voter)
        if found is None or found.state not in states:
            raise StationError(
                code, found=found.state if found else "not voted", expected=" or ".join(states)
            )
        return found
