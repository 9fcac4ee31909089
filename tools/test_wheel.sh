#!/usr/bin/env bash
# Builds the wheel, installs it into an empty environment and runs the Python tests against it.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.venv/bin/maturin build --release --locked -q -o "$work/dist"
.venv/bin/python -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
"$work/venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps "$work"/dist/dauys-*.whl
# -P keeps the checkout off sys.path, so that nothing but the wheel can be imported.
"$work/venv/bin/python" -P -c 'import dauys, sys; assert "site-packages" in dauys.__file__, dauys.__file__'
"$work/venv/bin/python" -P -m pytest -q -n "${JOBS:-2}" --dist loadgroup -p no:cacheprovider
