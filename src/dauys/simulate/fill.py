"""The rows of an election, read where its folder has them and generated where it has not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from dauys.domain.election import Election, Generator
from dauys.domain.votes import Protocol
from dauys.errors import InputError, Place, Problem
from dauys.formats.tables import read_protocols
from dauys.simulate import majilis_2004
from dauys.simulate.majilis_2004 import Rows
from dauys.simulate.turnout import readings

GENERATORS: dict[str, Callable[[Election, int], Rows]] = {"majilis-2004": majilis_2004.generate}


@dataclass(frozen=True, slots=True)
class Filled:
    """An election with its people, places and protocols. `generated` names the tables that were not read.

    `readings`: turnout during the day as (moment, voters so far), where a generator gives them.
    """

    election: Election
    protocols: tuple[Protocol, ...]
    generated: tuple[str, ...]
    readings: tuple[tuple[datetime, int], ...]


def generate(election: Election, file: str) -> Rows:
    """Return the generated rows. Raises InputError where no generator is named (E5.1), none has that name
    (E5.2), or it is made for another election (E5.3).
    """
    named = election.generator
    place = Place(file=file, path="generator")
    if named is None:
        raise InputError([Problem("E5.1", place, None, ", ".join(GENERATORS))])
    if named.name not in GENERATORS:
        raise InputError([Problem("E5.2", place, named.name, ", ".join(GENERATORS))])
    try:
        return GENERATORS[named.name](election, named.seed)
    except ValueError as error:
        raise InputError([Problem("E5.3", place, str(error), named.name)]) from error


def fill(election: Election, folder: Path, file: str) -> Filled:
    """Return the election with every row it needs.

    A table that is in the folder is always used. Where only some of the generator's tables are there, they
    must be the ones it makes; otherwise InputError (E5.4), for the rest would not belong to them.
    """
    absent = _absent(election, folder)
    rows = generate(election, file) if absent else None
    if rows is not None:
        election = _with_places(election, rows, absent, folder)
    if "protocols" not in election.files:
        raise InputError([Problem("E1.4", Place(file=file, path="files"), None, "protocols")])
    protocols = None if "protocols" in absent else read_protocols(election, folder)
    if protocols is None:
        protocols = rows.protocols if rows else ()
    named = election.generator
    shown = readings(election) if named and named.name in GENERATORS else ()
    return Filled(election, protocols, tuple(sorted(absent)), shown)


def _absent(election: Election, folder: Path) -> set[str]:
    makes = (election.generator or Generator("", 0)).makes
    absent = {
        kind for kind in makes if kind in election.files and not (folder / election.files[kind]).exists()
    }
    # Protocols and votes are one thing: where one of them is there, the reader names the other that is not.
    if len(absent & {"protocols", "votes"}) == 1:
        absent -= {"protocols", "votes"}
    return absent


def _with_places(election: Election, rows: Rows, absent: set[str], folder: Path) -> Election:
    problems = []
    for kind, own, made in (
        ("candidates", election.candidates, rows.candidates),
        ("stations", election.stations, rows.stations),
    ):
        if kind not in absent and own != made:
            found, expected = str(len(own)), str(len(made))
            problems.append(Problem("E5.4", Place(file=str(folder / election.files[kind])), found, expected))
    if problems:
        raise InputError(problems)
    return replace(election, candidates=rows.candidates, stations=rows.stations)
