"""The table of tampering: what is changed in every field of every entry, and the check that catches it.

The attacker writes the whole election log anew and signs it with the log's key, and the log of a device with
the device's key; trustees, commissions, badges and the keys that came from outside are honest. A row without
a code is a field that nothing can be checked against, and says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forged_records import Draft, Value

from dauys.crypto.shapes import canonical
from dauys.record.book import device_folder, open_record
from dauys.record.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from dauys.record.disk import Disk
from dauys.record.keys import ED25519, Signer
from dauys.record.merkle import leaf_hash, tree_root
from dauys.record.note import parse_note
from dauys.record.reader import LogReader
from dauys.record.store import create_log, open_log
from dauys.record.writer import copy_log
from dauys.simulate.record_vote import VotePlay
from dauys.simulate.scene import Scene

SPEC = Path(__file__).parents[2] / "spec"
FORMS = json.loads((SPEC / "entries.json").read_bytes())
VOTE, DEVICE = "simulation/1/0", "0001-m1"
Change = Callable[[Draft], object]


@dataclass(frozen=True)
class Row:
    """One mutation and the codes of which at least one must fail; none: only declared, for this reason."""

    change: Change
    codes: frozenset[str]
    why: str = ""


def flip(text: str) -> str:
    """Another hex string of the same length."""
    return ("1" if text[0] != "1" else "2") + text[1:]


def _first(kind: str, **fields: object) -> Callable[[Draft], Value]:
    return lambda draft: draft.one(kind, **fields)


def put(kind: str, name: str, new: Any, *codes: str, why: str = "", **fields: object) -> Row:
    """Put another value into a field of the first entry of a kind; a function makes it from the old one."""

    def change(draft: Draft) -> None:
        entry = draft.one(kind, **fields)
        entry[name] = new(entry[name]) if callable(new) else new

    return Row(change, frozenset(codes), why)


def _other_file(ref: Value) -> Value:
    return {**ref, "sha256": flip(ref["sha256"])}


LATER = "2011-01-01T00:00:00+06:00"
ELSEWHERE = "simulation/9/0"
KEY = Signer("simulation.invalid/simulation/1/0/device/0001-m1", ED25519, b"\x07" * 32).verifier.encode()
BADGE = Signer("simulation.invalid/other-badge", ED25519, b"\x08" * 32).verifier.encode()
TIME = "an entry's time is what its writer says; cosignatures alone date it"
SAYS = "words of whoever wrote the entry"


def _at(kind: str, *codes: str, **fields: object) -> Row:
    return put(kind, "at", LATER, *codes, why="" if codes else TIME, **fields)


def _note_of(change: Callable[[list[str]], object]) -> Callable[[str], str]:
    def changed(note: str) -> str:
        lines = note.split("\n")
        change(lines)
        return "\n".join(lines)

    return changed


def _smaller(lines: list[str]) -> None:
    lines[1] = str(int(lines[1]) - 1)


def _note_row(kind: str, *codes: str, **fields: object) -> Row:
    return put(kind, "note", _note_of(_smaller), *codes, **fields)


def _cosigned_note(draft: Draft) -> None:
    entry = draft.one("cosigned")
    entry["note"] = _note_of(_smaller)(entry["note"])
    entry["as_is"] = True


def election_rows() -> dict[tuple[str, str], Row]:
    """Every field of every kind of entry in the election log."""
    seal = {"what": "seal", "device": DEVICE, "vote": VOTE}
    rows = {
        ("definition", "at"): _at("definition", "K10.2"),
        ("definition", "election"): put("definition", "election", _other_file, "L8.6"),
        ("definition", "keys"): put("definition", "keys", _other_file, "L8.6"),
        ("definition", "schema"): put("definition", "schema", "dauys/record/2", "L8.3"),
        ("definition", "simulation"): put("definition", "simulation", None, "K10.2"),
        ("definition", "tables"): put(
            "definition", "tables", lambda t: dict(list(t.items())[1:]), "L8.9", "K10.2"
        ),
        ("ceremony", "at"): _at("ceremony"),
        ("ceremony", "hash"): put("ceremony", "hash", flip, "K10.1"),
        ("ceremony", "transcript"): put("ceremony", "transcript", _other_file, "L8.6"),
        ("ceremony", "vote"): put("ceremony", "vote", ELSEWHERE, "L8.5"),
        ("root", "at"): _at("root"),
        ("root", "file"): put("root", "file", _other_file, "L8.6"),
        ("root", "root"): put("root", "root", flip, "K10.2"),
        ("root", "vote"): put("root", "vote", ELSEWHERE, "L8.5"),
        ("register", "at"): _at("register"),
        ("register", "registered"): put("register", "registered", lambda n: n + 1, "P3.5"),
        ("register", "stations"): put("register", "stations", _other_file, "L8.6"),
        ("register", "vote"): put("register", "vote", ELSEWHERE, "L8.5"),
        ("installation", "at"): _at("installation"),
        ("installation", "device"): put("installation", "device", "0009-m1", "L8.5"),
        ("installation", "key"): put("installation", "key", KEY, "L9.2"),
        ("installation", "present"): put("installation", "present", ["nobody"], why=SAYS),
        ("installation", "signature"): put("installation", "signature", flip, "L9.2"),
        ("installation", "software"): put("installation", "software", flip, "L9.8"),
        ("installation", "station"): put("installation", "station", "0002", "L9.2"),
        ("installation", "type"): put("installation", "type", "carried", "L9.2"),
        ("installation", "vote"): put("installation", "vote", ELSEWHERE, "L8.5"),
        ("cards", "at"): _at("cards"),
        ("cards", "count"): put("cards", "count", lambda n: n + 1, "C1"),
        ("cards", "device"): put("cards", "device", "0009-m1", "L8.5"),
        ("cards", "hash"): put("cards", "hash", flip, "C1"),
        ("cards", "list"): put("cards", "list", _other_file, "L8.6"),
        ("cards", "vote"): put("cards", "vote", ELSEWHERE, "L8.5"),
        ("accreditation", "at"): _at("accreditation"),
        ("accreditation", "badge"): put("accreditation", "badge", BADGE, "L9.5"),
        ("accreditation", "id"): put("accreditation", "id", "badge-9", "L8.5"),
        ("accreditation", "organisation"): put("accreditation", "organisation", "another", why=SAYS),
        ("accreditation", "type"): put("accreditation", "type", "media", why=SAYS),
        ("notice", "at"): _at("notice"),
        ("notice", "code"): put("notice", "code", "N5.1", "N5.1"),
        ("notice", "document"): put("notice", "document", _other_file, "L8.6"),
        ("notice", "done"): put("notice", "done", "2004-09-10T10:00:00+06:00", "N1.5"),
        ("notice", "evidence"): put("notice", "evidence", "another", why=SAYS),
        ("notice", "outlet"): put("notice", "outlet", None, "N1.5"),
        ("decision", "at"): _at("decision"),
        ("decision", "id"): put("decision", "id", "another", why=SAYS),
        ("decision", "order"): put(
            "decision", "order", ["sun"], why="only `order` decisions are read for it"
        ),
        ("decision", "point"): put(
            "decision", "point", "list", why="only `order` and `exclude` are read for it"
        ),
        ("decision", "protocol"): put("decision", "protocol", "x", why="only `set_aside` is read for it"),
        ("decision", "reference"): put("decision", "reference", "another", why=SAYS),
        ("decision", "what"): Row(_exclude_a_sealed_device, frozenset({"T7.1", "L9.9"})),
        ("turnout", "at"): _at("turnout"),
        ("turnout", "devices"): put(
            "turnout", "devices", lambda d: [{**d[0], "root": flip(d[0]["root"])}], "L9.4"
        ),
        ("turnout", "reading"): put("turnout", "reading", "03:00", why=SAYS),
        ("turnout", "station"): put("turnout", "station", "0002", "L8.5"),
        ("turnout", "vote"): put("turnout", "vote", ELSEWHERE, "L8.5"),
        ("turnout", "voters"): put("turnout", "voters", 1, why="who came so far is counted by nobody else"),
        ("checkpoint", "at"): _at("checkpoint"),
        ("checkpoint", "device"): put("checkpoint", "device", "0002-m1", "L9.3", "L9.4", **seal),
        ("checkpoint", "note"): _note_row("checkpoint", "L9.3", "L9.4", **seal),
        ("checkpoint", "vote"): put("checkpoint", "vote", ELSEWHERE, "L8.5"),
        ("checkpoint", "what"): put(
            "checkpoint", "what", "reading", "T7.1", "L9.9", what="seal", device="0002-m1"
        ),
        ("telephone", "at"): _at("telephone"),
        ("telephone", "code"): put("telephone", "code", "0000-0000-0000-0000-0000", "L9.3"),
        ("telephone", "device"): put("telephone", "device", "0002-m1", "L9.3"),
        ("telephone", "size"): put("telephone", "size", 3, "L9.3"),
        ("telephone", "vote"): put("telephone", "vote", ELSEWHERE, "L8.5"),
        ("sighting", "at"): _at("sighting"),
        ("sighting", "badge"): put("sighting", "badge", "badge-3", "L9.5"),
        ("sighting", "device"): put("sighting", "device", "0002-m1", "L9.5"),
        ("sighting", "note"): _note_row("sighting", "L9.5"),
        ("sighting", "vote"): put("sighting", "vote", ELSEWHERE, "L8.5"),
        ("wave", "at"): _at("wave"),
        ("wave", "file"): put("wave", "file", _other_file, "L8.6"),
        ("wave", "number"): put("wave", "number", 2, "L8.5"),
        ("wave", "vote"): put("wave", "vote", ELSEWHERE, "L8.5"),
        ("tally", "at"): _at("tally"),
        ("tally", "file"): put("tally", "file", _other_file, "L8.6"),
        ("tally", "vote"): put("tally", "vote", ELSEWHERE, "L8.5"),
        ("tally", "wave"): put("tally", "wave", 2, "L8.5"),
        ("result", "as_of"): put("result", "as_of", "2004-09-19T23:00:00+06:00", "R1.1", id="round1-final"),
        ("result", "at"): _at("result"),
        ("result", "file"): put("result", "file", _other_file, "L8.6"),
        ("result", "id"): put("result", "id", "another", "R1.1"),
        ("result", "number"): put("result", "number", 7, why="a publication's number is its writer's"),
        ("result", "reason"): put("result", "reason", {"en": "another"}, why=SAYS),
        ("result", "round"): put("result", "round", 2, "R1.1"),
        ("result", "status"): put("result", "status", "preliminary", "R1.4", id="round2-final"),
        ("complaint", "at"): _at("complaint"),
        ("complaint", "id"): put("complaint", "id", "another", why=SAYS),
        ("complaint", "received"): put("complaint", "received", LATER, why=TIME),
        ("complaint", "sha256"): put("complaint", "sha256", flip, why="the text is with whoever complained"),
        ("petition", "at"): _at("petition"),
        ("petition", "id"): put("petition", "id", "another", why=SAYS),
        ("petition", "signatures"): put(
            "petition", "signatures", 5, why="the signatures are not in the record"
        ),
        ("petition", "title"): put("petition", "title", "another", why=SAYS),
        ("software", "at"): _at("software"),
        ("software", "file"): put("software", "file", _other_file, "L8.6"),
        ("software", "name"): put("software", "name", "another", why=SAYS),
        ("cosigned", "at"): _at("cosigned"),
        ("cosigned", "note"): Row(_cosigned_note, frozenset({"L8.10"})),
    }
    for kind, code in (("wave-signature", "T2.3"), ("partial", "T4.2")):
        rows |= {
            (kind, "at"): _at(kind),
            (kind, "file"): put(kind, "file", _other_file, "L8.6"),
            (kind, "trustee"): put(kind, "trustee", 9, code),
            (kind, "vote"): put(kind, "vote", ELSEWHERE, "L8.5"),
            (kind, "wave"): put(kind, "wave", 2, "L8.5"),
        }
    # The commission that signed a protocol is honest here; test_protocols_and_results has some that lie.
    values: dict[str, Any] = {
        "at": LATER, "channel": "summary", "contest": lambda c: "c2" if c != "c2" else "c1",
        "counts": lambda c: {**c, "invalid_ballots": 7},
        "reason": "another", "received": LATER, "round": 2, "signature": flip, "signer": "0002",
        "station": "0002",
        "version": 2, "votes": lambda v: {name: n + 1 for name, n in v.items()},
    }  # fmt: skip
    rows |= {("protocol", name): put("protocol", name, new, "P3.2") for name, new in values.items()}
    return rows


def _exclude_a_sealed_device(draft: Draft) -> None:
    decision = draft.one("decision")
    decision.update(what="exclude", point=f"{VOTE} {DEVICE}")
    draft.entries.remove(decision)
    draft.entries.insert(draft.at(draft.one("wave")), decision)


def enriched(draft: Draft) -> None:
    """Add one entry of each kind that a simulation does not need."""
    at = "2004-10-09T10:00:00+06:00"
    (draft.folder / "files" / "software").mkdir()
    ref: Value = {"path": "files/software/verifier.html"}
    draft.put(ref, b"<!doctype html>")
    extra: list[Value] = [
        {"kind": "decision", "at": at, "id": "d1", "order": [], "point": None, "protocol": None,
         "reference": "minutes 1", "what": "other"},
        {"kind": "complaint", "at": at, "id": "k1", "received": at, "sha256": "0" * 64},
        {"kind": "petition", "at": at, "id": "p1", "signatures": 7, "title": "for a recount"},
        {"kind": "software", "at": at, "file": ref, "name": "verifier.html"},
    ]  # fmt: skip
    place = draft.at(draft.all("result")[-1])
    draft.entries[place:place] = extra


def rewritten(
    draft: Draft, scene: Scene, seed: int, change: Callable[[list[bytes]], object], *, sightings: bool = False
) -> None:
    """Write the log of the first device anew with its own key, and let the election log say what it says now.

    Sightings are left out unless `sightings`: badges are in other hands.
    """
    play = VotePlay(None, scene, draft.parties, seed, 1, b"")  # type: ignore[arg-type]  # its plan alone is used
    spec = play.spec(*next(play.devices()))
    signer = draft.parties.device(VOTE, DEVICE, spec.key_seed)
    folder = draft.folder / device_folder(VOTE, DEVICE)
    entries = _entries(folder)
    change(entries)
    hashes = [leaf_hash(entry) for entry in entries]
    _place_log(folder, signer, entries)
    for entry in draft.entries:
        if entry.get("vote") != VOTE:
            continue
        if entry["kind"] == "turnout":
            for one in entry["devices"]:
                if one["device"] == DEVICE:
                    one["root"] = tree_root(hashes[: one["size"]]).hex()
        elif entry["kind"] == "checkpoint" and entry["device"] == DEVICE:
            size = parse_checkpoint(parse_note(entry["note"].encode()).text).size
            size = len(hashes) if entry["what"] == "seal" else size
            tree = Checkpoint(signer.verifier.name, size, tree_root(hashes[:size]))
            entry["note"] = sign_checkpoint(tree, signer).encode().decode()
    draft.entries[:] = [
        entry
        for entry in draft.entries
        if not (
            (entry["kind"] == "telephone" or (entry["kind"] == "sighting" and not sightings))
            and (entry["vote"], entry["device"]) == (VOTE, DEVICE)
        )
    ]


def _entries(folder: Path) -> list[bytes]:
    with open_record(str(folder)) as source:
        shown = parse_checkpoint(parse_note(source.checkpoint()).text)
        return [data for _, data in LogReader(source.source, shown.size, shown.root).entries()]


def _place_log(folder: Path, signer: Signer, entries: list[bytes]) -> None:
    store = folder.parent / ".store"
    create_log(store, signer)
    with open_log(store) as log:
        log.append(entries)
        log.publish(signer)
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        copy_log(log, folder, Disk())
    for path in sorted(store.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    store.rmdir()


def _json_at(kind: str, entries: list[bytes]) -> int:
    return next(
        at for at, data in enumerate(entries) if data[:1] == b"{" and json.loads(data)["kind"] == kind
    )


DeviceChange = Callable[[list[bytes]], object]


def field(kind: str, path: str, new: Any) -> DeviceChange:
    """Put another value into a field of the first entry of a kind in the log of a device."""

    def change(entries: list[bytes]) -> None:
        at = _json_at(kind, entries)
        value = json.loads(entries[at])
        *outer, name = path.split(".")
        inner = value
        for part in outer:
            inner = inner[part]
        inner[name] = new(inner[name]) if callable(new) else new
        entries[at] = canonical(value)

    return change


def _more(count: int) -> int:
    return count + 1


#: Trustees sign for the seal of a device: whatever is changed after that is another tree (T7.2).
AFTER = "T7.2"
DEVICE_ROWS: dict[tuple[str, str], tuple[DeviceChange, str]] = {
    ("open", "cards"): (field("open", "cards", flip), "L9.8"),
    ("open", "device"): (field("open", "device", "0002-m1"), "L9.8"),
    ("open", "present"): (field("open", "present", ["nobody"]), AFTER),
    ("open", "root"): (field("open", "root", flip), "L9.8"),
    ("open", "sigma"): (field("open", "sigma", flip), "B12"),
    ("open", "software"): (field("open", "software", flip), "L9.8"),
    ("open", "station"): (field("open", "station", "0002"), "L9.8"),
    ("open", "vote"): (field("open", "vote", "simulation/2/0"), "L9.8"),
    ("open", "zero"): (field("open", "zero", new=False), AFTER),
    ("batch", "ballots"): (field("batch", "ballots", _more), "L9.7"),
    ("batch", "number"): (field("batch", "number", _more), "L9.7"),
    ("challenge.opening", "ballot"): (field("challenge", "opening.ballot", flip), "B13"),
    ("challenge.opening", "choices"): (field("challenge", "opening.choices", lambda c: "1" * len(c)), "B10"),
    ("challenge.opening", "leaf"): (field("challenge", "opening.leaf", _more), "B12"),
    ("challenge.opening", "path"): (field("challenge", "opening.path", lambda p: p[1:]), "B12"),
    ("challenge.opening", "secret"): (field("challenge", "opening.secret", flip), "B12"),
    ("challenge.opening", "sigma"): (field("challenge", "opening.sigma", flip), "B12"),
    ("challenge.opening", "style"): (field("challenge", "opening.style", "zz"), "B10"),
    ("challenge", "opening"): (field("challenge", "opening", {}), "L9.8"),
    ("challenge", "test"): (field("challenge", "test", lambda t: not t), "C6.3"),
    ("ended", "ballot"): (field("ended", "ballot", flip), AFTER),
    ("ended", "s1"): (field("ended", "s1", flip), AFTER),
    ("ended", "why"): (field("ended", "why", "failed"), "C6.3"),
    ("incident", "at"): (field("incident", "at", "2004-09-19T10:10:00+06:00"), "L9.6"),
    ("incident", "what"): (field("incident", "what", "another"), AFTER),
    ("close", "cards"): (field("close", "cards", {}), "L9.8"),
    ("close", "counts"): (field("close", "counts", {}), "L9.8"),
    ("close", "register"): (field("close", "register", "0" * 64), AFTER),
    ("close", "slips"): (field("close", "slips", {}), "L9.8"),
    ("close", "styles"): (field("close", "styles", {"all-c1": 3}), "C6.3"),
    ("close.slips", "accepted"): (field("close", "slips.accepted", _more), "S1.2"),
    ("close.slips", "void"): (field("close", "slips.void", _more), AFTER),
    **{
        ("close.cards", name): (field("close", f"cards.{name}", _more), "C6.2")
        for name in ("missing", "received", "returned", "spoiled", "unused")
    },
    **{
        ("close.counts", name): (field("close", f"counts.{name}", _more), code)
        for code, names in {
            "C6.3": ("abandoned", "cast", "challenged", "failed", "tests"),
            "C6.1": ("admitted", "checked_in", "empty", "readmitted"),
            AFTER: ("additions", "registered"),
        }.items()
        for name in names
    },
}


def ballot_byte(place: int) -> DeviceChange:
    """Change one byte of the first ballot."""

    def change(entries: list[bytes]) -> None:
        at = next(at for at, data in enumerate(entries) if data[:1] == b"\x01")
        data = bytearray(entries[at])
        data[place] ^= 1
        entries[at] = bytes(data)

    return change


def _drop_ballot(entries: list[bytes]) -> None:
    del entries[next(at for at, data in enumerate(entries) if data[:1] == b"\x01")]


def _ballots(entries: list[bytes]) -> list[int]:
    return [at for at, data in enumerate(entries) if data[:1] == b"\x01"]


def _swap_ballots(entries: list[bytes]) -> None:
    one, two = _ballots(entries)[:2]
    entries[one], entries[two] = entries[two], entries[one]


def _repeat_ballot(entries: list[bytes]) -> None:
    at = _ballots(entries)[0]
    entries.insert(at, entries[at])


STRUCTURES: dict[str, tuple[DeviceChange, str]] = {
    "a ballot left out": (_drop_ballot, "L9.7"),
    "a ballot twice": (_repeat_ballot, "C3"),
    "two ballots swapped": (_swap_ballots, "L9.7"),
    "no close": (lambda e: e.pop(), "L9.6"),
    "something after close": (lambda e: e.append(e[-1]), "L9.6"),
    "open in the middle": (lambda e: e.insert(3, e[0]), "L9.6"),
    "a batch without ballots": (
        lambda e: e.insert(1, canonical({"ballots": 0, "kind": "batch", "number": 0})), "L9.7",
    ),
    "bytes that are nothing": (lambda e: e.insert(1, b"\x02what"), "L9.8"),
    "another format": (ballot_byte(0), "L9.8"),
    "an empty entry": (lambda e: e.insert(1, b""), "L9.8"),
    **{f"byte {place} of a ballot": (ballot_byte(place), "B") for place in (1, 3, 12, 30, 60, 200, 400, 500)},
    **{
        f"byte {place} from the end of a ballot": (ballot_byte(-place), "B")
        for place in (1, 33, 65, 97, 129, 193)
    },
}  # fmt: skip


def _in_file(kind: str, ref: str, path: str, new: Any, *codes: str, **fields: object) -> Row:
    """Put another value into a file that an entry commits to; a number in `path` is a place in a list."""

    def change(draft: Draft) -> None:
        draft.change_file(draft.one(kind, **fields)[ref], lambda value: _at_path(value, path, new))

    return Row(change, frozenset(codes))


def _at_path(value: Any, path: str, new: Any) -> None:
    *outer, name = [int(part) if part.isdecimal() else part for part in path.split(".")]
    for part in outer:
        value = value[part]
    value[name] = new(value[name]) if callable(new) else new


def _inside(kind: str, path: str, new: Any, *codes: str, **fields: object) -> Row:
    return Row(lambda draft: _at_path(draft.one(kind, **fields), path, new), frozenset(codes))


def inner_rows() -> dict[tuple[str, str], Row]:
    """Every field of the objects inside entries, and of the JSON files that entries commit to."""
    rows = {
        ("turnout.devices", "device"): _inside("turnout", "devices.0.device", "0009-m1", "L8.5"),
        ("turnout.devices", "root"): _inside("turnout", "devices.0.root", flip, "L9.4"),
        ("turnout.devices", "size"): _inside("turnout", "devices.0.size", _more, "L9.4"),
    }
    for name in FORMS["objects"]["protocol.counts"]:
        rows["protocol.counts", name] = _inside("protocol", f"counts.{name}", lambda n: (n or 0) + 1, "P3.2")
    #: Roots name the bytes of the definition, which names those of the keys: the ceremony knows them all.
    keys: dict[tuple[str, str], tuple[Any, str]] = {
        ("keys", "commissions"): (lambda c: c[1:], "K10.2"),
        ("keys", "log"): (KEY, "L8.4"),
        ("keys", "schema"): ("dauys/keys/2", "L8.8"),
        ("keys", "trustees"): (lambda t: t[::-1], "K10.2"),
        ("keys", "witnesses"): (lambda w: w[1:], "K10.2"),
        ("keys.commissions.0", "id"): ("nobody", "K10.2"),
        ("keys.commissions.0", "key"): (flip, "K10.2"),
        ("keys.commissions.0", "level"): ("region", "K10.2"),
        ("keys.commissions.0", "vouched_by"): ("nobody", "K10.2"),
        ("keys.trustees.0", "key"): (flip, "K2.4"),
        ("keys.trustees.0", "name"): ("nobody", "K10.2"),
        ("keys.trustees.0", "number"): (_more, "K10.3"),
        ("keys.trustees.0", "vouched_by"): ("nobody", "K10.2"),
        ("keys.witnesses.0", "id"): ("nobody", "K10.2"),
        ("keys.witnesses.0", "key"): (KEY, "K10.2"),
        ("keys.witnesses.0", "vouched_by"): ("nobody", "K10.2"),
    }
    for (owner, name), (new, code) in keys.items():
        path = f"{owner}.{name}".removeprefix("keys.")
        rows[owner.removesuffix(".0"), name] = _in_file("definition", "keys", path, new, code)
    tally: dict[tuple[str, str], tuple[Any, str]] = {
        ("tally", "schema"): ("dauys/tally/2", "L8.8"),
        ("tally", "totals"): (lambda t: t[1:], "T7.5"),
        ("tally", "vote_id"): (ELSEWHERE, "T7.5"),
        ("tally", "wave"): (2, "T7.5"),
        ("tally.totals.0", "ballots"): (_more, "T7.5"),
        ("tally.totals.0", "contest"): ("zz", "T7.5"),
        ("tally.totals.0", "unit"): ("zz", "T7.5"),
        ("tally.totals.0", "votes"): (lambda v: [v[0] + 1, *v[1:]], "T7.5"),
    }
    for (owner, name), (new, code) in tally.items():
        path = f"{owner}.{name}".removeprefix("tally.")
        rows[owner.removesuffix(".0"), name] = _in_file("tally", "file", path, new, code)
    first, last = {"id": "round1-final"}, {"id": "round2-final"}
    seats = {"winner": "R1.3", "run_off": "R1.3", "seats": "R1.2"}
    values: dict[str, Any] = {
        "cast": _more, "invalid": _more, "registered": _more, "run_off": ["c1-a", "c1-b"], "winner": "nobody",
        "votes": lambda v: {name: n + 1 for name, n in v.items()}, "seats": {"sun": 5},
    }  # fmt: skip
    for part, path in (("constituencies", "constituencies.c1"), ("list", "list")):
        for name in FORMS["files"][f"result.{part}"]:
            rows[f"result.{part}", name] = _in_file(
                "result", "file", f"{path}.{name}", values[name], seats.get(name, "R1.1"), **first
            )
    rows |= {
        ("result.file", "constituencies"): _in_file("result", "file", "constituencies", {}, "R1.1", **first),
        ("result.file", "house"): _in_file("result", "file", "house", {"sun": 7}, "R1.4", **last),
        ("result.file", "list"): _in_file("result", "file", "list", None, "R1.1", "R1.2", **first),
        ("result.file", "publication"): _in_file("result", "file", "publication", "x", "R1.1", **first),
        ("result.file", "schema"): _in_file("result", "file", "schema", "dauys/result/2", "L8.8", **first),
    }
    return rows


def inner_fields() -> Iterator[tuple[str, str]]:
    """Every field that `inner_rows` must have; the file of a `result` is called `result.file`."""
    for owner in ("turnout.devices", "protocol.counts"):
        yield from ((owner, name) for name in FORMS["objects"][owner])
    for owner, fields in FORMS["files"].items():
        yield from (("result.file" if owner == "result" else owner, name) for name in fields)


def _no_candidates(draft: Draft) -> None:
    """A definition whose constituencies have nobody to vote for."""
    ref = draft.one("definition")["election"]
    lines = (draft.folder / ref["path"]).read_bytes().split(b"\n")
    draft.put(ref, b"\n".join(line for line in lines if b'"candidates":' not in line))


def _twice_in_a_reading(draft: Draft) -> None:
    devices = draft.one("turnout")["devices"]
    devices.append(devices[0])


def _other_tree_in_a_reading(draft: Draft) -> None:
    device = draft.one("turnout")["devices"][0]
    device["size"] += 1


def _totals_in_another_order(draft: Draft) -> None:
    draft.change_file(draft.one("tally")["file"], lambda v: v["totals"].reverse())


def _none_signs(draft: Draft) -> None:
    draft.entries[:] = [entry for entry in draft.entries if entry["kind"] != "wave-signature"]


def _more_everywhere(draft: Draft) -> None:
    """One vote more for the first of the list in the tally, every protocol of a station, and the results."""
    draft.change_file(draft.one("tally")["file"], lambda v: _at_path(v, "totals.0.votes.0", _more))
    for entry in draft.all("protocol", station="0001", contest="list"):
        entry["votes"] = {name: n + (at == 0) for at, (name, n) in enumerate(entry["votes"].items())}
    for entry in draft.all("result", round=1):
        draft.change_file(entry["file"], lambda v: v["list"]["votes"].update({min(v["list"]["votes"]): 999}))


#: Single changes that are no field: name → change, code.
WHOLE: dict[str, tuple[Change, str]] = {
    "constituencies without candidates": (_no_candidates, "K10.2"),
    "a device twice in a reading": (_twice_in_a_reading, "L8.5"),
    "another tree in a reading": (_other_tree_in_a_reading, "L9.4"),
    "totals in another order": (_totals_in_another_order, "T7.5"),
    "a wave that nobody signed": (_none_signs, "T2.2"),
    "totals changed everywhere alike": (_more_everywhere, "T7.5"),
}


def fields_of(log: str) -> Iterator[tuple[str, str]]:
    """Every field of every kind of a log, those of inner objects under `kind.field`."""
    for kind, fields in FORMS[log].items():
        yield from ((kind, name) for name in fields)
        if log == "device":
            for name, kind_of in fields.items():
                if kind_of == "object":
                    yield from ((f"{kind}.{name}", inner) for inner in FORMS["objects"][f"{kind}.{name}"])
