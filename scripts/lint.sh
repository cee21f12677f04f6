#!/usr/bin/env bash
# Formatting, clippy and documentation, each for the native build and for the exact feature set of the page.
. "$(dirname "$0")/wasm-env.sh"

scripts/setup-native.sh
scripts/setup-wasm-std.sh

WEB=(--no-default-features --features web)
TEXT=(--no-default-features --features web-text)

# component NAME: part of rustup's usual profile, but not of the minimal one.
component() {
  cargo "$1" --version >/dev/null 2>&1 && return
  have rustup && within 90 rustup component add "$2" >>"$SETUP_LOG" 2>&1 && return
  warn "SKIPPED: cargo $1 is not installed. Type: rustup component add $2"
  skipped=yes
  return 1
}

# check TITLE COMMAND...: goes on after a failure, so that one run tells everything that is wrong.
failed=""
skipped=""
check() {
  say "$1"
  shift
  "$@" || failed=yes
}

if component fmt rustfmt; then
  check "cargo fmt --check" cargo fmt --check
fi

if component clippy clippy; then
  targets=(--lib)
  [ ! -f tests/browser.rs ] || targets+=(--test browser)
  check "clippy, native" cargo clippy --all-targets -- -D warnings
  check "clippy, the page" wasm_cargo clippy "${targets[@]}" "${WEB[@]}" -- -D warnings
  check "clippy, the page's reader of text" wasm_cargo clippy --lib "${TEXT[@]}" -- -D warnings
fi

export RUSTDOCFLAGS=-Dwarnings
check "documentation, native" cargo doc --no-deps
check "documentation, the page" wasm_cargo doc --no-deps --lib "${WEB[@]}"
check "documentation, the page's reader of text" wasm_cargo doc --no-deps --lib "${TEXT[@]}"

# Most of deny.toml is held by tests/native/dependencies.rs: where this is installed, all of it.
if cargo deny --version >/dev/null 2>&1; then
  check "dependencies" cargo deny check licenses bans sources
fi

# For those who change the scripts; not worth an installation.
if have shellcheck; then
  check "shellcheck" shellcheck -S warning -x .ci/run scripts/*.sh
fi

[ -z "$failed" ] || die "lint found something: see above"
[ -z "$skipped" ] || exit "$SKIPPED"
