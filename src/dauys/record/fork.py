"""Proof that a log signed two histories (`spec/log.md` §10): anybody can check it, and it convicts nobody
else.

Either two checkpoints of one size with different roots, or a smaller and a larger one with a chain of hashes
that leads to the larger one's root and shows that the smaller tree is not the beginning of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import rfc8785

from dauys.record.checkpoint import OpenedCheckpoint, open_checkpoint
from dauys.record.faults import LogError
from dauys.record.keys import VerifierKey
from dauys.record.merkle import EMPTY_ROOT, consistency_roots
from dauys.record.note import encode_base64, parse_base64

FORMAT = "dauys/fork/1"
MAX_FORK = 1 << 22


@dataclass(frozen=True, slots=True)
class Fork:
    """Two checkpoints as notes, the smaller first, and the chain; it is empty where one look suffices."""

    first: bytes
    second: bytes
    chain: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        """Return the bytes of the file: JSON in RFC 8785 form."""
        return rfc8785.dumps(
            {
                "chain": [encode_base64(value) for value in self.chain],
                "first": self.first.decode(),
                "format": FORMAT,
                "second": self.second.decode(),
            }
        )


def parse_fork(data: bytes) -> Fork:
    """Return what a file of evidence says, nothing of it checked. Raises LogError L6.6."""
    try:
        value = json.loads(data[: MAX_FORK + 1])
        chain = tuple(parse_base64(text, "L6.6") for text in value["chain"])
        fork = Fork(value["first"].encode(), value["second"].encode(), chain)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LogError("L6.6", found=type(error).__name__, expected=FORMAT) from error
    if fork.encode() != data:
        raise LogError("L6.6", found="another encoding", expected=FORMAT)
    return fork


def verify_fork(fork: Fork, key: VerifierKey) -> tuple[OpenedCheckpoint, OpenedCheckpoint]:
    """Return the two checkpoints, where they prove that the owner of the key signed two histories.

    Raises LogError L6.6 where they do not, L3.x where one of them is not signed by the key.
    """
    first, second = (open_checkpoint(note, (key,)) for note in (fork.first, fork.second))
    a, b = first.checkpoint, second.checkpoint
    if a.origin != b.origin or a.size > b.size:
        raise LogError("L6.6", found=f"{a.size}, {b.size}", expected="one origin, the smaller first")
    if a.size == b.size:
        proved = a.root != b.root
    elif a.size == 0:
        proved = a.root != EMPTY_ROOT
    else:
        old_root, new_root = consistency_roots(a.size, b.size, fork.chain)
        proved = new_root == b.root and old_root != a.root
    if not proved:
        raise LogError("L6.6", found="no contradiction", expected="two histories", hint="no_fork")
    return first, second
