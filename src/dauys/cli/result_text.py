"""The answer of `dauys run` in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from babel.dates import format_date

from dauys.cli.render import percent
from dauys.simulate.fill import Filled
from dauys.words import Words

Json = dict[str, Any]
INDENT = " " * 11


def summary(
    results: Json, filled: Filled, words: Words, election: Path, out: Path, *, site: bool, seconds: float
) -> Iterator[str]:
    """Yield the lines: what was counted, the lists, both rounds, the house, where it is written."""
    title = filled.election.title.get(words.language)
    first = [title, words.say("run.law", law=results["election"]["law"])]
    if filled.generated:
        first.append(
            words.say("run.synthetic", readme=str(election / "README.md" if election.is_dir() else election))
        )
    yield " · ".join(first)
    for parameter in results["election"]["parameters"]:
        if parameter["overridden"]:
            yield words.say("run.overridden", **{k: parameter[k] for k in ("path", "value", "preset")})
    found = results["findings"]["count"]
    yield _line(
        words,
        "read",
        words.say("run.read", protocols=len(filled.protocols)),
        words.say("run.findings", count=found),
    )
    if results["list"]:
        yield from _lists(results, words)
    yield from _rounds(results, words)
    house = "  ".join(f"{_short(results, p, words)} {n}" for p, n in results["house"].items())
    yield _line(words, "house", house)
    places = [str(out / "site" / "index.html")] if site else []
    yield "    ".join(
        [*places, str(out / "data" / "results.json"), words.say("run.seconds", seconds=f"{seconds:.1f}")]
    )


def _day(text: str | None, words: Words) -> str:
    """Return a date as day and month, a dash where there is none."""
    return format_date(date.fromisoformat(text), "d MMMM", locale=words.language) if text else "–"


def _line(words: Words, name: str, *parts: str) -> str:
    return f" {words.say(f'run.line.{name}'):<9} " + "   ".join(parts)


def _short(results: Json, party: str, words: Words) -> str:
    for row in results["parties"]:
        if row["id"] == party:
            return str(row["short"][words.language])
    return party


def _seats(results: Json, seats: Mapping[str, int], words: Words) -> str:
    return "  ".join(f"{_short(results, p, words)} {n}" for p, n in seats.items() if n)


def _lists(results: Json, words: Words) -> Iterator[str]:
    one = results["list"]
    facts = {"valid": one["valid_votes"], "cast": one["ballots_cast"]}
    parts = (words.say("run.list", **facts), _seats(results, one["seats"], words))
    yield _line(words, "list", *parts, *_preliminary(results, "list", words))
    for tie in one["needs_decision"]:
        names = ", ".join(_short(results, p, words) for p in tie["tied"])
        yield INDENT + words.say("run.tie", names=names, seats=tie["seats"], at=tie["at"])
    for other in one["sensitivity"]:
        yield from _other(results, one, other, words)


def _other(results: Json, one: Json, other: Json, words: Words) -> Iterator[str]:
    """Yield the line that tells which list hangs on the base, where the seats do."""
    if other["seats"] == one["seats"]:
        return
    base, new = one["threshold"]["base"], other["set"]["list.threshold_base"]
    named = {"base": words.say(f"base.{base}"), "other": words.say(f"base.{new}")}
    seats = "-".join(str(n) for n in other["seats"].values() if n)
    article = one["threshold"]["article"]
    for party in set(one["passing"]) ^ set(other["passing"]):
        shares = one["shares"][party]
        share, other_share = (percent(Fraction(shares[b]), 1, words) for b in (base, new))
        yield INDENT + words.say(
            "run.other_base",
            list=_short(results, party, words),
            share=share,
            other_share=other_share,
            seats=seats,
            article=article,
            **named,
        )


def _rounds(results: Json, words: Words) -> Iterator[str]:
    c, days = results["constituencies"], results["election"]["days"]
    if results["state"].get("round1"):
        facts = {
            "decided": c["decided_first_round"],
            "total": c["total"],
            "count": c["runoff"],
            "day": _day(days.get("2"), words),
        }
        yield _line(
            words, "round1", words.say("run.round1", **facts), *_preliminary(results, "round1", words)
        )
    if results["state"].get("round2"):
        text = words.say("run.round2", decided=c["decided_second_round"], total=c["runoff"])
        yield _line(words, "round2", text, *_preliminary(results, "round2", words))


def _preliminary(results: Json, part: str, words: Words) -> tuple[str, ...]:
    """Return how far the count is where it is not final."""
    state = results["state"][part]
    if state["status"] == "final":
        return ()
    return (words.say("run.preliminary", counted=state["stations_counted"], total=state["stations_total"]),)
