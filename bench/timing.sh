#!/usr/bin/env bash
# Timing reports in the manner of dudect: |t| below 4.5 shows nothing, above 10 something leaks. On a busy machine they say little.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo bench --locked -q -p dauys-core --bench constant_time
cargo run --locked -q --release -p dauys-trustee --example timing -- "${1:-20000}"
