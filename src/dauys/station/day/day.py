"""The day of a device, step by step: what may come next, who was there, and what was decided otherwise.

A step out of its time is never refused for good and never silent: members decide, and the decision is kept.
**Source:** spec/day.md §2–3; Constitutional Law on Elections, Art. 50-1(5), 50-2(1), 43(1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dauys import _core
from dauys.station.day.deck import SlipCount
from dauys.station.day.minutes import (
    Incident,
    Minuted,
    incidents,
    keep_incident,
    keep_phase,
    phases,
)
from dauys.station.day.people import Decision, half_hour, present
from dauys.station.day.watch import Watch, minutes
from dauys.station.day.windows import Phase, When, Window
from dauys.station.device import Device
from dauys.station.faults import StationError
from dauys.station.keeping.closing import (
    CardCount,
    DeskCount,
    Sum,
    close_fields,
    ended_by_kind,
    require_sums,
    sums,
)
from dauys.station.keeping.device_log import DeviceLog, Sample, Tree, require_entry
from dauys.station.keeping.journal import Journal
from dauys.station.keeping.journal_view import JournalView
from dauys.station.keeping.restart import Restart
from dauys.station.keeping.sealing import close, closed_with
from dauys.station.session import Booths


@dataclass(frozen=True, slots=True)
class Zero:
    """What stands in a device, by name. A zero report holds when all of it is 0."""

    counts: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether nothing was voted here."""
        return not any(self.counts.values())


def zero(journal: JournalView) -> Zero:
    """Return what was voted on a device so far: endings by kind, slips, sessions under way."""
    accepted, void = journal.slips()
    rest = {"accepted": accepted, "void": void, "under_way": len(journal.intents())}
    return Zero(ended_by_kind(journal) | rest)


class Day:
    """The day of one device. Not frozen: it is the state of the journal."""

    def __init__(
        self, device: Device, journal: Journal, log: DeviceLog, windows: Mapping[Phase, Window], watch: Watch
    ) -> None:
        self.device, self.journal, self.log = device, journal, log
        self.windows, self.watch = windows, watch

    # Where the day is

    def phase(self) -> Phase:
        """Return the last phase that was minuted; the note that closes the day is its seal."""
        if closed_with(self.journal) is not None:
            return Phase.SEALED
        found = phases(self.journal)
        return found[-1].phase if found else Phase.MADE

    def minuted(self) -> list[Minuted]:
        """Return the phases so far."""
        return phases(self.journal)

    def incidents(self) -> list[Incident]:
        """Return what went wrong so far."""
        return list(incidents(self.journal))

    def when(self, phase: Phase) -> When:
        """Return whether now is before, within or after the time of a phase."""
        window = self.windows.get(phase)
        return "in_time" if window is None else window.when(self.watch.read())

    def admitted(self, desk: int) -> int:
        """Return what booths may count as admitted: that of the desk while the day is open, else no more.

        `desk`: sessions that the desk has let in so far. Nobody begins once members went on on paper alone.
        """
        may = self.phase() is Phase.OPEN and not self.on_paper()
        return desk if may else self.journal.ended()

    def on_paper(self) -> bool:
        """Return whether members decided to go on on paper alone. **Source:** Art. 50-2."""
        return any(one.kind == "paper" for one in self.incidents())

    def apart(self, desk: DeskCount, cards: CardCount | None = None) -> tuple[Sum, ...]:
        """Return the equations of *close* that do not hold, but those decided about with the same numbers."""
        decided = [one.facts for one in self.incidents() if one.kind == "sums"]
        found = (one for one in sums(self.journal, desk, cards) if one.missing)
        return tuple(one for one in found if one.told() not in decided)

    # Its steps

    def install(
        self, names: Iterable[str], facts: Mapping[str, str], decided: Decision | None = None
    ) -> Minuted:
        """Minute the act of installation. `facts`: fingerprint of the kit, key of the device, its software.

        **Source:** Art. 50-1(5): within three days before the day; the act is signed.
        """
        return self._step(Phase.INSTALLED, names, facts, decided)

    def tested(
        self,
        names: Iterable[str],
        expected: tuple[SlipCount, ...],
        counted: tuple[SlipCount, ...],
        decided: Decision | None = None,
    ) -> Minuted:
        """Minute the test of logic and accuracy: its slips as they were counted, against the deck.

        Raises StationError J3.9 where they differ: the machine is not used until a test holds.
        """
        if expected != counted:
            raise StationError("J3.9", found=_counts(counted), expected=_counts(expected))
        return self._step(Phase.TESTED, names, {"slips": _counts(counted)}, decided)

    def checked(self, names: Iterable[str], decided: Decision | None = None) -> Minuted:
        """Minute the check in view of all, with the zero report. Raises StationError J3.5 where it is none.

        **Source:** Art. 50-2(1): 30 minutes before opening; the sealed password is opened.
        """
        report = zero(self.journal)
        if not report.holds:
            raise StationError("J3.5", found=dict(report.counts), expected="nothing", hint="close_zero")
        return self._step(Phase.CHECKED, names, dict(report.counts), decided)

    def open(self, names: Iterable[str], software: bytes, decided: Decision | None = None) -> Tree:
        """Minute the opening, write *open* into the log, and return the tree to be read out."""
        there = present(names)
        fields = open_fields(self.device, software, there)
        require_entry("open", fields)
        self._step(Phase.OPEN, there, {"open": fields}, decided)
        return self.log.open(fields)

    def resume(self) -> None:
        """Write *open* where a cut came between its minute and the log."""
        opened = next((one for one in self.minuted() if one.phase is Phase.OPEN), None)
        if opened is not None and self.log.tree()[0] == 0:
            self.log.open(opened.facts["open"])

    def read(self, sample: Sample) -> Tree:
        """Take a reading: the tree to be read out with the turnout. Raises StationError J3.1."""
        self.require(Phase.OPEN)
        return self.log.reading(sample)

    def close_polls(
        self,
        names: Iterable[str],
        booths: Booths,
        decided: Decision | None = None,
        desk: DeskCount | None = None,
        *,
        accepted: Decision | None = None,
    ) -> Minuted:
        """Minute that voting is over. Raises StationError J3.3 while a voter is in a booth or admitted.

        `desk`: where sessions or tests do not add up with it, J3.5 now, while desk and booths can still add
        what is missing. `accepted`: what was decided of numbers that nobody can put right.
        """
        apart: tuple[Sum, ...] = ()
        with booths.still():
            if self.phase() is Phase.OPEN:
                waiting = booths.free()  # none where voting went on on paper: the sums say what is left
                if booths.sessions or self.journal.intents():
                    raise StationError("J3.3", found="a session under way", expected="none", hint="booth")
                if waiting > 0:
                    raise StationError("J3.3", found=f"{waiting} admitted", expected="none", hint="waiting")
                if desk is not None:
                    apart = self._apart(desk, None, accepted)
            return self._step(Phase.CLOSED, names, {}, decided, apart, accepted)

    def end_unused(self, booths: Booths, decided: Decision) -> int:
        """End admissions whose voters have gone, each as a session without a ballot; return how many."""
        self.require(Phase.OPEN)
        with booths.still():
            unused = booths.free()
            if unused > 0:
                keep_incident(self.journal, self.watch.now(), "unused", decided, {"count": unused})
                for _ in range(unused):
                    self.journal.note("empty", {"slips": 0})
        return max(0, unused)

    def seal(
        self,
        desk: DeskCount,
        cards: CardCount,
        register: bytes | None = None,
        *,
        decided: Decision | None = None,
        accepted: Decision | None = None,
        close_desk: Callable[[], DeskCount] | None = None,
    ) -> Tree:
        """Write all that remains and *close*, and return the seal; after a cut it is the same again.

        `accepted`: what was decided of numbers that do not add up. `close_desk`: closes the desk once nothing
        is refused any more, and says what it counted. Raises StationError J3.1 before voting is over, J3.5
        where sessions or cards do not add up, J3.2 outside its time, each until two members decide.
        """
        found = closed_with(self.journal)
        if found is not None:
            return self.log.close(found)
        self.require(Phase.CLOSED)
        # Asked before the desk is closed: a desk that is closed opens no more, and could correct nothing.
        apart, fields = self._apart(desk, cards, accepted), close_fields(self.journal, desk, cards, register)
        now = self.watch.now()
        self._keep_decisions(Phase.SEALED, now, self._outside(Phase.SEALED, now, decided), apart, accepted)
        if close_desk is not None:
            last = close_desk()
            require_sums(self.apart(last, cards))
            fields = close_fields(self.journal, last, cards, register)
        return close(self.journal, self.log, fields)

    # What went wrong

    def incident(self, kind: str, decided: Decision, facts: Mapping[str, object] | None = None) -> Incident:
        """Minute an incident by its form. Raises StationError J3.7 for facts that the form does not have."""
        found = keep_incident(self.journal, self.watch.now(), kind, decided, facts)
        if kind == "single":
            # What a later start goes by: the second medium may lack more than the last row.
            self.journal.note("single", {"at": found.at})
        return found

    def restarted(self, decided: Decision, start: Restart) -> Incident:
        """Minute a restart with what was decided from the media alone."""
        facts: dict[str, object] = {"abandoned": len(start.abandoned), "void": start.void}
        facts |= {"owed": len(start.owed), "reading": start.reading or "none"}
        return self.incident("restart", decided, facts)

    def accept_clock(self, decided: Decision) -> None:
        """Minute by how much the clock was set, and go on by it."""
        moved = self.watch.moved()
        if moved:
            now = self.watch.read()
            keep_incident(self.journal, now, "clock", decided, {"minutes": minutes(moved)})
            self.watch.accept()

    # How a step is taken

    def _step(  # noqa: PLR0917  # a step and both of its decisions
        self,
        phase: Phase,
        names: Iterable[str],
        facts: Mapping[str, Any],
        decided: Decision | None,
        apart: tuple[Sum, ...] = (),
        accepted: Decision | None = None,
    ) -> Minuted:
        if self.phase().next is not phase:
            raise StationError("J3.1", found=self.phase().value, expected=phase.value)
        there, now = present(names), self.watch.now()
        decided = self._outside(phase, now, decided)
        self._keep_decisions(phase, now, decided, apart, accepted)
        minuted = Minuted(phase, half_hour(now), there, decided, facts)
        keep_phase(self.journal, minuted)
        return minuted

    def _outside(self, phase: Phase, now: datetime, decided: Decision | None) -> Decision | None:
        """Return the decision that a phase needs now, None in its time. Raises StationError J3.2 without."""
        window = self.windows.get(phase)
        when = "in_time" if window is None else window.when(now)
        if when == "in_time" or window is None:
            return None
        if decided is None:
            limit = window.opens if when == "early" else window.due
            told = limit and limit.isoformat()
            raise StationError("J3.2", found=when, expected=told, hint="outside", phase=phase.value)
        return decided

    def _apart(self, desk: DeskCount, cards: CardCount | None, accepted: Decision | None) -> tuple[Sum, ...]:
        """Return what does not add up and has to be kept. Raises StationError J3.5 where nobody decided."""
        apart = self.apart(desk, cards)
        if accepted is None:
            require_sums(apart)
        return apart

    def _keep_decisions(
        self,
        phase: Phase,
        now: datetime,
        decided: Decision | None,
        apart: tuple[Sum, ...],
        accepted: Decision | None,
    ) -> None:
        """Keep what was decided before a step, and nothing where nothing had to be."""
        if decided is not None:
            keep_incident(self.journal, now, "time", decided, {"phase": phase.value})
        if accepted is not None:
            for one in apart:
                keep_incident(self.journal, now, "sums", accepted, one.told())

    def require(self, phase: Phase) -> None:
        """Raise StationError J3.1 where the day is not in a phase."""
        if self.phase() is not phase:
            raise StationError("J3.1", found=self.phase().value, expected=phase.value)


def open_fields(device: Device, software: bytes, names: tuple[str, ...]) -> dict[str, object]:
    """Return the fields of *open* (`spec/record.md` §4). `software`: the SHA-256 of what runs here."""
    listed = _core.card_list_hash(device.vote_id, device.id, list(device.cards))
    return {
        "cards": listed.hex(),
        "device": device.id,
        "present": list(names),
        "root": device.election.root.hex(),
        "sigma": device.sigma_root.hex(),
        "software": software.hex(),
        "station": device.station,
        "vote": device.vote_id,
        "zero": True,
    }


def _counts(slips: tuple[SlipCount, ...]) -> list[list[int]]:
    return [[*one.options, one.blanks] for one in slips]
