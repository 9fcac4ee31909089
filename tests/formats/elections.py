"""The official elections of examples/elections, and the changes that must not change their outcome."""

import random
from pathlib import Path

import yaml

from dauys.cli.count import document
from dauys.formats.count_file import parse_count_file
from dauys.systems.count import count_election

FOLDER = Path(__file__).parents[2] / "examples" / "elections"
FILES = sorted(FOLDER.glob("*.yaml"))
ANSWERS = ("expected", "checks", "single_mandate", "confidence", "source_urls")


def count(text, name="test.yaml"):
    """Return the JSON of a count, as `dauys count --json` prints it, from text or from a tree of values."""
    data = text if isinstance(text, bytes) else (text if isinstance(text, str) else dump(text)).encode()
    file = parse_count_file(data, name)
    return document(file, count_election(file.election, file.decisions))


def dump(tree):
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)


def official(tree):
    """Return what the file itself says came out, in the form of the JSON."""
    if "parties" not in tree:
        expected = tree["expected"]
        if expected.get("valid") is False:
            return {"kind": "void", "round": expected["round"], "reason": expected["reason"]}
        if "runoff" in expected:
            return {"kind": "runoff", "names": sorted(expected["runoff"]), "round": 1}
        return {"kind": "elected", "names": [expected["winner"]], "round": expected["round"]}
    return {party["name"]: party["seats"] for party in tree["parties"]}


def found(counted):
    assert "needs_decision" not in counted
    if "seats" in counted:
        return counted["seats"]
    outcome = counted["outcome"]
    return {**outcome, "names": sorted(outcome["names"])} if "names" in outcome else outcome


def district_answers(tree):
    return {d["name"]: d["official_seats"] for d in tree.get("districts", ()) if "official_seats" in d}


def district_seats(counted, names):
    return {d: {n: s for n, s in counted["districts"][d].items() if s} for d in names}


def stripped(tree):
    """Return the election without any official answer."""
    tree = {key: value for key, value in tree.items() if key not in ANSWERS}
    if "parties" in tree:
        tree["parties"] = [{k: v for k, v in p.items() if k != "seats"} for p in tree["parties"]]
    if "districts" in tree:
        tree["districts"] = [{k: v for k, v in d.items() if k != "official_seats"} for d in tree["districts"]]
    return tree


def renamed(tree, seed):
    """Return the election with other names, everything in another order, and the new names."""
    draw = random.Random(seed)
    options = [p["name"] for p in tree.get("parties", ())]
    options += [c["name"] for r in tree.get("rounds", ()) for c in r["candidates"]]
    numbers = draw.sample(range(100, 1000), len(options))
    names = {
        name: f"{number} {'NO' if number % 2 else 'ә'}" for name, number in zip(options, numbers, strict=True)
    }
    names |= {d["name"]: f"d{i}" for i, d in enumerate(tree.get("districts", ()))}

    def change(value):
        if isinstance(value, dict):
            pairs = [(names.get(k, k), change(v)) for k, v in value.items()]
            draw.shuffle(pairs)
            return dict(pairs)
        if isinstance(value, list):
            return [change(item) for item in value]
        return names.get(value, value) if isinstance(value, str) else value

    other = change(tree)
    other["id"] = f"other-{seed}"
    for key in ("parties", "districts"):
        if key in other:
            draw.shuffle(other[key])
    for held in other.get("rounds", ()):
        draw.shuffle(held["candidates"])
    return other, names
