"""A disk that stops at any operation, and then has forgotten all that was not forced to the medium."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dauys.record.disk import Disk


class Crash(Exception):  # noqa: N818 (it is no error: the power goes)
    """The power went."""


@dataclass
class File:
    durable: bytes = b""
    now: bytes = b""


@dataclass
class Folder:
    now: dict[str, File | Folder] = field(default_factory=dict)
    durable: dict[str, File | Folder] = field(default_factory=dict)


class CrashDisk(Disk):
    """Works on a real folder, and knows beside it what a power cut would leave.

    `stop_at` is the number of the operation, from 0, at which the power goes: before it, or with `torn` in
    the middle of the bytes that it writes. `shown` collects what the world could see.
    """

    def __init__(self, root: Path, stop_at: int | None = None, *, torn: bool = False) -> None:
        self.root, self.stop_at, self.torn = root, stop_at, torn
        self.tree = load(root)
        self.operations = 0
        self.shown: list[bytes] = []

    def step(self) -> bool:
        """Count an operation; True where its bytes are to be torn."""
        here, self.operations = self.operations, self.operations + 1
        if here != self.stop_at:
            return False
        if self.torn:
            return True
        raise Crash

    def folder(self, path: Path) -> Folder:
        node: File | Folder = self.tree
        for part in path.relative_to(self.root).parts:
            node = node.now[part]
        return node

    def file(self, path: Path) -> File:
        return self.folder(path.parent).now.setdefault(path.name, File())

    def write(self, path: Path, data: bytes) -> None:
        torn = self.step()
        written = data[: len(data) // 2] if torn else data
        self.file(path).now = written
        super().write(path, written)
        if torn:
            raise Crash

    def append(self, path: Path, data: bytes) -> None:
        torn = self.step()
        written = data[: len(data) // 2] if torn else data
        self.file(path).now += written
        super().append(path, written)
        if torn:
            raise Crash

    def truncate(self, path: Path, size: int) -> None:
        self._whole()
        super().truncate(path, size)
        self.file(path).now = self.file(path).now[:size]

    def sync(self, path: Path) -> None:
        self._whole()
        file = self.file(path)
        file.durable = file.now

    def sync_folder(self, path: Path) -> None:
        self._whole()
        if path == self.root or self.root in path.parents:
            folder = self.folder(path)
            folder.durable = dict(folder.now)

    def rename(self, old: Path, new: Path) -> None:
        self._whole()
        super().rename(old, new)
        self.folder(new.parent).now[new.name] = self.folder(old.parent).now.pop(old.name)
        if new.name == "checkpoint":
            self.shown.append(new.read_bytes())

    def make_folder(self, path: Path) -> None:
        self._whole()
        super().make_folder(path)
        self.folder(path.parent).now[path.name] = Folder()

    def remove(self, path: Path) -> None:
        self._whole()
        super().remove(path)
        del self.folder(path.parent).now[path.name]

    def _whole(self) -> None:
        if self.step():
            raise Crash

    def after_power_cut(self, target: Path) -> None:
        """Write what the medium holds for sure into another folder."""
        lay(self.tree, target, lambda: False)

    def after_some_luck(self, target: Path, seed: int) -> None:
        """Write what the medium may hold as well: of what was not forced, some is there and some is not."""
        chance = random.Random(seed)
        lay(self.tree, target, lambda: chance.random() < 0.5)


def load(path: Path) -> Folder:
    """What is on the medium when the machine starts is durable."""
    folder = Folder()
    for below in path.iterdir():
        folder.now[below.name] = (
            load(below) if below.is_dir() else File(below.read_bytes(), below.read_bytes())
        )
    folder.durable = dict(folder.now)
    return folder


def lay(folder: Folder, target: Path, lucky: Callable[[], bool]) -> None:
    """Write a folder; `lucky` says of each name and of each file whether its newest state has survived."""
    target.mkdir(exist_ok=True)
    for name in sorted({*folder.durable, *folder.now}):
        node = (folder.now if lucky() else folder.durable).get(name)
        if isinstance(node, Folder):
            lay(node, target / name, lucky)
        elif node is not None:
            (target / name).write_bytes(node.now if lucky() else node.durable)
