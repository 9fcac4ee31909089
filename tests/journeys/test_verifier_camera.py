"""A voter holds a receipt before the camera; without a camera the typed way stays, and the page says why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from chromium import FLAGS, PATH
from playwright.sync_api import Browser, Page
from test_verifier import ballot, checked, public

__all__ = ["ballot", "public"]
pytestmark = pytest.mark.xdist_group("verifier")

WIDTH, HEIGHT = 640, 480
FAKE = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"


def film(path: Path, text: str) -> Path:
    """A camera's picture of a QR code: two frames of YUV4MPEG2, black on grey, as large as fits."""
    rows = [bytes(row) for row in segno.make(text, micro=False, error="m").matrix_iter(border=4)]
    scale = HEIGHT // len(rows)
    left = (WIDTH - scale * len(rows)) // 2
    picture = []
    for row in rows:
        line = b"".join((b"\x10" if dark else b"\xd0") * scale for dark in row)
        picture += [b"\xd0" * left + line + b"\xd0" * (WIDTH - left - len(line))] * scale
    picture += [b"\xd0" * WIDTH] * (HEIGHT - len(picture))
    frame = b"FRAME\n" + b"".join(picture) + b"\x80" * (WIDTH * HEIGHT // 2)
    path.write_bytes(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (WIDTH, HEIGHT) + 2 * frame)
    return path


@pytest.fixture
def looking(browser: Browser, public) -> Iterator:
    """`look(*flags)`: a station's answer in a Chromium with these flags; its fake camera plays a film."""
    opened = []

    def look(*flags: str, language: str = "en") -> Page:
        # The session's Playwright runs already: one more browser of it, with other flags.
        launched = browser.browser_type.launch(executable_path=PATH, args=[*FLAGS, *flags])
        opened.append(launched)
        page = launched.new_page(viewport={"width": 390, "height": 844})
        return checked(page, public, language=language, policy=False)

    yield look
    for one in opened:
        one.close()


def receipt(ballot: dict) -> str:
    """The receipt of a ballot as spec/record.md §9 has it; its signatures are not looked at here."""
    part1 = {"ballot": ballot["digest"].hex(), "s1": ballot["s1"].hex(), "signature": "00" * 64}
    head = {"device": "0001-m1", "schema": "dauys/receipt/1", "vote_id": "simulation/1/0"}
    value = {**head, "part1": part1, "part2": None}
    return json.dumps(value, separators=(",", ":"))


@pytest.mark.parametrize("held", ["letters", "receipt"])
def test_the_camera_reads_a_receipt_and_the_page_gives_the_verdict(looking, ballot, tmp_path, held):
    text = f"{ballot['name']} {ballot['code']}" if held == "letters" else receipt(ballot)
    video = film(tmp_path / "receipt.y4m", text)
    page = looking(FAKE, ALLOWED, f"--use-file-for-fake-video-capture={video}")
    page.click("#camera-start")
    page.wait_for_selector("#verdict.ok", timeout=20_000)
    assert ballot["name"] in page.inner_text("#verdict")
    assert page.input_value("#card") == ballot["name"]
    assert page.input_value("#code") == ballot["code"]
    assert page.locator("video").count() == 0


def test_another_code_in_the_picture_is_said_and_stopping_ends_the_camera(looking, tmp_path):
    video = film(tmp_path / "other.y4m", "https://shop.example/menu")
    page = looking(FAKE, ALLOWED, f"--use-file-for-fake-video-capture={video}")
    page.click("#camera-start")
    page.locator("#camera", has_text="not that of a receipt").wait_for()
    assert page.locator("#verdict").count() == 0
    track = page.evaluate_handle("document.querySelector('video').srcObject.getTracks()[0]")
    assert track.evaluate("track => track.readyState") == "live"
    page.click("#languages [lang=ru]")
    assert page.locator("video").count() == 0
    assert track.evaluate("track => track.readyState") == "ended"


@pytest.mark.parametrize(
    ("flags", "language", "said"),
    [
        ((FAKE, "--deny-permission-prompts"), "en", "The camera was not allowed."),
        ((), "ru", "Камера не найдена."),
    ],
    ids=["denied", "none"],
)
def test_without_a_camera_the_typed_way_stays_and_the_page_says_so(looking, ballot, flags, language, said):
    page = looking(*flags, language=language)
    page.click("#camera-start")
    page.wait_for_selector("#camera .banner")
    assert page.inner_text("#camera").startswith(said)
    page.fill("#card", ballot["name"])
    page.fill("#code", ballot["code"])
    page.click("form button.main")
    page.wait_for_selector("#verdict.ok")


def test_a_page_that_may_use_no_camera_says_what_it_needs(looking):
    page = looking()
    page.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    page.click("#camera-start")
    assert "https" in page.inner_text("#camera .banner")
