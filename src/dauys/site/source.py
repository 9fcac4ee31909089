"""The data of one result as the site reads it: `DIR/data` and nothing else (docs/reference/data.md)."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dauys.errors import InputError, Place, Problem

Row = dict[str, Any]

DOCUMENTS = ("results.json", "constituencies.json", "regions.json", "findings.json")
TABLES = ("stations.csv", "protocols.csv", "votes.csv", "results.csv")
#: What a reader can take away, in the order of the data page.
DOWNLOADS = (
    "results.csv",
    "results.json",
    "nist.json",
    "constituencies.json",
    "regions.json",
    "stations.csv",
    "electronic_stations.csv",
    "protocols.csv",
    "votes.csv",
    "findings.json",
    "codebook.csv",
)
INDEPENDENTS = "independents"


@dataclass(frozen=True)
class Source:
    """Every file of a result, read. Tables are grouped by station, because that is how pages need them."""

    folder: Path
    results: Row
    constituencies: tuple[Row, ...]
    regions: tuple[Row, ...]
    stations: tuple[Row, ...]
    protocols: dict[str, list[Row]]
    counted: dict[str, dict[tuple[str, int], dict[str, int]]]
    findings: tuple[Row, ...]
    codebook: tuple[Row, ...]

    @cached_property
    def parties(self) -> dict[str, Row]:
        """Parties by id, `independents` among them."""
        return {p["id"]: p for p in self.results["parties"]}

    @cached_property
    def region(self) -> dict[str, Row]:
        """Regions by id."""
        return {r["id"]: r for r in self.regions}

    @cached_property
    def constituency(self) -> dict[str, Row]:
        """Constituencies by id."""
        return {c["id"]: c for c in self.constituencies}

    @cached_property
    def stations_of(self) -> dict[str, list[Row]]:
        """Stations by constituency; those without one stand under the empty id."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for station in self.stations:
            groups[station["constituency"]].append(station)
        return groups

    @cached_property
    def findings_of(self) -> dict[str, list[Row]]:
        """Findings by station."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for finding in self.findings:
            groups[finding["station"]].append(finding)
        return groups

    @cached_property
    def candidates(self) -> dict[str, Row]:
        """Candidates by id, as the first round in which they stand has them."""
        return {
            c["id"]: c
            for k in reversed(self.constituencies)
            for r in reversed(k["rounds"])
            for c in r["candidates"]
        }

    @cached_property
    def electronic(self) -> tuple[Row, ...]:
        """Stations with electronic voting."""
        return tuple(s for s in self.stations if s["electronic"] == "yes")


def _missing(folder: Path) -> list[Problem]:
    names = [name for name in (*DOCUMENTS, *TABLES) if not (folder / name).is_file()]
    return [Problem("E6.1", Place(file=str(folder / name)), hint="run_first") for name in names]


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError([Problem("E6.2", Place(file=str(path)), found=str(error))]) from error


def _table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _protocols(folder: Path) -> dict[str, list[Row]]:
    """Return protocols by station, each with its `votes` by option, in the order of the file."""
    groups: dict[str, list[Row]] = defaultdict(list)
    by_key: dict[tuple[str, ...], dict[str, int]] = {}
    for protocol in _table(folder / "protocols.csv"):
        key = (
            protocol["station"],
            protocol["contest"],
            protocol["round"],
            protocol["channel"],
            protocol["version"],
        )
        protocol["votes"] = by_key[key] = {}
        groups[protocol["station"]].append(protocol)
    with (folder / "votes.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for station, contest, round_, channel, version, option, votes, *_ in rows:
            by_key[station, contest, round_, channel, version][option] = int(votes)
    return groups


def _counted(folder: Path) -> dict[str, dict[tuple[str, int], dict[str, int]]]:
    """Return the counted figures: by station, then contest and round, then option."""
    groups: dict[str, dict[tuple[str, int], dict[str, int]]] = defaultdict(dict)
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        at = {name: i for i, name in enumerate(next(rows))}
        s, c, r, o, v = (at[n] for n in ("station", "contest", "round", "option", "votes"))
        for row in rows:
            groups[row[s]].setdefault((row[c], int(row[r])), {})[row[o]] = int(row[v])
    return groups


def read(folder: Path) -> Source:
    """Return the data of a result. Raises InputError naming every file that is missing or cannot be read."""
    problems = _missing(folder)
    if problems:
        raise InputError(problems)
    results, constituencies, regions, findings = (_document(folder / name) for name in DOCUMENTS)
    if results.get("schema") != "dauys/results/1":
        raise InputError(
            [
                Problem(
                    "E6.3",
                    Place(file=str(folder / "results.json"), path="schema"),
                    found=str(results.get("schema")),
                    expected="dauys/results/1",
                )
            ]
        )
    stations = _table(folder / "stations.csv")
    for station in stations:
        station["registered"] = int(station["registered"]) if station["registered"] else None
    return Source(
        folder,
        results,
        tuple(constituencies),
        tuple(regions),
        tuple(stations),
        _protocols(folder),
        _counted(folder),
        tuple(findings),
        tuple(_table(folder / "codebook.csv") if (folder / "codebook.csv").is_file() else ()),
    )
