"""Protocols, slips, results and calendar: each check fails where one thing is another (P, S, R, N)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from forged_records import Draft, Made, Value, failed, forge, verify

from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.verify.report import Effect, Report, Status

Change = Callable[[Draft], object]


def report_of(made: Made, tmp_path: Path, change: Change) -> Report:
    record = forge(made, tmp_path / "out", change)
    return verify(record, tmp_path / "work", made)


def signed(draft: Draft, entry: Value) -> None:
    """Sign a protocol again with the key of whoever signed it: the commission itself lies."""
    unsigned = canonical({**entry, "signature": None})
    digest = framed_hash("protocol", "simulation", unsigned)
    entry["signature"] = draft.parties.commission(entry["signer"]).sign(digest).hex()


def protocol(change: Callable[[Value], object], **fields: object) -> Change:
    """Change one protocol, and sign it again."""

    def run(draft: Draft) -> None:
        wanted = {"channel": "paper", "contest": "list", "round": 1, "version": 1, "station": "0001"} | fields
        entry = draft.one("protocol", **wanted)
        change(entry)
        signed(draft, entry)

    return run


def counts(**values: int | None) -> Callable[[Value], object]:
    return lambda entry: entry["counts"].update(values)


def votes(**values: int) -> Callable[[Value], object]:
    return lambda entry: entry["votes"].update(values)


ELECTRONIC = {"channel": "electronic"}
PROTOCOLS: dict[str, tuple[Change, str]] = {
    "a station there is not": (protocol(lambda e: e.update(station="9999")), "P3.1"),
    "a contest of another place": (protocol(lambda e: e.update(contest="c2")), "P3.1"),
    "a round there is not": (protocol(lambda e: e.update(round=3)), "P3.1"),
    "an option there is not": (protocol(lambda e: e["votes"].update(comet=1)), "P3.1"),
    "an option missing": (protocol(lambda e: e["votes"].pop("star")), "P3.1"),
    "a version skipped": (protocol(lambda e: e.update(version=2, reason="x")), "P3.1"),
    "a reason in version 1": (protocol(lambda e: e.update(reason="x")), "P3.1"),
    "no reason in version 2": (protocol(lambda e: e.update(reason=None), **ELECTRONIC, version=2), "P3.1"),
    "received before the first": (
        protocol(lambda e: e.update(received="2004-09-18T10:00:00+06:00"), **ELECTRONIC, version=2),
        "P3.1",
    ),
    "signed by another commission": (protocol(lambda e: e.update(signer="c2")), "P3.2"),
    "electronic ballots issued": (protocol(counts(ballots_issued=1), **ELECTRONIC, version=2), "P1.1"),
    "issued and not in the box": (protocol(counts(ballots_not_returned=7)), "P1.2"),
    "invalid ballots": (protocol(counts(invalid_ballots=5)), "P1.3"),
    "received": (protocol(counts(ballots_received=5)), "P1.4"),
    "more in the box than voters": (protocol(counts(ballots_cast=5000, ballots_issued=5001)), "P1.5"),
    "summary by line": (protocol(counts(invalid_ballots=9), channel="summary"), "P2.1"),
    "summary by option": (protocol(votes(sun=9), channel="summary"), "P2.2"),
    "registered differ": (protocol(counts(registered=77), channel="summary"), "P2.4"),
    "sessions that the log has not": (
        protocol(counts(admissions=99, ballots_issued=99), **ELECTRONIC),
        "P3.3",
    ),
    "ballots that the log has not": (protocol(counts(ballots_cast=41), **ELECTRONIC), "P3.3"),
    "a tally that was not": (protocol(votes(sun=1), **ELECTRONIC, version=2), "P3.4"),
    "registered that was not frozen": (protocol(counts(registered=1)), "P3.5"),
    "slips that are not the tally": (protocol(votes(sun=1, moon=1), **ELECTRONIC), "S1.1"),
}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_protocols(small_record, tmp_path, name):
    change, code = PROTOCOLS[name]
    report = report_of(small_record, tmp_path, change)
    assert code in failed(report)
    assert report.exit_code() == 1


def test_a_signature_of_nobody_fails_and_none_is_not_run(small_record, tmp_path):
    def forged(draft: Draft) -> None:
        draft.one("protocol")["signature"] = "00" * 64

    def unsigned(draft: Draft) -> None:
        draft.one("protocol").update(signature=None, signer=None)

    assert "P3.2" in failed(report_of(small_record, tmp_path / "a", forged))
    report = report_of(small_record, tmp_path / "b", unsigned)
    assert failed(report) == set()
    assert report.counts["P3.2"].not_run == 1


def register(change: Callable[[str], str], total: int | None = None) -> Change:
    def run(draft: Draft) -> None:
        entry = draft.one("register")
        ref = entry["stations"]
        draft.put(ref, change((draft.folder / ref["path"]).read_text()).encode())
        if total is not None:
            entry["registered"] = total

    return run


@pytest.mark.parametrize(
    "change",
    [
        register(lambda text: text.replace("0001,", "0001,1", 1)),
        register(lambda text: text.replace("station,", "place,", 1)),
        register(lambda text: "\n".join(text.splitlines()[:-1])),
        register(lambda text: text, total=5),
        register(lambda text: text + text.splitlines()[1] + "\n"),
    ],
    ids=["a number", "a header", "a row less", "the sum", "a row twice"],
)
def test_the_register_is_the_one_that_was_frozen(small_record, tmp_path, change):
    assert failed(report_of(small_record, tmp_path, change)) == {"P3.5"}


def result(change: Callable[[Value], object], name: str = "round1-final") -> Change:
    return lambda draft: draft.change_file(draft.one("result", id=name)["file"], change)


def _shift(value: Value) -> None:
    seats = value["list"]["seats"]
    seats["sun"], seats["moon"] = seats["sun"] + 1, seats["moon"] - 1


RESULTS: dict[str, tuple[Change, str]] = {
    "votes of a list": (result(lambda v: v["list"]["votes"].update(sun=1)), "R1.1"),
    "ballots cast": (result(lambda v: v["list"].update(cast=1)), "R1.1"),
    "votes of a candidate": (
        result(lambda v: v["constituencies"]["c1"]["votes"].update({"c1-a": 1})),
        "R1.1",
    ),
    "a constituency left out": (result(lambda v: v["constituencies"].pop("c1")), "R1.1"),
    "another publication": (result(lambda v: v.update(publication="round2-final")), "R1.1"),
    "seats": (result(_shift), "R1.2"),
    "a winner": (result(lambda v: v["constituencies"]["c1"].update(winner="c1-b")), "R1.3"),
    "a run-off": (result(lambda v: v["constituencies"]["c2"].update(run_off=["c2-a", "c2-d"])), "R1.3"),
    "the house": (result(lambda v: v["house"].update(sun=9), "round2-final"), "R1.4"),
    "a house too early": (result(lambda v: v.update(house={"sun": 7})), "R1.4"),
    "no list": (result(lambda v: v.update(list=None)), "R1.1"),
}


@pytest.mark.parametrize("name", RESULTS)
def test_results(small_record, tmp_path, name):
    change, code = RESULTS[name]
    assert code in failed(report_of(small_record, tmp_path, change))


def test_a_publication_sees_only_what_stands_before_it(small_record, tmp_path):
    """A protocol that was slipped in after the result, dated before it: the result did not know it."""

    def late(draft: Draft) -> None:
        entry = draft.one("protocol", channel="paper", contest="c1", round=1, station="0001")
        place = draft.at(draft.one("result", id="round1-final"))
        changed = {**entry, "version": 2, "reason": "a slip found later"}
        changed["votes"] = {**entry["votes"], "c1-a": entry["votes"]["c1-a"] + 1}
        changed["counts"] = {**entry["counts"], "invalid_ballots": 0}
        signed(draft, changed)
        draft.entries.insert(place + 1, changed)

    report = report_of(small_record, tmp_path, late)
    assert "R1.1" not in {
        f.code for f in report.failures if f.where.file == "files/results/round1-final.json"
    }


@pytest.mark.parametrize(("after", "wrong"), [(0, {"R1.1"}), (1, set())])
def test_a_publication_knows_only_the_decisions_that_stand_before_it(small_record, tmp_path, after, wrong):
    """A court sets the protocols of a station aside: results before that are right, those after are not."""

    def set_aside(draft: Draft) -> None:
        place = draft.at(draft.one("result", id="round1-preliminary")) + after
        for number, channel in enumerate(("summary", "paper")):
            decision = {
                "kind": "decision",
                "at": draft.one("result", id="round1-preliminary")["at"],
                "id": f"court-{number}",
                "order": [],
                "point": None,
                "protocol": f"0001/c1/1/{channel}/1",
                "reference": "decision of a court",
                "what": "set_aside",
            }
            draft.entries.insert(place, decision)

    report = report_of(small_record, tmp_path, set_aside)
    first = "files/results/round1-preliminary.json"
    assert {f.code for f in report.failures if f.where.file == first} & {"R1.1"} == wrong


def test_no_equation_is_passed_where_no_protocol_can_be_read(small_record, tmp_path):
    def lost(draft: Draft) -> None:
        for entry in draft.all("protocol"):
            entry["station"] = "9999"

    report = report_of(small_record, tmp_path, lost)
    for code in ("P1.1", "P1.9", "P2.1", "P2.7"):
        assert (report.counts[code].passed, report.counts[code].not_run) == (0, 1)
    assert {f.reason for f in report.findings if f.code == "P2.1"} == {"P3.1"}


def test_a_forged_signature_of_a_protocol_is_about_its_station(small_record, tmp_path):
    report = report_of(small_record, tmp_path, lambda d: d.one("protocol").update(signature="00" * 64))
    [forged] = [f for f in report.failures if f.code == "P3.2"]
    assert forged.seats is not Effect.NO


def test_a_round_without_a_final_result_is_not_run(small_record, tmp_path):
    def open_end(draft: Draft) -> None:
        draft.entries.remove(draft.one("result", id="round2-final"))

    report = report_of(small_record, tmp_path, open_end)
    assert failed(report) == set()
    assert report.counts["R1.5"].not_run == 1


NOTICES: dict[str, tuple[Change, str]] = {
    "announced late": (
        lambda d: d.one("notice", code="N1.5").update(done="2004-09-10T10:00:00+06:00"),
        "N1.5",
    ),
    "no outlet": (lambda d: d.one("notice", code="N1.5").update(outlet=None), "N1.5"),
    "register late": (
        lambda d: d.one("notice", code="N1.1").update(done="2004-09-10T10:00:00+06:00"),
        "N1.1",
    ),
    "installed too early": (
        lambda d: d.one("notice", code="N2.1").update(done="2004-09-01T10:00:00+06:00"),
        "N2.1",
    ),
}


@pytest.mark.parametrize("name", NOTICES)
def test_duties_done_late_or_without_evidence(small_record, tmp_path, name):
    change, code = NOTICES[name]
    report = report_of(small_record, tmp_path, change)
    assert failed(report) == {code}
    assert {(f.seats, f.run_offs) for f in report.failures} == {(Effect.NO, Effect.NO)}


def test_published_late_is_seen_by_cosigned_times_alone(small_record, tmp_path):
    """The entry says that it was there in time; the witnesses saw it only with the next checkpoint."""

    def moved(draft: Draft) -> None:
        notice = draft.one("notice", code="N1.1")
        draft.entries.remove(notice)
        last = draft.at(draft.all("cosigned")[-1])
        draft.entries.insert(last, notice)

    report = report_of(small_record, tmp_path, moved)
    assert "N6.1" in failed(report)
    bare = verify(forge(small_record, tmp_path / "b", lambda _: None), tmp_path / "w")
    assert bare.counts["N6.1"].verdict is Status.NOT_RUN


def test_what_is_only_declared_is_never_green(small_record, tmp_path):
    report = verify(small_record.folder, tmp_path / "work", small_record)
    assert {code for code in report.counts if code.startswith("D")} == {"D1", "D2", "D3", "D4"}
    assert all(report.counts[code].verdict is Status.DECLARED for code in report.counts if code[0] == "D")
