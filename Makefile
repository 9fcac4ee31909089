# `make demo` and `make test` do everything else, installing what they need into .venv.
SHELL := /bin/bash
.DEFAULT_GOAL := check
PY := .venv/bin/python
DEMO_OUT ?= out
DEMO_PORT ?= 8004
DEMO_SERVE ?= 1
JOBS ?= 2

.PHONY: help setup dev demo check lint types floors rust python web test test-wheel bench bench-peers bench-record bench-station bench-timing fuzz defences powercut secrecy bundle lock clean

help:            ## this list
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*## / — /'

setup:           ## .venv with what `dauys` needs to run
	@tools/setup.sh run

dev:             ## .venv with what tests and linters need too
	@tools/setup.sh dev

demo: setup      ## count, publish and record examples/majilis-2004, verify the record, serve both on localhost (DEMO_SERVE=0: end instead)
	@.venv/bin/dauys run examples/majilis-2004 --out $(DEMO_OUT)
	@rm -rf $(DEMO_OUT)/record
	@.venv/bin/dauys demo record examples/majilis-2004 --out $(DEMO_OUT)/record
	@.venv/bin/dauys site $(DEMO_OUT) --keep --record $(DEMO_OUT)/record/public
	@if [ "$(DEMO_SERVE)" != 0 ]; then .venv/bin/dauys site $(DEMO_OUT) --keep --serve $(DEMO_PORT); fi

check: lint types floors rust web python   ## what `make test` runs

test: check      ## every test

lint: dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@cargo fmt --all --check
	@cargo clippy --locked --release --workspace --all-targets -q -- -D warnings

types: dev
	@.venv/bin/mypy

floors: dev
	@.venv/bin/lint-imports --no-cache

rust: dev
	@cargo test --locked --release -q -p dauys-core -p dauys-trustee

web: dev         ## the verifier in the browser: its own tests, and its bundle built again to the same bytes
	@cd web && npm test --silent
	@rm -rf web/again && cd web && node build.mjs again && diff -r again ../src/dauys/site/assets/verify && rm -r again

python: dev
	@$(PY) -m pytest -q -n $(JOBS) --dist loadgroup

test-wheel: dev  ## the same Python tests against the built wheel in an environment of its own
	@tools/test_wheel.sh

bench: dev       ## apportionment beside its peers, paired in one run
	@tools/bench.sh

bench-peers: dev ## encrypted ballots beside ElectionGuard-python and belenios-tool, in one run
	@bench/peers/run.sh

bench-record: dev ## a record of many ballots beside the ballots alone, in one run (SMALL=n LARGE=n)
	@$(PY) bench/record.py $(if $(SMALL),--small $(SMALL)) $(if $(LARGE),--large $(LARGE))

bench-station: dev ## how long people wait at a station's desks and booths, 15 minutes (MINUTES=n)
	@$(PY) bench/station.py $(if $(MINUTES),--minutes $(MINUTES))

bench-timing: dev ## whether the time of encryption and of partial decryption tells secrets apart: a report
	@bench/timing.sh

fuzz: dev        ## a million mutated inputs for every decoder of the core
	@tools/fuzz.sh

defences: dev    ## take out each defence in turn, and name the test that fails without it
	@tools/defences.sh

powercut: dev    ## cut the power of a station CUTS times (10,000), resumable; the report is docs/powercut.txt
	@$(PY) tests/powercut/campaign.py --jobs $(JOBS) --folder target/powercut --report docs/powercut.txt

secrecy: dev     ## what a station keeps secret, at full size: order, disk images, receipts, vendor (root for the images)
	@$(PY) tests/secrecy/full.py

bundle: dev      ## dist/dauys-station.tar.gz, from which a laptop without a network is set up
	@tools/bundle.sh

lock:            ## write the lock files again
	@tools/lock.sh

clean:
	rm -rf .venv .venv-* target out dist
