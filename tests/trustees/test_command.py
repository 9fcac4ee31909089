"""`dauys trustee` from an empty stick to totals, with real ballots; interrupted, repeated and attacked."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from trustee_people import plan_bytes

from dauys import _core
from dauys.cli.main import cli
from dauys.crypto.ballots import Encryptor
from dauys.crypto.boxes import encode_box, encode_root, parse_root, verified_sums, wave_of
from dauys.crypto.shapes import canonical
from dauys.crypto.trustees import check_transcript
from dauys.errors import InputError

OPTIONS = (4, 3)
STYLES = {"full": ["c0", "c1"], "list": ["c0"]}
DEVICES = {"0411": ["0411-a", "0411-b"], "0412": ["0412-a"]}
PASSPHRASE = "correct horse battery"


class Table:
    """Three trustees, two needed, around a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.table = folder / "table"
        self.table.mkdir()
        (folder / "plan.json").write_bytes(plan_bytes(3, 2, OPTIONS).replace(b"2004-09-19", b"2999-09-19"))
        (folder / "pass").write_text(PASSPHRASE + "\n")
        self.said: list[str] = []

    def run(self, number: int, step: str, *more: str, code: int = 0, passphrase: str = "pass") -> dict:
        arguments = [
            step,
            "--stick",
            str(self.folder / f"stick-{number}"),
            "--table",
            str(self.table),
            "--json",
        ]
        arguments += ["--passphrase-file", str(self.folder / passphrase), "--work", "1", "--yes", *more]
        result = CliRunner().invoke(cli, ["trustee", *arguments], catch_exceptions=False)
        self.said += [result.stdout, result.stderr]
        assert result.exit_code == code, (step, result.stdout, result.stderr)
        return json.loads(result.stdout) if result.stdout else {"error": result.stderr}

    def init(self, number: int, **options: int) -> dict:
        plan = str(self.folder / "plan.json")
        return self.run(
            number, "init", "--plan", plan, "--number", str(number), "--name", f"T {number}", **options
        )

    def all(self, step: str, *more: str) -> list[dict]:
        return [self.run(number, step, *more) for number in (1, 2, 3)]

    def ceremony(self) -> None:
        for number in (1, 2, 3):
            self.init(number)
        for step in ("recipients", "commit", "reveal", "check", "sign"):
            self.all(step)

    def keys(self):
        report = check_transcript((self.table / "transcript.json").read_bytes())
        assert report.keys is not None, report.problems
        return report.keys


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    table = Table(tmp_path_factory.mktemp("ceremony"))
    table.ceremony()
    return table


def fill_boxes(folder: Path, election, seed: int):
    """Ballots with known votes for every device: votes by (unit, contest), and the boxes."""
    choose = random.Random(seed)
    votes = {(unit, c): [0] * n for unit in DEVICES for c, n in zip(("c0", "c1"), OPTIONS, strict=True)}
    boxes = {}
    folder.mkdir(exist_ok=True)
    for unit, devices in DEVICES.items():
        for device in devices:
            made = []
            for style, contests in STYLES.items():
                encryptor = Encryptor(election, "test/1/0", device, style)
                for _ in range(6):
                    options = []
                    for contest in contests:
                        count = OPTIONS[int(contest[1])]
                        pick = choose.randrange(count + 1)
                        row = [int(place == pick) for place in range(count)]
                        votes[unit, contest] = [a + b for a, b in zip(votes[unit, contest], row, strict=True)]
                        options += row
                    made.append(encryptor.encrypt(choose.randbytes(16), choose.randbytes(32), bytes(options)))
            boxes[device] = made
            (folder / f"{device}.box").write_bytes(encode_box(made))
    return votes, boxes


def test_from_empty_stick_to_rehearsal(finished):
    table, keys = finished, finished.keys()
    root = table.folder / "root.json"
    root.write_bytes(encode_root(keys, STYLES, bytes(64)))
    entry = parse_root(root.read_bytes(), keys)

    trial = table.folder / "rehearsal"
    tested, boxes = fill_boxes(trial, entry.election(rehearsal=True), 1)
    arguments = ("--election", str(root), "--boxes", str(trial))
    waiting = table.run(1, "rehearse", *arguments)
    assert waiting["waiting"] == [2, 3]
    table.run(2, "rehearse", *arguments)
    done = table.run(3, "rehearse", *arguments)
    assert {"check": "subsets", "passed": 3, "total": 3} in done["checks"]
    totals = {total["contest"]: total["votes"] for total in done["totals"]}
    assert totals["c0"] == [a + b for a, b in zip(tested["0411", "c0"], tested["0412", "c0"], strict=True)]

    # A ballot changed, one twice, a box torn, a box missing: nobody opens anything of them.
    ballots = boxes["0412-a"]
    kept = (trial / "0412-a.box").read_bytes()
    changed = ballots[0][:-1] + bytes([ballots[0][-1] ^ 1])
    for data, code in (
        (encode_box([*ballots, ballots[0]]), "(T5.5)"),
        (encode_box([changed, *ballots[1:]]), "(T5.5)"),
        (kept[:-1], "(T6.4)"),
    ):
        (trial / "0412-a.box").write_bytes(data)
        assert code in table.run(2, "rehearse", *arguments, code=2)["error"]


def test_sums_of_boxes_are_over_ballots_that_hold(finished, tmp_path):
    entry = parse_root(encode_root(finished.keys(), STYLES, bytes(64)), finished.keys())
    election = entry.election()
    _, boxes = fill_boxes(tmp_path, election, 3)
    seals = {"all": dict.fromkeys(boxes, (40, bytes(32)))}
    wave = wave_of(entry, election, 1, seals, boxes)
    assert sum(one.ballots for one in verified_sums(entry, election, wave, boxes)) > 0
    first = next(iter(boxes))
    changed = boxes[first][0][:-1] + bytes([boxes[first][0][-1] ^ 1])
    for bad in ([changed, *boxes[first][1:]], [*boxes[first], boxes[first][0]]):
        with pytest.raises(InputError, match=r"T5\.5"):
            verified_sums(entry, election, wave, boxes | {first: bad})
    without = {device: own for device, own in boxes.items() if device != first}
    with pytest.raises(InputError, match=r"T5\.6"):
        verified_sums(entry, election, wave, without)


@pytest.mark.parametrize(
    ("key", "new", "code"), [("threshold", 3, "T6.2"), ("keys", [], "T6.2"), ("x", 1, "T6.1")]
)
def test_a_root_entry_is_what_the_ceremony_made(finished, key, new, code):
    value = json.loads(encode_root(finished.keys(), STYLES, bytes(64)))
    value[key] = new
    with pytest.raises(Exception, match=code):
        parse_root(canonical(value), finished.keys())


def test_every_step_can_be_run_again_and_nothing_secret_is_said(tmp_path):
    table = Table(tmp_path)
    for number in (1, 2, 3):
        table.init(number)
    assert "(K9.2)" in table.init(1, code=2)["error"]
    for step in ("recipients", "commit", "reveal", "check", "sign"):
        first = table.all(step)
        before = {path.name: path.read_bytes() for path in table.table.iterdir()}
        again = table.all(step)
        assert {name: (table.table / name).read_bytes() for name in before} == before
        assert [one["fingerprint"] for one in first] == [one["fingerprint"] for one in again]
        assert len({one["fingerprint"] for one in again}) == 1
    said = "".join(table.said)
    assert "AGE-SECRET" not in said
    assert PASSPHRASE not in said
    public = b"".join(path.read_bytes() for path in table.table.iterdir())
    assert b"AGE-SECRET" not in public
    assert (tmp_path / "stick-1" / "secret.age").read_bytes().startswith(b"age-encryption.org/v1\n-> scrypt ")
    assert (tmp_path / "stick-1" / "secret.age").stat().st_mode & 0o777 == 0o600


def test_lost_files_are_made_again_and_keys_are_never_drawn_over(finished, tmp_path):
    files = {path.name: path.read_bytes() for path in finished.table.iterdir()}
    stick = finished.folder / "stick-1"
    for name, step in (("recipient-1-1.json", "recipients"), ("signature-1-1.json", "sign")):
        (stick / name).unlink()
        (finished.table / name).unlink()
        finished.run(1, step)
        assert (finished.table / name).read_bytes() == files[name]
    (stick / "commit-1-1.json").rename(tmp_path / "kept")
    (finished.table / "commit-1-1.json").unlink()
    assert "(K9.2)" in finished.run(1, "commit", code=2)["error"]
    finished.run(2, "commit")
    (finished.table / "commit-1-1.json").write_bytes((tmp_path / "kept").read_bytes())
    assert finished.run(1, "check")["problems"] == []
    assert finished.keys().transcript


def test_steps_wait_for_everybody(tmp_path):
    table = Table(tmp_path)
    table.init(1)
    table.init(2)
    waiting = table.run(1, "recipients", code=2)
    assert (waiting["next"], waiting["waiting"], waiting["files"]) == ("wait_member", [3], [])
    table.init(3)
    assert table.run(1, "commit", code=2)["next"] == "first_recipient"
    table.run(1, "recipients")
    table.run(2, "recipients")
    assert table.run(1, "commit", code=2)["next"] == "wait_recipient"
    table.run(3, "recipients")
    table.run(1, "commit")
    # Nobody reveals before all have committed.
    assert table.run(1, "reveal", code=2)["next"] == "wait_commit"
    assert not list(table.table.glob("reveal-*"))


def test_a_wrong_passphrase_opens_nothing(finished):
    (finished.folder / "wrong").write_text("wrong horse\n")
    error = finished.run(1, "check", passphrase="wrong", code=2)["error"]
    assert "(K9.4)" in error
    assert "wrong horse" not in error


def test_a_bad_share_ends_in_a_complaint_and_a_new_attempt(tmp_path, monkeypatch):
    table = Table(tmp_path)
    for number in (1, 2, 3):
        table.init(number)
    for step in ("recipients",):
        table.all(step)
    table.run(1, "commit")
    table.run(3, "commit")
    # Trustee 2 encrypts for trustee 1 what was meant for trustee 3.
    deal = _core.TrusteeSecret.deal

    class Liar:
        def __init__(self, secret):
            self.secret = secret

        def __getattr__(self, name):
            return getattr(self.secret, name)

        def deal(self, attempt, number, recipients):
            f, w, y, shares = deal(self.secret, attempt, number, recipients)
            return f, w, y, [(to, _core.encrypt_to(recipients[to - 1], bytes(32 * 7))) for to, _ in shares]

    opened = _core.TrusteeSecret.open
    with monkeypatch.context() as patch:
        patch.setattr(
            "dauys.cli.stick._core",
            type(
                "C",
                (),
                {
                    "TrusteeSecret": type("T", (), {"open": staticmethod(lambda *a: Liar(opened(*a)))}),
                    "CoreError": _core.CoreError,
                },
            ),
        )
        table.run(2, "commit")
    table.all("reveal")
    bad = table.run(1, "check", code=1)
    assert [(one["code"], one["trustee"]) for one in bad["problems"]] == [("K6.3", 2)]
    assert (bad["next"], bad["fingerprint"]) == ("complain", None)
    assert table.run(1, "sign", code=1)["next"] == "complain"
    complained = table.run(1, "complain", code=1)
    assert [(one["code"], one["trustee"]) for one in complained["problems"]] == [("K6.3", 2), ("K9.3", None)]
    seen = table.run(3, "check", code=1)
    assert ("K6.3", 2) in [(one["code"], one["trustee"]) for one in seen["problems"]]
    assert seen["next"] == "void"
    assert "(K9.2)" in table.run(1, "recipients", "--attempt", "3", code=2)["error"]
    table.all("recipients", "--attempt", "2")
    for step in ("commit", "reveal", "check", "sign"):
        table.all(step)
    assert table.keys().attempt == 2
    assert "(K9.2)" in table.run(1, "recipients", "--attempt", "3", code=2)["error"]


@pytest.mark.parametrize("step", ["recipients", "commit", "sign"])
def test_a_stick_pulled_between_secret_and_files_repeats_itself(tmp_path, monkeypatch, step):
    """The secret is stored first: what is made after the crash agrees with what the stick remembers."""
    table = Table(tmp_path)
    for number in (1, 2, 3):
        table.init(number)
    for before in ("recipients", "commit", "reveal", "check", "sign"):
        if before == step:
            break
        table.all(before)
    with monkeypatch.context() as patch:

        def pulled(folder, files):
            raise OSError(5, "pulled", str(folder))

        patch.setattr("dauys.cli.stick.write_public", pulled)
        assert "(E1.1)" in table.run(2, step, code=2)["error"]
    for after in ("recipients", "commit", "reveal", "check", "sign"):
        table.all(after)
    assert len(table.keys().keys) == sum(OPTIONS)


def test_files_planted_on_the_table(tmp_path):
    table = Table(tmp_path)
    for number in (1, 2, 3):
        table.init(number)
    # Somebody puts a recipient in trustee 1's name on the table before trustee 1 comes.
    table.run(2, "recipients")
    forged = json.loads((table.table / "recipient-1-2.json").read_bytes()) | {"number": 1}
    (table.table / "recipient-1-1.json").write_bytes(canonical(forged))
    table.run(1, "recipients")
    table.run(3, "recipients")
    assert json.loads((table.table / "recipient-1-1.json").read_bytes()) != forged
    # A damaged file stops who has no good one, is named, and is replaced by whoever carries the good one.
    table.all("commit")
    (table.table / "commit-1-3.json").write_bytes(b"{}")
    assert "commit-1-3.json" in table.run(1, "reveal", code=2)["error"]
    table.run(3, "commit")
    table.all("reveal")
    assert (table.table / "commit-1-3.json").read_bytes() != b"{}"


def test_two_versions_signed_by_one_trustee_are_evidence(tmp_path):
    table = Table(tmp_path)
    for number in (1, 2, 3):
        table.init(number)
    table.all("recipients")
    other = tmp_path / "other-table"
    other.mkdir()
    for path in table.table.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    # Trustee 2 commits twice, from a copy of its stick, and shows each to another.
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in (tmp_path / "stick-2").iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    table.run(2, "commit")
    shown = (table.table / "commit-1-2.json").read_bytes()
    table.run(1, "commit")
    (table.table / "commit-1-2.json").unlink()
    (tmp_path / "stick-2").rename(tmp_path / "first")
    copy.rename(tmp_path / "stick-2")
    table.run(2, "commit")
    assert (table.table / "commit-1-2.json").read_bytes() != shown
    seen = table.run(1, "commit", code=1)
    assert [(one["code"], one["trustee"]) for one in seen["problems"]] == [("K9.1", 2)]


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_people_are_told_what_was_checked_and_what_comes_next(finished, language):
    stick = str(finished.folder / "stick-1")
    arguments = ["trustee", "check", "--stick", stick, "--work", "1", "--lang", language]
    result = CliRunner().invoke(cli, arguments, input=PASSPHRASE + "\n")
    assert result.exit_code == 0, result.output
    assert "dauys trustee sign --stick" in result.output
    assert PASSPHRASE not in result.output
    lines = result.stdout.splitlines()
    assert len([line for line in lines if line.startswith(" ")]) == 4
    assert CliRunner().invoke(cli, ["trustee", "--help", "--lang", language]).exit_code == 0


def test_what_cannot_be_undone_is_asked(tmp_path):
    table = Table(tmp_path)
    for number in (1, 2, 3):
        table.init(number)
    for step in ("recipients", "commit", "reveal", "check"):
        table.all(step)
    arguments = [
        "trustee",
        "sign",
        "--stick",
        str(tmp_path / "stick-1"),
        "--table",
        str(table.table),
        "--work",
        "1",
    ]
    result = CliRunner().invoke(cli, [*arguments, "--lang", "en"], input=f"{PASSPHRASE}\nn\n")
    assert result.exit_code == 130
    assert "can complain no more" in result.stderr
    assert not list(table.table.glob("signature-*"))
