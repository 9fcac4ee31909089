"""What happens at the station until the power goes: three booths, their printers, readings of turnout.

Everything that anybody could see is told at once to an observer outside, through a pipe: he is the truth
about what was accepted.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from powercut_device import STYLE, Station, choice, letters, station_in
from wrong import build, weaken

from dauys.record.writer import copy_log
from dauys.station.faults import StationError
from dauys.station.keeping import folders

TERMINALS = (1, 2, 3)
Tell = Callable[..., None]


def teller(handle: int) -> Tell:
    """Returns what writes a line for the observer; a line is in the pipe as a whole."""

    def tell(what: str, **facts: object) -> None:
        os.write(handle, json.dumps({"what": what, **facts}).encode() + b"\n")

    return tell


class PipeGlass:
    """A printer whose papers the observer sees."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell

    def show(self, style, chosen):
        self.tell("slips", count=len(chosen))

    def mark(self, word):
        self.tell("mark", word=word)

    def part1(self, card, ballot, signature):
        self.tell("part1", card=card.hash.hex(), ballot=ballot.hex())

    def part2(self, card, ballot, word, signature, tree):
        self.tell("part2", card=card.hex(), ballot=ballot.hex(), word=word)

    def opening(self, opening):
        self.tell("opening", ballot=opening.ballot_hash.hex())

    def ended(self):
        self.tell("ended")


def work(station: Station, handle: int, seed: int, control: str | None = None, votes: int = 10**9) -> None:
    """Open the station and vote until the power goes, or so many votes are done."""
    tell = teller(handle)
    _, booths_class = build(control)
    with station.open() as opened:
        weaken(control, opened.journal.database)
        booths = station.booths(opened, booths_class, PipeGlass(tell))
        tell("ready", owed=len(opened.journal.owed()))
        booths.print_owed(1)
        day = _Day(station, opened, booths, tell=tell, seed=seed, votes=votes)
        day.run()
        tell("end")


class _Day:
    def __init__(self, station, opened, booths, *, tell, seed, votes):
        self.station, self.opened, self.booths, self.tell, self.seed = station, opened, booths, tell, seed
        self.left = votes
        used = {one.card for one in opened.journal.endings()}
        mixed = random.Random(seed).sample(range(station.cards), station.cards)
        self.cards = [number for number in mixed if station.hash(number) not in used]
        self.lock = threading.Lock()

    def run(self):
        if self.left == 1:
            self.session(TERMINALS[0], random.Random(self.seed), "cast")
            return
        threads = [threading.Thread(target=self.booth, args=(t,), daemon=True) for t in TERMINALS]
        for thread in threads:
            thread.start()
        draws = random.Random(self.seed)
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.03 + 0.05 * draws.random())
            size, root = self.opened.log.reading(lambda items, count: draws.sample(list(items), count))
            self.tell("tree", size=size, root=root.hex())
            copy_log(self.opened.log.store, self.station.outbox, folders.Disk())
            self.tell("export", size=size)

    def booth(self, terminal):
        draws = random.Random(self.seed * 100 + terminal)
        while True:
            with self.lock:
                if self.left <= 0 or not self.cards:
                    return
                self.left -= 1
            how = draws.choices(("cast", "challenge", "abandon", "leave", "reject"), (85, 5, 3, 3, 4))[0]
            self.session(terminal, draws, how)

    def session(self, terminal, draws, how):
        with self.lock:
            card = self.cards.pop()
        session = self.booths.begin(terminal, STYLE)
        self.booths.show_card(session, letters(card))
        self.booths.show_slips(session, choice(draws.randrange(1000)))
        if how == "reject":
            self.booths.reject(session)
            self.booths.show_slips(session, choice(draws.randrange(1000)))
        if how == "leave":
            self.booths.leave(session)
            return
        self.booths.confirm(session)
        {"challenge": self.booths.challenge, "abandon": self.booths.leave}.get(how, self.booths.cast)(session)
        if how == "cast" and draws.random() < 0.1:
            self.again(session)

    def again(self, session):
        """A request that arrives twice changes nothing."""
        try:
            self.booths.cast(session)
        except StationError as error:
            if error.code != "J2.5":
                raise


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main(arguments: list[str]) -> None:
    """As a program of its own, under a tracer that lets calls of the system fail."""
    folder, seed, control, votes = arguments
    station = station_in(Path(folder))
    work(station, 1, int(seed), control or None, int(votes))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
