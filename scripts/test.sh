#!/usr/bin/env bash
# All tests, from nothing. What must be built stops the run when it fails; what is tested goes on to the end,
# so that one run tells everything that is wrong.
. "$(dirname "$0")/lib.sh"

failed=""
summary=""

# section TITLE COMMAND...: in a process of its own, because bash ignores `set -e` in whatever an `if` asks about.
section() {
  local title=$1 start=$SECONDS status=0 outcome
  shift
  printf '\n==== %s\n' "$title"
  "$@" </dev/null || status=$?
  case $status in 0) outcome=ok ;; "$SKIPPED") outcome=SKIPPED ;; *) outcome=FAILED ;; esac
  printf '==== %s: %s after %d s\n' "$title" "$outcome" "$((SECONDS - start))"
  summary="$summary$(printf '%-8s%5d s  %s' "$outcome" "$((SECONDS - start))" "$title")
"
  [ "$outcome" != FAILED ] || { failed=yes; return 1; }
}
finish() {
  printf '\n==== Summary\n%s%-8s%5d s\n' "$summary" total "$SECONDS"
  [ -z "$failed" ] || { echo "FAILED"; exit 1; }
  case $summary in *SKIPPED*) echo "Passed, but for what was skipped." ;; *) echo "All passed." ;; esac
}
must() { section "$@" || finish; }
also() { section "$@" || true; }

must "Set-up" scripts/setup.sh
also "Lint: formatting, clippy, documentation" scripts/lint.sh
must "Build the page" scripts/build-web.sh
must "Build the binary" cargo build --release
also "Native tests" scripts/test-native.sh
also "Browser tests of the page's Rust" scripts/test-browser.sh
also "End-to-end tests of the page" scripts/test-e2e.sh
finish
