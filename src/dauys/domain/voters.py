"""A voter of a station's register (`spec/kit.md`; law: Art. 24–26)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Voter:
    """One row of the register extract of a station.

    `number`: on this station's list, from 1, unique. `certificate`: number of the absentee certificate given
    out to this voter before the day, who votes elsewhere; empty for none. `district`: constituency whose
    contests the voter may vote in, an id of the election file; empty where all are those of the station.
    """

    number: int
    name_kk: str = field(repr=False)
    name_ru: str = field(repr=False)
    born: date = field(repr=False)
    address: str = field(repr=False)
    certificate: str = field(default="", repr=False)
    district: str = ""
