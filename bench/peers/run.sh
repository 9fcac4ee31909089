#!/usr/bin/env bash
# Encrypted ballots beside ElectionGuard-python (in an environment of its own) and Debian's belenios-tool.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ ! -x .venv-peers/bin/python ]; then
    .venv/bin/python -m venv .venv-peers
    .venv-peers/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r bench/peers/requirements.lock
fi
.venv/bin/python bench/peers/ballots.py "$@"
