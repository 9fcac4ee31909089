"""Who stands outside and saw every paper: what he saw must be true after every recovery."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from day import TERMINALS

from dauys.record.checkpoint import parse_checkpoint
from dauys.record.note import parse_note


@dataclass
class Observer:
    """What was seen over the life of one station."""

    part1: dict[str, str] = field(default_factory=dict)
    part2: dict[str, tuple[str, str]] = field(default_factory=dict)
    slips: int = 0
    tree: tuple[int, str] = (0, "")
    exported: int = 0
    ended: bool = False

    def see(self, line: bytes) -> None:
        """Take one line of the station."""
        told = json.loads(line)
        what = told["what"]
        if what == "part1":
            self.part1[told["card"]] = told["ballot"]
        elif what == "part2":
            self.part2[told["card"]] = (told["word"], told["ballot"])
        elif what == "slips":
            self.slips += told["count"]
        elif what == "tree":
            self.tree = max(self.tree, (told["size"], told["root"]))
        elif what == "export":
            self.exported = max(self.exported, told["size"])
        elif what == "end":
            self.ended = True

    def check_media(self, first, second) -> list[str]:
        """Return what is wrong as the cut left it: each paper was on both media before it was printed."""
        wrong = []
        for name, rows in (("first", first), ("second", second)):
            endings = {row["id"]: row for row in rows if "ballot" in row}
            for card, (word, ballot) in self.part2.items():
                row = endings.get(card)
                if row is None:
                    wrong.append(f"lost: part 2 of {card[:8]} is not on the {name} medium")
                elif row["ballot"] != ballot or (row["kind"] == "cast") != (word == "cast"):
                    wrong.append(f"changed: {card[:8]} on the {name} medium")
            many = Counter(row["id"] for row in rows)
            wrong += [
                f"doubled: {card[:8]} on the {name} medium" for card, count in many.items() if count > 1
            ]
        return wrong

    def check_copies(self, second, outbox) -> list[str]:
        """Return which public copy of the log is older than the last tree that was given out with it."""
        copies = ((second / "log", self.tree[0]), (outbox, self.exported))
        return [
            f"lost: {folder.name} has {size_of(folder)} entries, {size} were given out"
            for folder, size in copies
            if size_of(folder) < size
        ]

    def check_state(self, opened, in_flight: int) -> list[str]:
        """Return what is wrong after recovery, and see the parts 2 that are printed now."""
        journal, wrong = opened.journal, []
        endings = {one.card.hex(): one for one in journal.endings()}
        for card, ballot in self.part1.items():
            if card not in endings:
                wrong.append(f"lost: {card[:8]} had part 1 and no ending")
            elif endings[card].ballot.hex() != ballot:
                wrong.append(f"changed: {card[:8]}")
        unseen = [card for card, one in endings.items() if one.kind == "cast" and card not in self.part2]
        owed = {one.card.hex() for one in journal.owed()}
        if len(unseen) > in_flight:
            wrong.append(f"in doubt: {len(unseen)} ballots, {in_flight} terminals")
        wrong += [f"in doubt: {card[:8]} is not named" for card in unseen if card not in owed]
        accepted, void = journal.slips()
        cast = [one for one in endings.values() if one.kind == "cast"]
        if accepted != sum(one.slips for one in cast):
            wrong.append("slips: accepted ones are not those of the ballots")
        contests = max((one.slips for one in cast), default=2)
        if not self.slips <= accepted + void <= self.slips + in_flight * contests:
            wrong.append(f"slips: {self.slips} seen, {accepted} accepted, {void} void")
        if journal.intents():
            wrong.append("an intent is left")
        if {row["id"] for row in journal.rows()} != {row["id"] for row in journal.records.read().rows}:
            wrong.append("media: not in step")
        self.slips = accepted + void
        return wrong

    @staticmethod
    def in_flight() -> int:
        return len(TERMINALS)


def size_of(log) -> int:
    """Entries of a public log, 0 where there is none."""
    path = log / "checkpoint"
    return parse_checkpoint(parse_note(path.read_bytes()).text).size if path.exists() else 0
