"""Presets of election laws, one article per line; an election names one and may declare values of its own."""

from __future__ import annotations

import difflib

from dauys.errors import InputError, Place, Problem
from dauys.systems.laws import kz_2004, kz_2023, kz_2026
from dauys.systems.laws.law import NONE, Law, Parameter, Reading, Status

__all__ = ["LAWS", "NONE", "Law", "Parameter", "Reading", "Status", "load"]

LAWS = {law.id: law for law in (kz_2004.LAW, kz_2023.LAW, kz_2026.LAW)}


def load(law_id: str) -> Law:
    """Return the preset of that name. Raises InputError (E3.3) with the nearest name for an unknown one."""
    if law_id in LAWS:
        return LAWS[law_id]
    near = difflib.get_close_matches(law_id, LAWS, 1)
    facts = {"nearest": near[0] if near else ""}
    problem = Problem("E3.3", Place(path="law"), law_id, ", ".join(LAWS), "nearest" if near else None, facts)
    raise InputError([problem])
