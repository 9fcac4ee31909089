"""What had to be done when: the calendar of the law, and cosigned times (N). What is only declared (D)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from dauys.domain.election import Election, Event
from dauys.record.entries import Entry
from dauys.systems.calendar import Due, DueState, due, state
from dauys.verify.context import Context, VoteContext
from dauys.verify.counted import Counted
from dauys.verify.options import Progress
from dauys.verify.report import Where

LATE: Final = frozenset({DueState.DONE_LATE, DueState.DONE_TOO_EARLY, DueState.LATE})


def check_calendar(context: Context, progress: Progress) -> None:
    """Check every duty of the law against the notices (N1–N5), and what was public when (N6.1)."""
    election, law = context.election, context.law
    progress.begin("N", None)
    if election is None or law is None:
        context.ledger.not_run("N6.1", "L8.9")
        progress.end("N")
        return
    duties = due(election, law)
    entries = context.entries("notice")
    for one in duties:
        _check_duty(context, one, _notice_of(election, one, entries))
    _check_public(context, election, duties)
    progress.end("N")


def _notice_of(election: Election, duty: Due, entries: Iterable[Entry]) -> tuple[Event, Entry] | None:
    """Return the first notice of a duty that belongs to its round: the one whose day it is nearest to."""
    pairs = zip(election.events, entries, strict=True)
    own = [(e, entry) for e, entry in pairs if e.code == duty.code and _round_of(election, e) == duty.round]
    return own[0] if own else None


def _round_of(election: Election, event: Event) -> int:
    """Return the round with the nearest day of voting, the earlier where equal."""

    def distance(item: tuple[int, date]) -> tuple[int, int]:
        return abs((item[1] - event.done.date()).days), item[0]

    return min(election.days.items(), key=distance)[0]


def _check_duty(context: Context, duty: Due, notice: tuple[Event, Entry] | None) -> None:
    ledger = context.ledger
    round_name = f"round {duty.round}"
    if notice is None:
        ledger.not_run(duty.code, "undated", Where(field=round_name))
        return
    event, entry = notice
    where = Where(logged=entry.index, field=round_name)
    if event.done.tzinfo is None:
        ledger.fail(duty.code, where, event.done.isoformat(), "a time with its offset")
        return
    found = state(duty, event.done, event.done)
    last = duty.last_day
    ledger.check(
        duty.code,
        where,
        holds=found not in LATE,
        found=f"{found.value}, {event.done.isoformat()}",
        expected=f"by {last.isoformat()}" if last else "in time",
        article=duty.article,
    )
    _check_outlet(context, duty, event, where)


def _check_outlet(context: Context, duty: Due, event: Event, where: Where) -> None:
    """Check that an announcement names the medium in which it was made."""
    if duty.code in ("N1.5", "N1.6") and event.outlet is None:
        context.ledger.fail(duty.code, where, "no outlet", "the medium it was published in")


def _check_public(context: Context, election: Election, duties: Iterable[Due]) -> None:
    """Check by cosigned times that what has a deadline was public before it (N6.1)."""
    ledger = context.ledger
    if not context.cosigned:
        ledger.not_run("N6.1", "no_times")
        return
    ends = {(one.code, one.round): one.due for one in duties if one.due is not None}
    for entry, event in zip(context.entries("notice"), election.events, strict=True):
        _public_before(context, entry, ends.get((event.code, _round_of(election, event))))
    for vote in context.votes.values():
        opens = _opening(vote)
        for setup in (*vote.cards.values(), *vote.installations.values()):
            _public_before(context, setup, opens)
        if vote.register is not None:
            _public_before(context, vote.register, ends.get(("N1.1", vote.round)) or opens)


def _opening(vote: VoteContext) -> datetime | None:
    opens = vote.keys.plan.opens if vote.keys else None
    return datetime.fromisoformat(opens) if opens else None


def _public_before(context: Context, entry: Entry, end: datetime | None) -> None:
    where = Where(vote=entry.fields.get("vote"), device=entry.fields.get("device"), logged=entry.index)
    if end is None:
        return
    seen = context.public_since(entry.index)
    if seen is None:
        context.ledger.not_run("N6.1", "no_times", where)
        return
    context.ledger.check(
        "N6.1", where, holds=seen < end, found=seen.isoformat(), expected=f"before {end.isoformat()}"
    )


def check_declared(context: Context, counted: Counted, progress: Progress) -> None:
    """Name what is said with nothing to check it against (D1–D5)."""
    progress.begin("D", None)
    ledger = context.ledger
    for (vote, device), one in counted.devices.items():
        where = Where(vote=vote, station=one.station, device=device)
        if one.open is not None:
            ledger.declared("D1", where, one.open["software"])
            zero = "made" if one.open["zero"] else "none"
            ledger.declared("D2", where, f"{zero}, {len(one.open['present'])} present")
        if one.close is not None:
            counts = one.close["counts"]
            ledger.declared("D4", where, f"{counts['registered']} registered, {counts['additions']} added")
            if one.close["register"] is not None:
                ledger.declared("D5", where, one.close["register"])
    if context.definition is not None:
        ledger.declared("D3", Where(), f"{context.log.size} entries say when they were written")
    progress.end("D")
