"""What stands in the database of a desk: nothing is written here (`spec/desk.md` §3–4)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date

from dauys.domain.voters import Voter
from dauys.station.desk.facts import Counts, Fact, Standing
from dauys.station.keeping.closing import DeskCount
from dauys.station.keeping.records import Row
from dauys.station.keeping.writing import Reading

_ADMITTED = """SELECT (SELECT count(*) FROM standing WHERE state = 'electronic')
+ (SELECT count(*) FROM again)
+ (SELECT count(*) FROM fact WHERE kind = 'test')"""
_FACTS = "SELECT id, kind, body FROM fact "


class DeskView(Reading):
    """Reads the database of a desk. Not frozen: others write to it. `voters`: the list, by key."""

    voters: Mapping[str, Voter]

    def admitted(self) -> int:
        """Return how many sessions booths may have begun in all: the number that desk and booths share."""
        return self._number(_ADMITTED)

    def count(self) -> DeskCount:
        """Return the numbers of the desk as *close* has them: `checked_in` is electronic alone."""
        own = self.counts()
        return DeskCount(own.registered, own.additions, own.electronic, own.readmitted, own.tests)

    def counts(self) -> Counts:
        """Return everything that the desk counted, at one moment."""
        with self._lock:
            states = dict(self._rows("SELECT state, count(*) FROM standing GROUP BY state"))
            kinds = dict(self._rows("SELECT kind, count(*) FROM fact GROUP BY kind"))
            undone = self._by_body("undone", "channel")
            return Counts(
                registered=len(self.voters),
                additions=kinds.get("added", 0),
                certificates=self._number("SELECT count(certificate) FROM added"),
                issued=self._issued() + states.get("certificate", 0),
                paper=states.get("paper", 0),
                electronic=states.get("electronic", 0),
                mobile=states.get("mobile", 0),
                away=states.get("away", 0),
                readmitted=kinds.get("readmitted", 0),
                tests=kinds.get("test", 0),
                undone_paper=undone.get("paper", 0),
                undone_electronic=undone.get("electronic", 0),
                spoiled={int(place): number for place, number in self._by_body("spoiled", "ballot").items()},
                cases=kinds.get("case", 0),
                open_cases=kinds.get("case", 0) - kinds.get("settled", 0),
            )

    def standings(self) -> dict[str, Standing]:
        """Return what stands by each voter who has voted or cannot vote here, by key."""
        return {row[0]: Standing(*row) for row in self._rows("SELECT voter, state, fact FROM standing")}

    def standing(self, voter: str) -> Standing | None:
        """Return what stands by a voter, None where the voter may vote, as far as the desk knows."""
        found = self._rows("SELECT voter, state, fact FROM standing WHERE voter = ?", (voter,))
        return Standing(*found[0]) if found else None

    def certificate(self, voter: str) -> str:
        """Return the number of the certificate with which a voter votes elsewhere, empty for none."""
        standing = self.standing(voter)
        if standing is not None and standing.state == "certificate":
            return str(self.fact(standing.fact).body["number"])
        own = self.voters.get(voter)
        if own is None or not own.certificate or self._came_back(voter):
            return ""
        return own.certificate

    def held(self) -> list[str]:
        """Return the numbers of all certificates with which voters of the list vote elsewhere."""
        today = {one.voter for one in self.standings().values() if one.state == "certificate"}
        before = {key for key, voter in self.voters.items() if voter.certificate}
        return [number for key in sorted(today | before) if (number := self.certificate(key))]

    def visits(self) -> set[str]:
        """Return the voters whom this device, a carried one, was sent to."""
        return {row[0] for row in self._rows("SELECT voter FROM visit")}

    def times_again(self, voter: str) -> int:
        """Return how often a voter was admitted again."""
        return self._number("SELECT count(*) FROM again WHERE voter = ?", (voter,))

    def added(self) -> dict[str, Voter]:
        """Return the separate list of those added today, by key; their `number` is 0."""
        return {key_of(fact.id): _newcomer(fact) for fact in self.facts("added")}

    def facts(self, kind: str | None = None) -> Iterator[Fact]:
        """Yield facts in the order of their random ids."""
        where, values = ("WHERE kind = ? ", (kind,)) if kind else ("", ())
        for key, name, body in self._rows(_FACTS + where + "ORDER BY id", values):
            yield Fact(key, name, json.loads(body))

    def fact(self, key: bytes) -> Fact:
        """Return one fact. Raises KeyError."""
        found = self._rows(_FACTS + "WHERE id = ?", (key,))
        if not found:
            raise KeyError(key)
        return Fact(found[0][0], found[0][1], json.loads(found[0][2]))

    def cases(self) -> list[Fact]:
        """Return the cases that nobody has settled, in the order of their random ids."""
        settled = {row[0] for row in self._rows("SELECT about FROM settled")}
        return [fact for fact in self.facts("case") if fact.id not in settled]

    def rows(self) -> Iterator[Row]:
        """Yield all facts as the second medium has them."""
        for fact in self.facts():
            yield fact.row()

    def knows(self, voter: str) -> bool:
        """Return whether a voter is on the list, or was added."""
        return voter in self.voters or bool(self._rows("SELECT 1 FROM added WHERE voter = ?", (voter,)))

    def _came_back(self, voter: str) -> bool:
        query = "SELECT 1 FROM fact WHERE kind = 'certificate back' AND body ->> 'voter' = ?"
        return bool(self._rows(query, (voter,)))

    def _issued(self) -> int:
        """Return how many of the list hold a certificate that was issued before the day."""
        back = {fact.body["voter"] for fact in self.facts("certificate back")}
        return sum(1 for key, voter in self.voters.items() if voter.certificate and key not in back)

    def _by_body(self, kind: str, name: str) -> dict[str, int]:
        query = "SELECT body ->> ?, count(*) FROM fact WHERE kind = ? GROUP BY 1 ORDER BY 1"
        return {str(value): number for value, number in self._rows(query, (name, kind))}


def key_of(identity: bytes) -> str:
    """Return the key of a voter who was added by the fact with this id: it says nothing of the order."""
    return f"+{identity[:3].hex().upper()}"


def _newcomer(fact: Fact) -> Voter:
    body = fact.body
    born = date.fromisoformat(body["born"])
    return Voter(0, body["name"], body["name"], born, body["address"], body["certificate"])
