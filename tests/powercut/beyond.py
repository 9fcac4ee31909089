"""The two controls that no cut of the power shows: a retry after an error, a new upload id for each retry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "intake"))
from powercut_device import STYLE, Station, choice, letters
from resends import resend

from dauys.station.session import Booths

HERE = Path(__file__).parent
RETRY = "retrying COMMIT after EIO"
NEW_IDS = "a new upload id for each retry"
#: Enough that a reading closes a batch: nothing else may leave a station.
BALLOTS = 66


def compile_calls(folder: Path) -> Path:
    """Return the library through which calls of the system fail."""
    library = folder / "calls.so"
    source = str(HERE / "calls.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", str(library), source, "-ldl"], check=True)
    return library


def run_calls(folder: Path, *more: str) -> dict[str, object]:
    """Run `calls.py` under that library; return what its last line says, with `returncode`."""
    environment = os.environ | {"LD_PRELOAD": str(compile_calls(folder))}
    done = subprocess.run(
        [sys.executable, str(HERE / "calls.py"), str(folder / "table"), *more],
        env=environment, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    if not done.stdout:
        raise RuntimeError(done.stderr[-3000:])
    return {**json.loads(done.stdout.splitlines()[-1]), "returncode": done.returncode}


def retry_is_caught() -> list[object]:
    """Whether a station that commits again after an error loses a ballot: runs, and what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        told = run_calls(Path(folder), "--control")
    return [told["caught"], f"caught at {told['caught']} of {told['gates']} forced writes"]


class _Paperless:
    """A printer that nobody reads."""

    def __getattr__(self, _: str):
        return lambda *_: None


def new_ids_are_caught(station: Station) -> list[object]:
    """Whether an intake that takes a retry for another upload is seen. Raises where the real one is wrong."""
    with station.open() as opened:
        booths = station.booths(opened, Booths, _Paperless())
        for number in range(BALLOTS):
            session = booths.begin(1, STYLE)
            booths.show_card(session, letters(number))
            booths.show_slips(session, choice(number))
            booths.confirm(session)
            booths.cast(session)
        opened.log.reading(lambda items, count: list(items)[:count])
        seed, sent = opened.keys.seed, len(opened.journal.in_batch(0))
    public = station.first / "log" / "public"
    with tempfile.TemporaryDirectory() as folder:
        right = resend(Path(folder) / "right", public, seed)
        wrong = resend(Path(folder) / "wrong", public, seed, new_ids=True)
    if (right.ballots, right.uploads) != (sent, 1):
        raise RuntimeError(
            f"{right.uploads} uploads of {right.ballots} ballots, where one of {sent} was sent"
        )
    return [int(wrong.uploads > 1), f"{wrong.uploads} uploads, where one was sent"]
