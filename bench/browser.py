"""Time the verifier in a browser on one station of the 2004 election: ballots a second in its worker.

    python bench/browser.py [--record DIR] [--station ID]

Without a record one is simulated from `examples/majilis-2004`, whose ballots have ten lists and the
candidates of a constituency. Chromium is needed. The page runs as visitors run it, over http, with everything
that it checks.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
import threading
import time
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import sync_playwright

from dauys.simulate.record import simulate_record
from dauys.simulate.scene import scene_of_folder
from dauys.site.serve import make_server

EXAMPLE = Path(__file__).parents[1] / "examples" / "majilis-2004"


def main() -> None:
    """Serve the page and a record on the loopback address, check a station, print what it took."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--record", type=Path)
    asked.add_argument("--station")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="dauys-bench-") as name:
        folder = Path(name)
        record = given.record
        if record is None:
            scene = scene_of_folder(EXAMPLE, EXAMPLE / "election.yaml", 2, 30)
            record = simulate_record(folder / "made", scene, 1).record
        (folder / "site" / "verify").mkdir(parents=True)
        for asset in (files("dauys.site") / "assets" / "verify").iterdir():
            (folder / "site" / "verify" / asset.name).write_bytes(asset.read_bytes())
        shutil.copytree(record, folder / "site" / "record")
        measure(folder / "site", given.station)


def measure(site: Path, station: str | None) -> None:
    """Check one station and print its ballots a second."""
    server = make_server(site, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/verify/#lang=en"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto(url)
        page.click("form button.main")
        page.wait_for_selector("#station", timeout=120_000)
        if station:
            page.select_option("#station", station)
        began = time.monotonic()
        page.click("form button.main")
        page.wait_for_selector("#answer", timeout=600_000)
        waited = time.monotonic() - began
        said = page.inner_text("#answer")
        browser.close()
    server.shutdown()
    ballots = int(re.search(r"(\d+) ballots cast", said)[1])  # type: ignore[index]  # the page says it so
    seconds = float(re.search(r"in ([\d.]+) seconds", said)[1])  # type: ignore[index]
    print(said.replace("\n", " "))
    rate = ballots / seconds
    print(f"{ballots} ballots in {seconds:.1f} s ({waited:.1f} s with the page): {rate:.0f} a second")


if __name__ == "__main__":
    main()
