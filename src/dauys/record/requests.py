"""What a log asks of a witness, and what comes back (`spec/log.md` §10).

**Source:** c2sp.org/tlog-witness.
"""

from __future__ import annotations

from dataclasses import dataclass

from dauys.record.faults import LogError
from dauys.record.merkle import HASH_BYTES, MAX_SIZE
from dauys.record.note import encode_base64, parse_base64, parse_decimal, parse_text

MAX_REQUEST = 1 << 18
MAX_ANSWER = 1 << 18
MAX_HASHES = 63
PATH = "add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
#: Status codes of a refusal, by code.
STATUS: dict[str, int] = {"L6.1": 400, "L6.2": 404, "L6.3": 403, "L6.4": 409, "L6.5": 422}


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size that the witness is believed to have, the proof from there, the new checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """Return the body of the request."""
        lines = [f"old {self.old_size}", *map(encode_base64, self.proof), "", ""]
        return "\n".join(lines).encode() + self.note

    @property
    def origin(self) -> str:
        """The first line of the checkpoint, nothing of it checked."""
        return self.note.split(b"\n", 1)[0].decode(errors="replace")


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """Return a request, its checkpoint not yet read. Raises LogError L6.1."""
    head, separator, note = data.partition(b"\n\n")
    lines = parse_text(head, "L6.1").split("\n")
    if len(data) > MAX_REQUEST or not separator or not lines[0].startswith("old "):
        raise LogError("L6.1", found=lines[0][:100], expected="old SIZE, hashes, an empty line, a checkpoint")
    size = parse_decimal(lines[0].removeprefix("old "), "L6.1", MAX_SIZE)
    proof = tuple(parse_base64(line, "L6.1") for line in lines[1:])
    if len(proof) > MAX_HASHES or any(len(value) != HASH_BYTES for value in proof):
        raise LogError("L6.1", found=f"{len(proof)} lines", expected=f"at most {MAX_HASHES} hashes")
    return AddCheckpoint(size, proof, note)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a witness."""

    status: int
    body: bytes
    content_type: str = TEXT_TYPE


def refusal(error: LogError) -> Reply:
    """Return the answer that says why not; to a wrong old size it is the right one.

    What is wrong with the witness itself, not with the request, is a 500.
    """
    if error.code == "L6.4":
        return Reply(STATUS["L6.4"], f"{error.problem.facts['size']}\n".encode(), SIZE_TYPE)
    return Reply(STATUS.get(error.code, 500), f"{error.code}\n".encode())
