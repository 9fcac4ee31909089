"""`nist.json` against the model of NIST SP 1500-100 version 2, field by field.

The table below restates the classes that a report of ours uses, from the published model: for each class its
fields with type, `!` for those that must be there, `*` for lists, `@` for references and where they may lead.
"""

import json
import re
from collections import Counter
from datetime import date, datetime

import pytest

TEXT = "InternationalizedText"
CONTEST = {
    "@id": "text!",
    "ElectoralDistrictId": "@ReportingUnit!",
    "Name": "text!",
    "Abbreviation": "text",
    "BallotSubTitle": TEXT,
    "BallotTitle": TEXT,
    "CountStatus": "CountStatus*",
    "ExternalIdentifier": "ExternalIdentifier*",
    "HasRotation": "flag",
    "OtherVoteVariation": "text",
    "SequenceOrder": "integer",
    "SubUnitsReported": "integer",
    "SummaryCounts": "SummaryCounts*",
    "TotalSubUnits": "integer",
    "VoteVariation": "VoteVariation",
}
PARTY = {
    "@id": "text!",
    "Name": f"{TEXT}!",
    "Abbreviation": "text",
    "Color": "colour",
    "ExternalIdentifier": "ExternalIdentifier*",
    "IsWriteIn": "flag",
    "LogoUri": "text",
}
COUNTS = {
    "Type": "CountItemType!",
    "Device": "Device",
    "GpUnitId": "@ReportingUnit|ReportingDevice",
    "IsSuppressedForPrivacy": "flag",
    "OtherType": "text",
}
MODEL = {
    "ElectionReport": {
        "Format": "ReportDetailLevel!",
        "GeneratedDate": "moment!",
        "Issuer": "text!",
        "IssuerAbbreviation": "text!",
        "SequenceStart": "integer!",
        "SequenceEnd": "integer!",
        "Status": "ResultsStatus!",
        "VendorApplicationId": "text!",
        "IsTest": "flag",
        "TestType": "text",
        "Notes": "text",
        "ExternalIdentifier": "ExternalIdentifier*",
        "Person": "Person*",
        "Election": "Election*",
        "GpUnit": "ReportingUnit|ReportingDevice*",
        "Office": "Office*",
        "OfficeGroup": "OfficeGroup*",
        "Party": "Party|Coalition*",
    },
    "Election": {
        "ElectionScopeId": "@ReportingUnit!",
        "StartDate": "day!",
        "EndDate": "day!",
        "Name": f"{TEXT}!",
        "Type": "ElectionType!",
        "OtherType": "text",
        "ContactInformation": "ContactInformation",
        "CountStatus": "CountStatus*",
        "ExternalIdentifier": "ExternalIdentifier*",
        "BallotStyle": "BallotStyle*",
        "Candidate": "Candidate*",
        "Contest": "PartyContest|CandidateContest*",
    },
    "ReportingUnit": {
        "@id": "text!",
        "Type": "ReportingUnitType!",
        "OtherType": "text",
        "Name": "text",
        "Number": "text",
        "IsDistricted": "flag",
        "IsMailOnly": "flag",
        "SubUnitsReported": "integer",
        "TotalSubUnits": "integer",
        "VotersParticipated": "integer",
        "VotersRegistered": "integer",
        "CountStatus": "CountStatus*",
        "ComposingGpUnitIds": "@ReportingUnit|ReportingDevice*",
        "SummaryCounts": "SummaryCounts*",
        "ExternalIdentifier": "ExternalIdentifier*",
    },
    "Party": PARTY,
    "Coalition": PARTY | {"ContestIds": "@PartyContest|CandidateContest*", "PartyIds": "@Party|Coalition*"},
    "Office": {
        "@id": "text!",
        "Name": f"{TEXT}!",
        "Description": TEXT,
        "ElectoralDistrictId": "@ReportingUnit",
        "FilingDeadline": "day",
        "IsPartisan": "flag",
        "Term": "Term",
    },
    "Candidate": {
        "@id": "text!",
        "BallotName": f"{TEXT}!",
        "FileDate": "day",
        "IsIncumbent": "flag",
        "IsTopTicket": "flag",
        "PartyId": "@Party|Coalition",
        "PersonId": "@Person",
        "PreElectionStatus": "CandidatePreElectionStatus",
        "PostElectionStatus": "CandidatePostElectionStatus",
        "ExternalIdentifier": "ExternalIdentifier*",
    },
    "PartyContest": CONTEST | {"BallotSelection": "PartySelection*"},
    "CandidateContest": CONTEST
    | {
        "BallotSelection": "CandidateSelection*",
        "NumberElected": "integer",
        "NumberRunoff": "integer",
        "OfficeIds": "@Office*",
        "PrimaryPartyIds": "@Party|Coalition*",
        "VotesAllowed": "integer!",
    },
    "PartySelection": {
        "@id": "text!",
        "PartyIds": "@Party|Coalition*!",
        "SequenceOrder": "integer",
        "VoteCounts": "VoteCounts*",
    },
    "CandidateSelection": {
        "@id": "text!",
        "CandidateIds": "@Candidate*!",
        "EndorsementPartyIds": "@Party|Coalition*",
        "IsWriteIn": "flag",
        "SequenceOrder": "integer",
        "VoteCounts": "VoteCounts*",
    },
    "VoteCounts": COUNTS | {"Count": "integer!"},
    "SummaryCounts": COUNTS
    | {
        "BallotsCast": "integer",
        "BallotsOutstanding": "integer",
        "BallotsRejected": "integer",
        "Overvotes": "integer",
        "Undervotes": "integer",
        "WriteIns": "integer",
    },
    "CountStatus": {"Status": "CountItemStatus!", "Type": "CountItemType!", "OtherType": "text"},
    TEXT: {"Text": "LanguageString*!", "Label": "text"},
    "LanguageString": {"Content": "text!", "Language": "text!"},
}
ENUMERATIONS = {
    "CandidatePostElectionStatus": "advanced-to-runoff projected-winner winner withdrawn",
    "CandidatePreElectionStatus": "filed qualified withdrawn write-in",
    "CountItemStatus": "completed in-process not-processed unknown",
    "CountItemType": "absentee absentee-fwab absentee-in-person absentee-mail early election-day other "
    "provisional total uocava write-in",
    "ElectionType": "general other partisan-primary-closed partisan-primary-open primary runoff special",
    "ReportDetailLevel": "precinct-level summary-contest",
    "ReportingUnitType": "ballot-batch ballot-style-area borough city city-council combined-precinct "
    "congressional country county county-council drop-box judicial municipality other polling-place precinct "
    "school special split-precinct state state-house state-senate town township utility village vote-center "
    "ward water",
    "ResultsStatus": "certified correction pre-election recount unofficial-complete unofficial-partial",
    "VoteVariation": "1-of-m approval borda cumulative majority n-of-m other plurality proportional range "
    "rcv super-majority",
}


class Checker:
    """Holds a report against the model and keeps every fault."""

    def __init__(self, report):
        self.faults, self.references, self.ids = [], [], {}
        self.object(report, ("ElectionReport",), "report")
        for name, kinds, at in self.references:
            if self.ids.get(name) not in kinds:
                self.faults.append(f"{at}: {name} is no {'|'.join(kinds)}")

    def object(self, value, kinds, at):
        kind = str(value.get("@type", "")).removeprefix("ElectionResults.")
        if kind not in kinds:
            self.faults.append(f"{at}: {kind} instead of {'|'.join(kinds)}")
            return
        if name := value.get("@id"):
            if name in self.ids:
                self.faults.append(f"{at}: id {name} twice")
            self.ids[name] = kind
        fields = MODEL[kind]
        self.faults += [f"{at}: {kind} has no field {f}" for f in value if f not in fields and f != "@type"]
        self.faults += [
            f"{at}: {kind} lacks {f}" for f, t in fields.items() if t.endswith("!") and f not in value
        ]
        for field, part in value.items():
            if field in fields:
                self.field(part, fields[field].rstrip("!"), f"{at}.{field}")

    def field(self, value, kind, at):
        if kind.endswith("*"):
            if not isinstance(value, list):
                self.faults.append(f"{at}: not a list")
                return
            for part in value:
                self.field(part, kind[:-1], at)
        elif kind.startswith("@"):
            self.references.append((value, kind[1:].split("|"), at))
        elif kind in ENUMERATIONS:
            if value not in ENUMERATIONS[kind].split():
                self.faults.append(f"{at}: {value} is no {kind}")
        elif kind in SIMPLE:
            if not SIMPLE[kind](value):
                self.faults.append(f"{at}: {value!r} is no {kind}")
        else:
            self.object(value, kind.split("|"), at)


SIMPLE = {
    "text": lambda v: isinstance(v, str) and bool(v),
    "integer": lambda v: type(v) is int and v >= 0,
    "flag": lambda v: type(v) is bool,
    "day": lambda v: bool(date.fromisoformat(v)),
    "moment": lambda v: datetime.fromisoformat(v).tzinfo is not None,
    "colour": lambda v: bool(re.fullmatch("[0-9a-f]{6}", v)),
}


@pytest.fixture(scope="module")
def report(majilis_data):
    return json.loads((majilis_data / "nist.json").read_text(encoding="utf-8"))


def test_every_field_is_of_the_model(report):
    assert Checker(report).faults[:10] == []


def test_the_checker_finds_what_is_wrong(report):
    bad = {k: v for k, v in report.items() if k not in ("Issuer", "GpUnit")}
    bad |= {"Status": "final", "Seats": 77, "GeneratedDate": "2004-10-05T18:00:00"}
    faults = Checker(bad).faults
    assert "report: ElectionReport lacks Issuer" in faults
    assert "report: ElectionReport has no field Seats" in faults
    assert "report.Status: final is no ResultsStatus" in faults
    assert any("country is no ReportingUnit" in f for f in faults)
    assert any("is no moment" in f for f in faults)


def contest(report, election, name):
    return next(c for c in report["Election"][election]["Contest"] if c["@id"] == name)


def test_votes_of_stations_add_up_to_the_contest(report):
    lists = contest(report, 0, "list")
    for selection in lists["BallotSelection"]:
        whole, *stations = selection["VoteCounts"]
        assert whole["GpUnitId"] == "country"
        assert len(stations) == 9480
        assert sum(c["Count"] for c in stations) == whole["Count"]
    assert [s["VoteCounts"][0]["Count"] for s in lists["BallotSelection"][:4]] == [
        2883706,
        572672,
        541239,
        336177,
    ]
    assert lists["SummaryCounts"][0]["BallotsCast"] == 4893204
    run_off = contest(report, 1, "c16-round-2")
    assert all(
        sum(c["Count"] for c in s["VoteCounts"][1:]) == s["VoteCounts"][0]["Count"]
        for s in run_off["BallotSelection"]
    )


def test_rounds_runoffs_and_blocs(report):
    assert [(e["Type"], e["StartDate"], len(e["Contest"])) for e in report["Election"]] == [
        ("general", "2004-09-19", 68),
        ("runoff", "2004-10-03", 22),
    ]
    status = [Counter(c.get("PostElectionStatus") for c in e["Candidate"]) for e in report["Election"]]
    assert (status[0]["winner"], status[0]["advanced-to-runoff"], status[1]["winner"]) == (45, 44, 22)
    blocs = {p["@id"]: p["PartyIds"] for p in report["Party"] if p["@type"].endswith("Coalition")}
    assert {k: len(v) for k, v in blocs.items()} == {"aist": 2, "communists-dck": 2}
    assert report["Status"] == "certified"
