"""A small result that keeps the data contract: 67 constituencies, two stations in each, official list votes.

`write(target, final=..., rehearsal=..., overridden=...)` writes the files of `docs/reference/data.md`. All is
arithmetic on the numbers of the constituencies, so that two calls write the same bytes.
"""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

LISTS = {
    "otan": (2_883_706, "Отан", "Отан", "Otan", "От", "От", "Ot", "2B62C4", "8DB4F2"),
    "ak-zhol": (572_672, "Ақ жол", "Ак жол", "Ak Zhol", "АЖ", "АЖ", "AZ", "4CC492", "3DDC97"),
    "asar": (541_239, "Асар", "Асар", "Asar", "Ас", "Ас", "As", "A83A1C", "CF5232"),
    "aist": (336_177, "АИСТ блогы", "Блок АИСТ", "AIST bloc", "АИ", "АИ", "AI", "E8A91F", "F2C14B"),
    "communists-dck": (
        163_824,
        "Коммунистер мен ҚДТ блогы",
        "Блок коммунистов и ДВК",
        "Communists and DCK bloc",
        "КД",
        "КД",
        "CD",
        "B9B4A8",
        "5C6772",
    ),
    "knpk": (
        94_140,
        "Коммунистік халық партиясы",
        "Коммунистическая народная",
        "Communist People’s Party",
        "КХ",
        "КН",
        "CP",
        "B9B4A8",
        "5C6772",
    ),
    "auyl": (82_523, "Ауыл", "Ауыл", "Auyl", "Ау", "Ау", "Au", "B9B4A8", "5C6772"),
    "democratic": (
        36_379,
        "Демократиялық",
        "Демократическая",
        "Democratic",
        "Де",
        "Де",
        "De",
        "B99FD3",
        "A24FC4",
    ),
    "patriots": (
        26_287,
        "Патриоттар партиясы",
        "Партия патриотов",
        "Party of Patriots",
        "Па",
        "Па",
        "Pa",
        "B9B4A8",
        "5C6772",
    ),
    "rukhaniyat": (20_826, "Руханият", "Руханият", "Rukhaniyat", "Ру", "Ру", "Ru", "B9B4A8", "5C6772"),
}
REGIONS = [
    # id, kk, ru, en, column, row, first and last constituency
    ("akmola", "Ақмола облысы", "Акмолинская область", "Akmola region", 7, 2, 1, 4),
    ("aktobe", "Ақтөбе облысы", "Актюбинская область", "Aktobe region", 4, 3, 5, 8),
    ("almaty-region", "Алматы облысы", "Алматинская область", "Almaty region", 13, 6, 9, 15),
    ("atyrau", "Атырау облысы", "Атырауская область", "Atyrau region", 1, 3, 16, 17),
    (
        "east",
        "Шығыс Қазақстан облысы",
        "Восточно-Казахстанская область",
        "East Kazakhstan region",
        13,
        3,
        18,
        24,
    ),
    ("zhambyl", "Жамбыл облысы", "Жамбылская область", "Zhambyl region", 10, 8, 25, 28),
    (
        "west",
        "Батыс Қазақстан облысы",
        "Западно-Казахстанская область",
        "West Kazakhstan region",
        0,
        1,
        29,
        31,
    ),
    ("karaganda", "Қарағанды облысы", "Карагандинская область", "Karaganda region", 8, 5, 32, 38),
    ("kostanay", "Қостанай облысы", "Костанайская область", "Kostanay region", 4, 0, 39, 42),
    ("kyzylorda", "Қызылорда облысы", "Кызылординская область", "Kyzylorda region", 4, 6, 43, 44),
    ("mangystau", "Маңғыстау облысы", "Мангистауская область", "Mangystau region", 1, 5, 45, 45),
    ("pavlodar", "Павлодар облысы", "Павлодарская область", "Pavlodar region", 12, 0, 46, 49),
    (
        "north",
        "Солтүстік Қазақстан облысы",
        "Северо-Казахстанская область",
        "North Kazakhstan region",
        7,
        0,
        50,
        52,
    ),
    (
        "south",
        "Оңтүстік Қазақстан облысы",
        "Южно-Казахстанская область",
        "South Kazakhstan region",
        6,
        8,
        53,
        60,
    ),
    ("almaty", "Алматы қаласы", "город Алматы", "Almaty city", 13, 9, 61, 65),
    ("astana", "Астана қаласы", "город Астана", "Astana city", 10, 3, 66, 67),
]
FIRST = {"otan": 26, "aist": 9, "asar": 2, "independents": 8}
SECOND = {"otan": 9, "aist": 1, "asar": 1, "democratic": 1, "independents": 10}
COUNTS = (
    "registered",
    "additions",
    "ballots_received",
    "ballots_issued",
    "ballots_unused",
    "ballots_spoiled",
    "admissions",
    "ballots_not_returned",
    "ballots_cast",
    "invalid_ballots",
    "against_all",
)
VALID, INVALID, REGISTERED = 4_757_773, 135_431, 8_662_188
CAST = VALID + INVALID
STATIONS = 134


def text(kk: str, ru: str, en: str) -> dict[str, str]:
    return {"kk": kk, "ru": ru, "en": en}


def share_out(total: int, parts: int, index: int) -> int:
    """The part of `total` that falls to `index` when it is cut into `parts` nearly equal integers."""
    return total * (index + 1) // parts - total * index // parts


def winners() -> dict[int, tuple[str, int]]:
    """Who wins each constituency and in which round: run-offs are 16, 30, 53 and every third after them."""
    runoffs = [16, 30, 53, *[n for n in range(1, 68) if n % 3 == 0 and n not in (16, 30, 53)][:19]]
    first = [party for party, n in FIRST.items() for _ in range(n)]
    second = [party for party, n in SECOND.items() for _ in range(n)]
    result = {}
    for number in range(1, 68):
        pool, round_ = (second, 2) if number in runoffs else (first, 1)
        result[number] = (pool.pop(number * 7 % len(pool)), round_)
    return result


def candidate(number: int, index: int, party: str) -> dict[str, Any]:
    first = (
        ("Айгүл", "Айгуль", "Aigul"),
        ("Нұрлан", "Нурлан", "Nurlan"),
        ("Марат", "Марат", "Marat"),
        ("Гүлнара", "Гульнара", "Gulnara"),
    )
    last = (
        ("Сейітова", "Сейтова", "Seitova"),
        ("Әбенов", "Абенов", "Abenov"),
        ("Жүсіпов", "Жусипов", "Zhusipov"),
        ("Имашева", "Имашева", "Imasheva"),
    )
    a, b = first[index % 4], last[index % 4]
    names = [f"{x} {y}" for x, y in zip(a, b, strict=True)]
    return {
        "id": f"c{number}-{index + 1}",
        "name": text(*names),
        "party": None if party == "independents" else party,
    }


class Small:
    """Builds every table once, then writes them."""

    def __init__(self, final: bool, rehearsal: bool, overridden: bool) -> None:
        self.final, self.rehearsal, self.overridden = final, rehearsal, overridden
        self.winners = winners()
        self.region_of = {n: r[0] for r in REGIONS for n in range(r[6], r[7] + 1)}
        self.protocols: list[dict[str, Any]] = []
        self.votes: list[dict[str, Any]] = []
        self.stations = [self.station(i) for i in range(STATIONS)]
        self.constituencies = [self.constituency(n) for n in range(1, 68)]
        self.list_votes = {p: row[0] for p, row in LISTS.items()}
        for index in range(STATIONS):
            self.list_protocols(index)

    def station(self, index: int) -> dict[str, Any]:
        number = index // 2 + 1
        return {
            "station": f"{index + 1:04d}",
            "name_kk": f"№ {index + 1} мектеп",
            "name_ru": f"Школа № {index + 1}",
            "name_en": f"School {index + 1}",
            "region": self.region_of[number],
            "constituency": f"c{number}",
            "electronic": "yes" if index % 10 == 4 else "no",
            "time_zone": "Asia/Almaty",
            "registered": share_out(REGISTERED - STATIONS, STATIONS, index),
        }

    def add(
        self, station: dict[str, Any], contest: str, round_: int, votes: dict[str, int], invalid: int
    ) -> None:
        """The protocols of one station for one contest: one on paper, or three with electronic voting."""
        number = int(station["station"])
        day = "2004-09-19" if round_ == 1 else "2004-10-03"
        cuts = [("paper", votes, invalid, "yes")]
        if station["electronic"] == "yes":
            electronic = {o: v * 2 // 5 for o, v in votes.items()}
            paper = {o: v - electronic[o] for o, v in votes.items()}
            cuts = [
                ("electronic", electronic, 0, "no"),
                ("paper", paper, invalid, "no"),
                ("summary", votes, invalid, "yes"),
            ]
        for channel, part, bad, counted in cuts:
            versions = [(1, None, counted)]
            if number == 31 and contest == "list":
                versions = [(1, None, "no"), (2, "two rows were exchanged", counted)]
            for version, reason, used in versions:
                cast = sum(part.values()) + bad
                whole = channel != "electronic"
                self.protocols.append(
                    {
                        "station": station["station"],
                        "contest": contest,
                        "round": round_,
                        "channel": channel,
                        "version": version,
                        "received": f"{day}T23:{10 + version}:00+06:00",
                        "reason": reason or "",
                        "counted": used,
                        "registered": station["registered"] if whole else "",
                        "additions": 1 if whole else "",
                        "ballots_received": cast + 40 if whole else "",
                        "ballots_issued": cast + 2 if whole else "",
                        "ballots_unused": 37 if whole else "",
                        "ballots_spoiled": 1 if whole else "",
                        "admissions": "" if whole else cast,
                        "ballots_not_returned": 2 if whole else 0,
                        "ballots_cast": cast,
                        "invalid_ballots": bad,
                        "against_all": "",
                    }
                )
                for option, n in part.items():
                    wrong = version == 1 and len(versions) > 1 and option in ("otan", "asar")
                    swapped = part["asar" if option == "otan" else "otan"] if wrong else n
                    self.votes.append(
                        {
                            "station": station["station"],
                            "contest": contest,
                            "round": round_,
                            "channel": channel,
                            "version": version,
                            "option": option,
                            "votes": swapped,
                        }
                    )

    def list_protocols(self, index: int) -> None:
        votes = {p: share_out(n, STATIONS, index) for p, n in self.list_votes.items()}
        self.add(self.stations[index], "list", 1, votes, share_out(INVALID, STATIONS, index))

    def constituency(self, number: int) -> dict[str, Any]:
        winner, decided = self.winners[number]
        others = [p for p in ("otan", "independents", "asar", "ak-zhol") if p != winner]
        parties = [winner, *others][:4]
        people = [candidate(number, i, p) for i, p in enumerate(parties)]
        stations = [s for s in self.stations if s["constituency"] == f"c{number}"]
        weights = (58, 24, 10, 6) if decided == 1 else (27, 46, 14, 9)
        rounds = [self.round(number, 1, stations, people, weights, decides=decided == 1)]
        missing = decided == 2 and not self.final and number in (16, 30, 53)
        if decided == 2:
            pair = [people[1], people[0]]
            rounds.append(
                self.round(
                    number,
                    2,
                    stations[:1] if missing else stations,
                    pair,
                    (47, 50),
                    decides=True,
                    missing=missing,
                )
            )
        name = text(f"Құрманғазы {number}", f"Курмангазы {number}", f"Kurmangazy {number}")
        return {
            "id": f"c{number}",
            "number": number,
            "name": name,
            "region": self.region_of[number],
            "registered": sum(s["registered"] for s in stations),
            "rounds": rounds,
            "winner": {"candidate": people[0]["id"], "party": people[0]["party"], "round": decided},
            "can_change": missing,
        }

    def round(
        self,
        number: int,
        round_: int,
        stations: list[dict[str, Any]],
        people: list[dict[str, Any]],
        weights: tuple[int, ...],
        *,
        decides: bool,
        missing: bool = False,
    ) -> dict[str, Any]:
        totals = dict.fromkeys((p["id"] for p in people), 0)
        invalid_all = 0
        for place, station in enumerate(stations):
            cast = station["registered"] * (56 if round_ == 1 else 48) // 100 + place
            votes = {p["id"]: cast * w // 100 for p, w in zip(people, weights, strict=True)}
            invalid = cast - sum(votes.values())
            self.add(station, f"c{number}", round_, votes, invalid)
            invalid_all += invalid
            totals = {i: n + votes[i] for i, n in totals.items()}
        valid = sum(totals.values())
        cast_all = valid + invalid_all
        ranked = sorted(people, key=lambda p: -totals[p["id"]])
        final = round_ == 1 or self.final
        runoff = not decides
        outcome = {
            "kind": "runoff" if runoff else "elected",
            "names": [p["id"] for p in ranked[: 2 if runoff else 1]],
            "reason": "no_majority" if runoff else "majority" if round_ == 1 else "more_votes",
            "base": "cast",
            "base_votes": cast_all,
            "needed": cast_all // 2 + 1 if round_ == 1 else None,
            "article": "Art. 9",
        }
        return {
            "round": round_,
            "date": "2004-09-19" if round_ == 1 else "2004-10-03",
            "status": "final" if final else "preliminary",
            "version": 2,
            "as_of": "2004-10-03T23:40:00+06:00",
            "stations_counted": len(stations),
            "stations_total": 2,
            "registered": sum(s["registered"] for s in self.stations if s["constituency"] == f"c{number}"),
            "ballots_cast": cast_all,
            "valid_votes": valid,
            "invalid_ballots": invalid_all,
            "against_all": None,
            "candidates": [
                {
                    **p,
                    "votes": totals[p["id"]],
                    "elected": decides and p is ranked[0],
                    "to_runoff": runoff and p in ranked[:2],
                }
                for p in ranked
            ],
            "outcome": outcome,
            "missing_registered": 64_642 if missing else 0,
            "steps": [
                {"at": "votes", "facts": {"votes": totals}, "article": "Art. 9"},
                {
                    "at": "majority",
                    "facts": {
                        "base": "cast",
                        "base_votes": cast_all,
                        "needed": cast_all // 2 + 1,
                        "leader": ranked[0]["id"],
                        "leader_votes": totals[ranked[0]["id"]],
                        "reached": decides,
                    },
                    "article": "Art. 9",
                },
            ],
        }

    def results(self) -> dict[str, Any]:
        v = self.list_votes
        passing = ["otan", "ak-zhol", "asar", "aist"]
        steps, seats, quota = hare_steps(v, passing, "valid", VALID)
        other_steps, other_seats, other_quota = hare_steps(v, passing[:3], "cast", CAST)
        end = "final" if self.final else "preliminary"
        runoff_counted = 44 if self.final else 41
        rows = [
            (p, seats.get(p, 0) if p in passing else None, FIRST.get(p), SECOND.get(p))
            for p in [*LISTS, "independents"]
        ]
        house = {p: (a or 0) + (b or 0) + (c or 0) for p, a, b, c in rows}
        state = {
            "list": one_state(
                "final",
                2,
                "2004-09-27T12:00:00+06:00",
                STATIONS,
                STATIONS,
                10,
                10,
                text("142/206 қаулы", "Постановление 142/206", "Resolution 142/206"),
            ),
            "round1": one_state(
                "final",
                2,
                "2004-09-27T12:00:00+06:00",
                STATIONS,
                STATIONS,
                67,
                45,
                text("142/206 қаулы", "Постановление 142/206", "Resolution 142/206"),
            ),
            "round2": one_state(
                end,
                2 if self.final else 1,
                "2004-10-03T23:40:00+06:00",
                runoff_counted,
                44,
                22,
                22 if self.final else 19,
                None,
            ),
        }
        return {
            "schema": "dauys/results/1",
            "election": {
                "id": "majilis-2004",
                "title": text(
                    "Қазақстан Мәжілісін сайлау", "Выборы в Мажилис Казахстана", "Majilis of Kazakhstan"
                ),
                "law": "kz-2004",
                "rehearsal": self.rehearsal,
                "time_zone": "Asia/Almaty",
                "days": {"1": "2004-09-19", "2": "2004-10-03"},
                "parameters": [
                    {
                        "path": "list.threshold",
                        "value": "7/100",
                        "preset": "7/100",
                        "article": "Art. 97-1",
                        "overridden": False,
                    },
                    {
                        "path": "list.threshold_base",
                        "value": "valid",
                        "preset": "cast" if self.overridden else "valid",
                        "article": "Art. 97-1",
                        "overridden": self.overridden,
                    },
                ],
                "official": ["list_votes", "turnout", "list_seats", "calendar", "electronic_stations"],
                "synthetic": ["constituency_votes", "station_votes", "candidates", "turnout_readings"],
                "generator": {"name": "majilis-2004", "seed": 2004},
            },
            "parties": [
                {
                    "id": p,
                    "name": text(*r[1:4]),
                    "short": text(*r[1:4]),
                    "code": text(*r[4:7]),
                    "colour_light": r[7],
                    "colour_dark": r[8],
                    "list_order": i + 1,
                    "bloc_members": [text("Аграрлық партия", "Аграрная партия", "Agrarian Party")]
                    if p == "aist"
                    else [],
                }
                for i, (p, r) in enumerate(LISTS.items())
            ]
            + [
                {
                    "id": "independents",
                    "name": text("Тәуелсіздер", "Самовыдвиженцы", "Independents"),
                    "short": text("Тәуелсіздер", "Самовыдвиженцы", "Independents"),
                    "code": text("Тә", "Св", "In"),
                    "colour_light": "454C54",
                    "colour_dark": "6B757F",
                    "list_order": None,
                    "bloc_members": [],
                }
            ],
            "state": state,
            "turnout": {
                "voted": CAST,
                "registered": REGISTERED,
                "additions": STATIONS,
                "numerator": "ballots_cast",
                "readings": [
                    {
                        "at": f"2004-09-19T{h}:00:00+06:00",
                        "voted": n,
                        "registered": REGISTERED,
                        "share": str(Fraction(n, REGISTERED)),
                    }
                    for h, n in (
                        ("10", 1_065_449),
                        ("12", 2_156_885),
                        ("14", 3_101_063),
                        ("16", 3_863_336),
                        ("18", 4_478_351),
                        ("20", CAST),
                    )
                ],
            },
            "list": {
                "seats": {p: seats.get(p, 0) for p in LISTS},
                "votes": v,
                "valid_votes": VALID,
                "invalid_ballots": INVALID,
                "against_all": None,
                "ballots_cast": CAST,
                "registered": REGISTERED,
                "threshold": {
                    "share": "7/100",
                    "base": "valid",
                    "base_votes": VALID,
                    "article": "Art. 97-1",
                    "strict": False,
                },
                "shares": {
                    p: {
                        "valid": str(Fraction(n, VALID)),
                        "cast": str(Fraction(n, CAST)),
                        "registered": str(Fraction(n, REGISTERED)),
                    }
                    for p, n in v.items()
                },
                "passing": passing,
                "quota": quota,
                "method": "largest_remainder/hare",
                "steps": steps,
                "needs_decision": [],
                "nothing": None,
                "sensitivity": [
                    {
                        "set": {"list.threshold_base": "cast"},
                        "seats": {p: other_seats.get(p, 0) for p in LISTS},
                        "passing": passing[:3],
                        "quota": other_quota,
                        "steps": other_steps,
                    }
                ],
                "other_rules": [
                    {"name": "dhondt", "seats": {"otan": 8, "ak-zhol": 1, "asar": 1, "aist": 0}},
                    {"name": "sainte_lague", "seats": {"otan": 7, "ak-zhol": 1, "asar": 1, "aist": 1}},
                    {"name": "threshold_5", "seats": {"otan": 7, "ak-zhol": 1, "asar": 1, "aist": 1}},
                ],
            },
            "constituencies": {
                "total": 67,
                "decided_first_round": 45,
                "runoff": 22,
                "decided_second_round": 22 if self.final else 19,
                "first_round_winners": FIRST,
                "second_round_winners": SECOND,
            },
            "house": house,
            "house_rows": sorted(
                (
                    {"party": p, "list": a, "round1": b, "round2": c, "total": house[p]}
                    for p, a, b, c in rows
                    if house[p]
                ),
                key=lambda r: (-r["total"], r["party"]),
            ),
            "history": self.history(),
            "findings": {"count": 2, "by_code": {"P3.1": 1, "P5.2": 1}},
        }

    def history(self) -> list[dict[str, Any]]:
        early = {**self.list_votes, "otan": 2_700_000, "ak-zhol": 560_000}
        base = {"stations_total": STATIONS, "registered": REGISTERED}
        rows = [
            {
                "id": "prelim-1",
                "round": 1,
                "status": "preliminary",
                "number": 1,
                "as_of": "2004-09-22T12:00:00+06:00",
                "reason": text("Алғашқы жариялау", "Первая публикация", "First publication"),
                "document": None,
                "stations_counted": 120,
                "list_votes": early,
                "valid_votes": sum(early.values()),
                "voted": 4_700_000,
                "list_seats": {"otan": 7, "ak-zhol": 1, "asar": 1, "aist": 1},
                "first_round_winners": {"otan": 27, "aist": 9, "asar": 2, "independents": 7},
                "corrections": [],
            },
            {
                "id": "final-1",
                "round": 1,
                "status": "final",
                "number": None,
                "as_of": "2004-09-27T12:00:00+06:00",
                "reason": text("Барлық хаттама түсті", "Получены все протоколы", "All protocols received"),
                "document": text("142/206 қаулы", "Постановление 142/206", "Resolution 142/206"),
                "stations_counted": STATIONS,
                "list_votes": self.list_votes,
                "valid_votes": VALID,
                "voted": CAST,
                "list_seats": {"otan": 7, "ak-zhol": 1, "asar": 1, "aist": 1},
                "first_round_winners": FIRST,
                "corrections": [
                    {
                        "kind": "list_share",
                        "id": "ak-zhol",
                        "before": "31/250",
                        "after": "301/2500",
                        "why": text("Тағы 14 учаске", "Ещё 14 участков", "14 more stations"),
                    },
                    {
                        "kind": "turnout",
                        "id": None,
                        "before": "567/1000",
                        "after": "5649/10000",
                        "why": text("Тағы 14 учаске", "Ещё 14 участков", "14 more stations"),
                    },
                    {
                        "kind": "winner",
                        "id": "c5",
                        "before": "otan",
                        "after": "independents",
                        "why": text("Мүшелік нақтыланды", "Уточнена принадлежность", "Affiliation corrected"),
                    },
                ],
            },
            {
                "id": "runoff-1",
                "round": 2,
                "status": "preliminary",
                "number": 1,
                "as_of": "2004-10-03T23:40:00+06:00",
                "reason": text("Кешкі жариялау", "Вечерняя публикация", "Evening publication"),
                "document": None,
                "stations_counted": 41,
                "list_votes": None,
                "valid_votes": 1_000_000,
                "voted": 1_020_000,
                "list_seats": None,
                "first_round_winners": None,
                "corrections": [],
            },
        ]
        if self.final:
            rows.append(
                {
                    **rows[2],
                    "id": "runoff-final",
                    "status": "final",
                    "number": None,
                    "as_of": "2004-10-05T12:00:00+06:00",
                    "stations_counted": 44,
                }
            )
        return [{**base, **r, "stations_total": 44 if r["round"] == 2 else STATIONS} for r in rows]

    def regions(self) -> list[dict[str, Any]]:
        result = []
        for id_, kk, ru, en, column, row, first, last in REGIONS:
            mine = [i for i, s in enumerate(self.stations) if s["region"] == id_]
            votes = {p: sum(share_out(n, STATIONS, i) for i in mine) for p, n in self.list_votes.items()}
            result.append(
                {
                    "id": id_,
                    "name": text(kk, ru, en),
                    "column": column,
                    "row": row,
                    "constituencies": [f"c{n}" for n in range(first, last + 1)],
                    "stations": len(mine),
                    "electronic": sum(self.stations[i]["electronic"] == "yes" for i in mine),
                    "registered": sum(self.stations[i]["registered"] for i in mine),
                    "ballots_cast": sum(votes.values()) + sum(share_out(INVALID, STATIONS, i) for i in mine),
                    "list_votes": votes,
                }
            )
        return result

    def findings(self) -> list[dict[str, Any]]:
        common = {"contest": "list", "round": 1, "channel": "paper", "version": 1, "facts": {}}
        return [
            {
                "code": "P3.1",
                "station": "0010",
                **common,
                "found": 512,
                "expected": 498,
                "treatment": "counted",
                "decision": None,
            },
            {
                "code": "P5.2",
                "station": "0031",
                **common,
                "found": 1210,
                "expected": 1200,
                "treatment": "counted",
                "decision": "12/34",
            },
        ]

    def codebook(self) -> list[dict[str, str]]:
        return [
            {
                "file": "stations.csv",
                "field": f,
                "type": "text",
                "unit": "",
                "meaning_kk": "Учаске өрісі",
                "meaning_ru": "Поле участка",
                "meaning_en": "Field of a station",
            }
            for f in self.stations[0]
        ]

    def counted(self) -> list[dict[str, Any]]:
        used = {
            (p["station"], p["contest"], p["round"], p["channel"], p["version"])
            for p in self.protocols
            if p["counted"] == "yes"
        }
        places = {s["station"]: s for s in self.stations}
        return [
            {
                "station": v["station"],
                "region": places[v["station"]]["region"],
                "constituency": places[v["station"]]["constituency"],
                "contest": v["contest"],
                "round": v["round"],
                "option": v["option"],
                "name_en": v["option"],
                "party": v["option"] if v["contest"] == "list" else "",
                "votes": v["votes"],
            }
            for v in self.votes
            if (v["station"], v["contest"], v["round"], v["channel"], v["version"]) in used
        ]


def one_state(status: str, version: int, as_of: str, *rest: Any) -> dict[str, Any]:
    counted, total, seats, decided, document = rest
    return {
        "status": status,
        "version": version,
        "as_of": as_of,
        "stations_counted": counted,
        "stations_total": total,
        "seats": seats,
        "decided": decided,
        "document": document,
    }


def hare_steps(
    votes: dict[str, int], passing: list[str], base: str, base_votes: int
) -> tuple[list[dict[str, Any]], dict[str, int], str]:
    """Largest remainder with the Hare quota, ten seats, as steps of the contract."""
    total = sum(votes[p] for p in passing)
    quota = Fraction(total, 10)
    whole = {p: int(votes[p] / quota) for p in passing}
    rest = {p: votes[p] - whole[p] * quota for p in passing}
    order = sorted(passing, key=lambda p: -rest[p])
    left = 10 - sum(whole.values())
    seats = {p: whole[p] + (p in order[:left]) for p in passing}
    article = "Art. 97-1"
    steps = [
        {
            "at": "threshold",
            "facts": {
                "share": "7/100",
                "base": base,
                "base_votes": base_votes,
                "needed": -(-7 * base_votes // 100),
                "lists": [
                    {
                        "id": p,
                        "votes": n,
                        "share": str(Fraction(n, base_votes)),
                        "passes": p in passing,
                        "why": None,
                    }
                    for p, n in votes.items()
                ],
            },
            "article": article,
        },
        {
            "at": "quota",
            "facts": {"name": "hare", "votes": total, "seats": 10, "quota": str(quota)},
            "article": article,
        },
        {
            "at": "whole_quotas",
            "facts": {
                "lists": [
                    {
                        "id": p,
                        "votes": votes[p],
                        "quotas": str(votes[p] / quota),
                        "whole": whole[p],
                        "remainder": str(rest[p]),
                    }
                    for p in passing
                ],
                "given": sum(whole.values()),
                "left": left,
            },
            "article": article,
        },
        {
            "at": "remainders",
            "facts": {
                "order": [
                    {
                        "id": p,
                        "remainder": str(rest[p]),
                        "part": str(rest[p] / quota),
                        "seat": sum(whole.values()) + i + 1 if i < left else None,
                    }
                    for i, p in enumerate(order)
                ]
            },
            "article": article,
        },
        {"at": "result", "facts": {"seats": seats}, "article": article},
    ]
    return steps, seats, str(quota)


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def write(target: Path, final: bool = True, rehearsal: bool = False, overridden: bool = False) -> Path:
    """Write the data files into `target` and return it."""
    target.mkdir(parents=True, exist_ok=True)
    small = Small(final, rehearsal, overridden)
    documents = {
        "results.json": small.results(),
        "constituencies.json": small.constituencies,
        "regions.json": small.regions(),
        "findings.json": small.findings(),
        "nist.json": {"@type": "ElectionResults.ElectionReport"},
    }
    for name, value in documents.items():
        (target / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    tables = {
        "stations.csv": small.stations,
        "electronic_stations.csv": [s for s in small.stations if s["electronic"] == "yes"],
        "protocols.csv": small.protocols,
        "votes.csv": small.votes,
        "results.csv": small.counted(),
        "codebook.csv": small.codebook(),
    }
    for name, rows in tables.items():
        write_csv(target / name, rows)
    return target
