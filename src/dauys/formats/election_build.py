"""From the plain values of an election file, sound in form, to the frozen `Election`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from dauys.domain import election as d
from dauys.domain.places import Constituency, Device, Region, Station
from dauys.domain.text import Text
from dauys.systems import laws

Raw = Mapping[str, Any]


def build_election(
    raw: Raw,
    *,
    regions: tuple[Region, ...],
    constituencies: tuple[Constituency, ...],
    candidates: tuple[d.Candidate, ...],
    stations: tuple[Station, ...],
    devices: tuple[Device, ...],
) -> d.Election:
    """Return the election. The values have passed the schema and `definition_problems`."""
    law = laws.load(raw["law"]).with_parameters(raw.get("parameters", {}))
    return d.Election(
        id=raw["id"],
        title=_text(raw["title"]),
        law=raw["law"],
        rehearsal=raw["rehearsal"],
        days={int(n): date.fromisoformat(day) for n, day in sorted(raw["days"].items())},
        time_zone=raw["time_zone"],
        list_seats=law.count("list.seats") or 0,
        parameters=dict(raw.get("parameters", {})),
        parties=tuple(_party(p, p["id"]) for p in raw["parties"]),
        regions=regions,
        constituencies=constituencies,
        candidates=candidates,
        stations=stations,
        publications=_publications(raw["publications"]),
        decisions=tuple(
            d.RecordedDecision(r["at"], tuple(r["order"]), r["reference"]) for r in raw.get("decisions", ())
        ),
        generator=_generator(raw.get("generator")),
        official=tuple(raw["official"]),
        synthetic=tuple(raw["synthetic"]),
        set_aside={_protocol_key(r): r["reference"] for r in raw.get("set_aside", ())},
        independents=_party(raw["independents"], "independents") if "independents" in raw else None,
        languages=tuple(raw["languages"]),
        files=dict(raw["files"]),
        opens=time.fromisoformat(raw["polls"]["opens"]),
        closes=time.fromisoformat(raw["polls"]["closes"]),
        called=date.fromisoformat(raw["called"]) if "called" in raw else None,
        contest_rules=_contest_rules(raw["contests"]),
        other_contests=tuple(_other(c) for c in raw["contests"].get("other", ())),
        ballot_styles=tuple(d.BallotStyle(s["id"], tuple(s["contests"])) for s in raw["ballot_styles"]),
        repeats=tuple(_repeat(r) for r in raw.get("repeats", ())),
        devices=devices,
        device_rule=d.DeviceRule(**raw.get("devices", {})),
        turnout_readings=tuple(map(time.fromisoformat, raw.get("turnout", {}).get("readings", ()))),
        tallying=_tallying(raw.get("tallying")),
        night=tuple(
            d.NightStep(s["step"], time.fromisoformat(s["at"]), s.get("day", 0)) for s in raw.get("night", ())
        ),
        trustees=_trustees(raw.get("trustees")),
        signers=_signers(raw.get("signers", {})),
        events=tuple(
            d.Event(
                e["code"],
                datetime.fromisoformat(e["done"]),
                _text(e["evidence"]),
                e.get("source"),
                _text(e["outlet"]) if "outlet" in e else None,
            )
            for e in raw.get("calendar", ())
        ),
        sources=tuple(
            d.Source(s["id"], s["url"], _text(s["about"]), s["confidence"]) for s in raw.get("sources", ())
        ),
        targets=d.Targets(**raw.get("targets", {})),
    )


def _text(raw: Raw) -> Text:
    return Text(raw["kk"], raw["ru"], raw["en"])


def _party(raw: Raw, party_id: str) -> d.Party:
    return d.Party(
        id=party_id,
        name=_text(raw["name"]),
        short=_text(raw["short"]),
        code=_text(raw["code"]),
        colour_light=raw["colour_light"],
        colour_dark=raw["colour_dark"],
        list_order=raw.get("list_order"),
        bloc_members=tuple(_text(m) for m in raw.get("bloc_members", ())),
    )


def _publications(raw: list[Raw]) -> tuple[d.Publication, ...]:
    return tuple(
        d.Publication(
            id=p["id"],
            round=p["round"],
            status=p["status"],
            as_of=datetime.fromisoformat(p["as_of"]),
            reason=_text(p["reason"]),
            document=_text(p["document"]) if "document" in p else None,
            number=p.get("number"),
        )
        for p in raw
    )


def _generator(raw: Raw | None) -> d.Generator | None:
    return d.Generator(raw["name"], raw["seed"], tuple(raw["makes"])) if raw else None


def _protocol_key(raw: Raw) -> str:
    return "/".join(str(raw[k]) for k in ("station", "contest", "round", "channel", "version"))


def _rule(kind: Any, raw: Raw, rounds: tuple[int, ...]) -> d.ContestRule:
    limit, approval, against_all = (
        raw.get("limit", 1),
        raw.get("approval", False),
        raw.get("against_all", False),
    )
    return d.ContestRule(kind, limit, approval, against_all, tuple(raw.get("rounds", rounds)))


def _contest_rules(raw: Raw) -> tuple[d.ContestRule, ...]:
    defaults = {"list": (1,), "constituency": (1, 2)}
    return tuple(_rule(kind, raw[kind], rounds) for kind, rounds in defaults.items() if kind in raw)


def _other(raw: Raw) -> d.OtherContest:
    options = tuple(d.Option(o["id"], _text(o["name"])) for o in raw["options"])
    return d.OtherContest(raw["id"], _text(raw["title"]), options, _rule("other", raw, (1,)))


def _repeat(raw: Raw) -> d.Repeat:
    day = date.fromisoformat(raw["day"])
    return d.Repeat(raw["round"], raw["number"], day, tuple(raw["stations"]), raw["reference"])


def _tallying(raw: Raw | None) -> d.Tallying:
    if raw is None:
        return d.Tallying()
    groups = tuple(d.MergeGroup(g["id"], tuple(g["stations"])) for g in raw.get("groups", ()))
    return d.Tallying(raw["group_by"], groups)


def _signer(raw: Raw) -> d.Signer:
    return d.Signer(raw["id"], _text(raw["name"]), raw.get("level"), raw.get("key"))


def _trustees(raw: Raw | None) -> d.Trustees | None:
    return d.Trustees(tuple(map(_signer, raw["members"])), raw["threshold"]) if raw else None


def _signers(raw: Raw) -> d.Signers:
    return d.Signers(
        commissions=tuple(map(_signer, raw.get("commissions", ()))),
        log=_signer(raw["log"]) if "log" in raw else None,
        witnesses=tuple(map(_signer, raw.get("witnesses", ()))),
    )
