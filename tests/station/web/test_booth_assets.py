"""What a booth's browser loads: from the station alone, small, and built from the sources beside it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dauys.station.web.common import assets

ROOT = Path(__file__).parents[3]
OWN = (
    "booth/booth.css",
    "booth/booth.js",
    "booth/card.js",
    "booth/keys.js",
    "booth/scan.js",
    "booth/speech.js",
)
#: First view of a page: style, letters, scripts; not the reader of QR codes, which the card page asks for.
FIRST = 150_000


def test_the_reader_of_qr_codes_is_built_from_its_source(tmp_path):
    node = shutil.which("node")
    if node is None or not (ROOT / "web/node_modules/esbuild").is_dir():
        pytest.skip("node and the packages of web/ are not here")
    subprocess.run([node, "booth/build.mjs", str(tmp_path)], cwd=ROOT / "web", check=True, timeout=60)
    assert (tmp_path / "qr.js").read_bytes() == assets()["booth/qr.js"]


def test_no_file_asks_another_host_or_draws_on_the_page_what_is_no_text():
    for name in OWN:
        text = assets()[name].decode()
        assert re.findall(r"https?://", text) == [], name
        assert (
            re.findall(r"\b(?:innerHTML|insertAdjacentHTML|document\.write|eval|localStorage|cookie)\b", text)
            == []
        )


def test_what_a_page_needs_at_first_is_small():
    fonts = [name for name in assets() if name.endswith(".woff2")]
    assert fonts
    assert sum(len(assets()[name]) for name in (*OWN, "tokens.css", *fonts)) < FIRST


def test_colours_come_from_the_public_tokens_alone():
    """But white and black paper, as slips are, and the yellow of the focus."""
    found = set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", assets()["booth/booth.css"].decode()))
    assert found == {"#FFF", "#000", "#FFD23F"}
    tokens = assets()["tokens.css"].decode()
    for token in re.findall(r"var\((--[a-z0-9-]+)\)", assets()["booth/booth.css"].decode()):
        assert token in {"--k", "--chosen", "--mark"} or f"{token}:" in tokens, token
