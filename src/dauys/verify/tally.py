"""Waves: units by the rule, signatures of the quorum, partial decryptions, totals (T, L9.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from dauys.crypto.board import PublicKeys
from dauys.crypto.tally import ContestTotal, check_wave, check_wave_signatures, combine
from dauys.crypto.tally_files import (
    PartialFile,
    SumKey,
    TallyFile,
    VerifiedSum,
    Wave,
    parse_partial,
    parse_wave,
    parse_wave_signature,
)
from dauys.errors import InputError
from dauys.record.entries import Entry
from dauys.verify.context import Context, VoteContext, WaveEntries
from dauys.verify.counted import Counted
from dauys.verify.logs import parse_form
from dauys.verify.options import Progress
from dauys.verify.report import Where
from dauys.verify.units import Installed, opened_contests, ready_units, units_of

WAVE_CHECKS: Final = tuple(f"T1.{n}" for n in range(1, 9))
SIGNATURE_CHECKS: Final = ("T2.1", "T2.2", "T2.3", "T2.4")
PARTIAL_CHECKS: Final = tuple(f"T4.{n}" for n in range(1, 10))
TOTAL_CHECKS: Final = ("T5.1", "T5.2", "T5.3", "T5.4", "T7.5")

Totals = dict[tuple[str, str, str], ContestTotal]


@dataclass(frozen=True, slots=True)
class ParsedWave:
    """A wave entry and its document; None where it cannot be read."""

    entries: WaveEntries
    wave: Wave | None


def parse_waves(context: Context) -> dict[tuple[str, int], ParsedWave]:
    """Return the waves of all votes by vote and number; faults of form are noted (T1.1, T1.2)."""
    found = {}
    for vote in context.votes.values():
        for number, entries in vote.waves.items():
            found[vote.vote, number] = ParsedWave(entries, _wave(context, vote.vote, entries.entry))
    return found


def _wave(context: Context, vote: str, entry: Entry) -> Wave | None:
    data = context.read(entry, "file", "T1.1")
    if data is None:
        return None
    path = entry.fields["file"]["path"]
    try:
        return parse_wave(data, path)
    except InputError as error:
        for problem in error.problems:
            context.ledger.problem(problem, Where(vote=vote, logged=entry.index))
        return None


def check_tally(
    context: Context,
    waves: Mapping[tuple[str, int], ParsedWave],
    counted: Counted,
    progress: Progress,
) -> Totals:
    """Check every wave; return the totals that the partial decryptions open to, by vote, unit and contest."""
    totals: Totals = {}
    progress.begin("T", len(waves))
    for vote in context.votes.values():
        done: dict[str, int] = {}
        taken: set[str] = set()
        small: set[str] = set()
        stations = vote.stations()
        for number in sorted(vote.waves):
            check = _WaveCheck(context, vote, counted, waves[vote.vote, number], stations)
            totals.update(check.run(done, taken, small))
            progress.advance(1)
        _check_all_opened(context, vote, taken, small)
    progress.end("T")
    return totals


def _check_all_opened(context: Context, vote: VoteContext, taken: set[str], small: set[str]) -> None:
    """Check that no sealed device was left unopened (T7.6), but those of units that open nothing: `small`."""
    seals, out = vote.seals(), context.excluded_devices()
    for device in vote.installations:
        if device in taken:
            context.ledger.passed("T7.6")
        elif device in small:
            # Its unit is counted from the slips: no contest of it reaches the minimum.
            context.ledger.passed("T7.6")
        elif device in seals and (vote.vote, device) not in out:
            context.ledger.not_run("T7.6", "no_wave", Where(vote=vote.vote, device=device))


@dataclass(frozen=True, slots=True)
class _WaveCheck:
    """The checks of one wave of one vote."""

    context: Context
    vote: VoteContext
    counted: Counted
    parsed: ParsedWave
    #: The station of each installed device: looked up for every unit, so it is made once.
    stations: Mapping[str, str]

    @property
    def where(self) -> Where:
        entry = self.parsed.entries.entry
        return Where(vote=self.vote.vote, logged=entry.index, file=entry.fields["file"]["path"])

    def run(self, done: dict[str, int], taken: set[str], small: set[str]) -> Totals:
        """Return the totals. `done`: units of earlier waves; `taken`: devices that a wave has named; `small`:
        devices of units that were ready and open nothing. All three grow."""
        wave, keys = self.parsed.wave, self.vote.keys
        number = int(self.parsed.entries.entry.fields["number"])
        if wave is None or keys is None or self.vote.root_entry is None:
            reason = "T1.1" if wave is None else "K10.2"
            self._not_run(reason, WAVE_CHECKS[2:], SIGNATURE_CHECKS, PARTIAL_CHECKS, TOTAL_CHECKS)
            self._not_run(reason, ("T7.1", "T7.2", "T7.3", "T7.4"))
            return {}
        faults = check_wave(wave, keys.plan, self.vote.root_entry.root, number)
        self._note(faults, WAVE_CHECKS)
        self._check_signatures(wave, keys)
        self._check_units(wave, done, taken, small)
        for unit in wave.units:
            done.setdefault(unit["id"], number)
        taken.update(wave.devices)
        return self._open(wave, keys)

    def _not_run(self, reason: str, *groups: Iterable[str]) -> None:
        for group in groups:
            for code in group:
                self.context.ledger.not_run(code, reason, self.where)

    def _note(self, faults: Sequence[object], codes: Iterable[str]) -> None:
        """Note faults under their codes, and that the other checks of the group hold."""
        ledger = self.context.ledger
        failed = set()
        for fault in faults:
            ledger.problem(fault, self.where)  # type: ignore[arg-type]  # Problem by all callers
            failed.add(fault.code)  # type: ignore[attr-defined]
        for code in codes:
            if code not in failed:
                ledger.passed(code)

    def _check_signatures(self, wave: Wave, keys: PublicKeys) -> None:
        signatures: list[TallyFile] = []
        for entry in self.parsed.entries.signatures:
            data = self.context.read(entry, "file", "T2.1")
            file = self._parsed_signature(entry, data) if data is not None else None
            if file is not None:
                signatures.append(file)
        entries = self.parsed.entries
        if not entries.partials and entries.tally is None and len(signatures) < keys.plan.quorum:
            # Nothing has been opened yet: trustees are still signing.
            self._not_run("no_tally", ("T2.2",))
            faults = [one for one in check_wave_signatures(wave, keys, signatures) if one.code != "T2.2"]
        else:
            faults = check_wave_signatures(wave, keys, signatures)
        if signatures:
            self._note(faults, [code for code in SIGNATURE_CHECKS if code != "T2.2"])
        else:
            self._note(faults, ())
            self._not_run("T2.2", [code for code in SIGNATURE_CHECKS if code != "T2.2"])
        if len(signatures) >= keys.plan.quorum and not any(one.code == "T2.2" for one in faults):
            self.context.ledger.passed("T2.2")

    def _parsed_signature(self, entry: Entry, data: bytes) -> TallyFile | None:
        where = Where(vote=self.vote.vote, logged=entry.index)
        try:
            file = parse_wave_signature(data, entry.fields["file"]["path"])
        except InputError as error:
            for problem in error.problems:
                self.context.ledger.problem(problem, where)
            return None
        return file if self._is_from(file, entry, "T2.3") else None

    def _is_from(self, file: TallyFile, entry: Entry, code: str) -> bool:
        """Whether the entry names the trustee of its file."""
        named = entry.fields["trustee"]
        if file.number == named:
            return True
        where = Where(vote=self.vote.vote, logged=entry.index, field="trustee")
        self.context.ledger.fail(code, where, named, file.number)
        return False

    def _installed(self, before: int) -> list[Installed]:
        """Return the devices as they stood in the log before an entry."""
        seals, out = self.vote.seals(), self.context.excluded_devices(before)
        return [
            Installed(
                device,
                entry.fields["station"],
                device in seals and seals[device].index < before,
                (self.vote.vote, device) in out,
            )
            for device, entry in self.vote.installations.items()
            if entry.index < before
        ]

    def _check_units(self, wave: Wave, done: Mapping[str, int], taken: set[str], small: set[str]) -> None:
        """Check units, devices with their seals, and contests against the rule (T7.1–T7.3)."""
        ledger, election = self.context.ledger, self.context.election
        if election is None:
            self._not_run("L8.9", ("T7.1", "T7.3"))
            expected = None
        else:
            before = self.parsed.entries.entry.index
            expected = self._without_small(
                ready_units(self._installed(before), units_of(election), done), small
            )
            found = {unit["id"]: [one["id"] for one in unit["devices"]] for unit in wave.units}
            wrong = sorted({u for u in (*found, *expected) if found.get(u) != expected.get(u)})
            shown = {unit: found.get(unit) for unit in wrong[:3]}
            rule = {unit: expected.get(unit) for unit in wrong[:3]}
            ledger.check("T7.1", self.where, holds=not wrong, found=shown, expected=rule)
        self._check_seals(wave, taken)
        if expected is not None:
            self._check_opened(wave)

    def _without_small(self, ready: dict[str, list[str]], small: set[str]) -> dict[str, list[str]]:
        """Return the units that open something; devices of the others go into `small`."""
        found = {}
        for unit, devices in ready.items():
            if self._is_known(devices) and not self._openable(devices):
                small.update(devices)
            else:
                found[unit] = devices
        return found

    def _openable(self, devices: Iterable[str]) -> list[str]:
        """Return the contests of these devices that reach the minimum (T7.3)."""
        keys, law = self.vote.keys, self.context.law
        if keys is None or law is None:
            return []
        return opened_contests(
            (c.id for c in keys.plan.contests),
            {device: self.stations.get(device, "") for device in devices},
            lambda device, contest: self.counted.ballots(self.vote.vote, device, contest),
            law.count("publication.privacy_minimum") or 1,
        )

    def _check_seals(self, wave: Wave, taken: set[str]) -> None:
        for unit in wave.units:
            for named in unit["devices"]:
                device = named["id"]
                where = replace(self.where, device=device)
                if device in taken:
                    self.context.ledger.fail("T7.2", where, "in an earlier wave", "one wave ever")
                    continue
                own = self.counted.devices.get((self.vote.vote, device))
                if own is None or own.size is None or own.root is None:
                    elsewhere = own is None and self.context.options.station is not None
                    self.context.ledger.not_run("T7.2", "station" if elsewhere else "L9.1", where)
                    continue
                found, expected = (named["size"], named["root"]), (own.size, own.root.hex())
                self.context.ledger.check(
                    "T7.2", where, holds=found == expected, found=found, expected=expected
                )

    def _check_opened(self, wave: Wave) -> None:
        for unit in wave.units:
            devices = [one["id"] for one in unit["devices"]]
            where = replace(self.where, field=unit["id"])
            if not self._is_known(devices):
                self.context.ledger.not_run("T7.3", self._why(devices), where)
                continue
            expected = self._openable(devices)
            found = [contest["id"] for contest in unit["contests"]]
            self.context.ledger.check("T7.3", where, holds=found == expected, found=found, expected=expected)

    def _is_known(self, devices: Iterable[str]) -> bool:
        """Whether the counted ballots of these devices are known."""
        own = [self.counted.devices.get((self.vote.vote, device)) for device in devices]
        return all(one is not None and one.counts for one in own)

    def _why(self, devices: Iterable[str]) -> str:
        """Return why these ballots are not known: another station was asked for, or a seal fails."""
        looked_at = all((self.vote.vote, device) in self.counted.devices for device in devices)
        return "L9.3" if looked_at or self.context.options.station is None else "station"

    def _open(self, wave: Wave, keys: PublicKeys) -> Totals:
        """Check sums and partial decryptions; return the totals that they open to."""
        units = []
        for unit in wave.units:
            if self._is_known(one["id"] for one in unit["devices"]):
                units.append(unit)
            else:
                where = replace(self.where, field=unit["id"])
                reason = self._why(one["id"] for one in unit["devices"])
                for code in ("T7.4", "T7.5"):
                    self.context.ledger.not_run(code, reason, where)
        part = replace(wave, units=tuple(units))
        sums = self._sums(part)
        if not sums:
            why = self._why(one["id"] for unit in wave.units for one in unit["devices"])
            self._not_run("T7.4" if sums is None else why, PARTIAL_CHECKS, TOTAL_CHECKS)
            return {}
        files = self._partials(wave.sums.keys() - part.sums.keys())
        entries = self.parsed.entries
        if len(files) < keys.plan.threshold and entries.tally is None:
            # Trustees are still at it.
            self._not_run("no_tally", PARTIAL_CHECKS, TOTAL_CHECKS)
            return {}
        report = combine(part, keys, sums, files)
        if len(report.totals) == len(sums):
            self._note(report.problems, (*PARTIAL_CHECKS, *TOTAL_CHECKS[:-1]))
        else:
            self._note(report.problems, ())
            self._not_run("T5.1", TOTAL_CHECKS[-1:])
            return {}
        self._check_totals(report.totals, {u["id"] for u in wave.units} - {u["id"] for u in units})
        return {(self.vote.vote, one.unit, one.contest): one for one in report.totals}

    def _sums(self, wave: Wave) -> list[VerifiedSum] | None:
        """Return the sums over the counted ballots in the order of the wave; None where one is another."""
        sums, good = [], True
        for unit in wave.units:
            devices = [one["id"] for one in unit["devices"]]
            for contest in unit["contests"]:
                own = self.counted.sums_of(self.vote.vote, unit["id"], devices, contest["id"])
                where = replace(self.where, contest=contest["id"], field=unit["id"])
                found = (contest["set"], contest["ballots"])
                expected = (own.set_hash.hex(), own.ballots) if own else None
                votes = contest["ballots"]
                good &= self.context.ledger.check(
                    "T7.4", where, holds=found == expected, found=found, expected=expected, votes=votes
                )
                if own is not None:
                    sums.append(own)
        return sums if good else None

    def _partials(self, unknown: Set[SumKey]) -> list[PartialFile]:
        """Return the files, without the sums of units that nobody can add up here. Any sum that the wave
        does not hold stays, and fails (T4.4): nobody may open it."""
        files = []
        for entry in self.parsed.entries.partials:
            data = self.context.read(entry, "file", "T4.1")
            if data is None:
                continue
            try:
                file = parse_partial(data, entry.fields["file"]["path"])
            except InputError as error:
                for problem in error.problems:
                    self.context.ledger.problem(problem, Where(vote=self.vote.vote, logged=entry.index))
                continue
            if self._is_from(file, entry, "T4.2"):
                files.append(replace(file, sums=tuple(one for one in file.sums if one.key not in unknown)))
        return files

    def _check_totals(self, totals: Sequence[ContestTotal], elsewhere: Set[str]) -> None:
        """Check the published totals against those that the partial decryptions open to (T7.5).

        `elsewhere`: units of the wave that nobody added up here.
        """
        entry, ledger = self.parsed.entries.tally, self.context.ledger
        if entry is None:
            ledger.not_run("T7.5", "no_tally", self.where)
            return
        data = self.context.read(entry, "file", "T7.5")
        where = Where(vote=self.vote.vote, logged=entry.index, file=entry.fields["file"]["path"])
        value = parse_form(data, "tally", where, ledger) if data is not None else None
        if value is None:
            return
        number = self.parsed.entries.entry.fields["number"]
        head = (value["vote_id"], value["wave"])
        if head != (self.vote.vote, number):
            ledger.fail("T7.5", where, head, (self.vote.vote, number))
        listed = [one for one in value["totals"] if one["unit"] not in elsewhere]
        said = {(one["unit"], one["contest"]): (one["ballots"], one["votes"]) for one in listed}
        for own in totals:
            theirs, expected = said.pop((own.unit, own.contest), None), (own.ballots, list(own.votes))
            place = replace(where, contest=own.contest, field=own.unit)
            ledger.check(
                "T7.5", place, holds=theirs == expected, found=theirs, expected=expected, votes=own.ballots
            )
        named = [(one["unit"], one["contest"]) for one in listed]
        if said or named != [(own.unit, own.contest) for own in totals]:
            found = sorted(said)[:5] or "another order, or a sum twice"
            ledger.fail("T7.5", where, found, "the sums of the wave, each once, in its order")
