"""Regions, turnout, the index of stations and the stations with electronic voting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from dauys.site import charts
from dauys.site.pages.constituencies import row
from dauys.site.pages.front import turnout_chart, turnout_note
from dauys.site.source import Row
from dauys.site.view import Page, View, ratio


def _rows(view: View) -> list[dict[str, Any]]:
    rows = [
        {
            "id": r["id"],
            "name": view.name(r["name"]),
            "constituencies": len(r["constituencies"]),
            "stations": r["stations"],
            "electronic": r["electronic"],
            "registered": r["registered"],
            "voted": r["ballots_cast"],
            "share": ratio(r["ballots_cast"], r["registered"]),
        }
        for r in view.source.regions
    ]
    return sorted(rows, key=lambda r: str(r["name"]))


def index(view: View) -> Page:
    """Return the table of regions."""
    title = view.t("region.title", count=len(view.source.regions))
    return Page(
        "regions/index.html",
        "regions.html",
        str(title),
        {"rows": _rows(view)},
        "constituencies",
        list(view.source.regions),
    )


def pages(view: View) -> Iterator[Page]:
    """Yield the page of each region."""
    for r in view.source.regions:
        yield _region(view, r)


def _region(view: View, r: Row) -> Page:
    valid = sum(r["list_votes"].values())
    ranked = sorted(r["list_votes"], key=lambda p: -r["list_votes"][p])
    _, widths = view.bar_rows([(p, r["list_votes"][p]) for p in ranked], valid, None, 96)
    lists = [
        {"party": view.party(p), "votes": r["list_votes"][p], "share": s, "w": w}
        for p, (s, w) in zip(ranked, widths, strict=True)
    ]
    contested = [c for c in (view.source.constituency[i] for i in r["constituencies"]) if c["rounds"]]
    lead = view.t(
        "region.lead" if contested else "region.lead_list",
        count=len(contested),
        stations=r["stations"],
        electronic=r["electronic"],
        voted=r["ballots_cast"],
        registered=r["registered"],
        share=view.f.percent(ratio(r["ballots_cast"], r["registered"])),
    )
    tiles = view.tiles() if view.contested else None
    here = {view.source.constituency[c]["number"] for c in r["constituencies"]}
    for region in tiles["regions"] if tiles else ():
        for tile in region["tiles"]:
            tile["here"] = tile["number"] in here
    context = {
        "region": r,
        "lead": lead,
        "lists": lists,
        "valid": valid,
        "chart": _compare(view, r, ranked[:6], valid) if view.has_list and valid else None,
        "tiles": tiles,
        "constituencies": [row(view, c) for c in contested],
        "groups": [] if contested else station_groups(view, r),
    }
    return Page(f"regions/{r['id']}.html", "region.html", view.name(r["name"]), context, "constituencies", r)


def _compare(view: View, r: Row, parties: list[str], valid: int) -> Any:
    result = view.results["list"]
    rows = []
    for p in parties:
        here, there = (
            ratio(r["list_votes"][p], valid) or 0,
            ratio(result["votes"].get(p, 0), result["valid_votes"]) or 0,
        )
        rows.append(
            (
                view.party(p).short,
                float(here * 100),
                float(there * 100),
                f"var(--{view.party(p).cls})",
                view.f.percent(ratio(r["list_votes"][p], valid), 1),
            )
        )
    label = view.t(
        "region.compare_label",
        region=view.name(r["name"]),
        shares=", ".join(f"{n} {t}" for n, _, _, _, t in rows),
    )
    return charts.draw(charts.compare(rows), str(label))


def turnout(view: View) -> Page:
    """Return the turnout page: readings, registered voters, regions."""
    facts = view.turnout
    share = ratio(facts["voted"], facts["registered"])
    readings = [
        {"at": view.f.clock(r["at"]), **{k: r[k] for k in ("voted", "registered", "share")}}
        for r in facts["readings"]
    ]
    regions = sorted(_rows(view), key=lambda r: -(r["share"] or 0))
    top = max((r["share"] or 0 for r in regions), default=0)
    for r in regions:
        r["w"] = round(float((r["share"] or 0) / top) * 96, 2) if top else 0
    figures = [
        (view.t("word.registered"), view.f.count(facts["registered"])),
        (view.t("turnout.additions"), view.f.count(facts["additions"])),
        (view.t("word.voted"), view.f.count(facts["voted"])),
        (view.t("turnout.of_registered"), view.f.percent(share)),
    ]
    context = {
        "lead": view.t(
            "turnout.sentence",
            voted=view.f.count(facts["voted"]),
            registered=view.f.count(facts["registered"]),
        ),
        "readings": readings,
        "note": turnout_note(view),
        "chart": turnout_chart(view),
        "figures": figures,
        "regions": regions,
    }
    title = view.t("turnout.title", share=view.f.percent(share))
    return Page("turnout/index.html", "turnout.html", str(title), context, "turnout", facts)


def station_groups(view: View, r: Row) -> list[dict[str, Any]]:
    """Return the pages on which the stations of a region stand: by constituency, or on one page."""
    groups = [
        (f"in-{c['number']}", f"№ {c['number']} {view.name(c['name'])}", view.source.stations_of[c["id"]])
        for c in (view.source.constituency[i] for i in r["constituencies"])
    ]
    if not view.source.constituencies:
        mine = [s for s in view.source.stations if s["region"] == r["id"]]
        groups = [(f"of-{r['id']}", view.name(r["name"]), mine)]
    return [
        {"page": page, "name": name, "first": mine[0]["station"], "last": mine[-1]["station"]}
        for page, name, mine in groups
        if mine
    ]


def stations(view: View) -> Page:
    """Return the index of stations: regions, then constituencies with their range of numbers."""
    regions = [
        {
            "id": r["id"],
            "name": view.name(r["name"]),
            "stations": r["stations"],
            "groups": station_groups(view, r),
        }
        for r in view.source.regions
    ]
    regions.sort(key=lambda r: str(r["name"]))
    loose = view.source.stations_of.get("", []) if view.source.constituencies else []
    title = view.t("stations.title", count=len(view.source.stations))
    context = {"regions": regions, "abroad": loose, "electronic": len(view.source.electronic)}
    return Page("stations/index.html", "stations.html", str(title), context, "stations", None)


def electronic(view: View) -> Page:
    """Return the stations with electronic voting, by region."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for s in view.source.electronic:
        c = view.source.constituency.get(s["constituency"])
        where = f"№ {c['number']} {view.name(c['name'])}" if c else "–"
        groups[s["region"]].append(
            (s["station"], s[f"name_{view.language}"], where, view.f.count(s["registered"]))
        )
    regions = sorted(
        ({"name": view.name(r["name"]), "rows": groups[r["id"]]} for r in view.source.regions),
        key=lambda r: str(r["name"]),
    )
    total, whole = len(view.source.electronic), len(view.source.stations)
    registered = sum(s["registered"] or 0 for s in view.source.electronic)
    lead = view.t(
        "electronic.lead", total=whole, share=view.f.percent(ratio(total, whole), 1), registered=registered
    )
    title = view.t("electronic.title", count=total)
    return Page(
        "electronic/index.html",
        "electronic.html",
        str(title),
        {"regions": regions, "lead": lead, "total": total},
        "stations",
        list(view.source.electronic),
    )
