#!/usr/bin/env bash
# Makes .venv: Python packages from the lock files, and the Rust core built into it.
# usage: tools/setup.sh run|dev     (dev adds what tests and linters need: Chromium and axe-core among them)
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}
say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo "$@"
    else say "needs administrator rights, please run it yourself: $*"; exit 2; fi
}
apt_updated=
apt_install() {
    command -v apt-get >/dev/null || { say "please install: $*"; exit 2; }
    if [ -z "$apt_updated" ]; then as_root apt-get update -qq; apt_updated=1; fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

python=
for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then python=$name; break; fi
done
if [ -z "$python" ]; then say "Python 3.11 or newer was not found; installing Debian's."; apt_install python3 python3-venv; python=python3; fi

command -v cc >/dev/null || { say "A C linker is missing; installing gcc."; apt_install gcc libc6-dev; }
[ -d "$HOME/.cargo/bin" ] && PATH="$HOME/.cargo/bin:$PATH"
rust_ok() { command -v cargo >/dev/null && cargo --version | awk '{split($2, v, "."); exit !(v[1] > 1 || v[2] >= 89)}'; }
if ! rust_ok; then
    say "Rust 1.89 or newer is missing (found: $(cargo --version 2>/dev/null || echo none))."
    say "rustup installs it for your user alone:  curl --proto '=https' -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal"
    if [ -t 0 ]; then
        read -r -p "Run that now? [y/N] " answer
        if [ "$answer" = y ]; then curl --proto '=https' -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal; PATH="$HOME/.cargo/bin:$PATH"; fi
    fi
    rust_ok || exit 2
fi

if [ ! -x .venv/bin/python ]; then
    if ! "$python" -m venv .venv 2>/dev/null; then
        rm -rf .venv
        apt_install python3-venv
        "$python" -m venv .venv
    fi
fi

stamp() { cat requirements*.lock "$0" | cksum | tr -d ' '; }
if [ "$(cat .venv/.locked-"$what" 2>/dev/null)" != "$(stamp)" ]; then
    say "Installing Python packages ($what) ..."
    locks=(-r requirements.lock -r requirements-build.lock)
    [ "$what" = dev ] && locks=(-r requirements-dev.lock)
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes "${locks[@]}"
    stamp > .venv/.locked-"$what"
fi

rust_stamp() { find crates Cargo.toml Cargo.lock pyproject.toml -type f -not -path '*/target/*' -print0 | sort -z | xargs -0 cksum | cksum | tr -d ' '; }
if [ "$(cat .venv/.core 2>/dev/null)" != "$(rust_stamp)" ] || ! .venv/bin/python -c 'import dauys._core' 2>/dev/null; then
    say "Building the Rust core ..."
    PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
    rust_stamp > .venv/.core
fi

if [ "$what" = dev ]; then
    if [ ! -x /usr/bin/chromium ] && ! command -v chromium >/dev/null; then
        say "Installing Chromium for the browser tests ..."
        apt_install chromium
    fi
    command -v mkfs.ext4 >/dev/null || [ -x /sbin/mkfs.ext4 ] || apt_install e2fsprogs   # volumes whose power is cut
    command -v ssh-agent >/dev/null || apt_install openssh-client   # a foreign witness keeps its key in one
    if [ ! -d web/node_modules ] || [ web/package-lock.json -nt web/node_modules ]; then
        command -v npm >/dev/null || { say "Installing npm for the verifier in the browser ..."; apt_install nodejs npm; }
        (cd web && npm ci --silent --no-audit --no-fund >&2 && touch node_modules)
    fi
    if [ -f tests/journeys/package-lock.json ] && [ ! -d tests/journeys/node_modules ]; then
        command -v npm >/dev/null || { say "Installing npm for axe-core ..."; apt_install nodejs npm; }
        (cd tests/journeys && npm ci --silent --no-audit --no-fund >&2)
    fi
fi
