#!/usr/bin/env bash
# Writes the lock files again from pyproject.toml. They hold hashes and no address.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v .venv/bin/uv >/dev/null || .venv/bin/python -m pip install -q uv
compile() { .venv/bin/uv pip compile -q --upgrade --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.11 "$@"; }
compile pyproject.toml --extra station -o requirements.lock
compile --group build -o requirements-build.lock
compile pyproject.toml --extra cluster --extra station --group build --group dev -o requirements-dev.lock
compile --group bench -o requirements-bench.lock
(cd bench/peers && ../../.venv/bin/uv pip compile -q --upgrade --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.lock)
cargo update -q
