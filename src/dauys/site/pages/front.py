"""The front page: the answer as a sentence, then house, list, constituencies, turnout and where to check."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from dauys.site import charts, house
from dauys.site.pages.facts import correction, downloads, publication_name
from dauys.site.pages.lists import list_ties
from dauys.site.source import INDEPENDENTS, Row
from dauys.site.view import PARTS, Page, View, exact, ratio, spare


def page(view: View) -> Page:
    """Return the front page: what this election has of house, lists, constituencies and turnout."""
    title, lead = headline(view)
    context = {
        "when": when(view),
        "lead": lead,
        "hemicycle": house.draw(view) if view.seats else "",
        "states": states(view),
        "majority": view.seats // 2 + 1,
        "leading": view.unfinished,
        "undecided": view.seats - sum(view.results["house"].values()),
        "waiting": waiting(view),
        **_house(view),
        "lists": _lists(view) if view.has_list else None,
        "zoom": zoom(view) if view.has_list else None,
        "map": _map(view) if view.contested else None,
        "turnout": _turnout(view),
        **_checked(view),
        "downloads": [
            d for d in downloads(view) if d["file"] in ("results.csv", "nist.json", "results.json")
        ],
    }
    return Page("index.html", "front.html", title, context, "results", view.results, str(lead))


def waiting(view: View) -> list[Any]:
    """Return what the count cannot decide: ties of lists for a lot, constituencies without a winner."""
    rows: list[Any] = list(list_ties(view)) if view.has_list else []
    if view.has_list and view.results["list"]["nothing"] and view.parts["list"]["stations_counted"]:
        why = view.t.known("nothing", view.results["list"]["nothing"])
        rows.append(f"{view.t('list.nothing')}: {why}")
    for c in view.contested:
        outcome = c["rounds"][-1]["outcome"]
        if outcome["kind"] == "void" or (outcome["kind"], outcome["reason"]) == ("needs_decision", "tie"):
            key = "front.void" if outcome["kind"] == "void" else "front.tie"
            rows.append(view.t(key, number=str(c["number"]), name=view.name(c["name"])))
    return rows


def when(view: View) -> str:
    """Return the days of voting as words."""
    days = [view.results["election"]["days"][k] for k in sorted(view.results["election"]["days"])]
    if len(days) == 1:
        return str(view.t("front.when_one", day=view.f.day(days[0])))
    # The year is said once: Kazakh puts it before the first day, the others behind the last.
    forms = ("long", "plain") if view.language == "kk" else ("plain", "long")
    return str(
        view.t("front.when_two", first=view.f.day(days[0], forms[0]), second=view.f.day(days[-1], forms[1]))
    )


def headline(view: View) -> tuple[str, str]:
    """Return the sentence the page opens with and the one below it; both carry the numbers of the result."""
    t, f, parts, facts = view.t, view.f, view.parts, _facts(view)
    decided = sum(s["decided"] for s in parts.values() if s["status"] == "final")
    if not any(s["stations_counted"] for s in parts.values()):
        return str(t("front.title_open", counted=f.percent("0", 1))), str(t("front.lead_nothing"))
    if not view.unfinished:
        title = _final(view, decided)
        kind = "final" if view.has_list and view.contested else "list" if view.has_list else "constituencies"
        return title, str(t(f"front.lead_{kind}", **facts))
    open_ = sum(1 for c in view.contested if c["can_change"])
    if [name for name, s in parts.items() if s["status"] != "final"] == ["round2"]:
        if not parts["round2"]["stations_total"]:
            day = view.results["election"]["days"].get("2")
            title = t("front.title_before", count=decided, runoffs=facts["runoffs"])
            return str(title), str(t("front.lead_before", day=f.day(day) if day else "–", **facts))
        title = t("front.title_runoffs", count=decided, runoffs=facts["runoffs"])
        return str(title), str(
            t("front.lead_runoffs", counted=_share_in(view, "round2"), count=open_, **facts)
        )
    first = next(name for name, s in parts.items() if s["status"] != "final")
    key = "front.lead_open" if view.contested else "front.lead_open_list"
    return str(t("front.title_open", counted=_share_in(view, first))), str(t(key, **facts))


def _facts(view: View) -> dict[str, Any]:
    """Return the numbers that sentences of the front page share."""
    constituencies, turnout = view.results["constituencies"], view.turnout
    return {
        "turnout": view.f.percent(ratio(turnout["voted"], turnout["registered"])),
        "first": constituencies["decided_first_round"],
        "total": len(view.contested),
        "runoffs": constituencies["runoff"],
        "list": view.parts["list"]["decided"] if "list" in view.parts else 0,
    }


def _share_in(view: View, part: str) -> str:
    state = view.parts[part]
    return view.f.percent(ratio(state["stations_counted"], state["stations_total"]), 1)


def _final(view: View, decided: int) -> str:
    """Return the headline of a count that is over: who has a majority, or how many seats still wait."""
    rows = view.by_size(view.results["house_rows"])
    if decided < view.seats or not rows:
        return str(view.t("front.title_waiting", count=view.seats, decided=decided))
    first, majority = max(rows, key=lambda r: r["total"]), view.seats // 2 + 1
    key = "front.title_majority" if first["total"] >= majority else "front.title_none"
    if sum(r["total"] == first["total"] for r in rows) > 1:
        key = "front.title_level"
    short = view.party(first["party"]).short
    return str(view.t(key, count=view.seats, party=short, won=first["total"], majority=majority))


def states(view: View) -> list[dict[str, Any]]:
    """Return the rows of the card that says how far the count is."""
    rows = []
    for key, s in view.parts.items():
        seats = (
            view.t("state.seats", count=s["seats"])
            if key != "round1"
            else view.t("state.seats_of", count=s["seats"], decided=s["decided"])
        )
        width = round(100 * s["stations_counted"] / (s["stations_total"] or 1), 2)
        rows.append(
            {
                "name": view.t(f"state.{key}"),
                "seats": seats,
                "chip": view.state(s),
                "width": width,
                "document": _ground(view, key, s),
                "counted": s["stations_counted"],
                "total": s["stations_total"],
            }
        )
    return rows


def _ground(view: View, key: str, state: Row) -> Any:
    """Return what a state rests on: rule of the first round, the document of the list, else its moment."""
    if key == "round1":
        outcome = view.contested[0]["rounds"][0]["outcome"]
        return view.t("state.majority", article=view.t.article(outcome["article"]))
    if state["document"] and key == "list":
        return view.name(state["document"])
    if state["as_of"] is None:
        day = view.results["election"]["days"].get("2")
        return view.f.day(day) if day else "–"
    return view.f.moment(state["as_of"])


def _house(view: View) -> dict[str, Any]:
    rows = [
        {
            **r,
            "party": view.party(r["party"]),
            "list": r["list"] if view.source.parties[r["party"]]["list_order"] else None,
        }
        for r in view.by_size(view.results["house_rows"])
    ]
    held = {"list": view.has_list, "round1": bool(view.contested), "round2": "round2" in view.parts}
    columns = [part for part in PARTS if held[part]]
    sums = [sum(r[k] or 0 for r in rows) for k in (*columns, "total")]
    return {"house": rows, "columns": columns, "house_sums": sums}


def _lists(view: View) -> dict[str, Any]:
    """Return the bars of the lists: shares of the threshold's base, one scale, the line through all rows."""
    result, t, f = view.results["list"], view.t, view.f
    threshold = result["threshold"]
    ranked = sorted(result["votes"], key=lambda p: -result["votes"][p])
    line = exact(threshold["share"])
    at, widths = view.bar_rows([(p, result["votes"][p]) for p in ranked], threshold["base_votes"], line, 58)
    rows = [
        {
            "party": view.party(p),
            "votes": result["votes"][p],
            "share": share,
            "w": w,
            "seats": result["seats"].get(p, 0),
        }
        for p, (share, w) in zip(ranked, widths, strict=True)
    ]
    with_seats = sum(1 for r in rows if r["seats"])
    title = t("list.title", count=with_seats, lists=len(rows), seats=sum(result["seats"].values()))
    text = t(
        "list.line",
        share=f.short_percent(threshold["share"]),
        votes=threshold["base_votes"] or 0,
        base=view.base(threshold["base"]),
    )
    against = result["against_all"]
    return {
        "rows": rows,
        "against": None
        if against is None
        else t(
            "list.against",
            votes=against,
            share=f.percent(ratio(against, result["ballots_cast"])),
            base=view.base("cast"),
        ),
        "line_at": at,
        "title": title if with_seats else t("list.nothing"),
        "line_text": text,
        "article": threshold["article"],
        "base_words": view.base(threshold["base"]),
        "base_votes": threshold["base_votes"] or 0,
    }


def zoom(view: View) -> dict[str, Any] | None:
    """Return the picture around the threshold, where another base would let a list in or out; else None."""
    result = view.results["list"]
    threshold = result["threshold"]
    for other in result["sensitivity"]:
        base = other["set"].get("list.threshold_base")
        moved = sorted(set(result["passing"]) ^ set(other["passing"]), key=lambda p: -result["votes"][p])
        if base and moved and base in result["shares"][moved[0]]:
            return _zoom(view, moved[0], base, threshold, other)
    return None


def _zoom(view: View, party: str, base: str, threshold: Row, other: Row) -> dict[str, Any]:
    t, f, result = view.t, view.f, view.results["list"]
    known, share = view.party(party), Fraction(threshold["share"])
    here, there = (Fraction(result["shares"][party][b]) for b in (threshold["base"], base))
    values = [float(x * 100) for x in (here, there, share)]
    low, high = int(min(values) * 10 - 1), int(max(values) * 10) + 3
    step = max(1, (high - low) // 6)
    ticks = [
        (n / 10, f.decimal(Fraction(n, 10), 1) + ("\u00a0%" if n in (low, high) else ""))
        for n in range(low, high + 1, step)
    ]
    rule = f"{f.short_percent(share)} · {t.article(threshold['article'])}"
    points = [
        (values[0], True, f.percent(here), str(view.base(threshold["base"]))),
        (values[1], False, f.percent(there), str(view.base(base))),
    ]
    left = spare(result["votes"][party], share, threshold["base_votes"])
    key = "zoom.passes" if left >= 0 else "zoom.fails"
    text = t(
        key,
        count=abs(left),
        party=known.short,
        base=view.base(threshold["base"]),
        other=view.base(base),
        share=f.percent(there),
        seats=view.seat_line(other["seats"]),
    )
    colour = f"var(--{known.cls})"
    label = t(
        "zoom.label",
        party=known.short,
        here=f.percent(here),
        base=view.base(threshold["base"]),
        there=f.percent(there),
        other=view.base(base),
    )
    chart = charts.draw(charts.zoom(values[2], points, colour, rule, ticks), str(label))
    return {"chart": chart, "text": text}


def _map(view: View) -> dict[str, Any]:
    tiles = view.tiles()
    won: dict[str, int] = {}
    for region in tiles["regions"]:
        for tile in region["tiles"]:
            if tile["party"].id:
                won[tile["party"].id] = won.get(tile["party"].id, 0) + 1
    order = sorted(won, key=lambda p: (p == INDEPENDENTS, -won[p]))
    shown, open_ = runoff_rows(view)
    return {
        "tiles": tiles,
        "won": [(view.party(p), won[p]) for p in order],
        "total": len(view.contested),
        "regions": sum(bool(r["tiles"]) for r in tiles["regions"]),
        "runoffs": shown,
        "open": open_,
        "runoff_count": view.results["constituencies"]["runoff"],
        "runoffs_title": view.t("runoff.still_open") if open_ else view.t("runoff.closest"),
    }


def runoff_rows(view: View) -> tuple[list[dict[str, Any]], bool]:
    """Return the run-offs that can still change, or the five closest ones when none can."""
    rows = []
    for c in view.contested:
        last = c["rounds"][-1]
        if last["round"] != 2 or len(last["candidates"]) < 2:
            continue
        lead = last["candidates"][0]["votes"] - last["candidates"][1]["votes"]
        rows.append(
            {
                "number": c["number"],
                "name": view.name(c["name"]),
                "lead": lead,
                "open": c["can_change"],
                "missing": last["missing_registered"],
                "valid": last["valid_votes"],
            }
        )
    waiting = [r for r in rows if r["open"]]
    chosen = waiting or sorted(rows, key=lambda r: r["lead"])[:5]
    return [{**r, "other": r["missing"] if waiting else r["valid"]} for r in chosen], bool(waiting)


def _turnout(view: View) -> dict[str, Any]:
    turnout = view.turnout
    share = ratio(turnout["voted"], turnout["registered"])
    return {
        "share": share,
        "voted": turnout["voted"],
        "registered": turnout["registered"],
        "chart": turnout_chart(view),
        "note": turnout_note(view),
    }


def turnout_note(view: View) -> Any:
    """Return the sentence that names numerator and base, and whether the readings are synthetic."""
    synthetic = any("reading" in code for code in view.results["election"]["synthetic"])
    note = view.t.known("turnout.numerator", view.turnout["numerator"])
    return note + " " + view.t("turnout.synthetic_readings") if synthetic else note


def turnout_chart(view: View) -> Any:
    """Return the line of turnout through the day, or nothing without readings."""
    rows = []
    for r in view.turnout["readings"]:
        at, share = datetime.fromisoformat(r["at"]), exact(r["share"]) or Fraction(0)
        rows.append(
            (
                at.hour + at.minute / 60,
                float(share * 100),
                view.f.decimal(share * 100, 1),
                view.f.clock(r["at"]),
            )
        )
    if not rows:
        return None
    label = view.t("turnout.label", points=", ".join(f"{c} {t} %" for _, _, t, c in rows))
    return charts.draw(charts.turnout(rows), str(label))


def _checked(view: View) -> dict[str, Any]:
    history = view.results["history"]
    corrections = [correction(view, c) for h in history for c in h["corrections"]]
    return {
        "findings": view.results["findings"]["count"],
        "protocols": sum(len(p) for p in view.source.protocols.values()),
        "corrections": corrections[:4],
        "publications": len(history),
        "last": publication_name(view, history[-1]) if history else "",
    }
