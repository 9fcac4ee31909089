"""A browser, the checker of accessibility, and two small sites behind a server on the loopback address."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import FLAGS, PATH
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "site"))
import small_result

from dauys.site import build
from dauys.site.serve import make_server

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=PATH, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core; `make dev` fetches it by the lock file beside this one."""
    return AXE.read_text(encoding="utf-8")


def _serve(folder: Path) -> Iterator[str]:
    server = make_server(folder, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def final_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("final")
    data = small_result.write(folder / "data")
    yield from _serve(build(data, folder / "site", workers=0).folder)


@pytest.fixture(scope="session")
def open_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("open")
    data = small_result.write(folder / "data", final=False, rehearsal=True, overridden=True)
    yield from _serve(build(data, folder / "site", workers=0).folder)


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A page without scripts on a desk, the way of most readers; it notes every address that it asks for."""
    context = browser.new_context(
        viewport={"width": 1200, "height": 900}, java_script_enabled=False, accept_downloads=True
    )
    page = context.new_page()
    page.asked = []  # type: ignore[attr-defined]
    page.on("request", lambda request: page.asked.append(request.url))  # type: ignore[attr-defined]
    yield page
    context.close()
