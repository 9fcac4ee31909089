"""The reference implementation of spec/reference can be imported by its own names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "spec" / "reference"))
