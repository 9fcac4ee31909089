"""What a witness signs: a time and the whole text of a checkpoint (`spec/log.md` §6).

**Source:** c2sp.org/tlog-cosignature, the Ed25519 form `cosignature/v1`.
"""

from __future__ import annotations

from dauys.record.faults import LogError
from dauys.record.merkle import MAX_SIZE

COSIGNATURE = 0x04
TIME_BYTES = 8
SIGNATURE_BYTES = 64


def cosigned_message(time: int, text: str) -> bytes:
    """Return the bytes that a cosignature at `time` (seconds since 1970) signs over the text of a checkpoint.

    Raises LogError L4.1 for a time that a cosignature cannot carry.
    """
    if not 0 <= time <= MAX_SIZE:
        raise LogError("L4.1", found=time, expected=f"0…{MAX_SIZE}")
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def split_cosignature(signature: bytes) -> tuple[int, bytes]:
    """Return time and Ed25519 signature of a cosignature. Raises LogError L4.1 for another length."""
    if len(signature) != TIME_BYTES + SIGNATURE_BYTES:
        raise LogError(
            "L4.1", found=f"{len(signature)} bytes", expected=f"{TIME_BYTES + SIGNATURE_BYTES} bytes"
        )
    return int.from_bytes(signature[:TIME_BYTES], "big"), signature[TIME_BYTES:]
