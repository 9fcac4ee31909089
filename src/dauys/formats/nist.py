"""Election results in the common data format of NIST SP 1500-100 version 2, as JSON.

The report is made from the published documents alone, so that anybody can make it again from the data files.
The list is a `PartyContest`, each round of a constituency a `CandidateContest`; a bloc is a `Coalition`. What
the model has no place for (quota, remainders, thresholds, protocol versions, corrections) stays in
`results.json`, to which `Notes` points.

**Source:** NIST Special Publication 1500-100r2, https://doi.org/10.6028/NIST.SP.1500-100r2
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
#: Station, contest, round, figures of the station: ballots cast, invalid ballots, votes by option.
Report = tuple[str, str, int, int | None, int | None, Mapping[str, int]]
COUNTRY = "country"
VENDOR = "dauys"
ISSUER = ("Central Election Commission", "CEC")


def _typed(name: str, **fields: object) -> Json:
    """Return an object of the model without the fields that are not known."""
    return {"@type": f"ElectionResults.{name}", **{k: v for k, v in fields.items() if v is not None}}


def _text(name: Mapping[str, str]) -> Json:
    strings = [_typed("LanguageString", Content=text, Language=language) for language, text in name.items()]
    return _typed("InternationalizedText", Text=strings)


def nist_report(
    results: Json,
    constituencies: Sequence[Json],
    regions: Sequence[Json],
    stations: Sequence[Sequence[object]],
    reports: Iterable[Report],
) -> Json:
    """Return the `ElectionReport`. `stations` are rows of `stations.csv`, `reports` what is counted of each.

    One `Election` for the first round and one for the run-offs, as they are two days of voting.
    """
    days = results["election"]["days"]
    by_contest: dict[tuple[str, int], list[Report]] = {}
    for report in reports:
        by_contest.setdefault((report[1], report[2]), []).append(report)
    rounds = sorted({number for _, number in by_contest})
    return {
        "@type": "ElectionResults.ElectionReport",
        "Format": "precinct-level",
        "GeneratedDate": max(h["as_of"] for h in results["history"]),
        "Issuer": ISSUER[0],
        "IssuerAbbreviation": ISSUER[1],
        "IsTest": bool(results["election"]["rehearsal"]),
        "Notes": "Quotas, thresholds, protocol versions and corrections are in results.json.",
        "SequenceStart": 1,
        "SequenceEnd": 1,
        "Status": _status(results),
        "VendorApplicationId": VENDOR,
        "GpUnit": [
            *_country(results, regions),
            *_regions(regions),
            *_places(constituencies),
            *_stations(stations),
        ],
        "Party": [_party(p) for p in results["parties"] if p["id"] != "independents"]
        + _members(results["parties"]),
        "Office": _offices(),
        "Election": [
            _election(results, constituencies, by_contest, number, days[str(number)]) for number in rounds
        ],
    }


def _status(results: Json) -> str:
    states = [s for s in results["state"].values() if s]
    if all(s["status"] == "final" for s in states):
        return "certified"
    whole = all(s["stations_counted"] == s["stations_total"] for s in states)
    return "unofficial-complete" if whole else "unofficial-partial"


def _country(results: Json, regions: Sequence[Json]) -> list[Json]:
    turnout = results["turnout"] or {}
    return [
        _typed(
            "ReportingUnit",
            **{"@id": COUNTRY},
            Type="country",
            Name=results["election"]["title"]["en"],
            ComposingGpUnitIds=[_region_id(r["id"]) for r in regions],
            VotersRegistered=turnout.get("registered"),
            VotersParticipated=turnout.get("voted"),
        )
    ]


def _region_id(region: str) -> str:
    return f"region-{region}"


def _station_id(station: object) -> str:
    return f"station-{station}"


def _regions(regions: Sequence[Json]) -> list[Json]:
    return [
        _typed(
            "ReportingUnit",
            **{"@id": _region_id(r["id"])},
            Type="state",
            Name=r["name"]["en"],
            ComposingGpUnitIds=list(r["constituencies"]),
        )
        for r in regions
    ]


def _places(constituencies: Sequence[Json]) -> list[Json]:
    return [
        _typed(
            "ReportingUnit",
            **{"@id": c["id"]},
            Type="other",
            OtherType="single-mandate constituency",
            Number=str(c["number"]),
            Name=c["name"]["en"],
            IsDistricted=True,
        )
        for c in constituencies
    ]


def _stations(rows: Sequence[Sequence[object]]) -> list[Json]:
    return [
        {
            "@id": _station_id(row[0]),
            "@type": "ElectionResults.ReportingUnit",
            "Type": "polling-place",
            "Number": row[0],
            "Name": row[3],
            "VotersRegistered": row[8],
        }
        for row in rows
    ]


def _party(party: Json) -> Json:
    members = [_member_id(party["id"], i) for i, _ in enumerate(party["bloc_members"], 1)]
    return _typed(
        "Coalition" if members else "Party",
        **{"@id": party["id"]},
        Name=_text(party["name"]),
        Abbreviation=party["code"]["en"],
        Color=party["colour_light"].lower(),
        PartyIds=members or None,
    )


def _member_id(bloc: str, number: int) -> str:
    return f"{bloc}-member-{number}"


def _members(parties: Sequence[Json]) -> list[Json]:
    return [
        _typed("Party", **{"@id": _member_id(p["id"], i)}, Name=_text(name))
        for p in parties
        for i, name in enumerate(p["bloc_members"], 1)
    ]


def _offices() -> list[Json]:
    name = {"kk": "Мәжіліс депутаты", "ru": "Депутат Мажилиса", "en": "Deputy of the Majilis"}
    return [_typed("Office", **{"@id": "deputy"}, Name=_text(name), ElectoralDistrictId=COUNTRY)]


def _election(
    results: Json,
    constituencies: Sequence[Json],
    by_contest: Mapping[tuple[str, int], Sequence[Report]],
    number: int,
    day: str,
) -> Json:
    held = [(c, r) for c in constituencies for r in c["rounds"] if r["round"] == number]
    contests = []
    if number == 1 and results["list"]:
        contests.append(_list_contest(results, by_contest.get(("list", 1), ())))
    contests += [_contest(c, r, by_contest.get((c["id"], number), ())) for c, r in held]
    return _typed(
        "Election",
        Type="general" if number == 1 else "runoff",
        Name=_text(results["election"]["title"]),
        ElectionScopeId=COUNTRY,
        StartDate=day,
        EndDate=day,
        Candidate=[_candidate(c, number) for _, r in held for c in r["candidates"]],
        Contest=contests,
    )


def _list_contest(results: Json, reports: Sequence[Report]) -> Json:
    one = results["list"]
    state = results["state"]["list"]
    counts = _vote_counts(reports, one["votes"], COUNTRY)
    return _typed(
        "PartyContest",
        **{"@id": "list"},
        Name="Party lists",
        ElectoralDistrictId=COUNTRY,
        VoteVariation="proportional",
        SubUnitsReported=state["stations_counted"],
        TotalSubUnits=state["stations_total"],
        CountStatus=_count_status(state["status"]),
        SummaryCounts=_summary(reports, COUNTRY, one["ballots_cast"], one["invalid_ballots"]),
        BallotSelection=[
            _typed(
                "PartySelection",
                **{"@id": f"list-{party}"},
                PartyIds=[party],
                SequenceOrder=i,
                VoteCounts=counts[party],
            )
            for i, party in enumerate(one["votes"], 1)
        ],
    )


def _contest(place: Json, held: Json, reports: Sequence[Report]) -> Json:
    number = held["round"]
    votes = {c["id"]: c["votes"] for c in held["candidates"]}
    counts = _vote_counts(reports, votes, place["id"])
    return _typed(
        "CandidateContest",
        **{"@id": f"{place['id']}-round-{number}"},
        Name=f"{place['name']['en']}, round {number}",
        ElectoralDistrictId=place["id"],
        OfficeIds=["deputy"],
        VotesAllowed=1,
        NumberElected=1,
        NumberRunoff=2 if number == 1 else None,
        VoteVariation="majority" if number == 1 else "plurality",
        SubUnitsReported=held["stations_counted"],
        TotalSubUnits=held["stations_total"],
        CountStatus=_count_status(held["status"]),
        SummaryCounts=_summary(reports, place["id"], held["ballots_cast"], held["invalid_ballots"]),
        BallotSelection=[
            _typed(
                "CandidateSelection",
                **{"@id": f"{c['id']}-selection-{number}"},
                CandidateIds=[_candidate_id(c, number)],
                EndorsementPartyIds=[c["party"]] if c["party"] else None,
                VoteCounts=counts[c["id"]],
            )
            for c in held["candidates"]
        ],
    )


def _candidate_id(candidate: Json, number: int) -> str:
    return candidate["id"] if number == 1 else f"{candidate['id']}-runoff"


def _candidate(candidate: Json, number: int) -> Json:
    status = "winner" if candidate["elected"] else "advanced-to-runoff" if candidate["to_runoff"] else None
    return _typed(
        "Candidate",
        **{"@id": _candidate_id(candidate, number)},
        BallotName=_text(candidate["name"]),
        PartyId=candidate["party"],
        PreElectionStatus="qualified",
        PostElectionStatus=status,
    )


def _count_status(status: str) -> list[Json]:
    return [_typed("CountStatus", Status="completed" if status == "final" else "in-process", Type="total")]


def _vote_counts(reports: Sequence[Report], totals: Mapping[str, int], unit: str) -> dict[str, list[Json]]:
    """Return the counts of every option: of the whole unit first, then of each station."""
    kind = "ElectionResults.VoteCounts"
    found = {o: [{"@type": kind, "GpUnitId": unit, "Type": "total", "Count": n}] for o, n in totals.items()}
    for station, _, _, _, _, votes in reports:
        here = _station_id(station)
        for option, n in votes.items():
            if option in found:
                found[option].append({"@type": kind, "GpUnitId": here, "Type": "total", "Count": n})
    return found


def _summary(reports: Sequence[Report], unit: str, cast: int | None, invalid: int | None) -> list[Json]:
    rows = [(unit, cast, invalid), *((_station_id(r[0]), r[3], r[4]) for r in reports)]
    return [
        _typed("SummaryCounts", GpUnitId=where, Type="total", BallotsCast=c, BallotsRejected=i)
        for where, c, i in rows
    ]
