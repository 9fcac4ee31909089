#!/usr/bin/env bash
# Apportionment beside votelib and apportionment, in one environment and one run.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -x .venv-bench/bin/python ]; then
    .venv/bin/python -m venv .venv-bench
    .venv-bench/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.lock
fi
PYTHONPATH=src .venv-bench/bin/python bench/bench_apportion.py "$@"
