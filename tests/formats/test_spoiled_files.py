"""Files spoiled at random, from a seed: only named faults come out, and each of them has its words."""

import random

import pytest

from dauys.domain.text import LANGUAGES
from dauys.errors import InputError
from dauys.formats.election_file import read_election
from dauys.formats.tables import read_protocols
from dauys.words import Words

TOKENS = [
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\n",
    b"- ",
    b"null",
    b"true",
    b"7",
    b"-1",
    b"1.5",
    b"''",
    b"\0",
    b"\xff",
]
TOKENS += [b"~", b"&a", b"*a", b"  ", b",", b'"', b"9" * 50, b"0x10", "Итого".encode(), b";", b"\t", b"\r"]


def spoil(data, rng):
    """Return the bytes with one cut, one token put in or over, or two lines changed for each other."""
    at = rng.randrange(len(data))
    match rng.randrange(4):
        case 0:
            return data[:at] + data[at + rng.randint(1, 12) :]
        case 1:
            return data[:at] + rng.choice(TOKENS) + data[at:]
        case 2:
            return data[:at] + rng.choice(TOKENS) + data[at + rng.randint(1, 6) :]
        case _:
            lines = data.split(b"\n")
            one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[one], lines[two] = lines[two], lines[one]
            return b"\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_but_named_faults_comes_out(small, seed):
    rng = random.Random(seed)
    whole = {path: path.read_bytes() for path in sorted(small.folder.iterdir())}
    yaml = small.folder / "election.yaml"
    words = [Words(language, "cli", "count", "formats") for language in LANGUAGES]
    refused = 0
    for _ in range(30):
        for path, data in whole.items():
            path.write_bytes(data)
        path = rng.choice([yaml, *whole])
        path.write_bytes(spoil(spoil(whole[path], rng) or b"x", rng))
        try:
            election = read_election(small.folder)
            read_protocols(election, small.folder)
        except InputError as error:
            refused += 1
            for problem in error.problems:
                assert problem.place.file
                assert all(w.has(problem.code) for w in words), problem.code
                assert problem.hint is None or all(w.has(f"hint.{problem.hint}") for w in words), problem.hint
                facts = {"found": problem.found, "expected": problem.expected, "key": "", **problem.facts}
                assert all(w.say(problem.code, **facts) for w in words)
    assert refused > 15
