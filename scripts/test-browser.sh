#!/usr/bin/env bash
# tests/browser.rs: the page's Rust, run inside headless Chromium. Arguments go to cargo test.
. "$(dirname "$0")/wasm-env.sh"

[ -f tests/browser.rs ] || skip "there is no tests/browser.rs yet"

scripts/setup-native.sh
scripts/setup-wasm-std.sh
scripts/setup-wasm-bindgen.sh
. scripts/setup-browser.sh

# Relative, because cargo would split an absolute path at a space.
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=target/tools/bin/wasm-bindgen-test-runner
# The runner reads webdriver.json in the folder of Cargo.toml. Its usual 20 s are short for a software GPU on two cores.
export WASM_BINDGEN_TEST_TIMEOUT=${WASM_BINDGEN_TEST_TIMEOUT:-180}
wasm_cargo test --no-default-features --features web --test browser "$@"
