"""The page about election files: its example runs, and it names every key and family that is read."""

import re
from pathlib import Path

from elections import count

from dauys.formats.count_families import FAMILIES
from dauys.formats.count_file import PARTY, TOP, TOTALS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "count.md").read_text(encoding="utf-8")


def test_the_example_runs():
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL).group(1)
    assert count(example)["seats"] == {"Otan": 9, "AIST": 1}


def test_every_key_is_described():
    keys = set().union(*FAMILIES.values(), PARTY, TOTALS, TOP) - {
        "note",
        "sources",
        "bloc_members",
        "lands",
        "rounds",
    }
    missing = sorted(key for key in keys | set(FAMILIES) if not re.search(rf"\b{re.escape(key)}\b", PAGE))
    assert missing == []
