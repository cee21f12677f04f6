#!/usr/bin/env bash
# tests/e2e: the built page in a real browser, served by the real binary. Arguments go to node --test.
. "$(dirname "$0")/lib.sh"

# Files, not the folder: from Node 22 on, `node --test FOLDER` tries to load the folder as a module.
tests=(tests/e2e/*.test.mjs)
[ -f "${tests[0]}" ] || skip "there is no tests/e2e/*.test.mjs yet"

scripts/build-web.sh
scripts/build-review-html.sh
cargo build --release
scripts/setup-media.sh
scripts/setup-models.sh
. scripts/setup-browser.sh
. scripts/setup-firefox.sh

# One file at a time: two browsers drawing with a software GPU on two cores only wait for each other.
GSD_BIN=$CARGO_TARGET_DIR/release/blender-gsd node --test --test-concurrency=1 "$@" "${tests[@]}"
