"""Waves: each check fails where units, sums, signatures, partial decryptions or totals are others (T)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from forged_records import Draft, Made, Value, failed, forge, log_of, verify

from dauys.record.book import open_record
from dauys.verify.ballots import check_devices
from dauys.verify.logs import check_entries, open_election_log
from dauys.verify.options import Options, Silent
from dauys.verify.report import Ledger, Report, Status
from dauys.verify.tally import _WaveCheck, parse_waves
from dauys.verify.workers import ThreadWorkers

Change = Callable[[Draft], object]


def report_of(made: Made, tmp_path: Path, change: Change) -> Report:
    record = forge(made, tmp_path / "out", change)
    return verify(record, tmp_path / "work", made)


def _of(report: Report, prefix: str) -> set[str]:
    return {code for code in failed(report) if code.startswith(prefix)}


def _wave(change: Callable[[Value], object]) -> Change:
    return lambda draft: draft.change_file(draft.one("wave")["file"], change)


def _first(kind: str, change: Callable[[Value], object]) -> Change:
    return lambda draft: draft.change_file(draft.one(kind)["file"], change)


def _move_device(value: Value) -> None:
    first, second = value["units"][:2]
    first["devices"] += second["devices"]
    value["units"].remove(second)


def _swap_totals(value: Value) -> None:
    votes = value["totals"][0]["votes"]
    high, low = votes.index(max(votes)), votes.index(min(votes))
    votes[high], votes[low] = votes[high] - 1, votes[low] + 1


def _extra_sum(value: Value) -> None:
    value["sums"].append({**value["sums"][0], "contest": "zz"})


WAVES: dict[str, tuple[Change, str]] = {
    "not JSON": (lambda draft: draft.put(draft.one("wave")["file"], b"{"), "T1.1"),
    "another form": (_wave(lambda v: v.pop("root")), "T1.2"),
    "another vote": (_wave(lambda v: v.update(vote_id="simulation/2/0")), "T1.3"),
    "another root": (_wave(lambda v: v.update(root="0" * 128)), "T1.3"),
    "another number": (_wave(lambda v: v.update(wave=2)), "T1.4"),
    "no order": (_wave(lambda v: v["units"].reverse()), "T1.5"),
    "a seal of nothing": (_wave(lambda v: v["units"][0]["devices"][0].update(size=0)), "T1.6"),
    "an unknown contest": (_wave(lambda v: v["units"][0]["contests"][0].update(id="zz")), "T1.7"),
    "too few ballots": (_wave(lambda v: v["units"][0]["contests"][0].update(ballots=0)), "T1.8"),
    "a unit left out": (_wave(lambda v: v["units"].pop()), "T7.1"),
    "two units in one": (_wave(_move_device), "T7.1"),
    "another unit": (_wave(lambda v: v["units"][0].update(id="00")), "T7.1"),
    "another size": (_wave(lambda v: v["units"][0]["devices"][0].update(size=3)), "T7.2"),
    "another tree": (_wave(lambda v: v["units"][0]["devices"][0].update(root="0" * 64)), "T7.2"),
    "a contest left out": (_wave(lambda v: v["units"][0]["contests"].pop()), "T7.3"),
    "another set": (_wave(lambda v: v["units"][0]["contests"][0].update(set="0" * 128)), "T7.4"),
    "another count": (_wave(lambda v: v["units"][0]["contests"][0].update(ballots=99)), "T7.4"),
    "a signature that fails": (_first("wave-signature", lambda v: v.update(signature="0" * 128)), "T2.1"),
    "a signature of another wave": (
        _first("wave-signature", lambda v: v.update(wave_hash="0" * 128)),
        "T2.4",
    ),
    "a signature of nobody": (_first("wave-signature", lambda v: v.update(number=9)), "T2.3"),
    "an entry of another trustee": (lambda d: d.one("wave-signature").update(trustee=9), "T2.3"),
    "too few signatures": (lambda d: d.entries.remove(d.one("wave-signature")), "T2.2"),
    "a partial that is none": (lambda d: d.put(d.one("partial")["file"], b"{}"), "T4.1"),
    "a partial of another": (_first("partial", lambda v: v.update(signature="0" * 128)), "T4.2"),
    "a partial of another wave": (_first("partial", lambda v: v.update(wave=2)), "T4.3"),
    "too few partials": (lambda d: d.entries.remove(d.one("partial")), "T5.1"),
    "a vote moved": (_first("tally", _swap_totals), "T7.5"),
    "a total left out": (_first("tally", lambda v: v["totals"].pop()), "T7.5"),
    "a total twice": (_first("tally", lambda v: v["totals"].append(v["totals"][0])), "T7.5"),
    "a total of nothing": (
        _first("tally", lambda v: v["totals"].append({**v["totals"][0], "unit": "zz"})),
        "T7.5",
    ),
    "totals of another wave": (_first("tally", lambda v: v.update(wave=2)), "T7.5"),
    "totals without a form": (_first("tally", lambda v: v.pop("wave")), "L8.8"),
}


@pytest.mark.parametrize("name", WAVES)
def test_a_wave_that_is_another_fails(small_record, tmp_path, name) -> None:
    change, code = WAVES[name]
    assert code in failed(report_of(small_record, tmp_path, change))


def _seal_late(draft: Draft) -> None:
    """Put the wave, and what belongs to it, before the last seal of its vote."""
    vote = draft.one("wave")["vote"]
    last = [e for e in draft.entries if e["kind"] in ("checkpoint", "telephone") and e["vote"] == vote]
    seals = [e for e in last if e.get("what", "seal") == "seal"]
    for entry in seals[-2:]:
        draft.entries.remove(entry)
        draft.entries.append(entry)


def test_a_wave_before_a_seal_fails(small_record, tmp_path) -> None:
    found = failed(report_of(small_record, tmp_path, _seal_late))
    assert {"L9.9", "T7.1"} <= found


def test_a_sum_that_no_wave_holds_is_seen(small_record, tmp_path) -> None:
    """Opening a sum that nobody signed for is what a trustee must never do: a sum may be one ballot."""
    record = forge(small_record, tmp_path / "out", _first("partial", _extra_sum))
    (tmp_path / "work").mkdir()
    with open_record(str(record)) as source:
        context = open_election_log(source, Options(bytes(32), tmp_path / "work"), Ledger())
        assert context
        check_entries(context, Silent())
        vote = context.votes["simulation/1/0"]
        counted = check_devices(context, Silent(), ThreadWorkers(1))
        parsed = parse_waves(context)[vote.vote, 1]
        assert parsed.wave
        check = _WaveCheck(context, vote, counted, parsed, vote.stations())
        keys = [one.key for one in check._partials(frozenset())[0].sums]
        assert keys == [*parsed.wave.sums, (keys[0][0], "zz")]
        only_unknown = check._partials(frozenset([keys[0]]))[0]
        assert [one.key for one in only_unknown.sums] == keys[1:]


def test_while_trustees_still_sign_nothing_fails(small_record, tmp_path) -> None:
    """A record that is read between the wave and its totals is no record with a fault."""

    def last_vote_only(draft: Draft, *kinds: str) -> None:
        vote = draft.all("wave")[-1]["vote"]
        draft.entries = [
            entry
            for entry in draft.entries
            if not (entry.get("vote") == vote and entry["kind"] in kinds)
            and not (entry["kind"] == "result" and entry["round"] == 2)
            and not (entry["kind"] == "protocol" and entry["round"] == 2)
        ]

    steps = (("tally",), ("tally", "partial"), ("tally", "partial", "wave-signature"))
    for number, kinds in enumerate((*steps, (*steps[-1], "wave"))):
        report = report_of(
            small_record, tmp_path / str(number), lambda draft, kinds=kinds: last_vote_only(draft, *kinds)
        )
        assert not _of(report, "T"), kinds
        assert not _of(report, "L"), kinds
        waiting = {one.code for one in report.findings if one.status is Status.NOT_RUN}
        assert waiting & {"T7.5", "T7.6"}, kinds


def test_too_few_signatures_are_no_quorum_once_something_is_opened(small_record, tmp_path) -> None:
    def change(draft: Draft) -> None:
        draft.entries = [e for e in draft.entries if e["kind"] not in ("wave-signature", "tally")]

    report = report_of(small_record, tmp_path, change)
    assert "T2.2" in failed(report)
    assert not report.counts["T2.1"].passed


def test_a_device_left_out_after_its_wave_does_not_vanish(small_record, tmp_path) -> None:
    def change(draft: Draft) -> None:
        device = draft.one("installation")
        draft.entries.append(
            {
                "at": draft.entries[-1]["at"],
                "id": "late",
                "kind": "decision",
                "order": [],
                "point": f"{device['vote']} {device['device']}",
                "protocol": None,
                "reference": "late",
                "what": "exclude",
            }
        )

    report = report_of(small_record, tmp_path, change)
    codes = {one.code for one in report.findings if one.status in (Status.FAILED, Status.NOT_RUN)}
    assert codes & {"T7.3", "T7.4"}
    assert report.exit_code(strict=True) == 1


def test_one_station_alone(small_record, tmp_path) -> None:
    stations = [json.loads(d)["station"] for d in log_of(small_record.folder) if b'"installation"' in d]
    report = verify(small_record.folder, tmp_path / "work", small_record, station=stations[0])
    assert not report.failures
    assert {one.reason for one in report.findings if one.code == "R1.1"} == {"station"}
