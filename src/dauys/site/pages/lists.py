"""How the list seats were won: the steps of the trace, what another base would give, each seat by itself."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Any

from dauys.site.pages.facts import method_name
from dauys.site.source import Row
from dauys.site.view import Page, View, exact

Facts = dict[str, Any]


def page(view: View) -> Page:
    """Return the page of the list seats."""
    result, state = view.results["list"], view.results["state"]["list"]
    seats = list_seats(view)
    total = sum(result["seats"].values())
    title = view.t("list.heading", count=total, seats=view.seat_line(result["seats"]))
    if not total:
        title = view.t("list.nothing")
    order = ", ".join(view.party(p).short for p in _ranked(result["votes"], result["passing"]))
    context = {
        "state": view.state(state),
        "document": view.name(state["document"]),
        "nothing": view.t.known("nothing", result["nothing"]) if result["nothing"] else None,
        "ties": list(list_ties(view)),
        "threshold": result["threshold"],
        "method": method_name(view),
        "steps": [_step(view, s) for s in result["steps"]],
        "seats": seats,
        "stations": state["stations_counted"],
        "what_if": [w for w in (_what_if(view, s) for s in result["sensitivity"]) if w],
        "order": order,
        "other_rules": [
            {
                "name": _rule_name(view, r["name"]),
                "seats": "-".join(
                    str(r["seats"].get(p, 0)) for p in _ranked(result["votes"], result["passing"])
                ),
            }
            for r in result["other_rules"]
        ],
    }
    return Page("list/index.html", "list.html", str(title), context, "results", result)


def list_ties(view: View) -> Iterator[Any]:
    """Yield a sentence for each tie between lists that waits for a lot."""
    for tie in view.results["list"]["needs_decision"]:
        names = ", ".join(view.party(p).short for p in tie["tied"])
        yield view.t("list.tie", count=tie["seats"], lists=names)


def _rule_name(view: View, name: Any) -> Any:
    return view.name(name) if isinstance(name, dict) else view.t.known("rule", str(name))


def _ranked(votes: dict[str, int], parties: list[str] | None = None) -> list[str]:
    return sorted(parties if parties is not None else votes, key=lambda p: -votes[p])


def _step(view: View, step: Row) -> dict[str, Any]:
    facts: Facts = step["facts"]
    make = {
        "threshold": _threshold,
        "quota": _quota,
        "whole_quotas": _whole,
        "remainders": _remainders,
        "averages": _averages,
    }
    extra = make[step["at"]](view, facts) if step["at"] in make else {}
    return {"at": step["at"], "article": step["article"], **extra}


def other_base(view: View) -> str | None:
    """Return the base of the first sensitivity, if it is one of the threshold and the shares know it."""
    result = view.results["list"]
    for s in result["sensitivity"]:
        base = s["set"].get("list.threshold_base")
        if base and any(base in shares for shares in result["shares"].values()):
            return str(base)
    return None


def base_votes(view: View, base: str) -> int | None:
    """Return how many votes a base has in this result; None for one the data does not name."""
    result = view.results["list"]
    if base == result["threshold"]["base"]:
        return int(result["threshold"]["base_votes"])
    known = {
        "valid": result["valid_votes"],
        "cast": result["ballots_cast"],
        "registered": result["registered"],
    }
    return known.get(base)


def _threshold(view: View, facts: Facts) -> dict[str, Any]:
    other = other_base(view)
    shares = view.results["list"]["shares"]
    rows = [
        {
            "party": view.party(r["id"]),
            "votes": r["votes"],
            "share": r["share"],
            "passes": r["passes"],
            "other": shares.get(r["id"], {}).get(other) if other else None,
        }
        for r in sorted(facts["lists"], key=lambda r: -r["votes"])
    ]
    return {
        "share": view.f.short_percent(facts["share"] or "0"),
        "base": view.base(facts["base"]),
        "base_votes": facts["base_votes"] or 0,
        "needed": ceil(Fraction(facts["needed"] or 0)),
        "base_words": view.base(facts["base"]),
        "other_words": view.base(other) if other else None,
        "rows": rows,
    }


def _quota(view: View, facts: Facts) -> dict[str, Any]:
    return {
        "votes": facts["votes"],
        "seats": facts["seats"],
        "quota": _short(view, facts["quota"]),
        "lists": len(view.results["list"]["passing"]),
    }


def _short(view: View, value: str) -> str:
    """Return a quota or remainder with one decimal, with none where it is whole."""
    fraction = Fraction(value)
    return view.f.decimal(fraction, 0 if fraction.denominator == 1 else 1)


def _whole(view: View, facts: Facts) -> dict[str, Any]:
    rows = []
    for r in facts["lists"]:
        quotas = Fraction(r["quotas"])
        rows.append(
            {
                "party": view.party(r["id"]),
                "whole": r["whole"],
                "quotas": view.f.decimal(quotas, 4),
                "part": round(float(quotas - r["whole"]), 4),
            }
        )
    cells = max((r["whole"] + 1 for r in rows), default=1)
    return {"rows": rows, "given": facts["given"], "left": facts["left"], "cells": cells}


def _remainders(view: View, facts: Facts) -> dict[str, Any]:
    order = facts["order"]
    rows = [
        {
            "party": view.party(r["id"]),
            "remainder": view.f.decimal(r["remainder"], 1),
            "part": view.f.decimal(r["part"], 4),
            "seat": r["seat"],
        }
        for r in order
    ]
    given = [r for r in order if r["seat"]]
    equal = len({Fraction(r["remainder"]) for r in order}) < len(order)
    note = view.t("step.tie" if equal else "step.no_tie")
    return {"rows": rows, "left": len(given), "text": _gap(view, order, given), "note": note}


def _gap(view: View, order: list[Row], given: list[Row]) -> Any:
    """Return who got the last of the remaining seats and how far ahead of the first without one."""
    if not given:
        return view.t("step.remainders_none")
    if len(given) == len(order):
        return view.t("step.remainders_all")
    last, after = given[-1], order[len(given)]
    ahead = Fraction(last["remainder"]) - Fraction(after["remainder"])
    return view.t(
        "step.remainders_text",
        last=view.party(last["id"]).short,
        after=view.party(after["id"]).short,
        ahead=_short(view, str(ahead)),
    )


def _averages(view: View, facts: Facts) -> dict[str, Any]:
    def number(value: str | None) -> str:
        return "–" if value is None else view.f.decimal(value, 1)

    rows = [
        {
            "party": view.party(r["id"]),
            "votes": r["votes"],
            "seats": r["seats"],
            "last": number(r["last"]),
            "next": number(r["next"]),
        }
        for r in facts["lists"]
    ]
    return {"rows": rows}


def list_seats(view: View) -> list[dict[str, Any]]:
    """Return every list seat, list by list, with the sentence that says how it was won."""
    result = view.results["list"]
    facts = {s["at"]: s["facts"] for s in result["steps"]}
    whole = {r["id"]: r for r in facts.get("whole_quotas", {}).get("lists", [])}
    by_rest = {
        r["id"]: (i + 1, r) for i, r in enumerate(facts.get("remainders", {}).get("order", [])) if r["seat"]
    }
    rows: list[dict[str, Any]] = []
    for party in _ranked(result["votes"]):
        full = whole.get(party, {}).get("whole", 0)
        for n in range(result["seats"].get(party, 0)):
            known = view.party(party)
            if party in whole and n < full:
                why = view.t(
                    "seat.quota", n=n + 1, quota=_short(view, result["quota"]), votes=result["votes"][party]
                )
            elif party in by_rest:
                rank, r = by_rest[party]
                why = view.t(
                    "seat.remainder",
                    rank=rank,
                    remainder=_short(view, r["remainder"]),
                    part=view.f.decimal(r["part"], 4),
                )
            else:
                why = view.t("seat.average", votes=result["votes"][party])
            rows.append(
                {
                    "n": len(rows) + 1,
                    "party": known,
                    "why": why,
                    "title": view.t("seat.name", n=n + 1, party=known.short),
                }
            )
    return rows


def _what_if(view: View, case: Row) -> dict[str, Any] | None:
    base = case["set"].get("list.threshold_base")
    if base is None:
        return None
    result, t, f = view.results["list"], view.t, view.f
    before, after = result["seats"], case["seats"]
    quota = exact(case["quota"])
    parties = [p for p in _ranked(result["votes"]) if before.get(p, 0) or after.get(p, 0)]
    rows = [
        {
            "party": view.party(p),
            "passes": p in case["passing"],
            "share": result["shares"][p].get(base),
            "before": before.get(p, 0),
            "after": after.get(p, 0),
            "changed": before.get(p, 0) != after.get(p, 0),
            "quotas": f.decimal(Fraction(result["votes"][p]) / quota, 4) if quota else "–",
        }
        for p in parties
    ]
    applied = result["threshold"]["base"]
    return {
        "title": t("whatif.title", base=view.base(base)),
        "text": t(
            "whatif.text", applied=view.base(applied), other=view.base(base), seats=view.seat_line(after)
        ),
        "applied_name": view.base_noun(applied),
        "other_name": view.base_noun(base),
        "applied_votes": base_votes(view, applied),
        "other_votes": base_votes(view, base),
        "before": _dots(view, before, after, parties),
        "after": _dots(view, after, before, parties),
        "rows": rows,
        "threshold": f.short_percent(result["threshold"]["share"]),
        "closing": _closing(view, case),
    }


def _dots(
    view: View, seats: dict[str, int], other: dict[str, int], parties: list[str]
) -> list[dict[str, Any]]:
    """Return the seats as dots; those a list has here and not in the other state are marked."""
    return [
        {"party": view.party(p), "moved": n >= other.get(p, 0)}
        for p in parties
        for n in range(seats.get(p, 0))
    ]


def _closing(view: View, case: Row) -> Any:
    """Return the quota of the other state and who takes the last seat by remainder there."""
    order: list[Row] = next((s["facts"]["order"] for s in case["steps"] if s["at"] == "remainders"), [])
    given = [r for r in order if r["seat"]]
    if not case["quota"]:
        return ""
    if not given:
        return view.t("whatif.closing_none", quota=_short(view, case["quota"]))
    last = given[-1]
    return view.t(
        "whatif.closing",
        count=len(given),
        quota=_short(view, case["quota"]),
        party=view.party(last["id"]).short,
        remainder=_short(view, last["remainder"]),
    )
