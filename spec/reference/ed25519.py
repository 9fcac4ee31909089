"""The strict Ed25519 rule of the protocol on vector files: plain Python, slow, no code of the product.

python ed25519.py ../vectors/ed25519        checks every vector of the folder

Canonical `A`, `R` and `S`; `A` and `R` not of small order; `S·B = R + k·A` without the factor 8; one by one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import trustees as t


def judge(vector):
    """The word of the verdict: ok, length, key or signature."""
    key, message, signature = (bytes.fromhex(vector[name]) for name in ("key", "message", "signature"))
    if len(key) != 32 or len(signature) != 64:
        return "length"
    try:
        t.ed_decode(key)
    except ValueError:
        return "key"
    return "ok" if t.signed(key, message, signature) else "signature"


def main(folder):
    """Judge every vector of a folder; the exit code is 1 if one differs from what it expects."""
    wrong, paths = 0, sorted(folder.glob("*.json"))
    for path in paths:
        vector = json.loads(path.read_text())
        found = judge(vector)
        if found != vector["expect"]:
            wrong += 1
            print(path.name, "expected", vector["expect"], "found", found)
    print(len(paths), "vectors,", wrong, "differ")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
