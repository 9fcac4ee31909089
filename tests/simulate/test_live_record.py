"""A record in which some stations are live: what they install and cast stands in it, and all verifies."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import pytest
from live_station import LiveStations

from dauys.crypto.cards import list_cards
from dauys.record.book import device_folder, open_record
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.entries import parse_entry
from dauys.record.faults import LogError
from dauys.record.note import parse_note
from dauys.record.policy import parse_policy
from dauys.record.reader import LogReader
from dauys.simulate.fewer import with_fewer_ballots
from dauys.simulate.record import simulate_record
from dauys.simulate.scene import scene_of_seed
from dauys.verify.options import Options, Silent
from dauys.verify.report import Status
from dauys.verify.run import verify_record
from dauys.verify.workers import ThreadWorkers

SEED = 3
#: 0001 is a unit alone, 0002 is merged with 0004.
NAMES = ("0001", "0002")


def verified(made, work):
    work.mkdir()
    here = patch("dauys.verify.run.local_workers", lambda *_: nullcontext(ThreadWorkers(1)))
    with open_record(str(made.record)) as record, here:
        policy = parse_policy(made.policy.read_bytes())
        return verify_record(record, Options(bytes(32), work, policy=policy), Silent()).report


def entries_of(record: Path, kind: str):
    with open_record(str(record)) as source:
        checkpoint = parse_checkpoint(parse_note(source.checkpoint()).text)
        log = LogReader(source.source, checkpoint.size, checkpoint.root)
        entries = [parse_entry(data, index, "election") for index, data in log.entries()]
    return [entry for entry in entries if entry.kind == kind]


def played(folder: Path, most: int | None):
    (folder / "stations").mkdir()
    live = LiveStations(folder / "stations", NAMES, most)
    scene = with_fewer_ballots(scene_of_seed(4, 70, SEED), {"0001": 60}, SEED)
    return simulate_record(folder / "out", scene, SEED, live=live), live, scene


@pytest.fixture(scope="module")
def some(tmp_path_factory):
    """Two live stations at which only 50 voters came, of 60 and 70."""
    return played(tmp_path_factory.mktemp("some"), 50)


def test_the_record_of_live_stations_verifies(some, tmp_path):
    report = verified(some[0], tmp_path / "work")
    assert [finding for finding in report.findings if finding.status is Status.FAILED] == []
    for code in ("S1.1", "T7.1", "T7.4", "T7.5", "P3.3", "P3.4", "L9.3", "C6.2", "R1.1"):
        assert report.counts[code].passed > 0, code


def test_kit_and_cards_come_before_the_device_has_a_key(some):
    made, live, _ = some
    for name in NAMES:
        kit = live.kits[name]
        assert (kit.station, kit.vote_id) == (name, "simulation/1/0")
        (device,) = kit.devices
        secrets = [live.secret(letters) for letters in live.cards[name]]
        assert list_cards(kit.vote_id, device.id, secrets).hashes == device.cards
        (act,) = [
            entry
            for entry in entries_of(made.record, "installation")
            if entry.fields["device"] == device.id and entry.fields["vote"] == kit.vote_id
        ]
        assert act.fields["key"] == live.signer(name).verifier.encode()
        lists = [e for e in entries_of(made.record, "cards") if e.fields["device"] == device.id]
        assert lists[0].index < act.index


def test_the_log_of_a_live_device_is_the_one_it_wrote(some):
    made, live, _ = some
    for name in NAMES:
        device = live.kits[name].devices[0].id
        folder = made.record / device_folder("simulation/1/0", device)
        for path in (live.folder / name / "public").rglob("*"):
            if path.is_file():
                copied = folder / path.relative_to(live.folder / name / "public")
                assert copied.read_bytes() == path.read_bytes()
        seals = [
            entry
            for entry in entries_of(made.record, "checkpoint")
            if (entry.fields["device"], entry.fields["what"]) == (device, "seal")
        ]
        assert seals[0].fields["note"].encode() == (folder / "checkpoint").read_bytes()


def test_protocols_say_what_was_cast_and_not_what_was_planned(some):
    made, live, scene = some
    assert (scene.ballots["0001", 1], scene.ballots["0002", 1]) == (60, 70)
    protocols = {
        (e.fields["station"], e.fields["contest"]): e.fields
        for e in entries_of(made.record, "protocol")
        if e.fields["channel"] == "electronic" and e.fields["round"] == 1 and e.fields["version"] == 1
    }
    for name in NAMES:
        kit = live.kits[name]
        at = 0
        for contest, options in kit.options.items():
            cast = [row[at : at + len(options)] for row in live.rows[name][:50]]
            at += len(options)
            said = protocols[name, contest]
            assert said["counts"]["ballots_cast"] == 50
            assert said["counts"]["admissions"] == 52
            assert said["votes"] == {option: sum(row[n] for row in cast) for n, option in enumerate(options)}


def test_private_things_lie_beside_the_record_and_not_in_it(some):
    made, live, _ = some
    private = made.record.parent / "private"
    assert sorted(path.name for path in private.iterdir()) == list(NAMES)
    names = {path.name for path in (private / "0001").iterdir()}
    assert names == {"kit.zip", "voters.csv", "register.extract", "cards.txt", "rows.json"}
    letters = (private / "0001" / "cards.txt").read_text().split()
    assert letters == list(live.cards["0001"])
    rows = json.loads((private / "0001" / "rows.json").read_text())
    assert [bytes(map(int, row)) for row in rows] == list(live.rows["0001"])
    public = b"".join(path.read_bytes() for path in made.record.rglob("*") if path.is_file())
    name = (private / "0001" / "voters.csv").read_text().splitlines()[1].split(",")[1]
    assert name.encode() not in public
    used = sum(live.secret(one).hex().encode() in public for one in letters)
    assert used == 0


def test_a_contest_too_small_to_open_is_counted_from_slips(tmp_path):
    made, _, _ = played(tmp_path, 20)
    report = verified(made, tmp_path / "work")
    assert [finding for finding in report.findings if finding.status is Status.FAILED] == []
    waves = [e for e in entries_of(made.record, "wave") if e.fields["vote"] == "simulation/1/0"]
    wave = json.loads((made.record / waves[0].fields["file"]["path"]).read_bytes())
    assert "0001" not in {unit["id"] for unit in wave["units"]}


@pytest.mark.parametrize("names", [("0009",), ("0002", "0004")], ids=["unknown", "two of one unit"])
def test_stations_that_cannot_be_live(tmp_path, names):
    live = LiveStations(tmp_path, names)
    with pytest.raises(ValueError, match="live stations"):
        simulate_record(tmp_path / "out", scene_of_seed(4, 40, SEED), SEED, live=live)
    assert not (tmp_path / "out").exists()


class Torn(LiveStations):
    """Gives a log that a stick has lost a byte of."""

    def day(self, station, rows):
        folder = super().day(station, rows)
        bundle = next(path for path in (folder / "tile" / "entries").rglob("*") if path.is_file())
        bundle.write_bytes(bundle.read_bytes()[:-1])
        return folder


def test_a_torn_log_is_not_taken(tmp_path):
    live = Torn(tmp_path, ("0001",))
    with pytest.raises(LogError) as caught:
        simulate_record(tmp_path / "out", scene_of_seed(2, 40, SEED), SEED, live=live)
    assert caught.value.code == "L2.5"


def test_fewer_ballots_on_machines_leave_totals_as_they_were():
    scene = scene_of_seed(4, 70, SEED)
    fewer = with_fewer_ballots(scene, {"0001": 40, "0003": 500}, SEED)
    assert (fewer.ballots["0001", 1], fewer.ballots["0003", 1]) == (40, 70)
    assert fewer.electronic["0003", "list", 1] == scene.electronic["0003", "list", 1]
    for contest in ("list", "c1"):

        def total(one, contest=contest):
            (paper,) = [p for p in one.protocols if (p.station, p.contest, p.round) == ("0001", contest, 1)]
            machines = one.electronic["0001", contest, 1]
            blank = one.ballots["0001", 1] - sum(machines)
            votes = [a + b for a, b in zip(paper.votes.values(), machines, strict=True)]
            counts = paper.counts
            assert counts.ballots_cast == sum(paper.votes.values()) + counts.invalid_ballots
            assert counts.ballots_issued == counts.ballots_cast + counts.ballots_not_returned
            return votes, blank + counts.invalid_ballots, counts.ballots_cast + one.ballots["0001", 1]

        assert total(fewer) == total(scene)


@pytest.mark.parametrize(("most", "error"), [({"0009": 5}, KeyError), ({"0001": 0}, ValueError)])
def test_fewer_ballots_of_a_station_that_has_none(most, error):
    with pytest.raises(error):
        with_fewer_ballots(scene_of_seed(2, 40, SEED), most, SEED)
