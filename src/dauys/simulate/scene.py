"""An election ready to be played into a record: its definition as files, and what stations will report.

Either a small one made here, or one from a folder in which a few stations keep their electronic voting and
all others vote on paper.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from dauys.domain.election import Election, Publication
from dauys.domain.places import Station
from dauys.domain.votes import Channel, Counts, Protocol
from dauys.formats.election_file import read_election
from dauys.formats.results_out import (
    CANDIDATE_COLUMNS,
    STATION_COLUMNS,
    Row,
    candidate_rows,
    station_rows,
)
from dauys.simulate.chosen import stations_of
from dauys.simulate.fill import Filled, fill
from dauys.simulate.small_election import SmallVotes, small_definition

ELECTION = "election.yaml"
TABLES = {
    "regions": "regions.csv",
    "constituencies": "constituencies.csv",
    "candidates": "candidates.csv",
    "stations": "stations.csv",
}
Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is fixed before the vote, and what will be reported.

    `files`: the election file and its tables by name. `electronic`: votes by option in ballot order of each
    electronic station, contest and round. `protocols`: of paper ballots, of the electronic stations too.
    """

    election: Election
    files: Mapping[str, bytes]
    electronic: Mapping[Key, tuple[int, ...]]
    ballots: Mapping[tuple[str, int], int]
    protocols: tuple[Protocol, ...]
    publications: tuple[Publication, ...]
    set_aside: Mapping[str, str]

    def stations(self, round_number: int) -> list[Station]:
        """Return the stations that vote electronically in a round."""
        return [s for s in self.election.stations if (s.id, round_number) in self.ballots]


def scene_of_folder(path: Path, file: Path, count: int, minimum: int) -> Scene:
    """Return the scene of an election folder with `count` electronic stations, those with most ballots."""
    election = read_election(file)
    filled = fill(election, path, str(file))
    chosen = {one.station for one in stations_of(filled.election, filled.protocols, count, minimum)}
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    files = _folder_files(raw, filled, chosen, path)
    defined = _read_back(files)
    newest = _newest(filled.protocols)
    order = {c.id: c.options for n in (1, 2) for c in defined.contests(n)}
    electronic, ballots = _electronic(newest, chosen, order)
    return Scene(
        defined,
        files,
        electronic,
        ballots,
        tuple(_on_paper(filled, newest, chosen)),
        election.publications,
        election.set_aside,
    )


def scene_of_seed(stations: int, ballots: int, seed: int) -> Scene:
    """Return the scene of a small election: two constituencies, of which the second has a run-off."""
    raw, tables, votes = small_definition(stations, ballots, seed)
    files = {ELECTION: _yaml(raw)} | {name: data.encode() for name, data in tables.items()}
    election = _read_back(files)
    return Scene(
        election,
        files,
        votes.electronic,
        votes.ballots,
        tuple(_small_paper(election, votes)),
        votes.publications,
        {},
    )


def _folder_files(raw: dict[str, Any], filled: Filled, chosen: set[str], folder: Path) -> dict[str, bytes]:
    for key in ("generator", "targets", "decisions", "set_aside", "calendar", "signers", "repeats"):
        raw.pop(key, None)
    raw["publications"] = []
    raw["files"] = TABLES
    raw["devices"] = {"main": 1, "carried": 0, "reserve": 0}
    raw["tallying"] = {"group_by": "station"}
    stations = [replace(s, electronic=s.id in chosen) for s in filled.election.stations]
    return {
        ELECTION: _yaml(raw),
        TABLES["regions"]: (folder / filled.election.files["regions"]).read_bytes(),
        TABLES["constituencies"]: (folder / filled.election.files["constituencies"]).read_bytes(),
        TABLES["candidates"]: _csv(CANDIDATE_COLUMNS, candidate_rows(filled.election.candidates)),
        TABLES["stations"]: _csv(STATION_COLUMNS, station_rows(stations)),
    }


def _yaml(value: object) -> bytes:
    """Return JSON, which is YAML too, and has one way to write a text."""
    return (json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    raise TypeError(type(value).__name__)


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(columns)
    out.writerows(rows)
    return text.getvalue().encode()


def _read_back(files: Mapping[str, bytes]) -> Election:
    """Return the election that the files say; whoever verifies reads the same."""
    with tempfile.TemporaryDirectory(prefix="dauys-scene-") as name:
        folder = Path(name)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        return read_election(folder / ELECTION)


def _newest(protocols: Iterable[Protocol]) -> dict[tuple[str, str, int, Channel], Protocol]:
    found: dict[tuple[str, str, int, Channel], Protocol] = {}
    for protocol in protocols:
        if protocol.key not in found or found[protocol.key].version < protocol.version:
            found[protocol.key] = protocol
    return found


def _electronic(
    newest: Mapping[tuple[str, str, int, Channel], Protocol],
    chosen: set[str],
    order: Mapping[str, Sequence[str]],
) -> tuple[dict[Key, tuple[int, ...]], dict[tuple[str, int], int]]:
    votes: dict[Key, tuple[int, ...]] = {}
    ballots: dict[tuple[str, int], int] = {}
    for (station, contest, number, channel), protocol in newest.items():
        if channel is Channel.ELECTRONIC and station in chosen:
            votes[station, contest, number] = tuple(
                protocol.votes[option] for option in order[contest] if option in protocol.votes
            )
            ballots[station, number] = protocol.counts.ballots_cast or 0
    return votes, ballots


def _on_paper(
    filled: Filled, newest: Mapping[tuple[str, str, int, Channel], Protocol], chosen: set[str]
) -> Iterable[Protocol]:
    """Yield the paper protocols: of chosen stations as they were, of others what all channels had."""
    electronic = {s.id for s in filled.election.stations if s.electronic}
    for protocol in filled.protocols:
        if protocol.station not in electronic:
            yield protocol
    for (station, contest, number, channel), protocol in newest.items():
        if station not in electronic or channel is not Channel.PAPER:
            continue
        other = newest.get((station, contest, number, Channel.ELECTRONIC))
        alone = replace(protocol, version=1, reason=None)
        yield alone if station in chosen or other is None else joined(alone, other)


def joined(paper: Protocol, other: Protocol) -> Protocol:
    """Return one paper protocol of what was voted on paper and by machine: all on paper."""
    counts, more = paper.counts, other.counts

    def both(name: str) -> int | None:
        own = getattr(counts, name)
        return None if own is None else own + (getattr(more, name) or 0)

    issued = more.ballots_issued or 0
    all_on_paper = replace(
        counts,
        ballots_received=None if counts.ballots_received is None else counts.ballots_received + issued,
        ballots_issued=both("ballots_issued"),
        ballots_not_returned=both("ballots_not_returned"),
        ballots_cast=both("ballots_cast"),
        invalid_ballots=both("invalid_ballots"),
        against_all=both("against_all"),
    )
    votes = {option: count + other.votes.get(option, 0) for option, count in paper.votes.items()}
    return replace(paper, counts=all_on_paper, votes=votes, received=max(paper.received, other.received))


def _small_paper(election: Election, votes: SmallVotes) -> Iterable[Protocol]:
    registered = {s.id: s.registered for s in election.stations}
    for (station, contest, number), own in votes.paper.items():
        cast = sum(own.values()) + 1
        counts = Counts(
            registered=registered[station],
            additions=2,
            ballots_received=cast + 12,
            ballots_issued=cast + 1,
            ballots_unused=10,
            ballots_spoiled=1,
            ballots_not_returned=1,
            ballots_cast=cast,
            invalid_ballots=1,
        )
        yield Protocol(station, contest, number, Channel.PAPER, 1, votes.received[number], counts, own)
