"""The pieces of a record that a kit holds: entries with their proofs, and the files that these name.

**Source:** spec/kit.md §2 to §4. What the pieces say together is for `dauys.verify.kit_contents`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from dauys.crypto.cards import SCHEMA, CardList, is_sound
from dauys.crypto.shapes import parse_canonical
from dauys.errors import InputError, Place, Problem
from dauys.record.book import host_of
from dauys.record.checkpoint import open_checkpoint
from dauys.record.entries import Entry, FileRef, files_of, parse_entry, parse_json
from dauys.record.faults import LogError
from dauys.record.forms import misfits_of_file
from dauys.record.keys import VerifierKey, parse_verifier_key
from dauys.record.policy import Policy, parse_policy
from dauys.record.proof import parse_proof, verify_proof
from dauys.verify.kit_file import MANIFEST, Packed, refuse, refuse_first
from dauys.verify.kit_secrets import Public, find_secrets

POLICY: Final = "policy"
EXTRACT: Final = "register.extract"
#: Kinds of entries that a kit holds: each once, `cards` once a device, `result` in a run-off only.
KINDS: Final = ("definition", "root", "register", "cards", "result")
_ENTRY = re.compile(r"entry/(0|[1-9][0-9]{0,15})\.json")
_CARDS: Final = {
    "cards": ["hex64"],
    "device": "id",
    "hash": "hex64",
    "schema": f"={SCHEMA}",
    "vote_id": "vote",
}


def entry_path(index: int) -> str:
    """Return where an entry of the election log stands in a kit."""
    return f"entry/{index}.json"


def proof_path(index: int) -> str:
    """Return where the proof of an entry stands."""
    return f"proof/{index}"


@dataclass(frozen=True, slots=True)
class Pieces:
    """A kit in which there is nothing but what belongs there. `name`: the kit as errors name it."""

    packed: Packed
    name: str
    entries: Mapping[int, Entry] = field(repr=False)

    @property
    def vote(self) -> str:
        """The vote id."""
        return self.packed.manifest.vote

    def refuse(self, code: str, path: str, found: object, expected: object, **facts: object) -> InputError:
        """Return the error of a place in the kit."""
        return refuse(code, f"{self.name}: {path}", found, expected, **facts)

    def because(self, code: str, path: str, error: LogError | InputError) -> InputError:
        """Return an error of another chapter under a code of kits."""
        if isinstance(error, InputError):
            return refuse_first(error, code, f"{self.name}: {path}")
        problem = error.problem
        return self.refuse(code, path, problem.found or "", problem.expected or "", reason=error.code)

    def all(self, kind: str) -> list[Entry]:
        """Return the entries of a kind, in the order of the log."""
        return [entry for _, entry in sorted(self.entries.items()) if entry.kind == kind]

    def one(self, kind: str) -> Entry:
        """Return the one entry of a kind. Raises InputError W1.8 where there is none."""
        found = self.all(kind)
        if not found:
            raise self.refuse("W1.8", "entry", "nothing", f"the entry {kind}")
        return found[0]

    def file(self, entry: Entry, name: str) -> tuple[str, bytes]:
        """Return path and bytes of the file that a field of an entry names."""
        path = FileRef.of(entry.fields[name]).path
        return path, self.packed.files[path]

    def json(self, entry: Entry, name: str, form: str) -> tuple[str, dict[str, Any]]:
        """Return path and value of such a file, of a form of `entries.json`. Raises InputError W1.8."""
        path, data = self.file(entry, name)
        try:
            value = parse_json(data, "L8.8", path)
        except LogError as error:
            raise self.because("W1.8", path, error) from error
        for fault in misfits_of_file(form, value):
            raise self.refuse("W1.8", f"{path} {fault.path}", fault.found, fault.expected)
        return path, value


def pieces_of(packed: Packed, name: str) -> Pieces:
    """Return the pieces of a kit.

    Raises InputError: W1.5 a secret, W1.7 an entry without its form, W1.8 an entry that has no place here,
    W1.4 a file that no entry names, or that is not the one.
    """
    _refuse_secrets(packed, name, Public("", (), {}))
    pieces = Pieces(packed, name, {})
    pieces = Pieces(packed, name, dict(_entries(pieces)))
    for kind in sorted({entry.kind for entry in pieces.entries.values()}):
        own = pieces.all(kind)
        ours = all(entry.fields.get("vote", pieces.vote) == pieces.vote for entry in own)
        if kind not in KINDS or not ours or (kind != "cards" and len(own) > 1):
            raise pieces.refuse("W1.8", entry_path(own[0].index), kind, f"one of {', '.join(KINDS)}, once")
    number = int(pieces.vote.split("/")[1])
    for result in pieces.all("result"):
        if result.fields["round"] >= number:
            raise pieces.refuse("W1.8", entry_path(result.index), "result", "one of a round before")
    if pieces.one("definition").index != 0:
        raise pieces.refuse("W1.8", "entry", "another entry 0", "the definition")
    _check_paths(pieces)
    return pieces


def _entries(pieces: Pieces) -> Iterator[tuple[int, Entry]]:
    for path, data in pieces.packed.files.items():
        if match := _ENTRY.fullmatch(path):
            try:
                yield int(match[1]), parse_entry(data, int(match[1]), "election")
            except LogError as error:
                raise pieces.because("W1.7", path, error) from error


def _check_paths(pieces: Pieces) -> None:
    """Check that nothing else is there, and that files are those that the entries name (W1.4)."""
    files = pieces.packed.files
    wanted: dict[str, FileRef | None] = {POLICY: None, EXTRACT: None}
    for index, entry in pieces.entries.items():
        wanted |= {entry_path(index): None, proof_path(index): None}
        wanted |= {ref.path: ref for _, ref in files_of(entry)}
    for path in sorted(files.keys() | wanted.keys()):
        if path not in wanted:
            raise pieces.refuse("W1.4", path, "a file", "nothing")
        if path not in files:
            raise pieces.refuse("W1.4", path, "nothing", "a file")
        ref = wanted[path]
        if ref is not None and FileRef.for_bytes(path, files[path]) != ref:
            raise pieces.refuse("W1.4", path, sha256(files[path]).hexdigest(), ref.sha256)


def read_keys(pieces: Pieces) -> Mapping[str, Any]:
    """Return `keys.json`. Raises InputError W1.8."""
    return pieces.json(pieces.one("definition"), "keys", "keys")[1]


def card_lists(pieces: Pieces) -> list[CardList]:
    """Return the card lists, each with the hash that stands in the log (C1). Raises InputError W1.8."""
    return [_card_list(pieces, entry) for entry in pieces.all("cards")]


def _card_list(pieces: Pieces, entry: Entry) -> CardList:
    path, data = pieces.file(entry, "list")
    try:
        value = parse_canonical(data, path, _CARDS, ("C1", "C1"))
    except InputError as error:
        raise pieces.because("W1.8", path, error) from error
    cards = CardList(pieces.vote, entry.fields["device"], tuple(map(bytes.fromhex, value["cards"])))
    same = cards.encode() == data and cards.list_hash.hex() == entry.fields["hash"]
    if not same or not is_sound(cards) or len(cards.hashes) != entry.fields["count"]:
        raise pieces.refuse("W1.8", path, f"{len(cards.hashes)} cards", "the list of the log (C1)")
    return cards


def check_secrets(pieces: Pieces, keys: Mapping[str, Any], cards: Iterable[CardList]) -> None:
    """Refuse the seed of a key, or the secret of a card, that the kit names (W1.5)."""
    listed = [parse_verifier_key(one) for one in (keys["log"], *(w["key"] for w in keys["witnesses"]))]
    named = {bytes.fromhex(one["key"]) for one in (*keys["commissions"], *keys["trustees"])}
    public = Public(
        pieces.vote, named | {key.public for key in listed}, {one.device: one.hashes for one in cards}
    )
    _refuse_secrets(pieces.packed, pieces.name, public)


def _refuse_secrets(packed: Packed, name: str, public: Public) -> None:
    problems = [
        Problem(
            "W1.5",
            Place(file=f"{name}: {one.path}"),
            one.what,
            "no secret",
            "make_again",
            {"found": one.what, "expected": "no secret"},
        )
        for one in find_secrets({**packed.files, MANIFEST: packed.manifest.data}, public)
    ]
    if problems:
        raise InputError(problems)


def log_key_of(pieces: Pieces, keys: Mapping[str, Any]) -> VerifierKey:
    """Return the key of the election log. Raises InputError W1.9 where it is that of another election."""
    key = parse_verifier_key(keys["log"])
    election = pieces.vote.split("/")[0]
    if host_of(key.name) is None or key.name.split("/")[-2] != election:
        raise pieces.refuse("W1.9", "keys.json", key.name, f"the log of {election}")
    return key


def check_log(pieces: Pieces, log_key: VerifierKey) -> Policy:
    """Return the policy; every entry stands in the log under one checkpoint that satisfies it (W1.7)."""
    files, path = pieces.packed.files, POLICY
    try:
        policy = parse_policy(files[POLICY], POLICY)
        notes = set()
        for index, entry in pieces.entries.items():
            path = proof_path(index)
            proof = parse_proof(files[path])
            verify_proof(files[path], entry.data, policy)
            # A policy may name no log: then its witnesses alone are asked, and any log would do.
            open_checkpoint(proof.note.encode(), (log_key,), log_key.name)
            notes.add(proof.note)
            if proof.index != index or proof.extra is not None:
                raise pieces.refuse("W1.7", path, f"entry {proof.index}", f"entry {index}")
    except LogError as error:
        raise pieces.because("W1.7", path, error) from error
    if len(notes) != 1:
        raise pieces.refuse("W1.7", "proof", f"{len(notes)} checkpoints", "one checkpoint")
    return policy
