"""What an election file may not say though its form is sound: names that nothing has, times out of order."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dauys.errors import InputError, Place, Problem
from dauys.formats.tables import is_zone
from dauys.systems import laws

Raw = Mapping[str, Any]
#: Duties that are done through the media: announced only with outlet, date and evidence (Art. 50-1(5), 28).
ANNOUNCED = ("N1.5", "N1.6")


def definition_problems(raw: Raw, folder: Path) -> list[Problem]:
    """Return everything that a file sound in form gets wrong in meaning; paths of keys are parted by NUL."""
    checks: tuple[Callable[[Raw], Iterator[Problem]], ...] = (
        _law,
        _times,
        _moments,
        _parties,
        _contests,
        _publication_order,
        _people,
        _labels,
    )
    problems = [p for check in checks for p in check(raw)]
    return problems + list(_generated(raw, folder))


def _at(  # noqa: PLR0917 - the parts of a problem in their usual order
    code: str,
    at: tuple[object, ...],
    found: object,
    expected: object = None,
    hint: str | None = None,
    near: str = "",
) -> Problem:
    text = None if expected is None else str(expected)
    facts = {"found": str(found), "expected": text or "", "nearest": near, "path": ".".join(map(str, at))}
    facts["key"] = ".".join(map(str, (*at, *([expected] if code == "E1.4" else []))))
    return Problem(code, Place(path="\0".join(map(str, at))), str(found), text, hint, facts)


def _unknown(at: tuple[object, ...], found: str, known: Collection[str]) -> Problem:
    near = difflib.get_close_matches(found, known, 1)
    return _at("E3.4", at, found, None, "nearest" if near else None, near[0] if near else "")


def _twice(at: tuple[object, ...], values: list[Any]) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value is not None and value in values[:index]:
            yield _at("E3.5", (*at, index), value)


def _law(raw: Raw) -> Iterator[Problem]:
    try:
        law = laws.load(raw["law"])
    except InputError as error:
        yield from error.problems
        return
    try:
        law = law.with_parameters(raw.get("parameters", {}))
    except InputError as error:
        for p in error.problems:
            yield Problem(
                p.code, Place(path=f"parameters\0{p.place.path}"), p.found, p.expected, p.hint, p.facts
            )
        return
    for kind in ("list", "constituency"):
        seats = law.count(f"{kind}.seats")
        if bool(seats) != (kind in raw["contests"]):
            yield _at("E3.7", ("contests", kind), seats, f"{kind}.seats")
        elif seats and raw["contests"][kind].get("against_all", False) != law.flag(f"{kind}.against_all"):
            yield _at(
                "E3.7",
                ("contests", kind, "against_all"),
                law.value(f"{kind}.against_all"),
                f"{kind}.against_all",
            )
    two_rounds = law.value("constituency.system") == "two_round"
    if two_rounds and "2" not in raw["days"]:
        yield _at("E3.7", ("days",), "1", "constituency.system")
    if "constituencies" not in raw["files"] and law.count("constituency.seats"):
        yield _at("E1.4", ("files",), "", "constituencies")


def _times(raw: Raw) -> Iterator[Problem]:
    sound = True
    for number, day in raw["days"].items():
        if not _is(date.fromisoformat, day):
            sound = False
            yield _at("E1.10", ("days", number), day, "2004-09-19")
    if "called" in raw and not _is(date.fromisoformat, raw["called"]):
        yield _at("E1.10", ("called",), raw["called"], "2004-09-19")
    if sound and raw["days"].get("2", "9999") <= raw["days"]["1"]:
        yield _at("E3.6", ("days", "2"), raw["days"]["2"], f"> {raw['days']['1']}")
    if raw["polls"]["closes"] <= raw["polls"]["opens"]:
        yield _at("E3.6", ("polls", "closes"), raw["polls"]["closes"], f"> {raw['polls']['opens']}")
    if not is_zone(raw["time_zone"]):
        yield _at("E3.9", ("time_zone",), raw["time_zone"], "Asia/Almaty")


def _moments(raw: Raw) -> Iterator[Problem]:
    for index, repeat in enumerate(raw.get("repeats", ())):
        if not _is(date.fromisoformat, repeat["day"]):
            yield _at("E1.10", ("repeats", index, "day"), repeat["day"], "2004-09-19")
    for key, when in (("publications", "as_of"), ("calendar", "done")):
        for index, item in enumerate(raw.get(key, ())):
            if not _is(datetime.fromisoformat, item[when]):
                yield _at("E1.10", (key, index, when), item[when], "2004-09-19T20:00+06:00")
    steps = [(s.get("day", 0), s["at"]) for s in raw.get("night", ())]
    for index in range(1, len(steps)):
        if steps[index] < steps[index - 1]:
            yield _at("E3.6", ("night", index, "at"), steps[index][1], f"≥ {steps[index - 1][1]}")


def _is(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _is_later(text: str, before: str) -> bool:
    """Return whether one moment is after another; a moment out of form is reported elsewhere."""
    if not (_is(datetime.fromisoformat, text) and _is(datetime.fromisoformat, before)):
        return True
    return datetime.fromisoformat(text) > datetime.fromisoformat(before)


def _parties(raw: Raw) -> Iterator[Problem]:
    parties = raw["parties"]
    yield from _twice(("parties",), [p["id"] for p in parties])
    orders = [p.get("list_order") for p in parties]
    yield from _twice(("parties",), orders)
    given = sorted({o for o in orders if o is not None})
    # An order given twice leaves a gap elsewhere: one mistake, one fault.
    if given != list(range(1, len(given) + 1)) and len(given) == sum(o is not None for o in orders):
        yield _at("E3.6", ("parties",), ", ".join(map(str, given)), f"1 … {len(given)}")
    known = [*(p["id"] for p in parties), "independents"]
    if "independents" in known[:-1]:
        yield _at("E3.5", ("parties",), "independents")
    for table in ("list_votes", "first_round", "second_round"):
        for party in raw.get("targets", {}).get(table, ()):
            if party not in known:
                yield _unknown(("targets", table, party), party, known)


def _contests(raw: Raw) -> Iterator[Problem]:
    contests = raw["contests"]
    names = [c["id"] for c in contests.get("other", ())]
    yield from _twice(("contests", "other"), names)
    for index, contest in enumerate(contests.get("other", ())):
        yield from _twice(("contests", "other", index, "options"), [o["id"] for o in contest["options"]])
        options = len(contest["options"]) + contest.get("against_all", False)
        if contest.get("limit", 1) > options:
            yield _at("E3.7", ("contests", "other", index, "limit"), contest["limit"], f"≤ {options}")
        if contest["id"] in ("list", "constituency"):
            yield _at("E3.5", ("contests", "other", index, "id"), contest["id"])
    lists = sum(p.get("list_order") is not None for p in raw["parties"])
    if contests.get("list", {}).get("limit", 1) > max(lists, 1):
        yield _at("E3.7", ("contests", "list", "limit"), contests["list"]["limit"], f"≤ {lists}")
    known = [*(k for k in ("list", "constituency") if k in contests), *names]
    yield from _twice(("ballot_styles",), [s["id"] for s in raw["ballot_styles"]])
    for index, style in enumerate(raw["ballot_styles"]):
        for place, contest in enumerate(style["contests"]):
            if contest not in known:
                yield _unknown(("ballot_styles", index, "contests", place), contest, known)


def _publication_order(raw: Raw) -> Iterator[Problem]:
    publications = raw["publications"]
    yield from _twice(("publications",), [p["id"] for p in publications])
    last: dict[int, Raw] = {}
    for index, item in enumerate(publications):
        before = last.get(item["round"])
        if str(item["round"]) not in raw["days"]:
            yield _at("E3.7", ("publications", index, "round"), item["round"], ", ".join(raw["days"]))
        if before and before["status"] == "final" and item["status"] == "preliminary":
            yield _at("E3.6", ("publications", index, "status"), item["status"], "final")
        if before and not _is_later(item["as_of"], before["as_of"]):
            yield _at("E3.6", ("publications", index, "as_of"), item["as_of"], f"> {before['as_of']}")
        last[item["round"]] = item


def _people(raw: Raw) -> Iterator[Problem]:
    trustees = raw.get("trustees")
    if trustees:
        members = len(trustees["members"])
        if trustees["threshold"] > members:
            yield _at("E3.7", ("trustees", "threshold"), trustees["threshold"], f"2 … {members}")
        yield from _twice(("trustees", "members"), [m["id"] for m in trustees["members"]])
    signers = raw.get("signers", {})
    for kind in ("commissions", "witnesses"):
        yield from _twice(("signers", kind), [s["id"] for s in signers.get(kind, ())])
    everyone = [*signers.get("commissions", ()), *signers.get("witnesses", ())]
    everyone += [signers["log"]] if "log" in signers else []
    everyone += trustees["members"] if trustees else []
    # One key in two roles would let one machine speak for both.
    keys = [s["key"] for s in everyone if "key" in s]
    for key in sorted({k for k in keys if keys.count(k) > 1}):
        yield _at("E3.5", ("signers",), key)
    groups = raw.get("tallying", {}).get("groups", ())
    yield from _twice(("tallying", "groups"), [g["id"] for g in groups])
    seen: set[str] = set()
    for index, group in enumerate(groups):
        for station in group["stations"]:
            if station in seen:
                yield _at("E3.5", ("tallying", "groups", index), station)
            seen.add(station)


def _labels(raw: Raw) -> Iterator[Problem]:
    for index, label in enumerate(raw["synthetic"]):
        if label in raw["official"]:
            yield _at("E3.5", ("synthetic", index), label)
    sources = [s["id"] for s in raw.get("sources", ())]
    yield from _twice(("sources",), sources)
    for index, event in enumerate(raw.get("calendar", ())):
        if "source" in event and event["source"] not in sources:
            yield _unknown(("calendar", index, "source"), event["source"], sources)
        if event["code"] in ANNOUNCED and "outlet" not in event:
            yield _at("E1.4", ("calendar", index), "", "outlet")


def _generated(raw: Raw, folder: Path) -> Iterator[Problem]:
    names = raw["files"]
    yield from _twice(("files",), list(names.values()))
    makes = raw.get("generator", {}).get("makes", ())
    both = {"protocols", "votes"}
    if len(named := both & set(names)) == 1:
        # A definition may have neither: its protocols come later. One without the other is a slip.
        yield _at("E1.4", ("files",), "", (both - named).pop())
        return
    there = {k for k in named if (folder / names[k]).exists()}
    if len(there) == 1 and {"protocols", "votes"} <= set(makes):
        missing = ({"protocols", "votes"} - there).pop()
        yield _at("E3.8", ("files", missing), names[missing], names[there.pop()])
    for kind in makes:
        if kind not in names:
            yield _at("E1.4", ("files",), "", kind)
