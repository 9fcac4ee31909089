#!/usr/bin/env bash
# Takes every defence of ballots, trustees and the verifier out in turn and names the test that fails without it.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
.venv/bin/python tools/defences.py || failed=1
.venv/bin/python tests/trustees/defences.py --rust || failed=1
.venv/bin/python tests/verify/verifier_defences.py || failed=1
exit "$failed"
