#!/usr/bin/env bash
# Fuzzes the decoders of the core: a million changed ballots and as many of the rest as their cost allows.
#     tools/fuzz.sh [INPUTS]
set -euo pipefail
cd "$(dirname "$0")/.."
export DAUYS_FUZZ_INPUTS="${1:-1000000}"
exec cargo test --locked --release -q -p dauys-core --test fuzz --test fuzz_trustees -- --nocapture
