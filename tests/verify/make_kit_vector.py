"""Writes `spec/vectors/kit/small.zip` and what it says; trustees' keys are drawn anew each time it is run."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from forged_records import read_made
from made_kits import SEED, STATION, VOTE, made_kit

from dauys.simulate.record import simulate_record
from dauys.simulate.scene import scene_of_seed

TARGET = Path(__file__).parents[2] / "spec" / "vectors" / "kit"


def main(target: Path) -> None:
    """Make a small record, and a kit of it."""
    scene = scene_of_seed(2, 40, SEED)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        simulate_record(out, scene, SEED)
        made = made_kit(read_made(out, scene.election.id, SEED), scene.election, Path(name) / "work")
    kit = made.kit
    (target / "small.zip").write_bytes(made.data)
    told = {
        "about": "a kit of kit.md; everything in it is a simulation",
        "commission_key": kit.commission_key.hex(),
        "devices": {device.id: len(device.cards) for device in kit.devices},
        "fingerprint": kit.fingerprint,
        "opens": kit.opens.isoformat(),
        "register": kit.extract_hash,
        "root": kit.ballots.root.hex(),
        "sha256": kit.sha256,
        "station": STATION,
        "style": kit.style,
        "vote": VOTE,
        "voters": len(kit.voters),
    }
    (target / "small.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
