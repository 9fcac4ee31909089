"""A medium whose power can be cut: an ext4 of its own on a loop device, shut down as the kernel can do it.

`FS_IOC_SHUTDOWN` without flushing loses all that was not forced to the medium; mounting again runs the real
recovery of the file system.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SHUTDOWN = 0x8004587D
_NO_FLUSH = 2


@dataclass(frozen=True)
class Volume:
    """An image file and the folder where it is mounted."""

    image: Path
    folder: Path

    def make(self, megabytes: int = 48) -> None:
        """Make an empty file system and mount it."""
        self.image.parent.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", str(self.image))
        self.mount()

    def mount(self) -> None:
        """Mount it; after a cut this is where the file system recovers."""
        _run("mount", "-o", "loop", str(self.image), str(self.folder))

    def cut(self) -> None:
        """Lose everything that was not forced to the medium; nothing can be written any more."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NO_FLUSH))
        finally:
            os.close(handle)

    def unmount(self) -> None:
        """Let go of it. Nothing happens where it is not mounted."""
        if os.path.ismount(self.folder):
            _run("umount", str(self.folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # mkfs, mount, umount


def why_not() -> str | None:
    """Why this machine cannot cut the power of a volume; None where it can."""
    if os.geteuid() != 0:
        return "mounting needs root"
    if not Path("/dev/loop-control").exists():
        return "no loop devices: /dev/loop-control is not there"
    missing = [name for name in ("mkfs.ext4", "mount", "umount") if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)}" if missing else None
