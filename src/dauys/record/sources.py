"""Where a log or a record is read from: a folder, a zip file or an address (`spec/log.md` §5).

Everything read is bounded in bytes and time, nothing outside the record is ever opened, and whatever goes
wrong is a LogError L7.x: a hostile record costs an error and no more.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

from dauys.record.faults import LogError, MissingFileError, at

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
MAX_PATH = 512
#: Bytes of a zip file's table of contents, some 600,000 files: the table is held in memory.
MAX_TABLE = 1 << 26
_CHUNK = 1 << 16
#: The others unpack a chunk as a whole, which may be a gigabyte.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Source(Protocol):
    """Files by path. Paths are parts of ASCII letters, digits, `_`, `-` and `.`, joined by `/`."""

    def read(self, path: str, limit: int) -> bytes:
        """Return the whole file, at most `limit` bytes. Raises MissingFileError, or LogError L7.2 to L7.5."""
        ...

    def close(self) -> None:
        """Give back what is held open."""
        ...


def check_path(path: str) -> tuple[str, ...]:
    """Return the parts of a path that stays inside. Raises LogError L7.4."""
    parts = tuple(path.split("/"))
    if len(path) > MAX_PATH or not all(_PART.fullmatch(part) for part in parts):
        raise LogError("L7.4", found=path[:200], expected="a path inside the record", place=at(path[:200]))
    return parts


class Closing:
    """A source that a `with` block closes."""

    def close(self) -> None:
        """Give back what is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_bounded(stream: IO[bytes], path: str, limit: int) -> bytes:
    """Return what is left of a stream. Raises LogError L7.2 as soon as it is more than `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    while chunk := stream.read(min(_CHUNK, limit + 1 - size)):
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise too_large(path, f"more than {limit} bytes", limit)
    return b"".join(parts)


def too_large(path: str, found: str, limit: int) -> LogError:
    """Return the error of a file over its limit."""
    return LogError("L7.2", found=found, expected=f"at most {limit} bytes", place=at(path))


def unreadable(path: str, error: BaseException | str) -> LogError:
    """Return the error of a file that is there and cannot be read."""
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return LogError("L7.3", found=text[:200], expected="a file that can be read", place=at(path))


def bad_archive(path: str, error: BaseException) -> LogError:
    """Return the error of a zip file, or of a file in one, that is not sound."""
    return LogError("L7.5", found=str(error)[:200], expected="a sound zip file", place=at(path))


class FolderSource(Closing):
    """Files below a folder. Symbolic links, pipes and devices are refused: they lead outside or never end."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; it is held, so that what is read later is the folder that was meant."""
        try:
            self._root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            raise MissingFileError(str(folder), "a folder") from None
        except OSError as error:
            raise unreadable(str(folder), error) from error

    def close(self) -> None:
        """Give the folder back."""
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    def read(self, path: str, limit: int) -> bytes:
        """Return the whole file, at most `limit` bytes."""
        parts = check_path(path)
        folder = self._root
        try:
            for part in parts[:-1]:
                below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                if folder != self._root:
                    os.close(folder)
                folder = below
            # O_NONBLOCK: opening a pipe must not wait for somebody to write into it.
            file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
            try:
                return _read_file(file, path, limit)
            finally:
                os.close(file)
        except (FileNotFoundError, NotADirectoryError):
            raise MissingFileError(path) from None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise LogError("L7.4", found="a link", expected="a file", place=at(path)) from error
            raise unreadable(path, error) from error
        finally:
            if folder != self._root:
                os.close(folder)


def _read_file(file: int, path: str, limit: int) -> bytes:
    state = os.fstat(file)
    if not stat.S_ISREG(state.st_mode):
        raise LogError("L7.4", found="no regular file", expected="a file", place=at(path))
    if state.st_size > limit:
        raise too_large(path, f"{state.st_size} bytes", limit)
    with os.fdopen(file, "rb", closefd=False) as stream:
        return read_bounded(stream, path, limit)


class _BoundedFile(io.BufferedReader):
    """A zip file whose table of contents is read under a limit: `zipfile` asks for all of it at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return bytes as a file does. Raises ValueError for more at once than a table may have."""
        if size is not None and size > MAX_TABLE:
            raise ValueError(f"a table of {size} bytes")
        return super().read(MAX_TABLE if size is None or size < 0 else size)


class ZipSource(Closing):
    """Files in a zip file. What the archive says of itself is not believed: reading stops at the limit."""

    def __init__(self, file: Path) -> None:
        """Read the table of contents.

        Raises LogError L7.5 where there is none, or a path stands in it twice.
        """
        try:
            self._file = _BoundedFile(io.FileIO(file))
        except FileNotFoundError:
            raise MissingFileError(str(file), "a zip file") from None
        except (OSError, ValueError) as error:
            raise bad_archive(str(file), error) from error
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._members = _members(self._zip, file)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            self._file.close()
            raise bad_archive(str(file), error) from error
        except LogError:
            self._file.close()
            raise
        self.prefix = self._only_folder()

    def _only_folder(self) -> str:
        """Return the one folder in which everything stands, as most zip programs make it, else nothing."""
        tops = {name.partition("/")[0] for name in self._members}
        if len(tops) != 1 or any("/" not in name for name in self._members):
            return ""
        return f"{tops.pop()}/"

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    def names(self) -> list[str]:
        """Return the paths of all files in it, sorted, without the one folder they may stand in."""
        found = [name for name in self._members if not name.endswith("/")]
        return sorted(name.removeprefix(self.prefix) for name in found)

    def read(self, path: str, limit: int) -> bytes:
        """Return the whole file, at most `limit` bytes."""
        check_path(path)
        member = self._members.get(self.prefix + path)
        if member is None:
            raise MissingFileError(path)
        kind = member.external_attr >> 16
        if member.flag_bits & 1 or (kind and stat.S_IFMT(kind) not in (0, stat.S_IFREG)):
            raise LogError("L7.4", found="encrypted, or no regular file", expected="a file", place=at(path))
        if member.compress_type not in _PACKINGS:
            raise bad_archive(path, ValueError(f"compression {member.compress_type}"))
        if member.file_size > limit:
            raise too_large(path, f"{member.file_size} bytes", limit)
        try:
            with self._zip.open(member) as stream:
                return read_bounded(stream, path, limit)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
            raise bad_archive(path, error) from error


def _members(archive: zipfile.ZipFile, file: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by path. Raises LogError L7.5 where a path stands in it twice."""
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        if member.filename in found:
            raise LogError(
                "L7.5", found=ascii(member.filename[:200]), expected="each path once", place=at(str(file))
            )
        found[member.filename] = member
    return found
