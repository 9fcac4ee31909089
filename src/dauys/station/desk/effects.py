"""What each kind of fact changes in the tables: the same whether it is new or read from the other medium.

**Source:** spec/desk.md §3. The tables themselves keep a voter from two marks, a person from two additions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import apsw

from dauys.station.desk.facts import Fact
from dauys.station.desk.letters import fold
from dauys.station.desk.view import key_of

Effect = Callable[[apsw.Connection, Fact], None]


def person(name: str, born: str) -> str:
    """Return what makes two entries one person: a name in whichever letters, and the date of birth."""
    return f"{' '.join(fold(name).split())} {born}"


def insert(db: apsw.Connection, facts: Sequence[Fact]) -> None:
    """Insert facts, in whichever order they happened, and bring the tables to what all facts together say.

    First all that is over is taken away, then what stands is put: so no order has to be kept anywhere.
    """
    ended = {fact.body.get("about") for fact in facts}
    for fact in facts:
        db.execute("INSERT INTO fact VALUES (?, ?, ?)", (fact.id, fact.kind, fact.told()))
    for fact in facts:
        if fact.body.get("about"):
            db.execute("DELETE FROM standing WHERE fact = ?", (bytes.fromhex(fact.body["about"]),))
    for fact in facts:
        if fact.kind in _PUTS and fact.id.hex() not in ended:
            _PUTS[fact.kind](db, fact)


def _stand(db: apsw.Connection, fact: Fact, state: str) -> None:
    db.execute("INSERT INTO standing VALUES (?, ?, ?)", (fact.body["voter"], state, fact.id))


def _mark(db: apsw.Connection, fact: Fact) -> None:
    _stand(db, fact, fact.body["channel"])


def _certificate(db: apsw.Connection, fact: Fact) -> None:
    _stand(db, fact, "certificate")


def _mobile(db: apsw.Connection, fact: Fact) -> None:
    _stand(db, fact, "away")


def _mobile_back(db: apsw.Connection, fact: Fact) -> None:
    if fact.body["voted"]:
        _stand(db, fact, "paper" if fact.body["paper"] else "mobile")


def _added(db: apsw.Connection, fact: Fact) -> None:
    body = fact.body
    values = (key_of(fact.id), person(body["name"], body["born"]), body["certificate"] or None)
    db.execute("INSERT INTO added VALUES (?, ?, ?)", values)


def _readmitted(db: apsw.Connection, fact: Fact) -> None:
    query = "INSERT INTO again SELECT ?1, 1 + count(*) FROM again WHERE voter = ?1"
    db.execute(query, (fact.body["voter"],))


def _visit(db: apsw.Connection, fact: Fact) -> None:
    db.execute("INSERT INTO visit VALUES (?)", (fact.body["voter"],))


def _settled(db: apsw.Connection, fact: Fact) -> None:
    db.execute("INSERT INTO settled VALUES (?)", (bytes.fromhex(fact.body["about"]),))


_PUTS: Final[Mapping[str, Effect]] = {
    "added": _added,
    "certificate": _certificate,
    "mark": _mark,
    "mobile": _mobile,
    "mobile back": _mobile_back,
    "readmitted": _readmitted,
    "settled": _settled,
    "visit": _visit,
}
