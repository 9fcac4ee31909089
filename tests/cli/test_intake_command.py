"""Transcripts of `dauys intake`: what a person types, what comes back, how it ends."""

from __future__ import annotations

import json
import stat
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "intake"))

from intake_world import (
    BADGE,
    NOW,
    VOTE,
    device_key,
    entries,
    make_record,
    parcel_of,
    public,
    sighting_note,
    stages,
)

from dauys.cli.main import cli
from dauys.intake.app import IntakeApp
from dauys.intake.hand_over import hand_over
from dauys.intake.keys import parse_intake_key
from dauys.intake.known import Directory
from dauys.intake.parcels import sighting_parcel
from dauys.intake.receiver import open_intake
from dauys.intake.server import IntakeServer
from dauys.record.keys import ED25519, encode_secret_key

NAME = "results.example/intake"
SEED = bytes(range(32))


@pytest.fixture
def dauys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setattr("os.fsync", lambda handle: None)

    def run(*args, code=0, lang="en"):
        result = CliRunner().invoke(cli, ["--lang", lang, "intake", *map(str, args)])
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return run


@pytest.fixture
def home(dauys):
    """A record, an intake and its key, all in the working folder."""
    record = make_record(Path("record"), "m1")
    Path("intake.key").write_text(encode_secret_key(NAME, ED25519, SEED) + "\n")
    dauys("init", "intake", "--name", NAME, "--key", "intake.key")
    return record


def key():
    return parse_intake_key(Path("intake.key").read_text())


@contextmanager
def at_work(record):
    """The same intake as `dauys intake serve` runs, with a clock that stands."""
    with (
        open_intake(Path("intake"), key(), Directory(str(record))) as intake,
        IntakeServer(IntakeApp(intake, lambda: NOW)) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield intake, f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_an_intake_and_its_key_are_made_once(dauys):
    result = dauys("init", "intake", "--name", NAME, "--key", "new.key")
    vkey = parse_intake_key(Path("new.key").read_text()).verifier.encode()
    assert result.output.splitlines()[-1] == vkey
    assert vkey.startswith(f"{NAME}+")
    assert stat.S_IMODE(Path("new.key").stat().st_mode) == 0o600
    again = dauys("init", "intake", "--name", NAME, "--key", "new.key", code=2)
    assert "U1.18" in again.output
    other = dauys("init", "other", "--name", "another.example/intake", "--key", "new.key", code=2)
    assert "U1.18" in other.output
    assert not Path("other").exists()


def test_a_station_sends_and_anybody_checks(dauys, home):
    public(Path("store"), "m1", entries()[: stages()[1]])
    vkey = key().verifier.encode()
    with at_work(home) as (_, address):
        sent = dauys("send", "store", address, "--receipts", "receipts", "--key", vkey)
        (file,) = Path("receipts").iterdir()
        first = file.read_bytes()
        dauys("send", "store/public", address, "--receipts", "receipts")
    assert [path.read_bytes() for path in Path("receipts").iterdir()] == [first]
    assert sent.output.splitlines()[0] == (
        f"m1 ({VOTE}): up to a closed batch, {stages()[1]} entries, received {NOW}"
    )
    assert str(file) in sent.output
    told = dauys("check", file, "--key", vkey)
    assert told.output.splitlines()[-1] == f"The receipt holds: signed by {NAME}."
    dauys("count", "intake")


def test_a_receipt_by_another_or_changed_does_not_hold(dauys, home):
    public(Path("store"), "m1", entries())
    with at_work(home) as (_, address):
        dauys("send", "store", address, "--receipts", "receipts")
    (file,) = Path("receipts").iterdir()
    vkey = key().verifier.encode()
    Path("vkey").write_text(vkey + "\n")
    assert "sealed" in dauys("check", file, "--key", "vkey").output
    assert "U1.15" in dauys("check", file, "--key", device_key("m1").verifier.encode(), code=1).output
    Path("changed").write_bytes(file.read_bytes().replace(b'"size":', b'"size":1'))
    assert "U1.15" in dauys("check", "changed", "--key", vkey, code=1).output
    Path("nothing").write_bytes(b"")
    assert "U1.15" in dauys("check", "nothing", "--key", vkey, code=1).output
    assert "L7.3" in dauys("check", "missing", "--key", vkey, code=2).output
    assert "L3.3" in dauys("check", file, "--key", "nonsense", code=2).output


def test_a_receipt_convicts_a_record_that_lacks_what_was_received(dauys, home):
    public(Path("store"), "m1", entries())
    with at_work(home) as (_, address):
        dauys("send", "store", address, "--receipts", "receipts")
    (file,) = Path("receipts").iterdir()
    vkey = key().verifier.encode()
    told = dauys("check", file, "--key", vkey, "--record", home, code=1)
    assert "the record does not hold what was received" in told.output
    hand_over(Path("intake"), home, VOTE, "m1")
    told = dauys("check", file, "--key", vkey, "--record", home)
    assert (
        told.output.splitlines()[-1] == f"The record continues what was received: {len(entries())} entries."
    )
    as_json = json.loads(dauys("check", file, "--key", vkey, "--record", home, "--json").output)
    assert as_json["record"] == len(entries())
    assert as_json["receipt"]["what"] == "seal"


@pytest.mark.parametrize("named", ["record", "record/public"])
def test_what_was_received_goes_into_the_record(dauys, home, named):
    told = dauys("hand-over", "intake", named)
    assert told.output.splitlines()[-1] == f"Devices handed over: 0, not: 0; to {home}"
    public(Path("store"), "m1", entries())
    with at_work(home) as (_, address):
        dauys("send", "store", address, "--receipts", "receipts")
        told = dauys("hand-over", "intake", named)
    assert told.output.splitlines()[0] == f"m1 ({VOTE}): {len(entries())} entries"
    (file,) = Path("receipts").iterdir()
    dauys("check", file, "--key", key().verifier.encode(), "--record", home)
    assert dauys("hand-over", "intake", named).output == told.output


def test_a_device_that_cannot_be_handed_over_stops_no_other(dauys, tmp_path):
    """One that this record does not know, one that its copy of the record knows under another key."""
    home = make_record(Path("record"), "m1", "m2")
    Path("intake.key").write_text(encode_secret_key(NAME, ED25519, SEED) + "\n")
    dauys("init", "intake", "--name", NAME, "--key", "intake.key")
    with at_work(home) as (_, address):
        for device in ("m1", "m2"):
            public(Path(device), device, entries(device))
            dauys("send", device, address)
    other = make_record(Path("other"), "m2")
    told = dauys("hand-over", "intake", "other", code=1)
    assert "the record does not know who sends this" in told.output
    assert f"m2 ({VOTE}): {len(entries('m2'))} entries" in told.output
    assert told.output.splitlines()[-1] == f"Devices handed over: 1, not: 1; to {other}"
    assert not (other / "device" / "1-0" / "m1").exists()
    (Path("intake") / "device/1-0/m2/checkpoint").write_bytes((Path("m1") / "public/checkpoint").read_bytes())
    told = dauys("hand-over", "intake", "record", code=1)
    assert f"m1 ({VOTE}): {len(entries('m1'))} entries" in told.output
    assert "(L3." in told.output
    assert not (home / "device" / "1-0" / "m2").exists()
    assert "(U1.18)" in dauys("hand-over", "nothing", "record", code=2).output
    assert "(L7.1)" in dauys("hand-over", "intake", "nothing", code=2).output


def test_a_refusal_is_said_in_words_and_leaves_with_1(dauys, home):
    public(Path("open"), "m1", entries()[:20])
    public(Path("foreign"), "m2", entries("m2"))
    with at_work(home) as (_, address):
        told = dauys("send", "open", address, code=1)
        assert "outside a closed batch" in told.output
        assert "(U1.9)" in told.output
        assert "keep the folder as it is" in told.output
        assert "U1.3" in dauys("send", "foreign", address, code=1).output
        russian = dauys("send", "foreign", address, code=1, lang="ru").output
        assert "запись не знает такого отправителя" in russian
        kazakh = dauys("send", "foreign", address, code=1, lang="kk").output
        assert "жазбада мұндай жіберуші жоқ" in kazakh
    told = dauys("send", "open", address, code=2)
    assert "L7.3" in told.output
    assert "U1.1" in dauys("send", home.parent, address, code=2).output
    assert "L7" in dauys("send", "nowhere", address, code=2).output


def test_counting_says_what_was_received_and_that_a_device_has_two_histories(dauys, home):
    public(Path("store"), "m1", entries())
    with at_work(home) as (intake, address):
        dauys("send", "store", address)
        dauys("send", "store", address)
        assert dauys("count", "intake").output.splitlines() == [
            f"m1 ({VOTE}): 70 ballots, sealed",
            "70 ballots, devices: 1",
            "Protocols: 0, sightings: 0",
        ]
        lie = sighting_parcel(VOTE, "m1", "obs-1", sighting_note("m1", 20, b"\x07" * 32)).manifest
        intake.finish(intake.begin(lie.data).id, NOW)
    told = json.loads(dauys("count", "intake", "--json", code=1).output)
    assert told == {
        "ballots": 70,
        "devices": [
            {
                "vote": VOTE,
                "device": "m1",
                "size": len(entries()),
                "ballots": 70,
                "sealed": True,
                "uploads": 1,
            }
        ],
        "forks": 1,
        "protocols": 0,
        "sightings": 1,
    }
    assert "PROVED" in dauys("count", "intake", code=1).output


def test_an_observer_sends_what_was_seen(dauys, home):
    folder = public(Path("store"), "m1", entries()[: stages()[1]])
    Path("badge.key").write_text(encode_secret_key(BADGE.verifier.name, ED25519, b"\x05" * 32) + "\n")
    Path("other.key").write_text(encode_secret_key(BADGE.verifier.name, ED25519, b"\x06" * 32) + "\n")
    seen = [folder / "checkpoint", None, "--badge", "obs-1", "--receipts", "receipts"]
    with at_work(home) as (_, address):
        seen[1] = address
        told = dauys("sighting", *seen, "--badge-key", "badge.key")
        assert "as an observer saw it" in told.output
        assert "U1.4" in dauys("sighting", *seen, "--badge-key", "other.key", code=1).output
    assert len(list(Path("receipts").iterdir())) == 1
    assert "sightings: 1" in dauys("count", "intake").output


def test_protocols_are_sent_signed_or_not(dauys, home):
    Path("protocol.pdf").write_bytes(b"%PDF")
    Path("north.key").write_text(encode_secret_key("north", ED25519, b"\x06" * 32) + "\n")
    vkey = key().verifier.encode()
    with at_work(home) as (_, address):
        named = ["protocol.pdf", address, "--vote", VOTE, "--station", "s-m1", "--key", vkey]
        assert "scan-1, 4 bytes" in dauys("protocol", *named, "--what", "scan-1").output
        signed = ["--signer", "north", "--signer-key", "north.key"]
        told = json.loads(dauys("protocol", *named, "--what", "electronic-1", *signed, "--json").output)
        assert (told["signer"], told["station"], told["what"]) == ("north", "s-m1", "electronic-1")
        dauys("protocol", *named, "--what", "a", "--signer", "north", code=2)
        named[5] = "s-9"
        assert "U1.3" in dauys("protocol", *named, "--what", "scan-1", code=1).output
    assert "Protocols: 2" in dauys("count", "intake").output


def interrupted(server):
    raise KeyboardInterrupt


def test_what_is_no_text_is_refused_before_it_is_sent(dauys, home):
    Path("scan").write_bytes(b"x")
    Path("signer.key").write_text(encode_secret_key("a/b", ED25519, SEED))
    usual = ("protocol", "scan", "http://127.0.0.1:9", "--vote", VOTE, "--what", "scan-1")
    assert "(U1.1)" in dauys(*usual, "--station", "\udcff", code=2).output
    signed = ("--station", "s-m1", "--signer", "\udcff", "--signer-key", "signer.key")
    assert "(U1.1)" in dauys(*usual, *signed, code=2).output


def test_serving_ends_in_order_and_what_it_needs_must_be_there(dauys, home, monkeypatch):
    monkeypatch.setattr(IntakeServer, "serve_forever", interrupted)
    told = dauys("serve", "intake", "--record", home, "--key", "intake.key", "--port", 0)
    assert "Receiving at http://127.0.0.1:" in told.output
    assert "Stopped" in told.output
    assert "U1.18" in dauys("serve", "nothing", "--record", home, "--key", "intake.key", code=2).output
    assert "L7" in dauys("serve", "intake", "--record", "nothing", "--key", "intake.key", code=2).output
    wrong = device_key("m1").verifier.encode()
    refused = dauys("serve", "intake", "--record", home, "--key", "intake.key", "--log-key", wrong, code=2)
    assert "L3.7" in refused.output
    Path("other.key").write_text(encode_secret_key(NAME, ED25519, bytes(32)) + "\n")
    assert "U1.18" in dauys("serve", "intake", "--record", home, "--key", "other.key", code=2).output
    Path("bad.key").write_text("PRIVATE+KEY+secret+words\n")
    bad = dauys("serve", "intake", "--record", home, "--key", "bad.key", code=2)
    assert "L3.3" in bad.output
    assert "secret+words" not in bad.output
    for host in ("é" * 70, "nowhere.invalid"):
        told = dauys("serve", "intake", "--record", home, "--key", "intake.key", "--host", host, code=2)
        assert "L7.3" in told.output
    with open_intake(Path("intake"), key(), Directory(str(home))):
        assert "L5.3" in dauys("serve", "intake", "--record", home, "--key", "intake.key", code=2).output


def test_a_parcel_of_another_device_is_never_taken_for_ours(home):
    """The folder says whose log it is; no option can say otherwise."""
    parcel = parcel_of(public(Path("store"), "m2", entries("m2")))
    assert (parcel.manifest.vote, parcel.manifest.of) == (VOTE, "m2")
