"""Constituencies: map and table of all, a page for each with both rounds, the run-offs, their stations."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from dauys.site import charts
from dauys.site.source import INDEPENDENTS, Row
from dauys.site.view import Page, Party, View, ratio

SHOWN = 12


def index(view: View) -> Page:
    """Return the map and the table of all constituencies."""
    c = view.results["constituencies"]
    tiles = view.tiles()
    won: dict[str, int] = {}
    for region in tiles["regions"]:
        for tile in region["tiles"]:
            if tile["party"].id:
                won[tile["party"].id] = won.get(tile["party"].id, 0) + 1
    regions = sum(bool(r["tiles"]) for r in tiles["regions"])
    title = view.t("map.title", count=len(view.contested), regions=regions)
    lead = view.t(
        "con.lead", first=c["decided_first_round"], count=c["runoff"], second=c["decided_second_round"]
    )
    rows = [row(view, k) for k in sorted(view.contested, key=lambda k: int(k["number"]))]
    order = sorted(won, key=lambda p: (p == INDEPENDENTS, -won[p]))
    context = {
        "lead": lead,
        "tiles": tiles,
        "rows": rows,
        "leading": view.unfinished,
        "won": [(view.party(p), won[p]) for p in order],
    }
    return Page(
        "constituencies/index.html",
        "constituencies.html",
        str(title),
        context,
        "constituencies",
        list(view.source.constituencies),
    )


def row(view: View, constituency: Row) -> dict[str, Any]:
    """Return what tables say of a constituency: who won or leads, in which round, by how much, its state."""
    last = constituency["rounds"][-1]
    people = last["candidates"]
    leader = view.leader(last)
    margin = people[0]["votes"] - people[1]["votes"] if leader and len(people) > 1 else None
    return {
        "number": constituency["number"],
        "name": view.name(constituency["name"]),
        "region": view.region_name(view.source.region[constituency["region"]]),
        "registered": constituency["registered"],
        "stations": len(view.source.stations_of[constituency["id"]]),
        "winner": view.name(leader["name"]) if leader else "–",
        "party": view.leading(last),
        "round": view.t(f"round.{last['round']}"),
        "votes": leader["votes"] if leader else None,
        "margin": margin,
        "state": view.state(last),
    }


def pages(view: View) -> Iterator[Page]:
    """Yield the page of each constituency where somebody is elected, and for each the page of its stations.

    Where an election has no constituencies at all, stations are listed by region.
    """
    for c in view.source.constituencies:
        table = station_table(view, c)
        if c["rounds"]:
            yield _page(view, c, table)
        yield _stations(view, c, table)
    if not view.source.constituencies:
        for r in view.source.regions:
            yield _region_stations(view, r)


def _common(view: View, c: Row) -> dict[str, Any]:
    region = view.source.region[c["region"]]
    return {
        "number": c["number"],
        "region": {"id": region["id"], "name": view.name(region["name"])},
        "constituency_name": view.name(c["name"]),
    }


def _page(view: View, c: Row, table: dict[str, Any]) -> Page:
    last = c["rounds"][-1]
    decided_round = next((r for r in c["rounds"] if r["outcome"]["kind"] == "elected"), None)
    context = {
        **_common(view, c),
        **table,
        "stations": table["stations"][:SHOWN],
        "station_count": len(table["stations"]),
        "state": view.state(last),
        "registered": c["registered"],
        "can_change": _can_change(view, c),
        "tiles": view.tiles(c["id"]),
        "headline": view.t(
            f"con.headline_{last['round']}",
            day=view.f.day(last["date"], "plain"),
            counted=last["stations_counted"],
            total=last["stations_total"],
            at=view.f.moment(last["as_of"]),
        ),
        "elected": _elected(view, decided_round),
        "undecided": _undecided(view, last),
        "rounds": [_round(view, r) for r in reversed(c["rounds"])],
        "why": _why(view, c),
        "slope": _slope(view, c),
    }
    title = f"№ {c['number']} {view.name(c['name'])}"
    return Page(
        f"constituencies/{c['number']}.html", "constituency.html", title, context, "constituencies", c
    )


def _can_change(view: View, c: Row) -> Any:
    last = c["rounds"][-1]
    if not c["can_change"] or len(last["candidates"]) < 2:
        return None
    first, second = last["candidates"][:2]
    return view.t(
        "con.can_change_text",
        count=last["stations_total"] - last["stations_counted"],
        name=view.name(first["name"]),
        lead=first["votes"] - second["votes"],
        registered=last["missing_registered"],
    )


def _elected(view: View, round_: Row | None) -> Any:
    if round_ is None or round_["status"] != "final":
        return None
    people = {p["id"]: p for p in round_["candidates"]}
    winner = next((people[i] for i in round_["outcome"]["names"] if i in people), None)
    if winner is None:
        return None
    key = "con.elected_1" if round_["round"] == 1 else "con.elected_2"
    return view.t(
        key, name=view.name(winner["name"]), who=view.nominated(winner["party"]), votes=winner["votes"]
    )


def _undecided(view: View, round_: Row) -> Any:
    """Return why a round gives no winner: void, tied for a lot, or not reported; None where there is one."""
    outcome = round_["outcome"]
    if outcome["kind"] == "void":
        return view.t("con.void", why=view.t.known("void", outcome["reason"]))
    if outcome["kind"] != "needs_decision":
        return None
    if outcome["reason"] != "tie":
        return view.t("con.no_reports")
    return view.t("con.tie", names=", ".join(view.people_name(i) for i in outcome["names"]))


def share_base(round_: Row) -> int:
    """Return the votes that shares of a round are taken of: the base of the rule, or all votes."""
    if round_["round"] == 1 and round_["outcome"]["base_votes"]:
        return int(round_["outcome"]["base_votes"])
    return int(sum(p["votes"] for p in round_["candidates"]) + (round_["against_all"] or 0))


def _round(view: View, r: Row) -> dict[str, Any]:
    """Return one round as bars with its rule and the line of one half."""
    base = share_base(r)
    half = Fraction(1, 2)
    options = [*(p["votes"] for p in r["candidates"]), *([r["against_all"]] if r["against_all"] else [])]
    at, widths = view.bar_rows([(None, n) for n in options], base, half, 94)
    rows = []
    for p, (share, width) in zip(r["candidates"], widths, strict=False):
        note = (
            view.t("con.elected" if r["status"] == "final" else "con.leading")
            if p["elected"]
            else view.t("con.to_runoff")
            if p["to_runoff"]
            else None
        )
        rows.append(
            {
                "name": view.name(p["name"]),
                "who": view.nominated(p["party"]),
                "note": note,
                "votes": p["votes"],
                "share": share,
                "w": width,
                "party": view.party(p["party"]),
                "win": p["elected"] or p["to_runoff"],
            }
        )
    if r["against_all"] is not None:
        share = ratio(r["against_all"], base)
        rows.append(
            {
                "name": view.t("word.against_all"),
                "who": "",
                "note": None,
                "votes": r["against_all"],
                "share": share,
                "w": widths[-1][1],
                "party": Party("", "", "", "", ""),
                "win": False,
            }
        )
    n = r["round"]
    facts = {"cast": r["ballots_cast"], "invalid": r["invalid_ballots"], "base": base}
    note = (
        view.t("con.note_1", words=view.base(r["outcome"]["base"]), **facts)
        if n == 1
        else view.t("con.note_2", **facts)
    )
    return {
        "round": n,
        "title": view.t(f"con.round_{n}", day=view.f.day(r["date"], "plain")),
        "rule": view.t(f"con.rule_{n}"),
        "article": r["outcome"]["article"],
        "state": view.state(r),
        "rows": rows,
        "line_at": at,
        "line": view.t("con.half"),
        "note": note,
    }


def _why(view: View, c: Row) -> dict[str, Any] | None:
    """Return the sum that made a run-off necessary or the first round enough."""
    first = c["rounds"][0]
    outcome, people = first["outcome"], first["candidates"]
    if outcome["needed"] is None or not people:
        return None
    t, lead = view.t, people[0]["votes"]
    runoff = outcome["kind"] == "runoff"
    rows = [
        (t.known("con.base", outcome["base"]), outcome["base_votes"]),
        (t("con.needed"), outcome["needed"]),
        (t("con.leader"), lead),
    ]
    rows.append(
        (t("con.missing"), outcome["needed"] - lead)
        if lead < outcome["needed"]
        else (t("con.more"), lead - outcome["needed"])
    )
    share = ratio(lead, first["valid_votes"])
    note = None
    if outcome["base"] != "valid" and share is not None:
        same = (share > Fraction(1, 2)) == (lead >= outcome["needed"])
        note = t("con.valid_same" if same else "con.valid_other", share=view.f.percent(share))
    return {
        "title": t("con.why" if runoff else "con.why_not"),
        "text": t("con.why_text", base=view.base(outcome["base"])),
        "article": outcome["article"],
        "rows": rows,
        "note": note,
    }


def _last_name(view: View, name: dict[str, str]) -> str:
    """Return the part of a name that tells two people apart: the last word."""
    return view.name(name).split()[-1]


def _slope(view: View, c: Row) -> Any:
    if len(c["rounds"]) < 2 or len(c["rounds"][1]["candidates"]) != 2:
        return None
    first, second = c["rounds"][:2]
    before = {p["id"]: p["votes"] for p in first["candidates"]}
    lines = []
    for p in second["candidates"]:
        if p["id"] not in before:
            return None
        lines.append(
            (
                f"var(--{view.party(p['party']).cls})",
                before[p["id"]],
                p["votes"],
                view.f.count(before[p["id"]]),
                f"{view.f.count(p['votes'])} {_last_name(view, p['name'])}",
            )
        )
    ends = (view.f.day(first["date"], "short"), view.f.day(second["date"], "short"))
    label = view.t(
        "con.slope_label",
        lines="; ".join(f"{line[4]}: {line[3]} → {view.f.count(line[2])}" for line in lines),
    )
    return charts.draw(charts.slope(lines, ends, second["status"] == "final"), str(label))


def station_table(view: View, c: Row) -> dict[str, Any]:
    """Return the stations with the votes of the two who matter, missing and questioned ones first."""
    mine = view.source.stations_of[c["id"]]
    if not c["rounds"]:
        return plain_table(view, mine)
    last = c["rounds"][-1]
    pair = last["candidates"][:2]
    rows = [_station_row(view, c["id"], s, last["round"], pair) for s in mine]
    rows.sort(key=lambda r: (r["order"], r["id"]))
    heads = [
        {"last": _last_name(view, p["name"]), "name": view.name(p["name"]), "cls": view.party(p["party"]).cls}
        for p in pair
    ]
    return {"stations": rows, "pair": heads, "stations_round": view.t(f"con.of_round_{last['round']}")}


def plain_table(view: View, stations: list[Row]) -> dict[str, Any]:
    """Return stations that vote for lists only: with their state, without candidates."""
    rows = [_station_row(view, "list", s, 1, []) for s in stations]
    rows.sort(key=lambda r: (r["order"], r["id"]))
    return {"stations": rows, "pair": [], "stations_round": view.t("state.list")}


def _station_row(view: View, contest: str, s: Row, round_: int, pair: list[Row]) -> dict[str, Any]:
    counted = (
        view.source.counted[s["station"]].get((contest, round_))
        if s["station"] in view.source.counted
        else None
    )
    kind, order = station_state(view, s["station"], contest, round_, counted is not None)
    votes, widths = None, []
    if counted is not None:
        votes = [counted.get(p["id"], 0) for p in pair]
        whole = sum(counted.values()) or 1
        widths = [round(100 * n / whole, 1) for n in votes]
    channel = view.t("channel.both" if s["electronic"] == "yes" else "channel.paper")
    return {
        "id": s["station"],
        "name": s[f"name_{view.language}"],
        "votes": votes,
        "w": widths,
        "channel": channel,
        "state": view.chip(kind),
        "order": order,
    }


def station_state(view: View, station: str, contest: str, round_: int, counted: bool) -> tuple[str, int]:
    """Return which chip a station's result in a contest carries, and its place, the unusual first."""
    findings = [
        x
        for x in view.source.findings_of.get(station, ())
        if x["contest"] == contest and int(x["round"]) == round_
    ]
    if any(x["treatment"] == "set_aside" for x in findings):
        return "set_aside", 1
    if not counted:
        return "awaited", 0
    if findings:
        return "finding", 2
    protocols = view.source.protocols.get(station, ())
    if any(p["contest"] == contest and p["round"] == str(round_) and p["version"] != "1" for p in protocols):
        return "corrected", 3
    return "counted", 4


def _stations(view: View, c: Row, table: dict[str, Any]) -> Page:
    title = view.t(
        "con.stations_of", number=str(c["number"]), name=view.name(c["name"]), count=len(table["stations"])
    )
    facts = list(view.source.stations_of[c["id"]])
    return Page(
        f"stations/in-{c['number']}.html",
        "in_constituency.html",
        str(title),
        {
            **table,
            "crumbs": [
                (view.t("nav.stations"), "index.html"),
                (view.name(view.source.region[c["region"]]["name"]), f"../regions/{c['region']}.html"),
                *([(_full_name(view, c), f"../constituencies/{c['number']}.html")] if c["rounds"] else []),
            ],
        },
        "stations",
        facts,
    )


def _full_name(view: View, c: Row) -> str:
    return f"№ {c['number']} {view.name(c['name'])}"


def _region_stations(view: View, r: Row) -> Page:
    mine = [s for s in view.source.stations if s["region"] == r["id"]]
    title = view.t("region.stations_of", region=view.name(r["name"]), count=len(mine))
    crumbs = [
        (view.t("nav.stations"), "index.html"),
        (view.name(r["name"]), f"../regions/{r['id']}.html"),
    ]
    context = {**plain_table(view, mine), "crumbs": crumbs}
    return Page(f"stations/of-{r['id']}.html", "in_constituency.html", str(title), context, "stations", mine)


def runoffs(view: View) -> Page:
    """Return the page of all run-offs."""
    rows = []
    for c in view.contested:
        last = c["rounds"][-1]
        second = last["round"] == 2
        if len(last["candidates"]) < 2 or not (second or last["outcome"]["kind"] == "runoff"):
            continue
        pair = [
            {
                "name": view.name(p["name"]),
                "who": view.nominated(p["party"]),
                "party": view.party(p["party"]),
                "votes": p["votes"],
            }
            for p in last["candidates"][:2]
        ]
        rows.append(
            {
                "number": c["number"],
                "name": view.name(c["name"]),
                "pair": pair,
                "lead": pair[0]["votes"] - pair[1]["votes"],
                "kept": last["candidates"][0]["id"] == c["rounds"][0]["candidates"][0]["id"],
                "state": view.state(last) if second else view.chip("runoff", str(view.t("runoff.ahead"))),
                "can": c["can_change"],
                "held": second,
            }
        )
    state = view.parts.get("round2")
    rows.sort(key=lambda r: (not r["can"], r["number"]))
    held = [r for r in rows if r["held"]]
    overtaken = sum(not r["kept"] for r in held)
    lead = view.t("runoff.lead_text", count=overtaken, total=len(held)) if held else view.t("runoff.not_held")
    counted = None
    if state and state["stations_total"]:
        counted = view.t("state.stations", counted=state["stations_counted"], total=state["stations_total"])
    context = {
        "rows": rows,
        "state": view.state(state) if state else "",
        "counted": counted,
        "lead": lead if rows else view.t("runoff.nowhere"),
    }
    day = view.results["election"]["days"].get("2")
    title = view.t("runoff.title", count=len(rows), day=view.f.day(day, "plain") if day else "–")
    facts = [
        {k: c[k] for k in ("id", "number", "name", "region", "rounds", "winner", "can_change")}
        for c in view.source.constituencies
        if len(c["rounds"]) > 1
    ]
    return Page("run-offs/index.html", "runoffs.html", str(title), context, "constituencies", facts)
