"""The vectors of spec/vectors/ballots, for the product and for the reference implementation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dauys import _core
from dauys.crypto.ballots import (
    BallotContest,
    BallotElection,
    BallotStyle,
    Committed,
    Opening,
    open_challenged,
)
from dauys.crypto.ballots import verify_ballots as verify

SPEC = Path(__file__).parents[2] / "spec"
FOLDER = SPEC / "vectors" / "ballots"
TOLD = json.loads((FOLDER / "election.json").read_text())
NAMES = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != "election")


def vector(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text())


def ballot(name: str) -> bytes:
    return bytes.fromhex(vector(name)["ballot"])


def election(**changed: Any) -> BallotElection:
    told = TOLD | changed
    contests = tuple(
        BallotContest(c["id"], c["options"], c["limit"], c["first_key"]) for c in told["contests"]
    )
    styles = tuple(BallotStyle(s["id"], tuple(s["contests"])) for s in told["styles"])
    keys = tuple(bytes.fromhex(key) for key in told["keys"])
    return BallotElection(bytes.fromhex(told["root"]), contests, styles, keys)


def opening_of(told: dict[str, Any]) -> Opening:
    as_bytes = {name: bytes.fromhex(told[name]) for name in ("choices", "secret", "sigma", "ballot_hash")}
    path = tuple(bytes.fromhex(node) for node in told["path"])
    return Opening(style=told["style"], leaf=told["leaf"], path=path, **as_bytes)


def product_verdict(name: str, engine: str = "") -> str:
    """What the product says of a vector, by the word of the check."""
    told = vector(name)
    try:
        if "keys" in told:
            election(keys=told["keys"])
            return "ok"
        made = election(root=told["root"]) if "root" in told else election()
        if "opening" in told:
            committed = Committed(
                TOLD["vote_id"], TOLD["device"], bytes.fromhex(TOLD["sigma_root"]), TOLD["cards"]
            )
            open_challenged(made, committed, opening_of(told["opening"]))
            return "ok"
    except _core.CoreError as refused:
        return str(refused.args[0])
    device, box = told.get("device", TOLD["device"]), [bytes.fromhex(told["ballot"])]
    hints = [bytes.fromhex(told["hints"])] if "hints" in told else None
    verdicts = verify(made, device, box, hints=hints, engine=engine)
    return verdicts.faults[0].word if verdicts.faults else "ok"
