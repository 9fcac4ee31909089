"""Who may be put on the separate list of the day.

**Source:** spec/desk.md §4; Constitutional Law on Elections, Art. 26.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dauys.station.day.people import line
from dauys.station.desk.effects import person
from dauys.station.desk.facts import Newcomer
from dauys.station.desk.view import DeskView
from dauys.station.faults import StationError

ADULT: Final = 18
LONGEST: Final = 300


def newcomer_body(one: Newcomer, day: date) -> dict[str, Any]:
    """Return the body of a fact `added`. `day`: of voting.

    Raises StationError J4.9 for somebody too young, J3.7 where a text is missing.
    """
    if (one.born.year + ADULT, one.born.month, one.born.day) > (day.year, day.month, day.day):
        raise StationError("J4.9", found=one.born.isoformat(), expected=f"{ADULT} on {day.isoformat()}")
    if not (one.proof.strip() or one.certificate.strip()):
        raise StationError("J3.7", found="nothing", expected="proof or certificate", hint="proof")
    return {
        "address": line(one.address, LONGEST, "address"),
        "born": one.born.isoformat(),
        "certificate": one.certificate and line(one.certificate, LONGEST, "certificate"),
        "name": line(one.name, LONGEST, "name"),
        "proof": one.proof and line(one.proof, LONGEST, "proof"),
    }


def require_new(desk: DeskView, body: Mapping[str, Any]) -> None:
    """Raise StationError J4.7 for a person of the list, J4.8 for a certificate that is not a new one."""
    who = person(body["name"], body["born"])
    for one in desk.voters.values():
        born = one.born.isoformat()
        if born == body["born"] and who in (person(one.name_kk, born), person(one.name_ru, born)):
            raise StationError("J4.7", found=f"No. {one.number}", expected="nobody of the list")
    own = plain(body["certificate"])
    if own and any(plain(fact.body["certificate"]) == own for fact in desk.facts("added")):
        raise StationError("J4.8", found="presented already", expected="a new certificate")
    if own and any(plain(number) == own for number in desk.held()):
        raise StationError("J4.8", found="issued here", expected="a certificate of another station")


def plain(number: str) -> str:
    """Return a certificate's number without what people write differently."""
    return "".join(one for one in number.casefold() if one.isalnum())
