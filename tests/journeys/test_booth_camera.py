"""A card before the camera of a booth, over TLS: off the laptop a browser gives no camera otherwise."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from booth_journey import HOST, booth_at, letters
from chromium import FLAGS, PATH
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from test_booth import made_booth, place
from test_verifier_camera import ALLOWED, FAKE, film

from dauys.station.web.certificates import make_authority, make_server_pair

__all__ = ["made_booth", "place"]
pytestmark = pytest.mark.xdist_group("booth")


@pytest.fixture
def pair():
    now = datetime.now(UTC)  # the browser compares with the clock of the machine that runs the test
    return make_server_pair(make_authority("01-001-a", [HOST], now), [HOST], now)


def trusting(pair) -> str:
    """The flag of a Chromium that trusts this one key; a booth's screen has its authority instead."""
    key = x509.load_pem_x509_certificate(pair.certificate).public_key()
    told = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return f"--ignore-certificate-errors-spki-list={base64.b64encode(told).decode()}"


@pytest.fixture
def launched(browser, pair):
    opened = []

    def launch(*flags: str):
        opened.append(
            browser.browser_type.launch(executable_path=PATH, args=[*FLAGS, trusting(pair), *flags])
        )
        return opened[-1]

    yield launch
    for one in opened:
        one.close()


def test_the_camera_reads_a_card_and_the_ballot_follows(launched, place, pair, tmp_path):
    video = film(tmp_path / "card.y4m", letters(3).replace("-", ""))
    chromium = launched(FAKE, ALLOWED, f"--use-file-for-fake-video-capture={video}")
    with booth_at(chromium, place, pair) as booth:
        assert booth.url.startswith("https://")
        booth.admit()
        booth.click("begin:en")
        booth.page.wait_for_selector('#step[data-stamp^="choose"]', timeout=20_000)
        assert booth.page.evaluate("isSecureContext")
        assert booth.where.rooms.room(1).session.card.name
        assert all(one["secure"] and one["httpOnly"] for one in booth.context.cookies())
        assert {one[: len(booth.url)] for one in booth.asked if not one.startswith("blob:")} == {booth.url}


def test_a_foreign_code_before_the_camera_is_refused_with_words(launched, place, pair, tmp_path):
    video = film(tmp_path / "other.y4m", "https://shop.example/menu")
    chromium = launched(FAKE, ALLOWED, f"--use-file-for-fake-video-capture={video}")
    with booth_at(chromium, place, pair, bypass_csp=True) as booth:
        booth.admit()
        booth.click("begin:en")
        booth.page.wait_for_selector('.said.bad:has-text("J2.2")', timeout=20_000)
        # It is still held up: the camera goes on to look, and nothing is sent a second time.
        booth.page.wait_for_function(
            "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames > 12"
        )
        assert booth.see() == "card"
        assert [error.code for error in booth.where.errors] == ["J2.2"]


def test_without_a_camera_the_letters_stay_and_the_page_says_so(launched, place, pair):
    with booth_at(launched(), place, pair) as booth:
        booth.to("card")
        booth.page.locator(
            "#camera", has_text="The camera does not work. Please type the letters."
        ).wait_for()
        assert booth.page.evaluate("document.activeElement.id") == "letters"
        for one in letters(1).replace("-", ""):
            booth.page.click(f'#pad button:text-is("{one}")')
        assert booth.page.input_value("#letters").replace(" ", "") == letters(1).replace("-", "")
        assert booth.click("card") == "choose"
