"""A trustee's program verifies the whole record, with a policy from outside, before it signs or opens."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from dauys.cli.main import cli
from dauys.record.keys import ED25519, Signer
from dauys.record.writer import open_record_writer
from dauys.simulate.parties import Parties
from dauys.simulate.record import simulate_record
from dauys.simulate.record_vote import VotePlay
from dauys.simulate.record_wave import wave_of_played
from dauys.simulate.scene import scene_of_seed

#: One night is told in the order of the tests.
pytestmark = pytest.mark.xdist_group("night")

PASSPHRASE = "simulation only"
LATE = "2004-10-20T12:00:00+06:00"


class Night:
    """A record with a wave that nobody has signed yet, and the sticks of its five trustees."""

    def __init__(self, folder: Path, plays: list[VotePlay]):
        self.folder, self.play = folder, plays[0]
        self.out = folder / "out"
        self.parties = Parties("simulation", 5)
        (folder / "passphrase").write_text(PASSPHRASE)
        for number, secret in self.play.table.secrets.items():
            stick = folder / f"stick-{number}"
            stick.mkdir()
            (stick / "secret.age").write_bytes(secret.seal(PASSPHRASE, 1))
        table = folder / "table"
        table.mkdir()
        for name, data in self.play.table.table.items():
            if not name.startswith("wave"):
                (table / name).write_bytes(data)

    def run(self, step: str, number: int, *, code: int = 0, policy: Path | None = None) -> dict:
        arguments = [
            *("trustee", step, "--wave", "1", "--record", str(self.out / "public")),
            *("--policy", str(policy or self.out / "policy"), "--yes", "--json", "--work", "1"),
            *("--stick", str(self.folder / f"stick-{number}"), "--table", str(self.folder / "table")),
            *("--passphrase-file", str(self.folder / "passphrase")),
        ]
        result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        assert result.exit_code == code, (result.stdout, result.stderr)
        return json.loads(result.stdout) if result.stdout else {"error": result.stderr}

    def take(self, kind: str, name: str, trustees: list[int]) -> None:
        """Put what trustees published into the record, and let the witnesses see it."""
        with open_record_writer(self.out) as log:
            for trustee in trustees:
                data = (self.folder / "table" / f"{name}-{trustee}.json").read_bytes()
                file = log.add_file(f"files/1-0/{name}-{trustee}.json", data)
                log.append(kind, at=LATE, file=file, trustee=trustee, vote=self.play.vote, wave=1)
            log.publish(self.parties.log)
            text = log.store.shown().note.text
            seconds = int(datetime.fromisoformat(LATE).timestamp())
            signers = [self.parties.witness(number) for number in (1, 2, 3)]
            signatures = [signer.cosign(text, seconds) for signer in signers]
            log.store.add_cosignatures(signatures, [signer.verifier for signer in signers])


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    folder = tmp_path_factory.mktemp("night")
    plays = []

    def only_the_wave(self, at):
        plays.append(self)
        _, data = wave_of_played(self.scene.election, self._minimum(), self.root, self.played)
        file = self.log.add_file(f"{self.folder}/wave-1.json", data)
        moment = at.isoformat(timespec="seconds")
        self.log.append("wave", at=moment, file=file, number=1, vote=self.vote)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VotePlay, "open_sums", lambda _: None)
        patch.setattr(VotePlay, "tally", only_the_wave)
        simulate_record(folder / "out", scene_of_seed(2, 40, 5), 5)
    return Night(folder, plays)


def test_a_policy_of_others_refuses(night):
    other = night.folder / "other.policy"
    text = (night.out / "policy").read_text()
    key = Signer("simulation.invalid/simulation/log", ED25519, sha256(b"another").digest()).verifier
    other.write_text(text.replace(night.parties.log.verifier.encode(), key.encode()))
    assert "(L8.1)" in night.run("sign-wave", 1, code=2, policy=other)["error"]
    assert not (night.folder / "table" / "wave-1-signature-1.json").exists()


def test_a_record_that_does_not_hold_refuses(night):
    transcript = night.out / "public" / "files" / "1-0" / "transcript.json"
    kept = transcript.read_bytes()
    transcript.write_bytes(kept.replace(b'"attempt":1', b'"attempt":2', 1))
    assert "(L8.6)" in night.run("sign-wave", 1, code=2)["error"]
    transcript.write_bytes(kept)
    bundle = next((night.out / "public" / "device" / "1-0" / "0001-m1" / "tile" / "entries").rglob("0*/*"))
    kept = bundle.read_bytes()
    bundle.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    assert "(L2.6)" in night.run("sign-wave", 1, code=2)["error"]
    bundle.write_bytes(kept)


def test_signed_by_a_quorum_and_opened_by_three(night):
    assert "(T2.2)" in night.run("decrypt", 1, code=2)["error"]
    spoken = {night.run("sign-wave", number)["fingerprint"] for number in (1, 2, 3, 4)}
    assert len(spoken) == 1
    night.take("wave-signature", "wave-1-signature", [1, 2, 3, 4])
    assert night.run("decrypt", 1)["totals"] == []
    night.run("decrypt", 2)
    opened = night.run("decrypt", 5)
    votes = {(t["unit"], t["contest"]): t["votes"] for t in opened["totals"]}
    electronic = night.play.scene.electronic
    assert votes == {
        (station, contest): list(electronic[station, contest, 1])
        for station, contest in (("0001", "list"), ("0001", "c1"), ("0002", "list"), ("0002", "c2"))
    }
    night.take("partial", "partial-1", [1, 2, 5])
    checked = CliRunner().invoke(
        cli, ["verify", str(night.out / "public"), "--policy", str(night.out / "policy"), "--json"]
    )
    report = json.loads(checked.stdout)
    assert report["totals"]["failed"] == 0, report["findings"]
    assert report["checks"]["T5.1"]["passed"] == 1


def test_a_ledger_refuses_another_wave(night):
    """The stick has signed for these devices: whatever record it is shown, it signs no other entry."""
    night.run("sign-wave", 1)
    stick = night.folder / "stick-1"
    other = json.loads((night.folder / "table" / "wave-1.json").read_bytes())
    other["units"] = other["units"][:1]
    (night.folder / "table" / "wave-1.json").write_text(json.dumps(other))
    (stick / "wave-1.json").write_text(json.dumps(other))
    assert night.run("sign-wave", 1, code=2)["error"]
