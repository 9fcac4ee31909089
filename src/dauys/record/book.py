"""A record as it is read: a folder, a zip file or an address (`spec/record.md` §1 and §2)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from dauys.record.entries import FileRef
from dauys.record.faults import LogError, MissingFileError, at
from dauys.record.forms import MAX_FILE
from dauys.record.http_source import HttpSource, open_source
from dauys.record.note import MAX_NOTE
from dauys.record.sources import Closing, FolderSource, Source, ZipSource

LOG_SUFFIX = "/log"


@dataclass(frozen=True, slots=True)
class BelowSource:
    """The files below one folder of another source; closing it leaves the other open."""

    source: Source
    prefix: str

    def read(self, path: str, limit: int) -> bytes:
        """Return the whole file, at most `limit` bytes."""
        return self.source.read(f"{self.prefix}/{path}", limit)

    def close(self) -> None:
        """Leave the source to whoever opened it."""


class Record(Closing):
    """The files of one record. Nothing is believed of it until a check has looked."""

    def __init__(self, source: FolderSource | ZipSource | HttpSource, address: str) -> None:
        self.source, self.address = source, address

    def close(self) -> None:
        """Give back what is held open."""
        self.source.close()

    def __enter__(self) -> Self:
        return self

    def checkpoint(self) -> bytes:
        """Return the newest checkpoint of the election log. Raises LogError L7.x."""
        return self.source.read("checkpoint", MAX_NOTE)

    def file(self, ref: FileRef) -> bytes:
        """Return a committed file. Raises LogError L8.6 where it is not there or not the one, L7.x else."""
        try:
            data = self.source.read(ref.path, min(ref.size, MAX_FILE))
        except MissingFileError:
            raise LogError("L8.6", found="nothing", expected=ref.sha256, place=at(ref.path)) from None
        except LogError as error:
            if error.code == "L7.2":
                found = error.problem.found
                raise LogError(
                    "L8.6", found=found, expected=f"{ref.size} bytes", place=at(ref.path)
                ) from error
            raise
        found = sha256(data).hexdigest()
        if len(data) != ref.size or found != ref.sha256:
            expected = f"{ref.size} bytes, {ref.sha256}"
            raise LogError("L8.6", found=f"{len(data)} bytes, {found}", expected=expected, place=at(ref.path))
        return data

    def device(self, vote: str, device: str) -> Source:
        """Return the files of the log of a device."""
        return BelowSource(self.source, device_folder(vote, device))

    def paths(self) -> Iterator[str] | None:
        """Return every path there; None over http, where nothing can be listed.

        Links are named and not followed. What no path of a record can hold is written as an escape, so that
        a name can be shown: it may come from anybody.
        """
        if isinstance(self.source, ZipSource):
            return map(_plain, self.source.names())
        if isinstance(self.source, FolderSource):
            return map(_plain, _walk(Path(self.address)))
        return None


def device_folder(vote: str, device: str) -> str:
    """Return the folder of the log of a device: `device/ROUND-REPEAT/DEVICE`."""
    _, number, repeat = vote.split("/")
    return f"device/{number}-{repeat}/{device}"


def vote_folder(vote: str) -> str:
    """Return the folder of the files of a vote: `files/ROUND-REPEAT`."""
    _, number, repeat = vote.split("/")
    return f"files/{number}-{repeat}"


def open_record(address: str, *, timeout: float = 30.0) -> Record:
    """Return the record at an address, a folder or a zip file. Raises LogError L7.x."""
    return Record(open_source(address, timeout=timeout), address)


def host_of(origin: str) -> str | None:
    """Return `HOST` of an election log's origin `HOST/ELECTION/log`; None where it has not this form."""
    host, _, election = origin.removesuffix(LOG_SUFFIX).rpartition("/")
    return host if origin.endswith(LOG_SUFFIX) and host and election else None


def device_origin(election_origin: str, vote: str, device: str) -> str:
    """Return the origin of the log of a device: `HOST/VOTE/device/DEVICE` (`spec/record.md` §2)."""
    return f"{host_of(election_origin) or election_origin}/{vote}/device/{device}"


def _plain(path: str) -> str:
    return ascii(path)[1:-1]


def _walk(folder: Path) -> Iterator[str]:
    for name, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        root = Path(name)
        links = [one for one in folders if (root / one).is_symlink()]
        for one in sorted([*names, *links]):
            yield (root / one).relative_to(folder).as_posix()
