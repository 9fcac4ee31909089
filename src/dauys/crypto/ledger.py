"""What a trustee has signed for, for ever: one wave for a device, one set for a sum (spec/trustees.md §5)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from dauys.crypto.shapes import canonical
from dauys.crypto.tally_files import Wave
from dauys.errors import Place, Problem


@dataclass(frozen=True, slots=True)
class Ledger:
    """Devices and sums with the hash of the wave they were signed for in; `root`: that of the first wave."""

    root: str = ""
    devices: dict[str, str] = field(default_factory=dict)
    sums: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def parse(cls, data: bytes) -> Ledger:
        """Return the ledger that a secret file keeps; empty bytes are an empty ledger."""
        if not data:
            return cls()
        value = json.loads(data)
        sums = {key: (pair[0], pair[1]) for key, pair in value["sums"].items()}
        return cls(value["root"], dict(value["devices"]), sums)

    def encode(self) -> bytes:
        """Return the bytes that a secret file keeps."""
        sums = {key: list(pair) for key, pair in self.sums.items()}
        return canonical({"root": self.root, "devices": self.devices, "sums": sums})

    @property
    def is_empty(self) -> bool:
        """Whether no wave was ever signed for."""
        return not self.devices and not self.sums

    def conflicts(self, wave: Wave) -> list[Problem]:
        """Return why this wave must not be signed or decrypted: T1.3 for another root, T3.1, T3.2."""
        name, digest = wave.place.file, wave.digest.hex()
        found = []
        if self.root and self.root != wave.root.hex():
            place = Place(file=name, path="root")
            found.append(
                Problem("T1.3", place, found=wave.root.hex()[:16] + "…", expected=self.root[:16] + "…")
            )
        for device in wave.devices:
            before = self.devices.get(device, digest)
            if before != digest:
                found.append(Problem("T3.1", Place(file=name, path=device), found=before[:16] + "…"))
        for (unit, contest), (signed, _) in wave.sums.items():
            entry = (signed.hex(), digest)
            before_sum = self.sums.get(f"{unit}/{contest}", entry)
            if before_sum != entry:
                found.append(
                    Problem("T3.2", Place(file=name, path=f"{unit}/{contest}"), before_sum[0][:16] + "…")
                )
        return found

    def enter(self, wave: Wave) -> Ledger:
        """Return the ledger with this wave in it. Raises ValueError on a conflict: ask `conflicts` first."""
        if self.conflicts(wave):
            raise ValueError("the wave conflicts with the ledger")
        digest = wave.digest.hex()
        devices = self.devices | dict.fromkeys(wave.devices, digest)
        entries = {f"{unit}/{contest}": (s.hex(), digest) for (unit, contest), (s, _) in wave.sums.items()}
        return replace(self, root=wave.root.hex(), devices=devices, sums=self.sums | entries)
