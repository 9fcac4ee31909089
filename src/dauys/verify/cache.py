"""What was verified before, so that a run that was stopped goes on where it was.

A cache says one thing: *this user's installation of this program has read exactly this log of a device,
under exactly this root entry and card list, to its end, and nothing failed.* It is believed only with a MAC
by a key that lies in the user's own configuration and in no record, and only for a log whose bytes are read
again and hash to the same root: what is spared is the arithmetic on ballots. Whatever does not fit is as if
it were not there.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import dauys
from dauys import __version__, _core
from dauys.crypto.framing import framed_hash
from dauys.verify.tasks import Contents, DeviceTask, Remark

_MAC: Final = 32
_KEY: Final = 32
_LENGTH: Final = 8


def read_key(path: Path, draw: Callable[[int], bytes]) -> bytes:
    """Return the key of this user's caches, made with `draw` (random bytes) where there is none yet.

    Only the user may read it. Raises OSError, and PermissionError where others may.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return _make_key(path, draw)
    with os.fdopen(handle, "rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise PermissionError(f"{path} can be read by others")
        key = file.read(_KEY + 1)
    if len(key) != _KEY:
        raise PermissionError(f"{path} is no key of {_KEY} bytes")
    return key


def _make_key(path: Path, draw: Callable[[int], bytes]) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    key = draw(_KEY)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    try:
        os.link(draft, path)
    except FileExistsError:
        # Another run was faster: its key is the one.
        return read_key(path, draw)
    finally:
        draft.unlink()
    return key


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of verified devices, one file each, and the key that makes them this user's."""

    folder: Path
    key: bytes

    def load(self, task: DeviceTask, size: int, root: bytes) -> Contents | None:
        """Return what this log holds if it was verified before, else None."""
        try:
            data = self._path(task, size, root).read_bytes()
        except OSError:
            return None
        body, mac = data[:-_MAC], data[-_MAC:]
        if len(data) < _MAC or not hmac.compare_digest(mac, self._mac(task, size, root, body)):
            return None
        return _decode(body, task.number)

    def save(self, task: DeviceTask, size: int, root: bytes, contents: Contents) -> None:
        """Keep what was read of a log in which nothing failed; a full disk only means that it is not kept."""
        if any(remark.status == "failed" for remark in contents.remarks):
            return
        body = _encode(contents)
        path = self._path(task, size, root)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{task.number}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.write_bytes(body + self._mac(task, size, root, body))
            # Complete or not there at all: whoever stops this program may do it at any moment.
            draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def _path(self, task: DeviceTask, size: int, root: bytes) -> Path:
        return self.folder / framed_hash("cache", *self._about(task, size, root)).hex()[:48]

    def _mac(self, task: DeviceTask, size: int, root: bytes, body: bytes) -> bytes:
        about = framed_hash("cache", *self._about(task, size, root))
        return hmac.digest(self.key, about + hashlib.sha256(body).digest(), "sha256")

    @staticmethod
    def _about(task: DeviceTask, size: int, root: bytes) -> tuple[bytes | str, ...]:
        return __version__, _program(), task.identity(), str(size), root


@functools.cache
def _program() -> bytes:
    """Return a hash of the modules that judge: another program verifies again."""
    home = Path(dauys.__file__).parent
    files = [file for part in ("crypto", "record", "verify") for file in sorted((home / part).rglob("*.py"))]
    digest = hashlib.sha256()
    for file in (*files, Path(_core.__file__)):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.digest()


def _encode(contents: Contents) -> bytes:
    head: dict[str, Any] = {
        "passed": dict(contents.passed),
        "remarks": [asdict(remark) for remark in contents.remarks],
        "open": contents.open,
        "close": contents.close,
        "ballots": contents.ballots,
        "styles": contents.styles,
        "sums": [
            [place, count, a.hex(), [e.hex() for e in rows]]
            for place, (count, a, rows) in contents.sums.items()
        ],
        "blocks": [sum(map(len, blocks)) for blocks in (contents.cards, contents.points, contents.counted)],
    }
    data = json.dumps(head).encode()
    return b"".join(
        (len(data).to_bytes(_LENGTH, "big"), data, *contents.cards, *contents.points, *contents.counted)
    )


def _decode(body: bytes, number: int) -> Contents:
    length = int.from_bytes(body[:_LENGTH], "big")
    head = json.loads(body[_LENGTH : _LENGTH + length])
    at = _LENGTH + length
    blocks = []
    for size in head["blocks"]:
        blocks.append(body[at : at + size])
        at += size
    return Contents(
        head["passed"],
        tuple(Remark(**remark) for remark in head["remarks"]),
        head["open"],
        head["close"],
        head["ballots"],
        tuple(head["styles"]),
        {
            place: (count, bytes.fromhex(a), [bytes.fromhex(e) for e in rows])
            for place, count, a, rows in head["sums"]
        },
        (_renumbered(blocks[0], 60, 16, number),),
        (_renumbered(blocks[1], 44, 32, number),),
        (blocks[2],),
    )


def _renumbered(block: bytes, width: int, at: int, number: int) -> bytes:
    """Return records with the number that the device has in this run."""
    told = number.to_bytes(4, "big")
    if block[at : at + 4] == told:
        return block
    data = bytearray(block)
    for place, byte in enumerate(told):
        data[at + place :: width] = bytes([byte]) * (len(block) // width)
    return bytes(data)
