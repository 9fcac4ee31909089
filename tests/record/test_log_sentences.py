"""Every code that a log or a record can fail with has a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import dauys.record
from dauys.words import load


def test_every_code_has_a_sentence():
    sources = Path(dauys.record.__file__).parent.glob("*.py")
    codes = {code for path in sources for code in re.findall(r'"(L\d\.\d+)"', path.read_text())}
    assert {"L2.6", "L7.5", "L8.3", "L8.6", "L9.8"} <= codes
    # What the reader of a device's log notes is told by the verifier, in its own words.
    assert codes - {"L9.6", "L9.7"} <= load("en", "log").templates.keys()
