"""Transcripts of `dauys kit`: a commission freezes a register and makes a kit, a station checks it."""

from __future__ import annotations

import errno
import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from dauys.cli.main import cli
from dauys.formats.voters import encode_voters, read_extract
from dauys.record.keys import ED25519, encode_secret_key, parse_secret_key
from dauys.simulate.parties import Parties
from dauys.simulate.record import simulate_record
from dauys.simulate.scene import scene_of_seed
from dauys.simulate.voters import make_extract

SEED, STATION, VOTE = 5, "0002", "simulation/1/0"


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """A record, with the files that a commission has beside it."""
    folder = tmp_path_factory.mktemp("kit") / "out"
    scene = scene_of_seed(2, 40, SEED)
    simulate_record(folder, scene, SEED)
    extract = make_extract(scene.election, scene.election.stations[1], VOTE, SEED)
    (folder / "0002.extract").write_bytes(extract.encode())
    (folder / "voters.csv").write_bytes(encode_voters(extract.voters))
    seed = Parties(scene.election.id, SEED).secret("commission", "centre")
    (folder / "centre.key").write_text(encode_secret_key("simulation.invalid/centre", ED25519, seed) + "\n")
    return folder


@pytest.fixture
def dauys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C.UTF-8")

    def run(*args, code=0):
        result = CliRunner().invoke(cli, [str(a) for a in args])
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return run


@pytest.fixture
def make(dauys, record):
    def run(*more, out="kit.zip", code=0, voters="0002.extract"):
        return dauys(
            "kit", "make", record / "public", "--station", STATION, "--voters", record / voters, "--key",
            record / "centre.key", "--out", out, "--policy", record / "policy", "--vote", VOTE, *more,
            code=code,
        )  # fmt: skip

    return run


@pytest.fixture
def public(record):
    return parse_secret_key((record / "centre.key").read_text()).verifier.public.hex()


def test_a_kit_is_made_and_checked(dauys, make, public):
    made = make().output.splitlines()
    assert made[0] == "Station 0002, vote simulation/1/0, kit version 1: voters on the list 220"
    assert made[1] == "Device 0002-m1 (main): 70 cards"
    assert made[2] == "Voting from 2004-09-19T07:00+06:00 to 2004-09-19T20:00+06:00"
    assert made[3].startswith("SIMULATION")
    assert made[4] == f"Signed by centre {public}"
    assert made[5].startswith("Read aloud: ")
    assert dauys("kit", "check", "kit.zip", "--key", public).output.splitlines() == made[:6]
    assert stat.S_IMODE(Path("kit.zip").stat().st_mode) == 0o600


def test_without_a_key_the_station_is_told_to_compare(dauys, make):
    make()
    assert "compare these letters by voice" in dauys("kit", "check", "kit.zip").output


@pytest.mark.parametrize(("lang", "said"), [("kk", "Дауыстап оқыңыз"), ("ru", "Прочтите вслух")])
def test_in_the_language_of_the_person(dauys, make, lang, said):
    make()
    assert said in dauys("kit", "check", "kit.zip", "--lang", lang).output


def test_the_same_bytes_again_and_never_over_an_old_file(make):
    make()
    first = Path("kit.zip").read_bytes()
    assert "kit.zip" in make(code=2).output
    make(out="again.zip")
    assert Path("again.zip").read_bytes() == first


def test_a_full_disk_leaves_no_piece_of_a_kit(make, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("dauys.cli.log_words.os.fsync", full)
        assert "No space left" in make(code=2).output
    assert not Path("kit.zip").exists()
    make()


def test_a_register_is_frozen(dauys, record):
    table = record / "voters.csv"
    given = ("kit", "register", record / "public", "--station", STATION, "--voters", table)
    told = dauys(*given, "--out", "0002.extract")
    extract = read_extract(Path("0002.extract"))
    assert told.stdout == f"0002,220,{extract.hash}\n"
    assert stat.S_IMODE(Path("0002.extract").stat().st_mode) == 0o600
    dauys(*given, "--out", "again.extract")
    assert read_extract(Path("again.extract")).salt != extract.salt
    assert read_extract(Path("again.extract")).voters == extract.voters


def test_every_bad_row_of_a_register_is_told(dauys, record):
    lines = (record / "voters.csv").read_text().splitlines()
    lines[1] = lines[1].replace("1,", "x,", 1)
    lines[2] = lines[2].replace(lines[2].split(",")[3], "2003-01-01")
    Path("voters.csv").write_text("\n".join(lines) + "\n")
    told = dauys(
        "kit", "register", record / "public", "--station", STATION, "--voters", "voters.csv", "--out", "e",
        code=2,
    )  # fmt: skip
    assert "row 2, column number: “x” is not in the form 1, 2, 3 …" in told.output.replace(
        "0, 1, 2 …", "1, 2, 3 …"
    )
    assert "row 3, column born: born 2003-01-01; expected 1870-01-01 … 1986-09-19 (W2.2)" in told.output
    assert not Path("e").exists()


def test_a_register_with_other_voters_than_are_registered(dauys, record):
    lines = (record / "voters.csv").read_text().splitlines()
    Path("voters.csv").write_text("\n".join(lines[:-1]) + "\n")
    told = dauys(
        "kit", "register", record / "public", "--station", STATION, "--voters", "voters.csv", "--out", "e",
        code=2,
    )  # fmt: skip
    assert "219 voters in the list, 220 registered (W2.3)" in told.output


def test_a_plain_table_gives_no_kit_and_the_hint_says_what_to_do(make):
    told = make(voters="voters.csv", code=2).output
    assert "(W2.4)" in told
    assert "dauys kit register" in told
    assert not Path("kit.zip").exists()


def test_a_kit_with_another_key_is_refused(dauys, make):
    make()
    told = dauys("kit", "check", "kit.zip", "--key", "00" * 32, code=2).output
    assert "(W1.3)" in told
    assert "you gave" in told
    assert dauys("kit", "check", "kit.zip", "--key", "00", code=2).output.count("64") == 1


def test_what_is_no_kit_no_record_no_key(dauys, make, record):
    assert "(W1.1)" in dauys("kit", "check", record / "policy", code=2).output
    assert "(W1.1)" in dauys("kit", "check", "nothing.zip", code=2).output
    given = ("--station", STATION, "--voters", record / "0002.extract", "--out", "k")
    assert "(L3.3)" in dauys(
        "kit", "make", record / "public", *given, "--key", record / "policy", code=2
    ).output  # fmt: skip
    assert "L7.1" in dauys("kit", "make", "nowhere", *given, "--key", record / "centre.key", code=2).output


def test_the_key_of_a_commission_is_made_once(dauys):
    told = dauys("kit", "key", "centre.key", "--name", "results.example/centre").output
    signer = parse_secret_key(Path("centre.key").read_text())
    assert signer.verifier.public.hex() in told
    assert stat.S_IMODE(Path("centre.key").stat().st_mode) == 0o600
    assert "(L5.2)" in dauys("kit", "key", "centre.key", "--name", "a", code=2).output


def test_a_key_that_is_no_commissions_signs_nothing(dauys, record):
    dauys("kit", "key", "mine.key", "--name", "results.example/mine")
    told = dauys(
        "kit", "make", record / "public", "--station", STATION, "--voters", record / "0002.extract",
        "--key", "mine.key", "--out", "k", "--vote", VOTE, code=2,
    )  # fmt: skip
    assert "(W1.3)" in told.output


def test_help_in_three_languages(dauys):
    for lang in ("en", "kk", "ru"):
        for verb in ((), ("key",), ("register",), ("make",), ("check",)):
            assert "help.kit" not in dauys("kit", "--lang", lang, *verb, "--help").output
    assert "kit" in dauys("--help").output


def test_a_simulated_record_comes_with_a_kit_to_practise_with(dauys):
    given = ("simulate", "record", "--stations", 2, "--ballots", 40, "--seed", SEED)
    told = json.loads(dauys(*given, "--out", "out", "--kit", STATION, "--json", "-q").stdout)
    kit = told["kits"][STATION]
    checked = dauys("kit", "check", kit["kit"], "--key", kit["commission_key"]).output
    assert kit["fingerprint"] in checked
    cards = Path(kit["cards"]).read_text().split()
    assert len(cards) == 70 == len(set(cards))
    assert sorted(path.name for path in Path("out/private").iterdir()) == [STATION]
    assert "(W1.9)" in dauys(*given, "--out", "other", "--kit", "0009", code=2).output
    assert not Path("other").exists()
