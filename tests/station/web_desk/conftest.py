"""Desks and booths of one station: their benches are those of their own tests."""

import sys
from pathlib import Path

for _near in ("desk", "web"):
    sys.path.insert(0, str(Path(__file__).parents[1] / _near))
