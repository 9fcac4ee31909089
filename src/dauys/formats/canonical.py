"""The one byte form of JSON that is hashed and signed: RFC 8785, never the bytes of a YAML file."""

from __future__ import annotations

from pathlib import Path

import rfc8785

from dauys.formats.yaml_nodes import Plain, plain, read_yaml


def canonical_json(value: Plain) -> bytes:
    """Return the bytes of a JSON value: keys sorted by UTF-16, no spaces. **Source:** RFC 8785."""
    return rfc8785.dumps(value)


def canonical_election(path: Path) -> bytes:
    """Return the canonical bytes of an election file: those of its values, whatever its layout.

    Comments, order of keys and quotes make no difference. Raises InputError where the file cannot be read.
    """
    return canonical_json(plain(read_yaml(path), str(path)))
