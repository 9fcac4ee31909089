"""The page of one polling station. There are thousands: rows are plain strings, bars are HTML and CSS."""

from __future__ import annotations

from typing import Any

from dauys.site.pages.constituencies import station_state
from dauys.site.pages.facts import finding_number, finding_place
from dauys.site.source import Row
from dauys.site.view import Page, View, ratio

CHANNELS = ("electronic", "paper", "summary")
FIGURES = (
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


def page(view: View, station: Row, before: str | None, after: str | None) -> Page:
    """Return the page of one station, with links to its neighbours in the constituency."""
    identity = station["station"]
    c = view.source.constituency.get(station["constituency"])
    protocols = view.source.protocols.get(identity, [])
    keys = _contests(protocols, c, has_list=view.has_list)
    contests = [_contest(view, identity, key, protocols) for key in keys]
    kinds = sorted(
        (
            station_state(
                view, identity, contest, r, bool(view.source.counted.get(identity, {}).get((contest, r)))
            )
            for contest, r in keys
        ),
        key=lambda k: k[1],
    )
    region = view.source.region.get(station["region"])
    crumbs = [(str(view.t("nav.stations")), "index.html")]
    if c:
        crumbs.append((f"№ {c['number']} {view.name(c['name'])}", f"in-{c['number']}.html"))
    place = view.name(region["name"]) if region else ""
    if c:
        place += f" · № {c['number']} {view.name(c['name'])}"
    context = {
        "station": station,
        "crumbs": crumbs,
        "state": view.chip(kinds[0][0] if kinds else "awaited"),
        "place": place,
        "contests": contests,
        "findings": [_finding(view, x) for x in view.source.findings_of.get(identity, ())],
        "before": before,
        "after": after,
    }
    title = f"{view.t('word.station')} {identity}: {station[f'name_{view.language}']}"
    return Page(f"stations/{identity}.html", "station.html", title, context, "stations", True)


def facts(view: View, station: Row) -> dict[str, Any]:
    """Return the station's JSON: its row, counted figures, protocols in all versions, findings."""
    identity = station["station"]
    counted = [
        {"contest": c, "round": r, "votes": v} for (c, r), v in view.source.counted.get(identity, {}).items()
    ]
    return {
        "station": station,
        "counted": counted,
        "protocols": view.source.protocols.get(identity, []),
        "findings": view.source.findings_of.get(identity, []),
    }


def _contests(protocols: list[Row], c: Row | None, *, has_list: bool) -> list[tuple[str, int]]:
    """Return the contests of a station in their order: the list, then the rounds of its constituency."""
    keys: list[tuple[str, int]] = [("list", 1)] if has_list else []
    if c:
        keys += [(c["id"], r["round"]) for r in c["rounds"]]
    seen = {(p["contest"], int(p["round"])) for p in protocols}
    return keys + sorted(seen - set(keys))


def _contest(view: View, station: str, key: tuple[str, int], protocols: list[Row]) -> dict[str, Any]:
    contest, round_ = key
    mine = [p for p in protocols if p["contest"] == contest and p["round"] == str(round_)]
    is_list = contest == "list"
    counted = view.source.counted.get(station, {}).get(key)
    t = view.t
    head = {
        "title": t("state.list")
        if is_list
        else t(
            f"con.round_{round_}",
            day=view.f.day(view.results["election"]["days"].get(str(round_), "0001-01-01"), "plain"),
        ),
        "sub": "" if is_list else t("station.constituency_vote"),
        "what": t("word.list") if is_list else t("word.candidate"),
        "rows": None,
    }
    if not mine or counted is None:
        return head
    newest = _newest(mine)
    channels = [c for c in CHANNELS if c in newest]
    total = sum(counted.values())
    ranked = sorted(counted, key=lambda o: -counted[o])
    top = max(counted.values(), default=0) or 1
    rows = [_bar(view, (o, counted[o]), total, top, is_list=is_list) for o in ranked]
    figures = [
        (t(f"figure.{name}"), [_figure(view, newest[c][name]) for c in channels])
        for name in FIGURES
        if any(newest[c][name] != "" for c in channels)
    ]
    by_channel = []
    if len(channels) > 1:
        by_channel = [
            (_option(view, o, is_list), [view.f.count(newest[c]["votes"].get(o)) for c in channels])
            for o in ranked
        ]
    return {
        **head,
        "rows": rows,
        "channels": [t.known("channel", c) for c in channels],
        "figures": figures,
        "by_channel": by_channel,
        "note": t("station.base", votes=total),
        "versions": [_version(view, p, alone="summary" not in channels) for p in mine],
    }


def _newest(protocols: list[Row]) -> dict[str, Row]:
    """Return per channel the protocol in force: the counted version, else the newest."""
    chosen: dict[str, Row] = {}
    for p in sorted(protocols, key=lambda p: (p["counted"] == "yes", int(p["version"]))):
        chosen[p["channel"]] = p
    return chosen


def _figure(view: View, value: str) -> str:
    return view.f.count(value) if value != "" else "–"


def _option(view: View, option: str, is_list: bool) -> str:
    if option == "against_all":
        return str(view.t("word.against_all"))
    return view.party(option).short if is_list else view.people_name(option)


def _bar(
    view: View, counted: tuple[str, int], total: int, top: int, *, is_list: bool
) -> tuple[str, str, str, float, str, str]:
    """Return name, votes, share, width of the bar, colour class, who nominated."""
    option, votes = counted
    party = option if is_list else (view.source.candidates.get(option) or {}).get("party")
    who = "" if is_list or option == "against_all" else view.nominated(party)
    return (
        _option(view, option, is_list),
        view.f.count(votes),
        view.f.percent(ratio(votes, total)),
        round(96 * votes / top, 1),
        "" if option == "against_all" else view.party(party).cls,
        who,
    )


def _version(view: View, p: Row, *, alone: bool) -> tuple[str, str, str]:
    """Return which protocol, when it came and why it was made; and whether it counts."""
    name = view.t("station.version_of", channel=view.t.known("channel", p["channel"]), n=p["version"])
    # The two channels of a station are counted through its summary; to call them "not counted" would mislead.
    part = "station.counts_not" if alone or p["channel"] == "summary" else "station.counts_in_summary"
    used = view.t("station.counts" if p["counted"] == "yes" else part)
    reason = p["reason"]
    why = view.t("station.reason", reason=view.t.known("reason", reason)) if reason else ""
    return f"{name}, {used}", view.f.moment(p["received"]) if p["received"] else "–", str(why)


def _finding(view: View, x: Row) -> dict[str, Any]:
    treatment = view.t("findings.set_aside" if x["treatment"] == "set_aside" else "findings.counted")
    if x["found"] is None and x["expected"] is None:
        text = view.t(
            "findings.sentence_plain",
            place=finding_place(view, x),
            treatment=treatment,
            decision=x["decision"] or "",
        )
        return {"title": f"{x['code']} · {view.t.known('code', x['code'])}", "text": text}
    text = view.t(
        "findings.sentence",
        place=finding_place(view, x),
        found=finding_number(view, x["found"]),
        expected=finding_number(view, x["expected"]),
        treatment=treatment,
    )
    return {"title": f"{x['code']} · {view.t.known('code', x['code'])}", "text": text}
