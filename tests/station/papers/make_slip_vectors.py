"""Write spec/vectors/papers/slips.json: slips and marks with the SHA-256 of their jobs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from test_slip_papers import VECTORS, of_vector

from dauys.station.papers.job import job
from dauys.station.papers.marks import mark_accepted, mark_void

ELECTION = ["Мәжіліс сайлауы", "Выборы Мажилиса", "Election of the Majilis"]
LIST = ["Партиялық тізім", "Партийный список", "Party list"]
SEAT = ["Бір мандатты округ", "Одномандатный округ", "Single-mandate constituency"]
NATION = ["Біртұтас жалпыұлттық округ", "Единый общенациональный округ", "Single nationwide constituency"]
PLACE = ["№ 16 Құрманғазы округі", "Округ № 16 Курмангазы", "Constituency No. 16 Kurmangazy"]
PATRIOTS = [7, "Қазақстан Патриоттары партиясы", "Партия патриотов Казахстана", "Party of Patriots"]
SEITOVA = [2, "Сейітова Айгүл", "Сеитова Айгуль", "Seitova Aigul"]
SAME = [1, "«Ақ жол»", "«Ақ жол»", "Ak Zhol"]
LETTERS = [3, "ӘәҒғҚқҢңӨөҰұҮүҺһІі", "ЁёЪъЫыЭэЩщ", "Letters"]
LONG = [
    5,
    "Қазақстан Республикасының Солтүстік-Қазақстан облысы Өнеркәсіпшілерінің одағы",
    "Союз предпринимателей и промышленников Северо-Казахстанской области",
    "Long",
]


def row(name: str, contest: list[str], place: list[str] | None, size: tuple[int, ...], chosen: list) -> dict:
    """`size`: options, limit, and the room of the longest choice, 0 where it is left out."""
    options, limit, room = (*size, 0)[:3]
    told = {"name": name, "election": ELECTION, "contest": contest, "place": place}
    return told | {"options": options, "limit": limit, "room": room, "chosen": chosen}


ROWS = [
    row("list", LIST, NATION, (13, 1), [PATRIOTS]),
    row("seat", SEAT, PLACE, (9, 1), [SEITOVA]),
    row("blank", SEAT, PLACE, (9, 1), []),
    row("two of five", SEAT, PLACE, (5, 2), [SEITOVA, [4, "Төлегенов Ғани", "Тулегенов Гани", "Tulegenov"]]),
    row("no place, one name", ["Сұрақ", "Вопрос", "Question"], None, (2, 1), [SAME]),
    row("letters", LIST, NATION, (13, 1), [LETTERS]),
    row("long", LIST, NATION, (13, 1), [LONG]),
    row("room of 700", LIST, NATION, (13, 1, 700), [PATRIOTS]),
    row("room of 700, blank", LIST, NATION, (13, 1, 700), []),
    row("a slip each", SEAT, PLACE, (50, 2), [SEITOVA, LONG]),
]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for told in ROWS:
        found = of_vector(told)
        told["lines"] = [one.height for one in found]
        told["sha256"] = [hashlib.sha256(job(one)).hexdigest() for one in found]
    marks = {"accepted": mark_accepted(), "void": mark_void()}
    hashes = {name: hashlib.sha256(job(one, cut=True)).hexdigest() for name, one in marks.items()}
    text = json.dumps({"marks": hashes, "slips": ROWS}, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "slips.json").write_text(text + "\n")


if __name__ == "__main__":
    main(VECTORS)
