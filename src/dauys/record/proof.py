"""Proof that an entry stands in a log, to be checked without the log (`spec/log.md` §8).

**Source:** c2sp.org/tlog-proof. A voter's evidence is two of these files.
"""

from __future__ import annotations

from dataclasses import dataclass

from dauys.record.checkpoint import OpenedCheckpoint
from dauys.record.faults import LogError
from dauys.record.merkle import HASH_BYTES, MAX_PROOF, MAX_SIZE, leaf_hash, verify_inclusion
from dauys.record.note import Note, encode_base64, parse_base64, parse_decimal, parse_note, parse_text
from dauys.record.policy import Policy, verify_checkpoint

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class TlogProof:
    """The index of an entry, the hashes from it to the root, and the checkpoint as a note.

    `extra` is not covered by any signature; None where the file has no such line.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines += [f"index {self.index}", *map(encode_base64, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.note.encode()


def parse_proof(data: bytes) -> TlogProof:
    """Return a proof, of which nothing is checked yet. Raises LogError L4.4, or L3.x for its checkpoint."""
    head, separator, note = data.partition(b"\n\n")
    lines = parse_text(head, "L4.4").split("\n")
    if not separator or lines[0] != HEADER:
        raise LogError("L4.4", found=lines[0][:100], expected=HEADER)
    rest = lines[1:]
    extra = None
    if rest and rest[0].startswith("extra "):
        extra = parse_base64(rest.pop(0).removeprefix("extra "), "L4.4")
    if not rest or not rest[0].startswith("index "):
        raise LogError("L4.4", found=rest[0][:100] if rest else "the end", expected="index NUMBER")
    index = parse_decimal(rest.pop(0).removeprefix("index "), "L4.4", MAX_SIZE)
    if len(rest) > MAX_PROOF:
        raise LogError("L4.4", found=f"{len(rest)} hashes", expected=f"at most {MAX_PROOF}")
    hashes = tuple(parse_base64(line, "L4.4") for line in rest)
    if any(len(value) != HASH_BYTES for value in hashes):
        raise LogError("L4.4", found="another length", expected=f"{HASH_BYTES} bytes a hash")
    return TlogProof(index, hashes, parse_note(note), extra)


def verify_proof(data: bytes, entry: bytes, policy: Policy) -> OpenedCheckpoint:
    """Return the checkpoint under which the entry stands, where it satisfies the policy.

    Raises LogError L4.4 for bytes that are no proof, what `verify_checkpoint` raises, and L1.1 or L1.3 where
    the entry is not at the index that the proof names.
    """
    proof = parse_proof(data)
    opened = verify_checkpoint(proof.note.encode(), policy)
    checkpoint = opened.checkpoint
    verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return opened
