"""Times the program `belenios-tool` on the reference ballot, 13 choose 1 and 9 choose 1, in an empty folder.

    python belenios_ballots.py BALLOTS [GROUP]

Prints one JSON object. Encryption is one process for each ballot, as the program is made, its start included
and also timed alone; verification is the time for all ballots less that for the same election without any.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TOOL = "belenios-tool"
OPTIONS = (13, 9)


class Election:
    """An election in a folder, with one trustee and as many voters as ballots."""

    def __init__(self, folder: Path, group: str, voters: int) -> None:
        self.folder, self.group = folder, group
        # The option was renamed between versions 2 and 3.
        told = self.run("election", "generate-ballot", "--help=plain")
        self.choice_option = "--ballot" if "--ballot=" in told else "--choice"
        self.uuid = self.run("setup", "generate-token").strip()
        self.write("template.json", self.template())
        people = "".join(f"v{number}@example.org,v{number}\n" for number in range(voters))
        self.write("voters.txt", people)
        self.run(
            "setup", "generate-credentials", "--uuid", self.uuid, "--group", group, "--file", "voters.txt"
        )
        self.one("*.pubcreds").rename(folder / "public_creds.json")
        self.credentials = credentials(self.one("*.privcreds").read_text())
        self.run("setup", "generate-trustee-key", "--group", group)
        self.write("public_keys.jsons", self.one("*.pubkey").read_text())
        self.run("setup", "make-trustees")
        (folder / "public_keys.jsons").unlink()
        self.run(
            "setup", "make-election", "--uuid", self.uuid, "--group", group, "--template", "template.json"
        )
        self.run("archive", "init")
        for name in ("election.json", "trustees.json", "public_creds.json"):
            (folder / name).unlink()

    @staticmethod
    def template() -> str:
        """What is asked."""
        questions = [
            {"question": f"of {count}", "answers": [str(at) for at in range(count)], "min": 1, "max": 1}
            for count in OPTIONS
        ]
        names = {"name": "n", "description": "d", "administrator": "a", "credential_authority": "c"}
        return json.dumps(names | {"questions": questions})

    def one(self, pattern: str) -> Path:
        """The one file whose name the program chose."""
        (found,) = self.folder.glob(pattern)
        return found

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder."""
        (self.folder / name).write_text(text)

    def run(self, *arguments: str, given: str = "") -> str:
        """Run the program; what it prints. It must succeed."""
        # Its own randomness instead of a blocking device: nothing is waited for.
        environment = os.environ | {"BELENIOS_USE_URANDOM": "1"}
        done = subprocess.run(
            [TOOL, *arguments],
            cwd=self.folder,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{TOOL} {' '.join(arguments[:2])}: {done.stderr.strip()[-300:]}")
        return done.stdout

    def ballot(self, number: int) -> str:
        """A ballot with its credential."""
        self.write("credential.txt", self.credentials[number])
        marks = [[int(at == number % count) for at in range(count)] for count in OPTIONS]
        self.write("choice.json", json.dumps(marks))
        arguments = ("--privcred", "credential.txt", self.choice_option, "choice.json")
        return self.run("election", "generate-ballot", *arguments)


def credentials(text: str) -> list[str]:
    """The voters' credentials: JSON by name in later versions, a name and a credential a line before."""
    if text.lstrip().startswith("{"):
        return list(json.loads(text).values())
    return [line.split()[1] for line in text.splitlines()]


def seconds(call, *arguments) -> tuple[float, str]:
    """The processor seconds of the program in a call, and its answer; waiting is not counted."""
    before = os.times()
    answer = call(*arguments)
    after = os.times()
    user = after.children_user - before.children_user
    return user + after.children_system - before.children_system, answer


def main(count: int, group: str) -> None:
    """Time `count` ballots."""
    with tempfile.TemporaryDirectory() as name:
        election = Election(Path(name), group, count)
        starts = [seconds(election.run, "--version") for _ in range(3)]
        version = starts[0][1].strip()
        empty = min(seconds(election.run, "election", "verify")[0] for _ in range(3))
        made = [seconds(election.ballot, number) for number in range(count)]
        for _, ballot in made:
            election.run("archive", "add-event", "--type=Ballot", given=ballot)
        full = min(seconds(election.run, "election", "verify")[0] for _ in range(2))
    print(
        json.dumps(
            {
                "version": version,
                "group": group,
                "encrypt_seconds": [spent for spent, _ in made],
                "start_seconds": min(spent for spent, _ in starts),
                "verify_seconds": [(full - empty) / count],
                "ballot_bytes": len(made[0][1].strip().encode()),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "BELENIOS-2048")
