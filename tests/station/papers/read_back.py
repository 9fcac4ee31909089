"""What a phone reads from a paper: the QR code of a raster, by the library that the browser uses."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from dauys.station.papers.raster import Raster

READER = Path(__file__).parent / "read_codes.mjs"
#: White paper at both sides of what is printed, 4 mm: 80 mm paper, 72 mm of dots.
MARGIN = 32


def as_paper(raster: Raster) -> Image.Image:
    """The raster on paper of 80 mm."""
    paper = Image.new("L", (raster.image().width + 2 * MARGIN, raster.height + 2 * MARGIN), 255)
    paper.paste(raster.image().convert("L"), (MARGIN, MARGIN))
    return paper


def codes_in(rasters: Sequence[Raster]) -> list[str | None]:
    """The text of the QR code of each, None where there is none."""
    node = shutil.which("node")
    assert node, "node is needed: `make dev` installs it"
    papers = [as_paper(raster) for raster in rasters]
    lines = [json.dumps([p.width, p.height, base64.b64encode(p.tobytes()).decode()]) for p in papers]
    done = subprocess.run(
        [node, str(READER)], input="\n".join(lines), capture_output=True, text=True, timeout=120, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def in_node(call: str) -> object:
    """What a function of the browser's verifier returns."""
    node = shutil.which("node")
    assert node, "node is needed: `make dev` installs it"
    module = Path(__file__).parents[3] / "web" / "src" / "receipt.js"
    script = (
        f"import {{ readReceipt }} from {json.dumps(module.as_uri())}; console.log(JSON.stringify({call}))"
    )
    command = [node, "--input-type=module", "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)
