#!/usr/bin/env bash
# Takes every defence of ballots, trustees, verifier, kit, intake and station out in turn and names the test that fails without it.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
.venv/bin/python tools/defences.py || failed=1
.venv/bin/python tests/trustees/defences.py --rust || failed=1
for suite in verify/verifier verify/kit intake/intake station/printer/paper station/web/booth station/desk/desk station/day/day; do
    .venv/bin/python "tests/${suite}_defences.py" || failed=1
done
exit "$failed"
