"""The order of entries in an election log, and which of them may stand once only (L8.5).

**Source:** record.md §3, the column *when*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dauys.record.entries import Entry
from dauys.verify.context import Context, VoteContext, WaveEntries

#: Kinds that need an id that no other entry of the kind has.
_WITH_ID: Final = frozenset({"accreditation", "decision", "result", "complaint"})
#: Kinds about one device of a vote, which must be installed.
_OF_DEVICE: Final = frozenset({"checkpoint", "telephone", "sighting"})


@dataclass(frozen=True, slots=True)
class Misplaced:
    """An entry that may not stand where it stands: what it lacks, or what is there already."""

    entry: Entry
    found: str
    expected: str
    field: str | None = None


@dataclass(slots=True)
class Placing:
    """Puts entries into their votes. An entry that is out of order is named, and not used."""

    context: Context
    election: str
    ids: dict[str, set[str]] = field(default_factory=dict)

    def place(self, entry: Entry) -> Iterator[Misplaced]:
        """Put one entry where it belongs, or yield why it cannot be."""
        found = list(self._faults(entry))
        if found:
            yield from found
            return
        if entry.kind == "protocol":
            self.context.protocols_at.append(entry.index)
            return
        self.context.kinds.setdefault(entry.kind, []).append(entry)
        if "vote" in entry.fields:
            self._into(entry, self._vote(entry))

    def _vote(self, entry: Entry) -> VoteContext:
        vote = entry.fields["vote"]
        return self.context.votes.setdefault(vote, VoteContext(vote))

    def _faults(self, entry: Entry) -> Iterator[Misplaced]:
        fields = entry.fields
        if (entry.kind == "definition") != (entry.index == 0):
            yield Misplaced(entry, f"entry {entry.index}", "the definition at 0, and only there")
        elif entry.kind in _WITH_ID:
            seen = self.ids.setdefault(entry.kind, set())
            if fields["id"] in seen:
                yield Misplaced(entry, fields["id"], "an id that no other has", "id")
            seen.add(fields["id"])
        elif entry.kind == "sighting" and fields["badge"] not in self.ids.get("accreditation", set()):
            yield Misplaced(entry, fields["badge"], "an accreditation before", "badge")
        if "vote" not in fields:
            return
        if fields["vote"].split("/")[0] != self.election:
            yield Misplaced(entry, fields["vote"], f"a vote of {self.election}", "vote")
        else:
            yield from self._faults_of_vote(entry, fields, self._vote(entry))

    def _faults_of_vote(
        self, entry: Entry, fields: Mapping[str, Any], vote: VoteContext
    ) -> Iterator[Misplaced]:
        kind = entry.kind
        if kind in ("ceremony", "root", "register") and getattr(vote, kind) is not None:
            yield Misplaced(entry, f"a second {kind}", "one in each vote")
        if kind == "root" and vote.ceremony is None:
            yield Misplaced(entry, "no ceremony", "a ceremony before")
        if kind in ("cards", "installation"):
            yield from self._faults_of_setup(entry, fields["device"], vote)
        if kind in _OF_DEVICE and fields["device"] not in vote.installations:
            yield Misplaced(entry, fields["device"], "an installation before", "device")
        if kind == "turnout":
            named = [one["device"] for one in fields["devices"]]
            if len(set(named)) < len(named):
                yield Misplaced(entry, "a device twice", "each device once", "devices")
            for one in fields["devices"]:
                setup = vote.installations.get(one["device"])
                if setup is None or setup.fields["station"] != fields["station"]:
                    yield Misplaced(
                        entry, one["device"], "an installation before, at this station", "devices"
                    )
        if kind in ("wave", "wave-signature", "partial", "tally"):
            yield from self._faults_of_wave(entry, fields, vote)

    @staticmethod
    def _faults_of_setup(entry: Entry, device: str, vote: VoteContext) -> Iterator[Misplaced]:
        if entry.kind == "cards":
            if device in vote.cards:
                yield Misplaced(entry, device, "one list for each device", "device")
            if device in vote.installations:
                yield Misplaced(entry, "after the installation", "before it", "device")
            return
        if device in vote.installations:
            yield Misplaced(entry, device, "one installation for each device", "device")
        if vote.root is None or vote.register is None or device not in vote.cards:
            there = (("root", vote.root), ("register", vote.register), ("cards", vote.cards.get(device)))
            missing = [name for name, value in there if value is None]
            yield Misplaced(entry, f"no {', '.join(missing)}", "root, register and cards before")

    @staticmethod
    def _faults_of_wave(entry: Entry, fields: Mapping[str, Any], vote: VoteContext) -> Iterator[Misplaced]:
        if entry.kind == "wave":
            expected = len(vote.waves) + 1
            if vote.root is None or fields["number"] != expected:
                yield Misplaced(entry, str(fields["number"]), f"wave {expected}, after the root", "number")
            return
        wave = vote.waves.get(fields["wave"])
        if wave is None:
            yield Misplaced(entry, str(fields["wave"]), "a wave entry before", "wave")
        elif wave.tally is not None:
            yield Misplaced(entry, "after the tally", "before it")
        elif entry.kind == "wave-signature" and wave.partials:
            yield Misplaced(entry, "after a partial decryption", "before it")
        elif entry.kind in ("wave-signature", "partial"):
            others = wave.signatures if entry.kind == "wave-signature" else wave.partials
            if fields["trustee"] in {other.fields["trustee"] for other in others}:
                yield Misplaced(entry, str(fields["trustee"]), "one for each trustee", "trustee")

    @staticmethod
    def _into(entry: Entry, vote: VoteContext) -> None:
        kind, fields = entry.kind, entry.fields
        if kind in ("ceremony", "root", "register"):
            setattr(vote, kind, entry)
        elif kind in ("cards", "installation"):
            (vote.cards if kind == "cards" else vote.installations)[fields["device"]] = entry
        elif kind == "wave":
            vote.waves[fields["number"]] = WaveEntries(entry)
        elif kind == "wave-signature":
            vote.waves[fields["wave"]].signatures.append(entry)
        elif kind == "partial":
            vote.waves[fields["wave"]].partials.append(entry)
        elif kind == "tally":
            vote.waves[fields["wave"]].tally = entry
        else:
            lists = {
                "checkpoint": vote.checkpoints,
                "telephone": vote.telephones,
                "turnout": vote.turnouts,
                "sighting": vote.sightings,
            }
            lists[kind].append(entry)
