"""Devices, ballots and cards (L9, B, C): tasks from the election log, findings into the ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dauys.record.book import device_origin
from dauys.record.entries import Entry, FileRef
from dauys.record.faults import LogError
from dauys.verify.contents import Hooks
from dauys.verify.context import Context, VoteContext
from dauys.verify.counted import Counted
from dauys.verify.options import Progress
from dauys.verify.report import Where
from dauys.verify.tasks import CardsAt, DeviceTask, Reading, Remark, Seal, Seen
from dauys.verify.vote import Gathering, judge
from dauys.verify.workers import Workers, processors, size_of

#: A device of a vote.
Named = tuple[str, str]


def check_devices(
    context: Context, progress: Progress, workers: Workers, *, only: Collection[Named] | None = None
) -> Counted:
    """Check the logs of all installed devices, their ballots and cards, and return what is counted.

    `only`: the devices to look at, where it is not all of them; uniqueness over a vote is then not run. What
    is found goes into the ledger in the order of the devices, whatever order they were done in. Raises
    WorkerError where the work cannot be done.
    """
    tasks = list(_tasks(context, only))
    progress.begin("B", sum(map(size_of, tasks)))
    folder = context.options.work / "devices"
    folder.mkdir()
    gathering, counted = judge(
        context.record,
        tasks,
        {vote: told.ballots for vote, told in context.votes.items()},
        _waves(context, tasks),
        workers=workers,
        folder=folder,
        hooks=Hooks(advance=progress.advance),
        whole=only is None,
    )
    _report(context, gathering)
    for told in context.votes.values():
        _check_first_wave(context, told)
    progress.end("B")
    return counted


def _tasks(context: Context, only: Collection[Named] | None) -> Iterator[DeviceTask]:
    """Yield the task of each device that is looked at, in the order of votes and installations."""
    left_out = context.excluded_devices()
    badges = {entry.fields["id"]: entry.fields["badge"] for entry in context.entries("accreditation")}
    wanted = [
        (told, device)
        for _, told in sorted(context.votes.items())
        for device in told.installations
        if only is None or (told.vote, device) in only
    ]
    threads = max(1, processors() // max(1, len(wanted)))
    logged = {vote: _said_of_devices(told, badges) for vote, told in context.votes.items()}
    number = 0
    for told, device in wanted:
        if told.root is None:
            where = Where(vote=told.vote, device=device)
            context.ledger.not_run("L9.2", "root", where)
            continue
        task = _task(context, told, told.root, device, logged[told.vote].get(device, _Said()))
        out = (told.vote, device) in left_out
        yield replace(task, number=number, threads=threads, left_out=out)
        number += 1


@dataclass(slots=True)
class _Said:
    """What the election log says of one device, in its order."""

    seal: Seal | None = None
    spoken: list[Seal] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)


def _said_of_devices(told: VoteContext, badges: Mapping[str, str | None]) -> dict[str, _Said]:
    """Return what is said of each device of a vote, from one pass over the entries of the vote."""
    found: dict[str, _Said] = defaultdict(_Said)
    for device, entry in told.seals().items():
        found[device].seal = _seal(entry)
    for entry in told.telephones:
        found[entry.fields["device"]].spoken.append(_seal(entry))
    for entry in told.checkpoints:
        found[entry.fields["device"]].readings.append(Reading(entry.index, entry.fields["note"]))
    for entry in told.turnouts:
        for one in entry.fields["devices"]:
            reading = Reading(entry.index, None, one["size"], bytes.fromhex(one["root"]))
            found[one["device"]].readings.append(reading)
    for entry in told.sightings:
        badge = entry.fields["badge"]
        seen = Seen(entry.index, entry.fields["note"], badge, badges.get(badge))
        found[entry.fields["device"]].seen.append(seen)
    return found


def _seal(entry: Entry) -> Seal:
    if entry.kind == "telephone":
        return Seal(entry.index, None, entry.fields["size"], entry.fields["code"])
    return Seal(entry.index, entry.fields["note"])


def _task(context: Context, told: VoteContext, root: Entry, device: str, said: _Said) -> DeviceTask:
    entry = told.installations[device]
    fields = entry.fields
    return DeviceTask(
        number=0,
        record=context.record.address,
        vote=told.vote,
        device=device,
        station=fields["station"],
        type=fields["type"],
        origin=device_origin(context.origin, told.vote, device),
        key=fields["key"],
        software=fields["software"],
        signature=bytes.fromhex(fields["signature"]),
        entry=entry.index,
        root=bytes.fromhex(root.fields["root"]),
        root_file=FileRef.of(root.fields["file"]),
        cards=_cards(told.cards.get(device)),
        seal=said.seal,
        spoken=tuple(said.spoken),
        readings=tuple(said.readings),
        seen=tuple(said.seen),
        engine_seed=context.options.weight_seed,
    )


def _cards(entry: Entry | None) -> CardsAt | None:
    if entry is None:
        return None
    fields = entry.fields
    return CardsAt(entry.index, FileRef.of(fields["list"]), bytes.fromhex(fields["hash"]), fields["count"])


def _waves(context: Context, tasks: list[DeviceTask]) -> dict[int, int]:
    """Return the first wave that names each device; what is wrong with a wave file is said elsewhere."""
    named: dict[Named, int] = {}
    for vote, told in context.votes.items():
        for number, wave in sorted(told.waves.items()):
            try:
                value = json.loads(context.record.file(FileRef.of(wave.entry.fields["file"])))
                devices = [device["id"] for unit in value["units"] for device in unit["devices"]]
            except (LogError, ValueError, KeyError, TypeError, RecursionError):
                continue
            for device in devices:
                named.setdefault((vote, str(device)), number)
    return {task.number: named[at] for task in tasks if (at := (task.vote, task.device)) in named}


def _report(context: Context, gathering: Gathering) -> None:
    """Put what was found into the ledger, as far as its chapter was asked for."""
    for code, count in sorted(gathering.passed.items()):
        if context.options.wants(code[0]):
            context.ledger.passed(code, count)
    for task in gathering.tasks:
        outcome = gathering.outcomes[task.number]
        contents = outcome.contents.remarks if outcome.contents else ()
        for remark in (*outcome.remarks, *contents):
            _put(context, remark, _where(task.vote, task))
    for vote, number, remark in gathering.found:
        _put(context, remark, _where(vote, None if number is None else gathering.tasks[number]))


def _where(vote: str, task: DeviceTask | None) -> dict[str, Any]:
    if task is None:
        return {"vote": vote}
    return {"vote": vote, "station": task.station, "device": task.device}


def _put(context: Context, remark: Remark, place: Mapping[str, Any]) -> None:
    if not context.options.wants(remark.code[0]):
        return
    where = Where(**place, entry=remark.entry, logged=remark.logged, file=remark.file, field=remark.field)
    if remark.status == "not_run":
        context.ledger.not_run(remark.code, remark.reason or "", where)
    elif remark.status == "look":
        context.ledger.look(remark.code, where, remark.found, remark.expected)
    elif remark.more:
        context.ledger.fail(
            remark.code, where, remark.found, remark.expected, votes=remark.votes, more=remark.more
        )
    else:
        context.ledger.fail(remark.code, where, remark.found, remark.expected, votes=remark.votes)


def _check_first_wave(context: Context, told: VoteContext) -> None:
    """Check that the first wave comes after every seal (L9.9). **Source:** record.md §6."""
    if not context.options.wants("L"):
        return
    if not told.waves:
        context.ledger.not_run("L9.9", "no_wave", Where(vote=told.vote))
        return
    first = min(wave.entry.index for wave in told.waves.values())
    out = {
        entry.fields["point"]
        for entry in context.entries("decision")
        if entry.fields["what"] == "exclude" and entry.index < first
    }
    sealed: dict[str, int] = {}
    for entry in (*told.checkpoints, *told.telephones):
        if entry.fields.get("what", "seal") == "seal":
            device = entry.fields["device"]
            sealed[device] = min(entry.index, sealed.get(device, entry.index))
    for device in told.installations:
        if f"{told.vote} {device}" in out:
            continue
        seal = sealed.get(device)
        context.ledger.check(
            "L9.9",
            Where(vote=told.vote, device=device, logged=first),
            holds=seal is not None and seal < first,
            found="no seal" if seal is None else f"seal {seal}",
            expected=f"a seal before the wave {first}",
        )
