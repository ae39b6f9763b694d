# Every target prepares the machine first; that is quick and silent when nothing is missing.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.PHONY: help serve build test engine referee journeys lint bench clean

in_env := . .ci/env &&
wasm := --target wasm32-unknown-unknown
page := --test browser --test size
referees := --test referees --test start_commands
deny := -- -D warnings

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

serve: ## build the page, serve it on http://127.0.0.1:8080/ and rebuild it on every change
	@.ci/set-up build
	@$(in_env) trunk serve

build: ## build the page for release into dist/: the site, the single file, the script for other pages
	@.ci/set-up build
	$(in_env) trunk build --release

lint: ## formatting, and clippy for this machine and for the browser
	@.ci/set-up rust
	$(in_env) cargo fmt --all --check
	$(in_env) cargo clippy --locked --workspace --all-targets $(deny)
	$(in_env) cargo clippy --locked $(page) $(referees) --bench page $(deny)
	$(in_env) cargo clippy --locked $(wasm) $(deny)

test: export INSTA_UPDATE := no
# Arbitrary designs are the same ones in every run of it; plain `cargo test` looks at new ones.
test: export PROPTEST_RNG_SEED := 2026
test: ## everything: lint, the engine, the built page in browsers, referees
	@.ci/set-up test
	$(MAKE) lint
	$(MAKE) --jobs 2 --output-sync=target build engine
	$(in_env) cargo test --locked $(page)
	$(in_env) cargo test --locked $(referees) -- --show-output

# One processor alone optimises the page; `make test` gives this to the other.
engine: ## the engine, the command line and the packer, without a browser
	@.ci/set-up rust
	$(in_env) cargo test --locked --workspace

# Eight to thirteen minutes on two cores. Each referee says what it used, and what it saw.
referee: ## programs of others judge the bundles and run them: kubectl, shells, ZooKeeper, Kafka
	@.ci/set-up referee
	$(in_env) cargo test --locked $(referees) -- --show-output

# `make test` makes each journey in Chromium, and in the others where a difference is likely.
journeys: ## every journey through the built page in Chromium, Firefox and WebKitGTK; up to an hour
	@.ci/set-up browser
	$(MAKE) build
	$(in_env) BROWSERS=chromium,firefox,webkit cargo test --locked --no-fail-fast --test browser -- --show-output

bench: ## how fast the engine is, how large and how fast the page
	@.ci/set-up browser
	$(MAKE) build
	$(in_env) cargo bench --locked --bench evaluate
	$(in_env) cargo bench --locked --profile dev --bench page # what it measures runs in the browser

clean: ## remove what was built; the tools in the cache stay
	rm -rf target dist .ci/bin .ci/env
