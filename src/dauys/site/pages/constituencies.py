"""Constituencies: map and table of all, a page for each with both rounds, the run-offs, their stations."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from dauys.site import charts
from dauys.site.pages.front import unfinished
from dauys.site.source import INDEPENDENTS, Row
from dauys.site.view import Page, View, ratio

SHOWN = 12


def index(view: View) -> Page:
    """Return the map and the table of all constituencies."""
    c = view.results["constituencies"]
    tiles = view.tiles()
    won: dict[str, int] = {}
    for region in tiles["regions"]:
        for tile in region["tiles"]:
            won[tile["party"].id] = won.get(tile["party"].id, 0) + 1
    title = view.t("map.title", count=c["total"], regions=len(view.source.regions))
    lead = view.t(
        "con.lead", first=c["decided_first_round"], count=c["runoff"], second=c["decided_second_round"]
    )
    rows = [row(view, k) for k in sorted(view.source.constituencies, key=lambda k: int(k["number"]))]
    order = sorted(won, key=lambda p: (p == INDEPENDENTS, -won[p]))
    context = {
        "lead": lead,
        "tiles": tiles,
        "rows": rows,
        "leading": unfinished(view),
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
    leader = people[0] if people else None
    margin = people[0]["votes"] - people[1]["votes"] if len(people) > 1 else None
    return {
        "number": constituency["number"],
        "name": view.name(constituency["name"]),
        "region": view.region_name(view.source.region[constituency["region"]]),
        "registered": constituency["registered"],
        "stations": len(view.source.stations_of[constituency["id"]]),
        "winner": view.name(leader["name"]) if leader else "–",
        "party": view.party(leader["party"] if leader else None),
        "round": view.t(f"round.{last['round']}"),
        "votes": leader["votes"] if leader else None,
        "margin": margin,
        "state": view.state(last),
    }


def pages(view: View) -> Iterator[Page]:
    """Yield the page of each constituency and the page of all its stations."""
    for c in view.source.constituencies:
        table = station_table(view, c)
        yield _page(view, c, table)
        yield _stations(view, c, table)


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


def share_base(round_: Row) -> int:
    """Return the votes that shares of a round are taken of: the base of the rule, or all votes."""
    if round_["round"] == 1 and round_["outcome"]["base_votes"]:
        return int(round_["outcome"]["base_votes"])
    return int(sum(p["votes"] for p in round_["candidates"]))


def _round(view: View, r: Row) -> dict[str, Any]:
    """Return one round as bars with its rule and the line of one half."""
    base = share_base(r)
    half = Fraction(1, 2)
    at, widths = view.bar_rows([(p["id"], p["votes"]) for p in r["candidates"]], base, half, 94)
    rows = []
    for p, (share, width) in zip(r["candidates"], widths, strict=True):
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
    last = c["rounds"][-1]
    pair = (
        last["candidates"][:2]
        if len(last["candidates"]) > 1
        else [*last["candidates"], *last["candidates"]][:2]
    )
    rows = [_station_row(view, c, s, last["round"], pair) for s in view.source.stations_of[c["id"]]]
    rows.sort(key=lambda r: (r["order"], r["id"]))
    heads = [
        {"last": _last_name(view, p["name"]), "name": view.name(p["name"]), "cls": view.party(p["party"]).cls}
        for p in pair
    ]
    if not heads:
        heads = [{"last": "–", "name": "–", "cls": ""}] * 2
    return {"stations": rows, "pair": heads, "stations_round": view.t(f"con.of_round_{last['round']}")}


def _station_row(view: View, c: Row, s: Row, round_: int, pair: list[Row]) -> dict[str, Any]:
    counted = (
        view.source.counted[s["station"]].get((c["id"], round_))
        if s["station"] in view.source.counted
        else None
    )
    kind, order = station_state(view, s["station"], c["id"], round_, counted is not None)
    votes, widths = None, (0.0, 0.0)
    if counted is not None:
        votes = [counted.get(p["id"], 0) for p in pair] or [0, 0]
        whole = sum(counted.values()) or 1
        widths = (round(100 * votes[0] / whole, 1), round(100 * votes[-1] / whole, 1))
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
        {**_common(view, c), **table},
        "stations",
        facts,
    )


def runoffs(view: View) -> Page:
    """Return the page of all run-offs."""
    rows = []
    for c in view.source.constituencies:
        last = c["rounds"][-1]
        if last["round"] != 2 or len(last["candidates"]) < 2:
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
                "state": view.state(last),
                "can": c["can_change"],
            }
        )
    state = view.results["state"]["round2"]
    rows.sort(key=lambda r: (not r["can"], r["number"]))
    overtaken = sum(not r["kept"] for r in rows)
    context = {
        "rows": rows,
        "state": view.state(state),
        "counted": view.t("state.stations", counted=state["stations_counted"], total=state["stations_total"]),
        "lead": view.t("runoff.lead_text", count=overtaken, total=len(rows)),
    }
    day = view.results["election"]["days"].get("2")
    title = view.t("runoff.title", count=len(rows), day=view.f.day(day, "plain") if day else "–")
    facts = [
        {k: c[k] for k in ("id", "number", "name", "region", "rounds", "winner", "can_change")}
        for c in view.source.constituencies
        if len(c["rounds"]) > 1
    ]
    return Page("run-offs/index.html", "runoffs.html", str(title), context, "constituencies", facts)
