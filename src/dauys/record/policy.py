"""Who must have signed: logs, witnesses, groups and a quorum (`spec/log.md` §7).

**Source:** c2sp.org/tlog-policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dauys.errors import Place
from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint
from dauys.record.faults import LogError
from dauys.record.keys import VerifierKey, parse_verifier_key
from dauys.record.note import parse_decimal

MAX_POLICY = 1_000_000
MAX_ITEMS = 1_000
NO_QUORUM = "none"


@dataclass(frozen=True, slots=True)
class PolicyKey:
    """A log or a witness of a policy, with its address where the policy gives one."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group counts as having signed where at least `threshold` of its members have."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as its file says it; `quorum` names a witness or a group, or is None for no witness at all."""

    logs: tuple[PolicyKey, ...]
    witnesses: Mapping[str, PolicyKey]
    groups: Mapping[str, Group]
    quorum: str | None

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Every key that the policy knows."""
        return (*(log.key for log in self.logs), *(w.key for w in self.witnesses.values()))

    def reached(self, name: str, opened: OpenedCheckpoint) -> bool:
        """Whether a witness or group counts as having signed."""
        if name in self.witnesses:
            return opened.signed_by(self.witnesses[name].key)
        group = self.groups[name]
        return sum(self.reached(member, opened) for member in group.members) >= group.threshold

    def check(self, opened: OpenedCheckpoint) -> None:
        """Return where a log of the policy signed a checkpoint of its own origin and the quorum is reached.

        Raises LogError L3.5 without the log's signature, L4.3 without the quorum.
        """
        origin = opened.checkpoint.origin
        own = [log.key for log in self.logs if log.key.name == origin]
        if self.logs and not any(opened.signed_by(key) for key in own):
            raise LogError("L3.5", found=origin, expected=", ".join(log.key.name for log in self.logs))
        if self.quorum is not None and not self.reached(self.quorum, opened):
            there = [name for name, w in self.witnesses.items() if opened.signed_by(w.key)]
            missing = [name for name in self.witnesses if name not in there]
            raise LogError(
                "L4.3",
                found=", ".join(there) or "no witness",
                expected=self.quorum,
                hint="quorum",
                missing=", ".join(missing),
            )


def verify_checkpoint(data: bytes, policy: Policy) -> OpenedCheckpoint:
    """Return a checkpoint that satisfies the policy.

    Raises what `open_checkpoint` and `Policy.check` raise.
    """
    opened = open_checkpoint(data, policy.keys)
    policy.check(opened)
    return opened


@dataclass(slots=True)
class _Draft:
    """A policy while its lines are read."""

    logs: list[PolicyKey] = field(default_factory=list)
    witnesses: dict[str, PolicyKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    quorum: str | None = None

    def add(self, words: list[str], place: Place) -> None:
        """Take one line in. Raises LogError L4.2."""
        match words:
            case ["log", vkey, *url] if len(url) < 2:
                self.logs.append(PolicyKey("", self._key(vkey, self.logs, place), *url))
            case ["witness", name, vkey, *url] if len(url) < 2:
                self._new(name, place)
                key = self._key(vkey, list(self.witnesses.values()), place)
                if not key.is_witness:
                    raise _wrong("a key that signs notes", "a key of a witness (type 04)", place)
                self.witnesses[name] = PolicyKey(name, key, *url)
            case ["group", name, threshold, *members] if members:
                self._new(name, place)
                self.groups[name] = self._group(threshold, members, place)
            case ["quorum", name]:
                if self.quorum is not None:
                    raise _wrong("a second quorum", "one quorum", place)
                if name != NO_QUORUM:
                    self._known(name, place)
                self.quorum = name
            case _:
                raise _wrong(" ".join(words)[:100], "log, witness, group or quorum", place)

    def _group(self, threshold: str, members: list[str], place: Place) -> Group:
        for member in members:
            self._known(member, place)
            if member in self.used:
                raise _wrong(member, "each name in one group, once", place)
            self.used.add(member)
        if threshold in ("any", "all"):
            return Group(1 if threshold == "any" else len(members), tuple(members))
        try:
            number = parse_decimal(threshold, "L4.2", len(members))
        except LogError:
            raise _wrong(threshold[:100], f"any, all or 1…{len(members)}", place) from None
        if number < 1:
            raise _wrong(threshold, f"any, all or 1…{len(members)}", place)
        return Group(number, tuple(members))

    def _new(self, name: str, place: Place) -> None:
        if name == NO_QUORUM or name in self.witnesses or name in self.groups:
            raise _wrong(name, "a new name", place)

    def _known(self, name: str, place: Place) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise _wrong(name, "a name of a line above", place)

    @staticmethod
    def _key(vkey: str, others: list[PolicyKey], place: Place) -> VerifierKey:
        try:
            key = parse_verifier_key(vkey)
        except LogError as error:
            raise _wrong(error.problem.found or "", error.problem.expected or "", place) from error
        if any(other.key.public == key.public for other in others):
            raise _wrong(key.name, "each key once", place)
        return key


def parse_policy(data: bytes, file: str | None = None) -> Policy:
    """Return the policy of a file. Raises LogError L4.2, with the line, for anything that is not one."""
    bad = next((b for b in data if (b < 0x20 and b not in b"\t\n") or b == 0x7F), None)
    if bad is not None or len(data) > MAX_POLICY:
        raise _wrong(
            f"{len(data)} bytes" if bad is None else f"byte {bad:02x}", "lines of text", Place(file=file)
        )
    draft = _Draft()
    lines = data.decode(errors="surrogateescape").split("\n")
    for number, line in enumerate(lines, start=1):
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if words and not words[0].startswith("#"):
            draft.add(words, Place(file=file, line=number))
    if draft.quorum is None:
        raise _wrong("no quorum line", "one quorum line", Place(file=file))
    if len(draft.logs) + len(draft.witnesses) + len(draft.groups) > MAX_ITEMS:
        raise _wrong("too many lines", f"at most {MAX_ITEMS}", Place(file=file))
    quorum = None if draft.quorum == NO_QUORUM else draft.quorum
    return Policy(tuple(draft.logs), draft.witnesses, draft.groups, quorum)


def _wrong(found: str, expected: str, place: Place) -> LogError:
    shown = found.encode(errors="backslashreplace").decode()
    return LogError("L4.2", found=shown, expected=expected, place=place)
