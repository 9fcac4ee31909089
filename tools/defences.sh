#!/usr/bin/env bash
# Takes every defence of ballots and trustees out in turn and names the test that fails without it.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
.venv/bin/python tools/defences.py || failed=1
.venv/bin/python tests/trustees/defences.py --rust || failed=1
exit "$failed"
