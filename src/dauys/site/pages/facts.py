"""Pages that explain: corrections, findings, methods, data, what is synthetic, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from dauys.site.source import DOWNLOADS, Row
from dauys.site.view import Page, View, ratio

#: Parameters that are shares of a base and are shown as per cents.
_SHARES = frozenset({"list.threshold", "constituency.majority", "constituency.min_turnout"})


def downloads(view: View) -> list[dict[str, Any]]:
    """Return the files a reader can take away, with kind and size."""
    rows = []
    for name in DOWNLOADS:
        path = view.source.folder / name
        if path.is_file():
            rows.append(
                {
                    "file": name,
                    "name": view.t(f"file.{name.replace('.', '_')}"),
                    "kind": name.rsplit(".", 1)[1].upper(),
                    "size": view.f.size(path.stat().st_size),
                }
            )
    return rows


def publication_name(view: View, publication: Row) -> str:
    """Return what a publication is called: the round, and preliminary with its number or final."""
    key = f"history.{publication['status']}_{'runoff' if publication['round'] == 2 else 'first'}"
    return str(view.t(key, n=str(publication["number"] or 1)))


def correction(view: View, row: Row) -> dict[str, Any]:
    """Return one correction as words: what changed, from what, to what, why."""
    kind, before, after = row["kind"], row["before"], row["after"]
    who = _subject(view, row["id"])
    if kind in ("list_share", "turnout") or "share" in kind:
        before, after = _shares(view, before, after)
    elif kind.startswith("winner") or kind.endswith("affiliation"):
        before, after = (view.party(p).short if p in view.source.parties else str(p) for p in (before, after))
    else:
        before, after = (view.f.count(x) if isinstance(x, int) else _seats(view, x) for x in (before, after))
    return {
        "what": view.t(f"correction.{kind}", who=who)
        if view.t.has(f"correction.{kind}")
        else f"{kind} {who}",
        "before": before,
        "after": after,
        "why": _why(view, row),
    }


def _why(view: View, row: Row) -> str:
    """Return why a figure changed: stations that came in, protocols corrected; else the reason given."""
    facts = row.get("facts") or {}
    parts = [
        str(view.t(f"correction.because.{k}", count=n))
        for k, n in facts.items()
        if n and view.t.has(f"correction.because.{k}")
    ]
    if parts:
        return ", ".join(parts)
    return view.name(row["why"]) if isinstance(row["why"], dict) else (row["why"] or "")


def _shares(view: View, before: Any, after: Any) -> tuple[str, str]:
    """Return both shares with two decimals, the first as short as it was published."""
    first = view.f.short_percent(before)
    return (first if len(first) <= 7 else view.f.percent(before)), view.f.percent(after)


def _seats(view: View, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{view.party(p).short} {n}" for p, n in value.items())
    return str(value) if value is not None else "–"


def _subject(view: View, identity: str | None) -> str:
    if identity is None:
        return ""
    if identity in view.source.parties:
        return view.party(identity).short
    if identity in view.source.constituency:
        row = view.source.constituency[identity]
        return f"№ {row['number']} {view.name(row['name'])}"
    return view.people_name(identity)


def history(view: View) -> Page:
    """Return every publication, newest first, with what it corrected and why."""
    rows = []
    for h in reversed(view.results["history"]):
        votes = h["list_votes"]
        lists = [
            {
                "party": view.party(p),
                "votes": n,
                "share": ratio(n, h["valid_votes"]),
                "seats": (h["list_seats"] or {}).get(p, 0),
            }
            for p, n in sorted((votes or {}).items(), key=lambda x: -x[1])
        ]
        winners = h["first_round_winners"]
        figures = [
            (view.t("word.voted"), view.f.count(h["voted"])),
            (view.t("word.registered"), view.f.count(h["registered"])),
            (view.t("history.turnout"), view.f.percent(ratio(h["voted"], h["registered"]))),
            (view.t("word.valid_votes"), view.f.count(h["valid_votes"])),
            *(
                (f"{view.t('history.first_winners')}: {view.party(p).short}", view.f.count(n))
                for p, n in sorted((winners or {}).items(), key=lambda x: -x[1])
            ),
        ]
        rows.append(
            {
                "id": h["id"],
                "title": publication_name(view, h),
                "as_of": view.f.moment(h["as_of"]),
                "reason": view.name(h["reason"]) if isinstance(h["reason"], dict) else h["reason"],
                "chip": view.state({"status": h["status"], "version": h["number"]}),
                "counted": h["stations_counted"],
                "partial": h.get("stations_partial") or 0,
                "total": h["stations_total"],
                "document": view.name(h["document"]),
                "corrections": [correction(view, c) for c in h["corrections"]],
                "lists": lists,
                "figures": figures,
            }
        )
    title = str(view.t("history.title"))
    return Page(
        "history/index.html",
        "history.html",
        title,
        {"publications": rows},
        "history",
        view.results["history"],
    )


def finding_place(view: View, x: Row) -> str:
    """Return which protocol a finding is about."""
    contest = view.t("word.list") if x["contest"] == "list" else view.t("station.constituency_vote")
    round_ = view.t(f"round.{x['round']}")
    parts = [str(contest), str(round_), str(view.t.known("channel", x["channel"])) if x["channel"] else ""]
    if x["version"]:
        parts.append(str(view.t("station.version", n=str(x["version"]))))
    return ", ".join(p for p in parts if p)


def finding_number(view: View, value: Any) -> str:
    """Return a figure of a finding as words; no data is a dash."""
    text = str(value) if value is not None else "–"
    return view.f.count(int(text)) if text.lstrip("-").isdigit() else text


def findings(view: View) -> Page:
    """Return the findings with their codes, figures and treatment."""
    rows = [
        {
            "station": x["station"],
            "code": x["code"],
            "protocol": finding_place(view, x),
            "found": finding_number(view, x["found"]),
            "expected": finding_number(view, x["expected"]),
            "chip": view.chip("set_aside" if x["treatment"] == "set_aside" else "counted"),
            "decision": x["decision"] or "–",
        }
        for x in view.source.findings
    ]
    codes = [
        {"code": c, "count": n, "meaning": view.t.known("code", c)}
        for c, n in sorted(view.results["findings"]["by_code"].items())
    ]
    title = str(view.t("findings.title", count=view.results["findings"]["count"]))
    context = {"rows": rows, "codes": codes, "protocols": sum(len(p) for p in view.source.protocols.values())}
    return Page(
        "findings/index.html", "findings.html", title, context, "findings", list(view.source.findings)
    )


def parameter_value(view: View, path: str, value: Any) -> str:
    """Return a parameter's value in words where the catalog has them, a share as a per cent, else as is."""
    if value is None:
        return "–"
    text = str(value)
    if view.t.has(f"base_noun.{text}"):
        return str(view.base_noun(text))
    if path in _SHARES:
        return view.f.short_percent(text)
    if "." in text and text.replace(".", "", 1).isdigit():
        return view.f.decimal(text, len(text.partition(".")[2]))
    return str(view.t.known("value", text))


def _status(p: Row) -> str:
    """Return where a parameter's value comes from, the most doubtful first."""
    if p["overridden"]:
        return "overridden"
    if p.get("status") == "unverified":
        return "unverified"
    if p["value"] != p["preset"] or p.get("status") == "declared":
        return "declared"
    return "computed" if p.get("status") == "computed" else "preset"


def _parameter(view: View, p: Row) -> dict[str, Any]:
    """Return one row of the table of parameters; where the law can be read in two ways both stand in it."""
    path, status = p["path"], _status(p)
    kind = {
        "overridden": "finding",
        "unverified": "not_run",
        "declared": "declared",
        "computed": "declared",
        "preset": "final",
    }[status]
    readings = [
        {
            "value": parameter_value(view, path, r["value"]),
            "where": _reading(view, path, r),
            "status": view.t.known("reading", r["status"]),
        }
        for r in p.get("readings") or ()
    ]
    return {
        "path": path,
        "label": view.t.known("parameter", path),
        "value": parameter_value(view, path, p["value"]),
        "preset": parameter_value(view, path, p["preset"]),
        "article": view.t.article(p["article"]),
        "chip": view.chip(kind, str(view.t(f"methods.{status}"))),
        "readings": readings,
    }


def _reading(view: View, path: str, reading: Row) -> Any:
    key = f"reading.{path}.{reading['value']}"
    return view.t(key) if view.t.has(key) else view.t.article(reading["article"])


def methods(view: View) -> Page:
    """Return the rules that were applied: every parameter with its article and where its value comes from."""
    election = view.results["election"]
    context = {
        "parameters": [_parameter(view, p) for p in election["parameters"]],
        "sections": _rules(view),
        "law": view.t.known("law", election["law"]),
    }
    return Page(
        "methods/index.html", "methods.html", str(view.t("methods.title")), context, "methods", election
    )


def _rules(view: View) -> list[dict[str, Any]]:
    """Return the rules in the order in which they work, each from the steps of the result itself."""
    sections = _list_rules(view) if view.has_list else []
    t = view.t
    first = view.contested[0]["rounds"][0] if view.contested else None
    if first:
        outcome = first["outcome"]
        sections.append(
            {
                "title": t("methods.majority"),
                "article": outcome["article"],
                "link": "run-offs/index.html",
                "link_text": t("word.runoffs"),
                "text": [
                    t("methods.majority_text", base=view.base(outcome["base"])),
                    t("methods.runoff_text"),
                ],
            }
        )
    sections += [
        {
            "title": t("methods.turnout"),
            "article": None,
            "link": "turnout/index.html",
            "link_text": t("nav.turnout"),
            "text": [t.known("turnout.numerator", view.turnout["numerator"])],
        },
        {
            "title": t("methods.findings"),
            "article": None,
            "link": "findings/index.html",
            "link_text": t("nav.findings"),
            "text": [t("methods.findings_text")],
        },
        {
            "title": t("methods.publications"),
            "article": None,
            "link": "history/index.html",
            "link_text": t("nav.history"),
            "text": [t("methods.publications_text")],
        },
    ]
    return sections


def _list_rules(view: View) -> list[dict[str, Any]]:
    """Return the rules of the threshold and of the seats of lists, with what other readings would give."""
    t, f, result = view.t, view.f, view.results["list"]
    threshold = result["threshold"]
    bases = sorted(
        {b for shares in result["shares"].values() for b in shares}, key=lambda b: b != threshold["base"]
    )
    readings = [
        t("methods.reading", base=view.base(b), lists=_passing_on(view, b))
        for b in bases
        if b != "registered"
    ]
    return [
        {
            "title": t("methods.threshold"),
            "article": threshold["article"],
            "link": "list/index.html",
            "link_text": t("list.how"),
            "text": [
                t(
                    "methods.threshold_text",
                    share=f.short_percent(threshold["share"]),
                    base=view.base(threshold["base"]),
                    votes=threshold["base_votes"] or 0,
                ),
                *readings,
            ],
        },
        {
            "title": t("methods.seats"),
            "article": threshold["article"],
            "link": "list/index.html",
            "link_text": t("list.how"),
            "text": [method_name(view)],
        },
    ]


def _passing_on(view: View, base: str) -> str:
    result = view.results["list"]
    names = [
        view.party(p).short
        for p in result["votes"]
        if base in result["shares"][p] and _passes(result, p, base)
    ]
    return ", ".join(names)


def _passes(result: Row, party: str, base: str) -> bool:
    share, bar = Fraction(result["shares"][party][base]), Fraction(result["threshold"]["share"])
    return share > bar if result["threshold"]["strict"] else share >= bar


def method_name(view: View) -> Any:
    """Return the name of the rule that gives the seats, as words where the catalog has them."""
    return view.t.known("method", str(view.results["list"]["method"]).replace("/", "_"))


def data(view: View) -> Page:
    """Return the downloads and the codebook."""
    books: dict[str, list[Row]] = defaultdict(list)
    for row in view.source.codebook:
        books[row["file"]].append(row)
    context = {"downloads": downloads(view), "codebook": [{"file": k, "rows": v} for k, v in books.items()]}
    return Page(
        "data/index.html", "data.html", str(view.t("data.title")), context, "data", list(view.source.codebook)
    )


def synthetic(view: View) -> Page:
    """Return what is official and what is synthetic."""
    election = view.results["election"]
    context = {
        "official": [_label(view, c) for c in election["official"]],
        "synthetic": [_label(view, c) for c in election["synthetic"]],
        "generator": election["generator"],
        "sources": election.get("sources") or [],
    }
    facts = {k: election[k] for k in ("official", "synthetic", "generator")}
    return Page(
        "synthetic/index.html", "synthetic.html", str(view.t("synthetic.title")), context, "data", facts
    )


def _label(view: View, code: Any) -> Any:
    return view.name(code) if isinstance(code, dict) else view.t.known("label", str(code))


def missing(view: View) -> Page:
    """Return the page for an address that does not exist."""
    return Page("404.html", "missing.html", str(view.t("missing.title")), {}, "", None)
