#!/usr/bin/env bash
# Makes dist/dauys-station.tar.gz, from which a laptop without a network is set up, and installs it once to prove it.
# The laptop needs the same system as this machine: Python, libc and processor.
set -euo pipefail
cd "$(dirname "$0")/.."
name=dauys-station
rm -rf "dist/$name" && mkdir -p "dist/$name/wheels"
.venv/bin/maturin build --release --locked -q -o "dist/$name/wheels"
.venv/bin/python -m pip download -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock -d "dist/$name/wheels" \
    || .venv/bin/python -m pip wheel -q --disable-pip-version-check --require-hashes -r requirements.lock -w "dist/$name/wheels"
cat > "dist/$name/install.sh" <<'END'
#!/usr/bin/env bash
# Installs from this folder alone, into ./venv. Compare the hash of SHA256SUMS with the one that was published first.
set -euo pipefail
cd "$(dirname "$0")"
sha256sum --quiet -c SHA256SUMS
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-index --find-links wheels 'dauys[station]'
venv/bin/dauys --version
END
chmod +x "dist/$name/install.sh"
cp LICENSE docs/howto/polling-station.md "dist/$name/"
(cd "dist/$name" && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime='2026-01-01' -C dist -czf "dist/$name.tar.gz" "$name"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xzf "dist/$name.tar.gz"
env -u PIP_INDEX_URL PIP_NO_INDEX=1 "$work/$name/install.sh"
"$work/$name/venv/bin/dauys" station --help > /dev/null
sha256sum "dist/$name/SHA256SUMS" "dist/$name.tar.gz"
