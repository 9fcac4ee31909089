"""The data files of a result, as `docs/reference/data.md` describes them, and folders that appear whole."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from operator import attrgetter
from pathlib import Path

from dauys.domain.election import Candidate, Party
from dauys.domain.places import Station
from dauys.domain.votes import Counts, Protocol
from dauys.errors import InputError, Place, Problem

Row = Sequence[object]
COUNT_FIELDS = tuple(f.name for f in fields(Counts))
_counts_of = attrgetter(*COUNT_FIELDS)
NAMES = ("name_kk", "name_ru", "name_en")
STATION_COLUMNS = ("station", *NAMES, "region", "constituency", "electronic", "time_zone", "registered")
CANDIDATE_COLUMNS = ("candidate", "constituency", *NAMES, "party")
PROTOCOL_KEY = ("station", "contest", "round", "channel", "version")
PROTOCOL_COLUMNS = (*PROTOCOL_KEY, "received", "reason", "counted", *COUNT_FIELDS)
VOTE_COLUMNS = (*PROTOCOL_KEY, "option", "votes")
RESULT_COLUMNS = (
    "station", "region", "constituency", "contest", "round", "option", "name_en", "party", "votes",
)  # fmt: skip


def write_json(path: Path, value: object, indent: int | None = 1) -> None:
    """Write a JSON document: UTF-8, one line end at the end."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a CSV file with one header row and LF ends; `None` is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)


def station_rows(stations: Iterable[Station]) -> Iterator[Row]:
    """Yield the rows of `stations.csv`."""
    for s in stations:
        name = s.name
        yield (
            s.id, name.kk, name.ru, name.en, s.region, s.constituency, "yes" if s.electronic else "no",
            s.time_zone, s.registered,
        )  # fmt: skip


def candidate_rows(candidates: Iterable[Candidate]) -> Iterator[Row]:
    """Yield the rows of `candidates.csv`."""
    for c in candidates:
        yield c.id, c.constituency, c.name.kk, c.name.ru, c.name.en, c.party


def protocol_rows(
    protocols: Iterable[Protocol], counted: Collection[Protocol] | None = None
) -> Iterator[Row]:
    """Yield the rows of `protocols.csv`; without `counted` the column of that name is left out."""
    used = None if counted is None else {(p.key, p.version) for p in counted}
    for p in protocols:
        state = () if used is None else ("yes" if (p.key, p.version) in used else "no",)
        head = (
            p.station,
            p.contest,
            p.round,
            p.channel.value,
            p.version,
            p.received.isoformat(timespec="minutes"),
        )
        yield (*head, p.reason, *state, *_counts_of(p.counts))


def vote_rows(protocols: Iterable[Protocol]) -> Iterator[Row]:
    """Yield the rows of `votes.csv`."""
    for p in protocols:
        channel = p.channel.value
        for option, votes in p.votes.items():
            yield p.station, p.contest, p.round, channel, p.version, option, votes


class ResultRows:
    """The rows of `results.csv`: counted figures by station, contest, round and option."""

    def __init__(
        self, stations: Mapping[str, Station], candidates: Iterable[Candidate], parties: Iterable[Party]
    ) -> None:
        self.stations = stations
        #: Name and party of every option; a list is its own party.
        self.options = {c.id: (c.name.en, c.party) for c in candidates}
        self.options |= {p.id: (p.short.en, p.id) for p in parties}

    def of(self, station: str, contest: str, round_number: int, votes: Mapping[str, int]) -> Iterator[Row]:
        """Yield the rows of one station in one contest and round."""
        place = self.stations[station]
        head = (station, place.region, place.constituency, contest, round_number)
        for option, count in votes.items():
            name, party = self.options.get(option, (option, None))
            yield (*head, option, name, party, count)


@contextmanager
def new_folder(target: Path, is_ours: Callable[[Path], bool], durable: str = "") -> Iterator[Path]:
    """Give an empty folder beside `target`; what it holds at the end becomes `target`, whole or not at all.

    A folder that is there already is replaced only if it is empty or `is_ours` says so; otherwise InputError
    (E5.5) before anything is written. What lies in the folder `durable` within is on the disk before the name
    is public; the rest, which can be made again, is left to the system. On any error, an interrupt among
    them, the draft is removed and the old folder stays. After a crash between the two renames the old folder
    lies beside under a dotted name.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 - a link in the path stays what it is
    if os.path.lexists(target) and not _is_free(target, is_ours):
        raise InputError([Problem("E5.5", Place(file=str(target)), str(target), None, "other_folder")])
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.draft-", dir=target.parent))
    try:
        draft.chmod(0o755)
        yield draft
        _sync(draft / durable)
        _sync_names(draft)
        _swap(draft, target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _is_free(target: Path, is_ours: Callable[[Path], bool]) -> bool:
    if target.is_symlink() or not target.is_dir():
        return False
    return not any(target.iterdir()) or is_ours(target)


def _sync(folder: Path) -> None:
    """Put every file and folder on the disk before its name becomes public."""
    for base, _, names in os.walk(folder):
        for name in names:
            with (Path(base) / name).open("rb") as file:
                os.fsync(file.fileno())
        _sync_names(Path(base))


def _sync_names(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(draft: Path, target: Path) -> None:
    old = None
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old-", dir=target.parent))
        target.rename(old / "old")
    try:
        draft.rename(target)
    except BaseException:
        if old is not None:
            (old / "old").rename(target)
            old.rmdir()
        raise
    _sync_names(target.parent)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)
