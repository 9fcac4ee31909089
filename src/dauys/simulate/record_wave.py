"""The first wave of a simulated vote, and what its sums say of stations that are live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dauys import _core
from dauys.crypto.ballots import ContestSum
from dauys.crypto.boxes import RootEntry
from dauys.crypto.tally import ContestTotal
from dauys.crypto.tally_files import VerifiedSum, encode_wave, set_hash
from dauys.domain.election import Election
from dauys.simulate.scene import Key, Scene
from dauys.verify.units import Installed, opened_contests, ready_units, units_of


@dataclass(slots=True)
class Played:
    """What is kept of a device after its day: its seal, the sums and hashes of its ballots by contest."""

    station: str
    size: int
    root: bytes
    hashes: Mapping[str, Sequence[bytes]]
    sums: Mapping[str, ContestSum]


Devices = Mapping[str, Played]


def wave_of_played(
    election: Election, minimum: int, root: RootEntry, played: Devices
) -> tuple[list[VerifiedSum], bytes]:
    """Return the sums of the first wave and its document, by the rule of the record (`spec/record.md` §6)."""
    units = units_of(election)
    installed = [Installed(device, one.station, True, False) for device, one in played.items()]
    sums, listed = [], []
    for unit, devices in ready_units(installed, units, ()).items():
        opened = _opened(devices, played, minimum)
        own = [_unit_sum(root.root, unit, [played[device] for device in devices], one) for one in opened]
        if not own:
            continue
        sums += own
        contests = [{"ballots": one.ballots, "id": one.contest, "set": one.set_hash.hex()} for one in own]
        seals = [{"id": name, "root": played[name].root.hex(), "size": played[name].size} for name in devices]
        listed.append({"contests": contests, "devices": seals, "id": unit})
    return sums, encode_wave(str(root.value["vote_id"]), root.root, 1, listed)


def _opened(devices: Sequence[str], played: Devices, minimum: int) -> list[str]:
    contests = {contest for device in devices for contest in played[device].sums}
    return opened_contests(
        contests,
        {device: played[device].station for device in devices},
        lambda device, contest: played[device].sums[contest].ballots if contest in played[device].sums else 0,
        minimum,
    )


def _unit_sum(root: bytes, unit: str, devices: Iterable[Played], contest: str) -> VerifiedSum:
    own = [one for one in devices if contest in one.sums]
    hashes = [digest for one in own for digest in one.hashes[contest]]
    parts = [(one.sums[contest].ballots, one.sums[contest].a, list(one.sums[contest].e)) for one in own]
    count, a, e = parts[0] if len(parts) == 1 else _core.add_sums(parts)
    return VerifiedSum(unit, contest, set_hash(root, unit, contest, hashes), count, a, tuple(e))


def votes_of_live(
    scene: Scene, round_number: int, cast: Mapping[str, int], totals: Iterable[ContestTotal]
) -> dict[Key, tuple[int, ...]]:
    """Return what each live station cast, by contest, from opened sums. `cast`: ballots by live station.

    Of a unit with other stations it is what is left when theirs are taken off: they are simulated. A contest
    that is not opened is counted from slips: those of the planned ballots, as many as were cast.
    """
    units = units_of(scene.election)
    opened = {(one.unit, one.contest): one.votes for one in totals}
    found: dict[Key, tuple[int, ...]] = {}
    for key, planned in scene.electronic.items():
        station, contest, number = key
        if number != round_number or station not in cast:
            continue
        whole = opened.get((units[station], contest))
        others = [
            votes
            for (other, what, when), votes in scene.electronic.items()
            if (what, when) == (contest, number) and other != station and units[other] == units[station]
        ]
        found[key] = _first(planned, cast[station]) if whole is None else _without(whole, others)
    return found


def _first(votes: Sequence[int], ballots: int) -> tuple[int, ...]:
    marks = [option for option, number in enumerate(votes) for _ in range(number)][:ballots]
    return tuple(marks.count(option) for option in range(len(votes)))


def _without(whole: Sequence[int], others: Iterable[Sequence[int]]) -> tuple[int, ...]:
    left = list(whole)
    for votes in others:
        left = [a - b for a, b in zip(left, votes, strict=True)]
    return tuple(left)
