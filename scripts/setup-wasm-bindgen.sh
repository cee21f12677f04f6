#!/usr/bin/env bash
# wasm-bindgen and its test runner, into target/tools. They must be of exactly the version in Cargo.lock:
# the macro and the tool share a private format that has no compatibility.
. "$(dirname "$0")/lib.sh"

version=$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
[ -n "$version" ] || die "Cargo.lock names no wasm-bindgen"

installed=$("$TOOLS/bin/wasm-bindgen" --version 2>/dev/null || true)
[ "$installed" = "wasm-bindgen $version" ] && [ -x "$TOOLS/bin/wasm-bindgen-test-runner" ] && exit 0

say "building wasm-bindgen $version into target/tools: it makes the JavaScript half of the page and runs the browser tests (about 2 min, once)"
# Built for a short build, not a fast tool. Without default features there is no TLS: the runner speaks to loopback only.
install() {
  env CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_TARGET_DIR="$ROOT/target/tools-build" \
    cargo install wasm-bindgen-cli --version "$version" --root "$TOOLS" --force --no-default-features \
    --bin wasm-bindgen --bin wasm-bindgen-test-runner "$@"
}
# Its lock file may name releases newer than a mirror has; any that Cargo.toml allows will do.
quietly_try install --locked || quietly install
rm -rf "$ROOT/target/tools-build"
