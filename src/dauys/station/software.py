"""Which program a device runs: one hash over every file of it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable


def software_hash() -> bytes:
    """Return 32 bytes: SHA-256 over lines `SHA-256-of-file path`, ascending by path, of the whole package.

    What Python compiles for itself is left out. An observer makes the same lines from the published wheel.
    """
    lines = sorted(
        f"{sha256(file.read_bytes()).hexdigest()} {path}\n" for path, file in _files(files("dauys"), "")
    )
    return sha256("".join(sorted(lines, key=lambda line: line[65:])).encode()).digest()


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        if one.is_file() and not one.name.endswith(".pyc"):
            yield path + one.name, one
        elif one.is_dir() and one.name != "__pycache__":
            yield from _files(one, f"{path}{one.name}/")
