# Every target says what it is for after its `##`; `make help` prints them.
# The work is done by scripts/, which install what they need and say so. docs/BUILDING.md has the details.

.DEFAULT_GOAL := help
# Cargo uses all cores by itself, and two cargos only wait for each other's lock.
.NOTPARALLEL:
.PHONY: help demo serve web review-html models setup test test-all test-native test-browser test-e2e lint bench fuzz clean

CARGO_TARGET_DIR ?= target

help:          ## What you can type here
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo:          ## Set up, build, and run everything once on the sample frames, into output/
	@scripts/demo.sh

serve: web     ## Build the review page and open it on loopback
	@cargo build --release
	@"$(CARGO_TARGET_DIR)/release/blender-gsd" serve

web:           ## Build the page's WebAssembly into www/pkg
	@scripts/build-web.sh

review-html: web ## The page as one file that opens from a disk: www/review.html
	@scripts/build-review-html.sh

models:        ## Install what reads text in pictures, for the quality control
	@cargo run -q --release -- models install

setup:         ## Install what is missing (the other targets do it for themselves)
	@scripts/setup.sh

test:          ## Everything: lint, native tests, browser tests, end-to-end tests
	@scripts/test.sh

test-all:      ## The same, with the slow tests
	@GSD_SLOW=1 scripts/test.sh

test-native:   ## Only the tests of the library and the command line
	@scripts/test-native.sh

test-browser:  ## Only tests/browser.rs, in headless Chromium
	@scripts/test-browser.sh

test-e2e:      ## Only tests/e2e: the built page, served by the binary, in headless Chromium
	@scripts/test-e2e.sh

lint:          ## Formatting, clippy and documentation, native and wasm
	@scripts/lint.sh

bench:         ## Benchmarks
	@scripts/bench.sh

fuzz:          ## Hunt for crashes in everything that reads files: make fuzz SECONDS_EACH=300
	@scripts/fuzz.sh $(or $(SECONDS_EACH),60)

clean:         ## Remove all that was built or installed here
	rm -rf target output www/pkg www/review.html
