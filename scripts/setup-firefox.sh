#!/usr/bin/env bash
# Firefox and geckodriver, for the browser tests. Source it to get FIREFOX and GECKODRIVER; both may be set beforehand. Where
# they cannot be had, both stay empty, the tests say so, and nothing fails.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Debian has Firefox's ESR but no driver for it; Mozilla publishes the driver's source on crates.io.
GECKODRIVER_VERSION=0.37.1

find_firefox() { FIREFOX=$(first ${FIREFOX:+"$FIREFOX"} firefox-esr firefox "/Applications/Firefox.app/Contents/MacOS/firefox"); }
find_geckodriver() { GECKODRIVER=$(first ${GECKODRIVER:+"$GECKODRIVER"} "$TOOLS/bin/geckodriver" geckodriver); }

# Built for a short build, not a fast tool: it passes a few messages on.
build_geckodriver() {
  say "building geckodriver $GECKODRIVER_VERSION into target/tools: it drives Firefox in the tests (about 3 min, once)"
  quietly_try env CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_TARGET_DIR="$ROOT/target/tools-build" \
    cargo install geckodriver --version "$GECKODRIVER_VERSION" --root "$TOOLS" --locked
  rm -rf "$ROOT/target/tools-build"
}

find_firefox || (provide "Firefox, to test the page in" apt=firefox-esr brew="--cask firefox" dnf=firefox pacman=firefox) || true
if find_firefox; then
  find_geckodriver || build_geckodriver || true
  find_geckodriver || warn "there is no geckodriver here: the page is tested in Chromium only"
else
  warn "there is no Firefox here: the page is tested in Chromium only"
fi
export FIREFOX GECKODRIVER=${GECKODRIVER:-}
