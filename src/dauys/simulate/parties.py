"""Who signs in a simulated record. Every key comes from the seed and says so in its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from dauys._core import NoteKey
from dauys.crypto.shapes import canonical
from dauys.domain.election import Election
from dauys.record.cosignature import COSIGNATURE
from dauys.record.keys import ED25519, Signer

HOST = "simulation.invalid"
VOUCHED = "SIMULATION: made from a seed, vouched for by nobody"


@dataclass(frozen=True, slots=True)
class Parties:
    """Log, witnesses, badges and commissions of one simulated election."""

    election: str
    seed: int

    def secret(self, *labels: object) -> bytes:
        """Return 32 bytes from the seed."""
        return sha256("/".join(map(str, ("SIMULATION", self.seed, *labels))).encode()).digest()

    @property
    def log(self) -> Signer:
        """The key of the election log."""
        return Signer(f"{HOST}/{self.election}/log", ED25519, self.secret("log"))

    def device(self, vote: str, device: str, seed: bytes) -> Signer:
        """Return the key of a device in a vote."""
        return Signer(f"{HOST}/{vote}/device/{device}", ED25519, seed)

    def witness(self, number: int) -> Signer:
        """Return the key of a witness."""
        return Signer(f"{HOST}/SIMULATION-witness-{number}", COSIGNATURE, self.secret("witness", number))

    def badge(self, number: int) -> Signer:
        """Return the key of an observer's badge."""
        return Signer(f"{HOST}/SIMULATION-badge-{number}", ED25519, self.secret("badge", number))

    def commission(self, name: str) -> NoteKey:
        """Return the key of a commission."""
        return NoteKey.from_seed(self.secret("commission", name))

    def keys_file(
        self, election: Election, trustees: Mapping[int, bytes], stations: Iterable[str], witnesses: int
    ) -> bytes:
        """Return `keys.json`: trustees by number, commissions of the centre, constituencies and stations."""
        levels = [("centre", "centre")]
        levels += [(c.id, "constituency") for c in election.constituencies]
        levels += [(station, "station") for station in stations]
        names = (
            {n: m.name.en for n, m in enumerate(election.trustees.members, 1)} if election.trustees else {}
        )
        return canonical(
            {
                "commissions": [
                    {
                        "id": name,
                        "key": self.commission(name).public().hex(),
                        "level": level,
                        "vouched_by": VOUCHED,
                    }
                    for name, level in levels
                ],
                "log": self.log.verifier.encode(),
                "schema": "dauys/keys/1",
                "trustees": [
                    {"key": key.hex(), "name": names[number], "number": number, "vouched_by": VOUCHED}
                    for number, key in trustees.items()
                ],
                "witnesses": [
                    {
                        "id": f"witness-{number}",
                        "key": self.witness(number).verifier.encode(),
                        "vouched_by": VOUCHED,
                    }
                    for number in range(1, witnesses + 1)
                ],
            }
        )

    def policy(self, witnesses: int) -> str:
        """Return a policy that demands the log and more than half of the witnesses."""
        lines = [f"log {self.log.verifier.encode()}"]
        names = [f"witness-{number}" for number in range(1, witnesses + 1)]
        lines += [
            f"witness {name} {self.witness(number).verifier.encode()}" for number, name in enumerate(names, 1)
        ]
        lines += [f"group witnesses {witnesses // 2 + 1} {' '.join(names)}", "quorum witnesses"]
        return "\n".join(lines) + "\n"
